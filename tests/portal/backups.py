"""A server that is backed up, with a portal on it whose calls are in the backup."""

from __future__ import annotations

import base64
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from portal.local.embedded import Server
from tests.plugins.databases import by_roles
from tests.plugins.live import CHECKOUT, Live, stop
from tests.wallet.clusters import LASTING, REPLICATED, own_cluster, own_folder, own_portal
from tests.wallet.conftest import LiveCaller, Stage, stage_on, until


def newest_segment(home: Path) -> str:
    return max(path.name.split(".")[0] for path in home.glob("wal/*.sealed"))


@dataclass
class Backups:
    server: Server
    portal: Live
    stage: Stage
    folder: Path
    private: Path
    record: Path
    scratch: Path
    receiver: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return replace(self.portal, environment=self.portal.environment | environment).manage(*arguments)

    def ensure_backup(self) -> None:
        """At least one backup, and WAL after it."""
        if not list(self.folder.glob("base/*/backup.json")):
            done = self.manage("backup")
            assert done.returncode == 0, done.stderr
        self.archive_all()

    def archive_all(self) -> None:
        """Everything that was committed until now is in the backup."""
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS mark (id integer)")
            row = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
            connection.execute("INSERT INTO mark VALUES (1)")
            connection.execute("SELECT pg_switch_wal()")
        assert row
        until(lambda: bool(list(self.folder.glob(f"wal/{row[0]}.gz*"))))

    def now(self) -> str:
        """A moment between what was and what comes, by the server's clock."""
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            row = connection.execute("SELECT clock_timestamp()").fetchone()
            assert row
            until(lambda: connection.execute("SELECT clock_timestamp() > %s", [row[0]]).fetchone() == (True,))
        moment: datetime = row[0]
        return moment.astimezone(UTC).isoformat()

    def private_names(self) -> set[str]:
        return {path.relative_to(self.private).as_posix() for path in self.private.rglob("*") if path.is_file()}

    @contextmanager
    def started(self, copy: Path) -> Iterator[Live]:
        """The restored data folder, as an operator of the portal starts it."""
        with own_folder() as home:
            (copy / "cluster").rename(home / "cluster")
            with embedded.postgres(home, extra=LASTING | REPLICATED) as server:
                environment = self.portal.environment | by_roles(server.url)
                yield replace(self.portal, dsn=server.url, environment=environment)

    @contextmanager
    def books_changed(self, caller: LiveCaller) -> Iterator[None]:
        """By somebody who may: a balance is not what its rows say."""
        change = "UPDATE wallet_account SET balance = balance + %s WHERE player_id ="
        change += " (SELECT id FROM merchants_player WHERE player_id = %s)"
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(change, [1, caller.player])
            try:
                yield
            finally:
                connection.execute(change, [-1, caller.player])

    @contextmanager
    def receiver_stopped(self) -> Iterator[None]:
        assert self.receiver
        stop(self.receiver)
        try:
            yield
        finally:
            self.receiver = started_receiver(self.portal)


def started_receiver(portal: Live) -> subprocess.Popen[bytes]:
    with (portal.log.parent / "receiver.log").open("ab") as log:
        command = tethered_command([sys.executable, "manage.py", "receive_wal"])
        return subprocess.Popen(
            command, env=portal.environment, cwd=CHECKOUT, stdout=log, stderr=log, start_new_session=True
        )


@contextmanager
def backing_up(home: Path) -> Iterator[Backups]:
    with own_folder() as folder, own_folder() as scratch, own_cluster() as server:
        settings = {
            "BACKUP_FOLDER": str(folder),
            "BACKUP_SCRATCH": str(scratch),
            "BACKUP_SPOOL": str(home / "spool"),
            "BACKUP_RECORD": str(home / "backup.json"),
            "BACKUP_KEYS": f"2026a:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "BACKUP_DATABASE_URL": server.url,
            **by_roles(server.url),
        }
        with own_portal(server.url, home, **settings) as portal, stage_on(portal) as stage:
            private = Path(portal.environment["PRIVATE_FILES"])
            private.mkdir(exist_ok=True)
            backups = Backups(server, portal, stage, folder, private, home / "backup.json", scratch)
            backups.receiver = started_receiver(portal)
            try:
                yield backups
            finally:
                stop(backups.receiver)
