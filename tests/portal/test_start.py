"""What serves does not start with more rights than the application's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from psycopg import sql

from portal.database import roles
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from portal.local.ports import free_port
from portal.local.welcome import is_answering
from tests.plugins.live import CHECKOUT, Live, stop
from tests.wallet.conftest import until

PATIENCE = 120
WEB = ["granian", "--interface", "wsgi", "--workers", "1", "--respawn-failed-workers", "portal.wsgi:people"]
WORKER = ["celery", "--app", "portal.celery:app", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
BEAT = ["celery", "--app", "portal.celery:app", "beat", "--pidfile", ""]


def started(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """What a process said that ended by itself."""
    return subprocess.run(
        tethered_command([sys.executable, "-m", *command]),
        env=environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def importing(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As a web process of any server does."""
    return started(environment, "timeit", "-n", "1", "-r", "1", "import portal.wsgi")


@pytest.fixture
def environment(live: Live) -> dict[str, str]:
    return {name: value for name, value in live.environment.items() if name != "OWNER_DATABASE_URL"}


@pytest.mark.parametrize("role", ["postgres", roles.OWNER])
def test_a_start_with_more_rights_is_refused(live: Live, environment: dict[str, str], role: str) -> None:
    url = roles.url_with_role(live.dsn, role)
    environment |= {"DATABASE_URL": url, "APPLICATION_ROLE": role}
    done = importing(environment)
    assert done.returncode == 1, done.stdout
    assert "The portal does not start: DATABASE_URL connects with the rights of" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize("command", [WORKER, BEAT], ids=["worker", "beat"])
def test_jobs_do_not_start_with_it_either(
    live: Live, environment: dict[str, str], command: list[str], tmp_path: Path
) -> None:
    environment |= {"DATABASE_URL": live.dsn, "APPLICATION_ROLE": "postgres"}
    schedule = ["--schedule", str(tmp_path / "beat")] if command is BEAT else []
    done = started(environment, *command, *schedule)
    assert done.returncode == 1, done.stdout
    assert "The portal does not start: DATABASE_URL connects with the rights of" in done.stdout


def test_no_web_process_answers_with_it(live: Live, environment: dict[str, str], tmp_path: Path) -> None:
    """Each ends before it has answered anything; the server starts another one, which says the same."""
    environment |= {"DATABASE_URL": live.dsn, "APPLICATION_ROLE": "postgres"}
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            tethered_command([sys.executable, "-m", *WEB, "--port", str(port)]), env=environment, cwd=CHECKOUT,
            stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        until(lambda: "The portal does not start: DATABASE_URL connects with the rights of" in log.read_text())
        assert not is_answering(f"http://127.0.0.1:{port}/healthz")
    finally:
        stop(server)


def test_in_production_the_environment_names_no_stronger_role(
    live: Live, environment: dict[str, str], tmp_path: Path
) -> None:
    environment |= {"ENVIRONMENT": "production"}
    environment |= {"EMAIL_URL": "smtp://127.0.0.1:1", "ALLOWED_HOSTS": "portal.example", "ANSWER_WITHIN_MS": "850"}
    environment |= {"BASE_URL": "https://portal.example", "API_URL": "https://api.portal.example"}
    environment |= {"GAME_LAUNCH_URL": "https://games.example/launch", "LEDGER_ALARM_TO": "ledger@portal.example"}
    environment |= {"DEFAULT_FROM_EMAIL": "portal@portal.example", "SUPPORT_EMAIL": "support@portal.example"}
    in_a_file = tmp_path / "superuser"
    in_a_file.write_text(live.dsn)
    for name, value in (
        ("OWNER_DATABASE_URL", roles.url_with_role(live.dsn, roles.OWNER)),
        ("SUPERUSER_DATABASE_URL", live.dsn),
        ("SUPERUSER_DATABASE_URL_FILE", str(in_a_file)),
    ):
        done = importing(environment | {name: value})
        assert done.returncode == 1, done.stdout
        assert f"{name.removesuffix('_FILE')} is set" in done.stdout
    assert importing(environment | {"OWNER_DATABASE_URL": "", "SUPERUSER_DATABASE_URL": ""}).returncode == 0


@pytest.fixture
def wallet_role(live: Live) -> Iterator[roles.DatabaseRole]:
    """A role that connects and becomes the application; its deadlines are the test's."""
    role = roles.DatabaseRole(f"portal_wallet_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    with psycopg.connect(live.dsn, autocommit=True) as connection:
        roles.make_role(connection, role)
        roles.give_deadlines(connection, role.name, roles.APPLICATION)
        yield role
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role.name)))


def test_the_wallet_has_its_deadlines_of_its_role(
    live: Live, environment: dict[str, str], wallet_role: roles.DatabaseRole
) -> None:
    environment |= {"WALLET_DATABASE_URL": roles.url_with_role(live.dsn, wallet_role.name)}
    assert importing(environment).returncode == 0
    with psycopg.connect(environment["WALLET_DATABASE_URL"]) as connection:
        for name, value in roles.WALLET_DEADLINES.items():
            assert connection.execute(f"SHOW {name}".encode()).fetchone() == (value,)
        who = connection.execute("SELECT session_user::text, current_user::text").fetchone()
    assert who == (wallet_role.name, roles.APPLICATION)


def test_a_wallet_that_lost_a_deadline_does_not_start(
    live: Live, environment: dict[str, str], wallet_role: roles.DatabaseRole
) -> None:
    with psycopg.connect(live.dsn) as connection:
        statement = "ALTER ROLE {} RESET lock_timeout"
        connection.execute(sql.SQL(statement).format(sql.Identifier(wallet_role.name)))
    done = importing(environment | {"WALLET_DATABASE_URL": roles.url_with_role(live.dsn, wallet_role.name)})
    assert done.returncode == 1
    assert "The wallet's connection has lock_timeout 0 and needs 300ms." in done.stdout
    assert "Traceback" not in done.stdout


def test_a_wallet_with_more_rights_does_not_start(live: Live, environment: dict[str, str]) -> None:
    done = importing(environment | {"WALLET_DATABASE_URL": live.dsn})
    assert done.returncode == 1
    assert "WALLET_DATABASE_URL connects with the rights of" in done.stdout


def test_a_database_that_is_away_stops_no_start(environment: dict[str, str]) -> None:
    environment |= {"DATABASE_URL": f"postgres://{roles.APPLICATION}@127.0.0.1:{free_port()}/portal"}
    done = importing(environment)
    assert done.returncode == 0, done.stdout
    assert "start.database_away" in done.stdout


def test_it_is_looked_at_when_the_database_comes_back(environment: dict[str, str], tmp_path: Path) -> None:
    """The first connection that is made is refused to whoever has too many rights."""
    code = "import os, portal.wsgi; from django.db import connections; c = connections['default']"
    code += "; c.settings_dict.update(HOST=os.environ['BACK'], PORT='', USER='postgres', NAME='portal')"
    code += "; c.ensure_connection(); print('served')"
    with embedded.postgres(tmp_path / "postgres", durable=False) as server:
        away = f"postgres://{roles.APPLICATION}@127.0.0.1:{free_port()}/portal"
        back = {"DATABASE_URL": away, "BACK": sockets_of(server.url)}
        done = started(environment | back, "timeit", "-n", "1", "-r", "1", code)
    assert done.returncode == 1, done.stdout
    assert "connects with the rights of" in done.stdout
    assert "served" not in done.stdout


def sockets_of(url: str) -> str:
    return unquote(urlsplit(url).hostname or "")
