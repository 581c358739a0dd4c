"""Months in the merchant's time zone: from the first moment of the first day to the first moment after the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from merchants.models import Merchant
from wallet.models import Settlement
from wallet.reconciliation.days import DAY, date_at, day_of

LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Month:
    """A month. `begin` belongs to it, `end` does not; both UTC."""

    first: date
    begin: datetime
    end: datetime
    ready: datetime  # from then on it is complete

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((next_month(self.first) - self.first).days)]

    def __str__(self) -> str:
        return month_text(self.first)


def first_day_of(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """Return the first day of the next month."""
    return first_day_of(first + LONGEST)


def month_text(first: date) -> str:
    return f"{first:%B %Y}"


def month_of(merchant: Merchant, first: date) -> Month:
    """Return the month. It begins where the previous signed month ended, also after a change of the time zone."""
    last = day_of(merchant, next_month(first) - DAY)
    before = Settlement.objects.filter(merchant=merchant, state=Settlement.State.SIGNED, month__lt=first)
    ended = before.order_by("-month").values_list("ends_at", flat=True).first()
    return Month(first, ended or day_of(merchant, first).begin, last.end, last.ready)


def month_at(merchant: Merchant, moment: datetime) -> date:
    """Return the first day of the month that contains `moment`."""
    return first_day_of(date_at(merchant, moment))
