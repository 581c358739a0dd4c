"""Every address of the administration, tried by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver

from merchants.models import Person
from tests.conftest import Caller
from tests.factories import PASSWORD
from wallet.services import request_log

REGISTERED = {f"/admin/{model._meta.app_label}/{model._meta.model_name}/": model for model in admin.site._registry}
ADDED_BY_STAFF = {"merchant", "apikey", "game", "person"}
SIGN_IN, FOUND, REFUSED, GONE_ON, WRONG_METHOD, UNKNOWN = "sign in", 200, 403, 302, 405, 404
# What staff get where it is not a page; the rest of the table is 200.
OF_STAFF = {
    "/admin/login/": GONE_ON,
    "/admin/logout/": WRONG_METHOD,
    "/admin/autocomplete/": REFUSED,  # only with a field that is completed
    "/admin/r/<path:content_type_id>/<path:object_id>/": UNKNOWN,  # nothing here has a page outside
}
LEADS_ON = ("<path:object_id>/", "/issue_key/", "/set_password/")


def addresses(routes: list[Any], prefix: str = "/admin/") -> Iterator[str]:
    for route in routes:
        if isinstance(route, URLResolver):
            yield from addresses(route.url_patterns, prefix + str(route.pattern))
        elif isinstance(route, URLPattern) and "?P<" not in str(route.pattern):
            yield prefix + str(route.pattern)


ADDRESSES = sorted(set(addresses(admin.site.urls[0])))


@pytest.fixture
def world(caller: Caller, owner: Person, support: Person) -> dict[str, str]:
    """One of everything: the address of each list, with the key of a row of it."""
    caller.bet()
    caller.balance(playerId="nobody")
    request_log.drain()
    return {prefix: str(model._default_manager.values_list("pk", flat=True)[0]) for prefix, model in REGISTERED.items()}


def filled(path: str, world: dict[str, str]) -> str:
    key = next((key for prefix, key in world.items() if path.startswith(prefix)), "1")
    about = str(ContentType.objects.get_for_model(Person).pk)
    for name, value in {"<path:object_id>": key, "<id>": key, "<path:content_type_id>": about}.items():
        path = path.replace(name, value)
    return path


def answers(client: Client, world: dict[str, str]) -> dict[str, int | str]:
    return {path: answer(client, filled(path, world)) for path in ADDRESSES if path != "/admin/logout/"}


def answer(client: Client, path: str) -> int | str:
    response = client.get(path)
    to_sign_in = response.status_code == 302 and response["location"].startswith("/admin/login/")
    return SIGN_IN if to_sign_in else response.status_code


def of_staff(path: str) -> int:
    if path.endswith("/add/"):
        return FOUND if REGISTERED[path.removesuffix("add/")]._meta.model_name in ADDED_BY_STAFF else REFUSED
    if path.endswith("/delete/"):
        return REFUSED  # money or a trace hangs on everything
    return OF_STAFF.get(path, GONE_ON if path.endswith(LEADS_ON) else FOUND)


def test_a_stranger_is_asked_to_sign_in(world: dict[str, str], client: Client) -> None:
    got = answers(client, world)
    assert got == {path: FOUND if path == "/admin/login/" else SIGN_IN for path in got}


def test_a_merchants_owner_gets_no_further(world: dict[str, str], client: Client, owner: Person) -> None:
    client.force_login(owner)
    got = answers(client, world)
    assert got == {path: FOUND if path == "/admin/login/" else SIGN_IN for path in got}


def test_staff_get_everywhere(world: dict[str, str], client: Client, support: Person) -> None:
    client.force_login(support)
    got = answers(client, world)
    assert got == {path: of_staff(path) for path in got}


def test_nothing_of_the_wallet_can_be_changed(world: dict[str, str], client: Client, support: Person) -> None:
    client.force_login(support)
    for prefix in (prefix for prefix in world if prefix.startswith("/admin/wallet/")):
        row = prefix + world[prefix]
        assert client.post(f"{row}/change/", {"amount": "1"}).status_code == REFUSED
        assert client.post(f"{row}/delete/", {"post": "yes"}).status_code == REFUSED
        assert client.post(f"{prefix}add/", {}).status_code == REFUSED


def test_the_menu_leads_to_every_list(client: Client, support: Person) -> None:
    client.force_login(support)
    page = client.get("/admin/").content.decode()
    assert [prefix for prefix in REGISTERED if f'href="{prefix}"' not in page] == []


def test_sign_in_by_email_and_password(client: Client, support: Person) -> None:
    response = client.post("/admin/login/?next=/admin/", {"username": support.email, "password": PASSWORD})
    assert response["location"] == "/admin/"
    assert client.get("/admin/").status_code == FOUND
