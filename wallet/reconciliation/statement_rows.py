"""The rows of a statement for the database: a table with the text of the file, and a view that casts it.

The file is the statement, and its digest proves that it is unchanged. The table is one reading of it: it is not in the
write-ahead log, is dropped after some days, and is made again from the file when needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg import sql

from portal.lib import locks
from wallet.models import Statement
from wallet.models.statement import private_files
from wallet.reconciliation.reading import loading, totals
from wallet.reconciliation.reading import mapping as mappings
from wallet.reconciliation.reading.loading import LoadingPlace
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import Fault, SourceTable, Total, Unreadable, shown_text

log = structlog.get_logger(__name__)
SCHEMA = "statements"
UNSTATED = "No mapping is set for this merchant's files: {} Upload one file and confirm its columns."
COLUMNS = (
    "transaction_id", "kind", "player_id", "game_id", "currency", "amount", "is_rolled_back", "ref_transaction_id",
    "at", "count",
)  # fmt: skip
TABLES = """
    SELECT substr(c.relname, 5)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = %s AND c.relkind = 'r' AND c.relname ~ '^raw_[0-9]+$'
"""


class StatementChanged(Exception):
    """The file in private storage is not the received file. A person must find out why."""


def load_rows(statement: Statement) -> tuple[list[dict[str, Any]], list[Total]]:
    """Make table and view; return the sums of the rows, and the totals that the file declares. Raises Unreadable."""
    mapping = mappings.from_json(statement.mapping)
    place = LoadingPlace(sql.SQL("UNLOGGED"), SCHEMA, f"raw_{statement.pk}")
    with loading.loaded_rows(partial(private_files().open, str(statement.file.name)), mapping, place) as loaded:
        _of_the_day(statement, loaded.table)
        mapping = _fitted(mapping, loaded.table)
        if asks := mapping.asks(loaded.table.headers):
            raise Unreadable(Fault(UNSTATED.format(asks[0])))
        come_to = loading.judged_sums(loaded, mapping)
        loading.create_view(loaded, mapping, _view(statement.pk))
        return come_to, totals.stated_totals(loaded.table, mapping)


def _of_the_day(statement: Statement, table: SourceTable) -> None:
    if table.day not in ("", statement.day.isoformat()):
        raise Unreadable(
            Fault(
                f"The file states the day {shown_text(table.day)}, but it was sent as the statement of "
                f"{statement.day}. Correct one of the two."
            )
        )


def _fitted(mapping: Mapping, table: SourceTable) -> Mapping:
    is_contract = replace(mapping, rollbacks="") in (mappings.CONTRACT, mappings.CONTRACT_TOTALS)
    return mappings.fitted_mapping(mapping, table.headers) if is_contract else mapping


def view_name(statement: Statement) -> str:
    """Return the view for SQL. Columns: line, transaction_id, kind, player_id, game_id, currency, amount (× 100000),
    is_rolled_back, ref_transaction_id, at, count.
    """
    return _view(statement.pk).as_string()


def restore_rows(statements: Iterable[Statement]) -> None:
    """Make missing tables again. Call it in a transaction; the order of ids prevents deadlocks. Raises
    StatementChanged.
    """
    for statement in sorted(statements, key=lambda each: each.pk):
        if _is_gone(statement):
            locks.lock_until_commit(f"rows of {statement.pk}")
            if _is_gone(statement):
                _check(statement)
                load_rows(statement)


def _is_gone(statement: Statement) -> bool:
    """Not there, or emptied by the server's restart after a crash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [view_name(statement)])
        if cursor.fetchone() == (True,):
            return True
        cursor.execute(f"SELECT NOT EXISTS (SELECT FROM {view_name(statement)})")
        return cursor.fetchone() == (True,) and statement.rows > 0


def _check(statement: Statement) -> None:
    with private_files().open(str(statement.file.name)) as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != statement.digest:
            raise StatementChanged(str(statement.number))


def kept_until(statement: Statement) -> datetime | None:
    """Return until when the table of a statement is kept; None for one that was not read."""
    return statement.read_at and statement.read_at + timedelta(days=settings.STATEMENT_TABLE_DAYS)


def drop_old_rows(now: datetime) -> int:
    """Drop tables that were read some days ago; return how many. A table in use is dropped the next day."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [SCHEMA])
        there = {statement for (statement,) in cursor.fetchall()}
    young = Statement.objects.filter(
        pk__in=there, read_at__gt=now - timedelta(days=settings.STATEMENT_TABLE_DAYS)
    ).values_list("pk", flat=True)
    return sum(_drop(statement) for statement in there - set(young))


def _drop(statement: int) -> bool:
    drop = sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(_table(statement))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            cursor.execute(drop.as_string())
    except OperationalError:
        log.warning("statement_rows.in_use", statement=statement)
        return False
    return True


def _table(statement: int) -> sql.Identifier:
    return sql.Identifier(SCHEMA, f"raw_{statement}")


def _view(statement: int) -> sql.Identifier:
    return sql.Identifier(SCHEMA, f"rows_{statement}")
