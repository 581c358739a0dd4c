"""`manage.py call` against the running portal, as a person uses it; and its sentences when something is wrong."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from merchants.models import Merchant
from merchants.services import keys
from portal.local.ports import free_port
from tests import factories
from tests.plugins.live import DEMO_CALLS, Live

CODE = "harbourlight"  # what tests in a browser change is the other's


@pytest.fixture(scope="module")
def demo(live: Live) -> dict[str, Any]:
    done = live.manage("seed", "--calls", str(DEMO_CALLS))
    assert done.returncode == 0, done.stderr
    merchants: list[dict[str, Any]] = json.loads(live.sheet.read_text())["merchants"]
    return next(each for each in merchants if each["code"] == CODE)


def balance_of(merchant: dict[str, Any]) -> str:
    player = merchant["players"][0]
    return json.dumps({"playerId": player["playerId"], "currency": player["currency"]})


def test_a_call_that_is_taken(live: Live, demo: dict[str, Any]) -> None:
    body = balance_of(demo)
    done = live.manage("call", demo["code"], "/wallet/balance", body, "--key", demo["auth_key"])
    assert done.returncode == 0, done.stderr
    assert f"POST {live.api_url}/wallet/balance" in done.stdout
    assert f"x-api-key: {demo['auth_key']}" in done.stdout
    assert f"{body}|1" in done.stdout  # the text signed: the bytes given, a bar, the time
    assert "HTTP 200 OK in " in done.stdout
    assert '  "status": "RS_OK"' in done.stdout
    assert demo["secret_key"] not in done.stdout + done.stderr


def test_a_bet_as_the_sheet_gives_it(live: Live, demo: dict[str, Any]) -> None:
    bet = demo["players"][1] | {"transactionId": "by-hand-1", "amount": 100_000}
    done = live.manage("call", demo["code"], "/wallet/transaction/bet", json.dumps(bet), "--no-pretty")
    assert done.returncode == 0, done.stdout
    assert '"transactionId":"by-hand-1"' in done.stdout


def test_reading_is_get_without_a_body(live: Live, demo: dict[str, Any]) -> None:
    done = live.manage("call", demo["code"], "/game/sessions?limit=1")
    assert done.returncode == 0, done.stdout
    assert f"GET {live.api_url}/game/sessions?limit=1" in done.stdout


def test_a_refusal_is_exit_code_1(live: Live, demo: dict[str, Any]) -> None:
    done = live.manage("call", demo["code"], "/wallet/balance", '{"playerId": "nobody", "currency": "EUR"}')
    assert done.returncode == 1
    assert "RS_ERROR_RECORD_NOT_FOUND" in done.stdout
    assert live.manage("call", demo["code"], "/wallet/balance", "{}", "--method", "PUT").returncode == 1


def test_nobody_answers_is_exit_code_2(live: Live, demo: dict[str, Any]) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = live.manage("call", demo["code"], "/game/list", "--base-url", nowhere)
    assert done.returncode == 2
    assert f"No answer from {nowhere}" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody", "/game/list"), "There is no merchant with the code 'nobody'. Known codes: acme."),
        (("acme", "/wallet/balance", "{oops"), "The body is not JSON"),
        (("acme", "game/list"), "The path starts with a slash"),
        (("acme", "/game/list", "--key", "oppi_pub_live_x"), "acme has no key oppi_pub_live_x."),
        (("acme", "/game/list", "--base-url", "example.test"), "--base-url must look like"),
        (("acme", "/game/list", "--base-url", "http://127.0.0.1:many"), "--base-url must look like"),
    ],
)
def test_a_mistake_is_a_sentence(acme: Merchant, arguments: tuple[str, ...], sentence: str) -> None:
    keys.issue_key(merchant=acme)
    with pytest.raises(CommandError, match=sentence.replace("{", r"\{")):
        call_command("call", *arguments, stdout=StringIO())


def test_only_keys_that_may_do_everything_are_chosen(acme: Merchant) -> None:
    for spoil in (keys.revoke_key, keys.quarantine_key):
        spoil(key=keys.issue_key(merchant=acme).key)
    with pytest.raises(CommandError, match="acme has no active key"):
        call_command("call", "acme", "/game/list", stdout=StringIO())


def test_the_newest_usable_key_signs_unless_another_is_named(acme: Merchant) -> None:
    older, newer = (keys.issue_key(merchant=acme).key for _ in range(2))
    keys.revoke_key(key=keys.issue_key(merchant=acme).key)
    factories.early_test_key(acme)
    assert f"x-api-key: {newer.auth_key}" in said("acme", "/game/list")
    assert f"x-api-key: {older.auth_key}" in said("acme", "/game/list", "--key", older.auth_key)


def said(*arguments: str) -> str:
    output = StringIO()
    with pytest.raises(SystemExit, match="2"):
        call_command("call", *arguments, "--base-url", f"http://127.0.0.1:{free_port()}", stdout=output)
    return output.getvalue()
