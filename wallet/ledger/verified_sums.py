"""Verification of a part of the rows: new rows once, and a slice of the players each night.

`AccountProof` holds each player account's verified sum up to the watermark. So a night reads the rows of one day, all
balances and one slice of the older rows, not the whole ledger.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.db import transaction

from merchants.models import Merchant, Player
from merchants.services import horizon
from portal.lib import clock, database
from wallet.ledger import verification
from wallet.ledger.verification import BalanceDifference, BalanceGap, Breach, LedgerVerdict
from wallet.models import AccountProof, BooksSlice, Watermark

SLICES = 28  # nights until each row was read again
AT_ONCE = 200_000  # rows that one transaction verifies
PATIENCE_SECONDS = 5.0
NEW, OF_PLAYERS = "t.id > %(after)s AND t.id <= %(upto)s", "t.player_id = ANY (%(players)s)"
UNDONE_NOW = "r.id > %(after)s AND r.id <= %(upto)s"  # by a new rollback, of an old bet with an old payout

MOVES = """
    SELECT t.id, a.id AS account, t.merchant_id, t.player_id, t.currency, t.balance,
           coalesce(p.total, 0)
             + sum(CASE a.id WHEN t.credit_account_id THEN t.amount WHEN t.debit_account_id THEN -t.amount ELSE 0 END)
                   OVER (PARTITION BY t.player_id, t.currency ORDER BY t.id ROWS UNBOUNDED PRECEDING) AS net,
           coalesce(p.beyond, 0) AS beyond_before
      FROM wallet_transaction t
      LEFT JOIN wallet_account a ON a.player_id = t.player_id AND a.currency = t.currency AND a.kind = 'player'
      LEFT JOIN wallet_accountproof p ON p.account_id = a.id
     WHERE t.currency IS NOT NULL AND t.id > %(after)s AND t.id <= %(upto)s
"""
GAPS = f"""
    WITH moves AS ({MOVES}), kept AS (
        SELECT m.*, lag(m.balance - m.net, 1, m.beyond_before)
                        OVER (PARTITION BY m.player_id, m.currency ORDER BY m.id) AS beyond
          FROM moves m WHERE m.balance IS NOT NULL
    )
    SELECT k.account, c.code, p.player_id, k.currency, k.id, k.balance, (k.net + k.beyond)::bigint, count(*) OVER ()
      FROM kept k
      LEFT JOIN merchants_merchant c ON c.id = k.merchant_id
      LEFT JOIN merchants_player p ON p.id = k.player_id
     WHERE k.balance - k.net <> k.beyond
     ORDER BY k.id LIMIT %(shown)s
"""
# A gap is found once: the rows after it go on from where it left the balance.
GO_ON_FROM_GAPS = f"""
    INSERT INTO wallet_accountproof (account_id, merchant_id, total, beyond)
    SELECT DISTINCT ON (m.account) m.account, m.merchant_id, 0, m.balance - m.net
      FROM ({MOVES}) m
     WHERE m.balance IS NOT NULL AND m.account IS NOT NULL
     ORDER BY m.account, m.id DESC
    ON CONFLICT (account_id) DO UPDATE SET beyond = excluded.beyond
"""
SIDES = """
    SELECT side.account, min(side.merchant_id) AS merchant_id, sum(side.delta) AS net
      FROM (SELECT t.merchant_id, t.debit_account_id AS account, -t.amount AS delta FROM wallet_transaction t
             WHERE {scope}
            UNION ALL
            SELECT t.merchant_id, t.credit_account_id, t.amount FROM wallet_transaction t WHERE {scope}) side
     WHERE side.account IS NOT NULL
     GROUP BY side.account
"""
PROVE = f"""
    INSERT INTO wallet_accountproof (account_id, merchant_id, total)
    SELECT s.account, s.merchant_id, s.net
      FROM ({SIDES.format(scope=NEW)}) s
      LEFT JOIN wallet_account a ON a.id = s.account
     WHERE a.id IS NULL OR a.kind = 'player'
    ON CONFLICT (account_id) DO UPDATE SET total = wallet_accountproof.total + excluded.total
"""
# One statement, so that balances and rows are of one moment.
BALANCES = f"""
    SELECT coalesce(h.id, p.account_id), c.code, l.player_id, h.currency, h.balance,
           (coalesce(p.total, 0) + coalesce(s.net, 0))::bigint, count(*) OVER ()
      FROM (SELECT a.* FROM wallet_account a WHERE a.kind = 'player') h
      FULL JOIN wallet_accountproof p ON p.account_id = h.id
      LEFT JOIN ({SIDES.format(scope="t.id > (SELECT m.upto FROM wallet_mark m WHERE m.source = 'books')")}) s
        ON s.account = coalesce(h.id, p.account_id)
      LEFT JOIN merchants_merchant c ON c.id = coalesce(h.merchant_id, p.merchant_id)
      LEFT JOIN merchants_player l ON l.id = h.player_id
     WHERE h.id IS NULL OR h.balance <> coalesce(p.total, 0) + coalesce(s.net, 0)
     ORDER BY 1 LIMIT %(shown)s
"""
DIFFERENCES_OF_PLAYERS = f"""
    SELECT h.id, c.code, l.player_id, h.currency, h.balance, coalesce(s.net, 0)::bigint, count(*) OVER ()
      FROM wallet_account h
      LEFT JOIN ({SIDES.format(scope=OF_PLAYERS)}) s ON s.account = h.id
      JOIN merchants_merchant c ON c.id = h.merchant_id
      JOIN merchants_player l ON l.id = h.player_id
     WHERE h.kind = 'player' AND h.player_id = ANY (%(players)s) AND h.balance <> coalesce(s.net, 0)
     ORDER BY 1 LIMIT %(shown)s
"""
PROVE_AGAIN = """
    WITH moves AS (
        SELECT t.id, a.id AS account, t.balance,
               sum(CASE a.id WHEN t.credit_account_id THEN t.amount WHEN t.debit_account_id THEN -t.amount ELSE 0 END)
                   OVER (PARTITION BY t.player_id, t.currency ORDER BY t.id ROWS UNBOUNDED PRECEDING) AS net
          FROM wallet_transaction t
          JOIN wallet_account a ON a.player_id = t.player_id AND a.currency = t.currency AND a.kind = 'player'
         WHERE t.player_id = ANY (%(players)s) AND t.id <= %(upto)s
    ), total AS (
        SELECT DISTINCT ON (m.account) m.account, m.net FROM moves m ORDER BY m.account, m.id DESC
    ), off AS (
        SELECT DISTINCT ON (m.account) m.account, m.balance - m.net AS beyond
          FROM moves m WHERE m.balance IS NOT NULL ORDER BY m.account, m.id DESC
    )
    UPDATE wallet_accountproof p SET total = t.net, beyond = coalesce(o.beyond, 0)
      FROM total t LEFT JOIN off o ON o.account = t.account
     WHERE p.account_id = t.account AND (p.total, p.beyond) IS DISTINCT FROM (t.net, coalesce(o.beyond, 0))
"""
# By rows and not by ids: between two ids there may be any number of others that no row has.
NEXT = """
    SELECT max(n.id) FROM (SELECT t.id FROM wallet_transaction t WHERE t.id > %(after)s AND t.id <= %(settled)s
                            ORDER BY t.id LIMIT %(at_once)s) n
"""
# A row of no player is in nobody's slice. Looked for between the ids of players, by the index of a player's rows.
OF_NOBODY = """
    SELECT t.id, count(*) OVER ()
      FROM (SELECT k.id AS above, lead(k.id, 1, 9223372036854775807) OVER (ORDER BY k.id) AS below
              FROM (SELECT p.id FROM merchants_player p UNION ALL SELECT '-9223372036854775808'::bigint) k) gap
     CROSS JOIN LATERAL (SELECT r.id FROM wallet_transaction r
                          WHERE r.player_id > gap.above AND r.player_id < gap.below LIMIT %(shown)s) t
     WHERE gap.below > gap.above + 1
     ORDER BY t.id LIMIT %(shown)s
"""
HOLD_THE_MARK = "SELECT upto FROM wallet_mark WHERE source = 'books' FOR SHARE"
PLAYERS = "SELECT p.id FROM merchants_player p WHERE p.merchant_id = %(merchant)s AND p.id %% %(slices)s = %(number)s"


def new_rows_settled() -> int:
    """Return the id up to which rows can be verified: no transaction writes below it."""
    return horizon.settled_ids({"wallet_transaction": "id"}, patience=PATIENCE_SECONDS)["wallet_transaction"]


@transaction.atomic
def verify_next_rows(settled: int) -> LedgerVerdict | None:
    """Verify the next rows behind the watermark and move it; None when there are none."""
    started, mark = perf_counter(), Watermark.objects.select_for_update().get(source=Watermark.Source.BOOKS)
    [[upto]] = database.fetch_rows(NEXT, {"after": mark.upto, "settled": settled, "at_once": AT_ONCE})
    if upto is None:
        return None
    values = {"after": mark.upto, "upto": upto, "shown": verification.SHOWN}
    gaps = database.fetch_rows(GAPS, values)
    if gaps:
        database.run_statement(GO_ON_FROM_GAPS, values)
    database.run_statement(PROVE, values)
    breaches = [*_breaches(NEW, values), *_breaches(UNDONE_NOW, values, only=verification.PAID_ON_ROLLED_BACK)]
    rows = database.fetch_rows("SELECT count(*) FROM wallet_transaction t WHERE " + NEW, values)[0][0]
    mark.upto = upto
    mark.save(update_fields=["upto"])
    return _verdict(started, rows=rows, gaps=gaps, breaches=breaches)


@transaction.atomic
def verify_balances() -> LedgerVerdict:
    """Compare the balance of every account with its verified sum plus the rows behind the watermark.

    Also find rows of players that do not exist, which no slice reads.
    """
    started, values = perf_counter(), {"shown": verification.SHOWN}
    found, strangers = database.fetch_rows(BALANCES, values), database.fetch_rows(OF_NOBODY, values)
    breaches = [Breach(verification.NAMES_NOBODY, strangers[0][1], [row[0] for row in strangers])] if strangers else []
    return _verdict(started, differences=found, breaches=breaches, accounts=AccountProof.objects.count())


def verify_players(merchant: Merchant, players: list[int]) -> LedgerVerdict:
    """Verify all rows of some players from the first on, and store their sums again. Needs a transaction."""
    started = perf_counter()
    [[upto]] = database.fetch_rows(HOLD_THE_MARK, {})
    values = {"players": players, "upto": upto, "shown": verification.SHOWN}
    verdict = _verdict(
        started,
        differences=database.fetch_rows(DIFFERENCES_OF_PLAYERS, values),
        gaps=database.fetch_rows(verification.scoped_question(verification.GAPS, OF_PLAYERS), values),
        breaches=_breaches(OF_PLAYERS, values),
    )
    database.run_statement(PROVE_AGAIN, values)
    return verdict


def next_players(state: BooksSlice) -> list[int]:
    """Return the keys of the next players to verify."""
    values = {"merchant": state.merchant_id, "slices": SLICES, "number": state.number % SLICES}
    return [key for [key] in database.fetch_rows(PLAYERS, values)]


def end_slice(state: BooksSlice) -> None:
    """Record that the slice was verified now, and move to the next one."""
    state.number, state.checked_at = (state.number + 1) % SLICES, clock.now()
    state.save()


def player_keys(verdict: LedgerVerdict) -> dict[int, int]:
    """Return the player's number of each account with a difference."""
    accounts = [found.account for found in verdict.differences]
    return dict(Player.objects.filter(accounts__in=accounts).values_list("accounts__pk", "pk"))


def _verdict(
    started: float,
    *,
    accounts: int = 0,
    rows: int = 0,
    differences: list[tuple[Any, ...]] | None = None,
    gaps: list[tuple[Any, ...]] | None = None,
    breaches: list[Breach] | None = None,
) -> LedgerVerdict:
    return LedgerVerdict(
        accounts=accounts,
        rows=rows,
        seconds=perf_counter() - started,
        differing=differences[0][-1] if differences else 0,
        differences=[BalanceDifference(*row[:-1]) for row in differences or []],
        gap_rows=gaps[0][-1] if gaps else 0,
        gaps=[BalanceGap(*row[:-1]) for row in gaps or []],
        breaches=breaches or [],
    )


def _breaches(scope: str, values: dict[str, Any], *, only: str = "") -> list[Breach]:
    rules = {rule: sql for rule, sql in verification.RULES.items() if not only or rule == only}
    found = (
        (rule, database.fetch_rows(verification.scoped_question(sql, scope), values)) for rule, sql in rules.items()
    )
    return [Breach(rule, rows[0][1], [row[0] for row in rows]) for rule, rows in found if rows]
