"""The demo's merchants with their keys, lists, games and players: all of it or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, DisabledGame, Game, Merchant, Player
from merchants.services import keys, sandboxes
from portal.local.demo import cast
from portal.local.demo.cast import UNITS, Casino
from wallet.money import SCALE

MERCHANT_AGE = timedelta(days=90)
BLOCKED_REASONS = ("Asked to be excluded", "Documents missing", "Chargeback under review")
OFFICE_LABEL = "Cashier"
GAMES_LABEL = "Game server"
STAGING_LABEL = "Staging"
REPLACED_LABEL = "Game server, replaced"


def catalogue_exists() -> bool:
    return Merchant.objects.filter(code=cast.CASINOS[0].code).exists()


@transaction.atomic
def create_catalogue(rng: Random, *, now: datetime) -> None:
    games = create_games(rng, at=now - MERCHANT_AGE)
    for casino in cast.CASINOS:
        merchant = create_merchant(casino, at=now - MERCHANT_AGE)
        DisabledGame.objects.bulk_create(DisabledGame(merchant=merchant, game=games[place]) for place in casino.off)
        create_keys(casino, merchant, now=now)
        create_lists(casino, merchant, now=now)
        create_sandbox(casino, merchant, now=now)
        create_players(casino, merchant, rng, now=now)


def create_games(rng: Random, *, at: datetime) -> list[Game]:
    numbers = rng.sample(range(10**12, 10**13), len(cast.GAMES))
    return Game.objects.bulk_create(
        Game(game_id=f"G{number}", name=name, is_active=place != cast.GAME_OFF_EVERYWHERE, created_at=at)
        for place, (number, name) in enumerate(zip(numbers, cast.GAMES, strict=True))
    )


def create_merchant(casino: Casino, *, at: datetime) -> Merchant:
    """Active at first; the one that is to be suspended gets there in the course of the traffic."""
    return Merchant.objects.create(
        code=casino.code,
        name=casino.name,
        time_zone=casino.time_zone,
        **({} if casino.max_stake is None else stake_limits(casino, casino.max_stake)),
        bets_per_minute=casino.bets_per_minute,
        created_at=at,
    )


def stake_limits(casino: Casino, euro: int) -> dict[str, Any]:
    """Return the limits of a stake of about so many euro; bets in other currencies are refused."""
    return {"max_stake_by_currency": {code: euro * UNITS[code] * SCALE for code in casino.currencies}, "max_stake": 0}


def create_keys(casino: Casino, merchant: Merchant, *, now: datetime) -> None:
    """The game server's key comes last: the newest usable key is the one that a try-out call signs with."""
    keys.revoke_key(key=keys.issue_key(merchant=merchant, label=REPLACED_LABEL).key)
    office = keys.issue_key(merchant=merchant, label=OFFICE_LABEL).key
    AllowlistEntry.objects.create(merchant=merchant, key=office, network=casino.office, note="Own servers only")
    keys.issue_key(merchant=merchant, label=GAMES_LABEL)


def create_sandbox(casino: Casino, merchant: Merchant, *, now: datetime) -> None:
    """With the lists of its merchant, a test key, and a player to try it with."""
    sandbox = sandboxes.create_sandbox(merchant=merchant)
    days = casino.staging_ends_in_days
    ends = None if days is None else now + timedelta(days=days)
    keys.issue_key(merchant=merchant, environment=ApiKey.Environment.TEST, label=STAGING_LABEL, expires_at=ends)
    Player.objects.create(merchant=sandbox, player_id="test-player", name="Test Player")


def create_lists(casino: Casino, merchant: Merchant, *, now: datetime) -> None:
    notes = {
        casino.office: f"{casino.name}, own servers",
        **dict.fromkeys(cast.GAME_SERVER_NETWORKS, "Game servers"),
        **dict.fromkeys(cast.THIS_MACHINE, "The machine that this demo runs on"),
    }
    for network, note in notes.items():
        AllowlistEntry.objects.create(merchant=merchant, network=network, note=note)
    ended = (now - timedelta(days=6)).replace(microsecond=0)
    audit: dict[str, Any] = {"merchant": merchant, "note": "Security audit", "expires_at": ended}
    AllowlistEntry.objects.create(network="192.0.2.128/26", **audit)
    for domain in casino.domains:
        AllowedDomain.objects.create(merchant=merchant, domain=domain)
    AllowedDomain.objects.create(domain=f"audit.{casino.domains[0]}", **audit)


def create_players(casino: Casino, merchant: Merchant, rng: Random, *, now: datetime) -> None:
    names = [f"{given} {family}" for given in cast.GIVEN_NAMES for family in cast.FAMILY_NAMES]
    numbers = rng.sample(range(10_000, 100_000), casino.players)
    Player.objects.bulk_create(
        Player(
            merchant=merchant,
            player_id=player_id(casino, name, number),
            name=name,
            created_at=now - timedelta(days=rng.uniform(cast.DAYS, MERCHANT_AGE.days)),
            **restriction(casino, place, rng),
        )
        for place, (name, number) in enumerate(zip(rng.sample(names, casino.players), numbers, strict=True))
    )


def player_id(casino: Casino, name: str, number: int) -> str:
    given, family = name.lower().split()
    return casino.player_ids.format(given=given, family=family, number=number)


def restriction(casino: Casino, place: int, rng: Random) -> dict[str, Any]:
    """Every 15th player is blocked, every 10th has a limit of his own; the first twenty have neither."""
    if place < 20:  # noqa: PLR2004
        return {}
    if place % 15 == 0:
        return {"is_blocked": True, "blocked_reason": rng.choice(BLOCKED_REASONS)}
    if place % 10 == 1:
        return stake_limits(casino, 2)
    return {"bets_per_minute": 6} if place % 10 == 2 else {}  # noqa: PLR2004
