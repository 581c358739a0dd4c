"""A key is issued once, its secret seen once."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from merchants import crypto
from merchants.models import ApiKey, Merchant, Person, Secret
from merchants.services import credentials, keys
from tests.conftest import Caller
from tests.pages import submit
from tests.people import signed_in

ISSUE = "/admin/merchants/apikey/add/"
SECRET = re.compile(r"oppi_live_[0-9A-Za-z]{49}")


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def form(client: Client, merchant: Merchant, **fields: str) -> dict[str, str]:
    """The form as the page offers it, filled in."""
    page = client.get(ISSUE, {"merchant": merchant.pk}).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    return {
        "merchant": str(merchant.pk),
        "environment": "live",
        "label": "night",
        "token": token[1],
        "handover": "show",
    } | fields


def test_the_secret_stands_in_one_answer_and_nowhere_else(
    staff: Client, acme: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    response = staff.post(ISSUE, form(staff, acme))
    page = unescape(response.content.decode())
    [secret] = SECRET.findall(page)
    key = ApiKey.objects.get()

    assert response.status_code == 200
    assert "no-store" in response["cache-control"]
    assert crypto.looks_like_secret(secret)
    assert key.auth_key in page
    assert credentials.reveal_secret(Secret.objects.get()) == secret

    later = ["/admin/", "/admin/merchants/apikey/", f"/admin/merchants/apikey/{key.pk}/change/", ISSUE]
    assert not [path for path in later if secret in staff.get(path).content.decode()]
    assert secret not in caplog.text
    assert secret not in str([session.get_decoded() for session in Session.objects.all()])
    assert secret not in str(list(LogEntry.objects.values_list("object_repr", "change_message")))
    assert secret not in str(dict(response.cookies))


def test_a_form_that_is_sent_again_issues_nothing(staff: Client, acme: Merchant) -> None:
    filled = form(staff, acme)
    staff.post(ISSUE, filled)
    again = staff.post(ISSUE, filled)
    assert again.status_code == 409
    assert "This form was already sent" in again.content.decode()
    assert ApiKey.objects.count() == 1


def test_a_form_of_ones_own_making_issues_nothing(staff: Client, acme: Merchant) -> None:
    assert staff.post(ISSUE, form(staff, acme, token="never issued by this portal")).status_code == 409
    assert not ApiKey.objects.exists()


def test_a_mistake_in_the_form_does_not_use_it_up(staff: Client, acme: Merchant) -> None:
    yesterday = f"{timezone.now() - timedelta(days=1):%Y-%m-%d %H:%M}"
    filled = form(staff, acme, expires_at=yesterday)
    assert "is in the past. Choose a moment in the future." in staff.post(ISSUE, filled).content.decode()
    assert staff.post(ISSUE, filled | {"expires_at": ""}).status_code == 200
    assert ApiKey.objects.get().label == "night"


def test_a_closed_merchant_gets_no_key(staff: Client, acme: Merchant) -> None:
    filled = form(staff, acme)
    Merchant.objects.update(status="closed")
    assert staff.post(ISSUE, filled).status_code == 200
    assert not ApiKey.objects.exists()


def test_the_merchants_page_leads_to_the_form(staff: Client, acme: Merchant) -> None:
    response = staff.get(f"/admin/merchants/merchant/{acme.pk}/issue_key/")
    assert response["location"] == f"{ISSUE}?merchant={acme.pk}"


def test_a_keys_page_shows_versions_but_never_what_is_sealed(staff: Client, acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme).key
    secret = Secret.objects.get()
    page = staff.get(f"/admin/merchants/apikey/{key.pk}/change/").content.decode()
    assert bytes(secret.fingerprint).hex()[:12] in page
    assert bytes(secret.fingerprint).hex()[:13] not in page
    assert bytes(secret.sealed).hex()[:16] not in page
    assert secret.sealed_under in page


@pytest.mark.parametrize(
    ("verb", "status", "said"),
    [("quarantine", "quarantined", "players are still paid"), ("revoke", "revoked", "This cannot be undone")],
)
def test_a_key_is_switched_off_after_a_question(
    staff: Client, acme: Merchant, verb: str, status: str, said: str
) -> None:
    key = keys.issue_key(merchant=acme).key
    page = f"/admin/merchants/apikey/{key.pk}/{verb}/"

    question = staff.get(page).content.decode()
    assert said in question
    assert "RS_ERROR_INVALID_APIKEY" in question
    key.refresh_from_db()
    assert key.status == "active"

    submit(staff, page, {"why": "No longer needed"})
    key.refresh_from_db()
    assert key.status == status
    assert LogEntry.objects.get().change_message == f"is {status}: No longer needed"


def test_a_revoked_key_is_refused_at_once(staff: Client, caller: Caller) -> None:
    assert caller.balance().body["status"] == "RS_OK"
    wish = {"why": "Lost", "typed_code": caller.merchant.code}
    submit(staff, f"/admin/merchants/apikey/{ApiKey.objects.get().pk}/revoke/", wish)
    assert caller.bet().body["status"] == "RS_ERROR_INVALID_APIKEY"
