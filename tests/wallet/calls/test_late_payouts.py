"""Retry and settlement: payouts that come late, in batches, under their original ids."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Caller
from tests.signing import Answer, new_id


def item(caller: Caller, **fields: Any) -> dict[str, Any]:
    return caller.in_session(currency=caller.currency, roundId="round-1", amount=50) | fields


def send(caller: Caller, path: str, *items: Any) -> Answer:
    return caller.call(f"/wallet/transaction/{path}", {"transactions": list(items)})


def answers(sent: Answer) -> list[str]:
    return [told["status"].removeprefix("RS_ERROR_") for told in sent["data"]]


def test_a_retry_finds_its_bet_by_session_player_and_round(caller: Caller) -> None:
    caller.bet(100, roundId="round-1")
    answer = send(caller, "retry", item(caller, transactionId="late-1"))
    told = {"sessionId": caller.session, "playerId": "player-1", "currency": "EUR", "roundId": "round-1"}
    assert answer.body == {
        "status": "RS_OK",
        "data": [{"status": "RS_OK", "transactionId": "late-1", "balance": 999_950, **told}],
    }


@pytest.mark.parametrize("fields", [{"roundId": "round-2"}, {"sessionId": "unknown"}], ids=str)
def test_a_retry_without_its_bet_is_refused_and_may_come_again(caller: Caller, fields: dict[str, Any]) -> None:
    caller.bet(100, roundId="round-1")
    late = item(caller)
    assert answers(send(caller, "retry", late | fields)) == ["TRANSACTION_DOES_NOT_EXIST"]
    assert answers(send(caller, "retry", late)) == ["RS_OK"]


def test_a_retry_does_not_pay_a_bet_that_was_rolled_back(caller: Caller) -> None:
    caller.rollback(caller.bet(100, roundId="round-1")["transactionId"])
    assert answers(send(caller, "retry", item(caller))) == ["TRANSACTION_DOES_NOT_EXIST"]


def test_retries_of_one_round_pay_each_bet_once_before_any_twice(caller: Caller) -> None:
    bets = [caller.bet(100, roundId="round-1")["transactionId"] for _ in range(2)]
    send(caller, "retry", item(caller), item(caller))
    for bet in bets:
        caller.rollback(bet)
    assert caller.balance()["balance"] == 1_000_000


def test_a_settlement_names_its_bet(caller: Caller) -> None:
    bet = caller.bet(100)["transactionId"]
    answer = send(caller, "settlement", item(caller, refTransactionId=bet, transactionId="late-1"))
    assert (answer["data"][0]["status"], answer["data"][0]["balance"]) == ("RS_OK", 999_950)


def test_a_settlement_may_leave_out_the_round(caller: Caller) -> None:
    late = item(caller, refTransactionId=caller.bet(100)["transactionId"])
    del late["roundId"]
    assert answers(send(caller, "settlement", late)) == ["RS_OK"]


def test_each_item_has_its_own_answer_in_order(caller: Caller) -> None:
    bet = caller.bet(100)["transactionId"]
    good = item(caller, refTransactionId=bet)
    sent = send(
        caller,
        "settlement",
        good,
        good | {"transactionId": new_id(), "refTransactionId": "unknown"},
        good | {"transactionId": new_id(), "amount": -1},
        good | {"transactionId": new_id(), "amount": "5"},
        good | {"transactionId": ""},
        good | {"transactionId": new_id(), "playerId": "nobody"},
        good | {"amount": 51},
        "not an object",
        good,
    )
    assert sent["status"] == "RS_OK"
    assert answers(sent) == [
        "RS_OK",
        "TRANSACTION_DOES_NOT_EXIST",
        "INVALID_AMOUNT",
        "INCORRECT_DATA",
        "FIELD_REQUIRED_OR_INVALID",
        "RECORD_NOT_FOUND",
        "DUPLICATE_TRANSACTION",
        "INCORRECT_DATA",
        "RS_OK",
    ]
    assert all(told.get("message") for told in sent["data"] if told["status"] != "RS_OK")
    assert sent["data"][6]["balance"] == 999_950
    assert caller.balance()["balance"] == 999_950


@pytest.mark.parametrize("first", ["payout", "settlement"])
def test_a_payout_and_its_settlement_are_one(caller: Caller, first: str) -> None:
    bet = caller.bet(100)["transactionId"]
    late = item(caller, refTransactionId=bet, transactionId="p-1")
    ways = {
        "payout": lambda: caller.payout(bet, 50, transactionId="p-1").body["balance"],
        "settlement": lambda: send(caller, "settlement", late)["data"][0]["balance"],
    }
    second = next(way for way in ways if way != first)
    assert [ways[first](), ways[second](), ways[first]()] == [999_950] * 3


@pytest.mark.parametrize("path", ["retry", "settlement", "rollback"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, "FIELD_REQUIRED_OR_INVALID"),
        ({"transactions": []}, "FIELD_REQUIRED_OR_INVALID"),
        ({"transactions": {}}, "INCORRECT_DATA"),
        ({"transactions": None}, "INCORRECT_DATA"),
        ({"transactions": [{}] * 1001}, "FIELD_REQUIRED_OR_INVALID"),
    ],
    ids=["none", "empty", "object", "null", "1001"],
)
def test_a_batch_has_1_to_1000_items(caller: Caller, path: str, body: dict[str, Any], status: str) -> None:
    answer = caller.call(f"/wallet/transaction/{path}", body)
    assert (answer.status, answer.http_status) == (status, 200)
    assert "transactions" in answer["message"]


@pytest.mark.parametrize("path", ["retry", "settlement", "rollback"])
def test_a_batch_of_nothing_but_bad_items_was_read(caller: Caller, path: str) -> None:
    answer = send(caller, path, {}, 5, None)
    assert answer["status"] == "RS_OK"
    assert answers(answer) == ["FIELD_REQUIRED_OR_INVALID", "INCORRECT_DATA", "INCORRECT_DATA"]
