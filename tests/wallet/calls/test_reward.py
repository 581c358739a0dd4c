from __future__ import annotations

from datetime import timedelta

import pytest

from merchants.models import Player
from portal.lib import clock
from tests.conftest import Caller
from wallet.models import Session, Transaction


@pytest.mark.parametrize("kind", ["jackpot", "bonus", "Free Spin"])
def test_a_reward_is_paid_whatever_it_is_called(caller: Caller, kind: str) -> None:
    answer = caller.reward(700, transactionId="reward-1", rewardType=kind)
    assert answer.body == {"status": "RS_OK", "transactionId": "reward-1", "balance": 1_000_700}
    assert Transaction.objects.get(transaction_id="reward-1").reward_type == kind


def test_one_jackpot_has_many_winners(caller: Caller) -> None:
    assert [caller.reward(1, refTransactionId="jackpot-1").status for _ in range(3)] == ["RS_OK"] * 3


def test_it_is_paid_in_the_currency_of_its_session(caller: Caller) -> None:
    caller.launch(currency="USD")
    assert caller.reward(5)["balance"] == 5
    assert caller.balance(currency="USD")["balance"] == 5


def test_the_session_may_be_over_and_the_player_blocked(caller: Caller) -> None:
    Session.objects.update(is_active=False, expires_at=clock.now() - timedelta(days=3))
    Player.objects.update(is_blocked=True)
    assert caller.reward(5).status == "RS_OK"


def test_the_session_must_be_known_and_the_players(caller: Caller, rival_caller: Caller) -> None:
    Player.objects.create(merchant=caller.merchant, player_id="player-2")
    for fields in ({"sessionId": "unknown"}, {"sessionId": rival_caller.session}, {"playerId": "player-2"}):
        assert caller.reward(5, transactionId="r", **fields).status == "SESSION_REQUIRED_OR_INVALID", fields
    assert caller.reward(5, transactionId="r").status == "RS_OK", "a refused credit is not remembered"


@pytest.mark.parametrize("fields", [{"playerId": "nobody"}, {"gameId": "G-unknown"}], ids=str)
def test_player_and_game_must_exist(caller: Caller, fields: dict[str, str]) -> None:
    assert caller.reward(5, **fields).status == "RECORD_NOT_FOUND"
