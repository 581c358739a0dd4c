"""Rows 4 and 5: the time and the signature. The vectors are those of the published reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from merchants import crypto
from merchants.models import ApiKey, Merchant, Secret
from merchants.services import keys
from merchants.services.credentials import forget_credentials, seal_context
from portal.lib import clock
from tests.conftest import Caller
from tests.signing import now_ms, signature

TIMESTAMP = "1742893648478"
SECRET = "test_secret_key"
LAUNCH = (
    b'{"playerId":"18865671","playerName":"XYZ_player","balance":50000000000,"gameId":"G1737434469573",'
    b'"currency":"USD"}'
)
STAKE = (
    b'{"transactionId":"1db4fac5-34b2-4b81-a101-c105979633e0","sessionId":"f1dfc865-584c-4cba-a175-06172b2a411417315044'
    b'51691","playerId":"18865671","gameId":"G1720767064793","currency":"EUR","amount":50000000}'
)
BET = "/wallet/transaction/bet"
VECTORS: dict[str, tuple[bytes, str]] = {
    "launch": (LAUNCH, "51bead6b85d7c5be4272e6ba0d5cebe30a60b54cc759751e51bf7ef1e5cb8e75"),
    "bet": (STAKE, "7790b5db7cbc503cc1638cc62733ae8a692749b93bbf264297297e1d7db4648b"),
    "not ASCII": (
        '{"playerName":"Zoë / 名前","n":1,"e":1e+21}'.encode(),
        "77bbe425bf906ffdbb80269aef3cfcc1b1c44acce3ffd5f7d192211f6922ee1c",
    ),
    "empty, as two quotes": (b"", "e57a2c503aefe5cc48e6104396e3b480881283919fa781a101d7124c21d5b1d3"),
    "empty, as nothing": (b"", "e08ea49115196f7b9cf28fbf80e5255f057755511e7343f883d17909390fc2d4"),
}
WRONG: dict[str, tuple[bytes, str]] = {
    "with spaces": (LAUNCH, "65cd4091c99dac47f700f958a5fbe682ed028eb7e337986bb4728cd7b250c953"),
    "empty, as an object": (b"", "9cf984a46dfb794edb8ba4f6921574c338ad53afff2ab834c0cc44e816a0dba6"),
}


@pytest.mark.parametrize("vector", VECTORS)
def test_the_published_vectors_match(vector: str) -> None:
    body, hexadecimal = VECTORS[vector]
    assert crypto.verify(SECRET.encode(), body, TIMESTAMP, hexadecimal)


@pytest.mark.parametrize("vector", WRONG)
def test_the_published_mistakes_do_not(vector: str) -> None:
    body, hexadecimal = WRONG[vector]
    assert not crypto.verify(SECRET.encode(), body, TIMESTAMP, hexadecimal)


@pytest.mark.parametrize("vector", VECTORS)
def test_the_portal_takes_the_vectors(caller: Caller, vector: str) -> None:
    """A key whose secret is the published one."""
    key = ApiKey.objects.get(auth_key=caller.signer.auth_key)
    seal_with(key, SECRET)
    body, hexadecimal = VECTORS[vector]
    path, method = ("/game/list", "GET") if not body else (BET if vector == "bet" else "/game/url", "POST")
    with clock.frozen_at(datetime.fromtimestamp(int(TIMESTAMP) / 1000, UTC)):
        answer = caller.call(path, body, method=method, timestamp=TIMESTAMP, x_signature=hexadecimal)
    assert answer.status in {"RS_OK", "FIELD_REQUIRED_OR_INVALID", "RECORD_NOT_FOUND"}


def seal_with(key: ApiKey, secret: str) -> None:
    under, sealed = crypto.seal(secret, context=seal_context(key, 1), keys=settings.KEY_ENCRYPTION_KEYS)
    Secret.objects.filter(key=key).update(sealed=sealed, sealed_under=under)
    forget_credentials()  # another secret of the same version: no change that a process could notice


CLOCKS = [
    # milliseconds that the caller's clock is off, the merchant's window in seconds, answer
    (-299_999, 300, "RS_OK"),
    (299_999, 300, "RS_OK"),
    (-300_001, 300, "SIGNATURE_EXPIRED"),
    (300_001, 300, "SIGNATURE_EXPIRED"),
    (-9_999, 10, "RS_OK"),
    (9_999, 10, "RS_OK"),
    (-10_001, 10, "SIGNATURE_EXPIRED"),
    (10_001, 10, "SIGNATURE_EXPIRED"),
]


@pytest.mark.parametrize(("off", "window", "status"), CLOCKS)
def test_the_clock_may_be_off_by_the_window(caller: Caller, off: int, window: int, status: str) -> None:
    Merchant.objects.update(timestamp_window_seconds=window)
    now = int(now_ms())
    with clock.frozen_at(datetime.fromtimestamp(now / 1000, UTC)):
        answer = caller.call("/wallet/balance", {"playerId": "player-1", "currency": "EUR"}, timestamp=str(now + off))
    assert answer.status == status
    if status == "SIGNATURE_EXPIRED":
        assert str(window) in answer["message"]


@pytest.mark.parametrize(
    "timestamp", ["soon", "1.5", "-5", "+5", "1e12", "١٧٤٢٨٩٣٦٤٨٤٧٨", "1" * 400, "0", "{now}.0", "{now}0", " {now}x"]
)
def test_a_timestamp_is_whole_milliseconds(caller: Caller, timestamp: str) -> None:
    told = timestamp.format(now=now_ms())
    sent = told.encode().decode("latin-1")
    assert caller.call("/wallet/balance", {}, x_timestamp=sent).status == "SIGNATURE_EXPIRED"


def test_the_raw_bytes_are_signed(caller: Caller) -> None:
    raw = b' {"currency" : "EUR",\r\n "playerId":"player-1" } '
    assert caller.call("/wallet/balance", raw).status == "RS_OK"
    compact = signature(caller.signer.secret, b'{"currency":"EUR","playerId":"player-1"}', now := now_ms())
    assert caller.call("/wallet/balance", raw, timestamp=now, x_signature=compact).status == "SIGNATURE_NOT_MATCH"


@pytest.mark.parametrize("signed", [b"", b'""'])
def test_a_call_without_a_body_is_signed_in_either_way(caller: Caller, signed: bytes) -> None:
    now = now_ms()
    headers: dict[str, Any] = {"timestamp": now, "x_signature": signature(caller.signer.secret, signed, now)}
    assert caller.get("/game/list", **headers).status == "RS_OK"


@pytest.mark.parametrize("signed", [b"{}", b"null", b"''"])
def test_and_in_no_other_way(caller: Caller, signed: bytes) -> None:
    now = now_ms()
    headers: dict[str, Any] = {"timestamp": now, "x_signature": signature(caller.signer.secret, signed, now)}
    assert caller.get("/game/list", **headers).status == "SIGNATURE_NOT_MATCH"


def test_a_body_of_two_quotes_is_no_empty_body(caller: Caller) -> None:
    now = now_ms()
    empty = signature(caller.signer.secret, b"", now)
    assert caller.call("/wallet/balance", b'""', timestamp=now, x_signature=empty).status == "SIGNATURE_NOT_MATCH"


@pytest.mark.parametrize("wrong", ["0" * 64, "00", "é" * 64, "not hex at all", "0" * 5000])
def test_a_wrong_signature_of_any_shape(caller: Caller, wrong: str) -> None:
    assert caller.call("/wallet/balance", {}, x_signature=wrong).status == "SIGNATURE_NOT_MATCH"


def test_every_byte_and_the_timestamp_matter(caller: Caller) -> None:
    body, now = b'{"playerId":"player-1","currency":"EUR"}', now_ms()
    right = signature(caller.signer.secret, body, now)
    assert caller.call("/wallet/balance", body, timestamp=now, x_signature=right).status == "RS_OK"
    changed = body.replace(b"1", b"2")
    assert caller.call("/wallet/balance", changed, timestamp=now, x_signature=right).status == "SIGNATURE_NOT_MATCH"
    later = str(int(now) + 1)
    assert caller.call("/wallet/balance", body, timestamp=later, x_signature=right).status == "SIGNATURE_NOT_MATCH"


def test_the_secret_of_another_key_does_not_sign(caller: Caller) -> None:
    other = keys.issue_key(merchant=caller.merchant)
    caller.signer.secret = other.secret
    assert caller.balance().status == "SIGNATURE_NOT_MATCH"


def test_two_secrets_overlap_until_the_old_one_ends(caller: Caller) -> None:
    key = ApiKey.objects.get(auth_key=caller.signer.auth_key)
    old, new = caller.signer.secret, keys.rotate_secret(key=key, overlap=timedelta(minutes=1)).secret
    for secret in (old, new):
        caller.signer.secret = secret
        assert caller.balance().status == "RS_OK"
    with clock.frozen_at(clock.now() + timedelta(minutes=2)):
        stamp = str(int(clock.now().timestamp() * 1000))
        for secret, status in ((old, "SIGNATURE_NOT_MATCH"), (new, "RS_OK")):
            caller.signer.secret = secret
            body = {"playerId": "player-1", "currency": "EUR"}
            assert caller.call("/wallet/balance", body, timestamp=stamp).status == status


def test_the_key_is_case_sensitive(caller: Caller) -> None:
    assert caller.call("/wallet/balance", {}, x_api_key=caller.signer.auth_key.upper()).status == "INVALID_APIKEY"
