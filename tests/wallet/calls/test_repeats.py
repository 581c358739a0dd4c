"""Row 11: an id is judged once, over all endpoints, and answered the same for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from merchants.models import Merchant, Player
from tests import factories
from tests.conftest import Caller
from tests.signing import Answer
from wallet.models import Session

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "bet": ("bet", {"amount": 100, "currency": "EUR"}),
    "payout": ("payout", {"amount": 40, "currency": "EUR", "refTransactionId": "stake", "isWin": True}),
    "reward": ("reward", {"rewardedAmount": 40, "refTransactionId": "bonus-1", "rewardType": "bonus"}),
    "deposit": ("deposit", {"amount": 40, "currency": "EUR"}),
    "withdraw": ("withdraw", {"amount": 40, "currency": "EUR"}),
}
AT_THE_CASHIER = {"deposit", "withdraw"}
OTHER_CONTENT: list[tuple[str, dict[str, Any]]] = [
    ("bet", {"amount": 101}),
    ("bet", {"currency": "USD"}),
    ("bet", {"playerId": "player-2"}),
    ("bet", {"playerId": "nobody"}),
    ("bet", {"gameId": "G-other"}),
    ("bet", {"gameId": "G-unknown"}),
    ("payout", {"amount": 41}),
    ("payout", {"refTransactionId": "other"}),
    ("payout", {"isWin": False}),
    ("payout", {"gameId": "G-other"}),
    ("reward", {"rewardedAmount": 41}),
    ("reward", {"refTransactionId": "bonus-2"}),
    ("reward", {"rewardType": "jackpot"}),
    ("deposit", {"amount": 41}),
    ("deposit", {"playerId": "player-2"}),
    ("withdraw", {"amount": 41}),
    ("withdraw", {"currency": "USD"}),
]


@pytest.fixture(autouse=True)
def cast(caller: Caller) -> None:
    """A stake to pay, another player with 500, and another game."""
    factories.game("G-other")
    caller.deposit(500, playerId="player-2")
    caller.bet(1, transactionId="stake")


def send(caller: Caller, kind: str, **fields: Any) -> Answer:
    path, own = CALLS[kind]
    shared = caller.cashier(kind, 0) if kind in AT_THE_CASHIER else caller.in_session()
    return caller.call(f"/wallet/transaction/{path}", shared | {"transactionId": "id-1"} | own | fields)


@pytest.mark.parametrize("kind", CALLS)
def test_the_first_answer_again_whatever_has_changed_since(caller: Caller, kind: str) -> None:
    first = send(caller, kind)
    assert first.status == "RS_OK"
    caller.deposit(77)
    Player.objects.update(is_blocked=True, max_stake=0, bets_per_minute=0)
    Session.objects.update(is_active=False)
    caller.game.is_active = False
    caller.game.save()
    assert send(caller, kind).body == first.body
    assert caller.balance()["balance"] == first["balance"] + 77


@pytest.mark.parametrize("fields", [{"sessionId": "another"}, {"roundId": "r-9"}], ids=str)
@pytest.mark.parametrize("kind", ["bet", "payout", "reward"])
def test_session_and_round_are_not_content(caller: Caller, kind: str, fields: dict[str, Any]) -> None:
    assert send(caller, kind).body == send(caller, kind, **fields).body


@pytest.mark.parametrize("fields", [{"extra": [1, {"a": 2.5}]}, {"rewardType": None, "isWin": None}], ids=str)
@pytest.mark.parametrize("kind", ["bet", "deposit", "withdraw"])
def test_extra_fields_are_not_content(caller: Caller, kind: str, fields: dict[str, Any]) -> None:
    assert send(caller, kind).body == send(caller, kind, **fields).body


def test_the_order_of_keys_and_the_timestamp_are_not_content(caller: Caller) -> None:
    body = caller.in_session(transactionId="id-1", amount=100, currency="EUR")
    turned = json.dumps(dict(reversed(body.items())), indent=2).encode()
    first = caller.call("/wallet/transaction/bet", body)
    assert caller.call("/wallet/transaction/bet", turned).body == first.body


@pytest.mark.parametrize(("kind", "fields"), OTHER_CONTENT, ids=str)
def test_other_content_is_a_duplicate_and_moves_nothing(caller: Caller, kind: str, fields: dict[str, Any]) -> None:
    first = send(caller, kind)
    answer = send(caller, kind, **fields)
    assert (answer.status, answer["transactionId"]) == ("DUPLICATE_TRANSACTION", "id-1")
    assert caller.balance()["balance"] == first["balance"]
    assert caller.balance(playerId="player-2")["balance"] == 500


@pytest.mark.parametrize(
    ("fields", "balance"),
    [({"amount": 101}, 999_899), ({"playerId": "player-2"}, 500), ({"currency": "USD"}, 0)],
    ids=["of the player", "of the other player", "none in that currency"],
)
def test_a_duplicate_tells_the_current_balance(caller: Caller, fields: dict[str, Any], balance: int) -> None:
    send(caller, "bet")
    assert send(caller, "bet", **fields)["balance"] == balance


@pytest.mark.parametrize("second", CALLS)
@pytest.mark.parametrize("first", CALLS)
def test_another_kind_under_the_same_id_is_a_duplicate(caller: Caller, first: str, second: str) -> None:
    send(caller, first)
    balance = caller.balance()["balance"]
    assert send(caller, second).status == ("RS_OK" if first == second else "DUPLICATE_TRANSACTION")
    assert caller.balance()["balance"] == balance


@pytest.mark.parametrize("kind", CALLS)
def test_the_id_of_a_rollback_is_taken_too(caller: Caller, kind: str) -> None:
    undo = {"transactions": [caller.rollback_item("stake", transactionId="id-1")]}
    caller.call("/wallet/transaction/rollback", undo)
    assert send(caller, kind).status == "DUPLICATE_TRANSACTION"


@pytest.mark.parametrize("kind", CALLS)
def test_what_was_rolled_back_meanwhile_does_not_exist(caller: Caller, kind: str) -> None:
    send(caller, kind)
    caller.rollback("id-1")
    assert send(caller, kind).status == "TRANSACTION_DOES_NOT_EXIST"
    assert caller.balance()["balance"] == 999_999


def test_a_payout_taken_back_with_its_bet_does_not_exist(caller: Caller) -> None:
    send(caller, "payout")
    caller.rollback("stake")
    assert send(caller, "payout").status == "TRANSACTION_DOES_NOT_EXIST"


@pytest.mark.parametrize("kind", CALLS)
def test_an_id_is_one_merchants_own(caller: Caller, rival_caller: Caller, kind: str) -> None:
    rival_caller.bet(1, transactionId="stake")
    assert send(caller, kind).status == "RS_OK"
    assert send(rival_caller, kind).status == "RS_OK"


# What a refusal leaves behind ---------------------------------------------------------------------------------------
def block(caller: Caller, *, on: bool) -> None:
    Player.objects.filter(player_id=caller.player).update(is_blocked=on)


def switch_off(caller: Caller, *, on: bool) -> None:
    caller.game.is_active = not on
    caller.game.save()


def limit(caller: Caller, *, on: bool) -> None:
    Player.objects.filter(player_id=caller.player).update(max_stake=0 if on else None)


def empty(caller: Caller, *, on: bool) -> None:
    if on:
        caller.withdraw(caller.balance()["balance"], transactionId="everything")
    else:
        caller.rollback("everything")


def end_session(caller: Caller, *, on: bool) -> None:
    Session.objects.filter(session_id=caller.session).update(is_active=not on)


def suspend(caller: Caller, *, on: bool) -> None:
    Merchant.objects.filter(pk=caller.merchant.pk).update(status="suspended" if on else "active")


REMEMBERED: list[tuple[str, Callable[..., None], str]] = [
    ("bet", switch_off, "GAME_INACTIVE"),
    ("bet", block, "PLAYER_BLOCKED"),
    ("bet", limit, "LIMIT_REACHED"),
    ("bet", empty, "NOT_ENOUGH_MONEY"),
    ("withdraw", empty, "NOT_ENOUGH_MONEY"),
]
FORGOTTEN: list[tuple[str, Callable[..., None], str]] = [
    ("bet", end_session, "SESSION_REQUIRED_OR_INVALID"),
    ("bet", suspend, "MERCHANT_NOT_ACTIVE"),
    ("deposit", suspend, "MERCHANT_NOT_ACTIVE"),
]


@pytest.mark.parametrize(("kind", "trouble", "status"), REMEMBERED)
def test_a_refused_debit_stays_refused(caller: Caller, kind: str, trouble: Callable[..., None], status: str) -> None:
    trouble(caller, on=True)
    first = send(caller, kind)
    assert first.status == status
    trouble(caller, on=False)
    caller.deposit(77)
    assert send(caller, kind).body == first.body
    assert send(caller, kind, amount=1).status == "DUPLICATE_TRANSACTION"
    assert caller.balance()["balance"] == 1_000_076


@pytest.mark.parametrize(("kind", "trouble", "status"), FORGOTTEN)
def test_nothing_is_remembered_of_rows_1_to_13(
    caller: Caller, kind: str, trouble: Callable[..., None], status: str
) -> None:
    trouble(caller, on=True)
    assert send(caller, kind).status == status
    trouble(caller, on=False)
    assert send(caller, kind, amount=7).status == "RS_OK"


@pytest.mark.parametrize(
    "fields",
    [{"amount": "7"}, {"currency": ""}, {"amount": 2**60}, {"amount": -1}, {"playerId": "nobody"}, {"gameId": "G-no"}],
    ids=str,
)
def test_nothing_is_remembered_of_a_body_that_was_refused(caller: Caller, fields: dict[str, Any]) -> None:
    assert send(caller, "bet", **fields).status != "RS_OK"
    assert send(caller, "bet").status == "RS_OK"
