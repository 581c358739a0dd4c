"""Matches our day with the operator's statement in the database. The breaks are in a temporary table of the session.

Nothing is stored here: `syncing` makes cases, `figures` counts, and a dry run discards everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from merchants.models import Merchant
from portal.lib import database
from wallet.models import Case, ReconciliationPlan, Statement
from wallet.models.case import STAKE
from wallet.models.refused_payout import IS_PAID
from wallet.reconciliation import day_statement, moved_again, plans, replaced_payouts, statement_rows, statements
from wallet.reconciliation.break_amounts import NET
from wallet.reconciliation.day_statement import DayStatement
from wallet.reconciliation.days import DAY, Day, begin_of, date_at, day_of
from wallet.reconciliation.figures import FigureSide
from wallet.services.usage.usage_rollup import IS_OPEN

# Of a statement that takes longer than that, the run has failed, which an alarm tells.
ROOM_TO_WORK = "SET LOCAL work_mem = '128MB'; SET LOCAL statement_timeout = '10min'"
BOOKS = (Case.Kind.BALANCE, Case.Kind.PAID_ON_ROLLED_BACK, Case.Kind.BELOW_ZERO)  # wrong in ours, whatever they say
# Of a row that both sides have, on this day or over midnight.
SAID_OTHERWISE = (
    Case.Kind.AMOUNT, Case.Kind.CURRENCY, Case.Kind.KIND, Case.Kind.WHOSE, Case.Kind.GAME, Case.Kind.STATE,
    Case.Kind.DUPLICATE_THERE,
)  # fmt: skip
# A row may stand in the file of another day: of the day before, or of one of the three days after.
EARLIEST_FILE, LATEST_FILE = -1, 3
NEIGHBOURS = [days for days in range(-LATEST_FILE, LATEST_FILE + 1) if days]
MEET = Path(__file__).with_suffix(".sql").read_text()
JUDGE = Path(__file__).with_name("judging.sql").read_text()
# Of many rows there may be more than a bigint holds, whatever one of them may say.
BREAKS = """
    DROP TABLE IF EXISTS pg_temp.reconciliation_break;
    CREATE TEMP TABLE reconciliation_break (
        kind text, transaction_id text COLLATE "C", subject text COLLATE "C", player_id text, currency text, ours jsonb,
        theirs jsonb, difference numeric, size numeric, day date
    ) ON COMMIT DROP;
    DROP TABLE IF EXISTS pg_temp.reconciliation_folded;
    CREATE TEMP TABLE reconciliation_folded (
        kind text, subject text COLLATE "C", row_subject text COLLATE "C", player_id text, currency text, ours jsonb,
        theirs jsonb, net numeric
    ) ON COMMIT DROP;
"""
# Owed: refused since the day before was complete, and not paid since.
OWED = f"""
    INSERT INTO reconciliation_break (kind, transaction_id, subject, player_id, currency, ours, difference, size)
    SELECT 'owed', r.transaction_id, r.transaction_id, r.player_id, r.currency, jsonb_strip_nulls(jsonb_build_object(
               'kind', 'payout', 'player', r.player_id, 'game', r.game_id, 'currency', r.currency,
               'amount', r.amount::text, 'state', r.status, 'at', r.created_at, 'bet', r.ref_transaction_id)),
           -r.amount, r.amount
      FROM wallet_refusedpayout r
     WHERE r.merchant_id = %(merchant)s AND r.created_at >= %(delivered)s AND r.created_at < %(ready)s
       AND NOT {IS_PAID}
"""
# A round with several bets has its end when one of them was settled.
HAS_NO_END = f"""
    {IS_OPEN}
    AND NOT EXISTS (SELECT FROM wallet_transaction e
                     WHERE e.session_id = t.session_id AND e.round_id = t.round_id AND e.kind = 'payout'
                       AND e.debit_account_id IS NOT NULL
                       AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = e.id))
"""
# Bets that are too old to be open, also those of days before that were too young when these were compared. Each is a
# break of its own day. Those that may be open stand by themselves first, so that the planner knows how many they are:
# as one statement with the rest, this was once still running after eight minutes, on a day that mostly takes a second.
UNSETTLED = f"""
    DROP TABLE IF EXISTS pg_temp.reconciliation_maybe_open;
    CREATE TEMP TABLE reconciliation_maybe_open ON COMMIT DROP AS
    SELECT o.bet_id AS id FROM wallet_openbet o
     WHERE o.merchant_id = %(merchant)s AND o.created_at >= %(first)s AND o.created_at < %(end)s
    UNION
    SELECT n.id FROM wallet_transaction n
     WHERE n.merchant_id = %(merchant)s AND n.kind = 'bet' AND n.created_at >= %(first)s AND n.created_at < %(end)s
       AND n.id > (SELECT k.upto FROM wallet_mark k WHERE k.source = 'movements');
    ANALYZE reconciliation_maybe_open;
    INSERT INTO reconciliation_break (kind, transaction_id, subject, player_id, currency, ours, difference, size, day)
    SELECT 'unsettled', b.transaction_id, b.transaction_id, p.player_id, b.currency, jsonb_strip_nulls(
               jsonb_build_object('kind', 'bet', 'player', p.player_id, 'game', g.game_id, 'currency', b.currency,
                                  'amount', r.amount::text, 'state', 'open', 'at', b.created_at, 'round', b.round_id,
                                  'bets', r.bets)),
           0, r.amount,
           (SELECT max(d.day) FROM unnest(%(days)s::date[], %(begins)s::timestamptz[]) AS d (day, begin)
             WHERE d.begin <= b.created_at)
      FROM (SELECT DISTINCT ON (coalesce(t.session_id || '|' || t.round_id, t.id::text)) t.transaction_id, t.player_id,
                   t.game_id, t.currency, t.created_at, t.session_id, t.round_id, t.id
              FROM reconciliation_maybe_open m
              JOIN wallet_transaction t ON t.id = m.id
             WHERE t.created_at < %(old)s AND {HAS_NO_END}
             ORDER BY coalesce(t.session_id || '|' || t.round_id, t.id::text), t.id) b
      JOIN LATERAL (
            SELECT min(t.id) AS first, sum(t.amount) AS amount, count(*) AS bets FROM wallet_transaction t
             WHERE (t.id = b.id OR (t.session_id = b.session_id AND t.round_id = b.round_id))
               AND t.created_at < %(old)s AND {IS_OPEN}
           ) r ON r.first = b.id  -- of a round over midnight, the day of its first bet has the case
      JOIN merchants_player p ON p.id = b.player_id
      LEFT JOIN merchants_game g ON g.id = b.game_id
     WHERE NOT EXISTS (SELECT FROM reconciliation_break k WHERE k.transaction_id = b.transaction_id)
"""
# A bet whose rollback was here first, and which came after all: the caller took a stake that was not taken here.
TOMBSTONES = """
    INSERT INTO reconciliation_break (kind, transaction_id, subject, player_id, currency, ours, difference, size)
    SELECT DISTINCT ON (t.transaction_id) 'tombstone_met', t.transaction_id, t.transaction_id, p.player_id,
           coalesce(r.currency, ''), jsonb_strip_nulls(jsonb_build_object(
               'kind', 'tombstone', 'player', p.player_id, 'currency', r.currency, 'amount', r.amount::text,
               'state', r.status, 'at', t.created_at, 'came', r.created_at)),
           coalesce(r.amount, 0), r.amount
      FROM wallet_transaction t
      JOIN wallet_signedrequest r ON r.transaction_id = t.transaction_id AND r.merchant_id = t.merchant_id
                                 AND rtrim(r.endpoint, '/') LIKE '%%/bet' AND r.created_at >= t.created_at
      JOIN merchants_player p ON p.id = t.player_id
     WHERE t.merchant_id = %(merchant)s AND t.kind = 'tombstone'
       AND t.created_at >= %(begin)s AND t.created_at < %(end)s
       AND NOT EXISTS (SELECT FROM reconciliation_break k WHERE k.transaction_id = t.transaction_id)
     ORDER BY t.transaction_id, r.id
"""
OWED_ALONE = """
    DELETE FROM reconciliation_break b USING reconciliation_break o
     WHERE o.kind = 'owed' AND b.kind <> 'owed' AND b.transaction_id = o.transaction_id
"""
# The days whose rows of ours this statement may have.
DAYS = """
    DROP TABLE IF EXISTS pg_temp.reconciliation_day;
    CREATE TEMP TABLE reconciliation_day (day date, begins timestamptz, ends timestamptz) ON COMMIT DROP;
"""
# Of rows that one side alone has: are there any of ours, any of theirs, and since when does the ledger have those?
ALONE = """
    SELECT coalesce(bool_or(m.t_line IS NULL), false), coalesce(bool_or(m.o_id IS NULL), false),
           min(w.at) FILTER (WHERE w.has_moved)
      FROM reconciliation_met m LEFT JOIN reconciliation_elsewhere w ON w.transaction_id = m.transaction_id
"""
# What the breaks account for, and what moved nothing on either side.
EXPLAINED = """
    SELECT e.currency, e.kind, coalesce(sum(e.ours - e.theirs) FILTER (WHERE e.is_break), 0),
           coalesce(sum(e.ours) FILTER (WHERE NOT e.is_break), 0),
           coalesce(sum(e.theirs) FILTER (WHERE NOT e.is_break), 0)
      FROM reconciliation_effect e GROUP BY 1, 2
"""
# Rows of rollbacks, and what a flag alone says was taken back; a payout goes with its bet.
THEIR_ROLLBACKS = """
    SELECT r.currency, coalesce(sum(r.rows), 0), coalesce(sum(r.amount), 0)
      FROM (SELECT u.currency, 0 AS rows, u.theirs AS amount FROM reconciliation_unit u
            UNION ALL
            SELECT s.currency, 1, 0 FROM reconciliation_said_back s WHERE s.is_listed
            UNION ALL
            SELECT x.currency, 1, 0 FROM reconciliation_taken x
             WHERE NOT EXISTS (SELECT FROM reconciliation_listed l WHERE l.x_id = x.x_id)
               AND NOT (x.kind = 'payout'
                        AND (EXISTS (SELECT FROM reconciliation_taken b WHERE b.x_id = x.bet_id)
                             OR EXISTS (SELECT FROM reconciliation_listed l WHERE l.x_id = x.bet_id)))) r
     GROUP BY 1
"""
EXPLAINED_GROUPS = """
    SELECT g.currency, g.kind, sum(coalesce(g.o_amount, 0) - coalesce(g.t_amount, 0)), 0, 0
      FROM reconciliation_group g WHERE NOT g.is_same GROUP BY 1, 2
"""
OUR_GROUPS = "SELECT g.currency, g.kind, sum(g.o_count), sum(g.o_amount) FROM reconciliation_group g GROUP BY 1, 2"
THEIR_ROLLBACK_GROUPS = """
    SELECT g.currency, count(g.line), sum(g.t_amount) FROM reconciliation_group g WHERE g.kind = 'rollback' GROUP BY 1
"""
# A statement of totals without lines for rollbacks is of what stands at the end of the day. A line of rollbacks may say
# what was rolled back, or what players got by it: as the ledger has it, payouts that went with their bet are off.
GROUPS = """
    DROP TABLE IF EXISTS pg_temp.reconciliation_group, pg_temp.reconciliation_met;
    CREATE TEMP TABLE reconciliation_met (transaction_id text, t_line bigint) ON COMMIT DROP;
    CREATE TEMP TABLE reconciliation_group ON COMMIT DROP AS
    SELECT g.*, coalesce(g.o_amount, 0) = coalesce(g.t_amount, 0)
                AND coalesce(g.o_count, 0) = coalesce(g.t_count, g.o_count, 0)
                AND (g.o_count IS NOT NULL OR coalesce(g.t_amount, 0) = 0) AS is_same
      FROM (SELECT coalesce(o.player_id, t.player_id) AS player_id, coalesce(o.kind, t.kind) AS kind,
                   coalesce(o.currency, t.currency) AS currency, o.amount AS o_amount, o.count AS o_count,
                   CASE WHEN o.kind = 'rollback' AND t.amount IN (o.gross, abs(o.amount)) THEN o.amount
                        WHEN t.amount IN (o.all_gross, abs(o.all_amount)) THEN o.amount
                        ELSE t.amount END AS t_amount,
                   CASE WHEN t.amount IN (o.all_gross, abs(o.all_amount)) AND t.count = o.all_count THEN o.count
                        ELSE t.count END AS t_count, t.line
              FROM (SELECT p.player_id, t.kind, t.currency, sum(t.effect) FILTER (WHERE t.is_compared) AS amount,
                           sum(t.amount) FILTER (WHERE t.is_compared AND t.part = 0) AS gross,
                           nullif(count(*) FILTER (WHERE t.is_compared AND t.part = 0), 0) AS count,
                           CASE WHEN NOT bool_and(t.is_compared) THEN sum(t.effect) END AS all_amount,
                           CASE WHEN NOT bool_and(t.is_compared)
                                THEN sum(t.amount) FILTER (WHERE t.part = 0) END AS all_gross,
                           count(*) FILTER (WHERE t.part = 0) AS all_count
                      FROM (SELECT t.player_id, t.kind, t.currency, t.amount, t.part, {ours} AS is_compared,
                                   CASE WHEN x.kind IN ('payout', 'reward', 'deposit') THEN -t.amount
                                        ELSE t.amount END AS effect
                              FROM wallet_transaction t
                              LEFT JOIN wallet_transaction x ON x.id = t.reverses_id
                             WHERE t.merchant_id = %(merchant)s AND t.part >= 0 AND t.debit_account_id IS NOT NULL
                               AND t.created_at >= %(begin)s AND t.created_at < %(end)s
                               AND (%(rollbacks)s = 'rows'
                                    OR (t.kind <> 'rollback'
                                        AND NOT EXISTS (SELECT FROM wallet_transaction u
                                                         WHERE u.reverses_id = t.id AND u.created_at < %(end)s)))) t
                      JOIN merchants_player p ON p.id = t.player_id
                     WHERE t.is_compared OR t.kind = 'rollback'
                     GROUP BY 1, 2, 3) o
              FULL JOIN (SELECT s.player_id, s.kind, s.currency, sum(s.amount) AS amount, sum(s.count) AS count,
                                min(s.line) AS line
                           FROM {theirs} s GROUP BY 1, 2, 3) t
                ON t.player_id = o.player_id AND t.kind = o.kind AND t.currency = o.currency) g
     WHERE g.o_count IS NOT NULL OR g.line IS NOT NULL;
    INSERT INTO reconciliation_break (kind, subject, player_id, currency, ours, theirs, difference, size)
    SELECT 'group', concat_ws('|', g.player_id, g.kind, g.currency), g.player_id, g.currency,
           CASE WHEN g.o_count IS NOT NULL THEN jsonb_build_object('kind', g.kind, 'player', g.player_id,
               'currency', g.currency, 'amount', g.o_amount::text, 'count', g.o_count) END,
           CASE WHEN g.line IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object('kind', g.kind,
               'player', g.player_id, 'currency', g.currency, 'amount', g.t_amount::text, 'count', g.t_count,
               'line', g.line)) END,
           (coalesce(g.o_amount, 0) - coalesce(g.t_amount, 0))
               * CASE WHEN g.kind IN ('bet', 'withdraw') THEN -1 ELSE 1 END,
           greatest(g.o_amount, g.t_amount)
      FROM reconciliation_group g WHERE NOT g.is_same;
"""
# Of our rows that the statement lacks, those after the last that it has: when did it end, and what is behind that? What
# nets out is behind it too, and is no sign of a cut: some files leave out whatever was taken back.
LACKED = "b.kind IN ('missing_there', 'duplicate_here', 'nets_out') AND b.theirs IS NULL"
TAIL = f"""
    WITH gone AS (
        SELECT b.kind, b.currency, b.difference, {NET.format(row="b")} AS net, (b.ours ->> 'at')::timestamptz AS at
          FROM reconciliation_break b WHERE {LACKED}
    ), upto AS (
        SELECT max(t.created_at) AS at FROM wallet_transaction t
         WHERE t.merchant_id = %(merchant)s AND t.part = 0 AND t.debit_account_id IS NOT NULL
           AND t.created_at >= %(begin)s AND t.created_at < %(end)s AND {{ours}}
           AND NOT EXISTS (SELECT FROM reconciliation_met m WHERE m.o_id = t.id AND m.t_line IS NULL)
    )
    SELECT u.at, g.currency, count(*) FILTER (WHERE g.kind <> 'nets_out'), sum(g.difference), sum(g.net),
           sum(abs(g.difference))
      FROM upto u JOIN gone g ON g.at > u.at GROUP BY 1, 2 ORDER BY 2
"""
FOLD = f"""
    WITH folded AS (
        DELETE FROM reconciliation_break b WHERE {LACKED} AND (b.ours ->> 'at')::timestamptz > %(ended)s RETURNING b.*
    )
    INSERT INTO reconciliation_folded (kind, subject, row_subject, player_id, currency, ours, theirs, net)
    SELECT 'truncated', CASE WHEN %(is_one)s THEN '' ELSE b.currency END, b.subject, b.player_id, b.currency,
           b.ours, b.theirs, {NET.format(row="b")}
      FROM folded b
"""
# More of a kind than anybody works one by one, as of another merchant's file: one case says how many and how much.
FLOODS = f"""
    WITH flood AS (
        SELECT b.kind FROM reconciliation_break b
         WHERE b.kind = ANY (%(kinds)s) AND b.subject <> '' GROUP BY 1 HAVING count(*) > %(most)s
    ), folded AS (
        DELETE FROM reconciliation_break b USING flood f WHERE b.kind = f.kind RETURNING b.*
    ), listed AS (
        INSERT INTO reconciliation_folded (kind, subject, row_subject, player_id, currency, ours, theirs, net)
        SELECT b.kind, 'all|' || b.currency, b.subject, b.player_id, b.currency, b.ours, b.theirs,
               {NET.format(row="b")}
          FROM folded b
    )
    INSERT INTO reconciliation_break (kind, subject, player_id, currency, ours, theirs, difference, size)
    SELECT d.kind, 'all|' || d.currency, '', d.currency,
           CASE WHEN count(d.ours) > 0 THEN jsonb_build_object(
               'rows', count(d.ours), 'amount', sum((d.ours ->> 'amount')::numeric)::text,
               'at_stake', sum({STAKE.format(row="d")})::text) END,
           CASE WHEN count(d.theirs) > 0 THEN jsonb_strip_nulls(jsonb_build_object(
               'rows', count(d.theirs), 'amount', sum((d.theirs ->> 'amount')::numeric)::text,
               'at_stake', CASE WHEN count(d.ours) = 0 THEN sum({STAKE.format(row="d")})::text END)) END,
           sum(d.difference), sum(d.size)
      FROM folded d GROUP BY d.kind, d.currency
"""
TOLD = """
    INSERT INTO reconciliation_break (kind, subject, player_id, currency, ours, theirs, difference, size)
    VALUES (%s, %s, %s, %s, %s, %s, %s, abs(%s))
"""
MATCHED = """
    SELECT %(ours)s::bigint - count(*) FILTER (WHERE m.t_line IS NULL OR b.transaction_id IS NOT NULL)
      FROM reconciliation_met m
      LEFT JOIN (SELECT DISTINCT b.transaction_id FROM reconciliation_break b) b ON b.transaction_id = m.transaction_id
     WHERE m.o_id IS NOT NULL
"""
MATCHED_GROUPS = "SELECT count(*) FROM reconciliation_group g WHERE g.is_same"
MISSING = f"SELECT count(*) FROM reconciliation_break b WHERE {LACKED}"
TAKEN_FROM_PLAYERS = frozenset({"bet", "withdraw"})
MOST_OF_A_KIND = 10_000  # cases of a day
ONE_BY_ONE = (Case.Kind.OWED, Case.Kind.UNSETTLED, *BOOKS)  # each is somebody's money, or of another day
FOLDED = [kind for kind in Case.Kind.values if kind not in ONE_BY_ONE]
TAIL_ROWS, TAIL_SHARE = 20, 100  # so many rows, and one in so many of the day: then a file was cut off


@dataclass(frozen=True, slots=True)
class MatchingParameters:
    """The days, sides and times to match. `missing`: the statements that the day lacks; then `statement` is None."""

    merchant: Merchant
    day: Day
    statement: DayStatement | None
    plan: ReconciliationPlan
    now: datetime
    received: list[Statement] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def our_condition(self) -> str:
        return day_statement.our_condition(self.plan)

    def values(self) -> dict[str, Any]:
        day = self.day
        first = day.begin - timedelta(hours=self.plan.unsettled_hours) - DAY
        since = date_at(self.merchant, first)
        days = [since + number * DAY for number in range((day.date - since).days + 1)]
        return {
            "merchant": self.merchant.pk,
            "day": day.date,
            "begin": day.begin,
            "end": day.end,
            "ready": day.ready,
            "delivered": self.day_beside(-1).ready,
            "first": first,
            "old": self.now - timedelta(hours=self.plan.unsettled_hours),
            "zone": self.merchant.time_zone,
            "rollbacks": self.statement.rollback_rule if self.statement else "",
            "days": days,
            "begins": [begin_of(self.merchant, each) for each in days],
        }

    def day_beside(self, days: int) -> Day:
        return day_of(self.merchant, self.day.date + timedelta(days=days))

    def statements_beside(self, days: Iterable[int]) -> list[DayStatement]:
        """Return the statements of neighbour days as these days are compared, without superseded rows."""
        dates = [self.day.date + timedelta(days=each) for each in days]
        found = Statement.objects.filter(
            merchant=self.merchant, day__in=dates, is_current=True, grain=ReconciliationPlan.Grain.ROWS
        )
        of_days: dict[date, list[Statement]] = {}
        for each in found.order_by("day", "pk"):
            of_days.setdefault(each.day, []).append(each)
        return [DayStatement(self.merchant, self.plan, tuple(parts)) for parts in of_days.values()]


def compare_day(job: MatchingParameters, ours: int) -> int:
    """Match a day; return how many rows agree. `ours`: the number of our rows.

    The breaks are in `reconciliation_break` until the transaction ends.
    """
    values = job.values()
    database.run_statement(ROOM_TO_WORK)
    database.run_statement(BREAKS)
    matched = _against(job, job.statement, values, ours) if job.statement else 0
    if job.statement is None and (ours or job.missing):
        there = {"missing": job.missing} if job.missing else None
        report_break(Case.Kind.NO_STATEMENT, ours={"rows": ours}, theirs=there)
    for step in (UNSETTLED, TOMBSTONES, OWED, OWED_ALONE):
        database.run_statement(step, values)
    if job.statement:
        is_totals = job.statement.grain == ReconciliationPlan.Grain.TOTALS
        replaced_payouts.join_replaced_payouts(values, is_totals=is_totals)
    moved_again.report_repeated_movements(values)
    return matched


def fold_floods() -> None:
    """Fold many breaks of one kind into one case per currency. Call it after counting, because figures count all of
    them.
    """
    database.run_statement(FLOODS, {"kinds": FOLDED, "most": MOST_OF_A_KIND})


def _against(job: MatchingParameters, statement: DayStatement, values: dict[str, Any], ours: int) -> int:
    is_totals = statement.grain == ReconciliationPlan.Grain.TOTALS
    statement_rows.restore_rows(statement.parts)
    if is_totals:
        database.run_statement(
            GROUPS.replace("{theirs}", statement.source).replace("{ours}", job.our_condition), values
        )
        matched = _number(MATCHED_GROUPS)
    else:
        _compare_rows(job, statement, values)
        matched = _number(MATCHED, {"ours": ours})
        _tell_of_a_cut(job, statement, values, ours)
    _tell_of_totals(statement, with_short=is_totals)
    _tell_of_the_hour(job)
    return matched


def _compare_rows(job: MatchingParameters, statement: DayStatement, values: dict[str, Any]) -> None:
    """Match the rows. Statements of other days are read only where a row is on one side alone."""
    database.run_statement(MEET.replace("{theirs}", statement.source).replace("{ours}", job.our_condition), values)
    neighbours = job.statements_beside(_asked_days(job))
    statement_rows.restore_rows(part for each in neighbours for part in each.parts)
    database.run_statement(DAYS)
    for each in map(job.day_beside, range(-LATEST_FILE, -EARLIEST_FILE + 1)):
        database.run_statement("INSERT INTO reconciliation_day VALUES (%s, %s, %s)", [each.date, each.begin, each.end])
    database.run_statement(JUDGE.replace("{beside}", day_statement.rows_of_other_days(statement, neighbours)), values)


def _asked_days(job: MatchingParameters) -> set[int]:
    """Return the days whose statements may have a row that one side lacks."""
    ours, theirs, since = database.fetch_row(ALONE) or (False, False, None)
    days: set[int] = {-1, 1} if ours or theirs else set()
    if ours:
        days |= {each for each in NEIGHBOURS if each >= EARLIEST_FILE}
    if since is not None and since < job.day_beside(-1).begin:
        days |= {each for each in NEIGHBOURS if each < 0}
    return days


@dataclass(frozen=True, slots=True)
class SumExplanation:
    """One currency and type: the amount that the breaks explain, and the amount that is in neither sum.

    The latter moved no money on either side, or the file does not state it.
    """

    explained: int = 0
    ours_left_out: int = 0
    theirs_left_out: int = 0


type Sums = dict[tuple[str, str], tuple[int, int]]


def explanations(*, is_totals: bool) -> dict[tuple[str, str], SumExplanation]:
    """Return how much of each difference the breaks explain, by currency and type, for the rows matched last."""
    rows = database.fetch_rows(EXPLAINED_GROUPS if is_totals else EXPLAINED)
    return {(currency, kind): SumExplanation(*map(int, amounts)) for currency, kind, *amounts in rows}


def our_groups() -> Sums:
    """Return rows and amount by currency and type, for a statement of totals."""
    return {
        (currency, kind): (int(rows or 0), int(amount or 0))
        for currency, kind, rows, amount in database.fetch_rows(OUR_GROUPS)
    }


def their_rollbacks(*, is_totals: bool) -> dict[str, tuple[int, int]]:
    """Return by currency the number of the statement's rollbacks, as rows or flags, and the amount that players got."""
    rows = database.fetch_rows(THEIR_ROLLBACK_GROUPS if is_totals else THEIR_ROLLBACKS)
    return {currency: (int(number), int(amount or 0)) for currency, number, amount in rows}


def report_unexplained(sides: Iterable[FigureSide]) -> None:
    """Add a break for each unexplained difference, so that no day is clear while its sums differ."""
    for side in sides:
        if side.unexplained:
            of = {"kind": side.kind, "currency": side.currency}
            sign = -1 if side.kind in TAKEN_FROM_PLAYERS else 1
            report_break(
                Case.Kind.TOTALS,
                subject=f"both sides|{side.kind}|{side.currency}",
                currency=side.currency,
                ours=of | {"rows": side.ours_rows, "amount": _text(side.ours_amount)},
                theirs=of | {"rows": side.theirs_rows, "amount": _text(side.theirs_amount)},
                difference=sign * side.unexplained,
            )


def _tell_of_a_cut(job: MatchingParameters, statement: DayStatement, values: dict[str, Any], ours: int) -> None:
    """Report a truncated file as one break in each currency, however many rows it lacks."""
    is_short = any(gap.is_short for gap in statements.declared_gaps(statement))
    missing = _number(MISSING)
    is_looked_at = (is_short and missing) or (missing >= TAIL_ROWS and missing * TAIL_SHARE >= ours)
    tails = (
        [Tail(*row) for row in database.fetch_rows(TAIL.replace("{ours}", job.our_condition), values)]
        if is_looked_at
        else []
    )
    rows = sum(tail.rows for tail in tails)
    is_cut = rows >= TAIL_ROWS and rows * TAIL_SHARE >= ours
    if not is_short and not is_cut:
        return
    cut = [tail for tail in tails if tail.rows]
    if tails:
        database.run_statement(FOLD, {"ended": tails[0].at, "is_one": len(cut) < 2})  # noqa: PLR2004 - one case, or one in each currency
    if not cut:
        after = tails[0].at.isoformat() if tails else None
        report_break(Case.Kind.TRUNCATED, ours={"rows": 0, "after": after}, theirs={"rows": statement.rows})
    for tail in cut:
        _tell_of_a_tail(tail, statement.rows, is_one=len(cut) == 1)


@dataclass(frozen=True, slots=True)
class Tail:
    """Our rows after the end of a file, in one currency."""

    at: datetime
    currency: str
    rows: int
    difference: int
    net: int
    stake: int


def _tell_of_a_tail(tail: Tail, read: int, *, is_one: bool) -> None:
    behind = {"rows": tail.rows, "after": tail.at.isoformat(), "amount": str(tail.net), "at_stake": str(tail.stake)}
    report_break(
        Case.Kind.TRUNCATED,
        subject="" if is_one else tail.currency,
        currency=tail.currency,
        ours=behind,
        theirs={"rows": read},
        difference=int(tail.difference),
    )


def _tell_of_totals(statement: DayStatement, *, with_short: bool) -> None:
    """Report a declared total that differs as a break. Without `with_short`, a total of more rows than the file has is
    left out: it is reported as a truncated file.
    """
    for gap in statements.declared_gaps(statement):
        if with_short or not gap.is_short:
            of = {"currency": gap.declared.currency, "kind": gap.declared.kind}
            said = of | {"rows": gap.declared.rows, "amount": _text(gap.declared.amount)}
            read = of | {"rows": gap.rows, "amount": _text(gap.amount)}
            subject = f"{gap.declared.kind}|{gap.declared.currency}"
            report_break(
                Case.Kind.TOTALS, subject=subject, currency=gap.declared.currency or "", ours=read, theirs=said
            )


def _tell_of_the_hour(job: MatchingParameters) -> None:
    """Report a late statement: by the last part that arrived, each by its first file, because a correction
    is not late.
    """
    due = plans.due_at(job.plan, job.day.date)
    if not job.plan.is_on or not job.received:
        return
    scope, first = max(statements.arrivals(job.received), key=itemgetter(1))
    if first > due:
        of = {} if len(job.received) == 1 else {"scope": scope.label}
        report_break(Case.Kind.LATE_STATEMENT, ours={"due": due.isoformat()}, theirs={"at": first.isoformat()} | of)


def report_break(
    kind: str,
    *,
    subject: str = "",
    player: str = "",
    currency: str = "",
    ours: dict[str, Any] | None = None,
    theirs: dict[str, Any] | None = None,
    difference: int = 0,
) -> None:
    """Add a break that does not belong to one transaction."""
    with connection.cursor() as cursor:
        sides: list[Any] = [None if side is None else Jsonb(side) for side in (ours, theirs)]
        cursor.execute(TOLD, [kind, subject, player, currency, *sides, difference, difference])


def _text(amount: int | None) -> str | None:
    return None if amount is None else str(amount)


def _number(sql: str, values: dict[str, Any] | None = None) -> int:
    row = database.fetch_row(sql, values)
    return int(row[0]) if row else 0
