"""Who acts for a merchant: invited, given another role, removed; and never without an owner."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from merchants import errors
from merchants.models import Invitation, Membership, Merchant, OutgoingEmail, Person
from merchants.services import email_links, email_outbox, history, keys, people
from portal.lib import clock
from tests import factories
from tests.pages import said, send
from tests.people import signed_in
from tests.plugins.database_role import as_superuser

INVITE = "/operator/acme/people/invite/"
PASSWORD = "a quite long sentence of mine"


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    return signed_in(client, owner)


def email_to(email: str) -> str:
    email_outbox.send_due_emails()
    [found] = [message for message in mail.outbox if message.to == [email]]
    return str(found.body)


def link_in(text: str) -> str:
    [path] = re.findall(r"/operator/~/invitation/\S+", text)
    return str(path)


def accept(path: str, **fields: Any) -> Any:
    return Client().post(path, {"name": "Ada", "password": PASSWORD, "again": PASSWORD} | fields)


def test_an_invitation_by_mail_ends_in_a_new_person_who_signs_in(at_work: Client, acme: Merchant) -> None:
    assert send(at_work, INVITE, email="new@acme.test", role="manager").status_code == 302
    path = link_in(email_to("new@acme.test"))
    assert "to join Acme Casino as manager" in said(Client().get(path))
    assert accept(path)["location"] == "/operator/"
    person = Person.objects.get(email="new@acme.test")
    assert (person.name, person.check_password(PASSWORD)) == ("Ada", True)
    assert Membership.objects.get(person=person).role == "manager"
    visitor = Client()
    visitor.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert visitor.get("/operator/acme/").status_code == 200


def test_the_link_works_once(at_work: Client, acme: Merchant) -> None:
    send(at_work, INVITE, email="new@acme.test", role="viewer")
    path = link_in(email_to("new@acme.test"))
    accept(path)
    assert accept(path, password="another long sentence", again="another long sentence").status_code == 410
    assert Person.objects.get(email="new@acme.test").check_password(PASSWORD)


@pytest.mark.parametrize("end", ["too old", "withdrawn", "another was sent", "tampered", "of our staff"])
def test_a_link_that_is_over_says_so(at_work: Client, acme: Merchant, owner: Person, end: str) -> None:
    send(at_work, INVITE, email="new@acme.test", role="viewer")
    path, invitation = link_in(email_to("new@acme.test")), Invitation.objects.get()
    moment = clock.now()
    if end == "too old":
        moment += people.INVITED_FOR + timedelta(seconds=1)
    elif end == "withdrawn":
        people.withdraw_invitation(invitation=invitation)
    elif end == "another was sent":
        people.invite_person(merchant=acme, email="NEW@acme.test", role="owner", by=owner)
    elif end == "of our staff":
        factories.person("new@acme.test", staff_role="support")
    else:
        path = path.replace("/invitation/", "/invitation/x")
    with clock.frozen_at(moment):
        assert accept(path).status_code == 410
    assert not Membership.objects.filter(person__email="new@acme.test").exists()


def test_no_email_that_staff_can_read_holds_the_link(at_work: Client) -> None:
    send(at_work, INVITE, email="new@acme.test", role="owner")
    [email] = OutgoingEmail.objects.filter(to="new@acme.test")
    token = email_links.invitation_link(Invitation.objects.get().pk).split("/invitation/")[1]
    assert token.strip("/") not in str(email.context)


def test_nobody_is_added_without_accepting(at_work: Client, acme: Merchant, rival: Merchant) -> None:
    known = factories.member(rival, "viewer", email="both@else.test")
    send(at_work, INVITE, email="Both@else.test", role="manager")
    assert not Membership.objects.filter(person=known, merchant=acme).exists()
    path = link_in(email_to("Both@else.test"))
    assert "You already have an account" in said(Client().get(path))
    assert accept(path)["location"] == "/operator/"
    assert Membership.objects.get(person=known, merchant=acme).role == "manager"


def test_the_inviter_learns_nothing_of_who_is_invited(at_work: Client, rival: Merchant, support: Person) -> None:
    factories.member(rival, "viewer", email="both@else.test")
    factories.person("gone@else.test", is_active=False)
    told = set()
    for email in ("stranger@else.test", "both@else.test", "support@oppi.test", "gone@else.test"):
        send(at_work, INVITE, email=email, role="viewer")
        told.add(said(at_work.get("/operator/acme/people/")).split(email, 1)[1].partition("until")[0])
    assert len(told) == 1
    for email in ("support@oppi.test", "gone@else.test"):
        before = Membership.objects.count()
        assert accept(link_in(email_to(email))).status_code == 410
        assert Membership.objects.count() == before


@pytest.mark.parametrize(
    ("email", "refusal"),
    [("viewer@acme.test", "already belongs to this merchant"), ("not an address", "Enter a valid email address")],
)
def test_who_cannot_be_invited(at_work: Client, viewer: Person, email: str, refusal: str) -> None:
    before = Membership.objects.count()
    assert refusal in said(send(at_work, INVITE, email=email, role="viewer"))
    assert (Membership.objects.count(), Invitation.objects.count()) == (before, 0)


def test_so_many_strangers_get_a_mail_and_no_more(acme: Merchant, owner: Person) -> None:
    for number in range(people.MOST_INVITED):
        people.invite_person(merchant=acme, email=f"new{number}@acme.test", role="viewer", by=owner)
    with pytest.raises(errors.TooManyInvitations):
        people.invite_person(merchant=acme, email="more@acme.test", role="viewer", by=owner)


def test_one_invitation_of_an_address_waits_at_most(acme: Merchant, owner: Person) -> None:
    people.invite_person(merchant=acme, email="new@acme.test", role="viewer", by=owner)
    with pytest.raises(IntegrityError, match="invitation_once"), transaction.atomic():
        Invitation.objects.create(
            merchant=acme, email="New@acme.test", role="viewer", invited_by=owner, expires_at=clock.now()
        )


@pytest.mark.parametrize("added", [True, False], ids=["added, then removed", "removed"])
def test_no_old_link_brings_back_who_was_removed(
    acme: Merchant, rival: Merchant, owner: Person, *, added: bool
) -> None:
    """Its role was that of the day it was sent."""
    person = factories.member(rival, "viewer", email="elsewhere@acme.test")
    if not added:
        Membership.objects.create(merchant=acme, person=person, role="viewer")
    invitation = people.invite_person(merchant=acme, email="New@acme.test", role="owner", by=owner)
    person = people.set_email(person=person, email="new@acme.test")
    if added:
        second = people.invite_person(merchant=acme, email="new@acme.test", role="viewer", by=owner)
        accept(email_links.invitation_link(second.pk))
    people.remove_member(membership=Membership.objects.get(merchant=acme, person=person))
    assert accept(email_links.invitation_link(invitation.pk)).status_code == 410
    assert not Membership.objects.filter(merchant=acme, person=person).exists()


def test_an_invitation_of_another_merchant_stays_open(acme: Merchant, rival: Merchant, owner: Person) -> None:
    invitation = people.invite_person(merchant=rival, email="new@acme.test", role="viewer", by=owner)
    member = factories.member(acme, "viewer", email="new@acme.test")
    people.remove_member(membership=Membership.objects.get(person=member))
    accept(email_links.invitation_link(invitation.pk))
    assert Membership.objects.get(person=member).merchant == rival


@pytest.mark.parametrize(
    ("password", "again", "refusal"),
    [("short", "short", "too short"), (PASSWORD, "something else entirely", "The two passwords differ")],
)
def test_a_weak_or_mistyped_password_is_refused(at_work: Client, password: str, again: str, refusal: str) -> None:
    send(at_work, INVITE, email="new@acme.test", role="viewer")
    page = accept(link_in(email_to("new@acme.test")), password=password, again=again)
    assert refusal in said(page)
    assert not Person.objects.filter(email="new@acme.test").exists()


# --- Roles ------------------------------------------------------------------------------------------------------------
def member_page(person: Person, verb: str) -> str:
    return f"/operator/acme/people/{person.memberships.get().pk}/{verb}/"


def test_a_role_is_changed_and_holds_from_the_next_page(at_work: Client, viewer: Person) -> None:
    assert send(at_work, member_page(viewer, "role"), role="owner").status_code == 302
    assert signed_in(Client(), viewer).get(INVITE).status_code == 200


def test_who_was_removed_finds_nothing_there(at_work: Client, viewer: Person, acme: Merchant) -> None:
    guest = signed_in(Client(), viewer)
    assert guest.get("/operator/acme/").status_code == 200
    assert send(at_work, member_page(viewer, "remove")).status_code == 302
    assert guest.get("/operator/acme/").status_code == 404
    assert "viewer@acme.test is no longer viewer of the merchant" in [e.title for e in history.timeline(acme)]


@pytest.mark.parametrize(("verb", "fields"), [("role", {"role": "viewer"}), ("remove", {})])
def test_the_last_owner_stays(at_work: Client, owner: Person, verb: str, fields: dict[str, str]) -> None:
    page = send(at_work, member_page(owner, verb), **fields)
    assert "needs at least one owner" in said(page)
    assert owner.memberships.get().role == "owner"


def test_an_owner_who_is_switched_off_is_not_counted(acme: Merchant, owner: Person) -> None:
    factories.member(acme, "owner", is_active=False)
    with pytest.raises(errors.LastOwner):
        people.remove_member(membership=owner.memberships.get())


def test_the_last_owner_behind_a_live_key_is_not_switched_off(
    acme: Merchant, owner: Person, administrator: Person
) -> None:
    keys.issue_key(merchant=acme)
    with pytest.raises(errors.LastOwner, match="Until then, set a new password"):
        people.set_access(person=owner, role="", active=False, by=administrator)
    owner.refresh_from_db()
    assert owner.is_active
    factories.member(acme, "owner")
    people.set_access(person=owner, role="", active=False, by=administrator)


def test_who_is_the_last_owner_of_nothing_live_is_switched_off(owner: Person, administrator: Person) -> None:
    assert not people.set_access(person=owner, role="", active=False, by=administrator).is_active


@pytest.mark.parametrize("field", ["person", "merchant"])
def test_nobody_takes_the_place_of_a_member(
    acme: Merchant, rival: Merchant, owner: Person, viewer: Person, field: str
) -> None:
    other = {"person": factories.person("spy@evil.test"), "merchant": rival}[field]
    with as_superuser(), pytest.raises(IntegrityError, match="keeps its person and its merchant"), transaction.atomic():
        owner.memberships.update(**{field: other})
    assert owner.memberships.get().merchant == acme


def test_a_form_sent_twice_does_one_thing(at_work: Client) -> None:
    first = at_work.get(INVITE)
    fields = {"token": first.context["form"].initial["token"], "email": "new@acme.test", "role": "viewer"}
    assert at_work.post(INVITE, fields).status_code == 302
    assert at_work.post(INVITE, fields).status_code == 409
    assert Invitation.objects.count() == 1


def test_markup_in_a_name_is_text(at_work: Client, acme: Merchant) -> None:
    factories.member(acme, "viewer", name="<script>alert(1)</script>")
    page = said(at_work.get("/operator/acme/people/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# --- A fresh proof ----------------------------------------------------------------------------------------------------
def test_without_a_second_factor_the_password_is_asked_again(client: Client, owner: Person) -> None:
    client.force_login(owner)
    assert client.get(INVITE)["location"].startswith("/account/reauthenticate/")
    client.post("/account/login/", {"login": owner.email, "password": factories.PASSWORD})
    client.post("/account/reauthenticate/", {"password": factories.PASSWORD})
    assert client.get(INVITE).status_code == 200


def test_after_five_minutes_the_second_factor_is_asked_again(client: Client, owner: Person) -> None:
    signed_in(client, owner, proved_at=clock.now() - timedelta(seconds=301))
    assert client.get("/operator/acme/people/").status_code == 200  # to read costs nothing
    assert client.get(INVITE)["location"].startswith("/account/second-factor/reauthenticate/")
    assert client.post(INVITE, {"email": "new@acme.test", "role": "viewer"})["location"].startswith("/account/")
    assert not Invitation.objects.exists()


def test_the_owner_asks_everybody_for_a_second_factor_and_may_stop(at_work: Client, acme: Merchant) -> None:
    path = "/operator/acme/people/second-factor/"
    send(at_work, path)
    acme.refresh_from_db()
    assert acme.second_factor_required
    send(at_work, path)
    acme.refresh_from_db()
    assert not acme.second_factor_required
