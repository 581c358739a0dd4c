"""Move all secrets to the current key-encryption key: exit code 0 when all are there, 1 with what is not."""

from __future__ import annotations

import sys
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from merchants.services import sealing


class Command(BaseCommand):
    help = "Seal all secrets under the current key-encryption key (the first of KEY_ENCRYPTION_KEYS)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="show what would be moved, and move nothing")
        parser.add_argument("--check", action="store_true", help="show whether the older keys can be removed")

    def handle(self, *, dry_run: bool, check: bool, **options: Any) -> None:
        self.console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, highlight=False)
        if dry_run:
            self.say(f"{sealing.count_movable_rows():,} secrets would be moved to {sealing.current_key_id()!r}.")
            done = not self.tell_what_is_out_of_reach()
        elif check:
            done = self.check_what_is_left()
        else:
            done = self.rewrap()
        if not done:
            sys.exit(1)

    def rewrap(self) -> bool:
        moved, broken, interrupted = 0, list[str](), False
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task("Secrets", total=sealing.count_movable_rows())
            try:
                for progress in sealing.rewrap():
                    moved, broken = progress.moved, progress.broken
                    bar.update(task, completed=moved)
            except KeyboardInterrupt:
                interrupted = True
        self.say(f"{moved:,} secrets moved to {sealing.current_key_id()!r}.", good=True)
        if interrupted:
            self.say(
                f"Interrupted. {sealing.count_movable_rows():,} secrets remain. Run the command again to continue."
            )
        for secret in broken:
            self.say(f"{secret} cannot be opened with its key: its row was changed. Rotate that key.")
        return self.check_what_is_left() and not interrupted

    def check_what_is_left(self) -> bool:
        left, lost = sealing.count_movable_rows(), self.tell_what_is_out_of_reach()
        if left:
            self.say(f"{left:,} secrets are sealed under an older key. Do not remove it yet.")
        removable = sealing.removable_keys()
        if removable:
            names = ", ".join(map(repr, removable))
            self.say(f"No secret needs these keys. Remove them from KEY_ENCRYPTION_KEYS: {names}", good=True)
        if not left and not lost:
            self.say(f"All secrets are sealed under {sealing.current_key_id()!r}.", good=True)
        return not left and not lost

    def tell_what_is_out_of_reach(self) -> bool:
        lost = sealing.unreachable_rows()
        for sealed in lost:
            self.say(
                f"{sealed.rows:,} secrets were not moved: they are sealed under {sealed.key_id!r}, which is "
                f"missing. Add it to KEY_ENCRYPTION_KEYS and run this command again."
            )
        return bool(lost)

    def say(self, text: str, *, good: bool = False) -> None:
        self.console.print(text, style="green" if good else "red", markup=False)
