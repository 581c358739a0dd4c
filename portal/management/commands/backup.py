"""Make a backup, list the backups, or test the newest one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backup import base_backup, folder, restore_test
from portal.backup.errors import BackupFault
from portal.backup.folder import Backup


class Command(BaseCommand):
    help = (
        "Copy the database server and the private files to BACKUP_FOLDER, encrypted where BACKUP_KEYS has a key, and"
        " delete backups that are older than BACKUP_DAYS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--list", action="store_true", help="List the backups; make none.")
        choice.add_argument(
            "--test-restore", action="store_true", help="Restore the newest backup, verify the copy and delete it."
        )

    def handle(self, *, test_restore: bool, **options: Any) -> None:
        try:
            if options["list"]:
                self.print_backups()
            elif test_restore:
                restored = restore_test.run_restore_test()
                self.stdout.write(f"Backup {restored.backup.name} was restored and verified.")
            else:
                self.print_backup(base_backup.make_backup())
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault

    def print_backups(self) -> None:
        for backup in folder.backups():
            self.print_backup(backup)

    def print_backup(self, backup: Backup) -> None:
        key = f"encrypted with {backup.key_id}" if backup.key_id else "not encrypted"
        seconds = (backup.finished_at - backup.started_at).total_seconds()
        size = f"{backup.bytes / 1_000_000:,.1f} MB"
        self.stdout.write(f"{backup.name}: {size} in {seconds:.1f} s, {key}, finished {backup.finished_at.isoformat()}")
