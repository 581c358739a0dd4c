"""Days of a merchant: 23, 24 or 25 hours in its time zone. A day is compared after late payouts have been delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from merchants.models import Merchant

DAY = timedelta(days=1)
DELIVERED = time(3, tzinfo=UTC)  # settlement batches of a UTC day come at 01:00 of the next


@dataclass(frozen=True, slots=True)
class Day:
    """A day. `begin` belongs to it, `end` does not; both UTC."""

    date: date
    begin: datetime
    end: datetime
    ready: datetime  # from then on it is complete


def day_of(merchant: Merchant, date: date) -> Day:
    """Return the day with its first and last moments."""
    begin, end = (begin_of(merchant, each) for each in (date, date + DAY))
    return Day(date, begin, max(begin, end), _delivered(end))


def begin_of(merchant: Merchant, date: date) -> datetime:
    """Return the first moment of the day. Where a clock change skips that hour, the next one.

    The plan states the hour at which days begin. A day that began under another hour or time zone ends where the next
    one begins, so each moment belongs to one day.
    """
    plan = getattr(merchant, "reconciliation_plan", None)
    zone, hour = merchant.time_zone, plan.day_begins if plan else 0
    for earlier in reversed(plan.earlier_days if plan else []):
        if date.isoformat() < earlier["until"]:
            zone, hour = earlier["zone"], earlier["hour"]
    return moment_of(date, hour, zone)


def moment_of(date: date, hour: int, zone: str) -> datetime:
    """Return the moment of an hour on the wall clock of a zone."""
    return datetime.combine(date, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _delivered(end: datetime) -> datetime:
    """Return the first 03:00 UTC after the UTC day of its last possible bet."""
    last = (end - timedelta(microseconds=1)).astimezone(UTC).date()
    return datetime.combine(last + DAY, DELIVERED)


def date_at(merchant: Merchant, moment: datetime) -> date:
    """Return the day that contains `moment`."""
    date = moment.astimezone(ZoneInfo(merchant.time_zone)).date() + DAY
    while begin_of(merchant, date) > moment:
        date -= DAY
    return date
