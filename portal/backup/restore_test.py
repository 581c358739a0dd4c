"""The proof that the newest backup is one: restored into a folder of its own, and verified there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import structlog
from django.conf import settings

from portal.backup import record, restore
from portal.backup.errors import BackupFault
from portal.backup.restore import Restored
from portal.lib import clock

log = structlog.get_logger(__name__)
VERIFICATIONS = ("verify_ledger", "verify_history")


def run_restore_test() -> Restored:
    """Restore the newest moment, verify the copy, write BACKUP_RECORD and delete the copy. Raises BackupFault."""
    Path(settings.BACKUP_SCRATCH).mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="restore-", dir=settings.BACKUP_SCRATCH))
    try:
        with restore.restored_copy(scratch, None) as copy:
            for command in VERIFICATIONS:
                verify(copy, command)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    record.write(restore_tested_at=clock.now())
    log.info("backup.restore_tested", backup=copy.restored.backup.name, newest=str(copy.restored.newest))
    return copy.restored


def verify(copy: restore.Copy, command: str) -> None:
    done = restore.run_on_copy(copy, command)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-1500:]
        raise BackupFault(f"{command} found differences in the restored copy:\n{said}")
