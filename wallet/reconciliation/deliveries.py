"""Deliveries of reports, one for each run and recipient. The outgoing email holds the state of the delivery."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import IO

import structlog
from django.db import transaction

from merchants.models import OutgoingEmail
from merchants.services import email_outbox
from portal.lib import clock
from wallet.models.case import Case
from wallet.models.reconciliation import Reconciliation, ReportDelivery
from wallet.reconciliation import refusals, report
from wallet.reconciliation.bounces import Bounce, bounces_in
from wallet.reconciliation.plans import report_recipients

log = structlog.get_logger(__name__)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    RETRIED = "retried"  # the mail server said no for now, or nothing
    SENT = "sent"
    GIVEN_UP = "given up"
    BOUNCED = "bounced"  # taken by the first server and refused by a later one


def delivery_state(delivery: ReportDelivery) -> DeliveryState:
    """Return the state of a delivery, from its email and its bounce."""
    email = delivery.email
    if delivery.bounced_at:
        return DeliveryState.BOUNCED
    if email.state == OutgoingEmail.State.WAITING:
        return DeliveryState.RETRIED if email.attempts else DeliveryState.WAITING
    return DeliveryState.SENT if email.state == OutgoingEmail.State.SENT else DeliveryState.GIVEN_UP


# --- sending ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def send_reports(*, run: Reconciliation) -> Sequence[ReportDelivery]:
    """Write the report emails of a run, once for each recipient, whatever the number of calls and workers.

    Does nothing for a run without news since the last report of its day, and for a run without a statement, which
    raises an alarm (alarms.py). Refuses a run that is not finished (NotCompared).
    """
    run = Reconciliation.objects.select_for_update(no_key=True).select_related("merchant").get(pk=run.pk)
    if run.state != Reconciliation.State.DONE:
        raise refusals.NotCompared
    if run.outcome == Reconciliation.Outcome.NO_STATEMENT or has_no_news(run):
        return []
    there = set(ReportDelivery.objects.filter(reconciliation=run).values_list("to", flat=True))
    return [_deliver(run, to) for to in report_recipients(run.merchant) if to not in there]


def has_no_news(run: Reconciliation) -> bool:
    """Return whether the run equals the last report. A case that was opened or closed is news, also with equal
    figures.
    """
    told = report.previous_report(run)
    if told is None:
        return False
    since = Reconciliation.objects.filter(
        merchant=run.merchant_id, day=run.day, number__range=(told.number + 1, run.number)
    )
    gone = Case.objects.filter(merchant=run.merchant_id, day=run.day, resolved_by=None, resolved_at__gt=told.done_at)
    same = (run.outcome, run.figures) == (told.outcome, told.figures)
    return same and not Case.objects.filter(found_by__in=since).exists() and not gone.exists()


def _deliver(run: Reconciliation, to: str) -> ReportDelivery:
    email, now = _email(run, to), clock.now()
    return ReportDelivery.objects.create(reconciliation=run, to=to, email=email, created_at=now)


def _email(run: Reconciliation, to: str) -> OutgoingEmail:
    now = clock.now()
    email = OutgoingEmail.objects.create(
        merchant=run.merchant, to=to, template=report.TEMPLATE, context={"run": run.pk}, created_at=now, due_at=now
    )
    email_outbox.wake_on_commit()
    return email


@transaction.atomic
def resend_report(*, delivery: ReportDelivery) -> ReportDelivery:
    """Send a report again that was given up, bounced or lost, as a new email; the old one stays.

    A second copy of the same email would be hidden by mailboxes. Refuses an email that is still tried (StillTried).
    """
    delivery = (
        ReportDelivery.objects.select_for_update(of=("self",))
        .select_related("reconciliation__merchant")
        .get(pk=delivery.pk)
    )
    if delivery.email.state == OutgoingEmail.State.WAITING:
        raise refusals.StillTried
    delivery.email = _email(delivery.reconciliation, delivery.to)
    delivery.bounced_at, delivery.bounce = None, ""
    delivery.save(update_fields=["email", "bounced_at", "bounce"])
    return delivery


# --- bounces ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def record_bounce(message: IO[bytes]) -> list[ReportDelivery]:
    """Record a delivery status notification (RFC 3464) on the deliveries that it names."""
    return [delivery for bounce in bounces_in(message) if (delivery := _mark(bounce))]


def _mark(bounce: Bounce) -> ReportDelivery | None:
    number = email_outbox.email_number(bounce.message_id)
    found = ReportDelivery.objects.select_for_update().filter(email=number, bounced_at=None).first() if number else None
    if found is None or found.to.lower() != bounce.recipient.lower():
        return None
    found.bounced_at, found.bounce = clock.now(), bounce.said
    found.save(update_fields=["bounced_at", "bounce"])
    log.warning("report.bounced", delivery=found.pk, said=found.bounce)
    return found
