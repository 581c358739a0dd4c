"""Jobs on a timetable; what they do is in the services."""

from __future__ import annotations

import structlog
from celery import shared_task

from merchants.models import Heartbeat
from merchants.services import (
    approvals,
    chain,
    email_outbox,
    event_outbox,
    expiry,
    heartbeats,
    retention,
    sign_in_records,
    staff_changes,
)
from merchants.services.allowlist import trial
from merchants.services.chain import alarm, heads, sealing
from merchants.sign_in import resets
from merchants.sign_in.session_purge import purge_sessions

log = structlog.get_logger(__name__)


@shared_task
def record_heartbeat(job: str) -> None:
    heartbeats.record(Heartbeat.Job(job))


@shared_task
def send_emails() -> None:
    email_outbox.send_due_emails()


@shared_task
def deliver_events() -> None:
    event_outbox.deliver_due_events()


@shared_task
def notify_owners_of_changes() -> None:
    staff_changes.notify_owners_of_changes()


@shared_task
def write_reset_email(email: str) -> None:
    resets.write_reset_email(email)


@shared_task
def remind_of_expiry() -> None:
    expiry.send_reminders()


@shared_task
def expire_approvals() -> None:
    approvals.expire_requests()


@shared_task
def restore_allowlists() -> None:
    trial.revert_ended_trials()


@shared_task
def raise_sign_in_alarm() -> None:
    """Tell `SECURITY_ALARM_TO` of an hour with many locks."""
    sign_in_records.raise_alarm()


@shared_task
def seal_chains() -> None:
    log.info("chains.sealed", rows=sealing.seal_rows())


@shared_task
def verify_history() -> None:
    """The heads of the rows that belong to no merchant stand in no report: the log takes them out of the database."""
    verdict = chain.verify_history()
    own = {head.chain: (head.rows, head.digits) for head in heads.chain_heads(None)}
    heartbeats.record(Heartbeat.Job.HISTORY, is_good=verdict.holds)
    log.info("history.verified", holds=verdict.holds, rows=verdict.rows, seconds=round(verdict.seconds, 1), heads=own)
    if not verdict.holds:
        alarm.raise_alarm(verdict)


@shared_task
def purge_old_rows() -> None:
    log.info(
        "rows.purged",
        emails=retention.purge_emails(),
        staff_visits=retention.purge_staff_visits(),
        event_deliveries=retention.purge_events(),
    )


@shared_task
def purge_old_sessions() -> None:
    log.info("sessions.purged", sessions=purge_sessions())
