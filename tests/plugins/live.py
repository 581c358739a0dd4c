"""The portal as a stranger meets it: people and machines each on a port of their own, with a database of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from portal.local.welcome import is_answering
from tests.plugins.databases import by_roles, migrated

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

CHECKOUT = Path(__file__).parents[2]
BROWSER = CHECKOUT / "tests" / "browser"
START_SECONDS = 60
STOP_SECONDS = 60
LOG_LINES = 60
DEMO_CALLS = 12_000 if os.environ.get("PICTURES") else 2_000  # one demo for all tests, whichever comes first
running: list[Live] = []


@dataclass(frozen=True)
class Live:
    """`dsn` is the superuser's; the portal itself is the application's role, and `migrate` the owner's."""

    base_url: str
    dsn: str
    environment: dict[str, str] = field(repr=False)
    log: Path
    api_url: str = ""

    @property
    def sheet(self) -> Path:
        """The demo's; one, since a demo whose sheet is lost gives its people new passwords."""
        return Path(self.environment["DEMO_FILE"])

    def manage(self, *arguments: str, stdin: str = "", timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Runs `manage.py` against this portal; the caller looks at returncode, stdout and stderr."""
        return subprocess.run(
            tethered_command([sys.executable, "manage.py", *arguments]),
            env=self.environment,
            cwd=CHECKOUT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    port, api_port = free_port(), free_port()
    with fresh_database() as dsn:
        environment = os.environ | {
            **by_roles(dsn),
            "BROKER_URL": urlsplit(os.environ["BROKER_URL"])._replace(path="/0").geturl(),
            "BASE_URL": f"http://127.0.0.1:{port}",
            "API_URL": f"http://127.0.0.1:{api_port}",
            "WALLET_ON_DEFAULT": "false",
            "DOWNLOADS_A_DAY": "100000",
            "REFUSED_CALLS_A_MINUTE": "1000000",  # all machines of all tests call from one address
            "DEMO_FILE": str(tmp_path_factory.mktemp("demo") / "demo.json"),
            "PRIVATE_FILES": str(tmp_path_factory.mktemp("private")),
        }
        log = tmp_path_factory.mktemp("live") / "granian.log"
        portal = Live(environment["BASE_URL"], dsn, environment, log, environment["API_URL"])
        with serving(portal, api_port), serving(portal, port, "people"):
            running.append(portal)
            yield portal
            running.clear()


@contextmanager
def fresh_database() -> Iterator[str]:
    server = os.environ["DATABASE_URL"]
    name = f"live_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        copied = sql.Identifier(migrated())
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), copied))
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)


@contextmanager
def serving(portal: Live, port: int, whom: str = "machines") -> Iterator[None]:
    """One of the two services, as `make up` starts it."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
    with portal.log.open("ab") as log:
        process = subprocess.Popen(
            tethered_command([*command, "--blocking-threads", "8", f"portal.wsgi:{whom}"]),
            env=portal.environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        await_answer(portal, port, process)
        yield
    finally:
        stop(process)


def await_answer(portal: Live, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_answering(f"http://127.0.0.1:{port}/readyz"):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The live portal did not answer /readyz.\n{end_of(portal.log)}")
        time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """One portal for all tests that need it: xdist keeps them on one worker, if told before its own such hook.

    They begin first, since they take the longest. Those in a browser come before those that write what the demo would
    not: pages are looked at as a person finds them. Within both, the order stays random.
    """
    for item in items:
        if "live" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("live"))
    yield
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if "live" not in getattr(item, "fixturenames", ()):
        return 2
    return 0 if BROWSER in item.path.parents else 1
