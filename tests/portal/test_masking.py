"""Whatever is kept of what somebody sent is kept without secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from merchants import crypto
from merchants.models import Player
from portal.lib import logs, masking
from tests.conftest import Caller
from wallet.models import RefusedCall, SignedRequest
from wallet.services.log import request_log


@pytest.mark.parametrize("environment", ["live", "test"])
@pytest.mark.parametrize(
    "written",
    ["{}", "x{}y", "{} {}", "%5f", "%5F", r"\u005f", r"\\u005F"],
    ids=["alone", "inside", "twice", "url", "URL", "json", "json in json"],
)
def test_a_secret_is_masked_however_its_bars_are_written(environment: str, written: str) -> None:
    secret = crypto.new_secret(environment)
    text = written.format(secret, secret) if "{" in written else secret.replace("_", written)
    for masked in [masking.mask_secrets(text), masking.mask_bytes(text.encode()).decode()]:
        assert secret[10:] not in masked
        assert "…" in masked


def escaped(text: str, *, capitals: bool = False) -> str:
    return "".join(f"\\u{ord(sign):04{'X' if capitals else 'x'}}" for sign in text)


WRITTEN: dict[str, Callable[[str], str]] = {
    "plain": lambda secret: secret,
    "its bars": lambda secret: secret.replace("_", r"\u005f"),
    "its first letter": lambda secret: escaped(secret[0]) + secret[1:],
    "one letter in the middle": lambda secret: secret[:30] + escaped(secret[30]) + secret[31:],
    "every second letter": lambda secret: (
        "".join(escaped(a) + b for a, b in zip(secret[::2], secret[1::2], strict=False))
        + secret[len(secret) // 2 * 2 :]
    ),
    "whole": escaped,
    "whole, in capitals": lambda secret: escaped(secret, capitals=True),
    "twice": lambda secret: escaped(secret).replace("\\", "\\\\"),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_an_escaped_secret_is_masked(written: str) -> None:
    secret = crypto.new_secret("test")
    text = f'{{"playerId": "x{WRITTEN[written](secret)}y"}}'
    for masked in [masking.mask_secrets(text), masking.mask_bytes(text.encode()).decode()]:
        assert masked == '{"playerId": "xoppi_test_…y"}'


def test_a_secret_of_a_url_is_masked_however_it_is_escaped() -> None:
    secret = crypto.new_secret("live")
    assert masking.mask_secrets("?a=" + "".join(f"%{ord(sign):02X}" for sign in secret)) == "?a=oppi_live_…"


def test_utf_16_is_masked_and_other_bytes_stay() -> None:
    secret = crypto.new_secret("live")
    assert secret[10:].encode("utf-16-le")[:-1] not in masking.mask_bytes(f"a {secret} b".encode("utf-16-le"))
    for raw in [b"", b"oppi_live_short", b"\xff\xfeoppi_", "oppi ü".encode("utf-16-le")]:
        assert masking.mask_bytes(raw) == raw


TOKENS = ["MTI:1xK2ab:Zr_6-x0", "Mg-cz3k1a-0f5e", "3f" * 32]
LINKS = ["/operator/~/invitation/{}/", "/operator/acme/keys/claim/{}/", "/account/password/reset/key/{}/"]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("link", [*LINKS, *(link.replace("/", "%2F") for link in LINKS)])
def test_a_line_of_the_log_holds_no_token_of_a_link(link: str, token: str) -> None:
    """A page that refuses a request is told of with its path, and the link in it may still work."""
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Forbidden: %s", (link.format(token),), None)
    line = logs.formatter().format(record)
    assert token not in line
    assert json.loads(line)["event"] == f"Forbidden: {link.format('…')}"


def test_a_line_of_the_log_holds_no_secret_that_stood_in_an_address() -> None:
    secret = crypto.new_secret("live")
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (f"/{secret}",), None)
    line = json.loads(logs.formatter().format(record))
    assert line["event"] == "Not Found: /oppi_live_…"
    assert datetime.fromisoformat(line["timestamp"]).tzinfo == UTC


@pytest.mark.parametrize("written", WRITTEN)
def test_a_body_that_gives_the_secret_away_is_refused_and_names_nobody(caller: Caller, written: str) -> None:
    """Decoded, it would be kept as the name of a player."""
    secret = WRITTEN[written](caller.signer.secret)
    body = f'{{"kind": "deposit", "transactionId": "t", "playerId": "{secret}", "currency": "EUR", "amount": 100}}'
    answer = caller.call("/wallet/transaction/deposit", body.encode())
    assert answer.status == "INCORRECT_DATA"
    assert "contains a secret key" in answer["message"]
    assert secret not in str(answer.body)
    request_log.drain_lines()
    line, kept = SignedRequest.objects.get(status=answer["status"]), RefusedCall.objects.get()
    assert caller.signer.secret not in str(json.loads(bytes(kept.body).decode().replace(r"\\", "\\")))
    assert (line.player_id, line.transaction_id) == (None, None)
    assert not Player.objects.exclude(player_id=caller.player).exists()
