"""Every status key there is, met by a real call against the running portal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest

from portal.local.ports import free_port
from tests.plugins.live import Live, serving
from tests.signing import Answer, now_ms
from tests.wallet.conftest import LiveCaller, Stage, until
from wallet import statuses

OF = {
    "suspend": "UPDATE merchants_merchant SET status = 'suspended' WHERE id = %s",
    "block": "UPDATE merchants_player SET is_blocked = true WHERE merchant_id = %s",
    "limit": "UPDATE merchants_merchant SET bets_per_minute = 0 WHERE id = %s",
    "restrict": """INSERT INTO merchants_allowlistentry (merchant_id, network, note)
                   SELECT id, '203.0.113.0/24', '' FROM merchants_merchant WHERE id = %s""",
    "switch off": """INSERT INTO merchants_disabledgame (merchant_id, game_id)
                     SELECT s.merchant_id, s.game_id FROM wallet_session s WHERE s.merchant_id = %s""",
}

CUT_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = %s
"""


@contextmanager
def locked(live: Live, merchant_id: int) -> Iterator[None]:
    """Somebody else holds the players' rows and does not let go."""
    with psycopg.connect(live.dsn) as other:
        other.execute("SELECT FROM merchants_player WHERE merchant_id = %s FOR UPDATE", [merchant_id])
        yield
        other.rollback()


CALLS: dict[str, Callable[[LiveCaller], Answer]] = {
    "RS_OK": lambda caller: caller.bet(1),
    "RS_ERROR_MISSING_HEADERS": lambda caller: caller.call("/wallet/balance", {}, x_signature=None),
    "RS_ERROR_INVALID_APIKEY": lambda caller: caller.call("/wallet/balance", {}, x_api_key="nobody"),
    "RS_ERROR_SIGNATURE_EXPIRED": lambda caller: caller.call(
        "/wallet/balance", {}, timestamp=str(int(now_ms()) - 301_000)
    ),
    "RS_ERROR_SIGNATURE_NOT_MATCH": lambda caller: caller.call("/wallet/balance", {}, x_signature="0" * 64),
    "RS_ERROR_INCORRECT_DATA": lambda caller: caller.bet(1, currency=5),
    "RS_ERROR_FIELD_REQUIRED_OR_INVALID": lambda caller: caller.bet(1, sessionId=""),
    "RS_ERROR_INVALID_NUMBER": lambda caller: caller.bet(2**53),
    "RS_ERROR_INVALID_AMOUNT": lambda caller: caller.bet(-1),
    "RS_ERROR_DUPLICATE_TRANSACTION": lambda caller: caller.bet(2, transactionId="first"),
    "RS_ERROR_RECORD_NOT_FOUND": lambda caller: caller.bet(1, gameId="G-unknown"),
    "RS_ERROR_SESSION_REQUIRED_OR_INVALID": lambda caller: caller.bet(1, sessionId="unknown"),
    "RS_ERROR_TRANSACTION_DOES_NOT_EXIST": lambda caller: caller.payout("unknown", 1),
    "RS_ERROR_NOT_ENOUGH_MONEY": lambda caller: caller.bet(9_000_000),
}
STATES = {
    "RS_ERROR_MERCHANT_NOT_ACTIVE": "suspend",
    "RS_ERROR_PLAYER_BLOCKED": "block",
    "RS_ERROR_LIMIT_REACHED": "limit",
    "RS_ERROR_IP_RESTRICTION": "restrict",
    "RS_ERROR_GAME_INACTIVE": "switch off",
}


def test_all_twenty_are_walked() -> None:
    assert {*CALLS, *STATES, "RS_ERROR"} == set(statuses.ALL_KEYS)
    assert len(statuses.ALL_KEYS) == 20


@pytest.fixture
def caller(stage: Stage) -> LiveCaller:
    machine = stage.caller()
    machine.bet(1, transactionId="first")
    return machine


def check(answer: Answer, key: str) -> None:
    assert (answer["status"], answer.http_status) == (key, 200)
    assert len(answer.headers["x-request-id"]) == 36
    if key != "RS_OK":
        message = answer["message"]
        assert message[0].isupper() or message.startswith("x-") or " " in message
        assert message.endswith(".")


@pytest.mark.parametrize("key", CALLS)
def test_a_call_that_meets_it(caller: LiveCaller, key: str) -> None:
    check(CALLS[key](caller), key)


@pytest.mark.parametrize("key", STATES)
def test_a_state_in_which_a_bet_meets_it(stage: Stage, caller: LiveCaller, key: str) -> None:
    stage.sql(OF[STATES[key]], stage.merchant_id)
    check(caller.bet(1, transactionId="second"), key)


WAITING: dict[str, Callable[[LiveCaller], Answer]] = {
    "bet": lambda caller: caller.bet(5, transactionId="waits"),
    "payout": lambda caller: caller.payout("first", 5, transactionId="waits"),
    "deposit": lambda caller: caller.deposit(5, transactionId="waits"),
    "rollback": lambda caller: caller.rollback("first"),
}


@pytest.mark.parametrize("call", WAITING)
def test_who_waits_too_long_is_told_so_and_nothing_moved(
    live: Live, stage: Stage, caller: LiveCaller, call: str
) -> None:
    caller.balance()
    with locked(live, stage.merchant_id):
        answer = WAITING[call](caller)
        assert (answer.http_status, answer["status"]) == (503, "RS_ERROR")
        assert "Send the request again." in answer["message"]
        assert caller.balance()["balance"] == 999_999, "reading waits for nobody"
    assert WAITING[call](caller)["status"] == "RS_OK", "and the same call may come again"


def test_a_single_call_that_waited_echoes_its_id(live: Live, stage: Stage, caller: LiveCaller) -> None:
    with locked(live, stage.merchant_id):
        assert caller.bet(5, transactionId="waits")["transactionId"] == "waits"


def test_a_database_that_hangs_up_is_no_longer_than_one_call(
    live: Live, stage: Stage, caller: LiveCaller, tmp_path: Path
) -> None:
    """Sessions of the portal are cut off, as in a restart: each costs one call at most, and the log keeps its lines.

    Which of the sixteen threads takes a call is chance: one may meet its lost session late. So it is a portal of this
    test's, whose threads nobody calls afterwards.
    """
    port, name = free_port(), "hung up on"
    own = live.environment | {"PGAPPNAME": name}
    portal = replace(live, base_url=f"http://127.0.0.1:{port}", environment=own, log=tmp_path / "granian.log")
    with serving(portal, port):
        machine = replace(caller, base_url=portal.base_url)
        assert {machine.balance()["balance"] for _ in range(30)} == {999_999}
        lost = len(stage.sql(CUT_OFF, name))
        answers = [machine.balance() for _ in range(120)]
        wanted = {answer.headers["x-request-id"] for answer in answers}
        until(lambda: logged(stage, wanted) == len(wanted))
    assert {answer.http_status for answer in answers} <= {200, 503}
    served = [answer["balance"] for answer in answers if answer.http_status == HTTPStatus.OK]
    assert served == [999_999] * len(served)
    assert lost
    assert len(answers) - len(served) <= lost < len(answers) // 2


def logged(stage: Stage, request_ids: set[str]) -> int:
    return int(
        stage.sql("SELECT count(*) FROM wallet_signedrequest WHERE request_id = ANY (%s::uuid[])", list(request_ids))[
            0
        ][0]
    )
