"""Two roles: the owner migrates, and the application serves. It needs no Django, so `make up` uses it too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

OWNER = "portal_owner"
APPLICATION = "portal_application"
STATEMENTS = "statements"
# Of a session of the wallet. A role of its own has them of itself, so that no pooler can lose them.
WALLET_DEADLINES = {
    "statement_timeout": "700ms",
    "lock_timeout": "300ms",
    "idle_in_transaction_session_timeout": "5s",
}
# Functions of the server that everybody may call otherwise: they end sessions of the same role, or fill the disk.
# Nothing of the portal calls them.
REFUSED_FUNCTIONS = (
    "pg_terminate_backend(integer, bigint)",
    "pg_cancel_backend(integer)",
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
)
# What the application creates and drops: tables of statements with their views and indexes, and temporary tables.
# Everything else is refused to every session without the rights of the owner: functions and operators
# that a function of the owner could meet, and DROP OWNED, which would take all rights from the application.
ALLOWED_DDL = (
    "ALTER TABLE", "CREATE INDEX", "CREATE TABLE", "CREATE TABLE AS", "CREATE VIEW", "DROP TABLE", "DROP VIEW",
)  # fmt: skip
GUARD = "portal_guard"
# The function stands in a schema of the superuser: it runs with the rights of whoever changes a schema, also a
# superuser's, so nobody else may change it.
MAKE_GUARD = """
    CREATE SCHEMA IF NOT EXISTS {guard};
    CREATE OR REPLACE FUNCTION {guard}.refuse_ddl() RETURNS event_trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF tg_tag <> ALL ({allowed}::text[]) AND NOT pg_has_role(
            session_user, (SELECT nspowner FROM pg_namespace WHERE nspname = 'public'), 'MEMBER')
        THEN
            RAISE EXCEPTION 'only the owner may do this: %', tg_tag
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END $$;
    DROP EVENT TRIGGER IF EXISTS {guard};
    CREATE EVENT TRIGGER {guard} ON ddl_command_start EXECUTE FUNCTION {guard}.refuse_ddl();
"""
# Settings that a role may give itself, for all its later sessions, and so take everything away from them.
OWN_SETTINGS = """
    SELECT r.rolname, coalesce(d.datname, ''), split_part(o.setting, '=', 1), o.setting
      FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
     CROSS JOIN unnest(s.setconfig) AS o (setting)
      LEFT JOIN pg_settings g ON g.name = split_part(o.setting, '=', 1)
     WHERE r.rolname = %s AND coalesce(g.context, 'user') = 'user' AND (d.oid IS NULL OR d.datname = current_database())
     ORDER BY 2, 3
"""
# What stands in the schema and belongs to another role. Sequences of columns follow their tables.
OBJECTS = """
    SELECT 'TABLE ' || c.oid::regclass FROM pg_class c
     WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND c.relowner <> %(role)s::regrole
    UNION ALL
    SELECT 'SEQUENCE ' || c.oid::regclass FROM pg_class c
     WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'S' AND c.relowner <> %(role)s::regrole
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
    UNION ALL
    SELECT 'ROUTINE ' || p.oid::regprocedure FROM pg_proc p
     WHERE p.pronamespace = %(schema)s::regnamespace AND p.proowner <> %(role)s::regrole
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'TYPE ' || t.oid::regtype FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
     WHERE t.typnamespace = %(schema)s::regnamespace AND t.typowner <> %(role)s::regrole
       AND (t.typtype IN ('d', 'e') OR c.relkind = 'c')
"""


@dataclass(frozen=True)
class DatabaseRole:
    name: str
    password: str = field(default="", repr=False)


def role_in(url: str) -> DatabaseRole:
    """Return the role that a database URL names, with its password."""
    address = urlsplit(url)
    return DatabaseRole(unquote(address.username or ""), unquote(address.password or ""))


def url_with_role(url: str, role: str) -> str:
    """Return the URL with another role and the same password."""
    address = urlsplit(url)
    own, _, place = address.netloc.rpartition("@")
    _, colon, password = own.partition(":")
    return address._replace(netloc=f"{quote(role)}{colon}{password}@{place}").geturl()


def prepare_roles(
    superuser_url: str, owner: DatabaseRole, application: DatabaseRole, wallet: DatabaseRole | None = None
) -> None:
    """Create the roles in the superuser's database, and give everything in it to owner and application. Safe to
    repeat.
    """
    with psycopg.connect(superuser_url) as connection:
        for role in (owner, application):
            make_role(connection, role)
            reset_settings(connection, role.name)
        if wallet is not None:
            make_role(connection, wallet)
            give_deadlines(connection, wallet.name, application.name)
        hand_over_database(connection, owner.name, application.name)
        for schema in ("public", STATEMENTS):
            hand_over_schema(connection, schema, owner.name)
        give_objects(connection, "public", owner.name)
        give_objects(connection, STATEMENTS, application.name)
        let_read_statistics(connection, application.name)
        refuse_functions(connection)
        refuse_ddl(connection)


def make_role(connection: psycopg.Connection[Any], role: DatabaseRole) -> None:
    """Create the role, or set its password."""
    name = sql.Identifier(role.name)
    if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role.name]).rowcount:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    connection.execute(sql.SQL("ALTER ROLE {} {}").format(name, sql.SQL(rights)))
    if role.password:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(role.password)))


def refuse_functions(connection: psycopg.Connection[Any]) -> None:
    """Let superusers alone call REFUSED_FUNCTIONS in this database, and whom they name."""
    for function in REFUSED_FUNCTIONS:
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC").format(sql.SQL(function)))


def refuse_ddl(connection: psycopg.Connection[Any]) -> None:
    """Let the application change schemas by ALLOWED_DDL alone. Safe to repeat."""
    names = {"guard": sql.Identifier(GUARD), "allowed": sql.Literal(list(ALLOWED_DDL))}
    connection.execute(sql.SQL(MAKE_GUARD).format(**names))


def is_ddl_refused(connection: Any) -> bool:
    """Return whether the guard of ALLOWED_DDL is there and enabled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_event_trigger WHERE evtname = %s AND evtenabled IN ('O', 'A')", [GUARD])
        return cursor.fetchone() is not None


def reset_settings(connection: psycopg.Connection[Any], role: str) -> None:
    """Take back what a session gave to its own role. Settings that only a superuser gives stay."""
    for _role, database, setting, _text in own_settings(connection, role):
        place = sql.SQL("IN DATABASE {} ").format(sql.Identifier(database)) if database else sql.SQL("")
        statement = sql.SQL("ALTER ROLE {} {}RESET {}").format(sql.Identifier(role), place, sql.Identifier(setting))
        connection.execute(statement)


def own_settings(connection: Any, role: str) -> list[tuple[str, str, str, str]]:
    """Return the settings that a role has and could have given itself: role, database, name, and name with value."""
    with connection.cursor() as cursor:
        cursor.execute(OWN_SETTINGS, [role])
        return list(cursor.fetchall())


def give_deadlines(connection: psycopg.Connection[Any], wallet: str, application: str) -> None:
    """Let the role become the application when it connects, with the deadlines of the wallet."""
    names = {"wallet": sql.Identifier(wallet), "application": sql.Identifier(application)}
    connection.execute(sql.SQL("GRANT {application} TO {wallet}").format(**names))
    for setting, value in ({"role": application, "timezone": "UTC"} | WALLET_DEADLINES).items():
        statement = sql.SQL("ALTER ROLE {wallet} SET {setting} = {value}")
        connection.execute(statement.format(**names, setting=sql.Identifier(setting), value=sql.Literal(value)))


def hand_over_database(connection: psycopg.Connection[Any], owner: str, application: str) -> None:
    names = {
        "database": sql.Identifier(connection.info.dbname),
        "owner": sql.Identifier(owner),
        "application": sql.Identifier(application),
    }
    for statement in (
        "ALTER DATABASE {database} OWNER TO {owner}",
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC, {application}",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {application}",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def hand_over_schema(connection: psycopg.Connection[Any], schema: str, owner: str) -> None:
    if connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).rowcount:
        statement = sql.SQL("ALTER SCHEMA {} OWNER TO {}")
        connection.execute(statement.format(sql.Identifier(schema), sql.Identifier(owner)))


def let_read_statistics(connection: psycopg.Connection[Any], role: str) -> None:
    """Let the role read the state of standbys. Without this right a lost standby is not noticed."""
    connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(sql.Identifier(role)))


def give_objects(connection: psycopg.Connection[Any], schema: str, role: str) -> None:
    for name in list(objects_of_others(connection, schema, role)):
        connection.execute(sql.SQL("ALTER {} OWNER TO {}").format(sql.SQL(name), sql.Identifier(role)))


def objects_of_others(connection: psycopg.Connection[Any], schema: str, role: str) -> Iterator[Any]:
    if not connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).rowcount:
        return
    for (name,) in connection.execute(OBJECTS, {"schema": schema, "role": sql.Identifier(role).as_string(connection)}):
        yield name
