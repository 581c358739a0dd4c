"""A page that was left open does what it said when it was opened, or nothing: others have been at work meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import ApiKey, Approval, Merchant, Person, Secret
from merchants.services import approvals, keys, people
from tests import factories
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in

PEOPLE = "/operator/acme/people/"
CHANGED = "The key has changed since you opened this page"
DECIDED = "This request has already been decided"


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    cache.clear()
    return signed_in(client, owner)


@pytest.fixture
def key(caller: Caller, acme: Merchant) -> ApiKey:
    return ApiKey.objects.get(merchant=acme)


@pytest.fixture
def partner(acme: Merchant) -> Person:
    return factories.member(acme, "owner", email="partner@acme.test")


def page(key: ApiKey, verb: str) -> str:
    return f"/operator/acme/keys/{key.pk}/{verb}/"


def opened(client: Client, path: str) -> dict[str, Any]:
    """What the form of a page would send."""
    response: Any = client.get(path)
    assert response.status_code == 200
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


# --- The old version of a secret --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("verb", "wish"), [("end", {}), ("extend", {"until": "2030-01-01T00:00:00"}), ("quiet", {"hours": 1})]
)
def test_of_an_overlap_that_is_over_the_page_touches_no_later_one(
    at_work: Client, key: ApiKey, verb: str, wish: dict[str, Any]
) -> None:
    first = keys.rotate_secret(key=key)
    form = opened(at_work, page(key, verb))
    keys.end_overlap(secret=Secret.objects.get(key=key, version=1))
    keys.rotate_secret(key=key)
    before = Secret.objects.values_list("usable_until", "quiet_hours").get(pk=first.row.pk)
    refused = at_work.post(page(key, verb), form | wish)
    assert CHANGED in said(refused)
    assert Secret.objects.values_list("usable_until", "quiet_hours").get(pk=first.row.pk) == before


# --- What waits for a second person -----------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["approve", "decline"])
def test_who_looked_at_one_wish_decides_on_no_other(
    at_work: Client, key: ApiKey, partner: Person, acme: Merchant, verb: str
) -> None:
    acme.two_person = True
    acme.save()
    rotation = approvals.ask_to_rotate(key=key, by=partner, reason="Its year is over")
    form = opened(at_work, page(key, verb))
    approvals.decline_request(approval=rotation, by=partner)
    approvals.ask_to_revoke(key=key, by=partner, reason="Not needed any more")
    assert DECIDED in said(at_work.post(page(key, verb), form, follow=True))
    key.refresh_from_db()
    assert key.status == ApiKey.Status.ACTIVE
    assert Approval.objects.get(state=Approval.State.WAITING).verb == Approval.Verb.REVOKE


def test_who_approves_a_rotation_is_told_how_long_the_old_secret_works(
    at_work: Client, key: ApiKey, partner: Person, acme: Merchant
) -> None:
    acme.two_person = True
    acme.save()
    approvals.ask_to_rotate(key=key, by=partner, reason="Leaked?", overlap=keys.DEFAULT_OVERLAP * 0)
    assert "The old secret is refused immediately" in said(at_work.get(page(key, "approve")))


def test_a_wish_to_rotate_is_about_the_version_that_was_seen(at_work: Client, key: ApiKey, acme: Merchant) -> None:
    acme.two_person = True
    acme.save()
    form = opened(at_work, page(key, "rotate"))
    keys.revoke_secrets(key=key)  # the emergency, which waits for nobody
    assert CHANGED in said(at_work.post(page(key, "rotate"), form | {"reason": "Its year is over"}))
    assert not Approval.objects.exists()


# --- The second factor of everybody -----------------------------------------------------------------------------------
@pytest.mark.parametrize("before", [False, True])
def test_two_owners_who_want_the_same_do_not_undo_each_other(at_work: Client, acme: Merchant, before: bool) -> None:
    people.require_second_factor(merchant=acme, required=before)
    form = opened(at_work, f"{PEOPLE}second-factor/")
    people.require_second_factor(merchant=acme, required=not before)
    assert at_work.post(f"{PEOPLE}second-factor/", form).status_code == 302
    acme.refresh_from_db()
    assert acme.second_factor_required is not before


# --- People -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("verb", "wish"), [("role", {"role": "viewer"}), ("remove", {})])
def test_who_is_no_owner_any_more_changes_nobody(
    at_work: Client, acme: Merchant, owner: Person, partner: Person, verb: str, wish: dict[str, str]
) -> None:
    path = f"{PEOPLE}{partner.memberships.get(merchant=acme).pk}/{verb}/"
    form = opened(at_work, path)
    people.set_role(membership=owner.memberships.get(merchant=acme), role="manager")
    assert at_work.post(path, form | wish).status_code == 403
    assert partner.memberships.get(merchant=acme).role == "owner"


def test_who_leaves_is_led_to_the_merchants_that_are_left(
    at_work: Client, acme: Merchant, owner: Person, partner: Person
) -> None:
    path = f"{PEOPLE}{owner.memberships.get(merchant=acme).pk}/remove/"
    left = at_work.post(path, opened(at_work, path), follow=True)
    assert (left.status_code, left.redirect_chain) == (200, [("/operator/", 302)])
    assert "no longer belongs to Acme Casino" in said(left)


def test_an_address_is_as_long_as_it_can_be_kept(at_work: Client) -> None:
    form = opened(at_work, f"{PEOPLE}invite/")
    long = f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 30}.test"
    assert len(long) > 254
    assert "at most 254 characters" in said(at_work.post(f"{PEOPLE}invite/", form | {"email": long}))
