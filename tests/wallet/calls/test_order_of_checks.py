"""Section 3: a call that is wrong in several rows is answered by the first of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from merchants.models import AllowlistEntry, Game, Merchant, Player
from portal.lib import clock
from tests.conftest import Caller
from tests.signing import Answer, encoded, now_ms
from wallet.models import Session


class Wrong(NamedTuple):
    """One row: what is answered, and how a call or the world is made wrong in it."""

    status: str
    fields: dict[str, Any] = {}
    headers: dict[str, Any] = {}
    world: Callable[[Caller], Any] = lambda caller: None
    raw: Callable[[bytes], bytes] = lambda body: body


def refuse_address(caller: Caller) -> None:
    AllowlistEntry.objects.create(merchant=caller.merchant, network="203.0.113.0/24")


def close(caller: Caller) -> None:
    Merchant.objects.update(status="closed")


def take_id(caller: Caller) -> None:
    caller.deposit(1, transactionId="id-1")


def end_session(caller: Caller) -> None:
    Session.objects.update(expires_at=clock.now() - timedelta(seconds=1))


def switch_off(caller: Caller) -> None:
    Game.objects.update(is_active=False)


def block(caller: Caller) -> None:
    Player.objects.update(is_blocked=True)


def limit(caller: Caller) -> None:
    Player.objects.update(max_stake=0)


OLD = str(int(now_ms()) - 400_000)
BET: dict[int, Wrong] = {
    1: Wrong("MISSING_HEADERS", headers={"x_signature": ""}),
    2: Wrong("INVALID_APIKEY", headers={"x_api_key": "oppi_pub_live_nobody"}),
    3: Wrong("IP_RESTRICTION", world=refuse_address),
    4: Wrong("SIGNATURE_EXPIRED", headers={"timestamp": OLD}),
    5: Wrong("SIGNATURE_NOT_MATCH", headers={"x_signature": "0" * 64}),
    6: Wrong("MERCHANT_NOT_ACTIVE", world=close),
    7: Wrong("INCORRECT_DATA", fields={"currency": 5}),
    8: Wrong("FIELD_REQUIRED_OR_INVALID", fields={"sessionId": ""}),
    9: Wrong("INVALID_NUMBER", fields={"amount": 2**53}),
    10: Wrong("INVALID_AMOUNT", fields={"amount": -1}),
    11: Wrong("DUPLICATE_TRANSACTION", world=take_id),
    12: Wrong("RECORD_NOT_FOUND", fields={"gameId": "G-unknown"}),
    13: Wrong("SESSION_REQUIRED_OR_INVALID", world=end_session),
    14: Wrong("GAME_INACTIVE", world=switch_off),
    15: Wrong("PLAYER_BLOCKED", world=block),
    17: Wrong("LIMIT_REACHED", world=limit),
    18: Wrong("NOT_ENOUGH_MONEY", fields={"amount": 5_000_000}),
}
# One amount cannot be wrong in two ways: where rows 9, 10 and 18 meet, only one of them is built.
CLASHES = {(9, 10), (9, 18), (10, 18)}
PAIRS = [(row, later) for row in BET for later in BET if row < later and (row, later) not in CLASHES]


def bet(caller: Caller, *wrongs: Wrong) -> Answer:
    body = caller.in_session(transactionId="id-1", currency="EUR", amount=100)
    headers: dict[str, Any] = {}
    for wrong in wrongs:
        wrong.world(caller)
        body |= wrong.fields
        headers |= wrong.headers
    return caller.call("/wallet/transaction/bet", body, **headers)


@pytest.mark.parametrize("row", BET)
def test_each_row_by_itself(caller: Caller, row: int) -> None:
    assert bet(caller, BET[row]).status == BET[row].status


@pytest.mark.parametrize(("first", "later"), PAIRS)
def test_of_two_rows_the_first_answers(caller: Caller, first: int, later: int) -> None:
    assert bet(caller, BET[later], BET[first]).status == BET[first].status


PAYOUT: dict[int, Wrong] = {
    6: Wrong("MERCHANT_NOT_ACTIVE", world=close),
    7: Wrong("INCORRECT_DATA", fields={"isWin": "yes"}),
    8: Wrong("FIELD_REQUIRED_OR_INVALID", fields={"sessionId": ""}),
    9: Wrong("INVALID_NUMBER", fields={"amount": 2**53}),
    10: Wrong("INVALID_AMOUNT", fields={"amount": -1}),
    11: Wrong("DUPLICATE_TRANSACTION", world=take_id),
    12: Wrong("RECORD_NOT_FOUND", fields={"gameId": "G-unknown"}),
    16: Wrong("TRANSACTION_DOES_NOT_EXIST", fields={"refTransactionId": "unknown"}),
}
PAYOUT_PAIRS = [(row, later) for row in PAYOUT for later in PAYOUT if row < later and (row, later) != (9, 10)]


@pytest.mark.parametrize(("first", "later"), PAYOUT_PAIRS)
def test_of_two_rows_of_a_payout_the_first_answers(caller: Caller, first: int, later: int) -> None:
    caller.bet(100, transactionId="stake")
    body = caller.in_session(transactionId="id-1", refTransactionId="stake", currency="EUR", amount=100, isWin=True)
    for wrong in (PAYOUT[later], PAYOUT[first]):
        wrong.world(caller)
        body |= wrong.fields
    assert caller.call("/wallet/transaction/payout", body).status == PAYOUT[first].status


LAUNCH: dict[int, Wrong] = {
    6: Wrong("MERCHANT_NOT_ACTIVE", world=close),
    7: Wrong("INCORRECT_DATA", fields={"balance": "5"}),
    8: Wrong("FIELD_REQUIRED_OR_INVALID", fields={"playerName": ""}),
    9: Wrong("INVALID_NUMBER", fields={"balance": 2**53}),
    12: Wrong("RECORD_NOT_FOUND", fields={"gameId": "G-unknown"}),
    15: Wrong("PLAYER_BLOCKED", world=block),
}


@pytest.mark.parametrize(("first", "later"), [(a, b) for a in LAUNCH for b in LAUNCH if a < b and (a, b) != (7, 9)])
def test_of_two_rows_of_a_launch_the_first_answers(caller: Caller, first: int, later: int) -> None:
    LAUNCH[later].world(caller)
    LAUNCH[first].world(caller)
    assert caller.launch(**LAUNCH[later].fields, **LAUNCH[first].fields).status == LAUNCH[first].status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/game/sessions?page=x&limit=0", "INCORRECT_DATA"),
        ("/game/session?page=0", "FIELD_REQUIRED_OR_INVALID"),
        ("/game/session?page=0&sessionId=unknown", "INVALID_NUMBER"),
        ("/game/session?sessionId=unknown", "RECORD_NOT_FOUND"),
    ],
)
def test_a_query_is_judged_in_the_same_order(caller: Caller, path: str, status: str) -> None:
    assert caller.get(path).status == status
    close(caller)
    assert caller.get(path).status == "MERCHANT_NOT_ACTIVE"


def test_nobody_without_a_signature_learns_more(caller: Caller) -> None:
    """A body that is broken in every way and one that is right are answered alike."""
    right = encoded(caller.in_session(currency="EUR", amount=1))
    wrong: list[dict[str, Any]] = [{"x_api_key": "nobody"}, {"x_signature": "0" * 64}, {"timestamp": OLD}]
    for headers in wrong:
        answers = [caller.call("/wallet/transaction/bet", body, **headers) for body in (right, b"{", b"\xff", b"")]
        assert len({answer.status for answer in answers}) == 1
