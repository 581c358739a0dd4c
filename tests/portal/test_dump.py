"""A backup by the steps of docs/operations.md: dumped as the owner and restored, with the rights of the code again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from portal.local import embedded
from tests.plugins.databases import by_roles, migrated

CHECKOUT = Path(__file__).parents[2]
SECONDS = 600
LEFT_OUT = ["--exclude-schema=statements", "--exclude-table-data=django_session"]


@pytest.fixture
def restored() -> Iterator[str]:
    """The URL of an empty database on the server of the run."""
    name = f"restored_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        env=os.environ | environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_dump_is_restored_with_roles_rights_and_functions(restored: str, tmp_path: Path) -> None:
    source = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{migrated()}").geturl()
    dump = str(tmp_path / "portal.dump")
    owner = by_roles(source)["OWNER_DATABASE_URL"]
    run(embedded.program("pg_dump"), "--format=custom", f"--file={dump}", *LEFT_OUT, owner)
    run(embedded.program("pg_restore"), "--exit-on-error", f"--dbname={restored}", dump)
    by_role = by_roles(restored)
    run(sys.executable, "manage.py", "migrate", "--verbosity", "0", **by_role)
    run(sys.executable, "manage.py", "check", "--database", "default", "--fail-level", "WARNING", **by_role)
    assert "The ledger balances" in run(sys.executable, "manage.py", "verify_ledger", **by_role)
