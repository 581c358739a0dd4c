"""Contract, section 7: no answer takes longer than 900 ms, whatever the database does, and none is RS_OK too early."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pytest

from portal.local.embedded import Server
from tests.plugins.live import Live
from tests.signing import Answer, new_id
from tests.wallet.clusters import Relay, frozen, insist, own_cluster, own_portal, relay_to, seated, together
from tests.wallet.conftest import LiveCaller, Stage, stage_on

pytestmark = pytest.mark.xdist_group("clusters")
PROMISED = 0.9
# Of a machine on which a process may not run for seconds. What hangs here hangs until the test lets it go on.
ALLOWANCE = 8
PROCESSES = 2


class Place(NamedTuple):
    server: Server
    relay: Relay
    portal: Live
    stage: Stage


type Away = Callable[[Place], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with (
        own_cluster() as server,
        relay_to(server) as (relay, dsn),
        own_portal(dsn, tmp_path_factory.mktemp("portal"), ANSWER_WITHIN_MS="600") as portal,
        stage_on(portal) as stage,
    ):
        yield Place(server, relay, portal, stage)


@contextmanager
def frozen_server(place: Place) -> Iterator[None]:
    with frozen(place.server):
        yield


@contextmanager
def unreachable_host(place: Place) -> Iterator[None]:
    with place.relay.silent():
        yield


def assert_in_time(timed: list[tuple[float, Answer]]) -> None:
    """Each while the database is away; on a machine with time to spare, each within what is promised."""
    assert {(answer.http_status, answer["status"]) for _, answer in timed} == {(503, "RS_ERROR")}
    assert max(seconds for seconds, _ in timed) < PROMISED + ALLOWANCE
    assert min(seconds for seconds, _ in timed) < PROMISED


def bets(caller: LiveCaller, ids: list[str]) -> list[tuple[float, Answer]]:
    return together([partial(caller.bet, 1, transactionId=each) for each in ids])


@pytest.mark.parametrize("away", [frozen_server, unreachable_host])
def test_a_database_that_says_nothing_is_answered_for(place: Place, away: Away) -> None:
    caller = seated(place.stage)
    together([caller.balance] * 24)  # most threads have a connection
    ids = [new_id() for _ in range(40)]
    with away(place):
        first, second = bets(caller, ids[:20]), bets(caller, ids[20:])
    assert_in_time(first)
    assert_in_time(second)
    assert {insist(partial(caller.bet, 1, transactionId=each)).status for each in ids} == {"RS_OK"}
    left = insist(caller.balance)["balance"]
    assert left == 1_000_000 - 40, "each is done once, whether its first answer was lost or not"
    assert all(balance == summed for balance, summed in place.stage.books().values())


def test_a_database_that_is_away_costs_at_most_a_short_line_a_call(place: Place) -> None:
    """Under keys that the processes do not know: each call would read the database."""
    caller, calls = seated(place.stage), 60
    stranger = replace(caller, signer=replace(caller.signer, auth_key="nobody"))
    with place.relay.silent():
        for _ in range(3):
            together([caller.balance] * 16)  # no thread has a connection any more
        before, begun = place.portal.log.stat().st_size, time.monotonic()
        assert {stranger.balance().http_status for _ in range(calls)} == {503}
        minutes = 1 + int(time.monotonic() - begun) // 60
        written = place.portal.log.read_bytes()[before:].decode()
    lines = [line for line in written.splitlines() if "call.undecided" in line]
    traces = [line for line in lines if "Traceback" in line]
    assert len(lines) <= calls
    assert len(traces) <= PROCESSES * minutes
    assert max(map(len, set(lines) - set(traces)), default=0) < 400
    assert "django.request" not in written, "nobody else says it again"
    insist(caller.balance)
