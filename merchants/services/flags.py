"""Switches for players and games. They refuse new risk only; payouts and rollbacks are accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import batched
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from merchants import errors
from merchants.models import DisabledGame, Game, Merchant, Player
from merchants.services.typed_text import check_no_secret
from portal.lib.texts import Answers

BLOCKED_ANSWERS: Answers = [
    (_("Bet, launch"), "RS_ERROR_PLAYER_BLOCKED"),
    (_("Payout, reward, rollback, balance, deposit, withdraw"), _("as usual")),
]
UNBLOCKED_ANSWERS: Answers = [(_("Bet, launch"), _("as usual"))]
ON_ANSWERS = UNBLOCKED_ANSWERS
OFF_ANSWERS: Answers = [
    (_("Bet, launch"), "RS_ERROR_GAME_INACTIVE"),
    (_("Payout, reward, rollback, balance"), _("as usual")),
]

AT_ONCE = 2_500  # rows in a statement, so that the last of many are locked last
LOCK = "SELECT id FROM merchants_player WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
WRITE = """
    UPDATE merchants_player p
       SET is_blocked = v.is_blocked, blocked_reason = v.blocked_reason,
           bets_per_minute = v.bets_per_minute, max_stake = v.max_stake, max_stake_by_currency = v.by_currency
      FROM unnest(%s::bigint[], %s::boolean[], %s::text[], %s::integer[], %s::bigint[], %s::jsonb[],
                  %s::boolean[], %s::text[], %s::integer[], %s::bigint[], %s::jsonb[])
           AS v (id, was_blocked, was_reason, was_bets, was_stake, was_by_currency,
                 is_blocked, blocked_reason, bets_per_minute, max_stake, by_currency)
     WHERE p.id = v.id AND (p.is_blocked, p.blocked_reason) = (v.was_blocked, v.was_reason)
       AND (p.bets_per_minute, p.max_stake, p.max_stake_by_currency)
           IS NOT DISTINCT FROM (v.was_bets, v.was_stake, v.was_by_currency)
 RETURNING p.id
"""


class Setting(NamedTuple):
    """The merchant's settings for a player. Stakes: real amount × 100000; None: the merchant's limit counts."""

    is_blocked: bool
    blocked_reason: str
    bets_per_minute: int | None
    max_stake: int | None
    max_stake_by_currency: dict[str, int] | None = None

    def values(self) -> tuple[Any, ...]:
        """Return the values as the database takes them."""
        *plain, by_currency = self
        return *plain, None if by_currency is None else Jsonb(by_currency)


def setting(of: Player) -> Setting:
    """Return the settings of a player."""
    return Setting(*(getattr(of, name) for name in Setting._fields))


def locked_players(players: Collection[int]) -> dict[int, Player]:
    """Return the players by number, locked in the order of the ledger (decision 0006)."""
    found = Player.objects.select_for_update().filter(pk__in=players).order_by("pk")
    return {player.pk: player for player in found}


@transaction.atomic
def write_settings(changes: Iterable[tuple[int, Setting, Setting]]) -> list[int]:
    """Write settings, given as player, expected and new value. Return the players whose value was not the expected one.

    Those players stay unchanged. Bets of all these players wait from the lock until the commit, so nothing is read or
    computed in between. Rows are locked in the order of the ledger (decision 0006).
    """
    rows = [(pk, *was.values(), *wanted.values()) for pk, was, wanted in sorted(changes, key=itemgetter(0))]
    written: set[int] = set()
    with connection.cursor() as cursor:
        for some in batched(rows, AT_ONCE):
            cursor.execute(LOCK, [[pk for pk, *_ in some]])
            cursor.execute(WRITE, [list(column) for column in zip(*some, strict=True)])
            written.update(pk for (pk,) in cursor.fetchall())
    return [pk for pk, *_ in rows if pk not in written]


@transaction.atomic
def block_player(*, player: Player, reason: str) -> Player:
    """Block a player: bets and launches are refused; payouts, rollbacks and withdrawals are accepted.

    Refuses a blocked player (PlayerIsBlocked), and a secret or a line break in the reason.
    """
    check_no_secret(reason)
    return _set_blocked(player, blocked=True, reason=reason)


@transaction.atomic
def unblock_player(*, player: Player) -> Player:
    """Unblock a player. Refuses a player who is not blocked (PlayerNotBlocked)."""
    return _set_blocked(player, blocked=False, reason="")


def _set_blocked(player: Player, *, blocked: bool, reason: str) -> Player:
    player = locked_players([player.pk])[player.pk]
    if player.is_blocked == blocked:
        raise errors.PlayerIsBlocked(player.blocked_reason) if blocked else errors.PlayerNotBlocked
    player.is_blocked, player.blocked_reason = blocked, reason
    player.save(update_fields=["is_blocked", "blocked_reason"])
    return player


@transaction.atomic
def switch_game(*, game: Game, on: bool) -> Game:
    """Switch a game on or off for every merchant. A merchant that switched it off keeps it off. Refuses nothing."""
    game = Game.objects.select_for_update().get(pk=game.pk)
    game.is_active = on
    game.save(update_fields=["is_active"])
    return game


@transaction.atomic
def switch_game_for(*, game: Game, merchant: Merchant, on: bool) -> None:
    """Switch a game on or off for one merchant. A repeat changes nothing. Refuses nothing."""
    switch_games_for(games=[game], merchant=merchant, on=on)


@transaction.atomic
def switch_games_for(*, games: Iterable[Game], merchant: Merchant, on: bool) -> int:
    """Switch games on or off for one merchant; return how many changed. Refuses nothing."""
    if on:
        return DisabledGame.objects.filter(game__in=list(games), merchant=merchant).delete()[0]
    new = [DisabledGame(game=game, merchant=merchant) for game in games]
    before = DisabledGame.objects.filter(merchant=merchant).count()
    DisabledGame.objects.bulk_create(new, ignore_conflicts=True)
    return DisabledGame.objects.filter(merchant=merchant).count() - before
