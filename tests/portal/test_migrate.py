"""`migrate`: by the owner, one at a time, without long waits for locks; and what it leaves is what the code says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from portal.database import roles
from portal.lib.ends_with_parent import tethered_command
from portal.management.commands.migrate import LOCK
from tests.plugins.databases import by_roles, migrated
from tests.plugins.live import CHECKOUT
from tests.wallet.conftest import until

PATIENCE = 900
BEFORE_ROLES = ("wallet", "0019")
BEFORE_ROLE_OF_EVENTS = ("merchants", "0034")
ROLE_OF_EVENTS = "0035_role_of_newer_events"
EVENTS = import_module(f"merchants.migrations.{ROLE_OF_EVENTS}").EVENTS  # on the way back the last goes first
APPLIED = "SELECT name FROM django_migrations WHERE app = 'merchants' ORDER BY id"
HAS_ROLE = """
    SELECT FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'pgh_role'
"""


@pytest.fixture
def url() -> Iterator[str]:
    """The superuser's, of a migrated database of its own."""
    server = os.environ["DATABASE_URL"]
    name = f"migrate_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(migrated())))
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)


def manage(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tethered_command([sys.executable, "manage.py", *arguments]),
        env=os.environ | by_roles(url) | settings,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def held(url: str, statement: str, *values: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url) as connection:
        connection.execute(statement, values)
        yield connection
        connection.rollback()


def test_a_second_one_is_refused_with_a_sentence(url: str) -> None:
    with held(url, "SELECT pg_advisory_lock(%s)", LOCK):
        done = manage(url, "migrate", "--wait", "0")
    assert done.returncode == 1
    assert "Another migrate is running on this database." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_one_waits_for_the_first(url: str) -> None:
    ended: list[subprocess.CompletedProcess[str]] = []
    with held(url, "SELECT pg_advisory_lock(%s)", LOCK) as first, psycopg.connect(url, autocommit=True) as watcher:
        second = threading.Thread(target=lambda: ended.append(manage(url, "migrate")))
        second.start()
        until(lambda: bool(watcher.execute(WAITS, [roles.OWNER]).rowcount))
        assert ended == []
        first.execute("SELECT pg_advisory_unlock_all()")
    second.join(PATIENCE)
    assert [done.returncode for done in ended] == [0], ended


WAITS = "SELECT FROM pg_stat_activity WHERE usename = %s AND query LIKE '%%pg_try_advisory_lock%%'"


@pytest.mark.nightly
def test_a_lock_of_somebody_else_is_not_waited_for_and_nothing_is_done(url: str) -> None:
    """A change of a table that waits for a lock stands in the way of every call that comes after it."""
    with held(url, f"LOCK TABLE merchants_{EVENTS[0]} IN ACCESS SHARE MODE"):
        done = manage(url, "migrate", *BEFORE_ROLE_OF_EVENTS, "--wait", "0")
    assert done.returncode == 1
    assert "The migration that needs it was rolled back. Run migrate again." in done.stderr
    assert "Traceback" not in done.stderr
    with psycopg.connect(url) as connection:
        *_, newest = connection.execute(APPLIED).fetchall()
        assert newest == (ROLE_OF_EVENTS,), "newer ones went back before it, each in a transaction of its own"
        role = connection.execute(HAS_ROLE, [f"merchants_{EVENTS[-1]}"])
        assert role.rowcount == 1, "what was done of it before it waited was rolled back"


def test_the_owners_connection_sends_statements_together(url: str) -> None:
    done = manage(url, "shell", "--verbosity", "0", "--command", EDITOR)
    assert done.stdout.strip() == "True", done.stderr


EDITOR = (
    "from django.db import connections; from portal.lib.postgres.schema import SchemaEditor;"
    " print(issubclass(connections['owner'].SchemaEditorClass, SchemaEditor))"
)


def test_it_tries_again_until_the_lock_is_free(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'wallet' AND name = ANY (%s)", [newest_atomic()])
    with (
        held(url, "LOCK TABLE django_migrations IN SHARE MODE") as other,
        subprocess.Popen(
            tethered_command([sys.executable, "-u", "manage.py", "migrate", "wallet", "--fake"]),
            env=os.environ | by_roles(url),
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert any("Trying again." in line for line in process.stdout or ())
        other.rollback()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def newest_atomic() -> list[str]:
    """The newest migration that is atomic, and those after it: waits of others are not bound."""
    loader = MigrationLoader(None)
    [leaf] = [node for node in loader.graph.leaf_nodes() if node[0] == "wallet"]
    names = [name for app, name in reversed(loader.graph.forwards_plan(leaf)) if app == "wallet"]
    first = next(place for place, name in enumerate(names) if loader.get_migration("wallet", name).atomic)
    return names[: first + 1]


@pytest.mark.nightly
def test_it_goes_back_and_forth_and_leaves_what_the_code_says(url: str) -> None:
    assert manage(url, "migrate", *BEFORE_ROLES).returncode == 0
    done = manage(url, "migrate")
    assert done.returncode == 0, done.stderr
    checked = manage(url, "check", "--database", "default")
    assert checked.returncode == 0, checked.stderr


def test_the_application_does_not_migrate(url: str) -> None:
    done = manage(url, "migrate", ENVIRONMENT="demo", OWNER_DATABASE_URL="")
    assert done.returncode == 1
    assert "OWNER_DATABASE_URL is missing." in done.stderr
    assert manage(url, "migrate", "--check", ENVIRONMENT="demo", OWNER_DATABASE_URL="").returncode == 0


def test_the_wallets_role_is_made_with_its_deadlines(url: str) -> None:
    wallet = f"portal_wallet_made_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    own = roles.url_with_role(url, wallet)
    done = manage(url, "make_roles", SUPERUSER_DATABASE_URL=url, WALLET_DATABASE_URL=own)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(own) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("700ms",)
        assert connection.execute("SELECT current_user::text").fetchone() == (roles.APPLICATION,)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(wallet)))


def test_roles_are_made_for_a_database_that_one_role_owned(url: str) -> None:
    """What was migrated by a superuser, statements and all, belongs to the two roles afterwards."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "CREATE TABLE statements.raw_1 (line int)",
            "ALTER TABLE wallet_transaction OWNER TO postgres",
            "ALTER FUNCTION wallet_post OWNER TO postgres",
            "ALTER TYPE wallet_call OWNER TO postgres",
            "GRANT ALL ON wallet_transaction TO PUBLIC",
        ):
            connection.execute(statement.encode())
    done = manage(url, "make_roles", SUPERUSER_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert manage(url, "migrate").returncode == 0
    assert manage(url, "check", "--database", "default").returncode == 0
    with psycopg.connect(roles.url_with_role(url, roles.APPLICATION)) as connection:
        connection.execute("DROP TABLE statements.raw_1")
        assert connection.execute("SELECT count(*) FROM wallet_transaction").fetchone() == (0,)
