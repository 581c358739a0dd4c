"""A refused payout, and the payout under another id that stands for it: one case of both, so that nobody pays twice.

They belong together where player, amount, currency and bet agree; where the refused one names no bet, the round. A bet
may have two payouts of one amount, so a payout replaces one refused payout, and none that the statement has beside it.
The case stays open: whether the player is paid is for a person to say.
"""

from __future__ import annotations

from typing import Any

from portal.lib import database
from wallet.models import Case

Kind = Case.Kind
ALONE = (Kind.MISSING_THERE, Kind.MISSING_HERE, Kind.PAYOUT_WITHOUT_BET)  # of a payout that one side has
KINDS = ", ".join(f"'{kind}'" for kind in ALONE)
# Refused payouts `{other}` that are of the same money as `{row}`: any of them may be the one that came again.
OF_ONE_PAYOUT = """
    {other}.merchant_id = {row}.merchant_id AND {other}.player_id = {row}.player_id
    AND {other}.currency = {row}.currency AND {other}.amount = {row}.amount
    AND ({other}.ref_transaction_id = {row}.ref_transaction_id
         OR ({other}.ref_transaction_id IS NULL AND {row}.ref_transaction_id IS NULL
             AND {other}.round_id = {row}.round_id))
"""
# The payout of our ledger that stands for refused payout `r`: the n-th refused one has the n-th that stands since. One
# that was refused itself stands for itself, and what a correction has settled is paid.
REPLACEMENT = f"""
    SELECT t.transaction_id, t.created_at
      FROM (SELECT count(*) FILTER (WHERE (o.created_at, o.transaction_id) < (r.created_at, r.transaction_id)) AS turn,
                   min(o.created_at) AS since
              FROM wallet_refusedpayout o
             WHERE {OF_ONE_PAYOUT.format(other="o", row="r")}
               AND NOT EXISTS (SELECT FROM wallet_transaction w
                                WHERE w.merchant_id = o.merchant_id AND w.transaction_id = o.transaction_id
                                  AND w.part = 0 AND (w.kind = 'correct' OR (w.kind = 'payout'
                                                      AND w.debit_account_id IS NOT NULL)))) n
     CROSS JOIN LATERAL (
            SELECT t.transaction_id, t.created_at, row_number() OVER (ORDER BY t.id) - 1 AS turn
              FROM wallet_transaction t
              JOIN merchants_player p ON p.id = t.player_id AND p.player_id = r.player_id
             WHERE t.merchant_id = r.merchant_id AND t.part = 0 AND t.kind = 'payout'
               AND t.debit_account_id IS NOT NULL AND t.currency = r.currency AND t.amount = r.amount AND t.amount > 0
               AND (t.ref_transaction_id = r.ref_transaction_id
                    OR (r.ref_transaction_id IS NULL AND t.round_id = r.round_id
                        AND NOT EXISTS (SELECT FROM wallet_refusedpayout x
                                         WHERE x.merchant_id = t.merchant_id
                                           AND x.ref_transaction_id = t.ref_transaction_id
                                           AND x.player_id = r.player_id AND x.currency = r.currency
                                           AND x.amount = r.amount)))
               AND t.created_at > n.since
               AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
               AND NOT EXISTS (SELECT FROM wallet_refusedpayout x
                                WHERE x.merchant_id = t.merchant_id AND x.transaction_id = t.transaction_id)
           ) t
     WHERE t.turn = n.turn AND t.created_at > r.created_at
       AND NOT EXISTS (SELECT FROM wallet_transaction w
                        WHERE w.merchant_id = r.merchant_id AND w.transaction_id = r.transaction_id AND w.part = 0
                          AND w.kind = 'correct')
"""  # noqa: S608 - made of constants
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
          JOIN wallet_refusedpayout r ON r.merchant_id = %(merchant)s AND r.transaction_id = b.transaction_id
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
          FROM (SELECT r.*, row_number() OVER (PARTITION BY r.player_id, r.currency, r.amount, r.ref_transaction_id
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
    UPDATE wallet_case c SET other_id = p.other
      FROM (SELECT DISTINCT ON (each.id) each.id, each.other
              FROM wallet_case a
              JOIN wallet_case o ON o.merchant_id = a.merchant_id AND o.kind IN ({KINDS})
                                AND (o.subject = a.ours ->> 'replaced_by'
                                     OR (o.ours IS NULL AND o.theirs ->> 'kind' = 'payout'
                                         AND o.theirs ->> 'bet' = a.ours ->> 'bet'
                                         AND o.theirs ->> 'amount' = a.ours ->> 'amount'
                                         AND o.player_id = a.player_id AND o.currency = a.currency
                                         AND o.subject <> a.subject AND NOT a.ours ? 'replaced_by'
                                         AND a.theirs IS NULL))
             CROSS JOIN LATERAL (VALUES (a.id, o.id), (o.id, a.id)) AS each (id, other)
             WHERE a.merchant_id = %(merchant)s AND a.kind = 'owed'
               AND ((a.day = %(day)s AND (o.day = %(day)s OR o.day = ANY (%(neighbours)s)))
                    OR (o.day = %(day)s AND a.day = ANY (%(neighbours)s)))
               AND a.state <> 'resolved' AND o.state <> 'resolved'
             ORDER BY each.id, each.other) p
     WHERE c.id = p.id AND c.other_id IS DISTINCT FROM p.other
"""  # noqa: S608 - made of constants
# Days beside this one whose open case does not name the payout of this day that stands for it, or names one that no
# longer stands.
STALE = f"""
    SELECT DISTINCT c.day
      FROM wallet_case c
      JOIN wallet_reconciliation q ON q.id = c.seen_by_id AND q.statement_id IS NOT NULL
      JOIN wallet_refusedpayout r ON r.merchant_id = c.merchant_id AND r.transaction_id = c.subject
      LEFT JOIN LATERAL ({REPLACEMENT}) x ON true
     WHERE c.merchant_id = %(merchant)s AND c.day = ANY (%(neighbours)s) AND c.kind = 'owed' AND c.state <> 'resolved'
       AND x.transaction_id IS DISTINCT FROM c.ours ->> 'replaced_by'
       AND (x.transaction_id IS NULL OR (x.created_at >= %(begin)s AND x.created_at < %(end)s))
"""  # noqa: S608 - made of constants


def join_replaced_payouts(values: dict[str, Any]) -> None:
    """Make one break of a refused payout and its replacement, among the breaks of a statement of rows."""
    for step in PAIRS:
        database.run_statement(step, values)
