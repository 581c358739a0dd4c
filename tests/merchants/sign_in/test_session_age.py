"""A session ends by itself: hours after signing in, and after a while without its person. Kept by the server."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django.fixtures import Settings

from merchants.models import Merchant, Person, SignInRecord
from merchants.services import sign_in_records
from merchants.sign_in.session_age import BEGAN, POLL, SEEN
from portal.lib import clock
from tests import factories
from tests.pages import said
from tests.people import signed_in

Kind = SignInRecord.Kind
HOME, ADMIN = "/operator/acme/", "/admin/"
MINUTE, HOUR = 60, 3600


def aged(client: Client, **seconds: float) -> Client:
    """As if that long had passed since `began_at` and `seen_at`."""
    session = client.session
    for name, age in seconds.items():
        session[name] = time.time() - age
    session.save()
    return client


@pytest.mark.parametrize(
    ("who", "page", "age", "goes_on"),
    [
        ("support", ADMIN, {SEEN: 29 * MINUTE}, True),
        ("support", ADMIN, {SEEN: 30 * MINUTE}, False),
        ("owner", HOME, {SEEN: 31 * MINUTE}, True),
        ("owner", HOME, {SEEN: 120 * MINUTE}, False),
        ("support", ADMIN, {BEGAN: 11 * HOUR}, True),
        ("support", ADMIN, {BEGAN: 12 * HOUR}, False),
        ("owner", HOME, {BEGAN: 12 * HOUR}, False),
    ],
)
def test_a_session_ends(
    client: Client,
    request: pytest.FixtureRequest,
    acme: Merchant,
    who: str,
    page: str,
    age: dict[str, float],
    *,
    goes_on: bool,
) -> None:
    at_work = aged(signed_in(client, request.getfixturevalue(who)), **age)
    answer = at_work.get(page)
    assert answer.status_code == (200 if goes_on else 302)
    if not goes_on:
        words = "hours after you signed in" if BEGAN in age else "without activity"
        assert words in said(at_work.get(answer["location"], follow=True))
        assert at_work.get(page).status_code == 302, "no second request brings it back"


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(client: Client, owner: Person) -> None:
    at_work = aged(signed_in(client, owner), **{SEEN: 119 * MINUTE})
    before = at_work.session[SEEN]
    assert at_work.get(HOME, headers={POLL: "1"}).status_code == 200
    assert at_work.session[SEEN] == before
    assert at_work.get(HOME).status_code == 200
    assert at_work.session[SEEN] > before


def test_the_minutes_are_settings(client: Client, owner: Person, settings: Settings) -> None:
    settings.SESSION_IDLE_MINUTES = 5
    assert aged(signed_in(client, owner), **{SEEN: 5 * MINUTE}).get(HOME).status_code == 302


# --- Words that make no password --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("OppiGames2026!", False),
        ("acme-casino-2026", False),
        ("Merchant.Portal.1", False),
        ("johnson-johnson-1", False),
        ("bigcorp2026bigcorp", False),
        ("oppi correct horse battery", True),
        ("a long walk at midnight", True),
    ],
)
def test_a_password_is_more_than_our_words(acme: Merchant, password: str, *, good: bool) -> None:
    person = factories.member(acme, "owner", email="johnson@bigcorp.test")
    if good:
        validate_password(password, person)
        return
    with pytest.raises(ValidationError) as refused:
        validate_password(password, person)
    assert {fault.code for fault in refused.value.error_list} & {"password_of_own_words", "password_too_similar"}


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("quilt-river", "password_too_short"),
        ("quilt-rivers", ""),
        ("password1234", "password_too_common"),
        ("qwertyuiop123", "password_too_common"),
        ("quiltriversea", ""),  # small letters alone
        ("quilt rivers über 海", ""),
        ("quilt river " * 20, ""),
    ],
)
def test_a_password_is_long_and_not_common_and_of_any_characters(viewer: Person, password: str, fault: str) -> None:
    faults = set()
    try:
        validate_password(password, viewer)
    except ValidationError as refused:
        faults = {str(each.code) for each in refused.error_list}
    assert fault in faults or not (fault or faults)
    viewer.set_password(password)
    assert viewer.check_password(password)
    assert not viewer.check_password(password[:-1]), "every character counts"


# --- Pages that refuse ------------------------------------------------------------------------------------------------
def test_a_page_that_refuses_a_person_is_recorded_without_its_address(
    client: Client, acme: Merchant, rival: Merchant, viewer: Person, support: Person
) -> None:
    Client().get("/operator/rival/")
    at_work = signed_in(client, viewer)
    at_work.get("/operator/rival/")
    at_work.get("/operator/acme/keys/claim/a-token-that-nobody-sees/")
    at_work.get("/no/such/page/?token=secret")
    at_work.get(ADMIN)
    records = SignInRecord.objects.filter(kind="page_refused").order_by("pk")
    assert {record.person for record in records} == {viewer}
    assert [record.method for record in records] == [
        "404 operator:home rival",
        "403 operator:claim acme",
        "404 no such page",
        "403 admin:index",
    ]
    assert sign_in_records.REFUSED_PAGES == 20
    for _ in range(20):
        at_work.get("/operator/rival/")
    assert SignInRecord.objects.filter(kind="page_refused").count() == 20
    assert "Page refused" in said(signed_in(Client(), support).get(f"/admin/merchants/person/{viewer.pk}/change/"))


def test_a_lock_of_one_subscriber_is_noted_once(support: Person) -> None:
    for last in range(3):
        sign_in_records.add_record(Kind.LOCKED, email="x@oppi.test", address=f"2001:db8:1:2::{last}")
    sign_in_records.add_record(Kind.LOCKED, email="x@oppi.test", address="2001:db8:1:3::1")
    assert SignInRecord.objects.filter(kind="locked", at__lte=clock.now()).count() == 2
