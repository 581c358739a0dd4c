"""When it all happens: visits over the days, and one queue of steps in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from portal.lib import clock
from portal.local.demo import visits
from portal.local.demo.cast import DAYS
from portal.local.demo.house import House
from wallet.services.simulation.round_stories import Story

BY_HOUR = (30, 20, 12, 8, 6, 6, 8, 12, 16, 20, 24, 28, 34, 34, 32, 34, 40, 50, 66, 84, 96, 100, 88, 58)
BY_WEEKDAY = (60, 58, 62, 70, 92, 100, 88)
CALLS_OF_A_VISIT = 33
SUSPENSION_AFTER_DAYS = 10
BUSY_AFTER_DAYS = 5
Arrival = tuple[datetime, int, Story]


def run_traffic(houses: list[House], *, calls: int, since: datetime, until: datetime) -> Iterator[datetime]:
    """About so many calls in the time between; yields after each step the moment that it was made at."""
    queue = list(arrivals(houses, calls=calls, since=since, until=until))
    heapq.heapify(queue)
    while queue and queue[0][0] < until:
        moment, number, story = queue[0]
        with clock.frozen_at(moment):
            pause = next(story, None)
        if pause is None:
            heapq.heappop(queue)
        else:
            heapq.heapreplace(queue, (moment + timedelta(seconds=pause), number, story))
        yield moment


def arrivals(houses: list[House], *, calls: int, since: datetime, until: datetime) -> Iterator[Arrival]:
    number, trouble = count(), visits.mishaps()
    start = until - timedelta(days=DAYS)
    for house in houses:
        for moment in moments(house, int(calls / CALLS_OF_A_VISIT * house.casino.share), since=since, until=until):
            yield moment, next(number), visits.visit(house, trouble)
        yield next_settlement(since), next(number), visits.nightly_settlement(house)
        if house.casino.suspended:
            yield max(since, start + timedelta(days=SUSPENSION_AFTER_DAYS)), next(number), visits.suspension(house)
    later = max(since, start + timedelta(days=BUSY_AFTER_DAYS))
    for sure in (
        visits.busy_moment,
        visits.high_roller,
        visits.blocked_visit,
        visits.bad_line,
    ):  # whatever else happens
        yield later, next(number), sure(houses[0])


def moments(house: House, wanted: int, *, since: datetime, until: datetime) -> Iterator[datetime]:
    """More in the evening and at the end of the week, as it is where the players live."""
    zone, rng = ZoneInfo(house.casino.time_zone), house.rng
    while wanted > 0:
        moment = since + (until - since) * rng.random()
        local = moment.astimezone(zone)
        if rng.random() * 10_000 < BY_HOUR[local.hour] * BY_WEEKDAY[local.weekday()]:
            wanted -= 1
            yield moment


def next_settlement(since: datetime) -> datetime:
    """01:00 UTC."""
    at = datetime.combine(since.astimezone(UTC).date(), time(1), UTC)
    return at if at >= since else at + timedelta(days=1)
