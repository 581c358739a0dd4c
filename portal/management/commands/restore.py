"""Restore the database server and the private files to a moment, into an empty folder."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backup import restore
from portal.backup.errors import BackupFault
from portal.backup.restore import Restored

LATEST = "latest"


def read_moment(text: str) -> datetime | None:
    """Return a moment with its offset; None: the newest one."""
    if text == LATEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a moment such as 2026-11-30T14:05:00Z, and not `latest`.") from None
    if moment.tzinfo is None:
        raise ArgumentTypeError(f"{text} has no time zone. Write 2026-11-30T14:05:00Z, for example.")
    return moment


class Command(BaseCommand):
    help = "Restore the database server and the private files, as they were at a moment, into an empty folder."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            type=read_moment,
            required=True,
            metavar="MOMENT",
            help="2026-11-30T14:05:00Z, for example, or `latest`.",
        )
        parser.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="An empty folder.")

    def handle(self, *, to: datetime | None, into: Path, **options: Any) -> None:
        try:
            restored = restore.restore(into.absolute(), to)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        for line in lines(restored):
            self.stdout.write(line)


def lines(restored: Restored) -> list[str]:
    newest = restored.newest.isoformat() if restored.newest else "none"
    return [
        f"Restored from backup {restored.backup.name}. The newest transaction is of {newest}.",
        f"Data folder of PostgreSQL 18: {restored.cluster}",
        f"Private files ({restored.private_files}): {restored.private}",
        "Before anyone uses the copy:",
        "1. Run verify_ledger, verify_history, check --database default and doctor on it.",
        "2. Revoke again the keys that were revoked after that moment. They work in the copy.",
        "3. Compare allowlists and blocked players with the emails sent since: the copy has the earlier ones.",
        f"4. {restored.waiting_emails} emails wait in the copy and will be sent, even if they were sent before.",
        "5. Everyone is signed out: the sessions were deleted.",
    ]
