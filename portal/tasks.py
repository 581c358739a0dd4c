"""Jobs of the installation itself, on a timetable; what they do is in `portal.backup`."""

from __future__ import annotations

from celery import shared_task

from portal.backup import alarm, base_backup, restore_test
from portal.backup.errors import BackupFault


@shared_task
def make_backup() -> None:
    try:
        base_backup.make_backup()
    except base_backup.AlreadyRunning:
        return
    except BackupFault as fault:
        alarm.send_alarm(alarm.BACKUP_FAILED, str(fault))
        raise


@shared_task
def test_restore() -> None:
    try:
        restore_test.run_restore_test()
    except BackupFault as fault:
        alarm.send_alarm(alarm.TEST_FAILED, str(fault))
        raise


@shared_task
def watch_backups() -> None:
    """Notify of a last good backup, or restore test, that is too old; at most once a day."""
    alarm.raise_old_backups()
