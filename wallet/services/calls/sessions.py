"""Game launches, and the sessions that they open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.db import OperationalError, transaction

from merchants.models import Game, Player
from portal.lib import clock
from wallet import statuses
from wallet.ledger import ledger
from wallet.ledger.ledger import Caller
from wallet.models import Session
from wallet.money import PLAY_MONEY
from wallet.services.calls.play_money import SESSION_PREFIX


@dataclass(frozen=True, slots=True)
class Launch:
    """The input of a launch. `balance`: as the operator sent it, real amount × 100000."""

    game_id: str
    player_id: str
    player_name: str
    balance: int
    currency: str


def launch_session(caller: Caller, wish: Launch) -> Session:
    """Open a session, and add the player if it is new. Nothing is credited to an account.

    Refuses a state of merchant or key that allows no launch (row 6), an unknown game (row 12), a game that is switched
    off (row 14) and a blocked player (row 15). Raises Overloaded or Unanswered when the database did not decide.
    """
    ledger.check_gate(caller, "launch")
    using = settings.WALLET_DATABASE
    try:
        with transaction.atomic(using=using):
            return _launch(caller, wish, using)
    except OperationalError as fault:
        raise ledger.undecided_call(fault) from fault


def _launch(caller: Caller, wish: Launch, using: str) -> Session:
    game: Any = Game.objects.using(using).playable_by(caller.merchant_id).filter(game_id=wish.game_id).first()
    if game is None:
        raise statuses.RecordNotFound("The game does not exist.")
    if not game.active:
        raise statuses.GameInactive
    player = _known_player(caller, wish, using)
    if player.is_blocked:
        raise statuses.PlayerBlocked
    return _open(caller, wish, game, player, using)


def _known_player(caller: Caller, wish: Launch, using: str) -> Player:
    player, new = Player.objects.using(using).get_or_create(
        merchant_id=caller.merchant_id, player_id=wish.player_id, defaults={"name": wish.player_name}
    )
    if not new and player.name != wish.player_name:
        Player.objects.using(using).filter(pk=player.pk).update(name=wish.player_name)
    return player


def _open(caller: Caller, wish: Launch, game: Game, player: Player, using: str) -> Session:
    now, demo = clock.now(), wish.currency == PLAY_MONEY
    return Session.objects.using(using).create(
        session_id=f"{SESSION_PREFIX if demo else ''}{uuid4()}{now.timestamp() * 1000:.0f}",
        merchant_id=caller.merchant_id,
        player=player,
        game=game,
        account_id=None if demo else ledger.open_account(caller.merchant_id, player.pk, wish.currency),
        currency=wish.currency,
        pushed_balance=wish.balance,
        play_balance=wish.balance if demo else None,
        expires_at=now + timedelta(hours=settings.SESSION_LIFETIME_HOURS),
        created_at=now,
    )


def game_url(session: Session) -> str:
    """Return the address at which the player's browser opens the game."""
    query = urlencode({"sessionId": session.session_id, "mode": "demo" if session.is_demo else "real"})
    return f"{settings.GAME_LAUNCH_URL}?{query}"


def close_session(*, session: Session) -> None:
    """Close a session: it accepts no more bets. Its open rounds are still settled. Refuses nothing."""
    Session.objects.filter(pk=session.pk).update(is_active=False)
