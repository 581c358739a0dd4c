"""Section 2: how an answer travels."""

from __future__ import annotations

import gzip
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Caller
from tests.signing import Answer, encoded

BET = "/wallet/transaction/bet"
SMALL = "/wallet/balance"


def test_what_the_application_decided_is_http_200(caller: Caller) -> None:
    for answer in (caller.bet(1), caller.bet(-1), caller.bet(9_000_000), caller.call(BET, b"{", x_api_key="nobody")):
        assert answer.http_status == 200
        assert answer.headers["Content-Type"] == "application/json"


def test_no_answer_is_kept_on_the_way_or_taken_for_a_page(caller: Caller) -> None:
    answers = [caller.bet(1), caller.bet(-1), caller.call("/wallet/nothing"), caller.call(BET, method="GET")]
    answers += [caller.get("/game/list"), caller.call(SMALL, b"x" * 70_000), caller.call(BET, b"{", x_api_key="nobody")]
    assert {answer.http_status for answer in answers} == {200, 404, 405, 413}
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


WRONG_DOORS = [
    ("POST", "/wallet/nothing", {}, 404),
    ("POST", "/wallet/", {}, 404),
    ("GET", "/game/nothing", {}, 404),
    ("POST", "/reconciliation/nothing", {}, 404),
    ("GET", BET, {}, 405),
    ("PUT", SMALL, {}, 405),
    ("DELETE", SMALL, {}, 405),
    ("OPTIONS", SMALL, {}, 405),
    ("POST", "/game/list", {}, 405),
    ("GET", "/game/url", {}, 405),
    ("POST", SMALL, {"CONTENT_TYPE": "text/plain"}, 415),
    ("POST", SMALL, {"CONTENT_TYPE": "application/x-www-form-urlencoded"}, 415),
    ("POST", SMALL, {"CONTENT_TYPE": "application/json+x"}, 415),
    ("POST", SMALL, {"HTTP_CONTENT_ENCODING": "gzip"}, 415),
]


@pytest.mark.parametrize(("method", "path", "meta", "http_status"), WRONG_DOORS)
def test_a_wrong_door_keeps_its_code_and_has_the_envelope(
    caller: Caller, method: str, path: str, meta: dict[str, Any], http_status: int
) -> None:
    answer = caller.call(path, {}, method=method, meta=meta)
    assert (answer.http_status, answer["status"]) == (http_status, "RS_ERROR")
    assert answer["message"]
    assert str(UUID(answer.headers["x-request-id"])) == answer.headers["x-request-id"]


@pytest.mark.parametrize("meta", [{"HTTP_CONTENT_ENCODING": "gzip"}, {}], ids=["with the header", "without"])
def test_a_compressed_body_is_called_so(caller: Caller, meta: dict[str, Any]) -> None:
    answer = caller.call(SMALL, gzip.compress(b"{}", mtime=0), meta=meta)
    assert answer["message"].startswith("The body is compressed.")


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON", ""])
def test_the_media_type_is_json_however_it_is_written(caller: Caller, media_type: str) -> None:
    body = {"playerId": "player-1", "currency": "EUR"}
    assert caller.call(SMALL, body, meta={"CONTENT_TYPE": media_type}).status == "RS_OK"


SLASHES = ["/wallet/balance/", "/wallet/transaction/bet/", "/game/url/", "/game/list/", "/game/sessions/"]


@pytest.mark.parametrize("path", SLASHES)
def test_a_trailing_slash_is_answered_the_same(caller: Caller, path: str) -> None:
    method = "GET" if path in {"/game/list/", "/game/sessions/"} else "POST"
    player = {"playerId": caller.player, "currency": caller.currency}
    bodies: dict[str, dict[str, Any]] = {  # each is good at its own door only
        "/wallet/balance/": player,
        "/wallet/transaction/bet/": caller.in_session(currency=caller.currency, amount=0),
        "/game/url/": player | {"gameId": caller.game.game_id, "playerName": "Ada", "balance": 0},
    }
    answers = [caller.call(way, bodies.get(path), method=method) for way in (path.rstrip("/"), path)]
    assert [answer.status for answer in answers] == ["RS_OK"] * 2


def test_each_answer_has_an_id_of_its_own(caller: Caller) -> None:
    answers = [caller.balance(), caller.balance(), caller.bet(-1), caller.call("/wallet/nothing", {})]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 4


def refused(caller: Caller) -> dict[str, Answer]:
    old, named = "1000000000000", {"transactionId": "mine"}
    body = encoded(caller.in_session(currency="EUR", amount=1) | named)
    return {
        "missing header": caller.call(BET, body, x_signature=None),
        "unknown key": caller.call(BET, body, x_api_key="nobody"),
        "old": caller.call(BET, body, timestamp=old),
        "wrong signature": caller.call(BET, body, x_signature="0"),
        "wrong type": caller.bet(1, currency=5, **named),
        "missing field": caller.call(BET, named),
        "number": caller.bet(2**53, **named),
        "amount": caller.bet(-1, **named),
        "unknown game": caller.bet(1, gameId="G-unknown", **named),
        "session": caller.bet(1, sessionId="unknown", **named),
        "reference": caller.payout("unknown", 1, **named),
    }


def test_a_readable_id_is_echoed_by_every_refusal(caller: Caller) -> None:
    answers = refused(caller)
    assert {name: answer.body.get("transactionId") for name, answer in answers.items()} == dict.fromkeys(
        answers, "mine"
    )
    assert all(answer["message"] for answer in answers.values())


@pytest.mark.parametrize("body", [b"{", b'{"transactionId": 5}', b'{"transactionId": "a", "transactionId": "b"}'])
def test_an_id_that_cannot_be_read_is_not_echoed(caller: Caller, body: bytes) -> None:
    assert "transactionId" not in caller.call(BET, body).body


def test_only_wallet_answers_echo(caller: Caller) -> None:
    assert "transactionId" not in caller.call("/game/url", {"transactionId": "mine"}).body


def test_missing_headers_are_named(caller: Caller) -> None:
    answer = caller.call(SMALL, {}, x_api_key=None, x_timestamp=" ")
    assert answer.status == "MISSING_HEADERS"
    assert "x-api-key" in answer["message"]
    assert "x-timestamp" in answer["message"]
    assert "x-signature" not in answer["message"]
