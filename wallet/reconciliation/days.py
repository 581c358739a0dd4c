"""Days are the merchant's: 23, 24 or 25 hours of its time zone, compared when late payouts have been delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from merchants.models import Merchant

DAY = timedelta(days=1)
DELIVERED = time(3, tzinfo=UTC)  # settlement batches of a UTC day come at 01:00 of the next


@dataclass(frozen=True, slots=True)
class Day:
    """`begin` is in it, `end` is not; both UTC."""

    date: date
    begin: datetime
    end: datetime
    ready: datetime  # from then on it is complete


def day_of(merchant: Merchant, date: date) -> Day:
    begin, end = (begin_of(merchant, each) for each in (date, date + DAY))
    return Day(date, begin, max(begin, end), _delivered(end))


def begin_of(merchant: Merchant, date: date) -> datetime:
    """The first moment of the day; where a clock leaves that hour out, it is the next one.

    The plan says at which hour days begin. One that was begun under another hour or time zone ends where the next one
    begins, so that each moment is of one day.
    """
    plan = getattr(merchant, "reconciliation_plan", None)
    zone, hour = merchant.time_zone, plan.day_begins if plan else 0
    for earlier in reversed(plan.earlier_days if plan else []):
        if date.isoformat() < earlier["until"]:
            zone, hour = earlier["zone"], earlier["hour"]
    return moment_of(date, hour, zone)


def moment_of(date: date, hour: int, zone: str) -> datetime:
    return datetime.combine(date, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _delivered(end: datetime) -> datetime:
    """The first 03:00 UTC after the UTC day in which the last of its bets may lie."""
    last = (end - timedelta(microseconds=1)).astimezone(UTC).date()
    return datetime.combine(last + DAY, DELIVERED)


def date_at(merchant: Merchant, moment: datetime) -> date:
    """The day that `moment` is in."""
    date = moment.astimezone(ZoneInfo(merchant.time_zone)).date() + DAY
    while begin_of(merchant, date) > moment:
        date -= DAY
    return date
