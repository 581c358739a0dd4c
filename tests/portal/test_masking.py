"""Whatever is kept of what somebody sent is kept without secrets."""

from __future__ import annotations

import json
import logging

import pytest

from merchants import crypto
from portal.lib import logs, masking
from tests.conftest import Caller


@pytest.mark.parametrize("environment", ["live", "test"])
@pytest.mark.parametrize(
    "written",
    ["{}", "x{}y", "{} {}", "%5f", "%5F", r"\u005f", r"\\u005F"],
    ids=["alone", "inside", "twice", "url", "URL", "json", "json in json"],
)
def test_a_secret_is_masked_however_its_bars_are_written(environment: str, written: str) -> None:
    secret = crypto.new_secret(environment)
    text = written.format(secret, secret) if "{" in written else secret.replace("_", written)
    for masked in [masking.mask(text), masking.mask_bytes(text.encode()).decode()]:
        assert secret[10:] not in masked
        assert "…" in masked


def test_utf_16_is_masked_and_other_bytes_stay() -> None:
    secret = crypto.new_secret("live")
    assert secret[10:].encode("utf-16-le")[:-1] not in masking.mask_bytes(f"a {secret} b".encode("utf-16-le"))
    for raw in [b"", b"oppi_live_short", b"\xff\xfeoppi_", "oppi ü".encode("utf-16-le")]:
        assert masking.mask_bytes(raw) == raw


def test_a_line_of_the_log_holds_no_secret_that_stood_in_an_address() -> None:
    secret = crypto.new_secret("live")
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (f"/{secret}",), None)
    line = json.loads(logs.formatter().format(record))
    assert line["event"] == "Not Found: /oppi_live_…"


@pytest.mark.parametrize("bars", ["_", r"\u005f"], ids=["plain", "escaped"])
def test_a_body_that_gives_the_secret_away_is_refused_and_names_nobody(caller: Caller, bars: str) -> None:
    secret = caller.signer.secret.replace("_", bars)
    body = f'{{"kind": "deposit", "transactionId": "t", "playerId": "{secret}", "currency": "EUR", "amount": 100}}'
    answer = caller.call("/wallet/transaction/deposit", body.encode())
    assert answer.status == "INCORRECT_DATA"
    assert "Secret Key" in answer["message"]
    assert secret not in str(answer.body)
