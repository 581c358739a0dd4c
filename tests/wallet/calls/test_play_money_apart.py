"""Play money and money can't be mistaken for each other, even by a caller that mixes them up."""

from __future__ import annotations

from tests.conftest import Caller
from wallet.models import Transaction


def test_a_real_bet_is_not_undone_through_a_demo_session(caller: Caller) -> None:
    real = caller.session
    caller.bet(100, transactionId="bet-1")
    demo = caller.launch(currency="XXX", balance=500)["sessionId"]
    asked = {"transactions": [caller.rollback_item("bet-1", sessionId=demo)]}
    [item] = caller.call("/wallet/transaction/rollback", asked)["data"]
    assert item["status"] == "RS_ERROR_TRANSACTION_DOES_NOT_EXIST"
    caller.session = real
    assert caller.rollback("bet-1")["data"][0]["status"] == "RS_OK"
    assert caller.balance()["balance"] == 1_000_000


def test_a_mixed_batch_answers_each_item_in_its_place(caller: Caller) -> None:
    real = caller.session
    caller.bet(100, transactionId="bet-1")
    demo = caller.launch(currency="XXX", balance=500)["sessionId"]
    caller.bet(100, transactionId="play-1", currency="XXX")
    items = [
        caller.rollback_item("play-1", sessionId=demo, transactionId="r1"),
        caller.rollback_item("bet-1", sessionId=real, transactionId="r2"),
        caller.rollback_item("gone", sessionId=demo, transactionId="r3"),
    ]
    answer = caller.call("/wallet/transaction/rollback", {"transactions": items})
    assert [(item["transactionId"], item["status"]) for item in answer["data"]] == [
        ("r1", "RS_OK"),
        ("r2", "RS_OK"),
        ("r3", "RS_OK"),
    ]
    assert caller.balance()["balance"] == 1_000_000
    assert caller.balance(currency="XXX")["balance"] == 500
    assert not Transaction.objects.filter(transaction_id__in=["play-1", "r1", "r3"]).exists()
