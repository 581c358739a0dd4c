"""Calls that go wrong, one for every way to be refused, as they happen to callers in life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from portal.local.demo.cast import STRANGER
from portal.local.demo.table import DemoTable
from wallet.services.simulation import refused_calls
from wallet.services.simulation.game_table import BET
from wallet.services.simulation.refused_calls import send_wrong_call


def replaced_key(table: DemoTable) -> None:
    table.house.replaced.call(BET, table.call_fields(currency=table.currency, amount=table.usual_stake))


def foreign_address(table: DemoTable) -> None:
    table.house.game_server.calling_from(STRANGER).call(
        "/wallet/balance", {"playerId": table.player_id, "currency": table.currency}
    )


def secret_of_staging(table: DemoTable) -> None:
    house = table.house
    replace(house.game_server, secret=house.staging.secret).call(
        BET, table.call_fields(currency=table.currency, amount=1)
    )


def game_switched_off(table: DemoTable) -> None:
    table.launch(gameId=table.rng.choice(table.house.games_off).game_id)


def blocked_player(table: DemoTable) -> None:
    """A small house may have nobody who is blocked; then nothing goes wrong."""
    for guest in [guest for guest in table.house.guests if guest.player.is_blocked][:1]:
        table.launch(playerId=guest.player_id, playerName=guest.player.name)


def over_the_limit(table: DemoTable) -> None:
    limits = table.guest.player.max_stake_by_currency or table.house.merchant.max_stake_by_currency or {}
    if (limit := limits.get(table.currency)) is not None:
        send_wrong_call(table, amount=limit + table.usual_stake)


Mishap = Callable[[DemoTable], None]
MISHAPS: tuple[Mishap, ...] = (
    refused_calls.header_missing,
    game_switched_off,
    refused_calls.clock_slow,
    refused_calls.id_used_twice,
    replaced_key,
    refused_calls.amount_fraction,
    refused_calls.payout_without_bet,
    foreign_address,
    over_the_limit,
    refused_calls.session_unknown,
    secret_of_staging,
    refused_calls.player_empty,
    refused_calls.balance_too_low,
    refused_calls.stake_negative,
    blocked_player,
    refused_calls.page_zero,
    refused_calls.player_unknown,
    refused_calls.path_unknown,
    refused_calls.key_unknown,
    refused_calls.body_cut,
    refused_calls.clock_in_seconds,
    refused_calls.origin_foreign,
    refused_calls.number_too_large,
    refused_calls.deposit_empty,
    refused_calls.method_wrong,
    refused_calls.type_wrong,
)
