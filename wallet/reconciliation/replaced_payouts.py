"""A refused payout, and the payout under another id that replaces it: one case for both, so that nobody pays twice.

They belong together if player, amount, currency and bet agree; or the round, if the refused one names no bet. A bet may
have two payouts of one amount. So a payout replaces one refused payout, and none that the statement lists beside it.
The case stays open: a person decides whether the player is paid.
"""

from __future__ import annotations

from typing import Any

from portal.lib import database
from wallet.models import Case

Kind = Case.Kind
ALONE = (Kind.MISSING_THERE, Kind.MISSING_HERE, Kind.PAYOUT_WITHOUT_BET)  # of a payout that one side has
KINDS = ", ".join(f"'{kind}'" for kind in ALONE)
# What was refused about this day and is not paid under its own id, nor by a correction: the n-th of one bet, player and
# amount has `turn` n, and `since` is when the first of them was refused. Where no bet is named, of one round.
REFUSED = """
    DROP TABLE IF EXISTS pg_temp.reconciliation_refused;
    CREATE TEMP TABLE reconciliation_refused ON COMMIT DROP AS
    SELECT r.*, row_number() OVER (one_payout ORDER BY r.created_at, r.transaction_id) AS turn,
           min(r.created_at) OVER one_payout AS since
      FROM wallet_refusedpayout r
     WHERE r.merchant_id = %(merchant)s AND r.created_at >= %(begin)s - interval '10 days'
       AND r.created_at < %(ready)s + interval '10 days'
       AND (r.ref_transaction_id IS NOT NULL OR r.round_id IS NOT NULL)
       AND NOT EXISTS (SELECT FROM wallet_transaction w
                        WHERE w.merchant_id = r.merchant_id AND w.transaction_id = r.transaction_id AND w.part = 0
                          AND (w.kind = 'correct' OR (w.kind = 'payout' AND w.debit_account_id IS NOT NULL)))
    WINDOW one_payout AS (PARTITION BY r.player_id, r.currency, r.amount, r.ref_transaction_id,
                                       CASE WHEN r.ref_transaction_id IS NULL THEN r.round_id END);
    CREATE INDEX ON reconciliation_refused (transaction_id);
    CREATE INDEX ON reconciliation_refused (ref_transaction_id);
    ANALYZE reconciliation_refused;
"""
# The payout of our ledger that stands for refused payout `r`: the n-th refused one has the n-th that stands since. One
# that was refused itself stands for itself.
REPLACEMENT = """
    SELECT t.transaction_id, t.created_at
      FROM (SELECT t.transaction_id, t.created_at, row_number() OVER (ORDER BY t.id) AS turn
              FROM wallet_transaction t
              JOIN merchants_player p ON p.id = t.player_id AND p.player_id = r.player_id
             WHERE t.merchant_id = r.merchant_id AND t.part = 0 AND t.kind = 'payout'
               AND t.debit_account_id IS NOT NULL AND t.currency = r.currency AND t.amount = r.amount AND t.amount > 0
               AND (t.ref_transaction_id = r.ref_transaction_id
                    OR (r.ref_transaction_id IS NULL AND t.round_id = r.round_id
                        AND NOT EXISTS (SELECT FROM reconciliation_refused x
                                         WHERE x.ref_transaction_id = t.ref_transaction_id
                                           AND x.player_id = r.player_id AND x.currency = r.currency
                                           AND x.amount = r.amount)))
               AND t.created_at > r.since
               AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
               AND NOT EXISTS (SELECT FROM wallet_refusedpayout x
                                WHERE x.merchant_id = t.merchant_id AND x.transaction_id = t.transaction_id)) t
     WHERE t.turn = r.turn AND t.created_at > r.created_at
"""
# Whether the statement has the id: `reconciliation_met` has what one side alone has; `is_here`: our ledger, today.
LISTED = """
    (EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = {id} AND m.t_line IS NOT NULL)
     OR ({is_here} AND NOT EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = {id})))
"""
PAIRS = (
    "DROP TABLE IF EXISTS pg_temp.reconciliation_replaced",
    # What stands in our ledger, and what stands in the statement alone.
    f"""
    CREATE TEMP TABLE reconciliation_replaced ON COMMIT DROP AS
    WITH owed AS (
        SELECT r.*, {LISTED.format(id="r.transaction_id", is_here="false")} AS is_listed
          FROM reconciliation_break b
          JOIN reconciliation_refused r ON r.transaction_id = b.transaction_id
         WHERE b.kind = 'owed'
    ), ours AS (
        SELECT r.transaction_id, x.transaction_id AS other_id
          FROM owed r CROSS JOIN LATERAL ({REPLACEMENT}) x
         WHERE NOT (r.is_listed AND {
             LISTED.format(
                 id="x.transaction_id", is_here="x.created_at >= %(begin)s AND x.created_at < %(end)s"
             )
         })
    ), theirs AS (
        SELECT r.transaction_id, b.transaction_id AS other_id
          FROM (SELECT r.transaction_id, r.player_id, r.currency, r.amount, r.ref_transaction_id,
                       row_number() OVER (PARTITION BY r.player_id, r.currency, r.amount, r.ref_transaction_id
                                          ORDER BY r.created_at, r.transaction_id) AS turn
                  FROM owed r
                 WHERE NOT r.is_listed AND r.transaction_id NOT IN (SELECT o.transaction_id FROM ours o)) r
          JOIN (SELECT b.*, row_number() OVER (
                           PARTITION BY b.player_id, b.currency, b.theirs ->> 'amount', b.theirs ->> 'bet'
                           ORDER BY (b.theirs ->> 'line')::bigint) AS turn
                  FROM reconciliation_break b
                 WHERE b.kind IN ('missing_here', 'payout_without_bet') AND b.theirs ->> 'kind' = 'payout'
                   AND b.ours IS NULL) b
            ON b.player_id = r.player_id AND b.currency = r.currency AND (b.theirs ->> 'amount')::numeric = r.amount
           AND b.theirs ->> 'bet' = r.ref_transaction_id AND b.turn = r.turn
    )
    SELECT o.transaction_id, o.other_id, true AS is_ours FROM ours o
    UNION ALL
    SELECT t.transaction_id, t.other_id, false FROM theirs t
    """,  # noqa: S608 - made of constants
    # One break of both: its difference is what both ids come to in the sums of the day.
    f"""
    WITH gone AS (
        DELETE FROM reconciliation_break b USING reconciliation_replaced p
         WHERE b.transaction_id = p.other_id AND b.kind IN ({KINDS})
        RETURNING p.transaction_id, b.theirs, b.difference
    )
    UPDATE reconciliation_break o
       SET difference = coalesce(g.difference, 0) + coalesce((
               SELECT sum(e.ours - e.theirs) FROM reconciliation_effect e
                WHERE e.owner = o.transaction_id AND e.kind = 'payout' AND e.currency = o.currency), 0),
           ours = CASE WHEN p.is_ours THEN o.ours || jsonb_build_object('replaced_by', p.other_id) ELSE o.ours END,
           theirs = g.theirs || jsonb_build_object('transaction', p.other_id)
      FROM reconciliation_replaced p
      LEFT JOIN gone g ON g.transaction_id = p.transaction_id
     WHERE o.kind = 'owed' AND o.transaction_id = p.transaction_id
    """,  # noqa: S608 - made of constants
)  # fmt: skip
# A refused payout and the other one that are of two days, or of two cases.
LINK = f"""
    WITH near AS MATERIALIZED (
        SELECT c.id, c.day, c.kind, c.subject, c.player_id, c.currency, c.ours, c.theirs FROM wallet_case c
         WHERE c.merchant_id = %(merchant)s AND (c.day = %(day)s OR c.day = ANY (%(neighbours)s))
           AND c.state <> 'resolved' AND c.kind IN ('owed', {KINDS})
    ), pair AS (
        SELECT a.id, a.day, o.id AS other, o.day AS other_day
          FROM near a JOIN near o ON o.subject = a.ours ->> 'replaced_by'
         WHERE a.kind = 'owed' AND o.kind <> 'owed'
        UNION ALL
        SELECT a.id, a.day, o.id, o.day
          FROM near a
          JOIN near o ON o.theirs ->> 'bet' = a.ours ->> 'bet' AND o.theirs ->> 'amount' = a.ours ->> 'amount'
                     AND o.player_id = a.player_id AND o.currency = a.currency
         WHERE a.kind = 'owed' AND NOT a.ours ? 'replaced_by' AND a.theirs IS NULL
           AND o.kind <> 'owed' AND o.ours IS NULL AND o.theirs ->> 'kind' = 'payout' AND o.subject <> a.subject
    )
    UPDATE wallet_case c SET other_id = p.other
      FROM (SELECT DISTINCT ON (each.id) each.id, each.other
              FROM pair CROSS JOIN LATERAL (VALUES (pair.id, pair.other), (pair.other, pair.id)) AS each (id, other)
             WHERE pair.day = %(day)s OR pair.other_day = %(day)s
             ORDER BY each.id, each.other) p
     WHERE c.id = p.id AND c.other_id IS DISTINCT FROM p.other
"""  # noqa: S608 - made of constants
# Days beside this one whose open case does not name the payout of this day that stands for it, or names one that no
# longer stands.
STALE = f"""
    SELECT DISTINCT c.day
      FROM wallet_case c
      JOIN wallet_reconciliation q ON q.id = c.seen_by_id AND q.statement_id IS NOT NULL
      JOIN reconciliation_refused r ON r.transaction_id = c.subject
      LEFT JOIN LATERAL ({REPLACEMENT}) x ON true
     WHERE c.merchant_id = %(merchant)s AND c.day = ANY (%(neighbours)s) AND c.kind = 'owed' AND c.state <> 'resolved'
       AND x.transaction_id IS DISTINCT FROM c.ours ->> 'replaced_by'
       AND (x.transaction_id IS NULL OR (x.created_at >= %(begin)s AND x.created_at < %(end)s))
"""  # noqa: S608 - made of constants


def join_replaced_payouts(values: dict[str, Any], *, is_totals: bool) -> None:
    """Join a refused payout and its replacement into one break. A statement of totals names no payouts."""
    for step in (REFUSED,) if is_totals else (REFUSED, *PAIRS):
        database.run_statement(step, values)
