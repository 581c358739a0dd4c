"""Alarms about missing reconciliation: days that are late, and reports that nobody received.

It only reads and starts nothing. A page, an outside monitor (/healthz/reconciliation) and a job of another worker than
the comparing one can ask it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from merchants.errors import moment_text
from merchants.models import Merchant, OutgoingEmail
from merchants.services import email_outbox, emails
from portal.lib import clock
from portal.lib.moments import show_day
from wallet import statuses
from wallet.models import CallHour
from wallet.models.reconciliation import Reconciliation, ReportDelivery
from wallet.models.reconciliation_plan import ReconciliationPlan
from wallet.reconciliation import schedule
from wallet.reconciliation.days import DAY, day_of
from wallet.reconciliation.figures import figures_of
from wallet.reconciliation.plans import due_at, newest_due, report_recipients

TEMPLATE = "reconciliation_alarm"
GRACE = timedelta(minutes=30)  # for a day's comparison, after its hour or after the plan was changed
WALLET = "/wallet/"
State, Outcome = Reconciliation.State, Reconciliation.Outcome


class Cause(StrEnum):
    NOT_RUN = "not_run"
    NO_STATEMENT = "no_statement"
    INCOMPLETE = "incomplete"
    NOTHING_COMPARED = "nothing_compared"
    BOTH_EMPTY = "both_empty"
    NOT_DELIVERED = "not_delivered"


SENTENCES = {
    Cause.NOT_RUN: _("{day} was not compared, although its report was due on {due}. Our support has been notified."),
    Cause.NO_STATEMENT: (
        _(
            "There is no statement of {day}, although the report was due on {due}. Upload the statement "
            "or send it by a signed request. The day is compared as soon as the statement arrives."
        )
    ),
    Cause.INCOMPLETE: (
        _(
            "The statement of {day} is not complete, although the report was due on {due}. Send the "
            "missing parts, which the case “Statement missing” of that day names. The day is compared as "
            "soon as they arrive."
        )
    ),
    Cause.NOTHING_COMPARED: (
        _(
            "{day} could not be compared although there was traffic: one side is empty. Check and "
            "correct the statement, or ask our support."
        )
    ),
    Cause.BOTH_EMPTY: (
        _(
            "{day} could not be compared: both sides are empty, although wallet requests were accepted. "
            "Check whether data is missing, or ask our support."
        )
    ),
    Cause.NOT_DELIVERED: (
        _(
            "Nobody received the report of {day}: no email was accepted, the email bounced, or the plan "
            "has no recipient. Check the recipients' addresses, or ask our support."
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    cause: Cause
    day: date
    due: datetime

    def __str__(self) -> str:
        return SENTENCES[self.cause].format(day=show_day(self.day), due=moment_text(self.due))


# --- what is wrong ----------------------------------------------------------------------------------------------------
def alarms(merchant: Merchant) -> list[Alarm]:
    """Return the alarms of a merchant for its home page, newest day first."""
    return all_alarms(of=merchant).get(merchant, [])


def count_late_days() -> int:
    """Return how many days of all merchants should have been compared by now and were not."""
    return sum(alarm.cause == Cause.NOT_RUN for found in all_alarms().values() for alarm in found)


def all_alarms(*, of: Merchant | None = None) -> dict[Merchant, list[Alarm]]:
    """Return the alarms of all merchants, or of one, newest day first."""
    now, plans = clock.now(), {plan.merchant_id: plan for plan in _plans(of)}
    wanted = {(merchant, newest_due(plan, now)) for merchant, plan in plans.items()}
    before = {(merchant, day - DAY) for merchant, day in wanted if _waits_after_another(plans[merchant], day, now)}
    since = min((day for _, day in wanted), default=now.date()) - timedelta(days=schedule.LOOKED_BACK)
    runs = schedule.newest_runs(plans, since)
    reached = _reached({merchant for merchant, _ in runs}, since, now)
    found: dict[Merchant, list[Alarm]] = {}
    judged = wanted | before | schedule.missed_days(runs, wanted)
    for merchant, day in sorted(judged, key=lambda key: key[1], reverse=True):
        plan, run = plans[merchant], runs.get((merchant, day))
        cause = _cause(plan, day, run, now)
        if cause is None and run is not None and not reached.get((merchant, day), not _should_be_told(plan, run, now)):
            cause = Cause.NOT_DELIVERED
        if cause:
            found.setdefault(plan.merchant, []).append(Alarm(cause, day, due_at(plan, day)))
    return found


def _plans(of: Merchant | None) -> QuerySet[Any]:
    """Return the plans with the moment of their last change: a plan that was switched on a minute ago is not late."""
    history: Any = ReconciliationPlan.pgh_event_model  # type: ignore[attr-defined]
    changes = history.objects.filter(merchant=OuterRef("merchant")).order_by().values("merchant")
    newest = Subquery(changes.annotate(at=Max("pgh_created_at")).values("at"))
    return schedule.plans_on(of).annotate(changed_at=newest)


def _waits_after_another(plan: Any, day: date, now: datetime) -> bool:
    """Return whether the day before is judged while the newest may still come. Otherwise a plan whose days are never
    compared would look fine for half an hour each day.
    """
    is_first = plan.changed_at is not None and due_at(plan, day - DAY) <= plan.changed_at
    return now < due_at(plan, day) + GRACE and not is_first


def _cause(plan: Any, day: date, run: Reconciliation | None, now: datetime) -> Cause | None:
    if run is None or run.state == State.FAILED:
        return Cause.NOT_RUN if now >= _begun(plan, day) + GRACE else None
    if run.outcome == Outcome.NO_STATEMENT:
        return Cause.INCOMPLETE if run.statement_ids else Cause.NO_STATEMENT
    figures = figures_of(run)
    if figures.ours and figures.theirs:
        return None
    if figures.ours or figures.theirs:
        return Cause.NOTHING_COMPARED
    return Cause.BOTH_EMPTY if _had_traffic(plan.merchant, day) else None


def _had_traffic(merchant: Merchant, day: date) -> bool:
    """Return whether wallet requests were accepted, also those that moved nothing. The request that sends yesterday's
    statement does not count.
    """
    bounds = day_of(merchant, day)
    hours = CallHour.objects.filter(
        secret__key__merchant=merchant,
        hour__gte=bounds.begin,
        hour__lt=bounds.end,
        endpoint__startswith=WALLET,
        status=statuses.OK,
    )
    return hours.exists()


def _begun(plan: Any, day: date) -> datetime:
    return max(due_at(plan, day), plan.changed_at or due_at(plan, day))


def _reached(merchants: Iterable[int], since: date, now: datetime) -> dict[schedule.Key, bool]:
    """Return for each reported day whether its last report reached somebody, or still may."""
    found = ReportDelivery.objects.filter(
        reconciliation__merchant__in=list(merchants), reconciliation__day__gte=since
    ).select_related("email", "reconciliation")
    reports: dict[schedule.Key, dict[int, bool]] = {}
    for delivery in found:
        run = delivery.reconciliation
        told = reports.setdefault((run.merchant_id, run.day), {})
        told[run.number] = told.get(run.number, False) or not _has_failed(delivery, now)
    return {key: told[max(told)] for key, told in reports.items()}


def _has_failed(delivery: ReportDelivery, now: datetime) -> bool:
    """Return whether the report failed. An email is tried for a day; the recipients are alarmed sooner."""
    email = delivery.email
    is_untaken = email.state == OutgoingEmail.State.WAITING and email.created_at <= now - email_outbox.UNTAKEN
    return delivery.bounced_at is not None or email.state == OutgoingEmail.State.GIVEN_UP or is_untaken


def _should_be_told(plan: Any, run: Reconciliation, now: datetime) -> bool:
    """Return whether a day without a delivery is late: it has no recipient, or the sending worker is down."""
    if run.done_at is None or run.outcome not in {Outcome.CLEAR, Outcome.BREAKS}:
        return False
    return now >= max(_begun(plan, run.day), run.done_at) + GRACE


# --- who is told ------------------------------------------------------------------------------------------------------
def raise_alarms() -> int:
    """Write the alarm emails, once for each day, cause and address; return how many."""
    return sum(_tell(merchant, alarm) for merchant, found in all_alarms().items() for alarm in found)


def _tell(merchant: Merchant, alarm: Alarm) -> int:
    context = {
        "merchant": merchant.name,
        "day": show_day(alarm.day),
        "cause": alarm.cause.value,
        "sentence": str(alarm),
        "page": f"{settings.BASE_URL}/operator/{merchant.code}/reconciliation/{alarm.day}/",
    }
    once = f"reconciliation:{merchant.pk}:{alarm.day}:{alarm.cause}"
    return emails.write_each(_addresses(merchant), merchant, TEMPLATE, context, once=once)


def _addresses(merchant: Merchant) -> list[str]:
    everybody = [*settings.RECONCILIATION_ALARM_TO, *report_recipients(merchant), *emails.contact_addresses(merchant)]
    return list({email.lower(): email for email in everybody}.values())
