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
    zone = ZoneInfo(merchant.time_zone)
    begin, end = (_midnight(each, zone) for each in (date, date + DAY))
    return Day(date, begin, end, _delivered(end))


def _midnight(date: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day; where a clock is put forward at midnight, that is one o'clock."""
    return datetime.combine(date, time(), tzinfo=zone).astimezone(UTC)


def _delivered(end: datetime) -> datetime:
    """The first 03:00 UTC after the UTC day in which the last of its bets may lie."""
    last = (end - timedelta(microseconds=1)).astimezone(UTC).date()
    return datetime.combine(last + DAY, DELIVERED)


def date_at(merchant: Merchant, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(merchant.time_zone)).date()
