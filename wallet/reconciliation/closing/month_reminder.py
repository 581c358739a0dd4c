"""Reminder of a month to prepare: from the fifth day of the next month on, our staff is emailed once."""

from __future__ import annotations

from datetime import date
from typing import Any

from merchants.models import Merchant, Person
from merchants.services import emails
from portal.lib import clock
from wallet.models import ReconciliationPlan, Settlement
from wallet.reconciliation import cases
from wallet.reconciliation.closing import settlements
from wallet.reconciliation.closing.months import first_day_of, month_of, month_text
from wallet.reconciliation.days import DAY, date_at

TEMPLATE = "month_due"
FROM_DAY = 5
TAKEN_UP = (Settlement.State.REQUESTED, Settlement.State.PREPARED, Settlement.State.SIGNED)


def send_reminders() -> int:
    """Email the people who prepare statements, once for each merchant and month; return how many emails."""
    staff = list(Person.objects.filter(is_active=True, staff_role__in=cases.WORKERS).values_list("email", flat=True))
    return sum(_remind(merchant, month, staff) for merchant in _merchants() if (month := month_to_prepare(merchant)))


def _remind(merchant: Merchant, month: date, staff: list[str]) -> int:
    once = f"{TEMPLATE} {merchant.pk} {month}"
    return emails.write_each(staff, merchant, TEMPLATE, _contents(merchant, month), once=once)


def _merchants() -> list[Merchant]:
    """Those that are reconciled."""
    plans = ReconciliationPlan.objects.filter(is_on=True, merchant__in=Merchant.objects.live().open())
    return [plan.merchant for plan in plans.select_related("merchant").order_by("merchant__code")]


def month_to_prepare(merchant: Merchant) -> date | None:
    """Return the complete month that nobody has begun to close; None before the fifth day of the next month."""
    today = date_at(merchant, clock.now())
    last = first_day_of(first_day_of(today) - DAY)
    month = settlements.due_month(merchant) or last
    is_early = today.day < FROM_DAY and month == last
    if is_early or month > last or clock.now() < month_of(merchant, month).ready:
        return None
    if date_at(merchant, merchant.created_at) >= first_day_of(today):
        return None
    begun = Settlement.objects.filter(merchant=merchant, month=month, state__in=TAKEN_UP)
    return None if begun.exists() else month


def _contents(merchant: Merchant, month: date) -> dict[str, Any]:
    page = f"/admin/wallet/settlement/?merchant__id__exact={merchant.pk}"
    return {"merchant": merchant.name, "month": month_text(month), "page": page}
