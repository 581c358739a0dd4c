"""Breaks become cases. The same break is the same case; one that is met no more closes by itself, and opens again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from wallet.models import Case, Reconciliation, ReconciliationPlan
from wallet.reconciliation import own_books, severity, thresholds
from wallet.reconciliation.days import DAY
from wallet.reconciliation.matching import HAS_NO_END, IS_PAID, NEIGHBOURS, SAID_OTHERWISE

Kind = Case.Kind
OF_THE_LEDGER = (Kind.TOMBSTONE_MET, Kind.NO_STATEMENT)  # judged without a statement too
OF_ONE_DAY = (Kind.OWED, Kind.UNSETTLED)  # close when they are paid or ended, and not when a day meets them no more
KINDS_BY_DAY = {"own": [*own_books.KINDS], "once": [*OF_ONE_DAY]}  # what FIRST_DAY asks for

SEVERITY = severity.severity_sql(
    kind="b.kind",
    difference="b.difference",
    high_amount=thresholds.HIGH.format(currency="b.currency"),
    age="interval '0'",
    misdirected=severity.misdirected_condition("b"),
)
OTHERWISE = """
    (c.difference, c.ours, c.theirs - 'line' - 'lines')
    IS DISTINCT FROM (excluded.difference, excluded.ours, excluded.theirs - 'line' - 'lines')
"""
# A person who said whose error it was is believed until the break is another one; who said that it is gone is not. Of
# money owed both are: it is mostly paid under another id, and whoever finds it on top once more pays it twice.
AGAIN = f"""
    c.state = 'resolved'
    AND (c.resolved_by_id IS NULL OR (c.resolution IN ('found_late', 'corrected') AND c.kind <> 'owed') OR {OTHERWISE})
"""
# What is wrong in our books is wrong each night: its case stays with the day on which it was found first, also when a
# person has said since whose error it is. Money owed and an open round have one case too, also when the merchant's
# midnight has moved.
FIRST_DAY = """
    CASE WHEN b.kind = ANY (%(own)s) THEN
        coalesce((SELECT min(o.day) FROM wallet_case o
                   WHERE o.merchant_id = %(merchant)s AND o.kind = b.kind AND o.subject = b.subject
                     AND o.state <> 'resolved'),
                 (SELECT max(o.day) FROM wallet_case o
                   WHERE o.merchant_id = %(merchant)s AND o.kind = b.kind AND o.subject = b.subject
                     AND o.resolved_by_id IS NOT NULL), %(day)s)
    WHEN b.kind = ANY (%(once)s) THEN
        coalesce((SELECT min(o.day) FROM wallet_case o
                   WHERE o.merchant_id = %(merchant)s AND o.kind = b.kind AND o.subject = b.subject),
                 b.day, %(day)s)
    ELSE coalesce(b.day, %(day)s) END
"""
# In the order in which people lock many cases (`cases.many`), so that neither waits for the other in a circle.
LOCK = """
    SELECT c.id FROM wallet_case c
     WHERE c.merchant_id = %(merchant)s
       AND (c.day = %(day)s
            OR (c.kind = ANY (%(own)s) AND c.resolved_by_id IS NOT NULL
                AND c.subject IN (SELECT b.subject FROM reconciliation_break b))
            OR (c.state <> 'resolved' AND (c.kind = ANY (%(own)s) OR c.kind = ANY (%(once)s)
                                           OR (c.kind = 'day_boundary' AND c.day = ANY (%(neighbours)s))))
            OR (c.kind = ANY (%(otherwise)s) AND c.state <> 'resolved' AND c.day = ANY (%(neighbours)s)
                AND c.subject IN (SELECT b.subject FROM reconciliation_break b WHERE b.kind = 'day_boundary')))
     ORDER BY c.id FOR NO KEY UPDATE
"""
MOST = 2**63 - 1  # that a case's difference holds; the figures have it whole
MEET = f"""
    INSERT INTO wallet_case AS c (
        merchant_id, day, kind, subject, player_id, currency, ours, theirs, difference, severity, state, resolution,
        found_by_id, seen_by_id, opened_at
    )
    SELECT DISTINCT ON (b.kind, b.subject) %(merchant)s, {FIRST_DAY}, b.kind, b.subject, b.player_id, b.currency,
           b.ours, b.theirs, greatest(least(b.difference, {MOST}), -{MOST}), {SEVERITY}, 'open', '', %(run)s, %(run)s,
           %(now)s
      FROM reconciliation_break b
        ON CONFLICT (merchant_id, day, kind, subject) DO UPDATE SET
           player_id = excluded.player_id, currency = excluded.currency, ours = excluded.ours,
           theirs = excluded.theirs, difference = excluded.difference, seen_by_id = excluded.seen_by_id,
           severity = CASE WHEN {OTHERWISE} THEN excluded.severity ELSE greatest(c.severity, excluded.severity) END,
           state = CASE WHEN NOT ({AGAIN}) THEN c.state WHEN c.owner_id IS NULL THEN 'open' ELSE 'assigned' END,
           resolution = CASE WHEN {AGAIN} THEN '' ELSE c.resolution END,
           resolved_at = CASE WHEN {AGAIN} THEN NULL ELSE c.resolved_at END,
           resolved_by_id = CASE WHEN {AGAIN} THEN NULL ELSE c.resolved_by_id END,
           write_off_asked_by_id = CASE WHEN {AGAIN} OR (c.state <> 'resolved' AND {OTHERWISE}) THEN NULL
                                        ELSE c.write_off_asked_by_id END
"""
# The rows behind cases in which many are folded, as this comparison found them.
KEEP_FOLDED = (
    """
    DELETE FROM wallet_foldedrow f USING wallet_case c
     WHERE c.id = f.case_id AND c.merchant_id = %(merchant)s AND c.day = %(day)s
    """,
    """
    INSERT INTO wallet_foldedrow (case_id, number, subject, player_id, currency, ours, theirs, net)
    SELECT c.id, row_number() OVER (PARTITION BY c.id ORDER BY f.row_subject), f.row_subject, f.player_id,
           f.currency, f.ours, f.theirs, f.net
      FROM reconciliation_folded f
      JOIN wallet_case c ON c.merchant_id = %(merchant)s AND c.day = %(day)s AND c.kind = f.kind
                        AND c.subject = f.subject
    """,
)
CLOSE = """
    UPDATE wallet_case c
       SET state = 'resolved', resolved_at = %(now)s, resolved_by_id = NULL, write_off_asked_by_id = NULL,
           resolution = CASE WHEN r.statement_id IS NULL OR r.statement_id = %(statement)s THEN 'found_late'
                             ELSE 'corrected' END
      FROM wallet_reconciliation r
     WHERE r.id = c.seen_by_id AND c.merchant_id = %(merchant)s AND c.day = %(day)s AND c.state <> 'resolved'
       AND c.seen_by_id <> %(run)s AND c.kind = ANY (%(judged)s)
"""
CLOSE_OWN = """
    UPDATE wallet_case c
       SET state = 'resolved', resolved_at = %(now)s, resolved_by_id = NULL, write_off_asked_by_id = NULL,
           resolution = 'corrected'
     WHERE c.merchant_id = %(merchant)s AND c.state <> 'resolved' AND c.seen_by_id <> %(run)s AND c.kind = ANY (%(own)s)
"""
CLOSE_PAID = f"""
    UPDATE wallet_case c
       SET state = 'resolved', resolved_at = %(now)s, resolved_by_id = NULL, write_off_asked_by_id = NULL,
           resolution = 'found_late'
      FROM wallet_refusedpayout r
     WHERE c.merchant_id = %(merchant)s AND c.kind = 'owed' AND c.state <> 'resolved'
       AND r.merchant_id = c.merchant_id AND r.transaction_id = c.subject AND {IS_PAID}
"""
CLOSE_ENDED = f"""
    UPDATE wallet_case c
       SET state = 'resolved', resolved_at = %(now)s, resolved_by_id = NULL, write_off_asked_by_id = NULL,
           resolution = 'found_late'
      FROM wallet_transaction t
     WHERE c.merchant_id = %(merchant)s AND c.kind = 'unsettled' AND c.state <> 'resolved'
       AND t.merchant_id = c.merchant_id AND t.transaction_id = c.subject AND t.part = 0 AND NOT ({HAS_NO_END})
"""
# The two cases of a cut-off difference. The day of their row may say more of it than that, as another amount. Of
# several the one that was met last.
LINK = """
    UPDATE wallet_case c SET other_id = p.other
      FROM (SELECT DISTINCT ON (a.id) a.id, o.id AS other
              FROM wallet_case a
              JOIN wallet_case o ON o.merchant_id = a.merchant_id AND o.subject = a.subject
             WHERE a.merchant_id = %(merchant)s
               AND ((a.day = %(day)s AND o.day = ANY (%(neighbours)s))
                    OR (o.day = %(day)s AND a.day = ANY (%(neighbours)s)))
               AND ((a.kind = 'day_boundary' AND (o.kind = 'day_boundary' OR o.kind = ANY (%(otherwise)s)))
                    OR (o.kind = 'day_boundary' AND a.kind = ANY (%(otherwise)s)))
               AND (a.state <> 'resolved' OR a.resolved_by_id IS NOT NULL)
               AND (o.state <> 'resolved' OR o.resolved_by_id IS NOT NULL)
             ORDER BY a.id, o.seen_by_id DESC, o.id) p
     WHERE c.id = p.id AND c.other_id IS DISTINCT FROM p.other
"""
# Days whose row was missing until this comparison found it on another day, the same there or not; and those that have
# their half of a cut-off difference with this day, which this comparison found no more. A half that a person resolved
# is there still; one that closed by itself is gone. Of many breaks in one no row is known.
EXPLAINED = """
    SELECT c.day FROM wallet_case c JOIN reconciliation_break b ON b.subject = c.subject
     WHERE c.merchant_id = %(merchant)s AND c.day = ANY (%(neighbours)s) AND c.state <> 'resolved'
       AND b.transaction_id IS NOT NULL
       AND ((b.kind = 'day_boundary'
             AND (c.kind IN ('missing_here', 'missing_there')
                  OR (c.kind = 'duplicate_there' AND c.theirs ->> 'also' = %(day)s::date::text)))
            OR (b.kind = ANY (%(otherwise)s) AND c.kind = 'missing_there'))
    UNION
    SELECT c.day FROM wallet_case c
     WHERE c.merchant_id = %(merchant)s AND c.day = ANY (%(neighbours)s) AND c.kind = 'day_boundary'
       AND c.state <> 'resolved' AND coalesce(c.theirs ->> 'day', c.ours ->> 'day') = %(day)s::date::text
       AND NOT EXISTS (SELECT FROM wallet_case o
                        WHERE o.merchant_id = c.merchant_id AND o.subject = c.subject AND o.day = %(day)s
                          AND (o.state <> 'resolved' OR o.resolved_by_id IS NOT NULL))
     ORDER BY 1
"""


def sync_cases(*, run: Reconciliation, plan: ReconciliationPlan, now: datetime) -> list[date]:
    """In the transaction of the comparison. Returns the days beside it that are to be compared again."""
    values: dict[str, Any] = (
        {
            "merchant": run.merchant_id,
            "day": run.day,
            "neighbours": [run.day + days * DAY for days in NEIGHBOURS],
            "run": run.pk,
            "statement": run.statement_id,
            "now": now,
            "judged": _judged(run),
            "otherwise": [*SAID_OTHERWISE],
        }
        | KINDS_BY_DAY
        | thresholds.values_of(plan)
    )
    with connection.cursor() as cursor:
        for statement in (LOCK, MEET, *KEEP_FOLDED, CLOSE, CLOSE_OWN, CLOSE_PAID, CLOSE_ENDED, LINK, EXPLAINED):
            cursor.execute(statement, values)
        return [day for (day,) in cursor.fetchall()]


def _judged(run: Reconciliation) -> list[str]:
    if run.statement_id is None:
        return [*OF_THE_LEDGER]
    return [kind for kind in Kind.values if kind not in {*own_books.KINDS, *OF_ONE_DAY}]
