"""The history says what a person wanted, and who it was, also where nobody was signed in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client

from merchants.models import Invitation, Membership, Merchant, Person
from merchants.services import email_links, history, people
from merchants.services.history import TimelineEntry
from tests.factories import PASSWORD
from tests.people import ask_for_new_password, signed_in

NEW = "a long walk by the sea"


@pytest.fixture(autouse=True)
def _set_up(request: pytest.FixtureRequest) -> None:
    """Whatever a test begins with is a change of its own, though all of a test is one transaction."""
    with history.act_as(door="set-up"):
        for name in {"acme", "owner", "support", "administrator"} & set(request.fixturenames):
            request.getfixturevalue(name)


def last(of: Any) -> TimelineEntry:
    return history.timeline(of)[0]


def test_a_sign_in_that_renews_a_hash_is_no_new_password(support: Person) -> None:
    Person.objects.filter(pk=support.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    sign_in = {"login": support.email, "password": PASSWORD}
    Client().post("/account/login/?next=/admin/", sign_in)
    entry = last(support)
    text = "Stored form of the password of support@oppi.test renewed at sign-in. The password is the same"
    assert (entry.title, entry.who, entry.person_id) == (text, support.email, support.pk)
    before = len(history.timeline(support))
    Client().post("/account/login/?next=/admin/", sign_in)
    assert len(history.timeline(support)) == before


def test_a_wrong_password_renews_nothing(support: Person) -> None:
    Person.objects.filter(pk=support.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    before = len(history.timeline(support))
    assert not Person.objects.get(pk=support.pk).check_password("wrong")
    assert len(history.timeline(support)) == before


def test_a_password_that_is_reset_by_a_link_is_the_deed_of_its_person(client: Client, support: Person) -> None:
    ask_for_new_password(client, support.email)
    [link] = re.findall(r"http\S+", str(mail.outbox[0].body))
    client.post(client.get(link)["location"], {"password1": NEW, "password2": NEW})
    entry = last(support)
    assert (entry.title, entry.who) == (
        "support@oppi.test reset the password",
        "support@oppi.test, by a link from an email",
    )
    assert entry.person_id == support.pk


def test_a_password_that_its_person_changes_says_so(client: Client, support: Person) -> None:
    signed_in(client, support)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert Person.objects.get(pk=support.pk).check_password(NEW)
    assert "support@oppi.test changed the password" in [entry.title for entry in history.timeline(support)]


def test_a_password_that_another_person_sets_says_whose_it_is(administrator: Person, support: Person) -> None:
    with history.act_as(door="/admin/", person=administrator):
        people.set_password(person=support, password=NEW)
    entry = last(support)
    assert entry.title == "support@oppi.test has a new password"
    assert entry.who == administrator.email


def test_who_accepts_an_invitation_is_named(client: Client, acme: Merchant, owner: Person) -> None:
    with history.act_as(door="/operator/", person=owner):
        people.invite_person(merchant=acme, email="new@acme.test", role="viewer", by=owner)
    found = email_links.invitation_link(Invitation.objects.get(merchant=acme).pk)
    client.post(found.partition("testserver")[2], {"name": "Ada", "password": NEW, "again": NEW})
    assert Membership.objects.filter(merchant=acme, person__email="new@acme.test").exists()
    entry = last(acme)
    assert "new@acme.test accepted the invitation" in entry.title
    assert entry.who == "new@acme.test, by a link from an email"


def test_what_a_clock_does_is_nobodys_deed(support: Person, acme: Merchant) -> None:
    """A trial that has ended is written when somebody looks, who has done nothing."""
    with history.act_as(door="/admin/", person=support, address="203.0.113.9"), history.act_by_timetable():
        acme.name = "Acme"
        acme.save()
    entry = last(acme)
    assert (entry.who, entry.role, entry.address, entry.person_id) == ("The portal", "", "", None)
