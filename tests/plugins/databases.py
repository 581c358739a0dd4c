"""A database that is migrated once in a run. Those of the tests, and that of the running portal, are copies of it.

KEEP_MIGRATED=true keeps it on the server of DATABASE_URL for the next run, until a model or a migration changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from portal.database import roles
from portal.lib.ends_with_parent import tethered_command

CHECKOUT = Path(__file__).parents[2]
NAME = "MIGRATED_DATABASE"  # set by tests.plugins.servers, one for all workers of a run
LOCK = 40_781
SOURCES = (
    "*/migrations/**/*.*",
    "*/models/*.py",
    "wallet/ledger/*.sql",
    "portal/database/*.*",
    "portal/*/databases.py",
)


class NotMigrated(Exception):
    """The command's own words."""


def migrated() -> str:
    """Its name. Whoever asks first makes it; the others wait."""
    name = os.environ[NAME]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # the connection's, gone with it
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            _make(connection, name)
    return name


def _make(connection: psycopg.Connection, name: str) -> None:
    """It gets its name when it is complete."""
    begun = sql.Identifier(f"{name}_begun")
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(begun))
    connection.execute(sql.SQL("CREATE DATABASE {}").format(begun))
    _migrate(f"{name}_begun")
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(begun, sql.Identifier(name)))


def _migrate(database: str) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    password = roles.role_in(url).password
    roles.prepare_roles(url, roles.DatabaseRole(roles.OWNER, password), roles.DatabaseRole(roles.APPLICATION, password))
    done = subprocess.run(
        tethered_command([sys.executable, "manage.py", "migrate", "--verbosity", "0"]),
        env=os.environ | by_roles(url),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotMigrated(f"{done.stdout}{done.stderr}")


def by_roles(url: str) -> dict[str, str]:
    """The settings of a portal on this database, whose URL is the superuser's."""
    return {
        "DATABASE_URL": roles.url_with_role(url, roles.APPLICATION),
        "OWNER_DATABASE_URL": roles.url_with_role(url, roles.OWNER),
    }


def digest() -> str:
    """Return what the migrated database depends on, as one number."""
    sources = sorted(
        {path for pattern in SOURCES for path in CHECKOUT.glob(pattern) if "__pycache__" not in path.parts}
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def forget() -> None:
    """On a server that is not this run's own, nothing stays behind."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for name in (os.environ[NAME], f"{os.environ[NAME]}_begun"):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
