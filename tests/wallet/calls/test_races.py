"""Section 5, last paragraph: whatever meets, the outcome is that of some serial order, and no caller sees a 5xx.

Real threads against two server processes. Each race is run again and again, since a race is won by luck.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.plugins.live import Live
from tests.signing import Answer, new_id
from tests.wallet.conftest import LiveCaller, Stage

AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]
START = 1_000_000
ROUNDS = 40
CALLERS = 8
POSTS = ("wallet_post(wallet_caller, wallet_call)", "wallet_post_batch(wallet_caller, text, jsonb)")
LOCK_TIMEOUT = """
    SELECT split_part(setting, '=', 2) FROM pg_proc, unnest(proconfig) setting
     WHERE pg_proc.oid = %s::regprocedure AND setting LIKE 'lock_timeout=%%'
"""


@pytest.fixture(scope="module", autouse=True)
def _unhurried(live: Live) -> Iterator[None]:
    """For crowds on one player: who waits longest waits for the time of all before it, on a busy machine too long.

    A statement's own end stays: a wait that is a ring still fails.
    """
    with psycopg.connect(live.dsn, autocommit=True) as connection:
        before = {post: connection.execute(LOCK_TIMEOUT, [post]).fetchall()[0][0] for post in POSTS}
        for post in POSTS:
            connection.execute(f"ALTER FUNCTION {post} SET lock_timeout = '10s'")
        yield
        for post in POSTS:
            connection.execute(f"ALTER FUNCTION {post} SET lock_timeout = '{before[post]}'")


def status_of(answer: Answer) -> str:
    """Of a single call, or of the only item of a batch."""
    assert answer.http_status == 200, answer
    return str(answer["data"][0]["status"] if "data" in answer.body else answer["status"]).removeprefix("RS_ERROR_")


def undo(caller: LiveCaller, reference: str, **fields: Any) -> Answer:
    items = {"transactions": [caller.rollback_item(reference, **fields)]}
    return caller.call("/wallet/transaction/rollback", items)


def assert_books_balance(stage: Stage) -> None:
    assert all(balance == summed for balance, summed in stage.books().values()), stage.books()


def test_a_bet_and_its_rollback(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    for _ in range(ROUNDS):
        bet = new_id()
        taken, undone = at_once([partial(caller.bet, 100, transactionId=bet), partial(undo, caller, bet)])
        assert status_of(undone) == "RS_OK"
        assert status_of(taken) in {"RS_OK", "TRANSACTION_DOES_NOT_EXIST"}
        assert caller.bet(100, transactionId=bet).status == "TRANSACTION_DOES_NOT_EXIST"
        assert caller.balance()["balance"] == START
    assert_books_balance(stage)


def test_the_late_bet_against_its_tombstone(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    for _ in range(ROUNDS):
        bet = new_id()
        send = [partial(caller.bet, 100, transactionId=bet)] * 3 + [partial(undo, caller, bet)] * 3
        random.shuffle(send)
        statuses = Counter(status_of(answer) for answer in at_once(send))
        assert set(statuses) <= {"RS_OK", "TRANSACTION_DOES_NOT_EXIST"}
        assert statuses["RS_OK"] >= 3, "each rollback is taken"
        assert caller.balance()["balance"] == START
    assert_books_balance(stage)


def test_a_payout_and_the_rollback_of_its_bet(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    for _ in range(ROUNDS):
        bet, payout = caller.bet(100)["transactionId"], new_id()
        paid, undone = at_once(
            [
                partial(caller.payout, bet, 500, transactionId=payout),
                partial(undo, caller, bet),
            ]
        )
        assert status_of(undone) == "RS_OK"
        assert status_of(paid) in {"RS_OK", "TRANSACTION_DOES_NOT_EXIST"}
        assert caller.payout(bet, 500, transactionId=payout).status == "TRANSACTION_DOES_NOT_EXIST"
        assert caller.balance()["balance"] == START
    assert_books_balance(stage)


def test_a_payout_and_its_own_rollback(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    for _ in range(ROUNDS):
        bet, payout = caller.bet(0)["transactionId"], new_id()
        paid, undone = at_once(
            [
                partial(caller.payout, bet, 500, transactionId=payout),
                partial(undo, caller, payout),
            ]
        )
        assert status_of(undone) == "RS_OK"
        assert status_of(paid) in {"RS_OK", "TRANSACTION_DOES_NOT_EXIST"}
        assert caller.balance()["balance"] == START
    assert_books_balance(stage)


def test_many_rollbacks_of_one_bet(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    for _ in range(ROUNDS // 3):
        bet = caller.bet(100)["transactionId"]
        caller.payout(bet, 30)
        answers = at_once([partial(undo, caller, bet)] * 12)
        assert {status_of(answer) for answer in answers} == {"RS_OK"}
        assert caller.balance()["balance"] == START
    moved = stage.sql(
        "SELECT count(*) FROM wallet_transaction WHERE merchant_id = %s AND reverses_id > 0", stage.merchant_id
    )
    assert moved == [(2 * (ROUNDS // 3),)]
    assert_books_balance(stage)


def test_one_id_sent_twenty_times(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    bet = new_id()
    answers = at_once([partial(caller.bet, 100, transactionId=bet)] * 20)
    assert [answer.body for answer in answers] == [answers[0].body] * 20
    assert answers[0]["balance"] == caller.balance()["balance"] == START - 100
    assert_books_balance(stage)


def test_one_id_sent_twenty_times_with_other_content(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    bet = new_id()
    answers = at_once([partial(caller.bet, amount, transactionId=bet) for amount in range(1, 21)])
    assert Counter(status_of(answer) for answer in answers) == {"RS_OK": 1, "DUPLICATE_TRANSACTION": 19}
    assert {answer["balance"] for answer in answers} == {caller.balance()["balance"]}
    assert_books_balance(stage)


def test_one_id_sent_for_twenty_players(stage: Stage, at_once: AtOnce) -> None:
    """Also by newcomers, whose first deposit makes them known."""
    caller, deposit = stage.caller(), new_id()
    players = [f"player-{number}" for number in range(20)]
    answers = at_once([partial(caller.deposit, 50, transactionId=deposit, playerId=player) for player in players])
    assert Counter(status_of(answer) for answer in answers) == {"RS_OK": 1, "DUPLICATE_TRANSACTION": 19}
    assert sum(balance for balance, _ in stage.books().values()) == START + 50
    assert_books_balance(stage)


def test_the_first_deposits_of_one_newcomer(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    answers = at_once([partial(caller.deposit, 7, playerId="newcomer", currency="SEK")] * 8 + [caller.launch] * 4)
    assert {status_of(answer) for answer in answers} == {"RS_OK"}
    assert caller.balance(playerId="newcomer", currency="SEK")["balance"] == 56


def test_launches_and_deposits_of_newcomers_in_a_new_currency(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller()
    calls: list[Callable[[], Answer]] = []
    for number in range(6):
        who = {"playerId": f"new-{number}", "currency": "NOK"}
        calls += [partial(caller.deposit, 5, **who), partial(caller.launch, **who)]
    assert {status_of(answer) for answer in at_once(calls)} == {"RS_OK"}


def test_bets_never_spend_more_than_there_is(stage: Stage, at_once: AtOnce) -> None:
    caller = stage.caller(deposit=1000)
    answers = at_once([partial(caller.bet, 100)] * 10 + [partial(caller.withdraw, 100)] * 10)
    assert Counter(status_of(answer) for answer in answers) == {"RS_OK": 10, "NOT_ENOUGH_MONEY": 10}
    assert caller.balance()["balance"] == 0
    assert_books_balance(stage)


def test_batches_that_name_the_same_players_in_other_orders(stage: Stage, at_once: AtOnce) -> None:
    callers = [stage.caller(f"player-{number}", deposit=1000) for number in range(5)]
    stakes = [(caller, caller.bet(100)["transactionId"]) for caller in callers for _ in range(4)]

    def batch() -> Answer:
        items = [caller.rollback_item(bet) for caller, bet in random.sample(stakes, len(stakes))]
        return callers[0].call("/wallet/transaction/rollback", {"transactions": items})

    answers = at_once([batch] * 4)
    assert {item["status"] for answer in answers for item in answer["data"]} == {"RS_OK"}
    assert stage.books() == {caller.player: (1000, 1000) for caller in callers}


def test_batches_and_single_calls_cross(stage: Stage, at_once: AtOnce) -> None:
    callers = [stage.caller(f"player-{number}", deposit=10_000) for number in range(4)]
    stakes = [(caller, caller.bet(100)["transactionId"]) for caller in callers for _ in range(3)]

    def settle() -> Answer:
        items = [
            caller.in_session(refTransactionId=bet, currency="EUR", amount=10)
            for caller, bet in random.sample(stakes, len(stakes))
        ]
        return callers[0].call("/wallet/transaction/settlement", {"transactions": items})

    singles = [partial(caller.bet, 1) for caller in callers] * 2
    answers = at_once([*[settle] * 4, *singles])
    assert {answer.http_status for answer in answers} == {200}
    assert {item["status"] for answer in answers[:4] for item in answer["data"]} == {"RS_OK"}
    assert {balance for balance, _ in stage.books().values()} == {10_000 - 300 + 4 * 30 - 2}
    assert_books_balance(stage)


def test_crosswise_ids_in_batches_of_different_players(stage: Stage, at_once: AtOnce) -> None:
    """One batch undoes under the id that the other one wants undone."""
    ann, bob = stage.caller("ann"), stage.caller("bob")
    for _ in range(ROUNDS):
        ids = [new_id() for _ in range(6)]
        pairs = list(zip(ids, [*ids[1:], ids[0]], strict=True))

        def batch(caller: LiveCaller, pairs: list[tuple[str, str]]) -> Answer:
            items = [caller.rollback_item(ref, transactionId=own) for own, ref in pairs]
            return caller.call("/wallet/transaction/rollback", {"transactions": items})

        answers = at_once([partial(batch, ann, pairs), partial(batch, bob, [(b, a) for a, b in pairs[::-1]])])
        assert {answer.http_status for answer in answers} == {200}
        found = {item["status"] for answer in answers for item in answer["data"]}
        assert found <= {"RS_OK", "RS_ERROR_TRANSACTION_DOES_NOT_EXIST", "RS_ERROR_DUPLICATE_TRANSACTION"}
    assert {balance for balance, _ in stage.books().values()} == {START}


# Changes of state ---------------------------------------------------------------------------------------------------
LATE_CALLS = int(os.environ.get("LATE_CALLS", "3000"))  # as many as are to be believed, by hand


@pytest.mark.parametrize("replaced", [False, True], ids=["the key is revoked", "its secret is replaced"])
def test_after_the_commit_of_a_revoke_no_call_is_taken(stage: Stage, live: Live, *, replaced: bool) -> None:
    """Both processes are warm and busy when it happens. Of the calls that start after the commit none is taken."""
    caller, revoked, late = stage.caller(), threading.Event(), Counter[str]()
    late_calls = LATE_CALLS if replaced else LATE_CALLS // 3

    def bet_on() -> None:
        mine = Counter[str]()
        with caller.kept_open() as same:
            while mine.total() < late_calls // CALLERS:
                after = revoked.is_set()
                status = same.bet(1).status
                if after:
                    mine[status] += 1
        late.update(mine)

    threads = [threading.Thread(target=bet_on) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    threading.Event().wait(0.5)
    if replaced:
        since = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
        words = ["--reason", "race", "leak", stage.signer.auth_key, "--response", "revoke", "--since", since]
        assert live.manage("key", *words).returncode == 0
    else:
        stage.sql("UPDATE merchants_apikey SET status = 'revoked' WHERE auth_key = %s", stage.signer.auth_key)
    revoked.set()
    for thread in threads:
        thread.join(600)
    refusal = "SIGNATURE_NOT_MATCH" if replaced else "INVALID_APIKEY"
    assert late.keys() <= {refusal, "RS_ERROR"}, late
    assert late.total() == late_calls
    assert late["RS_ERROR"] < late_calls // 100, "a busy one may say that it is, and takes nothing"
    assert_books_balance(stage)
