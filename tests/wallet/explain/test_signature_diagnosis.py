"""The signature doctor: each mistake is really made, really sent and refused, and then asked about."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import os
import pathlib
import re
import secrets
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from merchants.models import ApiKey, Merchant, Person, Secret
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.signing import Answer, encoded, new_id, now_ms, signature
from wallet.models import RefusedCall, SignedRequest
from wallet.services.calls import stored_signature
from wallet.services.explain import rate_limit, signature_diagnosis, signature_mistakes
from wallet.services.explain.signature_diagnosis import Diagnosis
from wallet.services.log import request_log

QUERY = "page=1&limit=5"
HOST = "localhost"
SECONDS_A_CALL = 0.2


@pytest.fixture(autouse=True)
def _asked_nothing() -> None:
    cache.clear()


def ask(merchant: Merchant, person: Person, answer: Answer) -> Diagnosis:
    request_log.drain_lines()
    return signature_diagnosis.diagnose_signature(
        merchant=merchant, person=person, request_id=UUID(answer.headers["x-request-id"])
    )


def soon(merchant: Merchant, person: Person, answer: Answer) -> Diagnosis:
    """In time at one of three tries: what else the process does meanwhile is not the diagnosis's."""
    request_log.drain_lines()
    for _ in range(3):
        began = process_time()
        told = ask(merchant, person, answer)
        if process_time() - began < SECONDS_A_CALL:
            return told
    pytest.fail(f"It never took less than {SECONDS_A_CALL} s.")


def names(diagnosis: Diagnosis) -> set[str]:
    return {finding.name for finding in diagnosis.findings}


class Sent(NamedTuple):
    """A call made wrongly: what was sent, and the signature that a mistaken client made for it."""

    body: bytes
    signature: str
    timestamp: str
    path: str = "/wallet/transaction/bet"
    method: str = "POST"


class Client(NamedTuple):
    """What a client has in hand when it signs."""

    caller: Caller
    fields: dict[str, Any]
    body: bytes
    timestamp: str
    secret: str

    def sent(self, signed: bytes, *, body: bytes | None = None, timestamp: str | None = None) -> Sent:
        """Sends `body`, having signed `signed` and the bar and the right timestamp."""
        mac = signature(self.secret, signed, self.timestamp)
        return Sent(self.body if body is None else body, mac, timestamp or self.timestamp)

    def message(self, text: bytes) -> Sent:
        """Has signed the whole of `text`."""
        return self.with_digest(hmac.digest(self.secret.encode(), text, "sha256").hex())

    def with_digest(self, mac: str) -> Sent:
        return Sent(self.body, mac, self.timestamp)

    def with_key(self, key: bytes) -> Sent:
        return self.with_digest(hmac.digest(key, self.text, "sha256").hex())

    @property
    def text(self) -> bytes:
        return self.body + b"|" + self.timestamp.encode()

    @property
    def stamp(self) -> bytes:
        return self.timestamp.encode()

    @property
    def mac(self) -> str:
        return signature(self.secret, self.body, self.timestamp)

    def get(self, signed: bytes) -> Sent:
        return Sent(b"", signature(self.secret, signed, self.timestamp), self.timestamp, f"/game/list?{QUERY}", "GET")

    def late(self, timestamp: str) -> Sent:
        """Signed rightly over a timestamp that is none."""
        return Sent(self.body, signature(self.secret, self.body, timestamp), timestamp)


def spaced(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def compact(value: Any, **how: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), **({"ensure_ascii": False} | how)).encode()


def shuffled(fields: dict[str, Any]) -> dict[str, Any]:
    order = list(fields)
    return {name: fields[name] for name in (*order[2:], order[1], order[0])}


def floats(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: float(value) if isinstance(value, int) else value for name, value in fields.items()}


def indented(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def json_ascii(value: Any) -> bytes:
    return compact(value, ensure_ascii=True)


def php(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def other_version(client: Client) -> Sent:
    key = ApiKey.objects.get(auth_key=client.caller.signer.auth_key)
    keys.rotate_secret(key=key, overlap=timedelta(0))
    return client.with_digest(client.mac)


def other_environment(client: Client) -> Sent:
    test = factories.signer(client.caller.merchant, environment="test")
    return client.with_digest(signature(test.secret, client.body, client.timestamp))


def other_key(client: Client) -> Sent:
    other = factories.signer(client.caller.merchant)
    return client.with_digest(signature(other.secret, client.body, client.timestamp))


def seconds(client: Client) -> str:
    return client.timestamp[:-3]


def off(**by: int) -> Callable[[Client], Sent]:
    return lambda client: client.late(str(int(client.timestamp) - round(timedelta(**by).total_seconds() * 1000)))


def twisted(change: Callable[[bytes], bytes]) -> Callable[[Client], Sent]:
    """Signs with a changed secret."""
    return lambda client: client.with_key(change(client.secret.encode()))


def before_body(head: str) -> Callable[[Client], Sent]:
    """Signs `head`, then what should have been signed."""
    return lambda client: client.sent(head.encode() + client.body)


BET = "/wallet/transaction/bet"
MISTAKES: dict[str, tuple[set[str], Callable[[Client], Sent]]] = {
    # the body
    "spaces signed": ({"body_spaces"}, lambda c: c.sent(spaced(c.fields))),
    "compact signed": ({"body_format"}, lambda c: c.sent(c.body, body=spaced(c.fields))),
    "indented": ({"body_format"}, lambda c: c.sent(indented(c.fields))),
    "indented with CRLF": (
        {"body_format", "line_breaks"},
        lambda c: c.sent(indented(c.fields).replace(b"\n", b"\r\n")),
    ),
    "CRLF inside, signed": (
        {"line_breaks"},
        lambda c: c.sent(indented(c.fields).replace(b"\n", b"\r\n"), body=indented(c.fields)),
    ),
    "CRLF inside, sent": (
        {"line_breaks"},
        lambda c: c.sent(indented(c.fields), body=indented(c.fields).replace(b"\n", b"\r\n")),
    ),
    "sorted keys": ({"field_order"}, lambda c: c.sent(compact(dict(sorted(c.fields.items()))))),
    "other order": ({"field_order"}, lambda c: c.sent(compact(shuffled(c.fields)))),
    "other order and spaces": ({"field_order", "body_spaces"}, lambda c: c.sent(spaced(shuffled(c.fields)))),
    "newline": ({"trailing_characters"}, lambda c: c.sent(c.body + b"\n")),
    "CRLF": ({"trailing_characters"}, lambda c: c.sent(c.body + b"\r\n")),
    "newline sent": ({"body_format"}, lambda c: c.sent(c.body, body=c.body + b"\n")),
    "BOM": ({"byte_order_mark"}, lambda c: c.sent(b"\xef\xbb\xbf" + c.body)),
    "BOM sent": ({"byte_order_mark"}, lambda c: c.sent(c.body, body=b"\xef\xbb\xbf" + c.body)),
    "spaces and newline": ({"body_spaces", "trailing_characters"}, lambda c: c.sent(spaced(c.fields) + b"\n")),
    "Latin-1": ({"body_charset"}, lambda c: c.sent(c.body.decode().encode("latin-1"))),
    "UTF-16": ({"body_charset"}, lambda c: c.sent(c.body.decode().encode("utf-16"))),
    "UTF-8 twice": ({"body_charset"}, lambda c: c.sent(c.body.decode("latin-1").encode())),
    "slashes escaped": ({"slash_escapes"}, lambda c: c.sent(c.body.replace(b"/", b"\\/"))),
    "slashes escaped, sent": ({"slash_escapes"}, lambda c: c.sent(c.body, body=c.body.replace(b"/", b"\\/"))),
    "slashes escaped, sent, and spaces": (
        {"slash_escapes", "body_spaces"},
        lambda c: c.sent(spaced(c.fields), body=c.body.replace(b"/", b"\\/")),
    ),
    "as PHP writes": ({"php_escapes"}, lambda c: c.sent(php(c.fields))),
    "as PHP writes, sent": ({"php_escapes"}, lambda c: c.sent(c.body, body=php(c.fields))),
    "letters escaped": ({"unicode_escapes"}, lambda c: c.sent(compact(c.fields, ensure_ascii=True))),
    "letters escaped in what PHP sent": ({"slash_escapes"}, lambda c: c.sent(json_ascii(c.fields), body=php(c.fields))),
    "letters as they are": (
        {"unicode_escapes"},
        lambda c: c.sent(c.body, body=compact(c.fields, ensure_ascii=True)),
    ),
    "Python's json.dumps": ({"body_spaces", "unicode_escapes"}, lambda c: c.sent(json.dumps(c.fields).encode())),
    "floats": ({"values_changed"}, lambda c: c.sent(compact(floats(c.fields)))),
    "numbers in quotes": (
        {"values_changed"},
        lambda c: c.sent(compact({k: str(v) if isinstance(v, int) else v for k, v in c.fields.items()})),
    ),
    "empty fields left out": (
        {"values_changed"},
        lambda c: c.sent(c.body, body=compact(c.fields | {"roundId": None, "note": ""})),
    ),
    "encoded twice": ({"json_twice"}, lambda c: c.sent(json.dumps(c.body.decode()).encode())),
    "encoded twice, sent": ({"json_twice"}, lambda c: c.sent(c.body, body=json.dumps(c.body.decode()).encode())),
    "nothing": ({"body_not_signed"}, lambda c: c.sent(b"")),
    "a form": ({"not_json"}, lambda c: c.sent(urlencode(c.fields).encode())),
    "undefined": ({"not_json"}, lambda c: c.sent(b"undefined")),
    "an object as text": ({"not_json"}, lambda c: c.sent(b"[object Object]")),
    "base64 of the body": ({"body_encoded"}, lambda c: c.sent(base64.b64encode(c.body))),
    "gzip": ({"body_compressed"}, lambda c: c.sent(c.body, body=gzip.compress(c.body))),
    "zlib": ({"body_compressed"}, lambda c: c.sent(c.body, body=zlib.compress(c.body))),
    "deflate": ({"body_compressed"}, lambda c: c.sent(c.body, body=zlib.compress(c.body, wbits=-15))),
    # what is signed beside it
    "path": ({"extra_text"}, before_body(BET)),
    "path and bar": ({"extra_text"}, before_body(f"{BET}|")),
    "path and newline": ({"extra_text"}, before_body(f"{BET}\n")),
    "method": ({"extra_text"}, before_body("POST")),
    "method and bar": ({"extra_text"}, before_body("POST|")),
    "method and newline": ({"extra_text"}, before_body("POST\n")),
    "method and path": ({"extra_text"}, before_body(f"POST{BET}")),
    "method and path with bars": ({"extra_text"}, before_body(f"POST|{BET}|")),
    "method and path in lines": ({"extra_text"}, before_body(f"POST\n{BET}\n")),
    "method and path with colons": ({"extra_text"}, before_body(f"POST:{BET}:")),
    "method and path as a request line": ({"extra_text"}, before_body(f"POST {BET} ")),
    "method in lower case": ({"extra_text"}, before_body(f"post{BET}")),
    "the whole address": ({"extra_text"}, lambda c: c.sent(f"https://{HOST}{BET}".encode() + c.body)),
    "the whole address and bar": ({"extra_text"}, lambda c: c.sent(f"https://{HOST}{BET}|".encode() + c.body)),
    "path, spaces": ({"extra_text", "body_spaces"}, lambda c: c.sent(BET.encode() + spaced(c.fields))),
    "timestamp, method and path": (
        {"extra_text", "timestamp_first"},
        lambda c: c.message(c.stamp + b"POST" + BET.encode() + c.body),
    ),
    "timestamp, method and path with bars": (
        {"extra_text", "timestamp_first"},
        lambda c: c.message(c.stamp + b"|POST|" + BET.encode() + b"|" + c.body),
    ),
    "the auth key": ({"extra_text"}, lambda c: c.message(c.caller.signer.auth_key.encode() + b"|" + c.text)),
    # the timestamp
    "no bar": ({"bar"}, lambda c: c.message(c.body + c.stamp)),
    "a colon": ({"bar"}, lambda c: c.message(c.body + b":" + c.stamp)),
    "in front": ({"timestamp_first"}, lambda c: c.message(c.stamp + b"|" + c.body)),
    "in front without bar": ({"timestamp_first", "bar"}, lambda c: c.message(c.stamp + c.body)),
    "no timestamp": ({"timestamp_not_signed"}, lambda c: c.message(c.body)),
    "newline behind it": ({"trailing_characters"}, lambda c: c.message(c.text + b"\n")),
    "seconds signed": ({"timestamp_format"}, lambda c: c.message(c.body + b"|" + c.stamp[:-3])),
    "clock read twice": (
        {"clock_read_twice"},
        lambda c: c.message(c.body + b"|" + str(int(c.timestamp) - 3).encode()),
    ),
    "spaces and no bar": ({"body_spaces", "bar"}, lambda c: c.message(spaced(c.fields) + c.stamp)),
    # the secret
    "a version that has ended": ({"secret_other_version"}, other_version),
    "the other environment": ({"secret_other_environment"}, other_environment),
    "another key": ({"secret_other_key"}, other_key),
    "secret with newline": ({"secret_whitespace"}, twisted(lambda secret: secret + b"\n")),
    "secret with CR": ({"secret_whitespace"}, twisted(lambda secret: secret + b"\r")),
    "secret with CRLF": ({"secret_whitespace"}, twisted(lambda secret: secret + b"\r\n")),
    "secret with tab": ({"secret_whitespace"}, twisted(lambda secret: secret + b"\t")),
    "secret with no-break space": ({"secret_whitespace"}, twisted(lambda secret: secret + "\xa0".encode())),
    "secret behind a newline": ({"secret_whitespace"}, twisted(lambda secret: b"\n" + secret)),
    "secret behind a tab": ({"secret_whitespace"}, twisted(lambda secret: b"\t" + secret)),
    "secret behind a no-break space": ({"secret_whitespace"}, twisted(lambda secret: "\xa0".encode() + secret)),
    "secret behind a BOM": ({"secret_whitespace"}, twisted(lambda secret: b"\xef\xbb\xbf" + secret)),
    "secret behind a BOM, in spaces": (
        {"secret_whitespace", "body_spaces"},
        lambda c: c.with_digest(
            hmac.digest(b"\xef\xbb\xbf" + c.secret.encode(), spaced(c.fields) + b"|" + c.stamp, "sha256").hex()
        ),
    ),
    "secret in quotes": ({"secret_quoted"}, twisted(lambda secret: b'"' + secret + b'"')),
    "SECRET= in front": ({"secret_quoted"}, twisted(lambda secret: b"SECRET=" + secret)),
    "OPPI_SECRET_KEY= in front": ({"secret_quoted"}, twisted(lambda secret: b"OPPI_SECRET_KEY=" + secret)),
    "secret without prefix": ({"secret_changed"}, twisted(lambda secret: secret[10:])),
    "secret in upper case": ({"secret_changed"}, twisted(bytes.upper)),
    "secret hashed": ({"secret_changed"}, twisted(lambda secret: hashlib.sha256(secret).digest())),
    "auth key": ({"auth_key_as_secret"}, lambda c: c.with_key(c.caller.signer.auth_key.encode())),
    "auth key and secret": (
        {"auth_key_as_secret"},
        lambda c: c.with_key(f"{c.caller.signer.auth_key}:{c.secret}".encode()),
    ),
    "no secret": ({"secret_empty"}, lambda c: c.with_key(b"")),
    "newline and no bar": (
        {"secret_whitespace", "bar"},
        lambda c: c.with_digest(hmac.digest(c.secret.encode() + b"\n", c.body + c.stamp, "sha256").hex()),
    ),
    # the hash, and how it is written
    "upper case": ({"signature_format"}, lambda c: c.with_digest(c.mac.upper())),
    "base64": ({"signature_format"}, lambda c: c.with_digest(base64.b64encode(bytes.fromhex(c.mac)).decode())),
    "base64 for URLs": (
        {"signature_format"},
        lambda c: c.with_digest(base64.urlsafe_b64encode(bytes.fromhex(c.mac)).decode().rstrip("=")),
    ),
    "hex in base64": ({"signature_format"}, lambda c: c.with_digest(base64.b64encode(c.mac.encode()).decode())),
    "sha256= in front": ({"signature_format"}, lambda c: c.with_digest("sha256=" + c.mac)),
    "quotes, in upper case": ({"signature_format"}, lambda c: c.with_digest(f'"{c.mac.upper()}"')),
    "SHA-1": ({"hash_function"}, lambda c: c.with_digest(hmac.digest(c.secret.encode(), c.text, "sha1").hex())),
    "MD5": ({"hash_function"}, lambda c: c.with_digest(hmac.digest(c.secret.encode(), c.text, "md5").hex())),
    "SHA-512": ({"hash_function"}, lambda c: c.with_digest(hmac.digest(c.secret.encode(), c.text, "sha512").hex())),
    "SHA-512 and spaces": (
        {"hash_function", "body_spaces"},
        lambda c: c.with_digest(hmac.digest(c.secret.encode(), spaced(c.fields) + b"|" + c.stamp, "sha512").hex()),
    ),
    "no HMAC": ({"hmac_use"}, lambda c: c.with_digest(hashlib.sha256(c.secret.encode() + c.text).hexdigest())),
    "no secret in the hash": ({"hmac_use"}, lambda c: c.with_digest(hashlib.sha256(c.text).hexdigest())),
    "hashed first": (
        {"hmac_use"},
        lambda c: c.with_digest(hmac.digest(c.secret.encode(), hashlib.sha256(c.text).digest(), "sha256").hex()),
    ),
    "swapped": ({"hmac_use"}, lambda c: c.with_digest(hmac.digest(c.text, c.secret.encode(), "sha256").hex())),
    # a call without a body
    "GET as an object": ({"empty_body_signed"}, lambda c: c.get(b"{}")),
    "GET as undefined": ({"empty_body_signed"}, lambda c: c.get(b"undefined")),
    "GET as its query": ({"query_signed"}, lambda c: c.get(QUERY.encode())),
    "GET as JSON of its query": ({"query_signed"}, lambda c: c.get(b'{"page":"1","limit":"5"}')),
    "GET as its path": ({"extra_text"}, lambda c: c.get(b"/game/list")),
    "GET as its method, path and query": ({"extra_text"}, lambda c: c.get(f"GET|/game/list?{QUERY}".encode())),
    # x-timestamp itself
    "seconds": ({"timestamp_unit"}, lambda c: c.late(seconds(c))),
    "seconds sent, milliseconds signed": (
        {"timestamp_unit", "timestamp_format"},
        lambda c: c.sent(c.body, timestamp=seconds(c)),
    ),
    "a fraction": ({"timestamp_not_whole"}, lambda c: c.late(f"{seconds(c)}.123")),
    "microseconds": ({"timestamp_unit"}, lambda c: c.late(c.timestamp + "000")),
    "a date": ({"timestamp_not_whole"}, lambda c: c.late("2026-11-22T21:43:00Z")),
    "a slow clock": ({"clock_behind"}, off(minutes=11)),
    "a fast clock": ({"clock_ahead"}, off(minutes=-7)),
    "local time": ({"clock_zone"}, off(hours=2, seconds=-4)),
    "late, and spaces": (
        {"clock_behind", "body_spaces"},
        lambda c: Sent(
            c.body,
            signature(c.secret, spaced(c.fields), str(int(c.timestamp) - 900_000)),
            str(int(c.timestamp) - 900_000),
        ),
    ),
}


def client_of(caller: Caller) -> Client:
    fields = {
        "transactionId": new_id(),
        "sessionId": caller.session,
        "playerId": "Zoë/7",
        "gameId": caller.game.game_id,
        "currency": "EUR",
        "amount": 100,
    }
    return Client(caller, fields, encoded(fields), now_ms(), caller.signer.secret)


def send(caller: Caller, sent: Sent) -> Answer:
    extra: dict[str, Any] = {"timestamp": sent.timestamp, "x_signature": sent.signature}
    return caller.call(sent.path, sent.body, method=sent.method, meta={"HTTP_HOST": HOST}, **extra)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_told(caller: Caller, viewer: Person, mistake: str) -> None:
    told, make = MISTAKES[mistake]
    answer = send(caller, make(client_of(caller)))
    assert answer.status in {"SIGNATURE_NOT_MATCH", "SIGNATURE_EXPIRED"}
    assert names(ask(caller.merchant, viewer, answer)) == told


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_answer_is_the_same_when_the_signature_is_cut(caller: Caller, viewer: Person, mistake: str) -> None:
    told, make = MISTAKES[mistake]
    sent = make(client_of(caller))
    answer = send(caller, sent)
    keep_whole(answer, sent.signature)
    before = ask(caller.merchant, viewer, answer)
    assert names(before) == told
    assert stored_signature.cut_stored_signatures(RefusedCall.objects) == 1
    assert stored_signature.cut_stored_signatures(RefusedCall.objects) == 0
    assert ask(caller.merchant, viewer, answer) == before


def keep_whole(answer: Answer, mac: str) -> RefusedCall:
    """As an older release kept a call."""
    request_log.drain_lines()
    kept = RefusedCall.objects.get(pk=answer.headers["x-request-id"])
    kept.headers, kept.signature = kept.headers | {"x-signature": mac}, None
    kept.save()
    return kept


def test_without_the_key_that_it_was_kept_under_nothing_is_told(caller: Caller, viewer: Person, settings: Any) -> None:
    client = client_of(caller)
    answer = send(caller, client.sent(client.body + b"\n"))
    request_log.drain_lines()
    settings.KEY_ENCRYPTION_KEYS = {"other": secrets.token_bytes(32)}
    with pytest.raises(signature_diagnosis.NotKept):
        ask(caller.merchant, viewer, answer)


def test_0x_is_dress_before_hex_and_else_the_beginning_of_a_digest() -> None:
    digest = bytes.fromhex("d31" + "5" * 61)
    assert base64.b64encode(digest).startswith(b"0x")
    assert stored_signature.given_signature(base64.b64encode(digest).decode()) == (digest, ("as_base64",))
    assert stored_signature.given_signature(base64.b64encode(digest).decode().rstrip("=")) == (digest, ("as_base64",))
    assert stored_signature.given_signature(f'"0x{digest.hex()}"') == (digest, ("signature_dressed",))


def test_a_random_signature_is_no_mistake_that_we_know(caller: Caller, viewer: Person) -> None:
    client = client_of(caller)
    for mac in (secrets.token_hex(32), secrets.token_hex(20), base64.b64encode(secrets.token_bytes(32)).decode(), "?"):
        diagnosis = ask(caller.merchant, viewer, send(caller, client.with_digest(mac)))
        assert not diagnosis.findings
        assert diagnosis.tried > 500


def test_the_version_is_named_and_when_it_ended(caller: Caller, viewer: Person) -> None:
    answer = send(caller, other_version(client_of(caller)))
    [finding] = ask(caller.merchant, viewer, answer).findings
    old = Secret.objects.get(key__auth_key=caller.signer.auth_key, version=1)
    assert finding.detail.startswith(f"Version 1 of {caller.signer.auth_key} (live), ended at")
    assert old.usable_until is not None
    assert f"{old.usable_until:%H:%M} UTC" in finding.detail


def test_in_an_overlap_both_versions_are_right(caller: Caller, viewer: Person) -> None:
    keys.rotate_secret(key=ApiKey.objects.get(auth_key=caller.signer.auth_key))
    client = client_of(caller)
    assert names(ask(caller.merchant, viewer, send(caller, client.sent(client.body + b"\n")))) == {
        "trailing_characters"
    }


def test_the_drift_is_measured(caller: Caller, viewer: Person) -> None:
    diagnosis = ask(caller.merchant, viewer, send(caller, off(minutes=11)(client_of(caller))))
    assert diagnosis.clock_off_ms is not None
    assert 660_000 <= diagnosis.clock_off_ms < 670_000
    [finding] = diagnosis.findings
    assert finding.detail.startswith("x-timestamp was 0:11:0")


def test_the_rightful_secret_of_somebody_else_is_not_told(caller: Caller, rival_caller: Caller, viewer: Person) -> None:
    client = client_of(caller)
    mac = signature(rival_caller.signer.secret, client.body, client.timestamp)
    assert not ask(caller.merchant, viewer, send(caller, client.with_digest(mac))).findings


def test_the_calls_of_others_are_not_there(caller: Caller, rival: Merchant, viewer: Person) -> None:
    client = client_of(caller)
    answer = send(caller, client.sent(client.body + b"\n"))
    with pytest.raises(signature_diagnosis.NoSuchCall):
        ask(rival, viewer, answer)
    with pytest.raises(signature_diagnosis.NoSuchCall):
        signature_diagnosis.diagnose_signature(merchant=caller.merchant, person=viewer, request_id=uuid4())


def test_another_refusal_is_not_for_the_doctor(caller: Caller, viewer: Person) -> None:
    with pytest.raises(signature_diagnosis.NothingToDiagnose, match="INCORRECT_DATA"):
        ask(caller.merchant, viewer, caller.call("/wallet/balance", b"{"))
    with pytest.raises(signature_diagnosis.NothingToDiagnose, match="RS_OK"):
        ask(caller.merchant, viewer, caller.balance())


def test_a_call_that_is_not_kept_any_more(caller: Caller, viewer: Person) -> None:
    client = client_of(caller)
    answer = send(caller, client.sent(client.body + b"\n"))
    request_log.drain_lines()
    RefusedCall.objects.all().delete()
    with pytest.raises(signature_diagnosis.NotKept):
        ask(caller.merchant, viewer, answer)


def test_a_secret_in_the_body_makes_the_bytes_unknown(caller: Caller, viewer: Person) -> None:
    client = client_of(caller)
    body = compact(client.fields | {"playerId": caller.signer.secret})
    diagnosis = ask(caller.merchant, viewer, send(caller, client.sent(body + b"\n", body=body)))
    assert not diagnosis.findings
    assert "The body contained a secret key" in diagnosis.notes[0]


def test_a_few_questions_a_minute(caller: Caller, viewer: Person, owner: Person) -> None:
    client = client_of(caller)
    answer = send(caller, client.sent(client.body + b"\n"))
    request_log.drain_lines()
    wish: dict[str, Any] = {"merchant": caller.merchant, "request_id": UUID(answer.headers["x-request-id"])}
    with clock.frozen_at(clock.now()):
        for _ in range(signature_diagnosis.ASKED_A_MINUTE):
            cache_of_one_question(viewer, caller.merchant)
        with pytest.raises(rate_limit.TooManyQuestions) as refused:
            signature_diagnosis.diagnose_signature(person=viewer, **wish)
        assert 0 < refused.value.seconds <= 60
        assert signature_diagnosis.diagnose_signature(person=owner, **wish).findings
        with clock.frozen_at(clock.now() + timedelta(seconds=refused.value.seconds)):
            assert signature_diagnosis.diagnose_signature(person=viewer, **wish).findings


def cache_of_one_question(person: Person, merchant: Merchant) -> None:
    """Asking for what is not there counts as well."""
    with pytest.raises(signature_diagnosis.NoSuchCall):
        signature_diagnosis.diagnose_signature(merchant=merchant, person=person, request_id=uuid4())


def test_it_never_ends_early(caller: Caller, viewer: Person) -> None:
    """What was found, and how soon, can't be told from how much work was done."""
    client = client_of(caller)
    tried = {
        ask(caller.merchant, viewer, send(caller, sent)).tried
        for sent in (
            client.message(client.body + client.stamp),
            client.sent(spaced(client.fields)),
            client.with_digest("0" * 64),
        )
    }
    assert len(tried) == 1


@pytest.mark.parametrize("size", [300, 5_000, 60_000])
def test_the_work_is_bounded(caller: Caller, viewer: Person, size: int) -> None:
    for _ in range(3):
        factories.signer(caller.merchant)
    client = client_of(caller)
    body = compact(client.fields | {"roundId": "é" * (size // 2)})
    answer = send(caller, client.sent(body + b"\n", body=body))
    assert names(soon(caller.merchant, viewer, answer)) == {"trailing_characters"}


@given(
    player=st.text(max_size=20),
    amount=st.integers(min_value=0, max_value=10**9),
    how=st.sampled_from([name for name in MISTAKES if name not in {"Latin-1", "a version that has ended"}]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_secret_and_no_expected_signature_is_told(
    caller: Caller,
    viewer: Person,
    player: str,
    amount: int,
    how: str,
) -> None:
    cache.clear()
    base = client_of(caller)
    fields = base.fields | {"playerId": player, "amount": amount}
    client = base._replace(fields=fields, body=compact(fields))
    answer = send(caller, MISTAKES[how][1](client))
    assume(answer.status.startswith("SIGNATURE"))  # some mistakes make no difference to some bodies
    request_log.drain_lines()
    told = repr(
        signature_diagnosis.diagnose_signature(
            merchant=caller.merchant, person=viewer, request_id=UUID(answer.headers["x-request-id"])
        )
    )
    assert re.search(r"[0-9a-fA-F]{40}", told) is None
    assert re.search(r"oppi_(live|test)_", told) is None
    assert caller.signer.secret[10:] not in told
    assert client.mac not in told
    assert base64.b64encode(bytes.fromhex(client.mac)).decode() not in told


def test_each_mistake_has_its_words_and_its_test() -> None:
    """Where the fix is the same, so is the mistake."""
    assert {name for told, _ in MISTAKES.values() for name in told} == set(signature_mistakes.MISTAKES)
    assert len(signature_mistakes.MISTAKES) <= 40
    assert len({mistake.title for mistake in signature_mistakes.MISTAKES.values()}) == len(signature_mistakes.MISTAKES)


@pytest.mark.parametrize("mistake", signature_mistakes.MISTAKES)
def test_the_snippet_of_each_mistake_makes_a_right_call(
    caller: Caller, mistake: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is run among the values of a client whose other steps are right."""
    snippet, client = signature_mistakes.MISTAKES[mistake].snippet, client_of(caller)
    if snippet.startswith("$"):
        assert all(flag in signature_mistakes.PHP for flag in re.findall(r"JSON_\w+", snippet))
        return
    monkeypatch.setenv("OPPI_SECRET_KEY", f"{client.secret}\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "body.json").write_bytes(client.body)
    client_values = {"fields": client.fields, "body": client.body, "timestamp": client.timestamp}
    names: dict[str, Any] = client_values | {
        "secret": client.secret.encode(),
        "line": f'OPPI_SECRET_KEY="{client.secret}"\n',
    }
    names |= {"text": client.text, "headers": {}}
    libraries = {module.__name__: module for module in (hashlib, hmac, json, os, pathlib, time)}
    exec(snippet, libraries, names)  # noqa: S102 - ours
    has_body = not snippet.startswith('text = b"|"')
    body = names["body"] if has_body else b""
    text = names["text"] if snippet.startswith("text =") else body + b"|" + names["timestamp"].encode()
    mac = names.get("signature") or hmac.digest(names["secret"], text, "sha256").hex()
    sent = Sent(body, mac, names["timestamp"]) if has_body else Sent(b"", mac, names["timestamp"], "/game/list", "GET")
    assert not send(caller, sent).status.startswith("SIGNATURE")


@pytest.mark.parametrize("has_body", [True, False])
def test_the_python_snippet_signs_rightly(has_body: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    code = {snippet.language: snippet.code for snippet in signature_mistakes.snippets(has_body=has_body)}["Python"]
    secret = secrets.token_hex(16)
    monkeypatch.setenv("OPPI_SECRET_KEY", secret)
    monkeypatch.setenv("OPPI_AUTH_KEY", "key")
    sent: list[Any] = []
    monkeypatch.setattr("urllib.request.urlopen", sent.append)
    exec(code, {"fields": {"playerId": "Zoë", "amount": 1}, "url": "http://localhost/"})  # noqa: S102 - ours
    headers = sent[0].headers
    assert headers["X-signature"] == signature(secret, sent[0].data or b"", headers["X-timestamp"])
    assert bool(sent[0].data) is has_body


def test_the_log_line_is_found_by_one_index(caller: Caller, viewer: Person) -> None:
    client = client_of(caller)
    answer = send(caller, client.sent(client.body + b"\n"))
    request_log.drain_lines()
    assert SignedRequest.objects.filter(request_id=answer.headers["x-request-id"]).count() == 1
    with CaptureQueriesContext(connection) as queries:
        signature_diagnosis.diagnose_signature(
            merchant=caller.merchant, person=viewer, request_id=UUID(answer.headers["x-request-id"])
        )
    assert len(queries) == 6  # the line, its key, how it arrived, the key, its secrets, the merchant's other ones


STRANGE: dict[str, bytes] = {
    "nested deeply": b'{"a":' + b"[" * 3_900 + b"]" * 3_900 + b"}",
    "objects in objects": b'{"a":' * 1_200 + b"1" + b"}" * 1_200,
    "a number of 5000 digits": b'{"a":' + b"9" * 5_000 + b"}",
    "no numbers": b'{"a":1e999,"b":NaN,"c":-0.0}',
    "halves of characters": b'{"a":"\\ud800","b":"\\udfff/"}',
    "UTF-16": '{"a":"ä"}'.encode("utf-16"),
    "zeros": b"\0" * 100,
    "half a text": b'"',
    "null": b"null",
    "many keys": json.dumps({f"k{number}": number for number in range(600)}).encode(),
    "the largest": b"[" + b"1," * 32_000 + b"1]",
}


@pytest.mark.parametrize("stamp", ["milliseconds", "seconds", "other"])
@pytest.mark.parametrize("body", STRANGE)
def test_strange_bodies_are_answered_in_time(caller: Caller, viewer: Person, body: str, stamp: str) -> None:
    stamps = {"milliseconds": now_ms(), "seconds": now_ms()[:-3]}
    mac = signature(caller.signer.secret, STRANGE[body], stamps.get(stamp, "1"))[::-1]
    answer = send(caller, Sent(STRANGE[body], mac, stamps.get(stamp, "1742893648.5e")))
    assert not names(soon(caller.merchant, viewer, answer)) & KINDS_OF_TEXT


OF_THE_CLOCK = {"timestamp_unit", "timestamp_not_whole", "clock_zone", "clock_behind", "clock_ahead"}
KINDS_OF_TEXT = set(signature_mistakes.MISTAKES) - OF_THE_CLOCK


@pytest.mark.parametrize("mac", ["é" * 20, "0x", "====", "a" * 4_000, "'\"", "sha256=" * 500])
def test_strange_signatures_are_answered(caller: Caller, viewer: Person, mac: str) -> None:
    client = client_of(caller)
    assert not ask(caller.merchant, viewer, send(caller, client.with_digest(mac))).findings
