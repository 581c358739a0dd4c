"""The WAL as it is written: PostgreSQL's `pg_receivewal` takes it, and each whole segment is stored.

The slot keeps on the server what was not taken yet. `archive_timeout` of the server is how old the newest stored WAL
may be.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import structlog
from django.conf import settings

from portal import leader
from portal.backup import folder, private_files, programs, sealed_files
from portal.lib.ends_with_parent import tethered_command

log = structlog.get_logger(__name__)
SLOT = "portal_backup"
COMPLETE = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")
LOOK_SECONDS = 1.0
FILES_EVERY = 15  # looks
AGAIN_SECONDS = 3.0
STOP_SECONDS = 15


def receive(ended: Event) -> None:
    """Take WAL and private files into the backup until `ended` is set. Raises BackupFault for a wrong setting."""
    spool = Path(settings.BACKUP_SPOOL)
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.wal_folder()
    programs.source()
    while not ended.is_set():
        with receiver(spool, "--create-slot", "--if-not-exists") as creating:
            creating.wait()
        if creating.returncode == 0:
            with receiver(spool) as process:
                store_until(ended, process, spool)
        if not ended.is_set():
            log.warning("backup.wal_not_received")
        ended.wait(AGAIN_SECONDS)
    store_segments(spool)


@contextmanager
def receiver(spool: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    conninfo, environment = programs.source()
    command = [programs.program("pg_receivewal"), "--dbname", conninfo, "--no-password", "--slot", SLOT]
    command += ["--directory", str(spool), "--no-loop", *options]
    process = subprocess.Popen(tethered_command(command), env=environment, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def store_until(ended: Event, process: subprocess.Popen[bytes], spool: Path) -> None:
    looks = 0
    while process.poll() is None and not ended.wait(LOOK_SECONDS):
        leader.touch_alive()
        store_segments(spool)
        if looks % FILES_EVERY == 0:
            private_files.mirror()
        looks += 1


def store_segments(spool: Path) -> int:
    """Store the whole segments of the spool. The newest file stays: it says where to go on. Returns how many."""
    names, number = sorted(path.name for path in spool.iterdir()), 0
    key = sealed_files.current_key(settings.BACKUP_KEYS)
    for name in filter(COMPLETE.fullmatch, names):
        base = folder.wal_folder() / name
        if sealed_files.find_file(base) is None:
            with (spool / name).open("rb") as file:
                pieces = iter(lambda: file.read(sealed_files.CHUNK), b"")
                sealed_files.write_file(base, f"wal/{name}", pieces, key)
            number += 1
        if name != names[-1]:
            (spool / name).unlink()
    return number
