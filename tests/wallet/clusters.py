"""PostgreSQL clusters that a test may freeze, cut off and lose, and a portal of its own on them."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from bench.drill import keeper
from merchants.models import Merchant
from portal.database import roles
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from portal.local.embedded import Server
from portal.local.ports import free_port
from tests.plugins.databases import migrated
from tests.plugins.live import Live, serving
from tests.signing import Answer, new_id
from tests.wallet.conftest import LiveCaller, Stage, until

REPLICATED = {"wal_level": "replica", "max_wal_senders": "8", "max_replication_slots": "4"}
# Nothing here outlives the test, but each commit waits as it would where it does.
LASTING = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off", "shared_buffers": "64MB"}


def folder_of_socket(server: Server) -> str:
    return unquote(urlsplit(server.url).hostname or "")


@contextmanager
def own_folder() -> Iterator[Path]:
    """Not pytest's: each run closes the folder above those to everybody else, and a server is somebody else."""
    with tempfile.TemporaryDirectory(prefix="portal-cluster-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def own_copy() -> str:
    """The address of a copy of the migrated database: others copy that one too, and nobody may be connected to it."""
    server, name = urlsplit(os.environ["DATABASE_URL"]), f"dumped_{uuid4().hex}"
    with psycopg.connect(server.geturl(), autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(migrated())))
    return server._replace(path=f"/{name}").geturl()


def drop(url: str) -> None:
    name = urlsplit(url).path.strip("/")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def restore_migrated(url: str) -> None:
    """Fill a prepared database with the tables of the run's migrated one."""
    source = own_copy()
    with psycopg.connect(url, autocommit=True) as connection:  # it comes with the dump
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(roles.GUARD)))
    restore = [embedded.program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", url]
    with subprocess.Popen([embedded.program("pg_dump"), "--dbname", source], stdout=subprocess.PIPE) as dump:
        subprocess.run(restore, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    assert dump.returncode == 0
    drop(source)


@contextmanager
def own_cluster() -> Iterator[Server]:
    """With the portal's tables, as the migrated database of the run has them."""
    with own_folder() as folder, embedded.postgres(folder, extra=LASTING | REPLICATED) as server:
        restore_migrated(server.url)
        yield server


@contextmanager
def standby_of(primary: Server) -> Iterator[Server]:
    """A copy that follows the primary under the name `standby`."""
    with own_folder() as folder:
        embedded.prepare_folder(folder)
        copy = ["--host", folder_of_socket(primary), "--username", "postgres", "--checkpoint=fast", "--no-sync"]
        copy += ["--pgdata", str(folder / "cluster"), "--wal-method=stream", "--write-recovery-conf"]
        command = tethered_command([embedded.program("pg_basebackup"), *copy], account=embedded.account())
        subprocess.run(command, cwd=folder, check=True)
        with embedded.postgres(folder, extra=LASTING | REPLICATED | {"cluster_name": "standby"}) as server:
            yield server


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """All of its processes stand still."""
    with keeper.frozen(keeper.family(server.process.pid)):
        yield


class Relay:
    """The network between portal and database. While it is silent nothing arrives, and nobody is told."""

    def __init__(self, server: Server) -> None:
        self.target = f"{folder_of_socket(server)}/.s.PGSQL.5432"
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.speaks = threading.Event()
        self.speaks.set()
        self.sockets: list[socket.socket] = [self.listener]

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def run(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                self.sockets += [near, far]
                far.connect(self.target)
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self.pump, args=pair, daemon=True).start()

    def pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.speaks.wait()
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def silent(self) -> Iterator[None]:
        self.speaks.clear()
        try:
            yield
        finally:
            self.speaks.set()

    def close(self) -> None:
        self.speaks.set()
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def relay_to(server: Server) -> Iterator[tuple[Relay, str]]:
    """And the address of the database behind it."""
    with closing(Relay(server)) as relay:
        threading.Thread(target=relay.run, daemon=True).start()
        yield relay, f"postgres://postgres@127.0.0.1:{relay.port}/{embedded.DATABASE}"


@contextmanager
def own_portal(dsn: str, folder: Path, **environment: str) -> Iterator[Live]:
    """With the deadline of a real one, unless `environment` says another."""
    port = free_port()
    own = os.environ | {
        "DATABASE_URL": dsn,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "WALLET_ON_DEFAULT": "false",
        "PRIVATE_FILES": str(folder / "private"),
        "ANSWER_WITHIN_MS": "850",
    }
    portal = Live(own["BASE_URL"], dsn, own | environment, folder / "granian.log", own["BASE_URL"])
    with serving(portal, port):
        yield portal


def insist(call: Callable[[], Answer]) -> Answer:
    """Under 503 it asks again, as callers are told to: a busy machine misses a deadline of its own too."""
    answers = list[Answer]()

    def is_answered() -> bool:
        answers.append(call())
        return answers[-1].http_status == HTTPStatus.OK

    until(is_answered)
    return answers[-1]


def seated(stage: Stage) -> LiveCaller:
    """A new player with 10.00 EUR in a session."""
    merchant = Merchant(pk=stage.merchant_id)
    caller = LiveCaller(merchant, stage.signer, stage.game, player=new_id(), base_url=stage.base_url)
    deposit = new_id()
    assert insist(lambda: caller.deposit(1_000_000, transactionId=deposit)).status == "RS_OK"
    assert insist(caller.launch).status == "RS_OK"
    return caller


def timed(call: Callable[[], Answer]) -> tuple[float, Answer]:
    begun = time.monotonic()
    answer = call()
    return time.monotonic() - begun, answer


def together(calls: list[Callable[[], Answer]]) -> list[tuple[float, Answer]]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(timed, calls))
