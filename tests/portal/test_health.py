"""What load balancers and people are told, and how long they wait for it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import health
from portal.health import Probe
from tests.wallet.conftest import until


def test_who_asks_while_a_question_hangs_is_told_no_and_asks_nothing_more() -> None:
    asked, released = list[int](), threading.Event()

    def hang() -> None:
        asked.append(1)
        released.wait()

    probe = Probe(hang)
    try:
        assert [probe.holds() for _ in range(20)] == [False] * 20
        assert len(asked) == 1
    finally:
        released.set()
    until(probe.holds)


def test_a_fault_is_a_no_and_is_asked_again() -> None:
    faults = [OSError("away"), ValueError("strange")]

    def ask() -> None:
        if faults:
            raise faults.pop()

    probe = Probe(ask)
    until(probe.holds)
    assert not faults


def test_it_is_not_ready_without_what_every_call_needs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise health.NoWrites

    monkeypatch.setitem(health.READY, "database", Probe(refuse))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": False})
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_the_database_is_asked_whether_it_would_take_a_bet() -> None:
    health.ask_database()


def test_probes_are_answered_before_hosts_and_redirects_are_looked_at(client: Client, settings: object) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = [], True  # type: ignore[attr-defined]
    assert client.get("/livez", headers={"host": "10.0.0.1"}).status_code == 200


def test_who_asks_what_is_late_again_and_again_costs_one_look(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health.LateFacts, "KEPT_SECONDS", 600.0)
    monkeypatch.setattr(health, "LATE", health.LateFacts())
    with CaptureQueriesContext(connection) as queries:
        assert {client.get("/healthz/reconciliation").status_code for _ in range(5)} == {200}
    assert len([each for each in queries if "statement_timeout" in each["sql"]]) == 1
