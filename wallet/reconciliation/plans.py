"""The plan of a merchant: how its days are reconciled, who gets the report, and when the report is due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from merchants.models import Merchant
from merchants.services import emails
from wallet.models.reconciliation_plan import ReconciliationPlan, ReportRecipient
from wallet.reconciliation import report_opt_outs, thresholds
from wallet.reconciliation.days import DAY, day_of

UTC_ZONE = ZoneInfo("UTC")
MOST = 2**63 - 1


def plan_of(merchant: Merchant) -> ReconciliationPlan:
    """Return the merchant's plan, or an unsaved one with the defaults."""
    found = ReconciliationPlan.objects.filter(merchant=merchant).first()
    return found or ReconciliationPlan(merchant=merchant, is_on=False)


def write_off_alone(merchant: Merchant, currency: str) -> int:
    """Return the difference up to which one person writes off, × 100000; unlimited in a sandbox."""
    if merchant.is_sandbox:
        return MOST
    [found] = thresholds.thresholds(plan_of(merchant), [currency])
    return found.write_off_alone


def report_recipients(merchant: Merchant) -> list[str]:
    """Return the recipients of the plan, or else the contacts for key changes, without people who unsubscribed."""
    named = ReportRecipient.objects.filter(merchant=merchant).values_list("email", flat=True)
    wanted = list({email.lower(): email for email in named}.values()) or emails.contact_addresses(merchant)
    gone = report_opt_outs.opted_out_addresses(merchant)
    return [email for email in wanted if email.lower() not in gone]


def due_at(plan: ReconciliationPlan, day: date) -> datetime:
    """Return when the report is due: the plan's hour on the next day, but not before the day is complete.

    An hour that a clock change skips is the next one.
    """
    hour = datetime.combine(day + DAY, time(plan.hour), tzinfo=ZoneInfo(plan.merchant.time_zone)).astimezone(UTC_ZONE)
    return max(hour, day_of(plan.merchant, day).ready)


def newest_due(plan: ReconciliationPlan, now: datetime) -> date:
    """Return the newest day whose report is due by `now`."""
    day = now.astimezone(ZoneInfo(plan.merchant.time_zone)).date()
    while due_at(plan, day) > now:
        day -= timedelta(days=1)
    return day
