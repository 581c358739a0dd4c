"""Every address that is neither the administration's nor the operators' × everybody who may knock.

An address that has no row fails the test, and so does one that answers another person otherwise than its row says.
The administration stands in test_doors.py, the operators' pages in tests/merchants/pages/test_operator_doors.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from merchants.models import Person
from portal.lib import clock
from tests import factories
from tests.factories import person
from tests.people import code_of, give_totp, signed_in

CAST = ("stranger", "operator", "with factor", "stale factor", "staff without factor", "staff")
SIGN_IN, FACTOR, PASSWORD, SET_UP, REFUSED, NOTHING, METHOD, ALLOWED = (
    "sign-in", "second factor", "password", "set-up", "refused", "nothing", "method", "allowed",
)  # fmt: skip
OPEN = (ALLOWED,) * len(CAST)
OWN = (SIGN_IN, *OPEN[1:])
# Changes of one's own second factors: after a fresh one, or a fresh password as long as there is none.
CHANGE = (SIGN_IN, PASSWORD, ALLOWED, FACTOR, PASSWORD, ALLOWED)
ANOTHERS = (SIGN_IN, PASSWORD, NOTHING, FACTOR, PASSWORD, NOTHING)  # of another person
NONE_YET = (SIGN_IN, *(NOTHING,) * 5)  # nobody of the cast has recovery codes
ROWS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "healthz", "reconciliation_health", "schema", "docs", "account_login", "account_inactive",
            "account_set_password", "account_reset_password", "account_reset_password_done",
            "account_reset_password_from_key", "account_reset_password_from_key_done", "developers", "postman",
            "management_schema", "management_docs",
        ),
        OPEN,
    ),
    **dict.fromkeys(
        (
            "start", "account_logout", "profile", "mfa_index", "mfa_authenticate", "mfa_list_webauthn",
            "mfa_login_webauthn", "usersessions_list",
        ),
        OWN,
    ),
    "account_change_password": (SIGN_IN, ALLOWED, ALLOWED, FACTOR, ALLOWED, ALLOWED),  # it asks for the old one
    "account_reauthenticate": (SIGN_IN, ALLOWED, FACTOR, FACTOR, ALLOWED, FACTOR),
    "mfa_reauthenticate": (SIGN_IN, PASSWORD, ALLOWED, ALLOWED, PASSWORD, ALLOWED),
    "mfa_reauthenticate_webauthn": (SIGN_IN, PASSWORD, FACTOR, FACTOR, PASSWORD, FACTOR),  # nobody has a passkey
    **dict.fromkeys(("mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"), CHANGE),
    "mfa_deactivate_totp": (SIGN_IN, NOTHING, ALLOWED, FACTOR, NOTHING, ALLOWED),
    **dict.fromkeys(("mfa_view_recovery_codes", "mfa_download_recovery_codes"), NONE_YET),
    **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn"), ANOTHERS),
    # Company sign-in is off.
    "socialaccount_login_cancelled": (REFUSED,) * len(CAST),
    **dict.fromkeys(("company_sign_in", "openid_connect_login", "openid_connect_callback"), (NOTHING,) * len(CAST)),
    "end_session": (METHOD,) * len(CAST),
}  # fmt: skip
ELSEWHERE = ("admin/", "operator/")
BY_TOKEN = "api/management/v1/"  # no session opens it


def routes(found: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in found:
        if isinstance(route, URLResolver):
            yield from routes(route.url_patterns, prefix + str(route.pattern))
        elif isinstance(route, URLPattern):
            yield prefix + str(route.pattern), str(route.name)


EVERY = dict(routes(get_resolver().url_patterns))
ROUTES = {route: name for route, name in EVERY.items() if not route.startswith((*ELSEWHERE, BY_TOKEN))}


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    with clock.frozen_at(clock.now()):
        yield


@pytest.fixture
def cast(owner: Person, viewer: Person, support: Person) -> dict[str, Client]:
    """Each in a session of its own."""
    plain, bare = Client(), Client()
    plain.force_login(viewer)
    bare.force_login(person("bare@oppi.test", staff_role="administrator"))
    second = person("stale@acme.test")
    clients = [
        Client(), plain, signed_in(Client(), owner),
        signed_in(Client(), second, proved_at=clock.now() - timedelta(seconds=301)), bare, signed_in(Client(), support),
    ]  # fmt: skip
    return dict(zip(CAST, clients, strict=True))


@pytest.fixture
def anothers(db: None) -> dict[str, str]:
    """What an address names, of a person who is none of the cast."""
    other = person("other@rival.test")
    give_totp(other)
    session = UserSession.objects.create(user=other, ip="127.0.0.1", session_key="theirs", user_agent="", data={})
    passkey = Authenticator.objects.create(user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "theirs"})
    return {
        "<int:pk>": str(passkey.pk),
        "<int:session>": str(session.pk),
        "^(?P<provider_id>[^/]+)/login/": "none/login/",
        "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-none/",
    }


def word(response: Any) -> str:
    ways = {
        "/account/login/": SIGN_IN,
        "/account/second-factor/reauthenticate/": FACTOR,
        "/account/reauthenticate/": PASSWORD,
    }
    location = response.get("location", "")
    if (way := next((ways[start] for start in ways if location.startswith(start)), None)) is not None:
        return way
    if location == "/account/second-factor/":
        return SET_UP
    return {403: REFUSED, 404: NOTHING, 405: METHOD}.get(response.status_code, ALLOWED)


def filled(route: str, anothers: dict[str, str]) -> str:
    for name, value in anothers.items():
        route = route.replace(name, value)
    return f"/{route}"


def asked(client: Client, method: str, path: str) -> str:
    """What becomes of one request, which leaves nothing behind."""
    with transaction.atomic():
        found = word(getattr(client, method)(path))
        transaction.set_rollback(True)
    return found


def test_every_address_has_a_row() -> None:
    assert sorted(ROUTES.values()) == sorted(ROWS)


def test_everybody_at_every_door(cast: dict[str, Client], anothers: dict[str, str]) -> None:
    wrong = {}
    for route, name in ROUTES.items():
        got = tuple(asked(client, "get", filled(route, anothers)) for client in cast.values())
        if got != ROWS[name]:
            wrong[name] = dict(zip(CAST, zip(got, ROWS[name], strict=True), strict=True))
    assert wrong == {}


def test_no_form_gets_further_than_its_page(cast: dict[str, Client], anothers: dict[str, str]) -> None:
    further = {}
    for route, name in ROUTES.items():
        for who in ("stranger", "operator", "stale factor", "staff without factor"):
            got = asked(cast[who], "post", filled(route, anothers))
            if got == ALLOWED and ROWS[name][CAST.index(who)] != ALLOWED:
                further[name] = who
    assert further == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_session_opens_the_management_api(cast: dict[str, Client], method: str) -> None:
    names = {"<slug:merchant>": "acme", "<slug:auth_key>": "key", "<int:number>": "1", "<str:day>": "2026-01-31"}
    doors = [filled(route, names) for route in EVERY if route.startswith(BY_TOKEN)]
    assert len(doors) > 10
    answers = {getattr(client, method)(door).status_code for client in cast.values() for door in doors}
    assert answers == {401}


def test_a_session_of_another_person_cannot_be_ended(cast: dict[str, Client], anothers: dict[str, str]) -> None:
    assert word(cast["staff"].post(f"/account/sessions/{anothers['<int:session>']}/end/")) == NOTHING
    assert UserSession.objects.filter(pk=anothers["<int:session>"]).exists()


def test_a_known_password_alone_changes_no_password(cast: dict[str, Client]) -> None:
    """Of a person with a second factor: an open browser and a phished password are not enough to lock its owner out."""
    new = "violet-harbour-lantern"
    fields = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    stale = Person.objects.get(email="stale@acme.test")
    assert word(cast["stale factor"].post("/account/password/change/", fields)) == FACTOR
    stale.refresh_from_db()
    assert stale.check_password(factories.PASSWORD)


OUTSIDE = ["https://evil.example/", "//evil.example/", r"/\evil.example", "///evil.example", "javascript:alert(1)"]


@pytest.mark.parametrize("way", OUTSIDE)
def test_no_page_of_signing_in_leads_out(owner: Person, way: str) -> None:
    client, secret = Client(), give_totp(owner)
    told = {"login": owner.email, "password": factories.PASSWORD, "next": way}
    answers = [client.post(f"/account/login/?{urlencode({'next': way})}", told)]
    answers.append(client.post("/account/second-factor/authenticate/", {"code": code_of(secret), "next": way}))
    again = {"code": code_of(secret, steps=1), "next": way}
    answers.append(client.post(f"/account/second-factor/reauthenticate/?{urlencode({'next': way})}", again))
    answers.append(client.post(f"/account/logout/?{urlencode({'next': way})}", {"next": way}))
    assert [answer.status_code for answer in answers] == [302] * len(answers)
    assert [answer["location"] for answer in answers if not re.match("/[a-z]*", answer["location"])] == []
    assert not [answer["location"] for answer in answers if "evil.example" in urlsplit(answer["location"]).netloc]


def test_no_door_sends_back_what_it_was_sent(cast: dict[str, Client], anothers: dict[str, str]) -> None:
    """TRACE is answered as any other method, if at all: a header, a cookie for instance, is never echoed."""
    echoed = [
        (name, who)
        for route, name in ROUTES.items()
        for who in ("stranger", "staff")
        if b"marked-header" in cast[who].trace(filled(route, anothers), headers={"x-marker": "marked-header"}).content
    ]
    assert echoed == []
