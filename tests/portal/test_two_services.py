"""Machines and people have processes of their own: what people do, or do not read, holds up no signed call."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import Message
from urllib.parse import urlsplit

import pytest

from portal.lib.downloads import IN_MEMORY
from tests.plugins.live import Live
from tests.wallet.conftest import Stage, decided, stage, until

__all__ = ["stage"]
READERS = 50
SECONDS = 60  # for an answer, on a machine that is busy
LARGE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
SIGN_IN = """
from django.conf import settings
from django.test import Client
from tests.people import signed_in
from merchants.models import Membership, Merchant, Person
person = Person.objects.create_user("viewer-{merchant}@acme.test", "correct horse battery staple")
Membership.objects.create(person=person, merchant=Merchant.objects.get(pk={merchant}), role="viewer")
client = signed_in(Client(), person)
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
PLAYERS = """
INSERT INTO merchants_player (merchant_id, player_id, name)
SELECT %s, 'player-' || lpad(n::text, 200, '0'), repeat('name ', 20) FROM generate_series(1, %s) n
"""


def get(url: str, **headers: str) -> tuple[int, bytes, Message]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=SECONDS) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(), refused.headers


# --- each is deaf to the other's addresses ----------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/", "/admin/", "/account/login/", "/operator/", "/api/docs", "/healthz", LARGE])
def test_machines_are_shown_no_page(live: Live, path: str) -> None:
    status, body, headers = get(live.api_url + path)
    assert (status, json.loads(body)["status"]) == (404, "RS_ERROR")
    assert headers["x-request-id"]


@pytest.mark.parametrize(
    "path", ["/wallet/balance", "/wallet/transaction/bet", "/game/list", "/reconciliation/statements"]
)
def test_people_can_make_no_signed_call(live: Live, stage: Stage, path: str) -> None:
    caller = stage.caller()
    with closing(http.client.HTTPConnection(urlsplit(live.base_url).netloc, timeout=SECONDS)) as wire:
        headers = caller.signer.sign(b"{}") | {"content-type": "application/json"}
        wire.request("POST", path, b"{}", headers)
        assert wire.getresponse().status == 404


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
@pytest.mark.parametrize("service", ["base_url", "api_url"])
def test_both_say_whether_they_live_and_can_work(live: Live, service: str, path: str) -> None:
    url = getattr(live, service) + path
    until(lambda: get(url)[0] == 200)
    _, _, headers = get(url)
    assert headers["Cache-Control"] == "no-store"
    assert not headers["Set-Cookie"]


def test_people_see_how_all_of_it_is(live: Live) -> None:
    until(lambda: get(f"{live.base_url}/healthz")[0] == 200)
    assert set(json.loads(get(f"{live.base_url}/healthz")[1])) == {"database", "broker", "cache"}


# --- slow readers -----------------------------------------------------------------------------------------------------
@contextmanager
def slow_readers(url: str, cookie: str = "") -> Iterator[list[socket.socket]]:
    """They ask, and read no more than the first bytes of what they asked for."""
    parts = urlsplit(url)
    asked = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: sessionid={cookie}\r\n\r\n".encode()
    with ExitStack() as stack:
        wires = []
        for _ in range(READERS):
            wire = stack.enter_context(socket.socket())
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            wire.settimeout(SECONDS)
            wire.connect((parts.hostname, parts.port))
            wire.sendall(asked)
            wires.append(wire)
        yield wires


def begun(wires: list[socket.socket]) -> list[bytes]:
    """The status of each, without what follows."""
    return [wire.recv(12).split(b" ")[1] for wire in wires]


def test_fifty_slow_readers_of_a_file_hold_up_neither_bets_nor_pages(live: Live, stage: Stage) -> None:
    caller = stage.caller()
    with slow_readers(live.base_url + LARGE) as wires:
        assert {decided(caller.bet, 1).status for _ in range(20)} == {"RS_OK"}
        assert begun(wires) == [b"200"] * READERS
        assert {decided(caller.bet, 1).status for _ in range(20)} == {"RS_OK"}
        assert get(f"{live.base_url}/account/login/")[0] == 200
    assert stage.books()[caller.player] == (999_960, 999_960)


def test_fifty_slow_readers_of_a_table_hold_up_neither_bets_nor_pages(live: Live, stage: Stage) -> None:
    """It is larger than memory may hold: the first ones hold their places, the others are sent away with a sentence."""
    caller = stage.caller()
    stage.sql(PLAYERS, stage.merchant_id, IN_MEMORY // 200)
    told = live.manage("shell", "-v", "0", "-c", SIGN_IN.format(merchant=stage.merchant_id))
    assert told.returncode == 0, told.stderr
    cookie = told.stdout.split()[-1]
    [(code,)] = stage.sql("SELECT code FROM merchants_merchant WHERE id = %s", stage.merchant_id)
    url = f"{live.base_url}/operator/{code}/players/export/"
    with slow_readers(url, cookie) as wires:
        assert {decided(caller.bet, 1).status for _ in range(20)} == {"RS_OK"}
        statuses = begun(wires)
        assert set(statuses) == {b"200", b"503"}, statuses
        assert get(f"{live.base_url}/account/login/")[0] == 200
        assert {decided(caller.bet, 1).status for _ in range(20)} == {"RS_OK"}
        assert b"Try again in a few minutes" in wires[statuses.index(b"503")].recv(65536)
    answers: list[tuple[int, bytes, Message]] = []

    def is_sent() -> bool:
        answers.append(get(url, Cookie=f"sessionid={cookie}"))
        return answers[-1][0] == 200

    until(is_sent)
    assert answers[-1][1].count(b"\n") == IN_MEMORY // 200 + 2
