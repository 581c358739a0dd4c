"""Who acts for a merchant with a live key needs a second factor, from a date that the page counts down to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from merchants.models import Membership, Merchant, Person
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.pages import said
from tests.people import signed_in

HOME = "/operator/acme/"
COUNTDOWN = "Set up a second factor before"


def with_password(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_two_weeks_after_the_first_live_key_a_password_alone_opens_nothing(acme: Merchant, role: str) -> None:
    client = with_password(factories.member(acme, role, email=f"{role}@acme.test"))
    assert COUNTDOWN not in said(client.get(HOME))
    key = keys.issue_key(merchant=acme).key
    page = said(client.get(HOME))
    assert COUNTDOWN in page
    assert "(in 1 week, 6 days)" in page.replace(chr(160), " ")
    with clock.frozen_at(key.created_at + keys.SECOND_FACTOR_GRACE + timedelta(minutes=1)):
        assert client.get(HOME)["location"] == "/account/second-factor/"


def test_a_second_key_moves_no_date(acme: Merchant) -> None:
    keys.issue_key(merchant=acme)
    acme.refresh_from_db()
    first = acme.second_factor_from
    with clock.frozen_at(clock.now() + timedelta(days=3)):
        keys.issue_key(merchant=acme)
    acme.refresh_from_db()
    assert acme.second_factor_from == first


def test_viewers_and_merchants_with_test_keys_only_are_not_asked(acme: Merchant, owner: Person, viewer: Person) -> None:
    factories.sandbox(acme)
    keys.issue_key(merchant=acme, environment="test")
    later = clock.now() + timedelta(days=400)
    with clock.frozen_at(later):
        assert with_password(owner).get(HOME).status_code == 200
    keys.issue_key(merchant=acme)
    with clock.frozen_at(later):
        assert with_password(viewer).get(HOME).status_code == 200


def test_who_has_one_sees_no_countdown(client: Client, acme: Merchant, owner: Person) -> None:
    keys.issue_key(merchant=acme)
    assert COUNTDOWN not in said(signed_in(client, owner).get(HOME))
    assert Membership.objects.get().role == "owner"
