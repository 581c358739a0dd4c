"""The pages of simulations: who may start one and where, and how a run is shown."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import Merchant, Person
from portal.lib import clock
from tests import factories
from tests.pages import said, send
from tests.people import signed_in
from wallet.models import SimulatedCall, Simulation
from wallet.services.simulation import simulations

HERE = "/operator/acme-sandbox/simulations/"
DESK = "/admin/operations/acme-sandbox/simulations/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sandbox(acme: Merchant) -> Merchant:
    cache.clear()
    factories.signer(acme, environment="test", label="Staging")
    return factories.sandbox(acme)


def wish(sandbox: Merchant, **other: Any) -> dict[str, Any]:
    key = simulations.usable_keys(sandbox)[0]
    return {"rounds": "3", "currency": "JPY", "with_refusals": "on", "key": str(key.pk)} | other


@pytest.mark.parametrize("role", ["manager", "owner"])
def test_managers_and_owners_start_a_simulation(client: Client, acme: Merchant, sandbox: Merchant, role: str) -> None:
    signed_in(client, factories.member(acme, role, email="integrator@acme.test"))
    assert f'href="{HERE}new/"' in client.get(HERE).content.decode()
    answer = send(client, f"{HERE}new/", **wish(sandbox))
    assert answer["location"] == HERE
    run = Simulation.objects.get()
    assert (run.merchant, run.rounds, run.currency, run.with_refusals) == (sandbox, 3, "JPY", True)
    page = said(client.get(HERE))
    assert "The simulation has started." in page
    assert "3 rounds in JPY" in page
    again = said(send(client, f"{HERE}new/", **wish(sandbox)))
    assert "A simulation is already running in this sandbox." in again


def test_a_viewer_reads(client: Client, acme: Merchant) -> None:
    signed_in(client, factories.member(acme, "viewer", email="viewer2@acme.test"))
    assert "Start simulation" not in said(client.get(HERE))
    assert client.get(f"{HERE}new/").status_code == 403


def test_our_staff_start_one_at_their_desk_only(client: Client, sandbox: Merchant, support: Person) -> None:
    signed_in(client, support)
    assert client.get(f"{HERE}new/").status_code == 403
    answer = send(client, f"{DESK}new/", **wish(sandbox))
    assert answer["location"] == DESK
    assert Simulation.objects.get().by == support


def test_a_live_merchant_has_no_simulation(client: Client, owner: Person) -> None:
    signed_in(client, owner)
    page = said(client.get("/operator/acme/simulations/"))
    assert "Simulations run in the sandbox only." in page
    assert 'href="/operator/acme-sandbox/simulations/">Open simulations of the sandbox</a>' in page
    assert "Start simulation" not in page
    assert "Simulations" not in said(client.get("/operator/acme/"))
    assert "Simulations" in said(client.get("/operator/acme-sandbox/"))


@pytest.mark.parametrize("other", [{"rounds": "51"}, {"rounds": "0"}, {"currency": "XXX"}, {"key": "1"}])
def test_a_wish_out_of_bounds_is_refused_by_the_form(
    client: Client, owner: Person, sandbox: Merchant, other: dict[str, str]
) -> None:
    signed_in(client, owner)
    assert send(client, f"{HERE}new/", **wish(sandbox, **other)).status_code == 200
    assert not Simulation.objects.exists()


def test_a_sandbox_without_a_key_says_so(client: Client, owner: Person, sandbox: Merchant) -> None:
    sandbox.keys.update(status="revoked")
    signed_in(client, owner)
    assert "Issue a test key first." in said(client.get(HERE))
    assert client.get(f"{HERE}new/")["location"] == HERE


def a_call(run: Simulation, number: int, **other: Any) -> SimulatedCall:
    values: dict[str, Any] = {
        "round": 1, "scenario": "plain_round", "purpose": "bet", "method": "POST", "target": "/wallet/transaction/bet",
        "headers": {"x-signature": "abcdef01… (64 characters)"}, "body": '{"amount":100000}', "expected": "RS_OK",
        "http_status": 200, "status": "RS_OK", "answer": '{"status":"RS_OK","balance":1}', "request_id": uuid4(),
        "sent_at": clock.now(),
    }  # fmt: skip
    return SimulatedCall.objects.create(simulation=run, merchant=run.merchant, number=number, **values | other)


def a_run(sandbox: Merchant, **other: Any) -> Simulation:
    key = simulations.usable_keys(sandbox)[0]
    values: dict[str, Any] = {"rounds": 1, "currency": "JPY", "state": "done", "alive_at": clock.now()}
    return Simulation.objects.create(merchant=sandbox, key=key, **values | other)


def test_a_run_shows_each_call_and_the_books(client: Client, owner: Person, sandbox: Merchant) -> None:
    books = {
        "opening": 0, "expected": 1_000_000, "actual": 1_000_000, "sums": {"deposit": 1_500_000, "bet": 500_000},
        "numbers": {"deposit": 1, "bet": 2},
    }  # fmt: skip
    run = a_run(sandbox, books=books)
    call = a_call(run, 1)
    a_call(run, 2, status="RS_ERROR", answer='{"status":"RS_ERROR","message":"Nothing <b> moved."}')
    signed_in(client, owner)
    response = client.get(f"{HERE}{run.pk}/")
    page = said(response)
    assert "1 answer is not the expected one." in page
    assert "Round 1 · Bet and payout" in page
    assert "Place a bet. The stake leaves the balance." in page
    assert "abcdef01… (64 characters)" in page
    assert "Nothing &lt;b&gt; moved." in response.content.decode()
    assert "Expected: RS_OK" in page
    shown = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert "Deposits 1 JPY 15" in shown
    assert "Expected balance JPY 10 Actual balance JPY 10 Difference none" in shown
    assert f"/operator/acme-sandbox/requests/{call.request_id}/" in response.content.decode()


def test_a_run_that_stopped_says_why(client: Client, owner: Person, sandbox: Merchant) -> None:
    run = a_run(sandbox, state="stopped", stop_reason="no_access")
    a_call(run, 1, status="RS_ERROR_IP_RESTRICTION", scenario="start", round=0, purpose="check_access")
    signed_in(client, owner)
    page = said(client.get(f"{HERE}{run.pk}/"))
    assert "The first request was refused." in page
    assert "Open allowlist" in page


def test_a_run_of_another_merchant_is_not_there(client: Client, sandbox: Merchant, rival: Merchant) -> None:
    run = a_run(sandbox)
    factories.signer(rival, environment="test")
    signed_in(client, factories.member(rival, "owner", email="owner@rival.test"))
    assert client.get(f"/operator/rival-sandbox/simulations/{run.pk}/").status_code == 404
    assert client.get(f"{HERE}{run.pk}/").status_code == 404
