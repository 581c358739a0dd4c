"""The stranger's first minutes: a fresh checkout, one command, a signed bet, and a second start that remembers it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from portal.local.up import METRICS_PORT_AFTER
from tests.journeys.conftest import NOT_OURS, running
from tests.signing import Signer, encoded, new_id

BUSY_SECONDS = 60


def signed(base_url: str, merchant: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Under 503 it asks again, as callers are told to."""
    raw, deadline = encoded(body), time.monotonic() + BUSY_SECONDS
    while True:
        headers = Signer(merchant["auth_key"], merchant["secret_key"]).sign(raw) | {"content-type": "application/json"}
        call = urllib.request.Request(base_url + path, data=raw, headers=headers)
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as busy:
            if busy.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def manage(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As in a second shell: nothing but the folder says where the portal is."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=checkout, env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def await_count(metrics: str) -> None:
    """Until the exporter, which starts late, shows the bet."""
    deadline, shown = time.monotonic() + BUSY_SECONDS, ""
    while 'portal_calls_total{code="200",endpoint="/wallet/transaction/bet",status="RS_OK"}' not in shown:
        assert time.monotonic() < deadline, shown[-2000:]
        with suppress(OSError), urllib.request.urlopen(metrics, timeout=30) as answer:
            shown = answer.read().decode()
        time.sleep(0.2)


def a_bet(demo: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    merchant = next(one for one in demo["merchants"] if one["status"] == "active")
    return merchant, {"transactionId": new_id(), "amount": 100} | merchant["players"][0]


def test_one_command_a_signed_bet_and_a_second_start(checkout: Path, port: int) -> None:
    with running(checkout, port) as demo:
        merchant, bet = a_bet(demo)
        first = signed(demo["api_url"], merchant, "/wallet/transaction/bet", bet)
        assert first["status"] == "RS_OK"
        asked = json.dumps({"playerId": bet["playerId"], "currency": bet["currency"]})
        told = manage(checkout, "call", merchant["code"], "/wallet/balance", asked)
        assert told.returncode == 0, told.stdout + told.stderr
        books = manage(checkout, "verify_ledger")
        assert books.returncode == 0, books.stdout + books.stderr
        assert manage(checkout, "sendtestemail", "finance@merchant.test").returncode == 0
        with urllib.request.urlopen(f"{demo['mail_url']}/api/messages", timeout=30) as emails:
            assert b"finance@merchant.test" in emails.read()
        assert {one["status"] for one in demo["merchants"]} == {"active", "suspended"}
        await_count(f"http://127.0.0.1:{port + METRICS_PORT_AFTER}/metrics")
    with running(checkout, port) as demo:
        merchant = next(one for one in demo["merchants"] if one["auth_key"] == merchant["auth_key"])
        assert signed(demo["api_url"], merchant, "/wallet/transaction/bet", bet) == first, "the data was kept"
