"""Where a page leads back to is told by its address or form: whatever stands there, it never leads elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import Merchant, Person
from portal.lib import clock
from tests import factories
from tests.people import code_of, give_totp, signed_in
from tests.portal.test_account_doors import BY_TOKEN, ROUTES, filled

WAYS = [
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "https:evil.example",
    "https:///evil.example",
    r"\\evil.example",
    r"/\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "%2f%2fevil.example",
    "http://testserver:8443/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "/\n/evil.example",
    "\t//evil.example",
    "\x00//evil.example",
    "//[evil.example",
    "http://[",
]
NAMES = ("next", "return_to", "return", "back", "redirect", "url", "continue")
LINKS = re.compile(r"""(?:href|action|formaction|src)=["']([^"']*)["']""")
HOME = "http://testserver/"


def leads_out(address: str) -> bool:
    """As a browser reads it: without white space and controls, and a backslash is a slash."""
    read = re.sub(r"[\t\r\n]", "", address).strip("".join(map(chr, range(33)))).replace("\\", "/")
    if read.startswith(HOME):
        return False
    return read.startswith("//") or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", read) is not None


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    with clock.frozen_at(clock.now()):
        yield


def test_what_a_browser_takes_for_another_place() -> None:
    assert [way for way in WAYS if not leads_out(way)] == ["%2f%2fevil.example"], "a name within the folder"
    assert not leads_out("/operator/")
    assert not leads_out("?next=//evil.example")


@pytest.mark.parametrize("way", WAYS)
def test_no_step_of_signing_in_leads_out(owner: Person, acme: Merchant, way: str) -> None:
    client, secret, query = Client(), give_totp(owner), urlencode({"next": way})
    told = {"login": owner.email, "password": factories.PASSWORD, "next": way}
    answers = [client.get(f"/admin/login/?{query}"), client.post(f"/account/login/?{query}", told)]
    proof = {"code": code_of(secret), "next": way}
    answers.append(client.post(f"/account/second-factor/authenticate/?{query}", proof))
    with clock.frozen_at(clock.now() + timedelta(minutes=6)):
        answers.append(client.get(f"/operator/acme/people/invite/?{query}"))
        kept = {"email": "friend@acme.test", "role": "viewer", "next": way, "code": way}
        answers.append(client.post(f"/operator/acme/people/invite/?{query}", kept))
        again = {"code": code_of(secret, steps=1), "next": way}
        answers.append(client.post(f"/account/second-factor/reauthenticate/?{query}", again))
    answers.append(client.get(f"/operator/?{query}"))
    answers.append(client.post(f"/account/profile/?{query}", {"time_zone": owner.time_zone, "next": way}))
    answers.append(client.post(f"/account/logout/?{query}", {"next": way}))
    assert [answer["location"] for answer in answers if leads_out(answer.get("location", ""))] == []
    assert {answer.status_code for answer in answers} <= ({200, 302, 400} if "\0" in way else {200, 302})


@pytest.mark.parametrize("way", ["//evil.example", r"/\evil.example", "//[evil.example", "javascript:alert(1)"])
def test_no_address_of_an_account_leads_out(owner: Person, acme: Merchant, way: str) -> None:
    """Neither by what it answers nor by a link or form in it, whichever parameter is believed."""
    plain = factories.member(acme, "viewer")
    fields = dict.fromkeys(NAMES, way)
    for route in ROUTES:
        if route.startswith(BY_TOKEN):
            continue
        path = filled(route, {"<int:pk>": "1", "<int:session>": "1", **PATTERNS})
        for client in (Client(), logged_in(plain), stale(owner)):
            for answer in (client.get(path, fields), client.post(f"{path}?{urlencode(fields)}", fields)):
                assert answer.status_code < 500, (path, way)
                assert not leads_out(answer.get("location", "")), (path, answer["location"])
                assert way not in links_of(answer), path


PATTERNS = {
    "^(?P<provider_id>[^/]+)/login/": "none/login/",
    "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-none/",
}


def stale(person: Person) -> Client:
    return signed_in(Client(), person, proved_at=clock.now() - timedelta(minutes=6))


def logged_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def links_of(answer: Any) -> list[str]:
    if answer.streaming or not answer.get("content-type", "").startswith("text/html"):
        return []
    return [unescape(link) for link in LINKS.findall(answer.content.decode())]
