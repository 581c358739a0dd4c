"""Seals the rows that came since the last time, beside the path of a call: a bet pays nothing for it.

A window at a time, each in a transaction of its own: what a stopped job has sealed stays sealed, and a database with
millions of rows from before is caught up with over many runs.
"""

from __future__ import annotations

import time

import structlog
from django.db import DatabaseError, connection

from merchants.models import ChainRecipe
from merchants.services.chain.tables import chained_tables

log = structlog.get_logger(__name__)
ROWS_A_WINDOW = 5_000
SECONDS_A_RUN = 20.0


def seal_rows(*, seconds: float = SECONDS_A_RUN, rows_a_window: int = ROWS_A_WINDOW) -> int:
    """Return how many rows were sealed. At least one window of each table that has new rows is."""
    deadline = time.monotonic() + seconds
    known = set(ChainRecipe.objects.values_list("table_name", flat=True))
    sealed = 0
    for table in chained_tables():
        if table.name not in known:
            continue
        try:
            sealed += _seal_table(table.name, rows_a_window, deadline)
        except DatabaseError:  # the other tables, and the ledger above all, do not wait for this one
            log.exception("chain.table_not_sealed", table=table.name)
    return sealed


def _seal_table(name: str, rows_a_window: int, deadline: float) -> int:
    sealed = 0
    while rows := _seal_window(name, rows_a_window):
        sealed += rows
        if time.monotonic() > deadline:
            break
    return sealed


def _seal_window(table: str, rows: int) -> int:
    """Up to which row is the database's to find: what it seals is not for its caller to choose."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT merchants_chain_seal(%s, %s)", [table, rows])
        return int(cursor.fetchone()[0])
