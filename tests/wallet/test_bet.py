from __future__ import annotations

from tests.conftest import Caller


def test_a_stake_is_taken(caller: Caller) -> None:
    answer = caller.bet(100, transactionId="bet-1")
    assert answer.body == {"status": "RS_OK", "transactionId": "bet-1", "balance": 999_900}
    assert caller.balance()["balance"] == 999_900
