"""A new database is the same from the baseline as from the first migration on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from portal.database import roles
from portal.database.baseline import COUNTERS, DUMP_OPTIONS, FILE, MADE_OF, META_COMMAND, migrations_digest
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from tests.plugins.databases import by_roles, migrated
from tests.plugins.live import CHECKOUT

PRIVILEGES = tuple(option for option in DUMP_OPTIONS if option not in {"--no-owner", "--no-privileges"})
MIGRATIONS = re.compile(r"^\t\(\d+, ('\w+', '\w+'), '[^']*'\)[,;]\n", re.MULTILINE)
MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^']*'")
# PostgreSQL writes a list of constants in one of two ways, depending on whether it read it from a dump.
CASTS = re.compile(r"\(('[^']*'::character varying)\)::text")
LISTS = re.compile(r"ANY \(\((ARRAY\[[^\]]*\])\)::text\[\]\)")


@pytest.fixture
def from_first() -> Iterator[str]:
    """The URL of a database that every migration was applied to."""
    server = os.environ["DATABASE_URL"]
    name = f"from_first_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    password = roles.role_in(url).password
    roles.prepare_roles(url, roles.DatabaseRole(roles.OWNER, password), roles.DatabaseRole(roles.APPLICATION, password))
    migrate(url, "--from-first")
    yield url
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)


def migrate(url: str, *options: str) -> None:
    done = subprocess.run(
        tethered_command([sys.executable, "manage.py", "migrate", "--verbosity", "0", *options]),
        env=os.environ | by_roles(url),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def content(url: str) -> tuple[list[str], set[str]]:
    """What a database holds, and which migrations it names, whatever their order and time."""
    command = [embedded.program("pg_dump"), *PRIVILEGES, url]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    text = COUNTERS.sub("", META_COMMAND.sub("", dump))
    text = LISTS.sub(r"ANY (\1)", CASTS.sub(r"\1", text))
    return MOMENT.sub("now()", MIGRATIONS.sub("", text)).splitlines(), set(MIGRATIONS.findall(text))


def test_the_baseline_is_made_of_the_migrations_that_stand_here() -> None:
    first_line, _ = FILE.read_text().split("\n", 1)
    assert first_line == f"{MADE_OF}{migrations_digest()}", "run make baseline"


@pytest.mark.nightly
def test_the_baseline_makes_what_all_migrations_make(from_first: str) -> None:
    copied = urlsplit(from_first)._replace(path=f"/{migrated()}").geturl()
    theirs, their_migrations = content(from_first)
    ours, our_migrations = content(copied)

    assert ours == theirs
    assert our_migrations == their_migrations
    assert len(our_migrations) > 100

    migrate(from_first)  # without a word: there is nothing to begin
    assert content(from_first) == (theirs, their_migrations)
