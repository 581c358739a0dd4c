"""Switches over players and games. Money that is owed is paid whatever they say; only new risk is refused."""

from __future__ import annotations

from django.db import transaction

from merchants.models import DisabledGame, Game, Merchant, Player
from merchants.services.words import check_no_secret


@transaction.atomic
def block(*, player: Player, reason: str) -> Player:
    """No launches and no bets; payouts, rollbacks and withdrawals go on."""
    check_no_secret(reason)
    return _set_blocked(player, blocked=True, reason=reason)


@transaction.atomic
def unblock(*, player: Player) -> Player:
    return _set_blocked(player, blocked=False, reason="")


def _set_blocked(player: Player, *, blocked: bool, reason: str) -> Player:
    player = Player.objects.select_for_update().get(pk=player.pk)  # the row that the ledger locks for a bet
    player.is_blocked, player.blocked_reason = blocked, reason
    player.save(update_fields=["is_blocked", "blocked_reason"])
    return player


@transaction.atomic
def switch_game(*, game: Game, on: bool) -> Game:
    """For every merchant. What a merchant has switched off stays off when the game comes back."""
    game = Game.objects.select_for_update().get(pk=game.pk)
    game.is_active = on
    game.save(update_fields=["is_active"])
    return game


@transaction.atomic
def switch_game_for(*, game: Game, merchant: Merchant, on: bool) -> None:
    """For one merchant; said twice it is done once."""
    if on:
        DisabledGame.objects.filter(game=game, merchant=merchant).delete()
    else:
        DisabledGame.objects.get_or_create(game=game, merchant=merchant)
