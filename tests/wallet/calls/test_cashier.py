"""Deposit and withdraw: money between the operator and a player's account."""

from __future__ import annotations

import pytest

from merchants.models import Player
from tests.conftest import Caller
from wallet.models import Account


def test_a_deposit_makes_player_and_account_known(caller: Caller) -> None:
    answer = caller.deposit(300, playerId="newcomer", currency="USD", transactionId="d-1")
    assert answer.body == {"status": "RS_OK", "transactionId": "d-1", "balance": 300}
    assert Account.objects.get(player__player_id="newcomer").balance == 300


def test_accounts_belong_to_one_merchant_player_and_currency(caller: Caller, rival_caller: Caller) -> None:
    caller.deposit(5)
    caller.deposit(7, currency="USD")
    assert (caller.balance()["balance"], caller.balance(currency="USD")["balance"]) == (1_000_005, 7)
    assert rival_caller.balance()["balance"] == 1_000_000


def test_a_withdrawal_takes_what_is_there_and_no_unit_more(caller: Caller) -> None:
    assert caller.withdraw(400_000)["balance"] == 600_000
    refused = caller.withdraw(600_001)
    assert (refused.status, refused["balance"]) == ("NOT_ENOUGH_MONEY", 600_000)
    assert caller.withdraw(600_000)["balance"] == 0


def test_a_known_player_without_an_account_has_nothing_to_withdraw(caller: Caller) -> None:
    refused = caller.withdraw(1, currency="USD")
    assert (refused.status, refused["balance"]) == ("NOT_ENOUGH_MONEY", 0)


def test_an_unknown_player_cannot_withdraw(caller: Caller) -> None:
    assert caller.withdraw(1, playerId="nobody").status == "RECORD_NOT_FOUND"
    assert not Player.objects.filter(player_id="nobody").exists()


@pytest.mark.parametrize("amount", [0, -1])
@pytest.mark.parametrize("verb", ["deposit", "withdraw"])
def test_the_amount_must_be_above_zero(caller: Caller, verb: str, amount: int) -> None:
    assert getattr(caller, verb)(amount).status == "INVALID_AMOUNT"


def test_a_deposit_that_nobody_could_hold_is_refused(caller: Caller) -> None:
    assert caller.deposit(2**53 - 1).status == "INVALID_AMOUNT"
    assert caller.deposit(2**53 - 1 - 1_000_000)["balance"] == 2**53 - 1


def test_an_overdrawn_account_neither_bets_nor_withdraws_until_it_is_covered(caller: Caller) -> None:
    deposit = caller.deposit(50)["transactionId"]
    caller.withdraw(1_000_050)
    caller.rollback(deposit)
    account = Account.objects.get(player__player_id="player-1", kind="player")
    assert (account.balance, account.is_overdrawn) == (-50, True)
    assert [caller.bet(0).status, caller.withdraw(1).status] == ["NOT_ENOUGH_MONEY"] * 2
    assert caller.reward(50)["balance"] == 0
    assert caller.bet(0).status == "RS_OK"
