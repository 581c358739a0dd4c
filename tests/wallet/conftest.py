"""The cast in front of the running portal: machines that speak HTTP, and hands that change what the portal reads."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from merchants import crypto
from merchants.models import ApiKey, Game, Merchant
from merchants.services.credentials import seal_context
from tests import factories
from tests.conftest import Caller
from tests.plugins.live import Live
from tests.signing import Answer, Body, Signer, encoded, new_id
from tests.wallet.reconciling import Busy, Told, at, busy_day
from wallet.reconciliation import schedule

Row = tuple[Any, ...]
SECONDS = 60
PATIENCE = 60


@pytest.fixture(autouse=True)
def _restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two days nobody is there for whom the reconciler would rest."""
    monkeypatch.setattr(schedule, "LONGEST_REST", 0)


@dataclass
class LiveCaller(Caller):
    """The same machine, over the wire: each call has a connection of its own, so that either process may get it."""

    base_url: str = ""
    wire: http.client.HTTPConnection | None = None

    def call(
        self,
        path: str,
        body: Body = None,
        *,
        method: str = "POST",
        meta: dict[str, Any] | None = None,
        **headers: str | None,
    ) -> Answer:
        raw = encoded(body)
        signed = self.signer.sign(raw, **headers) | {"content-type": "application/json"}
        if self.wire is not None:
            return answer(self.wire, method, path, raw, signed)
        with closing(self.connect()) as wire:
            return answer(wire, method, path, raw, signed)

    def connect(self) -> http.client.HTTPConnection:
        address = urlsplit(self.base_url)
        return http.client.HTTPConnection(address.hostname or "", address.port, timeout=SECONDS)

    @contextmanager
    def kept_open(self) -> Iterator[LiveCaller]:
        """The same machine on one connection, for many calls from one thread."""
        with closing(self.connect()) as wire:
            yield replace(self, wire=wire)


def answer(wire: http.client.HTTPConnection, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Answer:
    wire.request(method, path, raw, headers)
    response = wire.getresponse()
    return Answer(response.status, dict(response.getheaders()), json.loads(response.read()))


@dataclass
class Stage:
    """The running portal with a merchant on it. `sql` is a second connection: what it does is committed at once."""

    base_url: str
    sql: Callable[..., list[Row]]
    merchant_id: int
    game: Game
    signer: Signer

    def caller(self, player: str = "player-1", deposit: int = 1_000_000, currency: str = "EUR") -> LiveCaller:
        """A player of the merchant with money and an open session."""
        merchant = Merchant(pk=self.merchant_id)
        machine = LiveCaller(merchant, self.signer, self.game, player=player, currency=currency, base_url=self.base_url)
        if deposit:
            assert machine.deposit(deposit).status == "RS_OK"
        assert machine.launch().status == "RS_OK"
        return machine

    def books(self) -> dict[str, tuple[int, int]]:
        """Of every player: the balance, and what the rows say."""
        rows = self.sql(
            """SELECT p.player_id, a.balance, coalesce(sum(CASE a.id WHEN t.credit_account_id THEN t.amount
                                                                     ELSE -t.amount END), 0)::bigint
                 FROM wallet_account a JOIN merchants_player p ON p.id = a.player_id
                 LEFT JOIN wallet_transaction t ON a.id IN (t.credit_account_id, t.debit_account_id)
                WHERE a.merchant_id = %s GROUP BY p.player_id, a.id""",
            self.merchant_id,
        )
        return {player: (balance, summed) for player, balance, summed in rows}


@pytest.fixture
def stage(live: Live) -> Iterator[Stage]:
    with stage_on(live) as stage:
        yield stage


@contextmanager
def stage_on(live: Live) -> Iterator[Stage]:
    with psycopg.connect(live.dsn, autocommit=True) as connection:

        def sql(statement: Any, *parameters: Any) -> list[Row]:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

        merchant = new_row(
            sql,
            "merchants_merchant",
            code=f"m-{uuid4().hex[:12]}",
            name="Live",
            status="active",
            time_zone="UTC",
            timestamp_window_seconds=300,
            access_version=0,
        )
        game = Game(pk=0, game_id=f"G{uuid4().int % 10**13:013d}", name="Live")
        game.pk = new_row(sql, "merchants_game", game_id=game.game_id, name=game.name, is_active=True)
        yield Stage(live.api_url, sql, merchant, game, new_signer(sql, merchant))


def new_row(sql: Callable[..., list[Row]], table: str, **values: Any) -> int:
    places = ", ".join(["%s"] * len(values))
    statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places}) RETURNING id"  # noqa: S608 - names of ours
    rows = sql(statement, *values.values())
    return int(rows[0][0])


def new_signer(sql: Callable[..., list[Row]], merchant_id: int) -> Signer:
    """A key as the portal would have issued it: the running one has the same key-encryption key."""
    auth_key, secret = crypto.new_auth_key("live"), crypto.new_secret("live")
    key_id = new_row(
        sql,
        "merchants_apikey",
        merchant_id=merchant_id,
        environment="live",
        auth_key=auth_key,
        label="",
        status="active",
    )
    context = seal_context(ApiKey(pk=key_id, merchant_id=merchant_id), 1)
    sealed_under, sealed = crypto.seal(secret, context=context, keys=settings.KEY_ENCRYPTION_KEYS)
    fingerprint = crypto.fingerprint(secret)
    new_row(
        sql,
        "merchants_secret",
        key_id=key_id,
        version=1,
        sealed=sealed,
        sealed_under=sealed_under,
        fingerprint=fingerprint,
    )
    return Signer(auth_key, secret)


def until(holds: Callable[[], bool]) -> None:
    """For what another process does in a moment, or later when the machine is busy."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def decided(call: Callable[..., Answer], *amounts: int, **fields: Any) -> Answer:
    """Under 503 it asks again under the same id, as callers are told to: the machine may be busy."""
    told, found = {"transactionId": new_id()} | fields, list[Answer]()

    def is_decided() -> bool:
        found.append(call(*amounts, **told))
        return found[-1].http_status != 503

    until(is_decided)
    return found[-1]


@pytest.fixture
def at_once() -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """Runs all of them in threads of their own; the results in their order."""

    def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result(SECONDS * 3) for future in [pool.submit(call) for call in calls]]

    return run


@pytest.fixture
def busy(acme: Merchant, game: Game) -> Busy:
    """A day on which much went on, of a merchant that began with it."""
    with at(acme, timedelta(0)):
        machine = Told(acme, factories.signer(acme), game)
    return busy_day(machine)
