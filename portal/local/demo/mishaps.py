"""Calls that go wrong, one for every way to be refused, as they happen to callers in life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from portal.lib import clock
from portal.local.demo.cast import STRANGER
from portal.local.demo.table import BET, PAYOUT, Table, new_id
from wallet.money import MAX_WHOLE_NUMBER

Headers = dict[str, str | None]


def send(table: Table, path: str = BET, *, headers: Headers | None = None, **fields: Any) -> None:
    body = table.told(currency=table.currency, amount=table.guest.stake) | fields
    table.house.game_server.call(path, body, headers=headers)


def header_forgotten(table: Table) -> None:
    send(table, headers={"x-signature": None})


def replaced_key(table: Table) -> None:
    table.house.replaced.call(BET, table.told(currency=table.currency, amount=table.guest.stake))


def mistyped_key(table: Table) -> None:
    send(table, headers={"x-api-key": table.house.game_server.auth_key[:-1]})


def from_elsewhere(table: Table) -> None:
    table.house.game_server.at(STRANGER).call(
        "/wallet/balance", {"playerId": table.guest.player_id, "currency": table.currency}
    )


def foreign_origin(table: Table) -> None:
    send(table, headers={"origin": "https://casino-mirror.example"})


def slow_clock(table: Table) -> None:
    with clock.at(clock.now() - timedelta(minutes=11)):
        behind = f"{clock.now().timestamp() * 1000:.0f}"
    send(table, headers={"x-timestamp": behind})


def seconds_for_milliseconds(table: Table) -> None:
    send(table, headers={"x-timestamp": f"{clock.now().timestamp():.0f}"})


def secret_of_staging(table: Table) -> None:
    house = table.house
    replace(house.game_server, secret=house.staging.secret).call(BET, table.told(currency=table.currency, amount=1))


def body_cut_off(table: Table) -> None:
    table.house.game_server.call(BET, b'{"transactionId":"' + new_id().encode() + b'","sessio')


def fraction(table: Table) -> None:
    send(table, amount=1.5)


def no_player(table: Table) -> None:
    send(table, playerId="")


def page_zero(table: Table) -> None:
    table.house.office.call("/game/sessions?page=0&limit=50")


def beyond_javascript(table: Table) -> None:
    send(table, amount=MAX_WHOLE_NUMBER + 1)


def negative_stake(table: Table) -> None:
    send(table, amount=-table.guest.stake)


def empty_deposit(table: Table) -> None:
    table.cashier("deposit", 0)


def id_used_twice(table: Table) -> None:
    if bet := table.bet():
        send(table, transactionId=bet["transactionId"], amount=bet["amount"] + table.guest.stake)


def stranger_asked_for(table: Table) -> None:
    body = {"playerId": f"{table.guest.player_id}-test", "currency": table.currency}
    table.house.game_server.call("/wallet/balance", body)


def forgotten_session(table: Table) -> None:
    send(table, sessionId=f"{new_id()}{clock.now().timestamp() * 1000:.0f}")


def game_switched_off(table: Table) -> None:
    table.launch(gameId=table.house.rng.choice(table.house.games_off).game_id)


def blocked_player(table: Table) -> None:
    """A small house may have nobody who is blocked; then nothing goes wrong."""
    for guest in [guest for guest in table.house.guests if guest.player.is_blocked][:1]:
        table.launch(playerId=guest.player_id, playerName=guest.player.name)


def payout_of_nothing(table: Table) -> None:
    send(table, PAYOUT, refTransactionId=new_id(), isWin=True)


def over_the_limit(table: Table) -> None:
    limit = table.guest.player.max_stake or table.house.merchant.max_stake
    if limit is not None:
        send(table, amount=limit + table.guest.stake)


def too_much_wanted(table: Table) -> None:
    table.cashier("withdraw", table.balance() + table.money(50))


def no_such_path(table: Table) -> None:
    send(table, "/wallet/transaction/bets")


def wrong_method(table: Table) -> None:
    table.house.office.call(f"/game/url?gameId={table.game.game_id}")


def form_for_json(table: Table) -> None:
    send(table, headers={"content-type": "application/x-www-form-urlencoded"})


Mishap = Callable[[Table], None]
MISHAPS: tuple[Mishap, ...] = (
    header_forgotten,
    game_switched_off,
    slow_clock,
    id_used_twice,
    replaced_key,
    fraction,
    payout_of_nothing,
    from_elsewhere,
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
