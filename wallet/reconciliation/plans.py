"""How a merchant's days are reconciled, who is told, and when a day's report is due."""

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
    """Of a merchant that has none: as it would be by itself, and not saved."""
    found = ReconciliationPlan.objects.filter(merchant=merchant).first()
    return found or ReconciliationPlan(merchant=merchant, is_on=False)


def write_off_alone(merchant: Merchant, currency: str) -> int:
    """Up to which difference one person writes off; of a sandbox, where nothing is lost, any."""
    if merchant.is_sandbox:
        return MOST
    [found] = thresholds.thresholds(plan_of(merchant), [currency])
    return found.write_off_alone


def report_recipients(merchant: Merchant) -> list[str]:
    """Whom it named; else those who are told of its keys. Nobody who has unsubscribed."""
    named = ReportRecipient.objects.filter(merchant=merchant).values_list("email", flat=True)
    wanted = list({email.lower(): email for email in named}.values()) or emails.contact_addresses(merchant)
    gone = report_opt_outs.opted_out_addresses(merchant)
    return [email for email in wanted if email.lower() not in gone]


def due_at(plan: ReconciliationPlan, day: date) -> datetime:
    """Its hour of the day after, not before the day is complete. An hour that a clock leaves out is the next one."""
    hour = datetime.combine(day + DAY, time(plan.hour), tzinfo=ZoneInfo(plan.merchant.time_zone)).astimezone(UTC_ZONE)
    return max(hour, day_of(plan.merchant, day).ready)


def newest_due(plan: ReconciliationPlan, now: datetime) -> date:
    """The newest day whose report should be there by `now`."""
    day = now.astimezone(ZoneInfo(plan.merchant.time_zone)).date()
    while due_at(plan, day) > now:
        day -= timedelta(days=1)
    return day
