"""The log of a merchant's calls: who sees which, what each filter shows, and what a page costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import Person
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.signing import Answer
from wallet.services import request_log

REQUESTS = "/operator/acme/requests/"


@pytest.fixture(autouse=True)
def _asked_nothing() -> None:
    cache.clear()


@pytest.fixture
def looking(client: Client, viewer: Person) -> Client:
    return signed_in(client, viewer)


def number(answer: Answer) -> str:
    return answer.headers["x-request-id"]


def shown(client: Client, **filters: str) -> list[str]:
    """The request ids of a page, in its order."""
    request_log.drain()
    response: Any = client.get(REQUESTS, filters, follow=True)
    assert response.status_code == 200
    return [str(line.request_id) for line in response.context["found"].lines]


def test_calls_are_listed_the_newest_first(looking: Client, caller: Caller) -> None:
    first, second = caller.bet(), caller.bet(900_000_000)
    listed = shown(looking)
    assert listed[:2] == [number(second), number(first)]
    page = said(looking.get(REQUESTS))
    assert "RS_ERROR_NOT_ENOUGH_MONEY" in page
    assert "9,000.00 EUR" in page
    assert f"/operator/acme/requests/{number(first)}/" in page


def test_refused_before_the_signature_was_right_is_the_merchants_too(
    looking: Client, caller: Caller, rival_caller: Caller
) -> None:
    unsigned, wrong = caller.call("/wallet/balance", {}, x_signature=""), caller.bet(x_signature="0" * 64)
    theirs = rival_caller.call("/wallet/balance", {}, x_signature="")
    listed = shown(looking)
    assert {number(unsigned), number(wrong)} <= set(listed)
    assert number(theirs) not in listed
    assert len(listed) == 4


# --- A call's page ----------------------------------------------------------------------------------------------------
def call_page(client: Client, answer: Answer) -> str:
    request_log.drain()
    response = client.get(f"{REQUESTS}{number(answer)}/")
    assert response.status_code == 200
    return said(response)


def test_a_refused_call_says_which_check_and_what_arrived(looking: Client, caller: Caller) -> None:
    page = call_page(looking, caller.bet(900_000_000))
    assert "Refused by check 18, “The balance suffices”: The balance is too low." in page
    assert "Made again now, it would be refused by check 18" in page
    assert "&quot;amount&quot;:900000000" in page
    assert "Kept until" in page
