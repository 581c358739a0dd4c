"""A day of the bench's merchant with planted breaks, and the reconciliation of it; run inside Django's shell."""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from bench.cast import PLAYERS
from merchants.models import Merchant
from wallet.models import Case, ReconciliationPlan, Watermark
from wallet.reconciliation import books_check, runs, statements
from wallet.services.usage import usage_rollup

KINDS = (
    "missing_there", "missing_here", "amount", "currency", "kind", "whose", "state", "duplicate_there",
    "payout_without_bet", "nets_out",
)  # fmt: skip
DAYS_AGO = 2  # complete, whatever the hour
FIELDS = ("transactionId", "kind", "playerId", "gameId", "currency", "amount", "state", "refTransactionId", "at")
OURS = ("transaction_id", "kind", "player_id", "game_id", "currency", "amount", "state", "ref_transaction_id", "at")
MAPPING = {
    "columns": dict(zip(OURS, FIELDS, strict=True)),
    "amounts": "units",
    "states": {"ok": False, "rolled_back": True},
}
ROUNDS = """
    INSERT INTO wallet_transaction (
        merchant_id, transaction_id, part, kind, status, player_id, session_id, game_id, currency, amount,
        debit_account_id, credit_account_id, balance, ref_transaction_id, is_win, round_id, secret_id, address,
        request_id, created_at
    )
    SELECT s.merchant_id, m.transaction_id, 0, m.kind, 'RS_OK', s.player_id, s.id, s.game_id, s.currency, m.amount,
           m.debit, m.credit, p.balance + sum(m.change) OVER (PARTITION BY s.account_id ORDER BY n, m.kind), m.ref,
           m.is_win, 'round-' || n, %(secret)s, '127.0.0.1', gen_random_uuid(),
           %(begin)s + interval '86000 seconds' * n / %(rounds)s + m.later
      FROM generate_series(1, %(rounds)s) n
      JOIN (SELECT s.*, row_number() OVER (ORDER BY s.id) - 1 AS seat FROM wallet_session s) s
        ON s.seat = n %% %(players)s
      JOIN wallet_account g ON g.merchant_id = s.merchant_id AND g.currency = s.currency AND g.kind = 'games'
      JOIN wallet_account p ON p.id = s.account_id
     CROSS JOIN LATERAL (SELECT md5('bet ' || n)::uuid::text AS bet) b
     CROSS JOIN LATERAL (VALUES
        ('bet', b.bet, 200, s.account_id, g.id, -200, NULL, NULL, interval '0'),
        ('payout', md5('payout ' || n)::uuid::text, 100, g.id, s.account_id, 100, b.bet, true, interval '1 second')
     ) m (kind, transaction_id, amount, debit, credit, change, ref, is_win, later)
     ORDER BY n, m.kind
"""
BALANCES = """
    UPDATE wallet_account a SET balance = a.balance + m.net
      FROM (SELECT x.account, sum(x.delta) AS net
              FROM (SELECT t.debit_account_id AS account, -t.amount AS delta FROM wallet_transaction t
                     WHERE t.created_at < %(end)s
                    UNION ALL
                    SELECT t.credit_account_id, t.amount FROM wallet_transaction t WHERE t.created_at < %(end)s) x
             GROUP BY 1) m
     WHERE m.account = a.id AND a.kind = 'player'
"""
# The operator's rows. Of each thousand the last has something wrong with it, in turn; the pairs are a bet each.
PLANTED = """
    CREATE TABLE planted AS
    SELECT t.id, t.transaction_id, t.kind, p.player_id, g.game_id, t.currency, t.amount, t.ref_transaction_id,
           t.created_at, CASE WHEN t.n %% 1000 = 999 THEN (%(kinds)s::text[])[1 + t.n / 1000 %% 10] END AS wrong
      FROM (SELECT t.*, row_number() OVER (ORDER BY t.id) - 1 AS n FROM wallet_transaction t
             WHERE t.created_at >= %(begin)s AND t.created_at < %(end)s) t
      JOIN merchants_player p ON p.id = t.player_id
      JOIN merchants_game g ON g.id = t.game_id;
"""
STATEMENT = """
    SELECT transaction_id AS "transactionId",
           CASE wrong WHEN 'kind' THEN 'reward' ELSE kind END AS kind,
           CASE wrong WHEN 'whose' THEN 'somebody' ELSE player_id END AS "playerId", game_id AS "gameId",
           CASE wrong WHEN 'currency' THEN 'USD' ELSE currency END AS currency,
           CASE wrong WHEN 'amount' THEN amount + 1 ELSE amount END AS amount,
           CASE wrong WHEN 'state' THEN 'rolled_back' ELSE 'ok' END AS state, ref_transaction_id AS "refTransactionId",
           created_at AS at
      FROM planted WHERE wrong IS DISTINCT FROM 'missing_there'
     UNION ALL
    SELECT CASE wrong WHEN 'duplicate_there' THEN transaction_id ELSE wrong || '-' || id END,
           CASE wrong WHEN 'payout_without_bet' THEN 'payout' WHEN 'duplicate_there' THEN kind ELSE 'bet' END,
           player_id, game_id, currency, amount, CASE wrong WHEN 'nets_out' THEN 'rolled_back' ELSE 'ok' END,
           CASE wrong WHEN 'payout_without_bet' THEN 'nothing-' || id
                      WHEN 'duplicate_there' THEN ref_transaction_id END,
           created_at
      FROM planted WHERE wrong IN ('missing_here', 'duplicate_there', 'payout_without_bet', 'nets_out')
"""
TRUTH = """
    SELECT wrong, CASE WHEN wrong IN ('missing_here', 'payout_without_bet', 'nets_out') THEN wrong || '-' || id
                       ELSE transaction_id END
      FROM planted WHERE wrong IS NOT NULL
"""


def begin() -> datetime:
    return (datetime.now(UTC) - timedelta(days=DAYS_AGO)).replace(hour=0, minute=0, second=0, microsecond=0)


def plant(rows: int, secret: int, folder: str) -> None:
    values = {"rounds": rows // 2, "secret": secret, "begin": begin(), "end": begin() + timedelta(days=1)}
    values |= {"players": PLAYERS, "kinds": [*KINDS]}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE merchants_merchant SET created_at = %s", [begin() - timedelta(days=1)])
        cursor.execute(ROUNDS, values)
        cursor.execute(BALANCES, values)
        cursor.execute(PLANTED, values)
        with (Path(folder) / "statement.csv").open("wb") as file, cursor.copy(copy_of(STATEMENT)) as copy:
            for piece in copy:
                file.write(piece)
        cursor.execute("VACUUM ANALYZE")
    usage_rollup.sum_up(Watermark.Source.MOVEMENTS)  # as the job does every few minutes
    ReconciliationPlan.objects.create(
        merchant=Merchant.objects.get(), mapping=MAPPING, is_on=False
    )  # no hour to be late by
    json.dump({"rows": rows}, sys.stdout)


def copy_of(query: str) -> str:
    return f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"


def reconcile(folder: str) -> None:
    """From the file to its cases, twice in the same database: what one round leaves is nothing to the next."""
    merchant, parts = Merchant.objects.get(), {}
    forget(merchant)
    begun = time.perf_counter()
    with (Path(folder) / "statement.csv").open("rb") as content:
        statement = statements.receive_statement(
            merchant=merchant, day=begin().date(), name="day.csv", content=content, source="upload"
        )
    parts["receive"] = time.perf_counter() - begun
    statement = statements.read_statement(statement=statement)
    parts["read"] = time.perf_counter() - begun
    run = runs.reconcile_day(merchant=merchant, day=begin().date())
    seconds = parts["all"] = time.perf_counter() - begun
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = judged(merchant) | {"seconds": seconds, "rss": rss, "books": books(merchant), "parts": parts}
    print(json.dumps(told | {"state": statement.state, "faults": statement.faults[:3], "outcome": run.outcome}))


def books(merchant: Merchant) -> float:
    """The nightly check of our own books, which is no part of a comparison: all rows as new ones, and one slice."""
    begun = time.perf_counter()
    books_check.check_new_rows()
    books_check.check_slice(merchant)
    return time.perf_counter() - begun


def judged(merchant: Merchant) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(TRUTH)
        planted = set(cursor.fetchall())
    found = set(Case.objects.filter(merchant=merchant).values_list("kind", "subject"))
    right = len(found & planted)
    wrong = f"not found: {sorted(planted - found)[:3]}; too much: {sorted(found - planted)[:3]}"
    return {"precision": right / max(len(found), 1), "recall": right / max(len(planted), 1), "wrong": wrong}


def forget(merchant: Merchant) -> None:
    """Everything of an earlier round; what guards these tables is set aside for that."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("case", "reconciliation", "statement"):
            cursor.execute(f"TRUNCATE wallet_{table} CASCADE")
        cursor.execute("SET session_replication_role = origin")
