"""Who may start a simulation, how often, with which key; and how long it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from merchants.models import ApiKey, Merchant, Person
from merchants.services import history, keys
from portal.lib import clock
from tests import factories
from wallet.models import SimulatedCall, Simulation
from wallet.services.simulation import simulations
from wallet.services.simulation.simulations import (
    KeyUnfit,
    NotInASandbox,
    RunOutOfRange,
    SandboxNotActive,
    SimulationRunning,
    TooManyRuns,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(acme: Merchant) -> Merchant:
    factories.signer(acme, environment="test")
    return factories.sandbox(acme)


@pytest.fixture
def person() -> Person:
    return factories.person("integrator@acme.test")


def ask(sandbox: Merchant, by: Person, **other: Any) -> Simulation:
    wish: dict[str, Any] = {"rounds": 3, "currency": "EUR", "with_refusals": True}
    key = other.pop("key", None) or simulations.usable_keys(sandbox)[0]
    return simulations.request_simulation(sandbox=sandbox, by=by, key=key, **wish | other)


def test_only_in_a_sandbox(acme: Merchant, sandbox: Merchant, person: Person) -> None:
    live_key = keys.issue_key(merchant=acme).key
    assert simulations.usable_keys(acme) == []
    with pytest.raises(NotInASandbox):
        ask(acme, person, key=live_key)
    with pytest.raises(KeyUnfit):
        ask(sandbox, person, key=live_key)


def test_the_database_holds_it_too(acme: Merchant, sandbox: Merchant) -> None:
    live_key = keys.issue_key(merchant=acme).key
    test_key = simulations.usable_keys(sandbox)[0]
    for merchant, key in ((acme, live_key), (acme, test_key), (sandbox, live_key)):
        with pytest.raises(IntegrityError, match="belongs to a sandbox"), transaction.atomic():
            Simulation.objects.create(merchant=merchant, key=key, rounds=1, currency="EUR", alive_at=clock.now())


@pytest.mark.parametrize("wish", [{"rounds": 0}, {"rounds": 51}, {"currency": "XXX"}])
def test_bounds_of_a_run(sandbox: Merchant, person: Person, wish: dict[str, Any]) -> None:
    with pytest.raises(RunOutOfRange):
        ask(sandbox, person, **wish)


def test_a_sandbox_that_is_suspended(sandbox: Merchant, person: Person) -> None:
    Merchant.objects.filter(pk=sandbox.pk).update(status="suspended")
    with pytest.raises(SandboxNotActive):
        ask(sandbox, person)


def test_a_key_that_cannot_sign_is_not_offered(sandbox: Merchant, person: Person) -> None:
    [key] = simulations.usable_keys(sandbox)
    keys.revoke_key(key=key)
    assert simulations.usable_keys(sandbox) == []
    with pytest.raises(KeyUnfit):
        ask(sandbox, person, key=ApiKey.objects.get(pk=key.pk))


def test_one_at_a_time(sandbox: Merchant, person: Person) -> None:
    first = ask(sandbox, person)
    with pytest.raises(SimulationRunning):
        ask(sandbox, person)
    with clock.frozen_at(clock.now() + timedelta(minutes=16)):  # its job never came
        assert first.is_broken_off(at=clock.now())
        ask(sandbox, person)


def test_so_many_of_a_person_in_an_hour(sandbox: Merchant, person: Person, settings: Any) -> None:
    settings.SIMULATIONS_AN_HOUR = 2
    for _ in range(2):
        asked = ask(sandbox, person)
        Simulation.objects.filter(pk=asked.pk).update(state="done")
    with pytest.raises(TooManyRuns):
        ask(sandbox, person)
    ask(sandbox, factories.person("colleague@acme.test"))
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        ask(sandbox, person)


def test_the_history_says_who_started_it(sandbox: Merchant, person: Person) -> None:
    with history.act_as(door="page", person=person):
        ask(sandbox, person)
    first = history.timeline(sandbox)[0]
    assert first.title == "Simulation started: 3 rounds in EUR"


def test_old_simulations_are_deleted_with_their_calls(sandbox: Merchant, person: Person) -> None:
    asked = ask(sandbox, person)
    SimulatedCall.objects.create(
        simulation=asked, merchant=sandbox, number=1, round=0, method="GET", target="/game/list", headers={},
        expected="RS_OK", sent_at=clock.now(),
    )  # fmt: skip
    assert simulations.purge_simulations() == 0
    with clock.frozen_at(clock.now() + timedelta(days=settings.SIMULATION_DAYS, minutes=1)):
        assert simulations.purge_simulations() == 1
    assert not Simulation.objects.exists()
    assert not SimulatedCall.objects.exists()


def test_the_application_changes_no_wish_of_a_run(sandbox: Merchant, person: Person) -> None:
    asked = ask(sandbox, person)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_simulation SET rounds = 50 WHERE id = %s", [asked.pk])
