"""A security key that signs by a touch is a second factor; it is no way in without the password."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from merchants.models import Person
from tests.factories import PASSWORD

HOST, ORIGIN = "testserver", "http://testserver"
ALONE, SIGN_IN = "/account/second-factor/webauthn/login/", "/account/login/"
FLAG = AuthenticatorData.FLAG


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


class SecurityKey:
    """What somebody carries on a key ring; with a PIN it also says that it knew its owner."""

    def __init__(self, owner: Person) -> None:
        self.owner, self.name = owner, secrets.token_bytes(16)
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self.private.public_key())  # type: ignore[no-untyped-call]
        made = AttestedCredentialData.create(b"\0" * 16, self.name, public)
        data = AuthenticatorData.create(self.host(), FLAG.UP | FLAG.AT, 0, made)
        asked = CollectedClientData.create("webauthn.create", b"any", ORIGIN)
        response = {
            "clientDataJSON": websafe_encode(asked),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        WebAuthn.add(owner, "Key ring", self.credential(response))

    @staticmethod
    def host() -> bytes:
        return hashlib.sha256(HOST.encode()).digest()

    def credential(self, response: dict[str, str]) -> dict[str, Any]:
        own = websafe_encode(self.name)
        return {"id": own, "rawId": own, "type": "public-key", "clientExtensionResults": {}, "response": response}

    def sign(self, challenge: str, flags: FLAG) -> str:
        asked = CollectedClientData.create("webauthn.get", challenge, ORIGIN)
        data = AuthenticatorData.create(self.host(), flags, 1)
        signature = self.private.sign(bytes(data) + asked.hash, ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            self.credential(
                {
                    "clientDataJSON": websafe_encode(asked),
                    "authenticatorData": websafe_encode(data),
                    "signature": websafe_encode(signature),
                    "userHandle": websafe_encode(user_pk_to_url_str(self.owner).encode()),
                }
            )
        )


def challenge(client: Client) -> str:
    asked = client.get(ALONE, headers={"accept": "application/json", "x-requested-with": "XMLHttpRequest"}).json()
    return str(asked["request_options"]["publicKey"]["challenge"])


def test_a_key_that_knew_its_owner_signs_in_alone(client: Client, support: Person) -> None:
    key = SecurityKey(support)
    client.post(ALONE, {"credential": key.sign(challenge(client), FLAG.UP | FLAG.UV)})
    assert client.get("/admin/").status_code == 200


def test_a_key_that_was_only_touched_does_not(client: Client, support: Person) -> None:
    key = SecurityKey(support)
    client.post(ALONE, {"credential": key.sign(challenge(client), FLAG.UP)})
    assert client.get("/admin/").status_code == 302


def test_a_found_key_does_not_sign_in_with_a_question_that_was_put_to_somebody_else(
    client: Client, support: Person, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a second factor a touch is enough, so the thief asks for that as himself, and answers elsewhere, later."""
    found = SecurityKey(support)
    SecurityKey(owner)
    asked = client.post(SIGN_IN, {"login": owner.email, "password": PASSWORD}, follow=True)
    put = asked.context["js_data"]["request_options"]["publicKey"]["challenge"]
    later = time.time() + 901  # by then his own sign-in is forgotten, and the question is not
    monkeypatch.setattr(time, "time", lambda: later)
    client.post(ALONE, {"credential": found.sign(put, FLAG.UP)})
    assert client.get("/admin/").status_code == 302


def test_who_is_locked_out_on_purpose_comes_in_by_a_passkey(client: Client, support: Person) -> None:
    key = SecurityKey(support)
    for _ in range(5):
        client.post(SIGN_IN, {"login": support.email, "password": "wrong"})
    refused = client.post(SIGN_IN, {"login": support.email, "password": PASSWORD})
    assert "Too many wrong passwords" in refused.content.decode()
    client.post(ALONE, {"credential": key.sign(challenge(client), FLAG.UP | FLAG.UV)})
    assert client.get("/admin/").status_code == 200


def test_who_came_in_by_a_key_that_is_taken_away_is_signed_out(client: Client, support: Person) -> None:
    lost, kept = SecurityKey(support), SecurityKey(support)
    finder = Client()
    for browser, key in ((finder, lost), (client, kept)):
        browser.post(ALONE, {"credential": key.sign(challenge(browser), FLAG.UP | FLAG.UV)})
        assert browser.get("/admin/").status_code == 200
    [taken, _] = Authenticator.objects.filter(user=support).order_by("pk")
    client.post(f"/account/second-factor/webauthn/keys/{taken.pk}/remove/")
    assert finder.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == 200
