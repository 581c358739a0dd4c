"""Settled ids: ids below which no row can appear any more."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import sql

POLL_SECONDS = 0.01
NEWEST = sql.SQL("SELECT coalesce(max({id}), 0) FROM {table}")
WRITERS = """
    SELECT t.name, l.pid, l.virtualtransaction
      FROM unnest(%s::text[]) t (name)
      JOIN pg_locks l ON l.relation = to_regclass(t.name)
     WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND l.granted
       AND l.pid IS DISTINCT FROM pg_backend_pid()  -- one that is prepared has none
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def settled_ids(tables: Mapping[str, str], *, patience: float) -> dict[str, int]:
    """Return for each table the newest id below which no transaction can write. `tables`: table and id column.

    A row gets its id when it is made and is visible from its commit, so a smaller id may appear later. The function
    waits for all transactions that were writing to a table when its newest id was read, as CREATE INDEX CONCURRENTLY
    does. A writer locks the table before it gets an id, so a later writer gets a larger one. A table whose writers take
    longer than `patience` seconds gets 0: none of its rows is settled this time.
    """
    newest = {table: _newest(table, column) for table, column in tables.items()}
    deadline = time.monotonic() + patience
    waited_for = still = _writers(tables)
    while still and time.monotonic() <= deadline:
        time.sleep(POLL_SECONDS)
        still = waited_for & _writers(tables)
    busy = {table for table, *_ in still}
    return {table: 0 if table in busy else found for table, found in newest.items()}


def _newest(table: str, column: str) -> int:
    statement = NEWEST.format(id=sql.Identifier(column), table=sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string())
        return int(cursor.fetchone()[0])


def _writers(tables: Mapping[str, str]) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [list(tables)])
        return set(cursor.fetchall())
