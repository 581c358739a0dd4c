"""Seals new rows by a job, beside the path of a call, so a bet pays nothing for it.

Each window of rows is a transaction. So a stopped job keeps what it has sealed, and older rows of a large database are
sealed over many runs.
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
    """Seal new rows for about `seconds`; return how many. Each table with new rows gets at least one window.

    A table that fails is logged and does not stop the others.
    """
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
    """Seal one window. The database function chooses the rows, so that no caller can leave a row out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT merchants_chain_seal(%s, %s)", [table, rows])
        return int(cursor.fetchone()[0])
