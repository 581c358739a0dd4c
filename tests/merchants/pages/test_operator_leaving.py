"""A person leaves a merchant; owners and the person are mailed of it, of removals and of new roles."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from merchants import errors
from merchants.models import Membership, Merchant, OutgoingEmail, Person
from merchants.services import history, people
from tests import factories
from tests.pages import said, send
from tests.people import signed_in

LEAVE = "/operator/acme/people/leave/"


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture
def manager(acme: Merchant) -> Person:
    return factories.member(acme, "manager", email="manager@acme.test")


def mailed() -> set[tuple[str, str]]:
    return {(each.to, each.context["what"]) for each in OutgoingEmail.objects.filter(template="merchant_changed")}


def test_a_member_leaves_and_the_owners_are_mailed(client: Client, owner: Person, manager: Person) -> None:
    signed_in(client, manager)
    assert f'href="{LEAVE}"' in said(client.get("/operator/acme/people/"))
    assert send(client, LEAVE)["location"] == "/operator/"
    assert not Membership.objects.filter(person=manager).exists()
    assert client.get("/operator/acme/").status_code == 404
    what = "manager@acme.test, manager, left the merchant"
    assert mailed() == {(owner.email, what), (manager.email, what)}


def test_the_last_owner_cannot_leave(client: Client, owner: Person, acme: Merchant) -> None:
    signed_in(client, owner)
    assert "A merchant needs at least one owner." in said(send(client, LEAVE))
    assert Membership.objects.filter(person=owner).exists()
    factories.member(acme, "owner", email="second@acme.test")
    assert send(client, LEAVE).status_code == 302


def test_nobody_leaves_twice(acme: Merchant, manager: Person, owner: Person) -> None:
    people.leave_merchant(merchant=acme, person=manager)
    with pytest.raises(errors.MemberGone):
        people.leave_merchant(merchant=acme, person=manager)


def test_promotion_and_removal_are_mailed_to_owners_and_the_person(
    acme: Merchant, owner: Person, manager: Person
) -> None:
    membership = Membership.objects.get(person=manager)
    with history.act_as(door="page", person=owner):
        people.set_role(membership=membership, role="manager")
        assert mailed() == set()
        people.set_role(membership=membership, role="viewer")
        people.remove_member(membership=membership)
    told = [
        "manager@acme.test is now viewer instead of manager",
        "manager@acme.test, viewer, was removed from the merchant",
    ]
    assert mailed() == {(to, what) for what in told for to in (owner.email, manager.email)}


def test_what_our_staff_do_is_mailed_by_their_own_job(
    acme: Merchant, owner: Person, manager: Person, support: Person
) -> None:
    with history.act_as(door="admin", person=support):
        people.set_role(membership=Membership.objects.get(person=manager), role="viewer")
    assert mailed() == set()


def test_the_switch_between_merchants_stays_on_the_page(client: Client, viewer: Person, rival: Merchant) -> None:
    Membership.objects.create(merchant=rival, person=viewer, role="viewer")
    signed_in(client, viewer)
    assert 'href="/operator/rival/rounds/"' in said(client.get("/operator/acme/rounds/"))
    assert 'href="/operator/rival/people/"' in said(client.get("/operator/acme/people/"))
