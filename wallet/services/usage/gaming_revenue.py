"""Gross gaming revenue of a merchant: stakes minus payouts, by day, game, player or currency. Units: × 100000.

Read from the days and spans of days that are summed up (`MerchantGamingDay`, `GameSpan`, `PlayerSpan`; `GameDay` and
`PlayerGamingDay` at both ends) and the ledger rows behind their watermark, so that the figures are exact at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from merchants.models import Game, Merchant, Player
from portal.lib import database, money
from wallet.models import Watermark
from wallet.models.usage import SPANS
from wallet.services.usage import watermarks
from wallet.services.usage.usage_rollup import GAMING_ROWS

AT_ONCE = 5_000  # rows of a file whose names are read together
COLUMNS = ("currency", "bets", "stakes", "payouts", "ggr", "rewards")
LISTED = 200  # groups of a page; a file has all
UNSUMMED = 100_000  # ledger rows behind the watermark that a page adds; of more it says so
BY = {"day": "m.day", "game": "m.what", "player": "m.what", "currency": "NULL::bigint"}
ORDERS = {"day": "1 DESC, 2", "game": "6 DESC, 1, 2", "player": "6 DESC, 1, 2", "currency": "3 DESC, 2"}
NOTHING_RECENT = 2**63 - 1  # as the mark: no ledger row is behind it
# The groups of a year of players fit in this memory of the transaction, so they are not sorted on disk.
BEHIND = """
    SELECT m.upto, (SELECT coalesce(max(id), 0) FROM wallet_transaction), set_config('work_mem', '32MB', true)
      FROM wallet_mark m WHERE m.source = %s
"""
RECENT = f"""
    recent AS MATERIALIZED (
        SELECT r.day, r.game_id, r.player_id, r.currency, r.bets, r.stakes, r.payouts, r.rewards
          FROM ({GAMING_ROWS} AND t.merchant_id = %(merchant)s AND t.id > %(mark)s
                              AND t.created_at >= %(begin)s AND t.created_at < %(end)s) r)
"""
OF_CURRENCY = "(m.currency = %(currency)s OR %(currency)s = '')"
FIGURES = "sum(m.bets), sum(m.stakes), sum(m.payouts), sum(m.stakes) - sum(m.payouts), sum(m.rewards)"
SUMMED = "d.currency, d.bets, d.stakes, d.payouts, d.rewards"
BEHIND_THEM = "r.currency, r.bets, r.stakes, r.payouts, r.rewards FROM recent r"
OF_DAYS = f"""
    SELECT d.day, {SUMMED} FROM wallet_merchantgamingday d
     WHERE d.merchant_id = %(merchant)s AND d.day >= %(since)s AND d.day <= %(until)s
     UNION ALL
    SELECT r.day, {BEHIND_THEM}
"""


def in_pieces(of: str, days: str, spans: str, *, chosen: bool = False) -> str:
    """Return the SQL of the sums of the pieces of a span (`span_pieces`), and of the rows behind the watermark.

    `chosen`: only those of the players in `top`.
    """
    join, same = ("top t JOIN", f"ON d.{of} = t.what AND d.currency = t.currency") if chosen else ("", "")
    behind = f"JOIN top t ON r.{of} = t.what AND r.currency = t.currency" if chosen else ""
    lengths = [
        f"SELECT d.{of} AS what, {SUMMED} FROM {join} {spans} d {same}"
        f" WHERE d.merchant_id = %(merchant)s AND d.length = {length} AND d.day = ANY(%(of_{length})s::date[])"
        for length in SPANS
    ]
    single = (
        f"SELECT d.{of} AS what, {SUMMED} FROM {join} {days} d {same}"
        " WHERE d.merchant_id = %(merchant)s AND d.day = ANY(%(of_1)s::date[])"
    )
    return " UNION ALL ".join([single, *lengths, f"SELECT r.{of}, {BEHIND_THEM} {behind}"])


OF_GAMES = in_pieces("game_id", "wallet_gameday", "wallet_gamespan")
OF_PLAYERS = in_pieces("player_id", "wallet_playergamingday", "wallet_playerspan")
OF_TOP_PLAYERS = in_pieces("player_id", "wallet_playergamingday", "wallet_playerspan", chosen=True)
# In one pass: the groups, and behind them the sums by currency.
SUMS = f"""
      WITH {RECENT}, sums (what, currency, bets, stakes, payouts, ggr, rewards) AS MATERIALIZED (
        SELECT {{by}}, m.currency, {FIGURES} FROM ({{rows}}) m WHERE {OF_CURRENCY} GROUP BY 1, 2)
    (SELECT what, currency, bets, stakes, payouts, ggr, rewards, false FROM sums ORDER BY {{order}} LIMIT %(most)s)
     UNION ALL
    (SELECT NULL, currency, sum(bets), sum(stakes), sum(payouts), sum(ggr), sum(rewards), true FROM sums
      GROUP BY 2 ORDER BY 3 DESC, 2)
"""
# A page of players: who is on it, by one sum; then the figures of these. The sums by currency are those of the days,
# which are fewer. A sum in floating point is exact up to 90 billion of a currency; above it, rounding may decide who
# is on the page, never a figure.
TOP_PLAYERS = f"""
      WITH {RECENT}, top AS MATERIALIZED (
        SELECT m.what, m.currency, sum(least(greatest(m.stakes - m.payouts, -9e18), 9e18)::bigint::float8)
          FROM ({OF_PLAYERS}) m WHERE {OF_CURRENCY} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %(most)s)
    (SELECT m.what, m.currency, {FIGURES}, false FROM ({OF_TOP_PLAYERS}) m GROUP BY 1, 2 ORDER BY 6 DESC, 1, 2)
     UNION ALL
    (SELECT NULL, m.currency, {FIGURES}, true FROM ({OF_DAYS}) m WHERE {OF_CURRENCY} GROUP BY 2 ORDER BY 3 DESC, 2)
"""


class Revenue(NamedTuple):
    """`what`: the day, or the id of a game or player; None for a currency as a whole."""

    what: Any
    currency: str
    bets: int
    stakes: int
    payouts: int
    ggr: int
    rewards: int


@dataclass(frozen=True, slots=True)
class RevenueReport:
    """`total`: by currency. `is_behind`: not every row of the ledger is in it yet."""

    rows: list[Revenue]
    total: list[Revenue]
    more: bool
    is_behind: bool


@dataclass(frozen=True, slots=True)
class RevenueWish:
    """From the first day to the last (UTC), both included; of one currency, or of all where none is named."""

    since: date
    until: date
    by: str = "day"
    currency: str = ""


def revenue_report(merchant: Merchant, wish: RevenueWish, *, most: int | None = LISTED) -> RevenueReport:
    """Return the sums of a span, newest day first or highest revenue first, and the sums by currency.

    `most`: of so many groups; None for a file, which has all, and every row of the ledger.
    """
    source = Watermark.Source.GAMING.value
    with transaction.atomic():
        [(upto, newest, _memory)] = database.fetch_rows(BEHIND, [source])
        is_behind = most is not None and newest - upto > UNSUMMED
        statement, values = _statement(wish.by, is_page=most is not None), _values(merchant, wish, most)
        if is_behind:
            found = database.fetch_rows(statement, values | {"mark": NOTHING_RECENT})
        else:
            found = watermarks.rows_at_marks(statement, values, {source: "mark"})
    rows = [Revenue(what, currency, *map(int, sums)) for what, currency, *sums, is_total in found if not is_total]
    total = [Revenue(None, currency, *map(int, sums)) for _what, currency, *sums, is_total in found if is_total]
    return RevenueReport(rows[:most], total, most is not None and len(rows) > most, is_behind)


def _statement(by: str, *, is_page: bool) -> str:
    if by == "player" and is_page:
        return TOP_PLAYERS
    return SUMS.format(by=BY[by], order=ORDERS[by], rows={"player": OF_PLAYERS, "game": OF_GAMES}.get(by, OF_DAYS))


def span_pieces(since: date, until: date) -> dict[int, list[date]]:
    """Return the first days of the fewest pieces that make up a span, by their length: SPANS, or 1 for a single day."""
    pieces: dict[int, list[date]] = {length: [] for length in (1, *SPANS)}
    first, behind = since.toordinal() - 1, until.toordinal()  # days since the year 1
    while first < behind:
        length = next((each for each in reversed(SPANS) if not first % each and first + each <= behind), 1)
        pieces[length].append(date.fromordinal(first + 1))
        first += length
    return pieces


def _values(merchant: Merchant, wish: RevenueWish, most: int | None) -> dict[str, Any]:
    return {
        "merchant": merchant.pk,
        "since": wish.since,
        "until": wish.until,
        "currency": wish.currency,
        "begin": datetime.combine(wish.since, time(), UTC),
        "end": datetime.combine(wish.until, time(), UTC) + timedelta(days=1),
        "most": None if most is None else most + 1,
    } | {f"of_{length}": firsts for length, firsts in span_pieces(wish.since, wish.until).items()}


def names(by: str, rows: list[Revenue]) -> dict[Any, str]:
    """Return the names of the games, or the ids of the players, that the rows are about."""
    numbers = {row.what for row in rows}
    if by == "game":
        return dict(Game.objects.filter(pk__in=numbers).values_list("pk", "name"))
    if by == "player":
        return dict(Player.objects.filter(pk__in=numbers).values_list("pk", "player_id"))
    return {}


def revenue_csv(by: str, rows: list[Revenue]) -> Iterator[tuple[Any, ...]]:
    """Yield the lines of a file, its head first. Amounts are decimal."""
    yield (*([] if by == "currency" else ["day (UTC)" if by == "day" else by]), *COLUMNS)
    for begin in range(0, len(rows), AT_ONCE):
        some = rows[begin : begin + AT_ONCE]
        known = names(by, some)
        for row in some:
            head = [] if by == "currency" else [known.get(row.what, row.what)]
            amounts = (row.stakes, row.payouts, row.ggr, row.rewards)
            cells = (money.format_amount(units, row.currency).replace(",", "") for units in amounts)
            yield (*head, row.currency, row.bets, *cells)
