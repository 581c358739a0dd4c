"""Jobs on a timetable; what they do is in the services."""

from __future__ import annotations

from celery import shared_task

from merchants.services import expiry, outbox
from merchants.services.allowlist import trial
from merchants.sign_in import resets


@shared_task
def send_letters() -> None:
    outbox.send_due()


@shared_task
def write_reset_letters(email: str) -> None:
    resets.write(email)


@shared_task
def remind_of_ends() -> None:
    expiry.remind()


@shared_task
def put_lists_back() -> None:
    trial.tidy()
