"""A casino at work: its servers, its games, and the players who come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Any

from django.db.models import Q

from merchants.models import ApiKey, Game, Merchant, Player
from merchants.services import credentials
from portal.local.demo import cast, catalogue
from portal.local.demo.cast import UNITS, Casino
from portal.local.demo.wire import Machine, Wire
from wallet.money import SCALE

STAKES = (20, 50, 100, 200, 500, 1000)  # hundredths of a unit
STAKE_WEIGHTS = (20, 25, 25, 18, 9, 3)


@dataclass(frozen=True)
class Guest:
    """A player and the purse that he plays from. `stake` is his usual one, real amount × 100000."""

    player: Player
    currency: str
    stake: int

    @property
    def player_id(self) -> str:
        return self.player.player_id

    @property
    def plays_freely(self) -> bool:
        player = self.player
        return not player.is_blocked and player.max_stake_by_currency is None and player.bets_per_minute is None


@dataclass
class House:
    casino: Casino
    merchant: Merchant
    rng: Random
    game_server: Machine
    office: Machine
    staging: Machine
    replaced: Machine
    games: list[Game]
    games_off: list[Game]
    guests: list[Guest]
    undelivered: list[dict[str, Any]] = field(default_factory=list)

    def guest(self) -> Guest:
        """Some come often, most rarely."""
        return self.guests[int(len(self.guests) * self.rng.random() ** 1.8)]

    def game(self) -> Game:
        weights = accumulate(1 / (place + 2) for place in range(len(self.games)))
        return self.rng.choices(self.games, cum_weights=list(weights))[0]


def open_houses(wire: Wire, rng: Random) -> list[House]:
    merchants = Merchant.objects.in_bulk([casino.code for casino in cast.CASINOS], field_name="code")
    return [open_house(casino, merchants[casino.code], wire, rng) for casino in cast.CASINOS]


def open_house(casino: Casino, merchant: Merchant, wire: Wire, rng: Random) -> House:
    games: list[Any] = list(Game.objects.playable_by(merchant.pk).order_by("pk"))
    servers = machines(merchant, wire)
    return House(
        casino=casino,
        merchant=merchant,
        rng=rng,
        game_server=servers[catalogue.GAMES_LABEL],
        office=servers[catalogue.OFFICE_LABEL].calling_from(*casino.office_addresses),
        staging=servers[catalogue.STAGING_LABEL].calling_from(*casino.office_addresses),
        replaced=servers[catalogue.REPLACED_LABEL],
        games=[game for game in games if game.active],
        games_off=[game for game in games if not game.active],
        guests=list(invite(casino, merchant.players.order_by("pk"), rng)),
    )


def machines(merchant: Merchant, wire: Wire) -> dict[str, Machine]:
    """By the label of the key that each signs with, those of the sandbox too."""
    keys = ApiKey.objects.filter(Q(merchant=merchant) | Q(merchant__sandbox_of=merchant)).order_by("pk")
    return {
        key.label: Machine(wire, key.auth_key, credentials.reveal_secret(secret), cast.GAME_SERVERS)
        for key in keys
        for secret in key.secrets.select_related("key")
    }


def invite(casino: Casino, players: Iterable[Player], rng: Random) -> Iterator[Guest]:
    """Every fifth player plays in the casino's second currency."""
    for place, player in enumerate(players):
        currency = casino.currencies[-1 if place % 5 == 4 else 0]  # noqa: PLR2004
        stake = rng.choices(STAKES, weights=STAKE_WEIGHTS)[0] * UNITS[currency] * SCALE // 100
        yield Guest(player, currency, stake)
