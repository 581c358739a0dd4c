"""A program that calls the management API with a token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import AccessToken, Merchant, Person
from merchants.services import access_tokens
from tests.people import give_totp

ROOT = "/api/management/v1/"


@dataclass
class Program:
    token: str
    row: AccessToken
    code: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Returns status and answer; `path` below the merchant, or from the root with a slash before it."""
        address = f"{ROOT}{path.removeprefix('/')}" if path.startswith("/") else f"{ROOT}merchants/{self.code}/{path}"
        sent = {"authorization": f"Bearer {self.token}"} | headers
        raw = b"" if body is None else json.dumps(body)
        response = Client().generic(method, address, raw, content_type="application/json", headers=sent)
        return response.status_code, json.loads(response.content or b"null")

    def get(self, path: str) -> Any:
        status, answer = self.send("GET", path)
        assert status == 200, answer
        return answer


@pytest.fixture(autouse=True)
def _no_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def program_of() -> Callable[..., Program]:
    def make(person: Person, merchant: Merchant | None, *scopes: str, code: str = "acme") -> Program:
        if not person.has_second_factor:
            give_totp(person)
        issued = access_tokens.create_token(
            person=person, merchant=merchant, name="Nightly job", scopes=scopes or AccessToken.Scope.values, days=30
        )
        return Program(issued.token, issued.row, merchant.code if merchant else code)

    return make


@pytest.fixture
def program(owner: Person, acme: Merchant, program_of: Callable[..., Program]) -> Program:
    """Of Acme's owner, with every scope."""
    return program_of(owner, acme)
