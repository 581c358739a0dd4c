"""A whole copy of the server and of the private files."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

import structlog
from django.conf import settings
from django.db import connection

from portal import __version__
from portal.backup import folder, private_files, programs, record, sealed_files
from portal.backup.errors import BackupFault
from portal.backup.folder import Backup
from portal.lib import clock

log = structlog.get_logger(__name__)
WHERE = """
    SELECT (SELECT system_identifier FROM pg_control_system())::text, pg_walfile_name(pg_current_wal_lsn()),
           current_setting('wal_level')
"""


class AlreadyRunning(BackupFault):
    pass


def make_backup() -> Backup:
    """Copy the server and the private files, write BACKUP_RECORD, and delete what is too old. Raises BackupFault."""
    with folder.hold_alone() as is_held:
        if not is_held:
            raise AlreadyRunning("Another backup is running. Wait until it ends.")
        backup = _make_backup()
        record.write(finished_at=backup.finished_at)
        purged = folder.purge()
    log.info("backup.made", backup=backup.name, bytes=backup.bytes, purged=purged)
    return backup


def _make_backup() -> Backup:
    started_at = clock.now()
    system, first_wal = _place_of_server()
    key = sealed_files.current_key(settings.BACKUP_KEYS)
    name = started_at.strftime("%Y%m%dT%H%M%SZ")
    draft = folder.base_folder() / f"{name}{folder.DRAFT}"
    draft.mkdir(mode=0o700)
    size = sealed_files.write_file(draft / "base.tar", f"base/{name}/base.tar", copied_server(), key)
    _, last_wal = _place_of_server()
    private_files.mirror(is_whole=True)
    key_id = key.key_id if key else ""
    backup = Backup(name, started_at, clock.now(), first_wal, last_wal, system, __version__, key_id, size)
    folder.keep(backup, draft)
    return backup


def _place_of_server() -> tuple[str, str]:
    """Return which server this is, and the segment that it writes now."""
    with connection.cursor() as cursor:
        cursor.execute(WHERE)
        system, first_wal, wal_level = cursor.fetchone()
    if wal_level == "minimal":
        raise BackupFault("The server's wal_level is minimal. Set it to replica, and restart the server.")
    other = next((backup for backup in folder.backups() if backup.system != system), None)
    if other:
        raise BackupFault("BACKUP_FOLDER holds backups of another server. Use an empty folder for this one.")
    return system, first_wal


def copied_server() -> Iterator[bytes]:
    """Yield one tar archive of the server's data folder, the WAL that it needs and a manifest of its files."""
    conninfo, environment = programs.source()
    command = [programs.program("pg_basebackup"), "--dbname", conninfo, "--no-password", "--pgdata=-", "--format=tar"]
    command += ["--wal-method=fetch", "--checkpoint=fast", "--label=portal", "--manifest-checksums=SHA256"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said) as process,
    ):
        try:
            yield from iter(lambda: _read(process.stdout), b"")
        except BaseException:
            process.kill()
            raise
        if process.wait():
            said.seek(0)
            raise BackupFault(f"The server cannot be copied: {said.read().decode(errors='replace').strip()[-500:]}")


def _read(output: IO[bytes] | None) -> bytes:
    return output.read(sealed_files.CHUNK) if output else b""


def newest_before(moment: datetime | None) -> Backup:
    """Return the newest backup that was finished at a moment; None: the newest of all. Raises BackupFault."""
    known = folder.backups()
    found = [backup for backup in known if moment is None or backup.finished_at <= moment]
    if found:
        return found[-1]
    if not known:
        raise BackupFault("BACKUP_FOLDER has no backup. Run manage.py backup.")
    raise BackupFault(
        f"No backup is that old. The earliest moment that can be restored is {known[0].finished_at.isoformat()}."
    )
