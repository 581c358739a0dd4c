"""Jobs on a timetable; what they do is in the services."""

from __future__ import annotations

import structlog
from celery import shared_task

from merchants.services import expiry, outbox
from merchants.services.allowlist import trial
from merchants.sign_in.session_purge import purge_sessions

log = structlog.get_logger(__name__)


@shared_task
def send_letters() -> None:
    outbox.send_due()


@shared_task
def remind_of_ends() -> None:
    expiry.remind()


@shared_task
def put_lists_back() -> None:
    trial.tidy()


@shared_task
def purge_old_sessions() -> None:
    log.info("sessions.purged", sessions=purge_sessions())
