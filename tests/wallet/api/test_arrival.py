"""The deadline counts from the arrival at the proxy, where a trusted one says when that was."""

from __future__ import annotations

import time
from typing import Any

import pytest

from portal.lib import deadline
from portal.lib.clientip import parse_networks
from tests.conftest import Caller
from tests.signing import Answer
from wallet.api import arrival
from wallet.ledger import ledger

FORWARDED = {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}


@pytest.fixture(autouse=True)
def _patient(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine on which a second is nothing."""
    settings.TRUSTED_PROXIES = parse_networks(["127.0.0.1"])
    settings.ANSWER_SECONDS = 400.0  # of which 300 may be over when a call begins
    monkeypatch.setattr(arrival, "LONGEST_BELIEVED", 1000.0)


def balance(caller: Caller, meta: dict[str, str]) -> Answer:
    return caller.call("/wallet/balance", {"playerId": "player-1", "currency": "EUR"}, meta=meta)


def ago(seconds: float, form: str = "{:.3f}") -> dict[str, str]:
    return {"HTTP_X_REQUEST_START": form.format(time.time() - seconds)}


@pytest.mark.parametrize("form", ["{:.3f}", "t={:.3f}", "t={:.6f}"])
def test_a_call_that_waited_too_long_is_refused_at_once(caller: Caller, form: str) -> None:
    body = caller.in_session(currency="EUR", amount=1)
    answer = caller.call("/wallet/transaction/bet", body, meta=FORWARDED | ago(350, form))
    assert (answer.http_status, answer["status"]) == (503, "RS_ERROR")
    assert answer["transactionId"] == body["transactionId"]
    assert caller.call("/wallet/transaction/bet", body).status == "RS_OK", "nothing was done"


def test_what_it_waited_is_taken_off_its_time(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    left, answered = list[float](), ledger._answer

    def noting(*arguments: Any) -> Any:
        left.append(deadline.seconds_left() or 0)
        return answered(*arguments)

    monkeypatch.setattr(ledger, "_answer", noting)
    assert balance(caller, FORWARDED | ago(200)).status == "RS_OK"
    assert 0 < left[0] <= 200


@pytest.mark.parametrize(
    "said",
    [ago(10**6), ago(-(10**6)), {"HTTP_X_REQUEST_START": "yesterday"}, {"HTTP_X_REQUEST_START": "t=9"}, {}],
    ids=["long ago", "in the future", "a word", "a number", "nothing"],
)
def test_a_clock_that_is_wrong_is_not_believed(caller: Caller, said: dict[str, str]) -> None:
    assert (
        caller.call("/wallet/balance", {"playerId": "player-1", "currency": "EUR"}, meta=FORWARDED | said).status
        == "RS_OK"
    )


def test_nobody_but_a_trusted_proxy_is_believed(caller: Caller) -> None:
    assert balance(caller, ago(350)).status == "RS_OK"
