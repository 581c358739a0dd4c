"""A commit that waits for a synchronous standby: no call waits with it, and none is told RS_OK before it lasts."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import psycopg
import pytest

from portal.local.embedded import Server
from tests.plugins.live import Live
from tests.signing import Answer, new_id
from tests.wallet.clusters import frozen, insist, own_cluster, own_portal, seated, standby_of, together
from tests.wallet.conftest import PATIENCE, LiveCaller, Stage, stage_on, until

pytestmark = pytest.mark.xdist_group("clusters")
CANCEL = """
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%wallet_post%'
"""


class Pair(NamedTuple):
    primary: Server
    standby: Server
    portal: Live
    stage: Stage


def protect(primary: Server) -> None:
    """From here on a commit waits for the standby."""
    with psycopg.connect(primary.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        connection.execute("SELECT pg_reload_conf()")
        found = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"
        until(lambda: bool(connection.execute(found).rowcount))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with (
        own_cluster() as primary,
        standby_of(primary) as standby,
        own_portal(primary.url, tmp_path_factory.mktemp("portal")) as portal,
        stage_on(portal) as stage,
    ):
        protect(primary)
        yield Pair(primary, standby, portal, stage)
        with psycopg.connect(primary.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")


def bets(caller: LiveCaller, ids: list[str]) -> list[Answer]:
    return [answer for _, answer in together([partial(caller.bet, 1, transactionId=each) for each in ids])]


def health(portal: Live) -> tuple[int, bool]:
    try:
        with urllib.request.urlopen(f"{portal.api_url}/readyz", timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)["database"]
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)["database"]


def is_settled(portal: Live) -> bool:
    """Whether both processes have found out that the standby of the test before is back."""
    return all(health(portal) == (200, True) for _ in range(20))


def test_a_lost_standby_is_answered_for_and_each_bet_is_done_once(pair: Pair) -> None:
    caller, ids = seated(pair.stage), [new_id() for _ in range(20)]
    with frozen(pair.standby):
        lost = bets(caller, ids)
        again = bets(caller, ids)
        until(lambda: health(pair.portal) == (503, False))
    assert {(answer.http_status, answer["status"]) for answer in lost + again} == {(503, "RS_ERROR")}
    until(lambda: health(pair.portal) == (200, True))
    assert {insist(partial(caller.bet, 1, transactionId=each)).status for each in ids} == {"RS_OK"}
    assert insist(caller.balance)["balance"] == 1_000_000 - 20
    assert all(balance == summed for balance, summed in pair.stage.books().values())
    assert pair.portal.manage("verify_ledger").returncode == 0


def test_a_cancelled_wait_is_not_told_as_success(pair: Pair) -> None:
    caller, bet, answers = seated(pair.stage), new_id(), list[Answer]()
    until(lambda: is_settled(pair.portal))
    with frozen(pair.standby), psycopg.connect(pair.primary.url, autocommit=True) as operator:
        calling = threading.Thread(target=lambda: answers.append(caller.bet(1, transactionId=bet)))
        calling.start()
        until(lambda: bool(operator.execute(CANCEL).rowcount))
        calling.join()
    (answer,) = answers
    assert (answer.http_status, answer["status"]) == (503, "RS_ERROR")
    assert insist(partial(caller.bet, 1, transactionId=bet)).status == "RS_OK"
    assert insist(caller.balance)["balance"] == 1_000_000 - 1


def test_what_was_cancelled_is_told_only_when_it_lasts(pair: Pair) -> None:
    """It is visible on the primary, and a repeat finds it there: that answer has to wait as the first one had to."""
    caller, bet = seated(pair.stage), new_id()
    until(lambda: is_settled(pair.portal))
    with frozen(pair.standby), psycopg.connect(pair.primary.url, autocommit=True) as operator:
        calling = threading.Thread(target=partial(caller.bet, 1, transactionId=bet))
        calling.start()
        until(lambda: bool(operator.execute(CANCEL).rowcount))
        calling.join()
        assert {answer.http_status for answer in bets(caller, [bet] * 20)} == {503}
    assert insist(partial(caller.bet, 1, transactionId=bet)).status == "RS_OK"
