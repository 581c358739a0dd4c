"""A call that was refused can't be sent again by anybody who sees it: no door shows its signature whole."""

from __future__ import annotations

import base64
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from merchants.models import AllowlistEntry, Person
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.signing import Answer, encoded, now_ms
from wallet.models import RefusedCall, SignedRequest
from wallet.services.calls import stored_signature
from wallet.services.explain import explanation
from wallet.services.log import request_log

BODY = {"playerId": "player-1", "currency": "EUR"}
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "where it belongs": ("", {}),
    "in another header too": ("", {"x-mac": "{mac}", "x-note": "v1={base64}"}),
    "in the query": ("?sig={mac}&hmac={base64}&x={mac}", {}),
    "in upper case": ("?sig={upper}", {"x-other": "0x{upper}"}),
    "in place of the key": ("", {"x-api-key": "{mac}", "x-signature": "oppi_pub_live_01234567890123456789"}),
}


@pytest.fixture
def refused(caller: Caller) -> tuple[Caller, str]:
    """Refused for its address: the signature is right, and good for five minutes."""
    AllowlistEntry.objects.create(merchant=caller.merchant, network="192.0.2.0/24")
    stamp = now_ms()
    return caller, caller.signer.sign(encoded(BODY), timestamp=stamp)["x-signature"] + stamp


def send(caller: Caller, mac: str, stamp: str, way: str) -> Answer:
    query, headers = WAYS[way]
    forms = {"mac": mac, "upper": mac.upper(), "base64": base64.b64encode(bytes.fromhex(mac)).decode()}
    extra: dict[str, Any] = {name.replace("-", "_"): value.format(**forms) for name, value in headers.items()}
    answer = caller.call(f"/wallet/balance{query.format(**forms)}", BODY, timestamp=stamp, **extra)
    request_log.drain_lines()
    return answer


def assert_unseen(mac: str, text: str) -> None:
    for form in (mac, mac.upper(), base64.b64encode(bytes.fromhex(mac)).decode()):
        assert form[:9] not in text


@pytest.mark.parametrize("way", WAYS)
def test_no_page_and_no_file_shows_a_signature(
    client: Client, viewer: Person, auditor: Person, refused: tuple[Caller, str], way: str
) -> None:
    caller, mac, stamp = refused[0], refused[1][:64], refused[1][64:]
    answer = send(caller, mac, stamp, way)
    line = SignedRequest.objects.get(request_id=answer.headers["x-request-id"])
    signed_in(client, viewer)
    own = [f"requests/{line.request_id}/"] if line.auth_key == caller.signer.auth_key else []
    for path in ("requests/", "requests/?tail=1", "requests/csv/", *own):
        assert_unseen(mac, whole(client.get(f"/operator/acme/{path}")))
    signed_in(client, auditor)
    for path in (f"{line.pk}/change/", "", "export/"):
        assert_unseen(mac, whole(client.get(f"/admin/wallet/signedrequest/{path}", follow=True)))
    assert_unseen(mac, repr(explanation.explain_request(line=line)))


def whole(response: Any) -> str:
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode() if response.streaming else said(response)


@pytest.mark.parametrize("way", WAYS)
def test_a_signature_is_never_on_disk_whole(refused: tuple[Caller, str], way: str) -> None:
    caller, mac, stamp = refused[0], refused[1][:64], refused[1][64:]
    send(caller, mac, stamp, way)
    with connection.cursor() as cursor:
        cursor.execute("SELECT r.headers::text || coalesce(r.signature::text, '') FROM wallet_refusedcall r")
        stored = "".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT s::text FROM wallet_signedrequest s")
        stored += "".join(row[0] for row in cursor.fetchall())
    assert_unseen(mac, stored)


def test_whole_signatures_of_before_are_cut_by_the_migration(refused: tuple[Caller, str]) -> None:
    caller, mac, stamp = refused[0], refused[1][:64], refused[1][64:]
    answer = send(caller, mac, stamp, "where it belongs")
    kept = RefusedCall.objects.get(pk=answer.headers["x-request-id"])
    kept.headers, kept.signature = kept.headers | {"x-signature": mac}, None
    kept.save()
    import_module("wallet.migrations.0026_signatures_cut").cut(apps, connection.schema_editor())
    kept.refresh_from_db()
    assert kept.headers["x-signature"] == f"{mac[:8]}… (64 characters)"
    assert stored_signature.is_signed_with(kept, caller.signer.secret.encode())


@pytest.mark.parametrize("change", ["body", "timestamp", "secret", "upper case", "row"])
def test_only_the_very_signature_is_taken_for_right(caller: Caller, change: str) -> None:
    stamp, body = now_ms(), encoded(BODY)
    mac = caller.signer.sign(body, timestamp=stamp)["x-signature"]
    sent = mac.upper() if change == "upper case" else mac
    answer = caller.call(
        "/wallet/balance", b"{}" if change != "upper case" else body, timestamp=stamp, x_signature=sent
    )
    request_log.drain_lines()
    kept = RefusedCall.objects.get(pk=answer.headers["x-request-id"])
    kept.body = body
    if change == "upper case":
        assert not stored_signature.is_signed_with(kept, caller.signer.secret.encode())
        return
    assert stored_signature.is_signed_with(kept, caller.signer.secret.encode())
    secret = b"other" if change == "secret" else caller.signer.secret.encode()
    kept.body = b"{ }" if change == "body" else body
    if change == "timestamp":
        kept.headers["x-timestamp"] = str(int(stamp) + 1)
    if change == "row":
        kept.request_id = uuid4()
    assert not stored_signature.is_signed_with(kept, secret)
