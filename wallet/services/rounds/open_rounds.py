"""Open rounds: bets without a payout, from the summary up to its watermark and the ledger rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from portal.lib import clock
from wallet.services.usage import usage_totals
from wallet.services.usage.usage_rollup import IS_OPEN, touched_bets
from wallet.services.usage.usage_totals import FAR, LONG_AGO, Span

AGES = (
    ("hour", _("Under 1 hour"), timedelta(0)),
    ("day", _("1 to 24 hours"), timedelta(hours=1)),
    ("week", _("1 to 7 days"), timedelta(days=1)),
    ("month", _("7 to 30 days"), timedelta(days=7)),
    ("older", _("Older than 30 days"), timedelta(days=30)),
)
NAMES = [name for name, *_ in AGES]
Place = tuple[datetime, int]

TOUCHED = f"""
      WITH touched AS MATERIALIZED ({touched_bets("r.id > %(movements)s AND r.merchant_id = %(merchant)s")})
"""
SUMMED = """
      FROM wallet_openbet o
     WHERE o.merchant_id = %(merchant)s AND o.bet_id NOT IN (SELECT id FROM touched)
       AND o.created_at >= %(since)s AND o.created_at < %(until)s
"""
BEHIND_THE_MARK = f"""
      FROM wallet_transaction t
     WHERE t.id IN (SELECT id FROM touched) AND {IS_OPEN} AND t.created_at >= %(since)s AND t.created_at < %(until)s
"""
BY_AGE = f"""
    {TOUCHED}
    SELECT (o.created_at <= %(day)s)::int + (o.created_at <= %(week)s)::int + (o.created_at <= %(month)s)::int
           + (o.created_at <= %(older)s)::int, o.currency, count(*), sum(o.amount), min(o.created_at)
      FROM (SELECT o.created_at, o.currency, o.amount {SUMMED}
             UNION ALL
            SELECT t.created_at, t.currency, t.amount {BEHIND_THE_MARK}) o
     GROUP BY 1, 2 ORDER BY 1, 2
"""


def list_sql(compared: str, way: str) -> str:
    """Return the SQL of open rounds in order. Each half has a limit, so that an index gives the first ones."""
    return f"""
        {TOUCHED}
        (SELECT o.bet_id AS id, o.created_at {SUMMED} {filter_condition("o", "bet_id", compared)}
          ORDER BY o.created_at {way}, o.bet_id {way} LIMIT %(limit)s)
         UNION ALL
        (SELECT t.id, t.created_at {BEHIND_THE_MARK} {filter_condition("t", "id", compared)}
          ORDER BY t.created_at {way}, t.id {way} LIMIT %(limit)s)
         ORDER BY created_at {way}, id {way} LIMIT %(limit)s
    """


def filter_condition(row: str, number: str, compared: str) -> str:
    """Return the SQL of a filter; a part without a value is null."""
    return f"""
       AND ({row}.created_at, {row}.{number}) {compared} (%(at)s, %(pk)s)
       AND (%(currency)s::text IS NULL OR {row}.currency = %(currency)s)
       AND (%(least)s::bigint IS NULL OR {row}.amount >= %(least)s)
       AND (%(game)s::text IS NULL OR {row}.game_id = (SELECT id FROM merchants_game WHERE game_id = %(game)s))
    """


NEWEST, OLDEST = list_sql("<", "DESC"), list_sql(">", "ASC")


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """Open rounds of one age and currency. Amounts × 100000."""

    age: str
    currency: str
    rounds: int
    stake: int
    oldest: datetime


def open_rounds_by_age(merchant: Merchant) -> list[AgeBucket]:
    """Return the open rounds by age and currency."""
    now = clock.now()
    edges = {name: now - begins for name, _, begins in AGES[1:]}
    found = usage_totals.usage_rows(BY_AGE, [], Span(LONG_AGO), merchant=merchant.pk, **edges)
    return [
        AgeBucket(NAMES[age], currency, number, int(stake), oldest) for age, currency, number, stake, oldest in found
    ]


def age_bounds(age: str) -> tuple[datetime, datetime]:
    """Return the moments between which bets of this age were made."""
    now, place = clock.now(), NAMES.index(age)
    since = now - AGES[place + 1][2] if place + 1 < len(AGES) else LONG_AGO
    until = now - AGES[place][2] if place else FAR
    return since + timedelta(microseconds=1), until + timedelta(microseconds=1)


def newest_bets(merchant: Merchant, wish: Mapping[str, Any], *, before: Place | None, limit: int) -> list[int]:
    """Return the ids of open bets, newest first; `wish`: as RoundFilter.stored_values returns it."""
    return _ids(NEWEST, merchant, wish, before or (FAR, 0), limit)


def oldest_bets(merchant: Merchant, wish: Mapping[str, Any], *, after: Place | None, limit: int) -> list[int]:
    """Return the ids of open bets, oldest first."""
    return _ids(OLDEST, merchant, wish, after or (LONG_AGO, 0), limit)


def _ids(statement: str, merchant: Merchant, wish: Mapping[str, Any], place: Place, limit: int) -> list[int]:
    since, until = (datetime.fromisoformat(wish[name]) if name in wish else None for name in ("since", "until"))
    known = {name: wish.get(name) for name in ("currency", "least", "game")}
    at, pk = place
    found = usage_totals.usage_rows(
        statement, [], Span(since or LONG_AGO, until), merchant=merchant.pk, at=at, pk=pk, limit=limit, **known
    )
    return [number for number, _ in found]
