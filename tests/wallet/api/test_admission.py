"""What one player, or one merchant, can take away from all others: a few threads, and no more."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from portal.lib import deadline
from tests.plugins.live import Live
from tests.signing import new_id
from tests.wallet.clusters import insist, own_portal
from tests.wallet.conftest import PATIENCE, LiveCaller, Stage, decided, until
from wallet import statuses
from wallet.api.admission import BATCHES, Admission, Turn

ACME, RIVAL = 1, 2
THREADS = 8
SOON = 0.05
FOR_EVER = 3600.0
WAITING = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%wallet_post%'
"""


class Calls:
    """Calls in threads of their own: each is under way until it is told how it ends."""

    def __init__(self, admission: Admission, pool: ThreadPoolExecutor) -> None:
        self.admission, self.pool = admission, pool

    def begin(self, player: str | None, merchant: int = ACME) -> tuple[Future[None], Callable[[bool], None]]:
        """The call, and what ends it: decided, or not in time. It has begun, waits for its turn, or was refused."""
        begun, ended, decided = threading.Event(), threading.Event(), list[bool]()

        def call() -> None:
            with self.admission.admit(merchant, player):
                begun.set()
                assert ended.wait(PATIENCE)
                if not decided[0]:
                    raise statuses.Unanswered

        def end(is_decided: bool) -> None:
            decided.append(is_decided)
            ended.set()

        future = self.pool.submit(call)
        future.add_done_callback(lambda _: begun.set())
        until(lambda: begun.is_set() or self.is_waiting((merchant, player)))
        return future, end

    def is_waiting(self, turn: Turn) -> bool:
        queue = self.admission._queues.get(turn)
        return queue is not None and queue.waiting > 0

    def refused(self, player: str | None, merchant: int = ACME) -> bool:
        future, end = self.begin(player, merchant)
        end(True)
        try:
            future.result(PATIENCE)
        except statuses.Overloaded:
            return True
        return False


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


@contextmanager
def held(live: Live, caller: LiveCaller) -> Iterator[psycopg.Connection]:
    with psycopg.connect(live.dsn) as holder, psycopg.connect(live.dsn, autocommit=True) as watcher:
        row = "SELECT FROM merchants_player WHERE merchant_id = %s AND player_id = %s FOR UPDATE"
        holder.execute(row, [caller.merchant.pk, caller.player])
        yield watcher
        holder.rollback()


def test_two_calls_of_a_player_are_under_way_and_the_third_waits_for_its_turn(pool: ThreadPoolExecutor) -> None:
    calls = Calls(Admission(THREADS, FOR_EVER), pool)
    (first, end_first), (second, end_second), (third, end_third) = [calls.begin("ann") for _ in range(3)]
    assert not any(call.done() for call in (first, second, third))
    assert not calls.refused("bob")
    for end in (end_third, end_first, end_second):
        end(True)
    assert [call.result(PATIENCE) for call in (first, second, third)] == [None] * 3


def test_a_player_whose_calls_stand_still_is_refused_at_once(pool: ThreadPoolExecutor) -> None:
    calls = Calls(Admission(THREADS, SOON), pool)
    under_way = [calls.begin("ann") for _ in range(2)]
    assert all(calls.refused("ann") for _ in range(20))
    assert not calls.refused("bob")
    for _, end in under_way:
        end(True)
    assert [call.result(PATIENCE) for call, _ in under_way] == [None, None]
    assert not calls.refused("ann"), "it goes on"


def test_a_call_that_failed_in_time_does_not_have_the_next_ones_wait(pool: ThreadPoolExecutor) -> None:
    calls = Calls(Admission(THREADS, FOR_EVER, memory=FOR_EVER), pool)
    failing, end_failing = calls.begin("ann")
    end_failing(False)
    assert isinstance(failing.exception(PATIENCE), statuses.Unanswered)
    under_way = [calls.begin("ann") for _ in range(2)]
    third, end = calls.begin("ann")
    assert isinstance(third.exception(PATIENCE), statuses.Overloaded)
    for _, end in under_way:
        end(True)
    assert [call.result(PATIENCE) for call, _ in under_way] == [None, None]


def test_nobody_waits_for_a_turn_past_its_deadline() -> None:
    admission = Admission(THREADS, FOR_EVER)
    first, second, third = (admission.admit(ACME, "ann") for _ in range(3))
    with first, second, deadline.limit_time(SOON), pytest.raises(statuses.Overloaded):
        third.__enter__()


def test_batches_of_a_merchant_take_half_of_the_threads(pool: ThreadPoolExecutor) -> None:
    calls = Calls(Admission(THREADS, SOON), pool)
    under_way = [calls.begin(BATCHES) for _ in range(THREADS // 2)]
    assert calls.refused(BATCHES)
    assert not calls.refused(BATCHES, RIVAL)
    assert not calls.refused("ann")
    for call, end in under_way:
        end(True)
        call.result(PATIENCE)


def test_a_merchant_alone_may_use_all_threads(pool: ThreadPoolExecutor) -> None:
    calls = Calls(Admission(THREADS, FOR_EVER), pool)
    under_way = [calls.begin(f"player-{number}") for number in range(THREADS)]
    assert not any(call.done() for call, _ in under_way)
    for call, end in under_way:
        end(True)
        call.result(PATIENCE)


def test_a_merchant_whose_calls_fail_leaves_two_threads_to_others(pool: ThreadPoolExecutor) -> None:
    calls = Calls(Admission(THREADS, FOR_EVER, memory=FOR_EVER), pool)
    for player in ("ann", "bob"):
        call, end = calls.begin(player)
        end(False)
        assert isinstance(call.exception(PATIENCE), statuses.Unanswered)
    under_way = [calls.begin(None) for _ in range(THREADS - 2)]
    assert not any(call.done() for call, _ in under_way)
    assert calls.refused("another")
    assert not calls.refused("somebody", RIVAL)
    for call, end in under_way:
        end(True)
        call.result(PATIENCE)


def test_eighty_callers_of_a_held_player_leave_the_threads_to_others(live: Live, stage: Stage, tmp_path: Path) -> None:
    with own_portal(live.dsn, tmp_path, ANSWER_WITHIN_MS="5000") as portal, ThreadPoolExecutor(80) as pool:
        ann, bob = (replace(stage.caller(new_id()), base_url=portal.base_url) for _ in range(2))
        released, ids, most = threading.Event(), [new_id() for _ in range(80)], 0

        def keep_betting(bet: str) -> Counter[int]:
            answers = Counter[int]()
            while not released.is_set():
                answers[ann.bet(1, transactionId=bet).http_status] += 1
                released.wait(0.3)
            return answers

        with held(live, ann) as watcher:
            betting = [pool.submit(keep_betting, bet) for bet in ids]
            until(lambda: count(watcher) > 0)
            for _ in range(30):
                assert decided(bob.bet, 1).status == "RS_OK"
                most = max(most, count(watcher))
            released.set()
            answers = sum((each.result(PATIENCE) for each in betting), Counter[int]())
        assert set(answers) == {503}
        assert most <= 2 * 2, "two in each process"
        for bet in ids:
            assert insist(partial(ann.bet, 1, transactionId=bet)).status == "RS_OK"
        assert insist(ann.balance)["balance"] == 1_000_000 - 80
    assert all(balance == summed for balance, summed in stage.books().values())


def count(watcher: psycopg.Connection) -> int:
    return int(watcher.execute(WAITING).fetchall()[0][0])
