"""Simulations against the running portal: real signed HTTP, and books that agree with the ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from portal.local.ports import free_port
from tests.plugins.live import Live
from wallet import statuses
from wallet.services.simulation.steps import Scenario

PLAY = """
import json
from merchants.models import AllowedDomain, AllowlistEntry, DisabledGame, Merchant, Person, Secret
from merchants.services import credentials
from tests import factories
from wallet.models import Simulation, SignedRequest
from wallet.services.simulation import simulations
acme = factories.merchant({code!r})
sandbox = factories.sandbox(acme)
factories.game()
DisabledGame.objects.create(merchant=sandbox, game=factories.game())
AllowedDomain.objects.create(merchant=sandbox, domain="acme.example")
{prepare}
person = factories.person({code!r} + "@acme.test")
factories.signer(sandbox, environment="test")
[key] = simulations.usable_keys(sandbox)
asked = simulations.request_simulation(
    sandbox=sandbox, by=person, key=key, rounds={rounds}, currency={currency!r}, with_refusals={with_refusals}
)
simulations.play_simulation(asked.pk)
simulations.play_simulation(asked.pk)  # the job comes twice
asked.refresh_from_db()
calls = list(asked.calls.order_by("number").values())
secrets = [credentials.reveal_secret(each) for each in Secret.objects.filter(key=key).select_related("key")]
print(json.dumps({{"state": asked.state, "reason": asked.stop_reason, "books": asked.books, "calls": calls,
    "secret_seen": any(secret in json.dumps(calls, default=str) for secret in secrets),
    "balance": {balance}}}, default=str))
"""
BALANCE = """sandbox.players.get(player_id="simulated-player").accounts.get(currency={currency!r}).balance"""


def play(
    live: Live,
    *,
    rounds: int = 11,
    currency: str = "EUR",
    with_refusals: bool = True,
    prepare: str = "",
    lost: str = "",
) -> dict[str, Any]:
    code = f"m-{uuid4().hex[:8]}"
    balance = lost or BALANCE.format(currency=currency)
    script = PLAY.format(
        code=code, rounds=rounds, currency=currency, with_refusals=with_refusals, prepare=prepare, balance=balance
    )
    done = live.manage("shell", "--no-imports", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def unexpected(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Answered calls that were answered otherwise than the run expects."""
    return [
        (call["purpose"], call["expected"], call["status"])
        for call in run["calls"]
        if call["http_status"] is not None and call["http_status"] < 500 and call["status"] != call["expected"]
    ]


@pytest.fixture(scope="module")
def run(live: Live) -> dict[str, Any]:
    """A round of each scenario, and all refused calls."""
    return play(live)


def test_a_run_plays_every_scenario_and_each_answer_is_as_expected(run: dict[str, Any]) -> None:
    assert (run["state"], run["reason"]) == ("done", "")
    assert {call["scenario"] for call in run["calls"]} == set(Scenario)
    assert unexpected(run) == []
    numbers = [call["number"] for call in run["calls"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_books_of_a_run_agree_with_the_ledger(run: dict[str, Any]) -> None:
    books = run["books"]
    assert books["expected"] == books["actual"] == run["balance"]
    assert books["sums"]["bet"] > 0
    assert books["sums"]["payout"] > 0
    assert books["numbers"]["bet_rolled_back"] >= 5  # one abandoned, one voided, three of a broken table


def test_refusals_of_every_kind_are_shown(run: dict[str, Any]) -> None:
    refused = {call["status"] for call in run["calls"] if call["scenario"] == Scenario.REFUSALS}
    wanted = {each.key for each in statuses.CallRefused.__subclasses__() if each.key not in {"RS_ERROR", OF_A_MERCHANT}}
    assert wanted - refused == set()


OF_A_MERCHANT = statuses.MerchantNotActive.key  # support suspends a sandbox, a run does not


def test_no_secret_and_no_whole_signature_is_stored(run: dict[str, Any]) -> None:
    assert not run["secret_seen"]
    signatures = [call["headers"]["x-signature"] for call in run["calls"] if "x-signature" in call["headers"]]
    assert signatures
    assert all(signature.endswith("… (64 characters)") for signature in signatures)


def test_each_call_stands_in_the_request_log(run: dict[str, Any]) -> None:
    assert all(call["request_id"] for call in run["calls"])


def test_a_currency_without_decimals(live: Live) -> None:
    run = play(live, rounds=3, currency="JPY", with_refusals=False)
    assert run["state"] == "done"
    assert unexpected(run) == []
    assert run["books"]["expected"] == run["books"]["actual"]
    assert all(call["scenario"] != Scenario.REFUSALS for call in run["calls"])


def test_a_run_from_an_address_that_is_not_on_the_allowlist_stops_at_its_first_call(live: Live) -> None:
    prepare = 'AllowlistEntry.objects.create(merchant=sandbox, network="192.0.2.0/28")'
    run = play(live, rounds=1, prepare=prepare, lost="None")
    assert (run["state"], run["reason"]) == ("stopped", "no_access")
    [call] = run["calls"]
    assert call["status"] == statuses.IpRestriction.key


def test_a_run_without_an_answer_stops(live: Live) -> None:
    nowhere = replace(live, environment=live.environment | {"SIMULATION_API_URL": f"http://127.0.0.1:{free_port()}"})
    run = play(nowhere, rounds=1, lost="None")
    assert (run["state"], run["reason"]) == ("stopped", "no_answer")
    assert {call["http_status"] for call in run["calls"]} == {None}
