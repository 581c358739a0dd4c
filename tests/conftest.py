"""The cast, and what its members can do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import pytest
from django.db import connections
from django.test import Client

from merchants.models import Game, Merchant, Person
from merchants.services import credentials, job_queue
from portal import health
from tests import factories
from tests.plugins.database_role import application_from_now_on
from tests.plugins.databases import migrated
from tests.signing import Answer, Body, Signer, encoded, new_id
from wallet.services.calls import refusal_limit
from wallet.services.log import request_log

if "CI" not in os.environ:  # there it has a profile of its own, which is as patient
    hypothesis.settings.register_profile("here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    hypothesis.settings.load_profile("here")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Django copies what `TEMPLATE` names, and finds nothing left to migrate. Here, since a fixture of pytest-django's
    goes before one of the same name in a plugin that is loaded earlier.
    """
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), application_from_now_on(), django_db_blocker.block():
        yield


@dataclass
class Caller:
    """A machine that speaks for a merchant, in process. Each verb fills in what the story does not care about."""

    merchant: Merchant
    signer: Signer
    game: Game
    client: Client = field(default_factory=Client)
    player: str = "player-1"
    currency: str = "EUR"
    session: str = ""

    def call(
        self,
        path: str,
        body: Body = None,
        *,
        method: str = "POST",
        meta: dict[str, Any] | None = None,
        **headers: str | None,
    ) -> Answer:
        """Sign and send. `timestamp=…` signs another time, `x_signature=…` sends another, None leaves a header out."""
        raw = encoded(body)
        response = self.client.generic(
            method, path, raw, content_type="application/json", headers=self.signer.sign(raw, **headers), **(meta or {})
        )
        return Answer(response.status_code, dict(response.headers), json.loads(response.content))

    def get(self, path: str, meta: dict[str, Any] | None = None, **headers: str | None) -> Answer:
        return self.call(path, None, method="GET", meta=meta, **headers)

    def cashier(self, kind: str, amount: int) -> dict[str, Any]:
        told = {"kind": kind, "transactionId": new_id(), "playerId": self.player}
        return told | {"currency": self.currency, "amount": amount}

    def deposit(self, amount: int, **fields: Any) -> Answer:
        return self.call("/wallet/transaction/deposit", self.cashier("deposit", amount) | fields)

    def withdraw(self, amount: int, **fields: Any) -> Answer:
        return self.call("/wallet/transaction/withdraw", self.cashier("withdraw", amount) | fields)

    def launch(self, **fields: Any) -> Answer:
        body = {
            "gameId": self.game.game_id,
            "playerId": self.player,
            "playerName": "Ada",
            "balance": 0,
            "currency": self.currency,
        }
        answer = self.call("/game/url", body | fields)
        self.session = answer.body.get("sessionId", self.session)
        return answer

    def in_session(self, **fields: Any) -> dict[str, Any]:
        """The fields that a call about a round shares."""
        told = {
            "transactionId": new_id(),
            "sessionId": self.session,
            "playerId": self.player,
            "gameId": self.game.game_id,
        }
        return told | fields

    def bet(self, amount: int = 100, **fields: Any) -> Answer:
        return self.call("/wallet/transaction/bet", self.in_session(currency=self.currency, amount=amount) | fields)

    def payout(self, bet: str, amount: int = 100, **fields: Any) -> Answer:
        told = self.in_session(currency=self.currency, refTransactionId=bet, amount=amount, isWin=amount > 0)
        return self.call("/wallet/transaction/payout", told | fields)

    def reward(self, amount: int = 100, **fields: Any) -> Answer:
        told = self.in_session(refTransactionId=new_id(), rewardType="bonus", rewardedAmount=amount)
        return self.call("/wallet/transaction/reward", told | fields)

    def rollback_item(self, ref: str, **fields: Any) -> dict[str, Any]:
        return self.in_session(refTransactionId=ref) | fields

    def rollback(self, *refs: str) -> Answer:
        return self.call("/wallet/transaction/rollback", {"transactions": [self.rollback_item(ref) for ref in refs]})

    def balance(self, **fields: Any) -> Answer:
        return self.call("/wallet/balance", {"playerId": self.player, "currency": self.currency} | fields)


@pytest.fixture(autouse=True)
def _no_memory(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing that a process keeps may go from one test to the next; the log is written when a test asks for it."""
    settings.REQUEST_LOG_FLUSH_SECONDS = 0
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:1],
        "wallet.api.middleware.MachineMiddleware",
        *settings.MIDDLEWARE[1:],
    ]  # as one
    settings.WHITENOISE_AUTOREFRESH = True  # else each client begins with a look at every static file there is
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("MD5", "PBKDF2")]
    monkeypatch.setattr(job_queue, "BROKER_SECONDS", 10)  # it is there, but the machine may be busy
    monkeypatch.setattr(health, "LATE_SECONDS", 30)  # so is the database
    monkeypatch.setattr(health.LateFacts, "KEPT_SECONDS", 0.0)
    settings.READY_SECONDS = 30
    credentials.forget_credentials()
    refusal_limit.clear()
    yield
    request_log.clear_lines()


@pytest.fixture
def game(db: None) -> Game:
    return factories.game()


@pytest.fixture
def acme(db: None) -> Merchant:
    return factories.merchant("acme", name="Acme Casino")


@pytest.fixture
def rival(db: None) -> Merchant:
    return factories.merchant("rival", name="Rival Bets")


@pytest.fixture
def caller(acme: Merchant, game: Game) -> Caller:
    """Acme's game server: a player with 10.00 EUR in a session."""
    machine = Caller(acme, factories.signer(acme), game)
    machine.deposit(1_000_000)
    machine.launch()
    return machine


@pytest.fixture
def rival_caller(rival: Merchant, game: Game) -> Caller:
    machine = Caller(rival, factories.signer(rival), game)
    machine.deposit(1_000_000)
    machine.launch()
    return machine


@pytest.fixture
def support(db: None) -> Person:
    return factories.person("support@oppi.test", staff_role="support")


@pytest.fixture
def administrator(db: None) -> Person:
    return factories.person("administrator@oppi.test", staff_role="administrator")


@pytest.fixture
def auditor(db: None) -> Person:
    return factories.person("auditor@oppi.test", staff_role="auditor")


@pytest.fixture
def owner(acme: Merchant) -> Person:
    return factories.member(acme, "owner", email="owner@acme.test")


@pytest.fixture
def viewer(acme: Merchant) -> Person:
    return factories.member(acme, "viewer", email="viewer@acme.test")
