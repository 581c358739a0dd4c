"""A merchant is opened on one page: a checklist that says what is missing, and the button that makes it live."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from merchants.models import AllowlistEntry, Approval, Contact, Invitation, Membership, Merchant, OutgoingEmail, Person
from merchants.services import claim_links, email_links, keys, onboarding, people, sandboxes
from tests import factories
from tests.pages import said
from tests.people import give_totp, signed_in
from tests.wallet import reconciling


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def fresh(staff: Client) -> Merchant:
    """Opened by support, as the form sends it."""
    wish = {"code": "nova", "name": "Nova Casino", "time_zone": "UTC", "timestamp_window_seconds": "300"}
    opened = staff.post("/admin/merchants/merchant/add/", wish)
    merchant = Merchant.objects.get(code="nova")
    assert opened["location"] == page_of(merchant)
    return merchant


def page_of(merchant: Merchant) -> str:
    return f"/admin/merchants/merchant/{merchant.pk}/onboarding/"


def filled(staff: Client, merchant: Merchant, what: str, **fields: str) -> dict[str, str]:
    """What a form of the page sends, with its token."""
    [token] = re.findall(rf'name="{what}-token" value="([^"]+)"', staff.get(page_of(merchant)).content.decode())
    return {"do": what, f"{what}-token": token} | {f"{what}-{name}": value for name, value in fields.items()}


def live(staff: Client, merchant: Merchant, reason: str = "") -> str:
    said_then = said(staff.post(page_of(merchant), filled(staff, merchant, "live", reason=reason), follow=True))
    merchant.refresh_from_db()
    return said_then


def owned(merchant: Merchant) -> Person:
    return factories.member(merchant, "owner", email="owner@nova.test")


def claimed(merchant: Merchant, owner: Person, support: Person) -> None:
    """A live key whose secret its owner has."""
    issued = keys.issue_key(merchant=merchant)
    give_totp(owner)
    claim = claim_links.send_link(secret=issued.row, by=support)
    claim_links.claim_secret(merchant=merchant, said=email_links.claim_token(claim), by=owner)


def test_a_new_merchant_is_not_live_and_its_page_says_what_is_missing(staff: Client, fresh: Merchant) -> None:
    assert fresh.status == "suspended"
    assert onboarding.is_not_live_yet(fresh)
    page = said(staff.get(page_of(fresh)))
    for missing in (
        "No owner yet", "No contact yet", "No live key yet", "No allowlist yet", "No reconciliation plan yet",
        "No sandbox yet",
    ):  # fmt: skip
        assert missing in page
    assert "This merchant is not live yet" in said(staff.get(f"/admin/merchants/merchant/{fresh.pk}/change/"))


def test_support_invites_the_owner_by_mail_and_types_no_password(staff: Client, fresh: Merchant) -> None:
    staff.post(page_of(fresh), filled(staff, fresh, "owner", email="owner@nova.test"))
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("owner@nova.test", "owner")
    assert OutgoingEmail.objects.get(template="invitation").to == "owner@nova.test"
    assert "owner@nova.test is invited until" in said(staff.get(page_of(fresh)))
    token = email_links.invitation_link(invitation.pk).rstrip("/").rpartition("/")[2]
    people.accept_invitation(token=token, name="Olga", password="a long password of hers")
    assert Membership.objects.get().role == "owner"
    assert "No owner yet" not in said(staff.get(page_of(fresh)))


def test_a_form_that_is_sent_twice_invites_once(staff: Client, fresh: Merchant) -> None:
    wish = filled(staff, fresh, "owner", email="owner@nova.test")
    assert [staff.post(page_of(fresh), wish).status_code for _ in range(2)] == [302, 409]
    assert staff.post(page_of(fresh), {"do": "owner", "owner-email": "other@nova.test"}).status_code == 409
    assert [invitation.email for invitation in Invitation.objects.all()] == ["owner@nova.test"]


def test_an_address_that_is_none_is_refused(staff: Client, fresh: Merchant) -> None:
    sent = staff.post(page_of(fresh), filled(staff, fresh, "owner", email="nobody"))
    assert "Enter a valid email address" in said(sent)
    assert not Invitation.objects.exists()


def test_a_contact_of_the_owners_domain_is_added_and_another_asks_an_owner(staff: Client, fresh: Merchant) -> None:
    owned(fresh)
    staff.post(page_of(fresh), filled(staff, fresh, "contact", email="desk@elsewhere.test"))
    assert not Contact.objects.exists()
    assert "An owner must allow desk@elsewhere.test first" in said(staff.get(page_of(fresh)))
    staff.post(page_of(fresh), filled(staff, fresh, "contact", email="desk@nova.test"))
    assert Contact.objects.get().email == "desk@nova.test"


def test_without_an_owner_and_a_key_nobody_makes_it_live(staff: Client, fresh: Merchant) -> None:
    assert "Missing: owner, key" in live(staff, fresh, "Now")
    assert fresh.status == "suspended"


def test_a_key_counts_when_its_owner_has_the_secret(staff: Client, fresh: Merchant, support: Person) -> None:
    owner = owned(fresh)
    issued = keys.issue_key(merchant=fresh)
    claim_links.send_link(secret=issued.row, by=support)
    assert "has not been used" in said(staff.get(page_of(fresh)))
    assert "Missing: key" in live(staff, fresh, "Now")
    assert owner.pk


def test_it_goes_live_by_the_button_with_a_reason_for_what_is_missing(
    staff: Client, fresh: Merchant, support: Person
) -> None:
    claimed(fresh, owned(fresh), support)
    assert "Enter a reason" in live(staff, fresh)
    assert fresh.status == "suspended"
    assert "The merchant is live." in live(staff, fresh, "They call from a cloud")
    assert fresh.status == "active"
    assert not onboarding.is_not_live_yet(fresh)


def test_when_all_is_there_no_reason_is_needed(staff: Client, fresh: Merchant, support: Person) -> None:
    claimed(fresh, owned(fresh), support)
    Contact.objects.create(merchant=fresh, email="desk@nova.test")
    AllowlistEntry.objects.create(merchant=fresh, network="52.1.2.3")
    sandboxes.create_sandbox(merchant=fresh)
    reconciling.plan(fresh)
    assert "All steps are complete." in said(staff.get(page_of(fresh)))
    live(staff, fresh)
    assert fresh.status == "active"


def test_with_the_two_person_rule_a_second_person_makes_it_live(
    staff: Client, fresh: Merchant, support: Person
) -> None:
    claimed(fresh, owned(fresh), support)
    Merchant.objects.filter(pk=fresh.pk).update(two_person=True)
    fresh.refresh_from_db()
    live(staff, fresh, "Contract signed")
    assert fresh.status == "suspended"
    assert Approval.objects.get().wish["status"] == "active"


def test_the_switch_to_active_leads_to_the_checklist(staff: Client, fresh: Merchant, acme: Merchant) -> None:
    assert staff.post(f"/admin/merchants/merchant/{fresh.pk}/activate/")["location"] == page_of(fresh)
    Merchant.objects.filter(pk=acme.pk).update(status="suspended")
    assert not onboarding.is_not_live_yet(Merchant.objects.get(pk=acme.pk))


def test_an_auditor_reads_the_checklist_and_sends_nothing(client: Client, auditor: Person, acme: Merchant) -> None:
    reader = signed_in(client, auditor)
    page = said(reader.get(page_of(acme)))
    assert "No owner yet" in page
    assert "Invite owner" not in page
    assert reader.post(page_of(acme), {"do": "owner", "owner-email": "a@b.example"}).status_code == 403


def test_nothing_else_is_sent(staff: Client, acme: Merchant) -> None:
    assert staff.post(page_of(acme), {"do": "nothing"}).status_code == 404
