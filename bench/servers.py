"""The servers that are measured: PostgreSQL with fsync on, Valkey, and the web server as `make up` starts it."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from portal.database import roles
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from portal.local.checkout_lock import CHECKOUT
from portal.local.ports import free_port
from portal.local.up import granian
from portal.local.welcome import is_answering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 60
PORTAL = "portal.wsgi:machines"


class NotServing(Exception):
    """The web server did not answer in time; the sentence shows the end of its log."""


@dataclass(frozen=True)
class Web:
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@dataclass(frozen=True)
class Bench:
    """What a row needs to run: a server with its databases, and a folder for its files."""

    folder: Path
    environment: dict[str, str]

    def database(self, name: str) -> str:
        return urlsplit(self.environment["DATABASE_URL"])._replace(path=f"/{name}").geturl()

    def by_role(self, database: str) -> dict[str, str]:
        """How the portal connects: elsewhere the superuser fills and counts."""
        url = self.database(database)
        return {"DATABASE_URL": roles.url_with_role(url, roles.APPLICATION)}

    def hand_over(self, database: str) -> None:
        """What the superuser made becomes the portal's roles'."""
        roles.prepare_roles(
            self.database(database), roles.DatabaseRole(roles.OWNER), roles.DatabaseRole(roles.APPLICATION)
        )

    def migrate(self, database: str) -> None:
        self.hand_over(database)
        owner = {"OWNER_DATABASE_URL": roles.url_with_role(self.database(database), roles.OWNER)}
        self.manage(database, "migrate", "--verbosity", "0", **self.by_role(database), **owner)

    def ask(self, database: str, question: str, *values: object) -> int:
        """One number from a database."""
        with psycopg.connect(self.database(database)) as connection:
            row = connection.execute(question.encode(), values).fetchone()
            return int(row[0]) if row and row[0] is not None else 0

    def create(self, name: str) -> None:
        self.copy("template0", name)

    def copy(self, origin: str, name: str) -> None:
        """Makes `name` anew, as a copy of `origin`, to which nobody may be connected."""
        with psycopg.connect(self.database("postgres"), autocommit=True) as connection:
            target, source = sql.Identifier(name), sql.Identifier(origin)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(target, source))

    def manage(self, database: str, *arguments: str, **settings: str) -> str:
        """What `manage.py` says on standard output; its errors go where ours go."""
        environment = self.environment | {"DATABASE_URL": self.database(database)} | settings
        command = tethered_command([sys.executable, "manage.py", *arguments])
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    @contextmanager
    def web(self, database: str, application: str = PORTAL) -> Iterator[Web]:
        port = free_port()
        command = [*granian(HOST, port, "machines")[:-1], application]
        settings = self.by_role(database) if application == PORTAL else {}
        with self.beside("web", command, database, **settings) as process:
            web = Web(port, process)
            await_answer(web, self.folder / "web.log")
            yield web

    @contextmanager
    def beside(
        self, name: str, command: Sequence[str], database: str, **settings: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A program that runs meanwhile; what it says is in the log of its name."""
        environment = self.environment | {"DATABASE_URL": self.database(database)} | settings
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                tethered_command(command),
                env=environment,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            embedded.stop(process, signal.SIGTERM)
            with suppress(ProcessLookupError):  # a web server that was killed leaves its processes behind
                os.killpg(process.pid, signal.SIGKILL)


def await_answer(web: Web, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_answering(f"{web.url}/livez"):
        if web.process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise NotServing(f"The web server does not answer. The end of its log:\n{tail}")
        time.sleep(0.1)


@contextmanager
def started(folder: Path) -> Iterator[Bench]:
    """The servers on an empty folder, which is gone afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with embedded.postgres(folder / "postgres") as database, embedded.valkey(folder / "valkey") as broker:
            yield Bench(folder, settings(database.url, broker.url) | {"PRIVATE_FILES": str(folder / "private")})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settings(database: str, broker: str) -> dict[str, str]:
    """As in production; whatever the caller's environment says of these, it has no part in the figures."""
    own = {
        "ENVIRONMENT": "production",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "KEY_ENCRYPTION_KEYS": f"bench:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "ALLOWED_HOSTS": HOST,
        "BASE_URL": f"https://{HOST}",
        "API_URL": f"https://{HOST}",
        "ANSWER_WITHIN_MS": "850",
        "GAME_LAUNCH_URL": "https://games.example/launch",
        "DEFAULT_FROM_EMAIL": "bench@portal.example",
        "SUPPORT_EMAIL": "bench@portal.example",
        "LEDGER_ALARM_TO": "bench@portal.example",
        "TRUSTED_PROXIES": "",
        "EMAIL_URL": f"smtp://{HOST}:1",
        "DATABASE_URL": database,
        "BROKER_URL": broker,
    }
    return os.environ | own
