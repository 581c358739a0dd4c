"""The use of some secrets in a period: the sums up to the watermark, and the rows behind it.

Full hours come from the sums. The parts of hours at both ends, and unsummed rows, come from the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from merchants.models import Secret
from wallet.services.usage import watermarks
from wallet.services.usage.usage_rollup import AMOUNT, IS_OPEN, KIND, touched_bets

HOUR = timedelta(hours=1)
LONG_AGO, FAR = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A period from `since` until just before `until`; None: without end."""

    since: datetime
    until: datetime | None = None

    def parameters(self) -> dict[str, datetime]:
        since, until = self.since.astimezone(UTC), (self.until or FAR).astimezone(UTC)
        first, end = hour_of(since - timedelta(microseconds=1)) + HOUR, hour_of(until)
        if first >= end:
            first = end = until
        days = {"first_day": since.replace(hour=0, minute=0, second=0, microsecond=0)}
        return {"since": since, "until": until, "first_hour": first, "end_hour": end} | days


def hour_of(moment: datetime) -> datetime:
    """Return the hour of a moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


def unsummed_rows(select: str, mark: str, alias: str) -> str:
    """Return the SQL of the rows that no full hour of sums has: behind the watermark, and at both ends of the
    period.
    """
    at, number = f"{alias}.created_at", f"{alias}.id"
    return f"""
        {select} AND {number} > %({mark})s AND {at} >= %(since)s AND {at} < %(until)s
         UNION ALL
        {select} AND {number} <= %({mark})s AND {at} >= %(since)s AND {at} < %(first_hour)s
         UNION ALL
        {select} AND {number} <= %({mark})s AND {at} >= %(end_hour)s AND {at} < %(until)s
    """


ONE_CALL = """
    SELECT r.secret_id, date_trunc('hour', r.created_at, 'UTC'), r.address, rtrim(r.endpoint, '/'), r.status, 1,
           r.created_at, r.created_at
      FROM wallet_signedrequest r
     WHERE r.secret_id = ANY(%(secrets)s) AND r.address IS NOT NULL
"""
ONE_MOVEMENT = f"""
    SELECT t.secret_id, date_trunc('hour', t.created_at, 'UTC'), t.address, {KIND}, coalesce(t.currency, ''), 1,
           {AMOUNT}, t.created_at, t.created_at
      FROM wallet_transaction t
     WHERE t.secret_id = ANY(%(secrets)s)
"""
CALLS = f"""
    SELECT h.secret_id, h.hour, h.address, h.endpoint, h.status, h.calls, h.first_at, h.last_at
      FROM wallet_callhour h
     WHERE h.secret_id = ANY(%(secrets)s) AND h.hour >= %(first_hour)s AND h.hour < %(end_hour)s
     UNION ALL {unsummed_rows(ONE_CALL, "calls", "r")}
"""
MOVEMENTS = f"""
    SELECT h.secret_id, h.hour, h.address, h.kind, h.currency, h.moves, h.amount, h.first_at, h.last_at
      FROM wallet_movementhour h
     WHERE h.secret_id = ANY(%(secrets)s) AND h.hour >= %(first_hour)s AND h.hour < %(end_hour)s
     UNION ALL {unsummed_rows(ONE_MOVEMENT, "movements", "t")}
"""
# Who was there on one day before the span began and after it ended: asked for in between.
PLAYERS = """
    SELECT count(*) FROM (
        SELECT p.player_id FROM wallet_playerday p
         WHERE p.secret_id = ANY(%(secrets)s) AND p.day >= %(first_day)s AND p.day < %(until)s
           AND p.last_at >= %(since)s AND p.first_at < %(until)s
           AND (p.first_at >= %(since)s OR p.last_at < %(until)s
                OR EXISTS (SELECT FROM wallet_transaction t
                            WHERE t.player_id = p.player_id AND t.secret_id = p.secret_id
                              AND t.created_at >= %(since)s AND t.created_at < %(until)s))
         UNION
        SELECT t.player_id FROM wallet_transaction t
         WHERE t.secret_id = ANY(%(secrets)s) AND t.id > %(movements)s
           AND t.created_at >= %(since)s AND t.created_at < %(until)s
    ) player
"""
OPEN_ROUNDS = f"""
      WITH touched AS MATERIALIZED ({touched_bets("r.id > %(movements)s AND r.merchant_id = %(merchant)s")})
    SELECT o.currency, count(*), sum(o.amount), min(o.created_at) FROM (
        SELECT b.currency, b.amount, b.created_at FROM wallet_openbet b
         WHERE b.secret_id = ANY(%(secrets)s) AND b.created_at >= %(since)s AND b.created_at < %(until)s
           AND b.bet_id NOT IN (SELECT id FROM touched)
         UNION ALL
        SELECT t.currency, t.amount, t.created_at FROM wallet_transaction t
         WHERE t.id IN (SELECT id FROM touched) AND t.secret_id = ANY(%(secrets)s)
           AND t.created_at >= %(since)s AND t.created_at < %(until)s AND {IS_OPEN}
    ) o
     GROUP BY 1 ORDER BY 1
"""
ENDS = f"""
    SELECT min(first_at), max(last_at) FROM (
        SELECT min(h.first_at) AS first_at, max(h.last_at) AS last_at FROM ({CALLS}) h
         UNION ALL
        SELECT min(h.first_at), max(h.last_at) FROM ({MOVEMENTS}) h
    ) used
"""
MARKS = {"calls": "calls", "movements": "movements"}


@dataclass(frozen=True, slots=True)
class OpenRounds:
    """Open bets of one currency: without a payout; a payout of 0 settles. Amounts × 100000."""

    currency: str
    rounds: int
    stake: int
    oldest: datetime


def usage_rows(statement: str, secrets: Iterable[Secret], span: Span, **more: Any) -> list[Row]:
    """Return the rows of a statement over sums and unsummed rows, at one watermark."""
    values = {"secrets": [secret.pk for secret in secrets]} | span.parameters() | more
    return watermarks.rows_at_marks(statement, values, MARKS)


def open_rounds(secrets: Iterable[Secret], merchant_id: int, span: Span) -> list[OpenRounds]:
    """Return the open rounds of bets in the period, by currency."""
    found = usage_rows(OPEN_ROUNDS, secrets, span, merchant=merchant_id)
    return [OpenRounds(currency, number, int(stake), oldest) for currency, number, stake, oldest in found]


def count_players(secrets: Iterable[Secret], span: Span) -> int:
    """Return the number of players with money moved in the period."""
    return int(usage_rows(PLAYERS, secrets, span)[0][0])


def first_and_last_call(secrets: Iterable[Secret], span: Span) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last request with a valid signature, refused ones included.

    The ledger is read too, for requests whose log entry was lost.
    """
    [(first, last)] = usage_rows(ENDS, secrets, span)
    return first, last
