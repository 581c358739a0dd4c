"""Disks of this machine, sizes in the database, and the record that the backup leaves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection

LOG = "wallet_signedrequest"
SIZES = f"""
    SELECT pg_database_size(current_database()), pg_total_relation_size('wallet_transaction'),
           coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{LOG}')),
                    pg_total_relation_size('{LOG}'))
"""  # noqa: S608 - a constant
# Partitions by range of id that no line has reached yet; NULL for a log without partitions.
AHEAD = f"""
    SELECT CASE WHEN c.relkind = 'p' THEN
             (SELECT count(*) FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid
               WHERE i.inhparent = c.oid
                 AND substring(pg_get_expr(p.relpartbound, p.oid) FROM 'FROM \\(''?(\\d+)''?\\)')::bigint
                     > (SELECT coalesce(max(id), 0) FROM {LOG}))
           END
      FROM pg_class c WHERE c.oid = '{LOG}'::regclass
"""  # noqa: S608 - a constant


class Disk(NamedTuple):
    """A folder, and bytes of the disk that it is on."""

    folder: str
    free: int
    size: int

    @property
    def share_free(self) -> float:
        return self.free / self.size if self.size else 0.0


class Sizes(NamedTuple):
    """Bytes, indexes included."""

    database: int
    ledger: int
    log: int


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """What the backup wrote down: when a whole backup ended well, and when one was last restored and verified."""

    finished_at: datetime | None = None
    restore_tested_at: datetime | None = None


def disks() -> Iterator[Disk]:
    """Each folder that is there; one that nobody has written to yet is on the disk of the folder above."""
    for name in dict.fromkeys(settings.WATCHED_FOLDERS):
        folder = Path(name).absolute()
        there = next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))
        usage = shutil.disk_usage(there)
        yield Disk(str(folder), usage.free, usage.total)


def sizes() -> Sizes:
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        return Sizes(*(int(size) for size in cursor.fetchone()))


def partitions_ahead() -> int | None:
    """Return how many partitions of the request log wait for their first line; None when it has no partitions."""
    with connection.cursor() as cursor:
        cursor.execute(AHEAD)
        found: int | None = cursor.fetchone()[0]
        return found


def backup_record() -> BackupRecord | None:
    """Read BACKUP_RECORD; None without one. Raises ValueError when it cannot be read."""
    try:
        told = json.loads(Path(settings.BACKUP_RECORD).read_text())
    except FileNotFoundError:
        return None
    return BackupRecord(_moment(told.get("finished_at")), _moment(told.get("restore_tested_at")))


def _moment(text: str | None) -> datetime | None:
    """A moment in ISO 8601 with its offset."""
    when = datetime.fromisoformat(text) if text else None
    if when is not None and when.tzinfo is None:
        raise ValueError(text)
    return when
