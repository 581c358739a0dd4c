"""The rights of the application's role, declared once: a line for each table, and the functions that it may call.

`migrate` gives them after every run, and `check --database default` compares. Without a line, the application has no
rights on a table, and a test fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from pghistory.models import Event
from psycopg import sql

WRITER = "pgh_role"  # of an event; the database fills it in, so nobody may say it


@dataclass(frozen=True)
class Rights:
    """The application's rights on the rows of a table. `only` and `never`: columns that an update may, or may not,
    change.
    """

    privileges: frozenset[str]
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


Grant = tuple[str, str, str]  # table, privilege, column; "" is the whole table
READ_ONLY = Rights(frozenset({"SELECT"}))
APPEND_ONLY = Rights(READ_ONLY.privileges | {"INSERT"})
KEPT = Rights(APPEND_ONLY.privileges | {"UPDATE"})
ORDINARY = Rights(KEPT.privileges | {"DELETE"})
REWRITTEN = Rights(APPEND_ONLY.privileges | {"DELETE"})
CLOSED = Rights(frozenset())


def update_only(*columns: str) -> Rights:
    """Rows are never deleted, and only these columns change."""
    return Rights(KEPT.privileges, only=frozenset(columns))


def deleted_when_old(*columns: str) -> Rights:
    """Only these columns change. Rows may be deleted, and a trigger protects young ones."""
    return Rights(ORDINARY.privileges, only=frozenset(columns))


def update_except(*columns: str) -> Rights:
    """Rows are never deleted, and these columns never change."""
    return Rights(KEPT.privileges, never=frozenset(columns))


TABLES: dict[str, Rights] = {
    # The ledger: written by the functions of wallet/ledger/post.sql, which have the owner's rights.
    "wallet_account": READ_ONLY,
    "wallet_transaction": READ_ONLY,
    "wallet_refusedpayout": READ_ONLY,
    # The chain of hashes: written by merchants_chain_seal alone.
    "merchants_chainblock": READ_ONLY,
    "merchants_chainrecipe": READ_ONLY,
    # Written by `migrate`, as the owner.
    "merchants_release": READ_ONLY,
    # Rows that are only added. Tables of events (merchants/models/audit.py) belong here without a line of their own.
    "django_admin_log": APPEND_ONLY,
    "merchants_signinrecord": APPEND_ONLY,
    "merchants_signout": APPEND_ONLY,
    "wallet_casenote": APPEND_ONLY,
    "wallet_casereminder": APPEND_ONLY,
    "wallet_invoice": APPEND_ONLY,
    "wallet_settlementadjustment": APPEND_ONLY,
    "wallet_settlementconfirmation": APPEND_ONLY,
    "wallet_signedrequest": APPEND_ONLY,
    # Rows that are written anew, and never changed.
    "merchants_outgoingevent": REWRITTEN,  # deleted when they are old
    "merchants_staffvisit": REWRITTEN,  # deleted when they are old
    "wallet_foldedrow": REWRITTEN,
    "wallet_reportoptout": REWRITTEN,
    "wallet_simulatedcall": REWRITTEN,  # deleted when they are old
    # Rows that stay.
    "merchants_accesstoken": update_only("last_used_at", "last_used_from", "revoked_at", "revoked_because"),
    "merchants_apikey": update_except(
        "environment", "auth_key"
    ),  # a trigger lets test keys move to their sandbox, once
    "merchants_approval": KEPT,
    "merchants_compromise": KEPT,
    "merchants_download": update_only("rows", "is_complete"),
    "merchants_eventdelivery": deleted_when_old(
        "state", "attempts", "due_at", "last_status", "last_answer", "tried_at"
    ),
    "merchants_eventendpoint": update_except("merchant_id", "kind", "url", "number"),
    "merchants_game": KEPT,
    "merchants_heartbeat": KEPT,
    "merchants_letter": deleted_when_old("state", "attempts", "due_at", "last_answer", "sent_at", "receipt"),
    "merchants_listtrial": KEPT,
    "merchants_merchant": KEPT,
    "merchants_ownerquestion": KEPT,
    "merchants_person": KEPT,
    "merchants_player": update_except("merchant_id", "player_id"),
    "merchants_secret": update_except("key_id", "version", "fingerprint"),
    "merchants_secretclaim": KEPT,
    "merchants_seenaddress": KEPT,
    "merchants_staffchange": update_only("told_at", "letter_id"),
    "merchants_timetablejob": KEPT,
    "wallet_case": KEPT,
    "wallet_correction": update_only("declined_by_id", "declined_at"),  # approved by wallet_correct alone
    "wallet_currencyrate": update_except("currency"),
    "wallet_export": KEPT,
    "wallet_playtransaction": update_only("is_rolled_back"),
    "wallet_reconciliation": KEPT,
    "wallet_reconciliationplan": KEPT,
    "wallet_reportdelivery": KEPT,
    "wallet_session": update_only("is_active", "play_balance", "expires_at"),
    "wallet_settlement": update_only(
        "state",
        "figures",
        "digest",
        "counted_at",
        "refusal",
        "signed_by_id",
        "signed_at",
        "withdrawn_by_id",
        "withdrawn_at",
        "withdrawal",
    ),
    "wallet_simulation": Rights(
        ORDINARY.privileges, only=frozenset({"state", "stop_reason", "books", "alive_at", "ended_at"})
    ),
    "wallet_statement": KEPT,
    "wallet_statementsource": KEPT,
    "wallet_trafficincident": update_only("ended_at"),
    # What a page or a job changes and deletes.
    "account_emailaddress": ORDINARY,
    "account_emailconfirmation": ORDINARY,
    "django_session": ORDINARY,
    "merchants_alloweddomain": ORDINARY,
    "merchants_allowlistentry": ORDINARY,
    "merchants_contact": ORDINARY,
    "merchants_disabledgame": ORDINARY,
    "merchants_egressproof": ORDINARY,
    "merchants_importproposal": ORDINARY,
    "merchants_invitation": ORDINARY,
    "merchants_membership": ORDINARY,
    "merchants_seenorigin": ORDINARY,
    "merchants_timetablelead": ORDINARY,
    "merchants_usedform": ORDINARY,
    "mfa_authenticator": ORDINARY,
    "usersessions_usersession": ORDINARY,
    "wallet_accountproof": ORDINARY,
    "wallet_bookfinding": ORDINARY,
    "wallet_booksslice": ORDINARY,
    "wallet_callhour": ORDINARY,
    "wallet_merchantgamingday": ORDINARY,
    "wallet_merchanthour": ORDINARY,
    "wallet_gameday": ORDINARY,
    "wallet_gamespan": ORDINARY,
    "wallet_movementhour": ORDINARY,
    "wallet_openbet": ORDINARY,
    "wallet_playerday": ORDINARY,
    "wallet_playergamingday": ORDINARY,
    "wallet_playerspan": ORDINARY,
    "wallet_hostkeylookup": ORDINARY,
    "wallet_refusedcall": ORDINARY,
    "wallet_refusedhour": ORDINARY,
    "wallet_reportrecipient": ORDINARY,
    "wallet_statementpreview": ORDINARY,
    # What `migrate` fills.
    "auth_group": READ_ONLY,
    "auth_group_permissions": READ_ONLY,
    "auth_permission": READ_ONLY,
    "django_content_type": READ_ONLY,
    "django_migrations": READ_ONLY,
    "merchants_person_groups": READ_ONLY,
    "merchants_person_user_permissions": READ_ONLY,
    "pghistory_context": READ_ONLY,
    "socialaccount_socialaccount": READ_ONLY,  # allauth looks; nothing is linked (decision 0079)
    "socialaccount_socialapp": CLOSED,
    "socialaccount_socialtoken": CLOSED,
    "wallet_mark": Rights(frozenset({"SELECT", "UPDATE"}), only=frozenset({"upto"})),
}
SEALED_TABLES = {"merchants_staffchange"}  # rows that the chain seals, and of which some columns change
# With the owner's rights; the schema of temporary tables, which everybody may fill, is searched last.
POSTING = frozenset({"wallet_open_account", "wallet_post", "wallet_post_batch", "wallet_correct"})
SEALING = {
    f"merchants_chain_{name}" for name in ("seal", "rows", "blocks", "head")
}  # the first with the owner's rights
LOG_PARTITIONS = {"request_log_partitions", "request_log_parts"}  # the first with the owner's rights
CALLED = (
    POSTING | SEALING | LOG_PARTITIONS | {"wallet_access", "wallet_balance", "wallet_gate", "_pgtrigger_should_ignore"}
)
SAYS_WHEN = "wallet_says_when"  # whoever may execute it may say when a call was made: seeding, and tests of the clock

ROLE = """
    SELECT 1 FROM pg_roles r WHERE r.rolname = %s
       AND NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = r.oid)
"""
HELD = """
    SELECT c.relname, CASE a.grantee WHEN 0 THEN 'PUBLIC ' ELSE '' END || a.privilege_type, ''
      FROM pg_class c, aclexplode(c.relacl) a
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
       AND (a.grantee = 0 OR a.grantee = (SELECT oid FROM pg_roles WHERE rolname = %(role)s))
    UNION
    SELECT c.relname, CASE a.grantee WHEN 0 THEN 'PUBLIC ' ELSE '' END || a.privilege_type, t.attname
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
     WHERE c.relnamespace = 'public'::regnamespace
       AND (a.grantee = 0 OR a.grantee = (SELECT oid FROM pg_roles WHERE rolname = %(role)s))
"""
SCHEMAS = """
    SELECT n.nspname,
           ARRAY(SELECT a.privilege_type FROM aclexplode(n.nspacl) a JOIN pg_roles r ON r.oid = a.grantee
                  WHERE r.rolname = %(role)s ORDER BY 1),
           EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
      FROM pg_namespace n WHERE n.nspname IN ('public', 'statements')
"""
COLUMNS = """
    SELECT c.relname, array_agg(t.attname::text)
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') GROUP BY c.relname
"""
# Functions of triggers are called by their triggers alone, whoever may execute them.
FUNCTIONS = """
    SELECT p.proname, p.oid::regprocedure::text,
           EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0),
           EXISTS (SELECT FROM aclexplode(p.proacl) a
                    WHERE a.grantee = (SELECT oid FROM pg_roles WHERE rolname = %(role)s))
      FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace
       AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
"""


@dataclass(frozen=True)
class GrantDifference:
    """A statement that removes the difference, and a sentence about it."""

    statements: tuple[sql.Composed, ...]
    sentence: str


def declared_rights(table: str) -> Rights:
    """Return the rights of a table."""
    return APPEND_ONLY if table in event_tables() else TABLES.get(table, CLOSED)


@cache
def event_tables() -> frozenset[str]:
    """Return the names of all event tables."""
    return frozenset(model._meta.db_table for model in apps.get_models() if is_event(model))  # noqa: SLF001


def is_event(model: type[Model]) -> bool:
    """Return whether the model is an event table."""
    return issubclass(model, Event) and model._meta.managed  # noqa: SLF001


@cache
def database_filled(table: str) -> frozenset[str]:
    """Return the columns that an INSERT of the application may not name.

    The database numbers rows that are only added: with a number far ahead, the seal of the chain would pass over all
    rows that follow, and a partition of the request log would look older than it is.
    """
    if table in event_tables():
        return frozenset({WRITER, "pgh_id"})
    if table not in SEALED_TABLES and TABLES.get(table) != APPEND_ONLY:
        return frozenset()
    [model] = [each for each in apps.get_models(include_auto_created=True) if each._meta.db_table == table]  # noqa: SLF001
    return frozenset({str(model._meta.pk.column)})  # noqa: SLF001


def undeclared_tables() -> list[str]:
    """Return the tables of models without a line."""
    models = (model._meta for model in apps.get_models(include_auto_created=True))  # noqa: SLF001
    tables = {model.db_table for model in models if model.managed and not model.proxy}
    return sorted(tables - TABLES.keys() - event_tables())


def apply_grants(connection: Any) -> list[str]:
    """Give the application exactly the declared rights; return a sentence for each difference."""
    return execute(connection, list(differences(connection)))


def apply_function_grants(connection: Any) -> None:
    """Give the rights on functions. Call it in the transaction that installs them; otherwise calls in between are
    refused.
    """
    if needs_rights(connection):
        execute(connection, list(function_differences(connection, settings.APPLICATION_ROLE)))


def execute(connection: Any, found: list[GrantDifference]) -> list[str]:
    """Change the rights in one transaction: a call between two statements would be refused."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for difference in found:
            for statement in difference.statements:
                cursor.execute(statement)
    return [difference.sentence for difference in found]


def differences(connection: Any) -> Iterator[GrantDifference]:
    """Yield each difference between the rights in the database and the declared ones."""
    if needs_rights(connection):
        for of in (schema_differences, table_differences, function_differences):
            yield from of(connection, settings.APPLICATION_ROLE)


def needs_rights(connection: Any) -> bool:
    """Return whether the role exists and needs rights: a role that owns the tables needs none."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE, [settings.APPLICATION_ROLE])
        return cursor.fetchone() is not None


def schema_differences(connection: Any, role: str) -> Iterator[GrantDifference]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMAS, {"role": role})
        schemas = cursor.fetchall()
    for schema, held, open_to_all in schemas:
        wanted = ["CREATE", "USAGE"] if schema == "statements" else ["USAGE"]
        if open_to_all or held != wanted:
            yield GrantDifference(
                (
                    composed_sql("REVOKE ALL ON SCHEMA {} FROM {}", schema, role),
                    composed_sql("REVOKE CREATE ON SCHEMA {} FROM PUBLIC", schema),
                    composed_sql("GRANT {privileges} ON SCHEMA {} TO {}", schema, role, privileges=", ".join(wanted)),
                ),
                f"The rights of {role} in the schema {schema} differ.",
            )


def table_differences(connection: Any, role: str) -> Iterator[GrantDifference]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = dict(cursor.fetchall())
        cursor.execute(HELD, {"role": role})
        held: set[Grant] = set(cursor.fetchall())
    for table in sorted(columns | dict.fromkeys(name for name, _, _ in held)):
        wanted = grants_on(table, columns.get(table, []))
        if {grant for grant in held if grant[0] == table} != wanted:
            yield GrantDifference(
                tuple(statements_for(table, wanted, role)), f"The rights of {role} on the table {table} differ."
            )


def grants_on(table: str, columns: list[str]) -> set[Grant]:
    rights, grants = declared_rights(table), set()
    for privilege in rights.privileges:
        allowed = set(columns)
        if privilege == "UPDATE":
            allowed = (set(rights.only) or allowed) & allowed - rights.never
        elif privilege == "INSERT":
            allowed -= database_filled(table)
        whole = allowed == set(columns)
        grants |= {(table, privilege, column) for column in ([""] if whole else allowed)}
    return grants


def statements_for(table: str, wanted: set[Grant], role: str) -> Iterator[sql.Composed]:
    yield composed_sql("REVOKE ALL ON {} FROM PUBLIC, {}", table, role)
    for privilege in sorted({privilege for _, privilege, _ in wanted}):
        columns = sorted(column for _, each, column in wanted if each == privilege and column)
        of = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, columns))) if columns else sql.SQL("")
        yield sql.SQL("GRANT {}{} ON {} TO {}").format(
            sql.SQL(privilege), of, sql.Identifier(table), sql.Identifier(role)
        )


def function_differences(connection: Any, role: str) -> Iterator[GrantDifference]:
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS, {"role": role})
        functions = cursor.fetchall()
    for name, signature, by_all, by_role in functions:
        wanted = name in CALLED or (name == SAYS_WHEN and not settings.PRODUCTION)
        if (by_all, by_role) != (False, wanted):
            statements = [composed_sql("REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, {}", role, signature=signature)]
            if wanted:
                statements.append(
                    composed_sql("GRANT EXECUTE ON FUNCTION {signature} TO {}", role, signature=signature)
                )
            yield GrantDifference(tuple(statements), f"The right of {role} to execute {signature} differs.")


def composed_sql(statement: str, *names: str, **parts: str) -> sql.Composed:
    """Return the statement. Names are quoted; parts are SQL words and stay as they are."""
    return sql.SQL(statement).format(*map(sql.Identifier, names), **{key: sql.SQL(text) for key, text in parts.items()})
