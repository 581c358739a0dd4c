"""What helps to find the right list: ask it, prove an address, take the addresses that called."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import AllowlistEntry, ApiKey, EgressProof, Merchant, Person
from merchants.services.allowlist import egress
from portal.lib import clock
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.wallet.admin.test_admin_lists import WHO
from tests.wallet.pages.test_operator_home import named, own
from tests.wallet.pages.test_operator_lists import OFFICE, PAGE, go_on, networks
from wallet.services.log import request_log


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    cache.clear()
    return signed_in(client, owner)


@pytest.fixture
def key(caller: Caller) -> ApiKey:
    return ApiKey.objects.get(auth_key=caller.signer.auth_key)


# --- Is this address allowed? -----------------------------------------------------------------------------------------
def test_it_answers_with_the_rule_that_decides(client: Client, viewer: Person, acme: Merchant, key: ApiKey) -> None:
    signed_in(client, viewer)
    assert "is empty, so it accepts every address" in asked(client, OFFICE)
    AllowlistEntry.objects.create(merchant=acme, network="198.51.100.0/24", note="<b>cloud</b>", owner=viewer)
    assert "198.51.100.7 is allowed" in asked(client, OFFICE)
    assert "(“&lt;b&gt;cloud&lt;/b&gt;”)" in asked(client, OFFICE)
    assert "added by viewer@acme.test" in asked(client, OFFICE)
    assert "203.0.113.9 is refused" in asked(client, "203.0.113.9")
    AllowlistEntry.objects.create(merchant=acme, key=key, network="203.0.113.9", expires_at=clock.now())
    assert "has expired" in asked(client, "203.0.113.9", key.pk)
    assert "198.51.100.7 is refused" in asked(client, OFFICE, key.pk)


@pytest.mark.parametrize("text", ["", "x", "198.51.100.7:443", "198.51.100.0/24", "<b>", "1.2.3.4.5"])
def test_what_is_no_address_is_told(at_work: Client, text: str) -> None:
    response = at_work.get(f"{PAGE}ask/", {"address": text})
    assert response.context["form"].errors
    assert "<b>" not in response.content.decode()


def asked(client: Client, address: str, key: int | str = "") -> str:
    return said(client.get(f"{PAGE}ask/", {"address": address, "key": key}))


# --- Prove your egress ------------------------------------------------------------------------------------------------
def begun(client: Client, key: ApiKey) -> tuple[str, EgressProof]:
    address = client.post(f"{PAGE}egress/", {"key": key.pk})["location"]
    return address, EgressProof.objects.get()


def test_a_signed_call_shows_its_address_which_is_proposed(
    at_work: Client, caller: Caller, key: ApiKey, acme: Merchant
) -> None:
    page, proof = begun(at_work, key)
    waiting = said(at_work.get(page))
    assert "curl -s" in waiting
    assert caller.signer.secret not in waiting
    assert at_work.get(f"{page}take/").status_code == 404
    meta = {"REMOTE_ADDR": OFFICE, "HTTP_X_FORWARDED_FOR": "8.8.8.8"}
    caller.call(egress.PATH, egress.proof_body(proof).encode(), meta=meta)
    request_log.drain_lines()
    shown = said(at_work.get(page))
    assert f"Your server uses the address {OFFICE}" in shown
    assert "8.8.8.8" not in shown
    proposal = at_work.get(f"{page}take/")
    [line] = proposal.context["difference"].added
    assert (line.text, line.note[:26]) == (OFFICE, "Proved by a signed request")
    go_on(at_work, proposal, confirmed_code="acme")
    assert networks(acme) == [f"{OFFICE}/32"]


def test_a_wrong_signature_is_told_and_proves_nothing(at_work: Client, caller: Caller, key: ApiKey) -> None:
    page, proof = begun(at_work, key)
    caller.call(egress.PATH, egress.proof_body(proof).encode(), x_signature="0" * 64)
    request_log.drain_lines()
    shown = said(at_work.get(page))
    assert "It had no valid signature of this key" in shown
    assert "data-waits" in shown
    with clock.frozen_at(proof.until):
        signed_in(at_work, Person.objects.get(email="owner@acme.test"))
        assert "No request arrived in time" in said(at_work.get(page))


def test_without_a_key_nothing_can_be_proved(at_work: Client) -> None:
    assert "None of your keys works" in said(at_work.get(f"{PAGE}egress/"))
    assert "None of your keys works" in said(at_work.post(f"{PAGE}egress/", follow=True))


# --- Suggest from traffic ---------------------------------------------------------------------------------------------
def test_the_addresses_that_called_become_a_proposal(at_work: Client, caller: Caller, acme: Merchant) -> None:
    caller.balance()
    caller.call("/wallet/balance", {"playerId": "player-1", "currency": "EUR"}, meta={"REMOTE_ADDR": OFFICE})
    request_log.drain_lines()
    suggestion = at_work.get(f"{PAGE}suggest/", {"days": "7", "most": ""})
    assert "2 entries for 4 requests" in said(suggestion)
    assert "from 2 addresses" in said(suggestion)
    fields = {name: suggestion.context[name] for name in ("draft", "token", "days")}
    proposal = at_work.post(suggestion.context["action"], fields)
    assert "would have been accepted" in said(proposal)
    go_on(at_work, proposal, on_trial="")
    assert networks(acme) == ["127.0.0.1/32", f"{OFFICE}/32"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"days": "7", "most": ""}, "nothing to suggest"),
        ({"days": "8"}, "Select a valid choice"),
        ({"days": "7", "most": "0"}, "greater than or equal to 1"),
        ({"days": "7", "most": "101"}, "less than or equal to 100"),
    ],
)
def test_a_suggestion_that_cannot_be_made_says_why(at_work: Client, fields: dict[str, str], reason: str) -> None:
    assert reason in said(at_work.get(f"{PAGE}suggest/", fields))


# --- Who only reads ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["viewer", "support"])
def test_who_only_reads_sees_all_and_is_offered_nothing_to_change(
    client: Client, request: pytest.FixtureRequest, who: str, caller: Caller, acme: Merchant
) -> None:
    request_log.drain_lines()
    signed_in(client, request.getfixturevalue(who))
    AllowlistEntry.objects.create(merchant=acme, network=OFFICE)
    for path in ("", "suggest/?days=7", "ask/"):
        shown = client.get(f"{PAGE}{path}").content.decode()
        for word in ("add/", "paste/", "entries/", "egress/", "domains/", 'name="draft"'):
            assert word not in shown
    assert OFFICE in client.get(PAGE).content.decode()


# --- What the page costs ----------------------------------------------------------------------------------------------
QUERIES = [
    *WHO,
    "merchants_membership",
    "merchants_allowlistentryevent",  # the version
    "merchants_listtrial",  # the newest
    "merchants_allowlistentry",  # of the merchant's list
    "merchants_allowlistentry",  # of all lists, for the keys
    "merchants_listtrial",
    "merchants_apikey",
    "merchants_secret",
    "merchants_alloweddomain",
    "merchants_membership",  # to switch to
]


def test_the_page_is_so_many_named_queries(at_work: Client, caller: Caller, acme: Merchant) -> None:
    for number in range(50):
        AllowlistEntry.objects.create(merchant=acme, network=f"8.8.8.{number}")
    at_work.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        at_work.get(PAGE)
    found = [each for query in captured if not (each := own(query["sql"])).startswith(("SAVEPOINT", "RELEASE"))]
    assert [named(each) for each in found] == QUERIES
