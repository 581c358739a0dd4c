"""A day of ours against the operator's, in the database. What differs is left in a table of the session.

Nothing here writes what stays: `syncing` makes cases of it, `figures` counts it, a dry run looks and forgets.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from merchants.models import Merchant
from wallet.models import ReconciliationPlan, Statement
from wallet.reconciliation.days import DAY, Day

ROOM_TO_WORK = "SET LOCAL work_mem = '128MB'"
REACH = timedelta(hours=3)  # so far from midnight a row may stand on the other day
ROWS = Path(__file__).with_suffix(".sql").read_text()
BREAKS = """
    DROP TABLE IF EXISTS pg_temp.reconciliation_break;
    CREATE TEMP TABLE reconciliation_break (
        kind text, transaction_id text COLLATE "C", subject text COLLATE "C", player_id text, currency text, ours jsonb,
        theirs jsonb, difference bigint, size bigint, severity smallint
    ) ON COMMIT DROP;
"""
OWN_DAY = """
    t.merchant_id = %(merchant)s AND t.created_at >= %(begin)s AND t.created_at < %(end)s
"""


def compare(
    *, merchant: Merchant, day: Day, statement: Statement | None, plan: ReconciliationPlan, now: datetime
) -> None:
    """Within a transaction: its end forgets the table."""
    values = _values(merchant, day, statement, plan, now)
    _do(ROOM_TO_WORK)
    _do(BREAKS)
    if statement is not None:
        _do(ROWS, values)


def _values(
    merchant: Merchant, day: Day, statement: Statement | None, plan: ReconciliationPlan, now: datetime
) -> dict[str, Any]:
    neighbours = Statement.objects.filter(merchant=merchant, day__in=[day.date - DAY, day.date + DAY], is_current=True)
    return {
        "merchant": merchant.pk,
        "statement": statement and statement.pk,
        "neighbours": list(neighbours.filter(grain=ReconciliationPlan.Grain.ROWS).values_list("pk", flat=True)),
        "day": day.date,
        "begin": day.begin,
        "end": day.end,
        "early": day.begin - REACH,
        "near": day.end + REACH,
        "late": max(day.end + REACH, day.ready),
        "morning": day.begin + REACH,
        "delivered": max(day.begin + REACH, day.ready - DAY),
        "evening": day.end - REACH,
        "now": now,
    }


def _do(sql: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


MATCHED = """
    SELECT %(ours)s::bigint - count(*) FILTER (WHERE m.t_line IS NULL OR b.transaction_id IS NOT NULL)
      FROM reconciliation_met m
      LEFT JOIN (SELECT DISTINCT b.transaction_id FROM reconciliation_break b) b ON b.transaction_id = m.transaction_id
     WHERE m.o_id IS NOT NULL
"""


def matched(ours: int) -> int:
    """How many of our rows of the day the statement says the same of."""
    with connection.cursor() as cursor:
        cursor.execute(MATCHED, {"ours": ours})
        return int(cursor.fetchone()[0])
