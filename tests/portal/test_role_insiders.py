"""What a session of the application's role could do to the sessions of the portal: refused, or named by the check."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from portal.database import checks, roles
from tests.plugins.database_role import as_superuser
from tests.plugins.live import Live

DEEDS = {
    "ends another session": "SELECT pg_terminate_backend(0)",
    "ends another session and waits": "SELECT pg_terminate_backend(0, 1)",
    "cancels a statement of another session": "SELECT pg_cancel_backend(0)",
    "makes a large object": "SELECT lo_create(0)",
    "makes a large object in the old way": "SELECT lo_creat(-1)",
    "fills a large object": "SELECT lo_from_bytea(0, 'x')",
}
SCHEMA_CHANGES = (
    "DROP OWNED BY CURRENT_USER",
    "CREATE FUNCTION statements.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OPERATOR statements.= (leftarg = text, rightarg = text, function = texteq)",
    "CREATE TYPE statements.t AS (i int)",
    "CREATE DOMAIN statements.d AS int",
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC",
    "GRANT SELECT ON merchants_person TO PUBLIC",
    "CREATE SEQUENCE statements.s",
)
# Each of them holds in every later session of the role.
SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "1ms",
    "transaction_timeout": "1ms",
    "search_path": "statements",
    "local_preload_libraries": "nothing",
}


def do(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def untouched(db: None) -> None:
    assert list(checks.guard_findings(connection)) == []


@pytest.mark.parametrize("deed", DEEDS)
def test_the_application_does_not_touch_other_sessions_or_fill_the_server(db: None, deed: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for function"), transaction.atomic():
        do(DEEDS[deed])


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_a_role_gave_itself_is_named(untouched: None, name: str) -> None:
    """The server lets each role do this, so it is found and taken back."""
    do(f"ALTER ROLE CURRENT_USER SET {name} = '{SETTINGS[name]}'")
    sentence = f"The role {settings.APPLICATION_ROLE} has the setting {name}="
    with pytest.raises(SystemCheckError, match=sentence):
        call_command("check", databases=["default"])
    with as_superuser():
        roles.reset_settings(connection.connection, settings.APPLICATION_ROLE)
    assert list(checks.guard_findings(connection)) == []


def test_settings_that_only_a_superuser_gives_are_left_alone(untouched: None) -> None:
    with as_superuser() as cursor:
        cursor.execute(f"ALTER ROLE {settings.APPLICATION_ROLE} SET log_min_duration_statement = '5s'")
        roles.reset_settings(connection.connection, settings.APPLICATION_ROLE)
    assert list(checks.guard_findings(connection)) == []
    with as_superuser() as cursor:
        cursor.execute("SELECT count(*) FROM pg_db_role_setting WHERE 'log_min_duration_statement=5s' = ANY(setconfig)")
        assert cursor.fetchone() == (1,)


def test_a_right_that_came_back_is_named(untouched: None) -> None:
    with as_superuser() as cursor:
        cursor.execute("GRANT EXECUTE ON FUNCTION pg_cancel_backend(integer) TO PUBLIC")
    with pytest.raises(SystemCheckError, match=r"may call pg_cancel_backend\(integer\)"):
        call_command("check", databases=["default"])


@pytest.mark.parametrize("change", SCHEMA_CHANGES)
def test_the_application_makes_nothing_but_tables_of_statements(db: None, change: str) -> None:
    """Not a function that the owner's could meet; and it does not drop its own rights."""
    with pytest.raises(ProgrammingError, match="only the owner may do this"), transaction.atomic():
        do(change)


def test_tables_of_statements_and_temporary_tables_are_made_and_dropped(db: None) -> None:
    do("CREATE TABLE statements.t (i int); CREATE INDEX ON statements.t (i)")
    do("CREATE VIEW statements.v AS TABLE statements.t")
    do("DROP VIEW statements.v; ALTER TABLE statements.t RENAME TO u; DROP TABLE statements.u")
    do("CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1; DROP TABLE t")


def test_a_guard_that_was_switched_off_is_named(untouched: None) -> None:
    with as_superuser() as cursor:
        cursor.execute(f"ALTER EVENT TRIGGER {roles.GUARD} DISABLE")
    with pytest.raises(SystemCheckError, match="may change schemas: portal_guard is missing"):
        call_command("check", databases=["default"])
    with as_superuser():
        roles.refuse_ddl(connection.connection)
    assert list(checks.guard_findings(connection)) == []


NEW_CONNECTIONS = """
from django.db import connections
for alias in ("default", "wallet"):
    with connections[alias].cursor() as cursor:
        cursor.execute("UPDATE merchants_heartbeat SET job = job")
        cursor.execute("SHOW search_path")
        print(alias, *cursor.fetchone())
"""


def test_what_a_role_gave_itself_does_not_decide_for_new_connections(live: Live) -> None:
    """In this database alone, so that no other test meets it."""
    database = sql.Identifier(urlsplit(live.dsn).path.removeprefix("/"))
    with psycopg.connect(live.dsn, autocommit=True) as server:
        for name, value in SETTINGS.items():
            change = sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}")
            names = (sql.Identifier(roles.APPLICATION), database, sql.Identifier(name), sql.Literal(value))
            server.execute(change.format(*names))
        try:
            done = live.manage("shell", "--no-imports", "-c", NEW_CONNECTIONS)
        finally:
            server.execute(
                sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL").format(sql.Identifier(roles.APPLICATION), database)
            )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["default public", "wallet public"]
