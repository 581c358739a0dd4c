"""What somebody who means harm, or is careless, tries. Each of these stood open once, or is easily opened again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from merchants import errors
from merchants.models import ApiKey, Letter, Merchant, Person, Secret
from merchants.services import keys
from portal.lib import clock
from tests.people import signed_in

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture
def desk(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def save(client: Client, page: str, **fields: str) -> str:
    """A form as the page gives it, with its tables empty."""
    tables = re.findall(r'name="([^"]+-(?:TOTAL|INITIAL)_FORMS)"', client.get(page).content.decode())
    return str(client.post(page, dict.fromkeys(tables, "0") | fields).content.decode())


# --- A key's end ------------------------------------------------------------------------------------------------------
def page_of(key: ApiKey) -> str:
    return f"/admin/merchants/apikey/{key.pk}/change/"


@pytest.mark.parametrize(
    ("days", "refused"), [(-1, errors.MomentPassed), (1, errors.EndTooNear), (29, errors.EndTooNear), (31, None)]
)
def test_a_near_end_is_no_way_round_the_second_person(
    desk: Client, acme: Merchant, days: int, refused: type[errors.Refusal] | None
) -> None:
    Merchant.objects.update(two_person=True)
    key = keys.issue(merchant=acme).key
    ends = (clock.now() + days * DAY).replace(microsecond=0)
    said = save(desk, page_of(key), label="cashier", expires_at=f"{ends:%Y-%m-%dT%H:%M:%S}")
    key.refresh_from_db()
    assert (key.expires_at, key.label) == ((None, "") if refused else (ends, "cashier"))
    if refused:
        words = str(errors.MomentPassed(ends)) if refused is errors.MomentPassed else "a near end is a revocation"
        assert escape(words) in said


def test_without_that_rule_a_key_may_end_tomorrow_and_its_contacts_are_told(desk: Client, owner: Person) -> None:
    key = keys.issue(merchant=Merchant.objects.get()).key
    keys.rotate(key=key, overlap=7 * DAY)
    ends = (clock.now() + DAY).replace(microsecond=0)
    save(desk, page_of(key), expires_at=f"{ends:%Y-%m-%dT%H:%M:%S}")
    key.refresh_from_db()
    assert key.expires_at == ends
    assert Secret.objects.get(version=1).usable_until == ends
    assert Letter.objects.filter(context__what=f"now ends at {errors.spoken(ends)}", to=owner.email).exists()


def test_a_key_that_has_ended_does_not_come_back(desk: Client, acme: Merchant) -> None:
    key = keys.issue(merchant=acme, expires_at=clock.now() + timedelta(hours=1)).key
    ended = key.expires_at
    with clock.at(clock.now() + timedelta(hours=2)):
        signed_in(desk, Person.objects.get(staff_role="support"))
        assert "This key ended at" in save(desk, page_of(key), expires_at="")
        key.refresh_from_db()
        assert key.expires_at == ended


def test_a_label_can_be_changed_whatever_the_end_is(desk: Client, acme: Merchant) -> None:
    Merchant.objects.update(two_person=True)
    ends = clock.now().replace(microsecond=123456) + timedelta(hours=1)
    key = keys.issue(merchant=acme, expires_at=ends).key
    save(desk, page_of(key), label="cashier", expires_at=f"{ends:%Y-%m-%dT%H:%M:%S}")
    key.refresh_from_db()
    assert (key.label, key.expires_at) == ("cashier", ends)
