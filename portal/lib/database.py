"""Runs one statement and returns its result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql

type Row = tuple[Any, ...]
type Statement = str | sql.Composable
type Values = Sequence[Any] | Mapping[str, Any] | None


def run_statement(statement: Statement, values: Values = None, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Run a statement without a result."""
    with connections[using].cursor() as cursor:
        cursor.execute(_text(statement, cursor), values)


def fetch_row(statement: Statement, values: Values = None, *, using: str = DEFAULT_DB_ALIAS) -> Row | None:
    """Return the first row; None when there is none."""
    with connections[using].cursor() as cursor:
        cursor.execute(_text(statement, cursor), values)
        row: Row | None = cursor.fetchone()
        return row


def fetch_rows(statement: Statement, values: Values = None, *, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return all rows."""
    with connections[using].cursor() as cursor:
        cursor.execute(_text(statement, cursor), values)
        return list(cursor.fetchall())


def iterate_rows(statement: Statement, values: Values = None, *, at_once: int) -> Iterator[Row]:
    """Yield all rows; Python holds `at_once` of them."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_text(statement, cursor), values)
        while some := cursor.fetchmany(at_once):
            yield from some


def _text(statement: Statement, cursor: Any) -> str:
    return statement if isinstance(statement, str) else statement.as_string(cursor.connection)
