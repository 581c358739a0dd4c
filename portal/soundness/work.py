"""What jobs have done, and what waits for them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Min
from redis import Redis

from merchants.models import Heartbeat, OutgoingEmail
from merchants.services import email_outbox, heartbeats
from portal.celery import app
from portal.lib import clock
from wallet.models import BookFinding, RefusedHour
from wallet.reconciliation import alarms, books_check
from wallet.services.log import refusal_budget
from wallet.services.usage import usage_rollup

QUEUES = ("celery", "reconciliation")
BROKER_SECONDS = 1.0
RECENTLY = timedelta(hours=1)


class Age(NamedTuple):
    """How long ago a job ended. Without a heartbeat, `seconds` counts from when the portal was installed."""

    seconds: float
    is_known: bool
    is_good: bool


class Outbox(NamedTuple):
    """Emails that wait, how many of them are stuck, and for how many seconds the oldest has been due."""

    waiting: int
    stuck: int
    seconds: float


class Late(NamedTuple):
    """Days with an alarm, by its cause; and for how many seconds the oldest of them has been due."""

    causes: Counter[str]
    seconds: float


class Books(NamedTuple):
    findings: int
    merchants_overdue: int


def job_ages() -> dict[Heartbeat.Job, Age]:
    now, beats = clock.now(), heartbeats.latest()
    begun = heartbeats.installed_at() or now
    return {job: _age(beats.get(job), begun, now) for job in Heartbeat.Job}


def _age(beat: Heartbeat | None, begun: datetime, now: datetime) -> Age:
    if beat is None:
        return Age((now - begun).total_seconds(), is_known=False, is_good=True)
    return Age((now - beat.at).total_seconds(), is_known=True, is_good=beat.is_good)


def queue_depths() -> dict[str, int]:
    """Ask the broker how many jobs wait. Raises redis.RedisError when it does not answer in time."""
    seconds = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    with Redis.from_url(app.conf.broker_url, **seconds) as broker:
        return {queue: int(broker.llen(queue)) for queue in QUEUES}


def watermark_lags() -> dict[str, int]:
    """Return how many rows each summary is behind its table."""
    lags = {}
    with connection.cursor() as cursor:
        for source, table in usage_rollup.TABLES.items():
            cursor.execute(
                f"SELECT (SELECT coalesce(max(id), 0) FROM {table})"  # noqa: S608 - a constant
                " - coalesce((SELECT upto FROM wallet_mark WHERE source = %s), 0)",
                [source.value],
            )
            lags[source.value] = max(0, int(cursor.fetchone()[0]))
    return lags


def outbox_state() -> Outbox:
    waiting = OutgoingEmail.objects.filter(state=OutgoingEmail.State.WAITING).aggregate(
        number=Count("pk"), first=Min("due_at")
    )
    now, first = clock.now(), waiting["first"]
    return Outbox(
        waiting["number"], email_outbox.count_stuck_emails(), max(0.0, (now - first).total_seconds()) if first else 0.0
    )


def late_days() -> Late:
    found = [alarm for merchant in alarms.all_alarms().values() for alarm in merchant]
    causes = Counter({cause.value: 0 for cause in alarms.Cause})
    causes.update(alarm.cause.value for alarm in found)
    oldest = min((alarm.due for alarm in found if alarm.cause != alarms.Cause.NOT_DELIVERED), default=None)
    return Late(causes, max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0)


def books() -> Books:
    return Books(BookFinding.objects.count(), books_check.merchants_overdue())


def lines_dropped(*, is_signed: bool) -> int:
    """Return how many lines the request log lost since the hour before this one began."""
    since = refusal_budget.hour_of(clock.now() - RECENTLY)
    return RefusedHour.objects.filter(hour__gte=since, is_signed=is_signed).dropped()["lines"]
