"""Anything may arrive: never a 5xx, never a stack trace, never half a movement, and a clear message."""

from __future__ import annotations

import json
import socket
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Caller
from tests.signing import Answer, encoded
from tests.wallet.conftest import SECONDS, LiveCaller, Stage

BET = "/wallet/transaction/bet"
UNDO = "/wallet/transaction/rollback"
DEEP = b"[" * 100_000
BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "INCORRECT_DATA"),
    "blanks": (b" \n\t ", "INCORRECT_DATA"),
    "not JSON": (b"amount=5", "INCORRECT_DATA"),
    "half of JSON": (b'{"transactionId": "a', "INCORRECT_DATA"),
    "more than one object": (b"{}{}", "INCORRECT_DATA"),
    "an array": (b"[]", "INCORRECT_DATA"),
    "a text": (b'"bet"', "INCORRECT_DATA"),
    "a number": (b"5", "INCORRECT_DATA"),
    "null": (b"null", "INCORRECT_DATA"),
    "an empty object": (b"{}", "FIELD_REQUIRED_OR_INVALID"),
    "broken UTF-8": (b'{"transactionId": "\xff\xfe"}', "INCORRECT_DATA"),
    "UTF-16": ('{"amount": 5}'.encode("utf-16"), "INCORRECT_DATA"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "INCORRECT_DATA"),
    "a raw half character": (b'{"transactionId": "\xed\xa0\x80"}', "INCORRECT_DATA"),
    "an escaped half character": (b'{"transactionId": "\\ud800"}', "INCORRECT_DATA"),
    "deep arrays": (DEEP[:60_000], "INCORRECT_DATA"),
    "deep objects": (b'{"a":' * 10_000, "INCORRECT_DATA"),
    "deep and closed": (b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}", "INCORRECT_DATA"),
    "NaN": (b'{"amount": NaN}', "INCORRECT_DATA"),
    "infinity": (b'{"amount": -Infinity}', "INCORRECT_DATA"),
    "compressed": (zlib.compress(b"{}"), "INCORRECT_DATA"),
}


def explained(answer: Answer) -> str:
    """The status of an answer that the application gave, and that a person can understand."""
    assert answer.http_status < 500, answer
    assert answer.headers["x-request-id"]
    assert answer["message"]
    assert "Traceback" not in str(answer.body)
    return answer.status


@pytest.fixture
def machine(stage: Stage) -> Iterator[LiveCaller]:
    """Whatever a test sends: its player has 1,000,000 afterwards, and the portal is well."""
    caller = stage.caller()
    yield caller
    assert caller.balance()["balance"] == 1_000_000
    assert stage.books() == {"player-1": (1_000_000, 1_000_000)}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_bet(machine: LiveCaller, body: str) -> None:
    raw, status = BODIES[body]
    assert explained(machine.call(BET, raw)) == status


def bet(caller: Caller, **raw: str) -> bytes:
    """A bet whose fields are given as they stand in the JSON."""
    fields = {name: json.dumps(value) for name, value in caller.in_session(currency="EUR", amount=5).items()}
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in (fields | raw).items()) + "}").encode()


NUMBERS = {
    "1.0": "INCORRECT_DATA",
    "1e5": "INCORRECT_DATA",
    "1E5": "INCORRECT_DATA",
    "0.5": "INCORRECT_DATA",
    "-0.0": "INCORRECT_DATA",
    "1e309": "INCORRECT_DATA",
    "-1e-9999": "INCORRECT_DATA",
    "true": "INCORRECT_DATA",
    "false": "INCORRECT_DATA",
    "null": "INCORRECT_DATA",
    '"5"': "INCORRECT_DATA",
    "[5]": "INCORRECT_DATA",
    "{}": "INCORRECT_DATA",
    "05": "INCORRECT_DATA",
    "+5": "INCORRECT_DATA",
    "0x5": "INCORRECT_DATA",
    "9007199254740992": "INVALID_NUMBER",
    "-9007199254740992": "INVALID_NUMBER",
    "9223372036854775808": "INVALID_NUMBER",
    "18446744073709551621": "INVALID_NUMBER",
    "9" * 5000: "INVALID_NUMBER",
    "-" + "9" * 5000: "INVALID_NUMBER",
    "-1": "INVALID_AMOUNT",
    "-9007199254740991": "INVALID_AMOUNT",
    "9007199254740991": "NOT_ENOUGH_MONEY",
    "-0": "RS_OK",
}


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:20])
def test_a_number_is_whole_and_exact(caller: Caller, number: str) -> None:
    answer = caller.call(BET, bet(caller, amount=number))
    assert answer.status == NUMBERS[number]
    assert answer.status == "RS_OK" or "amount" in answer["message"] or answer["message"]


TEXTS = {
    '""': "FIELD_REQUIRED_OR_INVALID",
    '"a\\u0000b"': "FIELD_REQUIRED_OR_INVALID",
    f'"{"x" * 256}"': "FIELD_REQUIRED_OR_INVALID",
    '"\\ud83d"': "INCORRECT_DATA",
    '"\\udc00\\ud800"': "INCORRECT_DATA",
    "5": "INCORRECT_DATA",
    "null": "INCORRECT_DATA",
    "true": "INCORRECT_DATA",
    '["a"]': "INCORRECT_DATA",
    f'"{"x" * 255}"': "RS_OK",
    f'"{"名" * 255}"': "RS_OK",
    '"\\ud83d\\ude00"': "RS_OK",
    '"\\t\\n\\u001f\\u007f\\u202e"': "RS_OK",
    '"\'; DROP TABLE wallet_transaction; --%s{}$1"': "RS_OK",
}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20])
def test_an_id_is_any_text_of_1_to_255_characters(caller: Caller, text: str) -> None:
    answer = caller.call(BET, bet(caller, transactionId=text))
    assert answer.status == TEXTS[text]
    assert answer.status != "FIELD_REQUIRED_OR_INVALID" or "transactionId" in answer["message"]


@pytest.mark.parametrize("field", ["transactionId", "sessionId", "playerId", "gameId", "currency", "amount"])
def test_a_missing_field_is_named(caller: Caller, field: str) -> None:
    body = caller.in_session(currency="EUR", amount=5)
    del body[field]
    answer = caller.call(BET, body)
    assert (answer.status, field in answer["message"]) == ("FIELD_REQUIRED_OR_INVALID", True)


@pytest.mark.parametrize(
    ("field", "longest"), [("sessionId", 512), ("playerId", 255), ("gameId", 64), ("roundId", 255), ("currency", 8)]
)
def test_a_field_that_is_too_long_is_named(caller: Caller, field: str, longest: int) -> None:
    answer = caller.call(BET, caller.in_session(currency="EUR", amount=5) | {field: "X" * (longest + 1)})
    assert (answer.status, field in answer["message"]) == ("FIELD_REQUIRED_OR_INVALID", True)
    longer = caller.call(BET, caller.in_session(currency="EUR", amount=5) | {field: "X" * longest})
    assert longer.status != "FIELD_REQUIRED_OR_INVALID"


@pytest.mark.parametrize("currency", ["eur", "EU", "€UR", "EUR ", "EUR\n", "E-R"])
def test_a_currency_is_written_in_one_way(caller: Caller, currency: str) -> None:
    assert caller.bet(5, currency=currency).status == "FIELD_REQUIRED_OR_INVALID"


def test_a_key_may_not_stand_twice(caller: Caller) -> None:
    right = bet(caller)
    for twice in (b'{"amount": 1, ' + right[1:], b'{"extra": {"a": 1, "a": 1}, ' + right[1:]):
        assert caller.call(BET, twice).status == "INCORRECT_DATA"
    assert caller.balance()["balance"] == 1_000_000


def test_what_is_not_asked_for_does_no_harm(caller: Caller) -> None:
    strange = '{"a": [1.5, 1e309, null, "\\ud800", {"b": true}]}'
    assert caller.call(BET, bet(caller, extra=strange)).status == "RS_OK"


def test_an_id_that_cannot_be_told_back_is_told_back_in_part(caller: Caller) -> None:
    answer = caller.call(BET, bet(caller, transactionId='"a\\ud800b"'))
    assert answer["transactionId"] == "a?b"


# Over the wire ------------------------------------------------------------------------------------------------------
SILENT_SECONDS = 1  # are enough where it may say nothing


def test_a_body_of_10_megabytes(machine: LiveCaller) -> None:
    answer = machine.call(BET, b"[" * 10_000_000)
    assert (explained(answer), answer.http_status) == ("RS_ERROR", 413)


@pytest.mark.parametrize(("path", "limit"), [(BET, 64 * 1024), (UNDO, 1024 * 1024)])
def test_the_last_byte_that_fits(machine: LiveCaller, path: str, limit: int) -> None:
    at_limit = machine.call(path, b"{}" + b" " * (limit - 2))
    assert (explained(at_limit), at_limit.http_status) == ("FIELD_REQUIRED_OR_INVALID", 200)
    beyond = machine.call(path, b"{}" + b" " * (limit - 1))
    assert (explained(beyond), beyond.http_status) == ("RS_ERROR", 413)


@pytest.mark.parametrize("body", [DEEP, b'{"transactions":' + DEEP, b'{"transactions":[' + b"0," * 400_000 + b"0]}"])
def test_a_batch_that_is_deep_or_wide(machine: LiveCaller, body: bytes) -> None:
    assert explained(machine.call(UNDO, body)) in {"INCORRECT_DATA", "FIELD_REQUIRED_OR_INVALID"}


def spoken(caller: LiveCaller, head: list[str], body: bytes = b"", *, seconds: float = SECONDS) -> bytes:
    """What the portal says to bytes on a socket, until it hangs up or is silent for so long."""
    address = urlsplit(caller.base_url)
    told = b""
    with socket.create_connection((address.hostname, address.port or 0), timeout=seconds) as wire:
        try:
            wire.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
            while chunk := wire.recv(65536):
                told += chunk
        except (TimeoutError, ConnectionError):
            pass
    return told


def head(caller: LiveCaller, body: bytes, *more: str, path: str = BET) -> list[str]:
    signed = [f"{name}: {value}" for name, value in caller.signer.sign(body).items()]
    return [f"POST {path} HTTP/1.1", "Host: portal", "Connection: close", *signed, *more]


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"


WIRES: dict[str, tuple[list[str], bytes]] = {
    "a length that is no number": (["Content-Length: many"], b"{}"),
    "a negative length": (["Content-Length: -5"], b"{}"),
    "two lengths": (["Content-Length: 2", "Content-Length: 200"], b"{}"),
    "a huge length": (["Content-Length: 99999999999999999999999"], b"{}"),
    "a length padded with noughts": (["Content-Length: 00000000000000099999999"], b"{}"),
    "a length beyond the body": (["Content-Length: 5000"], b"{}"),
    "a length short of the body": (["Content-Length: 1"], b"{}"),
    "length and chunks": (["Content-Length: 2", "Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n\r\n"),
    "chunks that end early": (["Transfer-Encoding: chunked"], b"ff\r\n{}"),
    "chunks of no length": (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"),
    "endless chunks": (
        ["Transfer-Encoding: chunked"],
        b"10000\r\n" + b"[" * 65536 + b"\r\n" + b"400\r\n" + b"[" * 1024,
    ),
    "another encoding": (["Transfer-Encoding: gzip"], b"{}"),
    "a header of a megabyte": (["Content-Length: 2", "X-Long: " + "x" * 1_000_000], b"{}"),
    "ten thousand headers": (["Content-Length: 2", *[f"X-{number}: y" for number in range(10_000)]], b"{}"),
    "a header that is not ASCII": (["Content-Length: 2", "X-Forwarded-For: \xff\xfe", "Origin: \xff"], b"{}"),
    "a type that is not ASCII": (["Content-Length: 2", "Content-Type: \xff/json; charset=\xff"], b"{}"),
    "a key that is not ASCII": (["Content-Length: 2", "X-Api-Key: \xff"], b"{}"),
    "an expectation": (["Content-Length: 2", "Expect: 200-maybe"], b"{}"),
    "nonsense": (["\x01\x02\x03"], b"\x00\xff"),
}


@pytest.mark.parametrize("wire", WIRES)
def test_bytes_that_are_hardly_http(machine: LiveCaller, wire: str) -> None:
    more, body = WIRES[wire]
    told = spoken(machine, head(machine, b"{}", *more), body, seconds=SILENT_SECONDS)
    assert not told.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5")), told[:300]
    assert b"Traceback" not in told


def test_chunks_without_a_length_are_a_body_like_any_other(machine: LiveCaller) -> None:
    body = encoded({"playerId": "player-1", "currency": "EUR"})
    told = spoken(machine, head(machine, body, "Transfer-Encoding: chunked", path="/wallet/balance"), chunked(body))
    assert told.startswith(b"HTTP/1.1 200")
    assert b'"balance":1000000' in told


def test_chunks_of_10_megabytes(machine: LiveCaller) -> None:
    body = b"%x\r\n%s\r\n" % (10_000_000, b"[" * 10_000_000) + b"0\r\n\r\n"
    told = spoken(machine, head(machine, b"", "Transfer-Encoding: chunked"), body, seconds=SILENT_SECONDS)
    assert not told or told.startswith(b"HTTP/1.1 413")


PATHS = [
    "/wallet/%00",
    "/wallet/%ff",
    "/wallet/%ed%a0%80",
    "/wallet/" + "x" * 20_000,
    "/wallet/../admin",
    "/game/%2e%2e",
]
PATHS += [
    "//wallet/balance",
    "/wallet//balance",
    "/wallet/balance/..",
    "/wallet/balance;a=b",
    "/wallet/balance%0d%0aX: y",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:20])
def test_a_path_that_leads_nowhere(machine: LiveCaller, path: str) -> None:
    told = spoken(machine, head(machine, b"{}", "Content-Length: 2", path=path.replace(" ", "%20")), b"{}")
    assert told.split(b" ")[1] in {b"404", b"400", b"414", b"403"}, told[:300]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "VERYLONGMETHOD"])
def test_another_method(machine: LiveCaller, method: str) -> None:
    lines = head(machine, b"{}", "Content-Length: 2")
    told = spoken(machine, [f"{method} {BET} HTTP/1.1", *lines[1:]], b"{}")
    assert told.split(b" ")[1] == b"405", told[:300]


# Whatever hypothesis can think of -----------------------------------------------------------------------------------
WHOLE = st.one_of(st.integers(), st.integers(-(2**53), 2**53), st.sampled_from([0, 1, 100, 2**53 - 1, 2**63]))
TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), WHOLE, st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
NAMES = ["transactionId", "refTransactionId", "sessionId", "playerId", "gameId", "currency", "amount", "isWin"]
NAMES += ["roundId", "rewardType", "rewardedAmount", "transactions", "balance", "playerName"]
ENDPOINTS = ["/wallet/balance", "/game/url"] + [
    f"/wallet/transaction/{name}"
    for name in ("bet", "payout", "reward", "rollback", "retry", "settlement", "deposit", "withdraw")
]


def item(caller: Caller) -> dict[str, Any]:
    told = {"currency": "EUR", "amount": 0, "isWin": False, "roundId": "r", "rewardType": "bonus", "rewardedAmount": 0}
    return caller.in_session(**told, refTransactionId="unknown", balance=0, playerName="Ada")


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(ENDPOINTS),
    changes=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
    without=st.sets(st.sampled_from(NAMES), max_size=2),
    in_batch=st.booleans(),
)
def test_no_body_is_a_5xx(
    caller: Caller, path: str, changes: dict[str, Any], without: set[str], *, in_batch: bool
) -> None:
    told = {name: value for name, value in (item(caller) | changes).items() if name not in without}
    body = {"transactions": [told, told]} if in_batch else told
    answer = caller.call(path, json.dumps(body).encode())
    assert answer.http_status == 200
    assert answer.status == "RS_OK" or answer["message"]


@settings(max_examples=100, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(ENDPOINTS), raw=st.binary(max_size=200))
def test_no_bytes_are_a_5xx(caller: Caller, path: str, raw: bytes) -> None:
    assert explained(caller.call(path, raw)) in {"INCORRECT_DATA", "FIELD_REQUIRED_OR_INVALID"}
