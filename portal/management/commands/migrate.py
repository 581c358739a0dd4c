"""Django's `migrate`, by the owner, one at a time, without long waits for locks; then the rights are given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

from portal.database import baseline, grants, paths, releases, switch
from portal.database.operations import LOCK_TIMEOUT

LOCK = 40_901
WAIT_SECONDS = 600
POLL_SECONDS = 0.5
OWNER = "owner"
NO_LOCK = (
    "A lock of another session stood in the way for {} seconds. The migration that needs it was rolled back."
    " Run migrate again."
)


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER if OWNER in settings.DATABASES else "default")
        parser.add_argument(
            "--wait",
            type=int,
            default=WAIT_SECONDS,
            metavar="SECONDS",
            help="Seconds to wait for another migrate to end, and to try again for a lock of another session.",
        )
        parser.add_argument(
            "--from-first",
            action="store_true",
            help="Apply every migration to an empty database, instead of the baseline and those after it.",
        )

    def handle(self, *arguments: Any, **options: Any) -> None:
        if options["plan"] or options["check_unapplied"]:
            super().handle(*arguments, **options)
            return
        check_is_owner(options["database"])
        self.database = options["database"]
        with self.alone(options["wait"]):
            releases.check_step(connections[self.database])
            if starts_anew(options):
                baseline.load_baseline(connections[self.database])
            self.migrate_past_locks(*arguments, **options)
            self.finish()

    def migrate_past_locks(self, *arguments: Any, **options: Any) -> None:
        """Migrate. After a wait for a lock that was too long for callers, go on from there, until the patience ends."""
        deadline = time.monotonic() + options["wait"]
        while True:
            try:
                super().handle(*arguments, **options)
            except OperationalError as fault:
                if not isinstance(fault.__cause__, LockNotAvailable):
                    raise
                if time.monotonic() >= deadline:
                    raise CommandError(NO_LOCK.format(options["wait"])) from fault
            else:
                return
            if options["verbosity"]:
                self.stdout.write("A lock of another session stands in the way. Trying again.")
            time.sleep(POLL_SECONDS)

    @contextmanager
    def alone(self, patience: int) -> Iterator[None]:
        """Hold the lock of migrations for the session. Asked for again and again: a session that waits for it would
        itself be waited for by an index that is made concurrently.
        """
        deadline = time.monotonic() + patience
        while not self.ask("SELECT pg_try_advisory_lock(%s)", LOCK):
            if time.monotonic() >= deadline:
                raise CommandError("Another migrate is running on this database. Run migrate again after it ends.")
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            if connections[self.database].is_usable():
                self.ask("SELECT pg_advisory_unlock(%s)", LOCK)
                self.ask("SELECT set_config('lock_timeout', %s, false)", "0")

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002
        """Bound waits for locks, but not those of an index that is made concurrently: it stops nobody."""
        if action in {"apply_start", "unapply_start"}:
            self.ask("SELECT set_config('lock_timeout', %s, false)", LOCK_TIMEOUT if migration.atomic else "0")
        super().migration_progress_callback(action, migration, fake)

    def finish(self) -> None:
        connection = connections[self.database]
        switch.disable_switches(connection)
        paths.fix_search_paths(connection)
        releases.record(connection)
        for sentence in grants.apply_grants(connection):
            if self.verbosity > 1:
                self.stdout.write(f"Corrected: {sentence}")

    def ask(self, question: str, *values: str | int) -> Any:
        with connections[self.database].cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchone()[0]


def starts_anew(options: dict[str, Any]) -> bool:
    """Return whether an empty database may begin with the baseline: not on the way to an older migration."""
    return not (options["from_first"] or options["app_label"] or options["fake"])


def check_is_owner(database: str) -> None:
    """Refuse to migrate with the application's connection, which may not."""
    if database != OWNER and settings.ENVIRONMENT != "test":
        raise CommandError("OWNER_DATABASE_URL is missing. Set it to the connection of the role that owns the tables.")
