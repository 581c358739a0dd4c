"""Signing in: a password, then a second factor, and a fresh one before what matters."""

from __future__ import annotations

from typing import Any

from django.test import Client

from merchants.models import Person
from tests.factories import PASSWORD
from tests.people import code_of, give_totp

SIGN_IN, SECOND = "/account/login/", "/account/second-factor/authenticate/"


def password(client: Client, person: Person, given: str = PASSWORD) -> Any:
    return client.post(f"{SIGN_IN}?next=/admin/", {"login": person.email, "password": given})


def code(client: Client, given: str) -> Any:
    return client.post(SECOND, {"code": given})


def test_a_password_alone_does_not_sign_in(client: Client, support: Person) -> None:
    secret = give_totp(support)
    assert password(client, support)["location"] == SECOND
    assert client.get("/admin/")["location"].startswith(SIGN_IN)

    assert code(client, code_of(secret))["location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
