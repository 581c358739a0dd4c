"""Take the WAL of the database server and new private files into the backup, until stopped."""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.backup import wal
from portal.backup.errors import BackupFault


class Command(BaseCommand):
    help = "Copy the WAL of the database server and new private files to BACKUP_FOLDER, until stopped."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        ended = Event()
        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, lambda *_: ended.set())
        try:
            wal.receive(ended)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
