"""Section 5 of the contract, reference by reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from merchants.models import Player
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.signing import Answer, new_id
from wallet.models import Session, Transaction

START = 1_000_000


def refusals(answer: Answer) -> list[str]:
    assert answer["status"] == "RS_OK", "the batch was read"
    return [told["status"].removeprefix("RS_ERROR_") for told in answer["data"]]


def undo(caller: Caller, reference: str, **fields: str) -> str:
    items = {"transactions": [caller.rollback_item(reference, **fields)]}
    return refusals(caller.call("/wallet/transaction/rollback", items))[0]


def bet(caller: Caller) -> str:
    return str(caller.bet(100)["transactionId"])


def bet_with_payouts(caller: Caller) -> str:
    reference = bet(caller)
    for amount in (30, 0, 500):
        caller.payout(reference, amount)
    return reference


def paid(caller: Caller) -> str:
    return str(caller.payout(bet(caller), 30)["transactionId"])


def undone(caller: Caller) -> str:
    reference = bet(caller)
    undo(caller, reference)
    return reference


def rollback(caller: Caller) -> str:
    answer = caller.rollback(bet(caller))
    return str(answer["data"][0]["transactionId"])


def of_another_player(caller: Caller) -> str:
    caller.deposit(100, playerId="player-2")
    return str(caller.deposit(100, playerId="player-2")["transactionId"])


def of_another_session(caller: Caller) -> str:
    reference, first = bet(caller), caller.session
    caller.launch()
    assert caller.session != first
    return reference


def tombstone(caller: Caller) -> str:
    reference = new_id()
    undo(caller, reference)
    return reference


def refused_bet(caller: Caller) -> str:
    return str(caller.bet(START + 1)["transactionId"])


REFERENCES: list[tuple[Callable[[Caller], str], str, int]] = [
    # reference, answer, balance afterwards
    (bet, "RS_OK", START),
    (bet_with_payouts, "RS_OK", START),
    (lambda caller: str(caller.withdraw(100)["transactionId"]), "RS_OK", START),
    (paid, "RS_OK", START - 100),
    (lambda caller: str(caller.reward(70)["transactionId"]), "RS_OK", START),
    (lambda caller: str(caller.deposit(70)["transactionId"]), "RS_OK", START),
    (undone, "RS_OK", START),
    (lambda caller: new_id(), "RS_OK", START),
    (tombstone, "RS_OK", START),
    (refused_bet, "RS_OK", START),
    (rollback, "TRANSACTION_DOES_NOT_EXIST", START),
    (of_another_player, "TRANSACTION_DOES_NOT_EXIST", START),
    (of_another_session, "TRANSACTION_DOES_NOT_EXIST", START - 100),
]
NAMES = ["a bet", "a bet with payouts", "a withdrawal", "a payout", "a reward", "a deposit", "already rolled back"]
NAMES += ["unknown", "a tombstone", "a refused bet", "a rollback", "another player's", "another session's"]


@pytest.mark.parametrize(("reference", "answer", "balance"), REFERENCES, ids=NAMES)
def test_what_a_reference_is_decides(
    caller: Caller, reference: Callable[[Caller], str], answer: str, balance: int
) -> None:
    assert undo(caller, reference(caller)) == answer
    assert caller.balance()["balance"] == balance


@pytest.mark.parametrize("reference", [row[0] for row in REFERENCES], ids=NAMES)
def test_a_second_rollback_moves_nothing_more(caller: Caller, reference: Callable[[Caller], str]) -> None:
    named = reference(caller)
    first = undo(caller, named)
    balance = caller.balance()["balance"]
    assert undo(caller, named) == first
    assert caller.balance()["balance"] == balance


def test_an_item_is_answered_by_its_id_and_without_a_balance(caller: Caller) -> None:
    answer = caller.call(
        "/wallet/transaction/rollback",
        {"transactions": [caller.rollback_item(bet(caller), transactionId="undo-1")]},
    )
    assert answer.body == {"status": "RS_OK", "data": [{"status": "RS_OK", "transactionId": "undo-1"}]}


def test_items_are_judged_in_order_and_each_on_its_own(caller: Caller) -> None:
    stake = bet(caller)
    items = [
        caller.rollback_item("late-bet", transactionId="undo-1"),
        caller.rollback_item(stake, transactionId="undo-2"),
        caller.rollback_item(stake, transactionId="undo-3"),
        caller.rollback_item(stake, transactionId="undo-2"),
        caller.rollback_item(stake, transactionId="undo-1"),
        caller.rollback_item("undo-1", transactionId="undo-4"),
        caller.rollback_item(stake, transactionId="undo-5", gameId="G-unknown"),
        caller.rollback_item(stake, transactionId="undo-6", playerId="nobody"),
        caller.rollback_item("undo-7", transactionId="undo-7"),
    ]
    assert refusals(caller.call("/wallet/transaction/rollback", {"transactions": items})) == [
        *["RS_OK"] * 4,
        "DUPLICATE_TRANSACTION",
        "TRANSACTION_DOES_NOT_EXIST",
        *["RECORD_NOT_FOUND"] * 2,
        "TRANSACTION_DOES_NOT_EXIST",
    ]
    assert caller.balance()["balance"] == START


def test_players_may_share_a_batch(caller: Caller) -> None:
    caller.deposit(100, playerId="player-2", transactionId="theirs")
    items = [caller.rollback_item(bet(caller)), caller.rollback_item("theirs", playerId="player-2")]
    assert refusals(caller.call("/wallet/transaction/rollback", {"transactions": items})) == ["RS_OK"] * 2
    assert [caller.balance()["balance"], caller.balance(playerId="player-2")["balance"]] == [START, 0]


@pytest.mark.parametrize("left_out", ["sessionId", "gameId"])
def test_session_and_game_may_be_left_out(caller: Caller, left_out: str) -> None:
    item = caller.rollback_item(bet(caller))
    del item[left_out]
    assert refusals(caller.call("/wallet/transaction/rollback", {"transactions": [item]})) == ["RS_OK"]


LATE = {
    "bet": lambda caller: caller.bet(5, transactionId="late"),
    "payout": lambda caller: caller.payout("bet-1", 5, transactionId="late"),
    "reward": lambda caller: caller.reward(5, transactionId="late"),
    "deposit": lambda caller: caller.deposit(5, transactionId="late"),
    "withdraw": lambda caller: caller.withdraw(5, transactionId="late"),
}


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_the_late_original_finds_its_tombstone(caller: Caller, late: Callable[[Caller], Answer]) -> None:
    caller.bet(1, transactionId="bet-1")
    undo(caller, "late")
    for _ in range(2):
        assert late(caller).status == "TRANSACTION_DOES_NOT_EXIST"
    assert caller.balance()["balance"] == START - 1


def test_a_payout_for_a_bet_that_was_rolled_back_moves_nothing(caller: Caller) -> None:
    assert caller.payout(undone(caller), 5).status == "TRANSACTION_DOES_NOT_EXIST"
    assert caller.balance()["balance"] == START


def test_a_payout_taken_back_before_its_bet_is_taken_back_once(caller: Caller) -> None:
    stake = bet(caller)
    payout = caller.payout(stake, 500)["transactionId"]
    caller.payout(stake, 7)
    caller.rollback(payout)
    caller.rollback(stake)
    assert caller.balance()["balance"] == START


def test_a_round_with_many_payouts_is_as_if_never_played(caller: Caller) -> None:
    stake = bet(caller)
    for amount in range(60):
        caller.payout(stake, amount)
    caller.rollback(stake)
    assert caller.balance()["balance"] == START
    assert Transaction.objects.filter(kind="rollback", reverses__isnull=False).count() == 61


def test_neither_session_nor_block_nor_game_stands_in_the_way(caller: Caller) -> None:
    stake = bet(caller)
    Session.objects.update(is_active=False, expires_at=clock.now() - timedelta(days=3))
    Player.objects.update(is_blocked=True)
    caller.game.is_active = False
    caller.game.save()
    assert undo(caller, stake) == "RS_OK"


def test_another_game_does_not_matter_and_the_repeat_is_told_the_same(caller: Caller) -> None:
    factories.game("G-other")
    item = caller.rollback_item(bet(caller), gameId="G-other")
    for _ in range(2):
        assert refusals(caller.call("/wallet/transaction/rollback", {"transactions": [item]})) == ["RS_OK"]


def test_a_refused_rollback_is_not_remembered(caller: Caller) -> None:
    stake = bet(caller)
    assert undo(caller, stake, transactionId="undo-1", sessionId="wrong") == "TRANSACTION_DOES_NOT_EXIST"
    assert undo(caller, stake, transactionId="undo-1") == "RS_OK"
    assert caller.balance()["balance"] == START


def test_a_merchant_cannot_reach_anothers_money(caller: Caller, rival_caller: Caller) -> None:
    stake = caller.bet(100, transactionId="shared-id")["transactionId"]
    assert undo(rival_caller, stake) == "RS_OK", "to the rival it is unknown, and leaves a tombstone of its own"
    assert caller.balance()["balance"] == START - 100
    assert caller.bet(100, transactionId="shared-id").status == "RS_OK"


def test_what_is_overdrawn_by_a_rollback_is_flagged(caller: Caller) -> None:
    stake = bet(caller)
    caller.payout(stake, 500)
    caller.withdraw(START + 400)
    assert undo(caller, stake) == "RS_OK"
    assert caller.balance()["balance"] == -400
