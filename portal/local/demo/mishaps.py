"""Calls that go wrong, one for every way to be refused, as they happen to callers in life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from portal.lib import clock
from portal.local.demo.cast import STRANGER
from portal.local.demo.table import BET, PAYOUT, GameTable, new_id
from wallet.money import MAX_WHOLE_NUMBER

Headers = dict[str, str | None]


def send_wrong_call(table: GameTable, path: str = BET, *, headers: Headers | None = None, **fields: Any) -> None:
    body = table.call_fields(currency=table.currency, amount=table.guest.stake) | fields
    table.house.game_server.call(path, body, headers=headers)


def header_forgotten(table: GameTable) -> None:
    send_wrong_call(table, headers={"x-signature": None})


def replaced_key(table: GameTable) -> None:
    table.house.replaced.call(BET, table.call_fields(currency=table.currency, amount=table.guest.stake))


def mistyped_key(table: GameTable) -> None:
    send_wrong_call(table, headers={"x-api-key": table.house.game_server.auth_key[:-1]})


def foreign_address(table: GameTable) -> None:
    table.house.game_server.calling_from(STRANGER).call(
        "/wallet/balance", {"playerId": table.guest.player_id, "currency": table.currency}
    )


def foreign_origin(table: GameTable) -> None:
    send_wrong_call(table, headers={"origin": "https://casino-mirror.example"})


def slow_clock(table: GameTable) -> None:
    with clock.frozen_at(clock.now() - timedelta(minutes=11)):
        behind = f"{clock.now().timestamp() * 1000:.0f}"
    send_wrong_call(table, headers={"x-timestamp": behind})


def seconds_for_milliseconds(table: GameTable) -> None:
    send_wrong_call(table, headers={"x-timestamp": f"{clock.now().timestamp():.0f}"})


def secret_of_staging(table: GameTable) -> None:
    house = table.house
    replace(house.game_server, secret=house.staging.secret).call(
        BET, table.call_fields(currency=table.currency, amount=1)
    )


def body_cut_off(table: GameTable) -> None:
    table.house.game_server.call(BET, b'{"transactionId":"' + new_id().encode() + b'","sessio')


def fraction(table: GameTable) -> None:
    send_wrong_call(table, amount=1.5)


def no_player(table: GameTable) -> None:
    send_wrong_call(table, playerId="")


def page_zero(table: GameTable) -> None:
    table.house.office.call("/game/sessions?page=0&limit=50")


def beyond_javascript(table: GameTable) -> None:
    send_wrong_call(table, amount=MAX_WHOLE_NUMBER + 1)


def negative_stake(table: GameTable) -> None:
    send_wrong_call(table, amount=-table.guest.stake)


def empty_deposit(table: GameTable) -> None:
    table.cashier("deposit", 0)


def id_used_twice(table: GameTable) -> None:
    if bet := table.bet():
        send_wrong_call(table, transactionId=bet["transactionId"], amount=bet["amount"] + table.guest.stake)


def stranger_asked_for(table: GameTable) -> None:
    body = {"playerId": f"{table.guest.player_id}-test", "currency": table.currency}
    table.house.game_server.call("/wallet/balance", body)


def forgotten_session(table: GameTable) -> None:
    send_wrong_call(table, sessionId=f"{new_id()}{clock.now().timestamp() * 1000:.0f}")


def game_switched_off(table: GameTable) -> None:
    table.launch(gameId=table.house.rng.choice(table.house.games_off).game_id)


def blocked_player(table: GameTable) -> None:
    """A small house may have nobody who is blocked; then nothing goes wrong."""
    for guest in [guest for guest in table.house.guests if guest.player.is_blocked][:1]:
        table.launch(playerId=guest.player_id, playerName=guest.player.name)


def payout_of_nothing(table: GameTable) -> None:
    send_wrong_call(table, PAYOUT, refTransactionId=new_id(), isWin=True)


def over_the_limit(table: GameTable) -> None:
    limit = table.guest.player.max_stake or table.house.merchant.max_stake
    if limit is not None:
        send_wrong_call(table, amount=limit + table.guest.stake)


def too_much_wanted(table: GameTable) -> None:
    table.cashier("withdraw", table.balance() + table.money(50))


def no_such_path(table: GameTable) -> None:
    send_wrong_call(table, "/wallet/transaction/bets")


def wrong_method(table: GameTable) -> None:
    table.house.office.call(f"/game/url?gameId={table.game.game_id}")


def form_for_json(table: GameTable) -> None:
    send_wrong_call(table, headers={"content-type": "application/x-www-form-urlencoded"})


Mishap = Callable[[GameTable], None]
MISHAPS: tuple[Mishap, ...] = (
    header_forgotten,
    game_switched_off,
    slow_clock,
    id_used_twice,
    replaced_key,
    fraction,
    payout_of_nothing,
    foreign_address,
    over_the_limit,
    forgotten_session,
    secret_of_staging,
    no_player,
    too_much_wanted,
    negative_stake,
    blocked_player,
    page_zero,
    stranger_asked_for,
    no_such_path,
    mistyped_key,
    body_cut_off,
    seconds_for_milliseconds,
    foreign_origin,
    beyond_javascript,
    empty_deposit,
    wrong_method,
    form_for_json,
)
