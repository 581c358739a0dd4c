"""Verification of the ledger from its rows: each check is one statement.

A statement sees one moment of the database, at which the ledger must balance. Every balance is the sum of its rows, and
both sides of a row have one merchant and currency. So the players' balances and their counter accounts sum to 0 for
each merchant and currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

from django.db import connection, transaction

from merchants.models import Merchant
from portal.lib import database

SHOWN = 100
OF_MERCHANT = "(%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)"
ROOM_TO_WORK = "SET LOCAL work_mem = '128MB'"

SIZE = """
    SELECT (SELECT count(*) FROM wallet_account a
             WHERE a.kind = 'player' AND (%(merchant)s::bigint IS NULL OR a.merchant_id = %(merchant)s)),
           (SELECT count(*) FROM wallet_transaction t
             WHERE %(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
"""
DIFFERENCES = """
    WITH moved AS (
        SELECT side.account, sum(side.delta) AS net
          FROM (SELECT t.merchant_id, t.debit_account_id AS account, -t.amount AS delta FROM wallet_transaction t
                UNION ALL
                SELECT t.merchant_id, t.credit_account_id, t.amount FROM wallet_transaction t) side
         WHERE side.account IS NOT NULL AND (%(merchant)s::bigint IS NULL OR side.merchant_id = %(merchant)s)
         GROUP BY side.account
    ), held AS (
        SELECT a.* FROM wallet_account a WHERE %(merchant)s::bigint IS NULL OR a.merchant_id = %(merchant)s
    )
    SELECT coalesce(h.id, m.account), c.code, p.player_id, h.currency, h.balance, coalesce(m.net, 0)::bigint,
           count(*) OVER ()
      FROM moved m
      FULL JOIN held h ON h.id = m.account
      LEFT JOIN merchants_merchant c ON c.id = h.merchant_id
      LEFT JOIN merchants_player p ON p.id = h.player_id
     WHERE h.id IS NULL OR (h.kind = 'player' AND h.balance <> coalesce(m.net, 0))
     ORDER BY 1 LIMIT %(shown)s
"""
# A row keeps its player's balance after it; parts of a rollback keep none and are carried through the sum. Where a
# balance is off the sum by another amount than the balance before it, something between the two was changed.
GAPS = """
    WITH moves AS (
        SELECT t.id, a.id AS account, t.merchant_id, t.player_id, t.currency, t.balance,
               sum(CASE a.id WHEN t.credit_account_id THEN t.amount WHEN t.debit_account_id THEN -t.amount ELSE 0 END)
                   OVER (PARTITION BY t.player_id, t.currency ORDER BY t.id ROWS UNBOUNDED PRECEDING) AS net
          FROM wallet_transaction t
          LEFT JOIN wallet_account a ON a.player_id = t.player_id AND a.currency = t.currency AND a.kind = 'player'
         WHERE t.currency IS NOT NULL AND (%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
    ), kept AS (
        SELECT m.*, lag(m.balance - m.net, 1, 0) OVER (PARTITION BY m.player_id, m.currency ORDER BY m.id) AS beyond
          FROM moves m WHERE m.balance IS NOT NULL
    )
    SELECT k.account, c.code, p.player_id, k.currency, k.id, k.balance, (k.net + k.beyond)::bigint, count(*) OVER ()
      FROM kept k
      LEFT JOIN merchants_merchant c ON c.id = k.merchant_id
      LEFT JOIN merchants_player p ON p.id = k.player_id
     WHERE k.balance - k.net <> k.beyond
     ORDER BY k.id LIMIT %(shown)s
"""
NAMES_NOBODY = "names a merchant, player, game, session or secret that does not exist"
PAID_ON_ROLLED_BACK = "pays on a bet that was rolled back"
NO_BALANCE = "moves money, but has no balance after it"
# Each gives the rows that break it, and how many there are.
RULES = {
    NAMES_NOBODY: """
        SELECT t.id, count(*) OVER ()
          FROM wallet_transaction t
          LEFT JOIN merchants_player p ON p.id = t.player_id AND p.merchant_id = t.merchant_id
          LEFT JOIN merchants_game g ON g.id = t.game_id
          LEFT JOIN wallet_session s ON s.id = t.session_id
          LEFT JOIN merchants_secret k ON k.id = t.secret_id
         WHERE (%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
           AND (p.id IS NULL OR (k.id IS NULL AND t.kind <> 'correct') OR (t.game_id IS NOT NULL AND g.id IS NULL)
                OR (t.session_id IS NOT NULL AND s.id IS NULL))
         ORDER BY t.id LIMIT %(shown)s
    """,
    "does not connect an account of its player with a house account of the same merchant and currency": """
        SELECT t.id, count(*) OVER ()
          FROM wallet_transaction t
          LEFT JOIN wallet_account d ON d.id = t.debit_account_id
          LEFT JOIN wallet_account c ON c.id = t.credit_account_id
         WHERE (%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
           AND t.debit_account_id IS NOT NULL
           AND (d.merchant_id, c.merchant_id, d.currency, c.currency, coalesce(d.player_id, c.player_id),
                num_nonnulls(d.player_id, c.player_id))
               IS DISTINCT FROM (t.merchant_id, t.merchant_id, t.currency, t.currency, t.player_id, 1)
         ORDER BY t.id LIMIT %(shown)s
    """,
    "reverses another row, but is not its mirror image": """
        SELECT t.id, count(*) OVER ()
          FROM wallet_transaction t
          LEFT JOIN wallet_transaction o ON o.id = t.reverses_id
         WHERE (%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
           AND t.reverses_id IS NOT NULL
           AND (t.kind, t.merchant_id, t.player_id, t.currency, t.amount, t.debit_account_id, t.credit_account_id)
               IS DISTINCT FROM ('rollback', o.merchant_id, o.player_id, o.currency, o.amount, o.credit_account_id,
                                 o.debit_account_id)
         ORDER BY t.id LIMIT %(shown)s
    """,
    "does not match a correction that two people made for its case": """
        SELECT t.id, count(*) OVER ()
          FROM wallet_transaction t
          LEFT JOIN wallet_correction k ON k.transaction_id = t.id
         WHERE (%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
           AND t.kind = 'correct'
           AND CASE t.part WHEN 0 THEN NOT EXISTS (
                   SELECT FROM wallet_correction x
                    WHERE x.case_id = t.case_id AND x.merchant_id = t.merchant_id AND x.player_id = t.player_id
                      AND x.approved_by_id <> x.asked_by_id)
               ELSE (k.merchant_id, k.case_id, k.player_id, k.currency, k.amount)
                IS DISTINCT FROM (t.merchant_id, t.case_id, t.player_id, t.currency, t.amount)
                OR (k.approved_by_id <> k.asked_by_id) IS NOT TRUE END
         ORDER BY t.id LIMIT %(shown)s
    """,
    NO_BALANCE: """
        SELECT t.id, count(*) OVER ()
          FROM wallet_transaction t
         WHERE (%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
           AND t.debit_account_id IS NOT NULL AND t.kind <> 'rollback' AND t.balance IS NULL
         ORDER BY t.id LIMIT %(shown)s
    """,
    PAID_ON_ROLLED_BACK: """
        SELECT t.id, count(*) OVER ()
          FROM wallet_transaction r
          JOIN wallet_transaction b ON b.id = r.reverses_id AND b.kind = 'bet'
          JOIN wallet_transaction t ON t.merchant_id = b.merchant_id AND t.ref_transaction_id = b.transaction_id
                                   AND t.kind = 'payout' AND t.debit_account_id IS NOT NULL
         WHERE (%(merchant)s::bigint IS NULL OR t.merchant_id = %(merchant)s)
           AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
         ORDER BY t.id LIMIT %(shown)s
    """,
}


class BalanceDifference(NamedTuple):
    """An account whose balance is not the sum of its rows. Without a merchant: the account does not exist."""

    account: int
    merchant: str | None
    player: str | None
    currency: str | None
    balance: int | None
    rows: int


class BalanceGap(NamedTuple):
    """A row whose balance does not follow from the previous row of the same account."""

    account: int | None
    merchant: str | None
    player: str | None
    currency: str
    row: int
    balance: int
    expected: int


class Breach(NamedTuple):
    """A broken rule: the number of rows that break it, and the ids of the first."""

    rule: str
    rows: int
    ids: list[int]


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    accounts: int
    rows: int
    seconds: float
    differing: int
    differences: list[BalanceDifference]  # the first of them
    gap_rows: int
    gaps: list[BalanceGap]  # the first of them
    breaches: list[Breach]

    @property
    def holds(self) -> bool:
        return not self.differences and not self.gaps and not self.breaches


def scoped_question(sql: str, scope: str) -> str:
    """Return the SQL of a check for the rows `t` of a scope, in place of one merchant's or all."""
    return sql.replace(OF_MERCHANT, f"({scope})")


def merge_verdicts(verdicts: Iterable[LedgerVerdict]) -> LedgerVerdict:
    """Return the findings of several checks as one."""
    each = list(verdicts)
    return LedgerVerdict(
        accounts=sum(one.accounts for one in each),
        rows=sum(one.rows for one in each),
        seconds=sum(one.seconds for one in each),
        differing=sum(one.differing for one in each),
        differences=[found for one in each for found in one.differences],
        gap_rows=sum(one.gap_rows for one in each),
        gaps=[found for one in each for found in one.gaps],
        breaches=[found for one in each for found in one.breaches],
    )


@transaction.atomic
def verify_rows(merchant: Merchant | None = None) -> LedgerVerdict:
    """Verify all rows of one merchant, or of all merchants."""
    started = perf_counter()
    of = {"merchant": merchant and merchant.pk, "shown": SHOWN}
    with connection.cursor() as cursor:
        cursor.execute(ROOM_TO_WORK)
    [(accounts, rows)] = database.fetch_rows(SIZE, of)
    found, gaps = database.fetch_rows(DIFFERENCES, of), database.fetch_rows(GAPS, of)
    breaches = [_breach(rule, broken) for rule, sql in RULES.items() if (broken := database.fetch_rows(sql, of))]
    return LedgerVerdict(
        accounts=accounts,
        rows=rows,
        seconds=perf_counter() - started,
        differing=found[0][-1] if found else 0,
        differences=[BalanceDifference(*row[:-1]) for row in found],
        gap_rows=gaps[0][-1] if gaps else 0,
        gaps=[BalanceGap(*row[:-1]) for row in gaps],
        breaches=breaches,
    )


def _breach(rule: str, broken: list[tuple[Any, ...]]) -> Breach:
    return Breach(rule, broken[0][1], [row[0] for row in broken])
