"""Jobs on a timetable; what they do is in the services."""

from __future__ import annotations

from celery import shared_task

from merchants.services import expiry, outbox, staff_changes
from merchants.services.allowlist import trial


@shared_task
def send_letters() -> None:
    outbox.send_due()


@shared_task
def tell_owners_of_changes() -> None:
    staff_changes.tell_owners()


@shared_task
def remind_of_ends() -> None:
    expiry.remind()


@shared_task
def put_lists_back() -> None:
    trial.tidy()
