"""The proof that jobs live: each records when it last ran to its end."""

from __future__ import annotations

from datetime import datetime

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min

from merchants.models import Heartbeat
from portal.lib import clock


def record(job: Heartbeat.Job, *, is_good: bool = True) -> None:
    """Record that a job ran to its end just now. `is_good`: it found nothing wrong."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(job=job, at=clock.now(), is_good=is_good)],
        update_conflicts=True,
        unique_fields=["job"],
        update_fields=["at", "is_good"],
    )


def latest() -> dict[str, Heartbeat]:
    """Return the last heartbeat of each job that ever had one."""
    return Heartbeat.objects.in_bulk()


def installed_at() -> datetime | None:
    """Return when the first migration ran here: what never ran is as old as the installation."""
    found: datetime | None = MigrationRecorder.Migration.objects.aggregate(first=Min("applied"))["first"]
    return found
