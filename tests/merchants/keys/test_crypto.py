from __future__ import annotations

import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants import crypto

KEYS = {"new": b"n" * 32, "old": b"o" * 32}


@pytest.mark.parametrize("environment", ["live", "test"])
def test_a_key_and_its_secret_tell_what_they_are(environment: str) -> None:
    assert re.fullmatch(f"oppi_pub_{environment}_[0-9A-Za-z]{{20}}", crypto.new_auth_key(environment))
    assert re.fullmatch(f"oppi_{environment}_[0-9A-Za-z]{{49}}", crypto.new_secret(environment))


def test_no_two_are_alike() -> None:
    assert len({crypto.new_secret("live") for _ in range(500)}) == 500


def test_a_secret_can_be_told_from_any_other_text() -> None:
    secret = crypto.new_secret("live")
    assert crypto.looks_like_secret(secret)
    for wrong in (secret[:-1], secret + "0", secret.swapcase(), secret.replace("live", "test"), "oppi_live_", ""):
        assert not crypto.looks_like_secret(wrong)


@given(st.text(min_size=1, max_size=80), st.text(max_size=30))
def test_what_is_sealed_opens_again(secret: str, context: str) -> None:
    key_id, sealed = crypto.seal(secret, context=context, keys=KEYS)
    assert key_id == "new"
    assert secret.encode() not in sealed or len(secret) < 4
    assert crypto.unseal(sealed, key_id=key_id, context=context, keys=KEYS) == secret


def test_two_seals_of_one_secret_differ() -> None:
    assert crypto.seal("s", context="c", keys=KEYS) != crypto.seal("s", context="c", keys=KEYS)


def test_an_older_key_still_opens_what_it_sealed() -> None:
    key_id, sealed = crypto.seal("secret", context="c", keys={"old": KEYS["old"]})
    assert crypto.unseal(sealed, key_id=key_id, context="c", keys=KEYS) == "secret"


def test_a_seal_opens_nowhere_else() -> None:
    key_id, sealed = crypto.seal("secret", context="1:2:3", keys=KEYS)
    for context, key in (("1:2:4", key_id), ("", key_id), ("1:2:3", "old")):
        with pytest.raises(crypto.SealBroken):
            crypto.unseal(sealed, key_id=key, context=context, keys=KEYS)
    with pytest.raises(crypto.UnknownKeyEncryptionKey):
        crypto.unseal(sealed, key_id="lost", context="1:2:3", keys=KEYS)


@pytest.mark.parametrize("position", [0, 11, 12, -17, -1])
def test_every_byte_of_a_seal_counts(position: int) -> None:
    key_id, sealed = crypto.seal("secret", context="c", keys=KEYS)
    changed = bytearray(sealed)
    changed[position] ^= 1
    with pytest.raises(crypto.SealBroken):
        crypto.unseal(bytes(changed), key_id=key_id, context="c", keys=KEYS)


def test_a_fingerprint_is_the_secrets_own() -> None:
    one, other = crypto.new_secret("live"), crypto.new_secret("live")
    assert crypto.fingerprint(one) == crypto.fingerprint(one) != crypto.fingerprint(other)
    assert crypto.fingerprint(one) == hmac.digest(crypto.FINGERPRINT_KEY, one.encode(), "sha256")


@given(st.binary(max_size=200))
def test_a_signature_is_hmac_sha_256(body: bytes) -> None:
    signed = hmac.new(b"secret", body + b"|1742893648478", hashlib.sha256).hexdigest()
    assert crypto.sign(b"secret", body, "1742893648478") == signed


@given(st.binary(max_size=200), st.text(max_size=80))
def test_no_text_is_taken_for_a_signature(body: bytes, signature: str) -> None:
    assert not crypto.verify(b"secret", body, "1742893648478", signature)


@given(st.binary(max_size=200))
def test_what_is_signed_verifies_and_under_no_other_secret(body: bytes) -> None:
    signature = crypto.sign(b"secret", body, "1742893648478")
    assert crypto.verify(b"secret", body, "1742893648478", signature)
    assert not crypto.verify(b"Secret", body, "1742893648478", signature)
    assert not crypto.verify(b"secret", body, "1742893648479", signature)
    assert not crypto.verify(b"secret", body + b" ", "1742893648478", signature)
