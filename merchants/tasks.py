"""Jobs on a timetable; what they do is in the services."""

from __future__ import annotations

from celery import shared_task

from merchants.services import expiry, outbox, sign_in_records
from merchants.services.allowlist import trial


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
def raise_sign_in_alarm() -> None:
    """Tell `SECURITY_ALARM_TO` of an hour with many locks."""
    sign_in_records.raise_alarm()
