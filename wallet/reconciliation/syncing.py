"""Turns breaks into cases. The same break is the same case; a case without a break closes, and reopens with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from wallet.models import Case, Reconciliation, ReconciliationPlan
from wallet.models.refused_payout import IS_PAID
from wallet.reconciliation import own_books, replaced_payouts, severity, thresholds
from wallet.reconciliation.days import DAY, Day
from wallet.reconciliation.matching import (
    EARLIEST_FILE,
    HAS_NO_END,
    LATEST_FILE,
    NEIGHBOURS,
    SAID_OTHERWISE,
)

Kind = Case.Kind
OF_THE_LEDGER = (Kind.TOMBSTONE_MET, Kind.NO_STATEMENT)  # judged without a statement too
OF_ONE_DAY = (Kind.OWED, Kind.UNSETTLED)  # close when they are paid or ended, and not when a day meets them no more
KINDS_BY_DAY = {"own": [*own_books.KINDS], "once": [*OF_ONE_DAY]}  # what FIRST_DAY asks for

SEVERITY = severity.severity_sql(
    kind=severity.unpaid_kind("b"),
    difference="b.difference",
    high_amount=thresholds.HIGH.format(currency="b.currency"),
    age="interval '0'",
    misdirected=severity.misdirected_condition("b"),
)
OTHERWISE = """
    (c.difference, c.ours, c.theirs - 'line' - 'lines' - 'bet')
    IS DISTINCT FROM (excluded.difference, excluded.ours, excluded.theirs - 'line' - 'lines' - 'bet')
"""
# A person who said whose error it was is believed until the break is another one; who said that it is gone is not. Of
# money owed both are: it is mostly paid under another id, and whoever finds it on top once more pays it twice. So a
# payout that turns up for it is no other break.
AGAIN = f"""
    c.state = 'resolved'
    AND (c.resolved_by_id IS NULL OR (c.resolution IN ('found_late', 'corrected') AND c.kind <> 'owed')
         OR ({OTHERWISE} AND NOT (c.kind = 'owed' AND excluded.ours ? 'replaced_by')))
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
OPEN_BESIDE = "c.merchant_id = %(merchant)s AND c.day = ANY (%(neighbours)s) AND c.state <> 'resolved'"
# Rows that are folded in such cases, as cases of their own. They may be a million: only those that this day knows of.
FOLDED_BESIDE = """
    SELECT c.day, CASE c.kind WHEN 'truncated' THEN 'missing_there' ELSE c.kind END, f.subject, f.ours, f.theirs
      FROM wallet_case c JOIN wallet_foldedrow f ON f.case_id = c.id
     WHERE {open_beside} AND (c.kind = 'truncated' OR c.kind = ANY (%(by_row)s))
       AND (%(day)s::date::text IN (f.theirs ->> 'day', f.theirs ->> 'also')
            OR EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = f.subject)
            OR EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = f.theirs ->> 'transaction')
            OR EXISTS (SELECT FROM reconciliation_break b WHERE b.subject = f.subject AND b.kind = 'day_boundary')
            OR EXISTS (SELECT FROM wallet_transaction t
                        WHERE t.merchant_id = %(merchant)s AND t.transaction_id = f.subject AND t.part = 0
                          AND t.debit_account_id IS NOT NULL
                          AND t.created_at >= %(begin)s AND t.created_at < %(end)s))
"""
# Days beside this one whose open cases were judged by other rows than this day has now: its file lacks a row that a
# case names, or has one that a case would name; or our ledger has by now what a file said. What is looked up is what
# `judging.sql` looks up of another day, so that a day that was compared again asks for no comparison of this one.
# What a person resolved stays.
STALE = f"""
    SELECT DISTINCT c.day
      FROM (SELECT c.day, c.kind, c.subject, c.ours, c.theirs,
                   coalesce(c.theirs ->> 'transaction', c.subject) AS id,
                   (c.theirs ->> 'day')::date AS file_day, (c.ours ->> 'day')::date AS own_day,
                   %(day)s::date - c.day AS apart
              FROM (SELECT c.day, c.kind, c.subject, c.ours, c.theirs FROM wallet_case c
                     WHERE {{open_beside}} AND c.kind = ANY (%(by_row)s)
                       AND NOT coalesce(c.ours, '{{{{}}}}') ? 'rows' AND NOT coalesce(c.theirs, '{{{{}}}}') ? 'rows'
                    UNION ALL {FOLDED_BESIDE}) c) c
     CROSS JOIN LATERAL (
           SELECT EXISTS (SELECT FROM wallet_transaction t
                           WHERE t.merchant_id = %(merchant)s AND t.transaction_id = c.subject AND t.part = 0
                             AND t.debit_account_id IS NOT NULL
                             AND t.created_at >= %(begin)s AND t.created_at < %(end)s) AS ours,
                  EXISTS (SELECT FROM reconciliation_break b
                           WHERE b.kind = 'day_boundary' AND b.subject = c.subject
                             AND b.theirs ? 'transaction' AND NOT b.theirs ? 'day') AS taken_back
           ) n
     CROSS JOIN LATERAL (SELECT n.taken_back OR {{has}} AS has) f
     WHERE (%(day)s::date::text IN (c.theirs ->> 'day', c.theirs ->> 'also') AND NOT ({{has_named}}))
        OR (c.apart BETWEEN {{earliest}} AND {{latest}} AND f.has
            AND (c.theirs IS NULL
                 OR (abs(c.apart), %(day)s::date) < (abs(c.file_day - c.day), c.file_day)))
        OR (c.own_day IS NOT NULL AND c.theirs ->> 'also' IS NULL AND f.has
            AND %(day)s::date - c.own_day BETWEEN {{earliest}} AND {{latest}}
            AND (abs(%(day)s::date - c.own_day), %(day)s::date) < (abs(c.day - c.own_day), c.day)
            AND (abs(c.apart) = 1 OR (c.apart < 0 AND c.own_day < c.day - 1)))
        OR (c.kind = 'missing_here' AND n.ours)
"""
# Whether this day's statement has the row: what only it has is in `reconciliation_met`, and so is what only we have.
HAS = """
    (EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = {id} AND m.t_line IS NOT NULL)
     OR (n.ours AND c.subject = {id}
         AND NOT EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = {id} AND m.t_line IS NULL)))
"""
STALE = STALE.format(
    has=HAS.format(id="c.subject"), has_named=HAS.format(id="c.id"), earliest=EARLIEST_FILE, latest=LATEST_FILE,
    open_beside=OPEN_BESIDE,
)  # fmt: skip
STEPS = (
    LOCK, MEET, *KEEP_FOLDED, CLOSE, CLOSE_OWN, CLOSE_PAID, CLOSE_ENDED, LINK, replaced_payouts.LINK,
)  # fmt: skip
BY_ROW = (Kind.MISSING_HERE, Kind.MISSING_THERE, Kind.DUPLICATE_HERE, Kind.NETS_OUT, Kind.DAY_BOUNDARY, *SAID_OTHERWISE)


def sync_cases(*, run: Reconciliation, plan: ReconciliationPlan, day: Day, now: datetime) -> list[date]:
    """Open, update and close cases in the transaction of the run; return the neighbour days to compare again."""
    values: dict[str, Any] = (
        {
            "merchant": run.merchant_id,
            "day": run.day,
            "begin": day.begin,
            "end": day.end,
            "neighbours": [run.day + days * DAY for days in NEIGHBOURS],
            "run": run.pk,
            "statement": run.statement_id,
            "now": now,
            "judged": _judged(run),
            "otherwise": [*SAID_OTHERWISE],
            "by_row": [*BY_ROW],
        }
        | KINDS_BY_DAY
        | thresholds.values_of(plan)
    )
    with connection.cursor() as cursor:
        for statement in STEPS:
            cursor.execute(statement, values)
        if run.statement_id is None:
            return []
        cursor.execute("CREATE INDEX ON reconciliation_break (subject)")
        cursor.execute(f"{STALE} UNION {replaced_payouts.STALE} ORDER BY 1", values)
        return [day for (day,) in cursor.fetchall()]


def _judged(run: Reconciliation) -> list[str]:
    if run.statement_id is None:
        return [*OF_THE_LEDGER]
    return [kind for kind in Kind.values if kind not in {*own_books.KINDS, *OF_ONE_DAY}]
