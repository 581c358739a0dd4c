"""Puts the same players, with the same key, into the yardstick's own tables; run inside Django's shell."""

from __future__ import annotations

import json
import os
from datetime import timedelta

from django.utils import timezone

from bench.cast import CURRENCY, GAME, OPENING_BALANCE, PLAYERS, Cast
from bench.yardstick.models import Account, Game, Merchant, Player, Session


def main() -> None:
    cast = Cast(**json.loads(os.environ["YARDSTICK_CAST"]))
    merchant = Merchant.objects.create(auth_key=cast.auth_key, secret=cast.secret)
    game = Game.objects.create(game_id=GAME)
    names = [f"player-{number}" for number in range(1, PLAYERS + 1)]
    players = Player.objects.bulk_create(Player(merchant=merchant, player_id=name) for name in names)
    Account.objects.bulk_create(
        Account(player=player, currency=CURRENCY, balance=OPENING_BALANCE) for player in players
    )
    ends = timezone.now() + timedelta(days=1)
    Session.objects.bulk_create(
        Session(session_id=f"session-{player.player_id}", player=player, game=game, expires_at=ends)
        for player in players
    )
