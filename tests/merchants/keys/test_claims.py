"""A new secret goes to an owner by a link that works once, and past our staff."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from merchants import crypto, errors
from merchants.models import ApiKey, Merchant, OutgoingEmail, Person, Secret, SecretClaim
from merchants.services import claim_links, email_links, email_outbox, emails, history, keys
from portal.lib import clock
from tests import factories
from tests.pages import said, send
from tests.people import signed_in
from tests.plugins.database_role import unguarded

SECRET = re.compile(r"oppi_live_[0-9A-Za-z]{49}")
HIDDEN = re.compile(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?')
LINK = re.compile(r"/operator/acme/keys/claim/[0-9a-f]{64}/")


@pytest.fixture
def key(acme: Merchant, owner: Person) -> ApiKey:
    return keys.issue_key(merchant=acme, label="cashier").key


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def rotated(staff: Client, key: ApiKey, **fields: Any) -> str:
    path = f"/admin/merchants/apikey/{key.pk}/rotate/"
    form = dict(HIDDEN.findall(staff.get(path).content.decode()))
    answer = staff.post(path, form | {"length": "1", "unit": "hours"} | fields, follow=True)
    return unescape(answer.content.decode())


def mailed_link() -> str:
    """From the email that was sent last."""
    email_outbox.send_due_emails()
    [link] = set(LINK.findall(str(mail.outbox[-1].body)))
    return str(link)


def test_the_owner_is_shown_what_our_staff_never_saw(staff: Client, key: ApiKey, owner: Person, acme: Merchant) -> None:
    shown = rotated(staff, key)
    assert "A claim link was sent to owner@acme.test." in shown
    assert not SECRET.search(shown)

    link = mailed_link()
    assert "claim the new secret of your key cashier" in mail.outbox[-1].subject
    at_work = signed_in(Client(), owner)
    before = at_work.get(link)
    assert "no-store" in before["cache-control"]
    assert not SECRET.search(before.content.decode())
    answer = send(at_work, link)
    [secret] = SECRET.findall(answer.content.decode())
    assert "no-store" in answer["cache-control"]
    assert Secret.objects.get(fingerprint=crypto.fingerprint(secret)).version == 2

    again = at_work.get(link, follow=True)
    assert not SECRET.search(again.content.decode())
    assert "owner@acme.test claimed the secret on" in said(again)
    titles = [entry.title for entry in history.timeline(acme, kind="keys")]
    assert any("Claim link for version 2" in title and "used: the secret was shown to an owner" in title
               for title in titles)  # fmt: skip
    assert "claimed version 2 on" in staff.get(f"/admin/merchants/apikey/{key.pk}/change/").content.decode()


def test_no_table_holds_the_link(staff: Client, key: ApiKey) -> None:
    rotated(staff, key)
    link = mailed_link()
    token = link.rstrip("/").rpartition("/")[2]
    claim = SecretClaim.objects.get()
    assert token not in str([claim.nonce, claim.token_hash, *OutgoingEmail.objects.values_list("context", flat=True)])


# --- rows that the portal has not written -----------------------------------------------------------------------------
def hash_of(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def forged(key: ApiKey, **fields: Any) -> SecretClaim:
    """A link to the secret in use, as who can write to the table makes one."""
    now, secret = clock.now(), key.secrets.get()
    row: dict[str, Any] = {
        "key": key,
        "secret": secret,
        "version": secret.version,
        "nonce": "0" * 32,
        "token_hash": hash_of("x"),
        "sent_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    return SecretClaim.objects.create(**row | fields)


def test_a_forged_row_opens_nothing(key: ApiKey, owner: Person, acme: Merchant) -> None:
    forged(key)
    at_work, link = signed_in(Client(), owner), "/operator/acme/keys/claim/x/"
    assert "This link no longer works" in said(at_work.get(link, follow=True))
    assert not SECRET.search(at_work.post(link, {}, follow=True).content.decode())
    with pytest.raises(errors.ClaimOver):
        claim_links.claim_secret(merchant=acme, said="x", by=owner)
    assert not SecretClaim.objects.exclude(claimed_at=None).exists()


def test_no_email_says_the_token_of_a_forged_row(key: ApiKey, owner: Person) -> None:
    """The portal knows that token, and a forged row in the outbox would ask for it."""
    claim = forged(key)
    with pytest.raises(email_links.ForgedClaim):
        email_links.claim_link(claim.pk)
    emails.send_claim(claim, [owner.email])
    email_outbox.send_due_emails()
    assert not any("/keys/claim/" in str(each.body) for each in mail.outbox)
    assert OutgoingEmail.objects.get(template="secret_claim").state == "given_up"


@pytest.mark.parametrize(
    "change",
    [
        lambda other: {"expires_at": clock.now() + timedelta(days=30)},
        lambda other: {"nonce": "1" * 32},
        lambda other: {"version": 7},
        lambda other: {"secret": other.secrets.get()},
        lambda other: {"key": other, "secret": other.secrets.get()},
    ],
    ids=["end", "nonce", "version", "secret", "key"],
)
def test_a_link_opens_only_what_it_was_made_for(
    key: ApiKey, owner: Person, acme: Merchant, support: Person, change: Callable[[ApiKey], dict[str, Any]]
) -> None:
    claim = claim_links.send_link(secret=key.secrets.get(), by=support)
    token, other = email_links.claim_token(claim), keys.issue_key(merchant=acme, label="desk").key
    assert claim_links.find_claim(merchant=acme, said=token, by=owner) == claim
    with unguarded():
        SecretClaim.objects.filter(pk=claim.pk).update(**change(other))
    with pytest.raises(errors.ClaimOver):
        claim_links.claim_secret(merchant=acme, said=token, by=owner)


def test_a_link_outlives_a_newer_key_encryption_key_and_not_its_own(
    key: ApiKey, owner: Person, acme: Merchant, support: Person, settings: Settings
) -> None:
    claim = claim_links.send_link(secret=key.secrets.get(), by=support)
    link, token, old = email_links.claim_link(claim.pk), email_links.claim_token(claim), settings.KEY_ENCRYPTION_KEYS
    settings.KEY_ENCRYPTION_KEYS = {"newer": b"n" * 32, **old}
    assert email_links.claim_link(claim.pk) == link
    assert claim_links.find_claim(merchant=acme, said=token, by=owner) == claim
    settings.KEY_ENCRYPTION_KEYS = {"newer": b"n" * 32}
    with pytest.raises(errors.ClaimOver):
        claim_links.find_claim(merchant=acme, said=token, by=owner)


def test_all_owners_are_told_of_a_claim(key: ApiKey, owner: Person, acme: Merchant, support: Person) -> None:
    other = factories.member(acme, "owner", email="second@acme.test")
    claim = claim_links.send_link(secret=key.secrets.get(), by=support)
    email_outbox.send_due_emails()
    mail.outbox.clear()
    claim_links.claim_secret(merchant=acme, said=email_links.claim_token(claim), by=owner)
    email_outbox.send_due_emails()
    assert {to for each in mail.outbox for to in each.to} == {owner.email, other.email}
    told = "Acme Casino: your key cashier has version 1 of its secret claimed by owner@acme.test"
    assert mail.outbox[0].subject == told
    claim.refresh_from_db()
    assert claim.claimed_at
    assert f"The claim link was used on {errors.moment_text(claim.claimed_at)}" in str(mail.outbox[0].body)


# --- who may open a link ----------------------------------------------------------------------------------------------
def test_only_an_owner_with_a_second_factor_opens_it(
    staff: Client, key: ApiKey, acme: Merchant, rival: Merchant
) -> None:
    rotated(staff, key)
    link = mailed_link()
    assert Client().get(link)["location"].startswith("/account/login/")
    for role, status in (("viewer", 403), ("manager", 403)):
        assert signed_in(Client(), factories.member(acme, role)).get(link).status_code == status
    assert signed_in(Client(), factories.member(rival, "owner")).get(link).status_code == 404
    assert staff.get(link).status_code == 403
    bare = Client()
    bare.force_login(factories.member(acme, "owner"))
    assert bare.get(link).status_code == 302
    assert not SecretClaim.objects.exclude(claimed_at=None).exists()


def test_after_a_day_it_is_over_and_another_link_leads_to_the_same_secret(
    staff: Client, key: ApiKey, owner: Person, acme: Merchant, support: Person
) -> None:
    rotated(staff, key)
    old = mailed_link().rstrip("/").rpartition("/")[2]
    with clock.frozen_at(clock.now() + timedelta(hours=24)):
        with pytest.raises(errors.ClaimOver, match="The link expired on"):
            claim_links.claim_secret(merchant=acme, said=old, by=owner)
        path = f"/admin/merchants/apikey/{key.pk}/claim_again/"
        signed_in(staff, support)
        staff.post(path, dict(HIDDEN.findall(staff.get(path).content.decode())))
        new = mailed_link().rstrip("/").rpartition("/")[2]
        with pytest.raises(errors.ClaimOver, match="A newer link was sent"):
            claim_links.claim_secret(merchant=acme, said=old, by=owner)
        assert claim_links.claim_secret(merchant=acme, said=new, by=owner).row.version == 2
        assert Secret.objects.count() == 2
        with pytest.raises(errors.SecretClaimed):
            claim_links.send_link(secret=Secret.objects.get(version=2), by=support)


def test_a_secret_that_was_replaced_is_shown_to_nobody(
    staff: Client, key: ApiKey, owner: Person, acme: Merchant
) -> None:
    rotated(staff, key)
    token = mailed_link().rstrip("/").rpartition("/")[2]
    keys.replace_secrets(key=key)
    with pytest.raises(errors.ClaimOver, match="replaced or revoked"):
        claim_links.claim_secret(merchant=acme, said=token, by=owner)


def test_the_database_lets_a_link_work_once_and_for_another_person(key: ApiKey, owner: Person, support: Person) -> None:
    claim = claim_links.send_link(secret=Secret.objects.get(), by=support)
    with pytest.raises(IntegrityError, match="claim_by_another_person"), transaction.atomic():
        SecretClaim.objects.filter(pk=claim.pk).update(claimed_at=clock.now(), claimed_by=support)
    SecretClaim.objects.filter(pk=claim.pk).update(claimed_at=clock.now(), claimed_by=owner)
    with pytest.raises(IntegrityError, match="works once"), transaction.atomic():
        SecretClaim.objects.filter(pk=claim.pk).update(claimed_at=None, claimed_by=None)


def test_without_an_owner_nothing_is_rotated(staff: Client, key: ApiKey, owner: Person) -> None:
    owner.memberships.all().delete()
    assert "no owner who can claim the secret" in rotated(staff, key)
    assert key.secrets.count() == 1


def test_a_merchant_can_refuse_that_our_staff_see_its_secrets(staff: Client, key: ApiKey, owner: Person) -> None:
    at_work = signed_in(Client(), owner)
    assert "Our staff can see a new secret" in said(at_work.get("/operator/acme/keys/"))
    send(at_work, "/operator/acme/keys/staff/")
    assert "Our staff never see a secret." in said(at_work.get("/operator/acme/keys/"))
    refused = rotated(staff, key, handover="show")
    assert "does not let our staff see its secrets" in refused
    assert key.secrets.count() == 1
    assert "A claim link was sent" in rotated(staff, key)


@pytest.mark.parametrize("where", ["staff", "owner"])
def test_the_page_of_a_secret_has_one_exit(staff: Client, key: ApiKey, owner: Person, where: str) -> None:
    if where == "staff":
        page = rotated(staff, key, handover="show")
    else:
        page = unescape(send(signed_in(Client(), owner), f"/operator/acme/keys/{key.pk}/rotate/").content.decode())
    assert SECRET.search(page)
    assert "saved.js" in page
    body = page.partition("<body")[2]
    links = {each for each in re.findall(r'<a [^>]*href="([^"]+)"', body) if not each.startswith("#")}
    own = f"/admin/merchants/apikey/{key.pk}/change/" if where == "staff" else f"/operator/acme/keys/{key.pk}/"
    assert links == {own}
    assert "data-saved" in body
