"""What the database says of its standbys and of the archive of its WAL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

STANDBYS = """
    SELECT coalesce(application_name, ''), sync_state IN ('sync', 'quorum'),
           CASE WHEN NOT pg_is_in_recovery() THEN coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0) END,
           coalesce(extract(epoch FROM replay_lag), 0), state IS NULL
      FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup'
       AND application_name IS DISTINCT FROM 'portal_backup'
     ORDER BY 1
"""
# `manage.py receive_wal` takes WAL through a slot; the server keeps all of it while nobody does.
ARCHIVE = """
    SELECT current_setting('archive_mode') <> 'off', last_archived_time, last_failed_time,
           (SELECT active FROM pg_replication_slots WHERE slot_name = 'portal_backup')
      FROM pg_stat_archiver
"""


class Standby(NamedTuple):
    """How far one standby is behind."""

    name: str
    is_synchronous: bool
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Replication:
    """`required`: synchronous_standby_names. `is_hidden`: this role may not see the state of standbys."""

    required: str
    standbys: list[Standby]
    is_hidden: bool

    @property
    def synchronous(self) -> int:
        return sum(standby.is_synchronous for standby in self.standbys)


@dataclass(frozen=True, slots=True)
class Archive:
    """`is_received`: whether somebody takes WAL through the slot of the backup; None without a slot."""

    is_on: bool
    archived_at: datetime | None
    failed_at: datetime | None
    is_received: bool | None = None

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt to archive a segment failed, or nobody takes what is to be received."""
        if self.is_received is False:
            return True
        if not self.is_on or self.failed_at is None:
            return False
        return self.archived_at is None or self.failed_at > self.archived_at


def replication() -> Replication:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_standby_names')")
        (required,) = cursor.fetchone()
        cursor.execute(STANDBYS)
        rows = cursor.fetchall()
    standbys = [Standby(name, bool(sync), int(behind or 0), float(lag)) for name, sync, behind, lag, _ in rows]
    return Replication(required, standbys, any(hidden for *_, hidden in rows))


def archive() -> Archive:
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVE)
        return Archive(*cursor.fetchone())
