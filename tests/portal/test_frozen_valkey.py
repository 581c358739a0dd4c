"""Valkey is stopped by a signal: it takes connections and says nothing. No signed call needs it; nobody waits long."""

from __future__ import annotations

import json
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from portal.local import embedded
from portal.local.embedded import Server
from portal.local.ports import free_port
from tests.plugins.live import Live, serving
from tests.wallet.conftest import LiveCaller, Stage, decided, stage, until

__all__ = ["stage"]
SECONDS = 60  # for an answer, on a machine that is busy
SENTENCE = "You cannot sign in at the moment. Try again in a minute."


@dataclass(frozen=True)
class Visitor:
    """A browser before it has signed in."""

    base_url: str
    opener: urllib.request.OpenerDirector

    def open(self, path: str, **fields: str) -> tuple[int, str]:
        sent = urlencode(fields).encode() if fields else None
        asked = urllib.request.Request(self.base_url + path, sent, {"Referer": self.base_url})
        try:
            with self.opener.open(asked, timeout=SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        _, page = self.open(path)
        [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))
        return self.open(path, csrfmiddlewaretoken=token, **fields)

    def sign_in(self) -> tuple[int, str]:
        return self.send("/account/login/", login="nobody@oppi.test", password="not the password")


@dataclass(frozen=True)
class Portal:
    api_url: str
    visitor: Visitor
    valkey: Server


@pytest.fixture
def portal(live: Live, tmp_path: Path) -> Iterator[Portal]:
    """With a Valkey of its own, on the database of `live`."""
    port, api_port = free_port(), free_port()
    with embedded.valkey(tmp_path / "valkey", durable=False) as valkey:
        own = live.environment | {"BROKER_URL": valkey.url, "CACHE_URL": valkey.url}
        served = replace(live, environment=own, log=tmp_path / "granian.log")
        with serving(served, api_port), serving(served, port, "people"):
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            yield Portal(f"http://127.0.0.1:{api_port}", Visitor(f"http://127.0.0.1:{port}", opener), valkey)


@contextmanager
def frozen(valkey: Server) -> Iterator[None]:
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        valkey.process.send_signal(signal.SIGCONT)


def healthy(visitor: Visitor) -> dict[str, bool]:
    facts: dict[str, bool] = json.loads(visitor.open("/healthz")[1])
    return facts


def machine_of(stage: Stage, portal: Portal) -> LiveCaller:
    return replace(stage.caller(), base_url=portal.api_url)


def test_a_frozen_valkey_takes_nothing_away_but_sign_in(portal: Portal, stage: Stage) -> None:
    machine, visitor = machine_of(stage, portal), portal.visitor
    until(lambda: all(healthy(visitor).values()))
    assert visitor.sign_in()[0] == 200
    with frozen(portal.valkey):
        until(lambda: healthy(visitor) == {"database": True, "broker": False, "cache": False})

        bets = [decided(machine.bet, 100) for _ in range(20)]
        assert {answer.status for answer in bets} == {"RS_OK"}
        assert {decided(machine.payout, bet=bet["transactionId"], amount=50).status for bet in bets} == {"RS_OK"}
        assert machine.call("/wallet/balance", {}, x_api_key="nobody").status == "INVALID_APIKEY"
        assert machine.call("/wallet/balance", {}, x_signature="00").status == "SIGNATURE_NOT_MATCH"
        until(lambda: visitor.open("/readyz")[0] == 200)
        assert visitor.open("/livez")[0] == 200

        for status, page in (visitor.sign_in(), visitor.send("/account/password/reset/", email="nobody@oppi.test")):
            assert (status, SENTENCE in page) == (503, True), page
        assert visitor.open("/account/login/")[0] == 200, "the page itself needs no cache"

        with ThreadPoolExecutor(40) as pool:
            probes = [pool.submit(visitor.open, "/healthz") for _ in range(40)]
            assert {decided(machine.bet, 1).status for _ in range(10)} == {"RS_OK"}
            assert {probe.result()[0] for probe in probes} == {503}
    until(lambda: all(healthy(visitor).values()))
    until(lambda: visitor.sign_in()[0] == 200)
