"""One version after the other on one database, under signed traffic: no caller sees an error."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest

from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from tests.plugins.databases import by_roles, migrated
from tests.plugins.live import CHECKOUT, Live, await_answer, end_of, stop
from tests.signing import new_id
from tests.wallet.clusters import drop
from tests.wallet.conftest import LiveCaller, Stage, stage_on, until

pytestmark = [pytest.mark.xdist_group("clusters"), pytest.mark.nightly]
SECONDS = 1800
CALLERS = 3
ENOUGH = 20  # calls between two steps


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def previous_code(home: Path) -> Path:
    """The newest release before this one; without releases a recorded revision; this code in a clone without either."""
    named = git("describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD^")
    revision = named or (Path(__file__).parent / "previous_release.txt").read_text().strip()
    if not git("cat-file", "-t", revision):
        return CHECKOUT
    archive = home / "previous.tar"
    subprocess.run(["git", "archive", "--output", str(archive), revision], cwd=CHECKOUT, check=True)
    code = home / "previous"
    code.mkdir()
    subprocess.run(["tar", "--extract", "--file", str(archive), "--directory", str(code)], check=True)
    return code


def environment_of(code: Path, portal: Live) -> dict[str, str]:
    return portal.environment | {"PYTHONPATH": str(code)}


def newest_migration(code: Path, app: str) -> str:
    return max(path.stem for path in (code / app / "migrations").glob("[0-9]*.py"))


def migrate_back(code: Path, portal: Live) -> None:
    """Take away what this version's migrations did; quicker than all of the other version's."""
    for app in ("wallet", "merchants"):
        migrate(portal, app, newest_migration(code, app))


def migrate(portal: Live, *target: str) -> None:
    done = subprocess.run(
        tethered_command([sys.executable, "manage.py", "migrate", *target, "--verbosity", "0"]),
        env=portal.environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass
class Machine:
    """One of the web servers behind a proxy: taken out of it before it is stopped, as a rolling restart does."""

    portal: Live
    port: int
    is_in: threading.Event = field(default_factory=threading.Event)
    calls: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, code: Path) -> None:
        self.take_out()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "--workers", "2"]
        with self.portal.log.open("ab") as log:
            self.process = subprocess.Popen(
                tethered_command([*command, "--blocking-threads", "8", "portal.wsgi:machines"]),
                env=environment_of(code, self.portal),
                cwd=code,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await_answer(self.portal, self.port, self.process)
        self.is_in.set()

    def take_out(self) -> None:
        self.is_in.clear()
        if self.process is not None:
            until(lambda: self.calls == 0)
            stop(self.process)


@dataclass
class Traffic:
    """Callers that bet one after the other, each at the next server that is in."""

    machines: list[Machine]
    answers: list[tuple[int, str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, caller: LiveCaller) -> None:
        while not self.ended.is_set():
            number = new_id()
            with self.one_machine() as machine:
                caller.base_url = machine.address
                try:
                    answer = caller.bet(1, transactionId=number)
                    told = answer.http_status, answer.status
                except (OSError, urllib.error.URLError) as fault:
                    told = 0, repr(fault)
            self.answers.append(told)
            if told == (HTTPStatus.OK, "RS_OK"):
                self.done.append(number)

    @contextmanager
    def one_machine(self) -> Iterator[Machine]:
        with self.lock:
            machine = min((each for each in self.machines if each.is_in.is_set()), key=lambda each: each.calls)
            machine.calls += 1
        try:
            yield machine
        finally:
            with self.lock:
                machine.calls -= 1

    def await_more(self) -> None:
        wanted = len(self.answers) + ENOUGH
        until(lambda: len(self.answers) >= wanted)


@contextmanager
def calling(traffic: Traffic, callers: list[LiveCaller]) -> Iterator[None]:
    threads = [threading.Thread(target=traffic.run, args=[caller], daemon=True) for caller in callers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        traffic.ended.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Live]:
    name = f"upgraded_{os.getpid()}"
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated()}".encode())
    dsn = server.rsplit("/", 1)[0] + f"/{name}"
    own = os.environ | by_roles(dsn)
    own |= {"BASE_URL": "http://127.0.0.1:1", "WALLET_ON_DEFAULT": "false", "PRIVATE_FILES": str(tmp_path / "private")}
    own |= {"ANSWER_WITHIN_MS": "10000"}  # a machine that is busy is not what is looked at
    yield Live("http://127.0.0.1:1", dsn, own, tmp_path / "granian.log", "http://127.0.0.1:1")
    drop(dsn)


def step(machines: list[Machine], code: Path, traffic: Traffic) -> None:
    for machine in machines:
        machine.serve(code)
        traffic.await_more()


def test_next_version_and_back_without_an_error_for_callers(portal: Live, tmp_path: Path) -> None:
    before = previous_code(tmp_path)
    migrate_back(before, portal)
    machines = [Machine(portal, free_port()) for _ in range(2)]
    with ExitStack() as stack:
        for machine in machines:
            stack.callback(machine.take_out)
            machine.serve(before)
        address = machines[0].address
        stage = stack.enter_context(stage_on(replace(portal, base_url=address, api_url=address)))
        traffic = Traffic(machines)
        with calling(traffic, [stage.caller(f"player-{number}") for number in range(CALLERS)]):
            traffic.await_more()
            migrate(portal)
            traffic.await_more()
            for code in (CHECKOUT, before):
                step(machines, code, traffic)
        assert set(traffic.answers) == {(HTTPStatus.OK, "RS_OK")}, end_of(portal.log)
        assert each_once(stage, traffic.done)
        assert all(balance == summed for balance, summed in stage.books().values())
    assert replace(portal, base_url="").manage("verify_ledger").returncode == 0


def each_once(stage: Stage, numbers: list[str]) -> bool:
    counted = "SELECT count(*), count(DISTINCT transaction_id) FROM wallet_transaction"
    rows = stage.sql(f"{counted} WHERE transaction_id::text = ANY (%s)", numbers)
    return rows == [(len(numbers), len(numbers))]
