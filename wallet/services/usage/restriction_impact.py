"""Impact of a restriction before it is set: open rounds, players in session, and requests that would be refused."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from merchants.models import Game, Merchant, Player, Secret
from merchants.services import limits as limits_of
from merchants.services.limits import Limits
from portal.lib import clock
from wallet.services.log.log_search import OF_BLOCK
from wallet.services.usage import last_day, usage_totals
from wallet.services.usage.usage_rollup import IS_OPEN, touched_bets
from wallet.services.usage.usage_totals import OpenRounds, Span

OPEN_DAYS = 30
NEWEST_SESSIONS = 20_000
SESSIONS_OF_EACH = 2_000  # of each merchant, where a game is sought
NEWEST_CALLS = 5_000
NEWEST_BETS = 10_000
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(hours=24), timedelta(days=7)

# Of a merchant's open bets: all, or those of some players or games.
OPEN_ROUNDS = f"""
      WITH touched AS MATERIALIZED ({touched_bets("r.id > %(movements)s AND r.merchant_id = %(merchant)s")})
    SELECT o.currency, count(*), sum(o.amount), min(o.created_at) FROM (
        SELECT b.currency, b.amount, b.created_at FROM wallet_openbet b
         WHERE b.merchant_id = %(merchant)s {{bets}}
           AND b.created_at >= %(since)s AND b.created_at < %(until)s AND b.bet_id NOT IN (SELECT id FROM touched)
         UNION ALL
        SELECT t.currency, t.amount, t.created_at FROM wallet_transaction t
         WHERE t.id IN (SELECT id FROM touched) {{rows}}
           AND t.created_at >= %(since)s AND t.created_at < %(until)s AND {IS_OPEN}
    ) o
     GROUP BY 1 ORDER BY 1
"""
OF_PLAYERS, OF_GAMES = (
    OPEN_ROUNDS.format(bets=f"AND b.{column} = ANY(%(wanted)s)", rows=f"AND t.{column} = ANY(%(wanted)s)")
    for column in ("player_id", "game_id")
)
OF_MERCHANT = OPEN_ROUNDS.format(bets="", rows="")
PLAYED_AT = """
    SELECT m.id FROM merchants_merchant m
     WHERE EXISTS (SELECT FROM wallet_openbet b
                    WHERE b.merchant_id = m.id AND b.game_id = %(game)s AND b.created_at >= %(since)s)
        OR EXISTS (SELECT FROM (SELECT game_id, is_active, expires_at FROM wallet_session
                                 WHERE merchant_id = m.id ORDER BY id DESC LIMIT %(most)s) s
                    WHERE s.game_id = %(game)s AND s.is_active AND s.expires_at > %(now)s)
"""
PLAYING_ANYTHING = """
    SELECT count(DISTINCT s.player_id) FROM (
        SELECT player_id, is_active, expires_at FROM wallet_session
         WHERE merchant_id = %(merchant)s ORDER BY id DESC LIMIT %(most)s
    ) s WHERE s.is_active AND s.expires_at > %(now)s
"""
PLAYING = """
    SELECT count(DISTINCT s.player_id) FROM (
        SELECT player_id, game_id, is_active, expires_at FROM wallet_session
         WHERE merchant_id = %(merchant)s ORDER BY id DESC LIMIT %(most)s
    ) s WHERE s.game_id = ANY(%(wanted)s) AND s.is_active AND s.expires_at > %(now)s
"""
IN_SESSION = """
    SELECT count(DISTINCT player_id) FROM wallet_session
     WHERE player_id = ANY(%(wanted)s) AND is_active AND expires_at > %(now)s
"""
CALLS = """
    SELECT count(*) FROM (
        SELECT {column} AS name FROM wallet_signedrequest r
         WHERE r.merchant_id = %(merchant)s ORDER BY {block} DESC, r.id DESC LIMIT %(most)s
    ) c WHERE c.name = ANY(%(names)s)
"""
CALLS_OF_PLAYERS, CALLS_OF_GAMES = (CALLS.format(column=name, block=OF_BLOCK) for name in ("player_id", "game_id"))
NOBODYS: list[Secret] = []  # rounds are found by the merchant here, whatever secret signed


@dataclass(frozen=True, slots=True)
class RestrictionImpact:
    """The impact, with its bounds: rounds of `open_days`, `newest_sessions` (0: all sessions), `looked_at` requests."""

    open_rounds: list[OpenRounds]
    players_in_session: int
    calls: int
    looked_at: int = NEWEST_CALLS
    open_days: int = OPEN_DAYS
    newest_sessions: int = 0


@transaction.atomic
def game_impact(merchant: Merchant, games: Collection[Game], now: datetime | None = None) -> RestrictionImpact:
    """Return the impact of switching games off for a merchant: open rounds, and players in its newest sessions."""
    now, wanted = now or clock.now(), [game.pk for game in games]
    names = [game.game_id for game in games]
    return RestrictionImpact(
        open_rounds=_open_rounds(OF_GAMES, merchant, wanted, now),
        players_in_session=_count(PLAYING, merchant=merchant.pk, wanted=wanted, now=now, most=NEWEST_SESSIONS),
        calls=_count(CALLS_OF_GAMES, merchant=merchant.pk, names=names, most=NEWEST_CALLS),
        newest_sessions=NEWEST_SESSIONS,
    )


@transaction.atomic
def game_impact_everywhere(game: Game, now: datetime | None = None) -> RestrictionImpact:
    """Return the impact of switching a game off for every merchant; stakes by currency, over all merchants."""
    of_game = [game_impact(merchant, [game], now) for merchant in _merchants_of(game, now or clock.now())]
    return RestrictionImpact(
        open_rounds=_summed(each for impact in of_game for each in impact.open_rounds),
        players_in_session=sum(impact.players_in_session for impact in of_game),
        calls=sum(impact.calls for impact in of_game),
        newest_sessions=NEWEST_SESSIONS,
    )


def _merchants_of(game: Game, now: datetime) -> list[Merchant]:
    """Where the game has been played in the time that is looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            PLAYED_AT, {"game": game.pk, "since": now - timedelta(days=OPEN_DAYS), "now": now, "most": SESSIONS_OF_EACH}
        )
        numbers = [number for (number,) in cursor.fetchall()]
    return list(Merchant.objects.filter(pk__in=numbers, sandbox_of=None).order_by("pk"))


def _summed(rounds: Iterable[OpenRounds]) -> list[OpenRounds]:
    by_currency = dict[str, OpenRounds]()
    for each in rounds:
        known = by_currency.get(each.currency, OpenRounds(each.currency, 0, 0, each.oldest))
        by_currency[each.currency] = OpenRounds(
            each.currency, known.rounds + each.rounds, known.stake + each.stake, min(known.oldest, each.oldest)
        )
    return [by_currency[currency] for currency in sorted(by_currency)]


@transaction.atomic
def merchant_impact(merchant: Merchant, now: datetime | None = None) -> RestrictionImpact:
    """Return the impact of suspending or closing a merchant: open rounds, players in session, requests of 24 hours."""
    now = now or clock.now()
    return RestrictionImpact(
        open_rounds=_open_rounds(OF_MERCHANT, merchant, [], now),
        players_in_session=_count(PLAYING_ANYTHING, merchant=merchant.pk, now=now, most=NEWEST_SESSIONS),
        calls=last_day.last_day(merchant).by_status.total(),
        looked_at=0,
        newest_sessions=NEWEST_SESSIONS,
    )


@transaction.atomic
def player_impact(merchant: Merchant, players: Collection[Player], now: datetime | None = None) -> RestrictionImpact:
    """Return the impact of blocking players: open rounds and sessions, also of thousands at once."""
    now, wanted = now or clock.now(), [player.pk for player in players]
    names = [player.player_id for player in players]
    return RestrictionImpact(
        open_rounds=_open_rounds(OF_PLAYERS, merchant, wanted, now),
        players_in_session=_count(IN_SESSION, wanted=wanted, now=now),
        calls=_count(CALLS_OF_PLAYERS, merchant=merchant.pk, names=names, most=NEWEST_CALLS),
    )


def _count(statement: str, **values: Any) -> int:
    return int(_row(statement, values)[0])


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def open_rounds_of(player: Player, now: datetime | None = None) -> list[OpenRounds]:
    """Return the open rounds of a player by currency."""
    return _open_rounds(OF_PLAYERS, player.merchant, [player.pk], now or clock.now())


def _open_rounds(statement: str, merchant: Merchant, wanted: list[int], now: datetime) -> list[OpenRounds]:
    span = Span(now - timedelta(days=OPEN_DAYS))
    found = usage_totals.usage_rows(statement, NOBODYS, span, merchant=merchant.pk, wanted=wanted)
    return [OpenRounds(currency, number, int(stake), oldest) for currency, number, stake, oldest in found]


# --- Limits -----------------------------------------------------------------------------------------------------------
# Bets are counted where they stand. Who asked for too many in some minute is told apart there too: only their bets are
# judged one after the other, since a bet that was refused does not count against the next.
JUDGED = """
      WITH asked AS (
        SELECT t.id, t.player_id, t.created_at, t.amount, t.currency FROM wallet_transaction t
         WHERE {whose} AND t.kind = 'bet'
         ORDER BY {newest} LIMIT %(most)s
    ), known AS (
        SELECT a.*, coalesce(a.amount > {stake}, false) AS high, {bets} AS bets FROM asked a {own}
    ), counted AS (
        SELECT k.*, count(*) FILTER (WHERE NOT k.high) OVER (
                   PARTITION BY k.player_id ORDER BY k.created_at RANGE '1 minute' PRECEDING) AS in_a_minute
          FROM known k
    ), told AS (
        SELECT c.*, coalesce(bool_or(c.in_a_minute > c.bets) OVER (PARTITION BY c.player_id), false) AND NOT c.high
                    AS hasty
          FROM counted c
    )
    SELECT count(*), min(created_at),
           count(*) FILTER (WHERE created_at >= %(day)s), count(*) FILTER (WHERE created_at >= %(week)s),
           count(*) FILTER (WHERE high AND created_at >= %(day)s),
           count(*) FILTER (WHERE high AND created_at >= %(week)s),
           array_agg(player_id ORDER BY created_at, id) FILTER (WHERE hasty),
           array_agg(created_at ORDER BY created_at, id) FILTER (WHERE hasty),
           array_agg(bets ORDER BY created_at, id) FILTER (WHERE hasty)
      FROM told
"""
# As the ledger judges it (wallet_bet).
STAKE = """coalesce(({own} -> a.currency)::bigint, {own_of_any},
                        (%(by_currency)s::jsonb -> a.currency)::bigint, %(stake)s::bigint)"""
# Ids follow the clock but for the second that a call may last: `since` is two minutes before what is counted.
OF_ONE = JUDGED.format(
    whose="""t.id = ANY(ARRAY(
             SELECT i.id FROM wallet_transaction i
              WHERE i.player_id = %(player)s AND i.id >= coalesce((
                        SELECT f.id FROM wallet_transaction f
                         WHERE f.merchant_id = %(merchant)s AND f.kind = 'bet' AND f.created_at >= %(since)s
                         ORDER BY f.created_at, f.id LIMIT 1), 0)))""",
    newest="t.id DESC",
    stake=STAKE.format(own="%(own_by_currency)s::jsonb", own_of_any="%(own)s::bigint"),
    bets="%(bets)s::integer",
    own="",
)
OF_ALL = JUDGED.format(
    whose="t.merchant_id = %(merchant)s AND t.created_at >= %(since)s",
    newest="t.created_at DESC, t.id DESC",
    stake=STAKE.format(own="p.max_stake_by_currency", own_of_any="p.max_stake"),
    bets="coalesce(p.bets_per_minute, %(bets)s::integer)",
    own="""CROSS JOIN LATERAL (SELECT max_stake, max_stake_by_currency, bets_per_minute FROM merchants_player
                               WHERE id = a.player_id OFFSET 0) p""",  # each by its id, never all players
)
Hasty = Iterable[tuple[int, datetime, int]]


@dataclass(frozen=True, slots=True)
class RefusedBets:
    """Bets of a period, and how many of them the limits would have refused. `whole`: all bets of the period were
    read.
    """

    bets: int
    too_high: int
    too_fast: int
    since: datetime
    whole: bool

    @property
    def refused(self) -> int:
        return self.too_high + self.too_fast


def player_limit_impact(player: Player, limits: Limits, now: datetime | None = None) -> tuple[RefusedBets, RefusedBets]:
    """Return the bets of a player that the limits would have refused, in the last day and in the last week.

    A limit without a value is the merchant's limit.
    """
    merchant = player.merchant
    bets = merchant.bets_per_minute if limits.bets_per_minute is None else limits.bets_per_minute
    general = limits_of.player_limits(merchant)._replace(bets_per_minute=bets)
    own = {"own": limits.max_stake, "own_by_currency": _json(limits.max_stake_by_currency)}
    return _judged(OF_ONE, merchant, general, now or clock.now(), player=player.pk, **own)


def merchant_limit_impact(
    merchant: Merchant, limits: Limits, now: datetime | None = None
) -> tuple[RefusedBets, RefusedBets]:
    """Return the same for all players of a merchant without individual limits."""
    return _judged(OF_ALL, merchant, limits, now or clock.now())


def _judged(
    statement: str, merchant: Merchant, limits: Limits, now: datetime, **more: Any
) -> tuple[RefusedBets, RefusedBets]:
    begins = {"day": now - DAY, "week": now - WEEK}
    bets, stake, by_currency = limits
    known = {"merchant": merchant.pk, "since": now - WEEK - 2 * MINUTE}
    wanted = {"bets": bets, "stake": stake, "by_currency": _json(by_currency)}
    seen, first, *counts, players, moments, most = _row(
        statement, known | wanted | begins | {"most": NEWEST_BETS} | more
    )
    refused = too_fast_bets(zip(players or (), moments or (), most or (), strict=True))

    def of(since: datetime, asked: int, high: int) -> RefusedBets:
        whole = seen < NEWEST_BETS or first <= since
        return RefusedBets(asked, high, sum(1 for at in refused if at >= since), since if whole else first, whole)

    return of(begins["day"], counts[0], counts[2]), of(begins["week"], counts[1], counts[3])


def _json(amounts: dict[str, int] | None) -> Jsonb | None:
    return None if amounts is None else Jsonb(amounts)


def too_fast_bets(bets: Hasty) -> list[datetime]:
    """Return the moments of bets that row 17 would have refused. Refused bets do not count."""
    lately: dict[int, deque[datetime]] = defaultdict(deque)
    refused = []
    for player, moment, most in bets:
        taken = lately[player]
        while taken and taken[0] <= moment - MINUTE:
            taken.popleft()
        if len(taken) >= most:
            refused.append(moment)
        else:
            taken.append(moment)
    return refused
