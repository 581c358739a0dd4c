from __future__ import annotations

from datetime import timedelta

import pytest

from merchants.models import Player
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from wallet.models import Session, Transaction


@pytest.fixture
def bet(caller: Caller) -> str:
    """A bet of 100 that stands: the balance is 999,900."""
    return str(caller.bet(100, transactionId="bet-1", roundId="round-7")["transactionId"])


def test_winnings_are_paid(caller: Caller, bet: str) -> None:
    answer = caller.payout(bet, 250, transactionId="payout-1")
    assert answer.body == {"status": "RS_OK", "transactionId": "payout-1", "balance": 1_000_150}


def test_a_lost_round_is_recorded_and_moves_nothing(caller: Caller, bet: str) -> None:
    assert caller.payout(bet, 0, transactionId="lost")["balance"] == 999_900
    row = Transaction.objects.get(transaction_id="lost")
    assert (row.amount, row.is_win, row.ref_transaction_id) == (0, False, bet)


def test_a_bet_may_pay_several_times(caller: Caller, bet: str) -> None:
    assert [caller.payout(bet, 10)["balance"] for _ in range(3)] == [999_910, 999_920, 999_930]


def test_the_round_is_kept(caller: Caller, bet: str) -> None:
    caller.payout(bet, 10, transactionId="silent")
    caller.payout(bet, 10, transactionId="said", roundId="round-8")
    assert Transaction.objects.get(transaction_id="said").round_id == "round-8"
    assert Transaction.objects.get(transaction_id="silent").round_id == "round-7"


def test_what_is_owed_is_paid_though_session_player_and_game_are_off(caller: Caller, bet: str) -> None:
    Session.objects.update(is_active=False, expires_at=clock.now() - timedelta(days=3))
    Player.objects.update(is_blocked=True)
    caller.game.is_active = False
    caller.game.save()
    assert caller.payout(bet, 1, sessionId="long-forgotten").status == "RS_OK"


def test_a_reference_that_is_no_standing_bet_is_refused(caller: Caller, bet: str) -> None:
    refused = caller.bet(9_000_000)["transactionId"]
    deposit = caller.deposit(5)["transactionId"]
    payout = caller.payout(bet, 5)["transactionId"]
    rolled_back = caller.bet(1)["transactionId"]
    caller.rollback(rolled_back)
    for reference in ("unknown", refused, deposit, payout, rolled_back):
        assert caller.payout(reference, 1).status == "TRANSACTION_DOES_NOT_EXIST", reference


def test_a_bet_of_another_player_game_or_currency_is_refused(caller: Caller, bet: str) -> None:
    Player.objects.create(merchant=caller.merchant, player_id="player-2")
    factories.game("G-other")
    caller.deposit(1, currency="USD")
    for fields in ({"playerId": "player-2"}, {"gameId": "G-other"}, {"currency": "USD"}):
        assert caller.payout(bet, 1, **fields).status == "TRANSACTION_DOES_NOT_EXIST", fields
    assert caller.balance()["balance"] == 999_900


def test_a_bet_of_another_merchant_is_refused(caller: Caller, rival_caller: Caller, bet: str) -> None:
    assert rival_caller.payout(bet, 1).status == "TRANSACTION_DOES_NOT_EXIST"


def test_a_refused_payout_is_not_remembered(caller: Caller) -> None:
    assert caller.payout("late-bet", 5, transactionId="payout-1").status == "TRANSACTION_DOES_NOT_EXIST"
    caller.bet(100, transactionId="late-bet")
    assert caller.payout("late-bet", 5, transactionId="payout-1")["balance"] == 999_905


def test_a_balance_that_nobody_could_hold_is_refused(caller: Caller, bet: str) -> None:
    assert caller.payout(bet, 2**53 - 1).status == "INVALID_AMOUNT"
    assert caller.balance()["balance"] == 999_900
