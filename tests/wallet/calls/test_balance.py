from __future__ import annotations

from tests.conftest import Caller
from wallet.models import Account


def test_it_tells_what_a_player_has(caller: Caller) -> None:
    assert caller.balance().body == {"status": "RS_OK", "playerId": "player-1", "currency": "EUR", "balance": 1_000_000}


def test_a_known_player_without_money_in_a_currency_has_none(caller: Caller) -> None:
    assert caller.balance(currency="USD")["balance"] == 0
    assert not Account.objects.filter(currency="USD").exists(), "asking opens no account"


def test_an_unknown_player_is_not_found(caller: Caller) -> None:
    assert caller.balance(playerId="nobody").status == "RECORD_NOT_FOUND"


def test_the_player_of_another_merchant_is_not_found(caller: Caller, rival_caller: Caller) -> None:
    rival_caller.deposit(5, playerId="theirs")
    assert caller.balance(playerId="theirs").status == "RECORD_NOT_FOUND"


def test_what_the_operator_pushed_at_launch_is_not_a_balance(caller: Caller) -> None:
    caller.launch(balance=77_700_000, playerId="pushed")
    assert caller.balance(playerId="pushed")["balance"] == 0
