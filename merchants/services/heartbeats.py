"""Heartbeats: each job records when it last completed."""

from __future__ import annotations

from datetime import datetime

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min

from merchants.models import Heartbeat
from portal.lib import clock


def record(job: Heartbeat.Job, *, is_good: bool = True) -> None:
    """Record that a job completed now. `is_good`: it found no problem."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(job=job, at=clock.now(), is_good=is_good)],
        update_conflicts=True,
        unique_fields=["job"],
        update_fields=["at", "is_good"],
    )


def latest() -> dict[str, Heartbeat]:
    """Return the last heartbeat of each job that has one."""
    return Heartbeat.objects.in_bulk()


def installed_at() -> datetime | None:
    """Return when the first migration ran here: the age of a job that never ran."""
    found: datetime | None = MigrationRecorder.Migration.objects.aggregate(first=Min("applied"))["first"]
    return found
