"""The figures of this installation for Prometheus. Each part is read by itself: one that fails hides no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter

import structlog
from django.conf import settings
from django.db import connection, transaction
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from merchants.models import Approval
from merchants.services import heartbeats, sealing, sign_in_records
from portal import health
from portal.lib import clock, deadline
from portal.soundness import replication, storage, work
from wallet.models import Case, TrafficIncident
from wallet.services.log.signature_refusals import refused_signatures
from wallet.services.usage import quiet_merchants

log = structlog.get_logger(__name__)
PART_SECONDS = 2.0  # for what one part asks
ALL_SECONDS = 6.0  # after that, no further part is begun: Prometheus gives up after ten
GRACE = 1.5  # as in portal.soundness.doctor
CONNECTIONS = """
    SELECT coalesce(state, 'other'), count(*), current_setting('max_connections')::int
      FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1
"""

type Samples = dict[tuple[str, ...], float]


def gauge(name: str, text: str, samples: float | Samples, labels: Iterable[str] = ()) -> GaugeMetricFamily:
    """Make one family. `samples`: its value, or the values by the values of its labels."""
    family = GaugeMetricFamily(f"portal_{name}", text, labels=list(labels))
    for values, value in (samples if isinstance(samples, dict) else {(): float(samples)}).items():
        family.add_metric(list(values), float(value))
    return family


# --- the parts --------------------------------------------------------------------------------------------------------
def reach() -> Iterator[Metric]:
    """Whether the database takes writes, and broker and cache answer, as /healthz says."""
    up: Samples = {(name,): probe.holds(PART_SECONDS) for name, probe in health.HEALTHY.items()}
    yield gauge("up", "Whether a server that the portal needs answers.", up, ["part"])


def standbys() -> Iterator[Metric]:
    known = replication.replication()
    yield gauge("synchronous_standbys", "Synchronous standbys that are connected.", known.synchronous)
    yield gauge("synchronous_standby_required", "Whether commits wait for a standby.", bool(known.required))
    behind: Samples = {(each.name,): each.bytes for each in known.standbys}
    yield gauge("replica_behind_bytes", "WAL that a standby has not replayed.", behind, ["standby"])
    lag: Samples = {(each.name,): each.seconds for each in known.standbys}
    yield gauge("replica_behind_seconds", "Time by which a standby is behind.", lag, ["standby"])


def wal_archive() -> Iterator[Metric]:
    known = replication.archive()
    yield gauge("wal_archive_on", "Whether archive_mode is on.", known.is_on)
    yield gauge("wal_archive_failing", "Whether the last WAL file could not be archived.", known.is_failing)


def backups() -> Iterator[Metric]:
    """Without a record, the age is that of the installation."""
    record, now = storage.backup_record() or storage.BackupRecord(), clock.now()
    begun = heartbeats.installed_at() or now
    for name, text, at in (
        ("backup_age_seconds", "Age of the last good backup.", record.finished_at),
        (
            "restore_test_age_seconds",
            "Age of the last backup that was restored and verified.",
            record.restore_tested_at,
        ),
    ):
        yield gauge(name, text, (now - (at or begun)).total_seconds())


def disks() -> Iterator[Metric]:
    found = list(storage.disks())
    free: Samples = {(disk.folder,): disk.free for disk in found}
    size: Samples = {(disk.folder,): disk.size for disk in found}
    yield gauge("disk_free_bytes", "Free space of the disk of a folder.", free, ["folder"])
    yield gauge("disk_size_bytes", "Size of the disk of a folder.", size, ["folder"])


def sizes() -> Iterator[Metric]:
    found = storage.sizes()
    yield gauge("database_bytes", "Size of the database.", found.database)
    yield gauge("ledger_bytes", "Size of the ledger with its indexes.", found.ledger)
    yield gauge("request_log_bytes", "Size of the request log with its indexes.", found.log)
    ahead = storage.partitions_ahead()
    text = "Empty partitions of the request log that are ready; absent without partitions."
    yield gauge("request_log_partitions_ahead", text, {} if ahead is None else {(): ahead})


def connections() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        rows = cursor.fetchall()
    most = rows[0][2]
    states: Samples = {(state,): number for state, number, _ in rows}
    yield gauge("database_connections", "Connections to the database.", states, ["state"])
    yield gauge("database_connections_most", "max_connections of the database.", most)


def jobs() -> Iterator[Metric]:
    ages = work.job_ages()
    seconds: Samples = {(job.value,): age.seconds for job, age in ages.items()}
    good: Samples = {(job.value,): age.is_good for job, age in ages.items()}
    yield gauge("job_age_seconds", "Time since a job last completed.", seconds, ["name"])
    yield gauge("job_good", "Whether the last run of a job found no problem.", good, ["name"])


def queues() -> Iterator[Metric]:
    depths: Samples = {(queue,): depth for queue, depth in work.queue_depths().items()}
    yield gauge("queue_depth", "Jobs that wait for a worker.", depths, ["queue"])


def watermarks() -> Iterator[Metric]:
    lags: Samples = {(source,): rows for source, rows in work.watermark_lags().items()}
    yield gauge("watermark_behind_rows", "Rows that are not in the summaries yet.", lags, ["source"])


def request_log() -> Iterator[Metric]:
    dropped: Samples = {(text,): work.lines_dropped(is_signed=text == "true") for text in ("true", "false")}
    text = "Lines that the request log lost in this hour and the one before."
    yield gauge("request_log_lines_dropped", text, dropped, ["signed"])


def emails() -> Iterator[Metric]:
    state = work.outbox_state()
    yield gauge("emails_waiting", "Emails that wait in the outbox.", state.waiting)
    yield gauge("emails_stuck", "Emails that are due but not sent, or that no mail server accepts.", state.stuck)
    yield gauge("outbox_age_seconds", "How long the oldest email has been due.", state.seconds)


def reconciliation() -> Iterator[Metric]:
    late = work.late_days()
    causes: Samples = {(cause,): number for cause, number in late.causes.items()}
    yield gauge("reconciliations_late", "Days without a good report, by cause.", causes, ["cause"])
    yield gauge("oldest_late_day_seconds", "How long the oldest day without a good report has been due.", late.seconds)
    open_cases = Case.objects.exclude(state=Case.State.RESOLVED).count()
    yield gauge("cases_open", "Cases of reconciliation that are open.", open_cases)


def books() -> Iterator[Metric]:
    found = work.books()
    yield gauge("books_differences", "Differences that the verification of the ledger found.", found.findings)
    yield gauge("books_merchants_overdue", "Merchants whose books are not verified.", found.merchants_overdue)


def secrets() -> Iterator[Metric]:
    lost: Samples = {(kind, key_id): number for kind, key_id, number in sealing.lost_keys()}
    text = "Stored secrets whose key-encryption key is not configured."
    yield gauge("secrets_unreadable", text, lost, ["kind", "key_id"])
    refused: Samples = {(each.merchant, each.auth_key): each.calls for each in refused_signatures()}
    text = "Requests of the last 15 minutes that named a key without a valid signature."
    yield gauge("signatures_refused", text, refused, ["merchant", "auth_key"])


def people() -> Iterator[Metric]:
    yield gauge("sign_in_locks", "Sign-ins locked in the last hour.", sign_in_records.recent_locks().count())
    waiting = Approval.objects.filter(state=Approval.State.WAITING).count()
    yield gauge("approvals_waiting", "Changes that wait for a second approver.", waiting)


def traffic() -> Iterator[Metric]:
    found = Counter(quiet_merchants.open_incidents().values_list("kind", flat=True))
    open_now: Samples = {(kind.value,): found[kind.value] for kind in TrafficIncident.Kind}
    text = "Merchants that are quiet, or refused on every request."
    yield gauge("traffic_incidents_open", text, open_now, ["kind"])


def kind() -> Iterator[Metric]:
    yield gauge("info", "Environment of this installation.", {(settings.ENVIRONMENT,): 1}, ["environment"])


@dataclass(frozen=True, slots=True)
class GaugePart:
    read: Callable[[], Iterator[Metric]]
    asks_database: bool = True


PARTS = (
    GaugePart(kind, asks_database=False),
    GaugePart(reach, asks_database=False),
    GaugePart(disks, asks_database=False),
    GaugePart(queues, asks_database=False),
    *map(
        GaugePart,
        (
            *(standbys, wal_archive, backups, sizes, connections, jobs, watermarks, request_log, emails),
            *(reconciliation, books, secrets, people, traffic),
        ),
    ),
)


# --- all of them ------------------------------------------------------------------------------------------------------
def read_all() -> list[Metric]:
    """Read each part within PART_SECONDS; what failed is a figure too."""
    found, begun = list[Metric](), perf_counter()
    failed, seconds = dict[tuple[str, ...], float](), dict[tuple[str, ...], float]()
    for part in PARTS:
        started, name = perf_counter(), (part.read.__name__,)
        try:
            if started - begun > ALL_SECONDS:
                raise TimeoutError  # noqa: TRY301 - told as the others are
            found += _read(part)
            failed[name] = 0
        except Exception as fault:  # noqa: BLE001 - the other parts are to be shown whatever this one meets
            log.warning("metrics.part_failed", part=part.read.__name__, fault=type(fault).__name__)
            failed[name] = 1
        seconds[name] = perf_counter() - started
    found.append(gauge("metrics_part_failed", "Whether a part of these metrics could not be read.", failed, ["part"]))
    found.append(gauge("metrics_part_seconds", "Time to read a part of these metrics.", seconds, ["part"]))
    return found


def _read(part: GaugePart) -> list[Metric]:
    if not part.asks_database:
        return list(part.read())
    with deadline.limit_time(PART_SECONDS * GRACE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {PART_SECONDS * 1000:.0f}")
        return list(part.read())
