"""Decision of the house: with a warm credential cache a wallet call is exactly one round trip to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import Caller
from tests.signing import Answer


def late(caller: Caller, path: str) -> Answer:
    bets = [f"stake-{number}" for number in range(20)]
    named = [{"roundId": "round"} if path == "retry" else {"refTransactionId": bet} for bet in bets]
    items = [caller.in_session(currency="EUR", amount=1) | name for name in named]
    return caller.call(f"/wallet/transaction/{path}", {"transactions": items})


CALLS: dict[str, Callable[[Caller], Answer]] = {
    "balance": lambda caller: caller.balance(),
    "bet": lambda caller: caller.bet(1),
    "payout": lambda caller: caller.payout("stake-0", 1),
    "reward": lambda caller: caller.reward(1),
    "deposit": lambda caller: caller.deposit(1),
    "first deposit of a newcomer": lambda caller: caller.deposit(1, playerId="newcomer"),
    "withdraw": lambda caller: caller.withdraw(1),
    "rollback of twenty": lambda caller: caller.rollback(*(f"stake-{number}" for number in range(20))),
    "retry of twenty": lambda caller: late(caller, "retry"),
    "settlement of twenty": lambda caller: late(caller, "settlement"),
}
REFUSED: dict[str, Callable[[Caller], Answer]] = {
    "not enough money": lambda caller: caller.bet(2_000_000),
    "a repeat": lambda caller: caller.bet(1, transactionId="stake-0"),
    "unknown player": lambda caller: caller.bet(1, playerId="nobody"),
    "a broken body": lambda caller: caller.call("/wallet/transaction/bet", b"{"),
}


@pytest.fixture(autouse=True)
def warm(caller: Caller, settings: Any) -> None:
    settings.CREDENTIAL_CACHE_SECONDS = 3600
    for number in range(20):
        caller.bet(1, transactionId=f"stake-{number}", roundId="round")


def queries_of(call: Callable[[Caller], Answer], caller: Caller) -> list[Any]:
    with CaptureQueriesContext(connection) as queries:
        answer = call(caller)
    assert answer.http_status == 200
    assert all(item["status"] == "RS_OK" for item in answer.body.get("data", []))
    return queries.captured_queries


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_wallet_call_is_one_query(caller: Caller, call: Callable[[Caller], Answer]) -> None:
    queries = queries_of(call, caller)
    assert len(queries) == 1, queries
    assert "wallet_" in queries[0]["sql"]


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_a_refusal_by_the_ledger_is_one_query_too(caller: Caller, call: Callable[[Caller], Answer]) -> None:
    assert len(queries_of(call, caller)) == 1


@pytest.mark.parametrize("headers", [{"x_signature": "00"}, {"x_api_key": "nobody"}], ids=str)
def test_a_stranger_costs_no_more_than_reading_the_access_again(caller: Caller, headers: dict[str, Any]) -> None:
    assert len(queries_of(lambda machine: machine.call("/wallet/balance", {}, **headers), caller)) <= 8
