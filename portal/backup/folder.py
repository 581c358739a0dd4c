"""BACKUP_FOLDER: `base/` holds whole copies by their moment, `wal/` the WAL since, `private/` the private files."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.backup import sealed_files
from portal.backup.errors import BackupFault
from portal.lib import clock

SEGMENT = re.compile(r"[0-9A-F]{24}")
TIMELINE = 8  # digits of a segment's name; the rest is the place in the WAL
SEGMENTS_IN_LOG = 256  # of 16 MiB
DRAFT = ".draft"


@dataclass(frozen=True, slots=True)
class Backup:
    """One whole copy. `first_wal`: the oldest segment that a restore from it may need; `last_wal`: the one in which it
    ended, which a restore to a later moment needs from the stored ones.
    """

    name: str
    started_at: datetime
    finished_at: datetime
    first_wal: str
    last_wal: str
    system: str
    version: str
    key_id: str
    bytes: int

    @property
    def folder(self) -> Path:
        return base_folder() / self.name


def root() -> Path:
    if not settings.BACKUP_FOLDER:
        raise BackupFault("BACKUP_FOLDER is not set. Set it to a folder on another disk than the database's.")
    return Path(settings.BACKUP_FOLDER)


def base_folder() -> Path:
    return own_folder("base")


def wal_folder() -> Path:
    return own_folder("wal")


def private_folder() -> Path:
    return own_folder("private")


def own_folder(name: str) -> Path:
    folder = root() / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def hold_alone() -> Iterator[bool]:
    """Hold the folder for a backup. Yields False when another process is making one; one that is killed lets go."""
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def backups() -> list[Backup]:
    """Return the whole copies, the oldest first; a copy that was not finished is none."""
    return [_read(path) for path in sorted(base_folder().glob("*/backup.json")) if not path.parent.name.endswith(DRAFT)]


def _read(path: Path) -> Backup:
    try:
        told: dict[str, Any] = json.loads(path.read_text())
        moments = {name: datetime.fromisoformat(told[name]) for name in ("started_at", "finished_at")}
        return Backup(**told | moments)
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise sealed_files.damage_fault(path) from fault


def keep(backup: Backup, draft: Path) -> None:
    """Turn a finished draft into a backup."""
    told = asdict(backup) | {
        "started_at": backup.started_at.isoformat(),
        "finished_at": backup.finished_at.isoformat(),
    }
    (draft / "backup.json").write_text(json.dumps(told, indent=2) + "\n")
    sealed_files.sync_folder(draft)
    draft.rename(backup.folder)
    sealed_files.sync_folder(backup.folder.parent)


# --- WAL --------------------------------------------------------------------------------------------------------------
def segments() -> list[str]:
    """Return the names of the stored segments, by their place in the WAL."""
    names = {sealed_files.plain_name(path) for path in wal_folder().iterdir() if not path.name.endswith(".new")}
    return sorted(filter(SEGMENT.fullmatch, names), key=lambda name: (name[TIMELINE:], name))


def place(segment: str) -> int:
    """Return the number of a segment since the beginning of the WAL, whatever its timeline is."""
    return int(segment[8:16], 16) * SEGMENTS_IN_LOG + int(segment[16:], 16)


def following(segment: str) -> str:
    """Return the name of the segment after this one, on the same timeline."""
    return at_place(segment, place(segment) + 1)


def at_place(segment: str, number: int) -> str:
    """Return the name of the segment at a place of the WAL, on the timeline of another one."""
    return f"{segment[:TIMELINE]}{number // SEGMENTS_IN_LOG:08X}{number % SEGMENTS_IN_LOG:08X}"


def missing_after(backup: Backup) -> int | None:
    """Return the first place without a segment between a backup and the newest stored WAL; None: there is no gap."""
    end = place(backup.last_wal)
    places = sorted({end - 1, *(there for name in segments() if (there := place(name)) >= end)})
    return next((before + 1 for before, after in pairwise(places) if after > before + 1), None)


# --- retention --------------------------------------------------------------------------------------------------------
def purge() -> int:
    """Delete what no restore to a moment of the last BACKUP_DAYS needs. Returns the number of backups deleted."""
    for draft in base_folder().glob(f"*{DRAFT}"):
        shutil.rmtree(draft)
    since, kept = clock.now() - timedelta(days=settings.BACKUP_DAYS), backups()
    older = [backup for backup in kept if backup.finished_at <= since]
    for backup in older[:-1]:  # from the newest of them the first moments are restored
        shutil.rmtree(backup.folder)
    if kept:
        _purge_wal((older[-1:] or kept)[0].first_wal)
    _purge_private(since - timedelta(days=1))
    return len(older[:-1])


def _purge_wal(first: str) -> None:
    for path in wal_folder().iterdir():
        name = sealed_files.plain_name(path)
        if SEGMENT.fullmatch(name) and place(name) < place(first):
            path.unlink()


def _purge_private(since: datetime) -> None:
    """The moment of a stored file is when the last backup found it in PRIVATE_FILES."""
    for path in private_folder().rglob("*"):
        if path.is_file() and path.stat().st_mtime < since.timestamp():
            path.unlink()
