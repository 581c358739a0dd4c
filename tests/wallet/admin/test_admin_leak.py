"""The page for the day on which a secret has leaked: what it previews, does, shows once, and refuses."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from merchants.models import AllowlistEntry, ApiKey, Approval, Compromise, Merchant, OutgoingEmail, Person, Secret
from merchants.services import approvals, keys
from portal.lib import clock
from tests.conftest import Caller
from tests.people import give_totp, signed_in
from tests.plugins.database_role import unguarded
from wallet.services.log import request_log

SECRET = re.compile(r"oppi_live_[0-9A-Za-z]{49}")
HIDDEN = re.compile(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?')


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def key(caller: Caller, owner: Person) -> ApiKey:
    caller.bet(100)
    request_log.drain_lines()
    return ApiKey.objects.get()


def page_of(key: ApiKey) -> str:
    return f"/admin/merchants/apikey/{key.pk}/leak/"


def declare(staff: Client, key: ApiKey, choice: str, **fields: Any) -> str:
    path = page_of(key)
    form = dict(HIDDEN.findall(staff.get(path).content.decode()))
    since = f"{clock.now() - timedelta(hours=2):%Y-%m-%dT%H:%M:%S}"
    told = {"response": choice, "exposed_since": since, "reason": "in a public repository", "length": "1"}
    answer = staff.post(path, form | told | {"unit": "hours", "handover": "show"} | fields, follow=True)
    return unescape(answer.content.decode())


def test_the_page_shows_what_is_at_stake_before_anything_is_done(staff: Client, key: ApiKey) -> None:
    page = unescape(staff.get(page_of(key)).content.decode())
    assert "1 open round in EUR. Stakes: 0.001." in page
    assert "bet, deposit, withdraw, launch" in page
    assert "RS_ERROR_SIGNATURE_NOT_MATCH" in page
    assert not Compromise.objects.exists()


def test_revoke_at_once(staff: Client, key: ApiKey, caller: Caller, support: Person) -> None:
    [secret] = SECRET.findall(declare(staff, key, "revoke"))
    assert caller.bet(1).status != "RS_OK"
    caller.signer.secret = secret
    assert caller.bet(1).status == "RS_OK"
    case = Compromise.objects.get()
    assert (case.secret.version, case.replacement.version) == (1, 2)  # type: ignore[union-attr]
    assert (case.declared_by, case.reason, case.response) == (support, "in a public repository", "revoke")


def test_quarantine_pays_players_and_hands_over_another_key(staff: Client, key: ApiKey, caller: Caller) -> None:
    AllowlistEntry.objects.create(merchant=key.merchant, key=key, network="127.0.0.0/8", note="office")
    bet = caller.bet(100).body["transactionId"]
    request_log.drain_lines()
    page = declare(staff, key, "quarantine")
    [secret] = SECRET.findall(page)
    assert caller.bet(1).status == "INVALID_APIKEY"
    assert caller.payout(bet, 50).status == "RS_OK"
    replacement = ApiKey.objects.exclude(pk=key.pk).get()
    assert [(str(each.network), each.note) for each in replacement.allowlist.all()] == [("127.0.0.0/8", "office")]
    caller.signer.auth_key, caller.signer.secret = replacement.auth_key, secret
    assert caller.bet(1).status == "RS_OK"


def test_rotate_with_an_overlap_takes_both_for_a_while(staff: Client, key: ApiKey, caller: Caller) -> None:
    [secret] = SECRET.findall(declare(staff, key, "rotate"))
    assert caller.bet(1).status == "RS_OK"
    caller.signer.secret = secret
    assert caller.bet(1).status == "RS_OK"


def test_in_an_overlap_either_secret_may_be_the_one(staff: Client, key: ApiKey) -> None:
    keys.rotate_secret(key=key)
    old = key.secrets.get(version=1)
    assert SECRET.search(declare(staff, key, "revoke", exposed=str(old.pk)))
    assert Compromise.objects.get().secret == old


def test_a_secret_of_another_key_is_not_the_one(staff: Client, key: ApiKey, acme: Merchant) -> None:
    other = keys.issue_key(merchant=acme).row
    assert "Select a valid choice." in declare(staff, key, "revoke", exposed=str(other.pk))
    assert not Compromise.objects.exists()


def test_one_email_a_contact_and_no_secret_in_it(staff: Client, key: ApiKey) -> None:
    key.merchant.contacts.create(email="security@acme.test")
    with unguarded():
        OutgoingEmail.objects.all().delete()
    [secret] = SECRET.findall(declare(staff, key, "revoke"))
    emails = list(OutgoingEmail.objects.all())
    assert {email.to for email in emails} == {"owner@acme.test", "security@acme.test"}
    assert len(emails) == 2
    assert secret not in str([email.context for email in emails])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"exposed_since": "2999-01-01T00:00:00"}, "is in the future"),
        ({"exposed_since": ""}, "This field is required."),
        ({"reason": " "}, "This field is required."),
        ({"response": ""}, "Choose a response."),
        ({"response": "forgive"}, "Select a valid choice."),
    ],
    ids=["in the future", "no moment", "no reason", "no choice", "another choice"],
)
def test_what_is_missing_is_said_and_nothing_done(
    staff: Client, key: ApiKey, fields: dict[str, str], sentence: str
) -> None:
    page = declare(staff, key, "revoke", **fields)
    assert sentence in page
    assert not Compromise.objects.exists()
    assert not SECRET.search(page)


def test_eight_days_of_overlap_are_refused_as_a_whole(staff: Client, key: ApiKey) -> None:
    assert "at most 7 days" in declare(staff, key, "rotate", length="8", unit="days")
    assert not Compromise.objects.exists()


def test_with_two_persons_the_emergency_refuses_at_once_and_its_new_secret_waits(
    staff: Client, key: ApiKey, administrator: Person
) -> None:
    Merchant.objects.update(two_person=True)
    assert "In an emergency, quarantine the key or revoke it at once" in declare(staff, key, "rotate")
    assert not Compromise.objects.exists()
    second = signed_in(Client(), administrator)
    said = declare(staff, key, "revoke")
    assert not SECRET.search(said)
    assert "A second person must approve the new secret" in said
    assert not Secret.objects.filter(revoked_at=None).exists()
    path = f"/admin/merchants/apikey/{key.pk}/approve/"
    form = dict(HIDDEN.findall(second.get(path).content.decode()))
    assert SECRET.search(unescape(second.post(path, form | {"handover": "show"}).content.decode()))
    assert Compromise.objects.get().replacement == Secret.objects.get(version=2)


def test_with_two_persons_a_quarantine_waits_with_its_other_key_only(
    staff: Client, key: ApiKey, administrator: Person
) -> None:
    Merchant.objects.update(two_person=True)
    give_totp(administrator)
    assert not SECRET.search(declare(staff, key, "quarantine"))
    key.refresh_from_db()
    assert key.status == "quarantined"
    issued = approvals.approve_request(approval=Approval.objects.get(), by=administrator)
    assert issued is not None
    assert issued.key != key
    assert Compromise.objects.get().replacement == issued.row


def test_who_declares_second_is_told_what_the_first_did(staff: Client, key: ApiKey) -> None:
    path = page_of(key)
    form = dict(HIDDEN.findall(staff.get(path).content.decode()))
    keys.replace_secrets(key=key)
    told = {"response": "revoke", "exposed_since": "2026-01-01T00:00:00", "reason": "x", "length": "1", "unit": "hours"}
    said = unescape(staff.post(path, form | told).content.decode())
    assert "The key has changed since you opened this page. Version 2 is now the current version." in said


def test_a_key_in_quarantine_has_its_replacement_already(staff: Client, key: ApiKey) -> None:
    declare(staff, key, "quarantine")
    said = unescape(staff.get(page_of(key), follow=True).content.decode())
    assert "Revoke this key when its players are paid" in said


def test_a_merchant_without_a_contact_is_not_said_to_have_been_told(staff: Client, key: ApiKey, owner: Person) -> None:
    assert "receive an email without any secret: owner@acme.test." in unescape(staff.get(page_of(key)).content.decode())
    owner.memberships.all().delete()
    assert "has no contact, so nobody is notified" in unescape(staff.get(page_of(key)).content.decode())
    assert "has no contact, so nobody was notified" in declare(staff, key, "revoke")
    assert not OutgoingEmail.objects.exists()
