"""Months are the merchant's, from the first moment of the first day to the first moment after the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from merchants.models import Merchant
from wallet.models import Settlement
from wallet.reconciliation.days import DAY, date_at, day_of

LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Month:
    """`begin` is in it, `end` is not; both UTC."""

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
    return day.replace(day=1)


def next_month(first: date) -> date:
    return first_day_of(first + LONGEST)


def month_text(first: date) -> str:
    return f"{first:%B %Y}"


def month_of(merchant: Merchant, first: date) -> Month:
    """Return the month that begins where the signed one before it ended, also when the time zone has changed since."""
    last = day_of(merchant, next_month(first) - DAY)
    before = Settlement.objects.filter(merchant=merchant, state=Settlement.State.SIGNED, month__lt=first)
    ended = before.order_by("-month").values_list("ends_at", flat=True).first()
    return Month(first, ended or day_of(merchant, first).begin, last.end, last.ready)


def month_at(merchant: Merchant, moment: datetime) -> date:
    return first_day_of(date_at(merchant, moment))
