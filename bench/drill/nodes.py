"""PostgreSQL on nodes that change roles: each knows all of them, and follows whichever takes writes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from bench.drill.traffic import until
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from portal.local.embedded import Server

SETTINGS = {
    "wal_level": "replica",
    "max_wal_senders": "8",
    "max_replication_slots": "4",
    "wal_retrieve_retry_interval": "200ms",
    "shared_buffers": "128MB",
}
FOLLOWERS = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name = %s"
PROTECTED = "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"
TAKES_WRITES = "SELECT NOT pg_is_in_recovery()"
RECEIVED = "SELECT (pg_last_wal_receive_lsn() - '0/0')::bigint"


@dataclass
class Node:
    """`environment` goes over ours: a clock that the drill can move."""

    name: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def sockets(self) -> Path:
        return self.folder / "socket"

    @property
    def url(self) -> str:
        return url_of([self])

    @contextmanager
    def start(self) -> Iterator[Server]:
        extra = SETTINGS | self.settings | {"cluster_name": self.name}
        with embedded.postgres(self.folder, extra=extra, environment=self.environment) as server:
            yield server

    def ask(self, question: str, *values: object) -> object:
        """The first column of the first row, if there is one."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(question.encode(), values)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def set(self, name: str, value: str) -> None:
        self.ask(f"ALTER SYSTEM SET {name} = '{value}'")
        self.ask("SELECT pg_reload_conf()")


def url_of(nodes: Sequence[Node]) -> str:
    """Of the superuser; with several nodes, of whichever takes writes."""
    hosts = ",".join(quote(str(node.sockets), safe="") for node in nodes)
    choice = "?target_session_attrs=read-write" if len(nodes) > 1 else ""
    return f"postgres://postgres@{hosts}/{embedded.DATABASE}{choice}"


def follow_whoever_writes(primary: Node, nodes: Sequence[Node]) -> None:
    """Said to the primary before the others are copied from it: so it is the same on each, whatever it becomes."""
    primary.set("wal_keep_size", "1GB")  # in the file, since pg_rewind has the old primary recover by what stands there
    hosts = ",".join(str(node.sockets) for node in nodes)
    primary.set("primary_conninfo", f"host={hosts} user=postgres target_session_attrs=read-write connect_timeout=2")


def copy(primary: Node, standby: Node) -> None:
    """Make the standby's data folder; started on it, it follows."""
    embedded.prepare_folder(standby.folder)
    command = ["--host", str(primary.sockets), "--username", "postgres", "--checkpoint=fast", "--no-sync"]
    run("pg_basebackup", [*command, "--pgdata", str(standby.cluster), "--wal-method=stream"], standby)
    stand_by(standby)


def stand_by(node: Node) -> None:
    signal = node.cluster / "standby.signal"
    signal.touch()
    embedded.hand_over(signal)


def run(program: str, arguments: Sequence[str], node: Node) -> None:
    command = tethered_command([embedded.program(program), *arguments], account=embedded.account())
    done = subprocess.run(command, cwd=node.folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise embedded.ServerFault(f"{program} failed: {done.stderr.strip()}")


def protect(primary: Node, number: int, names: Sequence[str]) -> None:
    """From here on a commit waits for so many of the others."""
    primary.set("synchronous_standby_names", f"ANY {number} ({', '.join(names)})")
    until("a standby that commits wait for", lambda: primary.ask(PROTECTED))


def promote(standbys: Sequence[Node]) -> Node:
    """The one that has received most; no other may be chosen while it lives."""
    chosen = max(standbys, key=lambda node: int(str(node.ask(RECEIVED) or 0)))
    chosen.ask("SELECT pg_promote(false)")
    until("the standby to take writes", lambda: chosen.ask(TAKES_WRITES))
    return chosen


def rewind(old: Node, primary: Node) -> None:
    """Take back what the old primary alone has, so that it can follow the new one."""
    source = f"host={primary.sockets} user=postgres dbname={embedded.DATABASE}"
    (old.cluster / "postmaster.pid").unlink(missing_ok=True)
    run("pg_rewind", ["--target-pgdata", str(old.cluster), "--source-server", source], old)
    stand_by(old)
