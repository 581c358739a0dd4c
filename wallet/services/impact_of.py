"""Before a player is blocked, a game switched off or a limit set: what goes on there, and who would be refused."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from merchants.models import Game, Merchant, Player, Secret
from merchants.services.limits import Limits
from portal.lib import clock
from wallet.models import Session, SignedRequest, Transaction
from wallet.services import used
from wallet.services.usage import IS_OPEN, bets_touched
from wallet.services.used import OpenRounds, Span

OPEN_DAYS = 30
NEWEST_SESSIONS = 20_000
NEWEST_CALLS = 5_000
NEWEST_BETS = 20_000
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(hours=24), timedelta(days=7)

# Of a merchant's open bets, those of some players or games (`t.{column}`).
OPEN_ROUNDS = f"""
      WITH touched AS MATERIALIZED ({bets_touched("r.id > %(movements)s AND r.merchant_id = %(merchant)s")})
    SELECT o.currency, count(*), sum(o.amount), min(o.created_at) FROM (
        SELECT b.currency, b.amount, b.created_at FROM wallet_openbet b
          JOIN wallet_transaction t ON t.id = b.bet_id
         WHERE b.merchant_id = %(merchant)s AND b.created_at >= %(since)s AND b.created_at < %(until)s
           AND b.bet_id NOT IN (SELECT id FROM touched) AND t.{{column}} = ANY(%(wanted)s)
         UNION ALL
        SELECT t.currency, t.amount, t.created_at FROM wallet_transaction t
         WHERE t.id IN (SELECT id FROM touched) AND t.{{column}} = ANY(%(wanted)s)
           AND t.created_at >= %(since)s AND t.created_at < %(until)s AND {IS_OPEN}
    ) o
     GROUP BY 1 ORDER BY 1
"""
OF_PLAYERS, OF_GAMES = OPEN_ROUNDS.format(column="player_id"), OPEN_ROUNDS.format(column="game_id")
NOBODYS: list[Secret] = []  # rounds are found by the merchant here, whatever secret signed


@dataclass(frozen=True, slots=True)
class Impact:
    """`calls`: of the merchant's newest `looked_at`."""

    open_rounds: list[OpenRounds]
    players_in_session: int
    calls: int
    looked_at: int = NEWEST_CALLS


@transaction.atomic
def of_games(merchant: Merchant, games: Collection[Game], now: datetime | None = None) -> Impact:
    """Of one merchant; in session among its newest NEWEST_SESSIONS sessions."""
    now = now or clock.now()
    newest = Session.objects.of(merchant.pk).order_by("-pk").values("pk")[:NEWEST_SESSIONS]
    live = Session.objects.filter(pk__in=newest, game__in=games).live(at=now).order_by()
    calls = SignedRequest.objects.filter(merchant=merchant).order_by("-pk").values("game_id")[:NEWEST_CALLS]
    names = {game.game_id for game in games}
    return Impact(
        open_rounds=_open_rounds(OF_GAMES, merchant, [game.pk for game in games], now),
        players_in_session=live.values("player").distinct().count(),
        calls=sum(1 for call in calls if call["game_id"] in names),
    )


@transaction.atomic
def of_players(merchant: Merchant, players: Collection[Player], now: datetime | None = None) -> Impact:
    """Of one merchant, also of thousands at once."""
    now = now or clock.now()
    live = Session.objects.filter(player__in=[player.pk for player in players]).live(at=now).order_by()
    calls = SignedRequest.objects.filter(merchant=merchant).order_by("-pk").values("player_id")[:NEWEST_CALLS]
    names = {player.player_id for player in players}
    return Impact(
        open_rounds=_open_rounds(OF_PLAYERS, merchant, [player.pk for player in players], now),
        players_in_session=live.values("player").distinct().count(),
        calls=sum(1 for call in calls if call["player_id"] in names),
    )


def open_rounds_of(player: Player, now: datetime | None = None) -> list[OpenRounds]:
    return _open_rounds(OF_PLAYERS, player.merchant, [player.pk], now or clock.now())


def _open_rounds(statement: str, merchant: Merchant, wanted: list[int], now: datetime) -> list[OpenRounds]:
    span = Span(now - timedelta(days=OPEN_DAYS))
    found = used.rows(statement, NOBODYS, span, merchant=merchant.pk, wanted=wanted)
    return [OpenRounds(currency, number, int(stake), oldest) for currency, number, stake, oldest in found]


# --- Limits -----------------------------------------------------------------------------------------------------------
class Bet(NamedTuple):
    player_id: int
    created_at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Bets of a span, and those among them that such limits would have refused. `whole`: all of the span were seen."""

    bets: int
    too_high: int
    too_fast: int
    since: datetime
    whole: bool

    @property
    def refused(self) -> int:
        return self.too_high + self.too_fast


def of_player_limits(player: Player, limits: Limits, now: datetime | None = None) -> tuple[Refused, Refused]:
    """In the last day, and in the last week. What the player leaves open is the merchant's."""
    now = now or clock.now()
    rows = Transaction.objects.filter(player=player, kind="bet").order_by("-pk")
    bets, whole = _newest(rows, now - WEEK - MINUTE)
    merchant = player.merchant
    settled = {player.pk: _over(limits, Limits(merchant.bets_per_minute, merchant.max_stake))}
    return _judged(bets, settled, now - DAY, whole=whole), _judged(bets, settled, now - WEEK, whole=whole)


def of_merchant_limits(merchant: Merchant, limits: Limits, now: datetime | None = None) -> tuple[Refused, Refused]:
    """As for a player; those with limits of their own keep them."""
    now = now or clock.now()
    rows = Transaction.objects.filter(merchant=merchant, kind="bet").order_by("-created_at", "-pk")
    bets, whole = _newest(rows, now - WEEK - MINUTE)
    own = Player.objects.filter(Q(bets_per_minute__isnull=False) | Q(max_stake__isnull=False))
    own = own.filter(pk__in={bet.player_id for bet in bets})
    theirs = {pk: Limits(*pair) for pk, *pair in own.values_list("pk", "bets_per_minute", "max_stake")}
    settled = defaultdict(lambda: limits, {pk: _over(each, limits) for pk, each in theirs.items()})
    return _judged(bets, settled, now - DAY, whole=whole), _judged(bets, settled, now - WEEK, whole=whole)


def _over(own: Limits, general: Limits) -> Limits:
    """One limit a time: the player's goes before the merchant's."""
    return Limits(*(mine if mine is not None else theirs for mine, theirs in zip(own, general, strict=True)))


def _newest(rows: Any, since: datetime) -> tuple[list[Bet], bool]:
    """The oldest first, of the newest NEWEST_BETS; and whether these are all since then."""
    found = [Bet(*row) for row in rows.values_list("player_id", "created_at", "amount")[:NEWEST_BETS]]
    recent = [bet for bet in found if bet.created_at >= since]
    return recent[::-1], len(recent) < NEWEST_BETS


def _judged(bets: list[Bet], limits: Any, since: datetime, *, whole: bool) -> Refused:
    high = fast = seen = 0
    for bet, verdict in verdicts(bets, limits):
        if bet.created_at >= since:
            seen, high, fast = seen + 1, high + (verdict == "high"), fast + (verdict == "fast")
    first = since if whole or not bets else max(since, bets[0].created_at)
    return Refused(seen, high, fast, first, whole or first == since)


def verdicts(bets: Iterable[Bet], limits: Any) -> Iterable[tuple[Bet, str]]:
    """As the ledger judges (row 17): stake first, then the bets of the last minute that no limit refused."""
    lately: dict[int, deque[datetime]] = defaultdict(deque)
    for bet in bets:
        own, asked = limits[bet.player_id], lately[bet.player_id]
        while asked and asked[0] <= bet.created_at - MINUTE:
            asked.popleft()
        verdict = ""
        if own.max_stake is not None and bet.amount > own.max_stake:
            verdict = "high"
        elif own.bets_per_minute is not None and len(asked) >= own.bets_per_minute:
            verdict = "fast"
        else:
            asked.append(bet.created_at)
        yield bet, verdict
