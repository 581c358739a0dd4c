"""Statements over the wire, in front of the running portal: large, in pieces, broken off."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.wallet.conftest import LiveCaller, Stage

PATH = "/reconciliation/statements"
DAY = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
MIB = 2**20


@pytest.fixture
def machine(stage: Stage) -> LiveCaller:
    stage.sql("UPDATE merchants_merchant SET created_at = now() - interval '9 days' WHERE id = %s", stage.merchant_id)
    return stage.caller()


def csv(size: int) -> bytes:
    row = b"t-0000000001,bet,player-1,EUR,100000\n"
    return f"#day={DAY}\ntransactionId,kind,playerId,currency,amount\n".encode() + row * (size // len(row))


def pieces(body: bytes) -> Iterator[bytes]:
    for begin in range(0, len(body), 100_000):
        yield body[begin : begin + 100_000]


def send(
    machine: LiveCaller, body: bytes, headers: dict[str, str] | None = None, *, in_pieces: bool = False
) -> tuple[int, dict[str, Any]]:
    signed = machine.signer.sign(body) | {"content-type": "text/csv"} | (headers or {})
    with closing(machine.connect()) as wire:
        wire.timeout = 60
        wire.request("POST", PATH, pieces(body) if in_pieces else body, signed, encode_chunked=in_pieces)
        response = wire.getresponse()
        return response.status, json.loads(response.read())


@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_large_one_is_taken(machine: LiveCaller, stage: Stage, *, in_pieces: bool) -> None:
    body = csv(20 * MIB)
    status, told = send(machine, body, in_pieces=in_pieces)
    assert (status, told["status"], told["state"]) == (200, "RS_OK", "received")
    kept = stage.sql("SELECT size FROM wallet_statement WHERE number = %s", told["statementId"])
    assert kept == [(len(body),)]
    asked = machine.get(f"{PATH}/{told['statementId']}")
    assert (asked.status, asked["day"]) == ("RS_OK", DAY)


def test_a_large_one_is_taken_packed(machine: LiveCaller) -> None:
    noise = os.urandom(MIB).hex().encode()  # gzip makes half of it
    packed = gzip.compress(csv(100_000) + noise)
    assert send(machine, packed, {"content-encoding": "gzip"})[1]["status"] == "RS_OK"


def test_one_that_is_too_large_hears_so(machine: LiveCaller) -> None:
    status, told = send(machine, csv(70 * MIB))
    assert (status, told["status"]) == (413, "RS_ERROR")


def test_one_with_a_wrong_signature_leaves_nothing(machine: LiveCaller, stage: Stage) -> None:
    _, told = send(machine, csv(MIB), {"x-signature": "0" * 64})
    assert told["status"] == "RS_ERROR_SIGNATURE_NOT_MATCH"
    assert stage.sql("SELECT count(*) FROM wallet_statement WHERE merchant_id = %s", stage.merchant_id) == [(0,)]


def test_one_that_breaks_off_leaves_nothing(machine: LiveCaller, stage: Stage) -> None:
    body = csv(MIB)
    with closing(machine.connect()) as wire:
        wire.putrequest("POST", PATH)
        for name, value in (machine.signer.sign(body) | {"content-length": str(len(body))}).items():
            wire.putheader(name, value)
        wire.endheaders()
        wire.send(body[: MIB // 2])
        cut(wire)
    assert machine.balance().status == "RS_OK"
    assert stage.sql("SELECT count(*) FROM wallet_statement WHERE merchant_id = %s", stage.merchant_id) == [(0,)]


def cut(wire: http.client.HTTPConnection) -> None:
    assert wire.sock is not None
    wire.sock.shutdown(socket.SHUT_RDWR)


def test_bets_are_taken_while_statements_come_slowly(machine: LiveCaller) -> None:
    """More senders than there are threads: those beyond their share are sent away, and hold nothing."""
    body = csv(MIB)
    with ExitStack() as stack:
        for _ in range(24):
            wire = stack.enter_context(closing(machine.connect()))
            wire.putrequest("POST", PATH)
            for name, value in (machine.signer.sign(body) | {"content-length": str(len(body))}).items():
                wire.putheader(name, value)
            wire.endheaders()
            wire.send(body[:1000])
        assert [machine.bet(1).status for _ in range(10)] == ["RS_OK"] * 10
