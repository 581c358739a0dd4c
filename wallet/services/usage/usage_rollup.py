"""Sums the use of secrets by hour from the request log and the ledger, a few thousand rows at a time.

Corrections belong to no secret and are in no sum. Bets pay nothing: there is no index and no trigger, and a job reads
the rows behind the watermark by primary key. Readers (usage_totals.py) add those rows to the sums. So they are exact
whether the job runs or not; without the job they are slower.
"""

from __future__ import annotations

from django.db import connection, transaction

from merchants.services import horizon
from wallet.models import Watermark
from wallet.services.log.log_search import REFUSED_UNSIGNED

AT_ONCE = 20_000  # rows that one transaction sums up
PATIENCE_SECONDS = 5.0
TABLES = {
    Watermark.Source.CALLS: "wallet_signedrequest",
    Watermark.Source.MOVEMENTS: "wallet_transaction",
    Watermark.Source.GAMING: "wallet_transaction",
}

# What a ledger row `t` is summed up as (MovementHour.Kind): a rollback as what it reverses.
KIND = """
    CASE WHEN t.debit_account_id IS NULL THEN 'nothing'
         WHEN t.kind <> 'rollback' THEN t.kind
         ELSE (SELECT o.kind || '_back' FROM wallet_transaction o WHERE o.id = t.reverses_id) END
"""
AMOUNT = "CASE WHEN t.debit_account_id IS NULL THEN 0 ELSE t.amount END"
# A bet `t` that was taken, was not rolled back, and has no payout that stands. A payout of 0 settles.
IS_OPEN = """
    t.kind = 'bet' AND t.debit_account_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
    AND NOT EXISTS (SELECT FROM wallet_transaction o
                     WHERE o.merchant_id = t.merchant_id AND o.ref_transaction_id = t.transaction_id
                       AND o.kind = 'payout' AND o.debit_account_id IS NOT NULL
                       AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = o.id))
"""


def touched_bets(window: str) -> str:
    """Return the SQL of the bets that the ledger rows in `window` touched. `window`: a condition on `r`."""
    return f"""
        SELECT r.id FROM wallet_transaction r
         WHERE {window} AND r.kind = 'bet' AND r.debit_account_id IS NOT NULL
        UNION
        SELECT b.id FROM wallet_transaction r
          JOIN wallet_transaction b ON b.merchant_id = r.merchant_id AND b.transaction_id = r.ref_transaction_id
                                   AND b.part = 0 AND b.kind = 'bet'
         WHERE {window} AND r.kind = 'payout' AND r.debit_account_id IS NOT NULL
        UNION
        SELECT coalesce(b.id, o.id) FROM wallet_transaction r
          JOIN wallet_transaction o ON o.id = r.reverses_id
          LEFT JOIN wallet_transaction b ON o.kind = 'payout' AND b.merchant_id = o.merchant_id
                                        AND b.transaction_id = o.ref_transaction_id AND b.part = 0
         WHERE {window} AND r.reverses_id IS NOT NULL AND o.kind IN ('bet', 'payout')
    """


IN_WINDOW = "r.id > %(after)s AND r.id <= %(upto)s"
CALLS = """
    INSERT INTO wallet_callhour AS h (secret_id, hour, address, endpoint, status, calls, first_at, last_at)
    SELECT r.secret_id, date_trunc('hour', r.created_at, 'UTC'), r.address, rtrim(r.endpoint, '/'), r.status, count(*),
           min(r.created_at), max(r.created_at)
      FROM wallet_signedrequest r
     WHERE r.id > %(after)s AND r.id <= %(upto)s AND r.secret_id IS NOT NULL AND r.address IS NOT NULL
     GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (secret_id, hour, address, endpoint, status) DO UPDATE
       SET calls = h.calls + excluded.calls, first_at = least(h.first_at, excluded.first_at),
           last_at = greatest(h.last_at, excluded.last_at)
"""
MERCHANTS = f"""
    INSERT INTO wallet_merchanthour AS h (merchant_id, hour, status, signed, calls)
    SELECT coalesce(r.merchant_id, k.merchant_id), date_trunc('hour', r.created_at, 'UTC'), r.status,
           r.merchant_id IS NOT NULL, count(*)
      FROM wallet_signedrequest r
      LEFT JOIN merchants_apikey k ON {REFUSED_UNSIGNED} AND k.auth_key = r.auth_key
     WHERE {IN_WINDOW} AND coalesce(r.merchant_id, k.merchant_id) IS NOT NULL
     GROUP BY 1, 2, 3, 4
    ON CONFLICT (merchant_id, hour, status, signed) DO UPDATE SET calls = h.calls + excluded.calls
"""
MOVEMENTS = f"""
    INSERT INTO wallet_movementhour AS h (secret_id, hour, address, kind, currency, moves, amount, first_at, last_at)
    SELECT t.secret_id, date_trunc('hour', t.created_at, 'UTC'), t.address, {KIND}, coalesce(t.currency, ''),
           count(*), sum({AMOUNT}), min(t.created_at), max(t.created_at)
      FROM wallet_transaction t
     WHERE t.id > %(after)s AND t.id <= %(upto)s AND t.kind <> 'correct'
     GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (secret_id, hour, address, kind, currency) DO UPDATE
       SET moves = h.moves + excluded.moves, amount = h.amount + excluded.amount,
           first_at = least(h.first_at, excluded.first_at), last_at = greatest(h.last_at, excluded.last_at)
"""
PLAYERS = """
    INSERT INTO wallet_playerday AS p (secret_id, day, player_id, first_at, last_at)
    SELECT t.secret_id, date_trunc('day', t.created_at, 'UTC'), t.player_id, min(t.created_at), max(t.created_at)
      FROM wallet_transaction t
     WHERE t.id > %(after)s AND t.id <= %(upto)s AND t.kind <> 'correct'
     GROUP BY 1, 2, 3
    ON CONFLICT (secret_id, day, player_id) DO UPDATE
       SET first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at)
"""
# What settles or takes back a bet comes after it: of the bets in the window only the rows of the window need to be
# looked at, of older ones only those that are open. Only a payout taken back is looked up in the whole ledger.
SETTLED = f"""
    DELETE FROM wallet_openbet b USING wallet_transaction r
     WHERE {IN_WINDOW} AND r.kind = 'payout' AND r.debit_account_id IS NOT NULL
       AND b.merchant_id = r.merchant_id AND b.transaction_id = r.ref_transaction_id
"""
TAKEN_BACK = f"DELETE FROM wallet_openbet b USING wallet_transaction r WHERE {IN_WINDOW} AND b.bet_id = r.reverses_id"
NEW_BETS = f"""
      WITH w AS MATERIALIZED (
        SELECT r.* FROM wallet_transaction r WHERE {IN_WINDOW} AND r.debit_account_id IS NOT NULL
    )
    INSERT INTO wallet_openbet
           (bet_id, secret_id, merchant_id, player_id, game_id, transaction_id, currency, amount, created_at)
    SELECT t.id, t.secret_id, t.merchant_id, t.player_id, t.game_id, t.transaction_id, t.currency, t.amount,
           t.created_at
      FROM w t
     WHERE t.kind = 'bet'
       AND NOT EXISTS (SELECT FROM w o WHERE o.kind = 'payout' AND o.merchant_id = t.merchant_id
                                         AND o.ref_transaction_id = t.transaction_id)
       AND NOT EXISTS (SELECT FROM w u WHERE u.reverses_id = t.id)
"""
PAYOUT_TAKEN_BACK = f"""
    INSERT INTO wallet_openbet
           (bet_id, secret_id, merchant_id, player_id, game_id, transaction_id, currency, amount, created_at)
    SELECT DISTINCT t.id, t.secret_id, t.merchant_id, t.player_id, t.game_id, t.transaction_id, t.currency, t.amount,
           t.created_at
      FROM wallet_transaction r
      JOIN wallet_transaction o ON o.id = r.reverses_id AND o.kind = 'payout'
      JOIN wallet_transaction t ON t.merchant_id = o.merchant_id AND t.transaction_id = o.ref_transaction_id
                               AND t.part = 0
     WHERE {IN_WINDOW} AND {IS_OPEN}
        ON CONFLICT DO NOTHING
"""
# What each ledger row `t` of a game adds: a rollback takes off what it reverses, on its own day.
GAMING_ROWS = """
    SELECT t.merchant_id, (t.created_at AT TIME ZONE 'UTC')::date AS day, coalesce(o.game_id, t.game_id) AS game_id,
           t.player_id, t.currency, g.sign * (g.kind = 'bet')::int AS bets,
           CASE g.kind WHEN 'bet' THEN g.sign * t.amount::numeric ELSE 0 END AS stakes,
           CASE g.kind WHEN 'payout' THEN g.sign * t.amount::numeric ELSE 0 END AS payouts,
           CASE g.kind WHEN 'reward' THEN g.sign * t.amount::numeric ELSE 0 END AS rewards
      FROM wallet_transaction t
      LEFT JOIN wallet_transaction o ON t.kind = 'rollback' AND o.id = t.reverses_id
     CROSS JOIN LATERAL (
        SELECT coalesce(o.kind, t.kind) AS kind, CASE t.kind WHEN 'rollback' THEN -1 ELSE 1 END AS sign) g
     WHERE t.debit_account_id IS NOT NULL AND g.kind IN ('bet', 'payout', 'reward')
       AND coalesce(o.game_id, t.game_id) IS NOT NULL
"""
GAMING = """
    INSERT INTO {table} AS d (merchant_id, day, {of}, currency, bets, stakes, payouts, rewards)
    SELECT r.merchant_id, r.day, r.{of}, r.currency, sum(r.bets), sum(r.stakes), sum(r.payouts), sum(r.rewards)
      FROM ({rows} AND t.id > %(after)s AND t.id <= %(upto)s) r
     GROUP BY 1, 2, 3, 4
    ON CONFLICT (merchant_id, day, {of}, currency) DO UPDATE
       SET bets = d.bets + excluded.bets, stakes = d.stakes + excluded.stakes,
           payouts = d.payouts + excluded.payouts, rewards = d.rewards + excluded.rewards
"""
GAMES = GAMING.format(table="wallet_gameday", of="game_id", rows=GAMING_ROWS)
GAMERS = GAMING.format(table="wallet_playergamingday", of="player_id", rows=GAMING_ROWS)
STEPS = {
    Watermark.Source.CALLS: (CALLS, MERCHANTS),
    Watermark.Source.MOVEMENTS: (MOVEMENTS, PLAYERS, SETTLED, TAKEN_BACK, NEW_BETS, PAYOUT_TAKEN_BACK),
    Watermark.Source.GAMING: (GAMES, GAMERS),
}


def sum_up(source: Watermark.Source, *, at_once: int = AT_ONCE, most_batches: int | None = None) -> int:
    """Sum every settled row behind the watermark; return how many rows."""
    newest = last_settled_id(TABLES[source])
    passed = batches = 0
    while most_batches is None or batches < most_batches:
        step = _step(source, newest, at_once)
        if not step:
            break
        passed, batches = passed + step, batches + 1
    return passed


@transaction.atomic
def _step(source: Watermark.Source, newest: int, at_once: int) -> int:
    """One batch, and the mark with it. Of two jobs, one waits until the other has done; readers do not wait."""
    mark = Watermark.objects.select_for_update().get(source=source)
    if mark.upto >= newest:
        return 0
    window = {"after": mark.upto, "upto": min(newest, mark.upto + at_once)}
    with connection.cursor() as cursor:
        for statement in STEPS[source]:
            cursor.execute(statement, window)
    mark.upto = window["upto"]
    mark.save(update_fields=["upto"])
    return window["upto"] - window["after"]


def last_settled_id(table: str) -> int:
    """Return the newest settled id of a table."""
    return horizon.settled_ids({table: "id"}, patience=PATIENCE_SECONDS)[table]
