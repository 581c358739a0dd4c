"""One line for every signed call, taken or refused, and what a refused one looked like."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from merchants.models import SeenAddress, SeenOrigin
from portal.lib import clock
from portal.local.ports import free_port
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser
from tests.plugins.live import Live, serving
from tests.signing import Answer
from tests.wallet.conftest import Stage
from wallet.models import RefusedCall, SignedRequest
from wallet.services.log import request_log
from wallet.services.log.request_log import LogLine


@pytest.fixture
def caller(caller: Caller) -> Caller:
    """From here on: what came before is not in the log."""
    request_log.drain_lines()
    with as_superuser():
        SignedRequest.objects.all().delete()
    RefusedCall.objects.all().delete()
    return caller


def written(answer: Answer) -> SignedRequest:
    request_log.drain_lines()
    return SignedRequest.objects.get(request_id=answer.headers["x-request-id"])


def arrived(answer: Answer) -> RefusedCall:
    request_log.drain_lines()
    return RefusedCall.objects.get(request_id=answer.headers["x-request-id"])


def test_a_taken_call_leaves_a_line(caller: Caller) -> None:
    answer = caller.bet(100, transactionId="bet-1", roundId="round-7")
    line = written(answer)
    assert (line.method, line.endpoint, line.http_status, line.status) == (
        "POST",
        "/wallet/transaction/bet",
        200,
        "RS_OK",
    )
    assert (line.player_id, line.session_id, line.game_id) == ("player-1", caller.session, caller.game.game_id)
    assert (line.transaction_id, line.round_id, line.currency) == ("bet-1", "round-7", "EUR")
    assert (line.amount, line.balance) == (100, 999_900)
    assert (line.merchant, line.auth_key) == (caller.merchant, caller.signer.auth_key)
    assert line.secret is not None
    assert line.secret.version == 1
    assert (line.address, line.address_source) == ("127.0.0.1", "socket")
    assert 0 < line.duration_us < 60_000_000
    assert not RefusedCall.objects.exists(), "what was taken need not be explained"


def test_a_refused_call_is_kept_as_it_arrived(caller: Caller) -> None:
    raw = b'{"transactionId": "bet-1", "amount": 1.5} '
    answer = caller.call("/wallet/transaction/bet?a=b", raw, cookie="a=secret", authorization="Bearer secret")
    line, kept = written(answer), arrived(answer)
    assert (line.status, line.message, line.transaction_id) == ("RS_ERROR_INCORRECT_DATA", answer["message"], "bet-1")
    assert (bytes(kept.body), kept.query) == (raw, "a=b")
    assert kept.headers["x-timestamp"]
    assert (kept.headers["cookie"], kept.headers["authorization"]) == ("masked", "masked")
    assert "secret" not in str(kept.headers)


def test_a_secret_sent_by_mistake_is_not_kept(caller: Caller) -> None:
    secret = caller.signer.secret
    body = b'{"transactionId": "' + secret.encode() + b'", "x": "\xff"}'
    answer = caller.call(f"/wallet/transaction/bet?key={secret}", body, x_api_key=secret, x_secret=secret)
    line, kept = written(answer), arrived(answer)
    assert (line.auth_key, kept.query, kept.headers["x-secret"]) == ("oppi_live_…", "key=oppi_live_…", "oppi_live_…")
    assert bytes(kept.body) == body.replace(secret.encode(), "oppi_live_…".encode())
    assert secret not in f"{vars(line)} {vars(kept)}"


NOBODY = [({"x_api_key": "nobody"}, "INVALID_APIKEY"), ({"x_signature": "00"}, "SIGNATURE_NOT_MATCH")]


@pytest.mark.parametrize(("headers", "status"), NOBODY, ids=str)
def test_a_call_that_nobody_signed_names_no_merchant(caller: Caller, headers: dict[str, Any], status: str) -> None:
    line = written(caller.call("/wallet/balance", {"playerId": "p", "currency": "EUR"}, **headers))
    assert (line.status, line.merchant_id, line.secret_id) == (f"RS_ERROR_{status}", None, None)
    assert line.auth_key in {"nobody", caller.signer.auth_key}


def test_a_refusal_by_the_ledger_tells_its_balance(caller: Caller) -> None:
    line = written(caller.bet(2_000_000))
    assert (line.status, line.amount, line.balance) == ("RS_ERROR_NOT_ENOUGH_MONEY", 2_000_000, 1_000_000)


def test_a_batch_tells_how_many_items_it_had(caller: Caller) -> None:
    line = written(caller.rollback("a", "b", "c"))
    assert (line.items, line.status) == (3, "RS_OK")


def test_a_query_is_searchable_by_its_ids(caller: Caller) -> None:
    assert written(caller.get(f"/game/session?sessionId={caller.session}")).session_id == caller.session


@pytest.mark.parametrize(
    ("method", "path", "http_status"), [("POST", "/wallet/nothing", 404), ("PUT", "/wallet/balance", 405)]
)
def test_a_call_that_found_no_endpoint_is_logged_too(caller: Caller, method: str, path: str, http_status: int) -> None:
    line = written(caller.call(path, {}, method=method))
    assert (line.endpoint, line.http_status, line.status) == (path, http_status, "RS_ERROR")


def test_how_the_address_was_found(caller: Caller, settings: Any) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.0/8"),)
    line = written(caller.call("/wallet/balance", {}, x_forwarded_for="1.2.3.4, 198.51.100.7"))
    assert (line.address, line.address_source) == ("198.51.100.7", "x-forwarded-for")


def test_addresses_that_signed_correctly_are_remembered(caller: Caller) -> None:
    with as_superuser():
        SeenAddress.objects.all().delete()
    for address, signature in [("198.51.100.7", {}), ("198.51.100.7", {}), ("198.51.100.8", {"x_signature": "00"})]:
        caller.call("/wallet/balance", {}, meta={"REMOTE_ADDR": address}, **signature)
    request_log.drain_lines()
    assert list(SeenAddress.objects.values_list("address", flat=True)) == ["198.51.100.7"]


@pytest.mark.parametrize(
    ("origin", "hosts"),
    [
        ("https://Casino.example:8443", ["casino.example"]),
        ("null", [""]),
        ("https://x" + "y" * 300, ["x" + "y" * 252]),
        (None, []),
    ],
)
def test_hosts_of_rightly_signed_calls_are_remembered(caller: Caller, origin: str | None, hosts: list[str]) -> None:
    for _ in range(2):
        caller.call("/wallet/balance", {}, origin=origin)
    caller.call("/wallet/balance", {}, origin="https://stranger.example", x_signature="00")
    request_log.drain_lines()
    assert list(SeenOrigin.objects.values_list("host", flat=True)) == hosts


def test_lines_are_written_in_bulk(caller: Caller) -> None:
    for _ in range(50):
        caller.balance()
    with CaptureQueriesContext(connection) as queries:
        assert request_log.drain_lines() == 50
    assert len(queries) <= 4, "savepoint, the copy (which is not counted), addresses seen, release"


# A line that the database would refuse ------------------------------------------------------------------------------
STRANGE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "NUL in the path": ("POST", "/wallet/%00", {}),
    "half a character in the path": ("POST", "/wallet/%ed%a0%80", {}),
    "a long path": ("POST", "/wallet/" + "x" * 5000, {}),
    "a long method": ("VERYLONGMETHOD", "/wallet/balance", {}),
    "NUL twice in the query": ("GET", "/game/list?%00=1&%00=2", {}),
    "a broken query": ("GET", "/game/list?page=%ff", {}),
    "a long key": ("POST", "/wallet/balance", {"x_api_key": "é" * 500}),
    "a long header": ("POST", "/wallet/balance", {"x_signature": "é" * 9000}),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_a_strange_call_is_written_like_any_other(caller: Caller, strange: tuple[str, str, dict[str, Any]]) -> None:
    method, path, headers = strange
    answer = caller.call(path, None, method=method, **headers)
    assert answer.http_status in {200, 404, 405}
    assert written(answer).status == answer["status"]
    arrived(answer)


def a_line(**fields: Any) -> LogLine:
    told = {"address": None, "address_source": "socket", "method": "POST", "endpoint": "/wallet/balance"}
    return LogLine(request_id=uuid4(), created_at=clock.now(), **(told | fields))


def test_a_line_that_cannot_be_written_does_not_keep_the_others_waiting(caller: Caller) -> None:
    lines = [a_line(amount=2**70 if number in {3, 8} else number) for number in range(12)]
    for line in lines:
        request_log.add_line(line)
    assert request_log.drain_lines() == 12
    assert set(SignedRequest.objects.values_list("amount", flat=True)) == {0, 1, 2, 4, 5, 6, 7, 9, 10, 11}
    assert request_log.drain_lines() == 0


def test_a_text_with_half_a_character_is_mended(caller: Caller) -> None:
    request_log.add_line(a_line(message="a\ud800\0b", status="RS_ERROR"))
    request_log.drain_lines()
    assert SignedRequest.objects.get().message == "a?b"


def test_strangers_do_not_decide_how_much_memory_waits(caller: Caller, settings: Any) -> None:
    settings.REQUEST_LOG_HELD_BYTES = 3000
    large, small = b"x" * 2000, b"x"
    first, second = (caller.call("/wallet/balance", large, x_signature="00") for _ in range(2))
    assert bytes(arrived(first).body) == large
    assert written(second).status == "RS_ERROR_SIGNATURE_NOT_MATCH"
    assert not RefusedCall.objects.filter(request_id=second.headers["x-request-id"]).exists()
    assert bytes(arrived(caller.call("/wallet/balance", small, x_signature="00")).body) == small, "there is room again"


def test_lines_wait_while_the_table_cannot_be_had(caller: Caller) -> None:
    lines = [a_line(), a_line()]
    for line in lines:
        request_log.add_line(line)
    with as_superuser() as cursor:
        cursor.execute("ALTER TABLE wallet_signedrequest RENAME TO elsewhere")
        with pytest.raises(Exception, match="wallet_signedrequest") as fault:
            request_log.drain_lines()
        assert not isinstance(fault.value, DataError)
        cursor.execute("ALTER TABLE elsewhere RENAME TO wallet_signedrequest")
    assert request_log.drain_lines() == 2
    assert set(SignedRequest.objects.values_list("request_id", flat=True)) == {line.request_id for line in lines}


def test_a_portal_that_is_stopped_writes_the_rest(live: Live, stage: Stage, tmp_path: Path) -> None:
    port = free_port()
    portal = replace(live, base_url=f"http://127.0.0.1:{port}", log=tmp_path / "granian.log")
    with serving(portal, port):
        caller = replace(stage.caller(), base_url=portal.base_url)
        answers = [caller.balance() for _ in range(30)]
    wanted = [answer.headers["x-request-id"] for answer in answers]
    found = stage.sql("SELECT count(*) FROM wallet_signedrequest WHERE request_id = ANY (%s::uuid[])", wanted)
    assert found == [(30,)]
