"""A guest of one of the demo's houses in a session."""

from __future__ import annotations

from dataclasses import dataclass

from merchants.models import Game
from portal.local.demo.cast import UNITS
from portal.local.demo.house import Guest, House
from wallet.services.simulation.game_table import GameTable


@dataclass(kw_only=True)
class DemoTable(GameTable):
    house: House
    guest: Guest


def seat_guest(house: House, guest: Guest, game: Game, currency: str) -> DemoTable:
    """Return the table of a guest, before the launch."""
    return DemoTable(
        house=house,
        guest=guest,
        game_server=house.game_server,
        office=house.office,
        rng=house.rng,
        player_id=guest.player_id,
        player_name=guest.player.name,
        game_id=game.game_id,
        currency=currency,
        usual_stake=guest.stake,
        unit=UNITS.get(currency, 1),
        undelivered=house.undelivered,
    )
