"""Whatever staff type, and in whatever state they find the key: an answer in words, never an error of ours."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from merchants.models import ApiKey, Compromise, Merchant, Person, Secret
from merchants.services import approvals, keys
from portal.lib import clock
from tests.people import signed_in

HIDDEN = re.compile(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?')
VERBS = [
    "rotate", "extend", "end", "end_when_quiet", "quarantine", "revoke", "approve", "decline", "leak", "change",
]  # fmt: skip
BAD_TEXTS = [
    "a\0b",
    "x" * 10_000,
    "<script>alert(1)</script>{{ 7|add:7 }}",
    "\U0001f600",
    "\u202egnp.exe",
]
BAD_NUMBERS = ["-1", "1000000000", "9" * 5_000, "1e9", "NaN", "\0", "\u0663"]
BAD_MOMENTS = [
    "0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59-14:00",
    "-1-01-01T00:00", "2026-02-30T12:00",
    "\0", "x" * 10_000, "1e9", "1969-12-31T23:59:59+00:00", "10000-01-01T00:00",
]  # fmt: skip
FIELDS = {
    "length": BAD_NUMBERS, "unit": ["weeks", *BAD_TEXTS], "quiet_hours": ["0", "169", *BAD_NUMBERS],
    "hours": ["0", "169", *BAD_NUMBERS], "version": BAD_NUMBERS, "until": BAD_MOMENTS, "exposed_since": BAD_MOMENTS,
    "expires_at": BAD_MOMENTS, "reason": BAD_TEXTS, "why": BAD_TEXTS, "label": BAD_TEXTS, "token": BAD_TEXTS,
    "response": BAD_TEXTS, "exposed": BAD_NUMBERS, "expected_version": BAD_NUMBERS,
    "approval": BAD_NUMBERS,
}  # fmt: skip


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    return keys.issue_key(merchant=acme, label="cashier").key


def at(key: ApiKey, verb: str) -> str:
    return f"/admin/merchants/apikey/{key.pk}/{verb}/"


def good(key: ApiKey, page: str) -> dict[str, str]:
    now = clock.now()
    return dict(HIDDEN.findall(page)) | {
        "length": "1", "unit": "hours", "quiet_hours": "", "hours": "3", "reason": "race", "why": "",
        "until": f"{now + timedelta(days=3):%Y-%m-%dT%H:%M:%S}", "response": "rotate", "label": "cashier",
        "exposed_since": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M:%S}", "expires_at": "",
        **{f"{prefix}-{name}": "0" for prefix in ("secrets", "allowlist") for name in ("TOTAL_FORMS", "INITIAL_FORMS")},
    }  # fmt: skip


def everything(staff: Client, key: ApiKey) -> None:
    """Each page about the key still opens."""
    paths = ["/admin/merchants/apikey/", "/admin/merchants/compromise/", "/admin/"]
    paths += [f"/admin/merchants/merchant/{key.merchant_id}/change/", at(key, "leak")]
    paths += [f"/admin/merchants/compromise/{case.pk}/change/" for case in Compromise.objects.all()]
    paths += [f"/admin/merchants/apikey/{found.pk}/change/" for found in ApiKey.objects.all()]
    for path in paths:
        assert staff.get(path).status_code in {200, 302}, path


FORMS = {
    "rotate": ["length", "unit", "quiet_hours", "version", "reason", "token"],
    "extend": ["until", "why", "expected_version"],
    "end_when_quiet": ["hours", "why", "expected_version"],
    "revoke": ["why", "reason"],
    "decline": ["why", "approval"],
    "approve": ["token", "approval"],
    "leak": ["exposed_since", "reason", "response", "version", "length", "exposed"],
    "change": ["expires_at", "label"],
}


def state_of(verb: str, key: ApiKey, support: Person) -> None:
    if verb in {"extend", "end_when_quiet"}:
        keys.rotate_secret(key=key)
    if verb in {"approve", "decline"}:
        Merchant.objects.update(two_person=True)
        approvals.ask_to_rotate(key=key, by=support, reason="race")


@pytest.mark.parametrize(("verb", "name"), [(verb, name) for verb, names in FORMS.items() for name in names])
def test_nothing_that_is_typed_breaks_a_verb(
    staff: Client, key: ApiKey, verb: str, name: str, administrator: Person
) -> None:
    state_of(verb, key, administrator)
    path = at(key, verb)
    form = good(key, unescape(staff.get(path).content.decode()))
    for value in FIELDS[name]:
        with transaction.atomic():  # each is typed into the same state
            answer = staff.post(path, form | {name: value})
            assert answer.status_code in {200, 302, 409}, value[:40]
            if answer.status_code == 302 or Compromise.objects.exists():
                everything(staff, key)
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", ["revoked", "expired", "closed", "unopened", "quarantined"])
def test_every_verb_answers_in_words_whatever_became_of_the_key(
    staff: Client, key: ApiKey, state: str, settings: Any
) -> None:
    forms = {verb: good(key, unescape(staff.get(at(key, verb)).content.decode())) for verb in VERBS}
    if state == "revoked":
        keys.revoke_key(key=key)
    elif state == "expired":
        ApiKey.objects.update(expires_at=clock.now() - timedelta(hours=1))
    elif state == "closed":
        Merchant.objects.update(status="closed")
    elif state == "quarantined":
        keys.quarantine_key(key=key)
    else:
        settings.KEY_ENCRYPTION_KEYS = {"another": secrets.token_bytes(32)}
    everything(staff, key)
    for verb, form in forms.items():
        with transaction.atomic():
            said = staff.post(at(key, verb), form, follow=True)
            assert said.status_code in {200, 409}
            if state in {"revoked", "expired"} and verb in {"rotate", "leak", "extend"}:
                assert re.search("This key is revoked|This key expired on|No old secret", said.content.decode()), verb
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("path", ["", "summary/", "movements/"])
def test_no_moment_breaks_the_report(staff: Client, key: ApiKey, path: str, name: str) -> None:
    secret = Secret.objects.get(key=key)
    for value in BAD_MOMENTS:
        answer = staff.get(f"/admin/merchants/compromise/exposure/{path}", {"secret": str(secret.pk), name: value})
        assert answer.status_code in {200, 400}, value
        assert (
            b"Choose a moment between the years" in answer.content
            or path
            or "2000" < value[:4] < "9000"
            or (value[:1] in "-x1\0")
        ), value


def test_nothing_typed_into_a_new_key_breaks_it(staff: Client, key: ApiKey) -> None:
    path = "/admin/merchants/apikey/add/"
    form = dict(HIDDEN.findall(unescape(staff.get(path).content.decode())))
    form |= {"merchant": str(key.merchant_id), "environment": "live", "label": "", "expires_at": ""}
    for name in ("merchant", "environment", "label", "expires_at", "token"):
        for value in [*BAD_TEXTS, *BAD_NUMBERS, *BAD_MOMENTS]:
            with transaction.atomic():
                assert staff.post(path, form | {name: value}).status_code in {200, 409}, (name, value[:40])
                if ApiKey.objects.count() > 1:
                    everything(staff, key)
                transaction.set_rollback(True)
