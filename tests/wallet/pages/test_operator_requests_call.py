"""The page of one request: its checks, its headers and body, the diagnosis of its signature, and no secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import AllowlistEntry, Person, Player
from merchants.services import merchants
from portal.lib import clock
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.signing import Answer, encoded, now_ms
from tests.wallet.pages.test_operator_home import own
from wallet.models import RefusedCall, Transaction
from wallet.pages import request_detail
from wallet.services.explain import signature_diagnosis
from wallet.services.explain.signature_mistakes import MISTAKES
from wallet.services.log import request_log

REQUESTS = "/operator/acme/requests/"
MOST_QUERIES = 37


@pytest.fixture(autouse=True)
def _asked_nothing() -> None:
    cache.clear()


@pytest.fixture
def looking(client: Client, viewer: Person) -> Client:
    return signed_in(client, viewer)


def address(answer: Answer) -> str:
    request_log.drain_lines()
    return f"{REQUESTS}{answer.headers['x-request-id']}/"


def page(client: Client, answer: Answer) -> str:
    response = client.get(address(answer))
    assert response.status_code == 200
    return said(response)


def elsewhere(caller: Caller) -> Answer:
    AllowlistEntry.objects.create(merchant=caller.merchant, network="203.0.113.0/24", note="Office")
    return caller.bet()


def suspended(caller: Caller) -> Answer:
    merchants.set_status(merchant=caller.merchant, status="suspended")
    return caller.bet()


def texted(caller: Caller) -> Answer:
    return caller.call("/wallet/transaction/bet", caller.in_session(currency="EUR", amount="1"))


# What is done, the number of the check, its name, and what it saw.
REFUSALS: dict[str, tuple[Callable[[Caller], Answer], int, str, str]] = {
    "no signature": (lambda it: it.bet(x_signature=""), 1, "The headers are present", "missing or empty"),
    "a wrong signature": (
        lambda it: it.bet(x_signature="0" * 64),
        5,
        "The signature is valid",
        "no active secret version",
    ),
    "not on the list": (elsewhere, 3, "The address is allowed", "203.0.113.0/24 “Office”"),
    "an old timestamp": (lambda it: it.bet(timestamp="1"), 4, "The timestamp is current", "behind our clock"),
    "suspended": (suspended, 6, "The state of the merchant allows the request", "suspended"),
    "a text for a number": (texted, 7, "The body has the correct structure", ""),
    "no player": (lambda it: it.bet(playerId=""), 8, "All required fields are present", ""),
    "below zero": (lambda it: it.bet(-1), 10, "The amount is allowed", ""),
    "another session": (
        lambda it: it.bet(sessionId="x"),
        13,
        "The session is open and belongs to this round",
        "no session",
    ),
    "too poor": (lambda it: it.bet(900_000_000), 18, "The balance is sufficient", "EUR 10.00"),
}


@pytest.fixture
def refusing(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Its verbs take what the signer is told, too."""

    def bet(amount: int = 100, **said: Any) -> Answer:
        signing = {name: said.pop(name) for name in ("x_signature", "timestamp") if name in said}
        told = caller.in_session(currency="EUR", amount=amount) | said
        return caller.call("/wallet/transaction/bet", told, **signing)

    monkeypatch.setattr(caller, "bet", bet)
    return caller


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_names_its_check_and_opens_what_it_saw(looking: Client, refusing: Caller, case: str) -> None:
    do, row, name, seen = REFUSALS[case]
    shown = page(looking, do(refusing))
    assert f"Refused by check {row}, “{name}”" in shown
    deciding = shown.partition('<li class="list-group-item deciding">')[2].partition("</li>")[0]
    assert f">{row}</span> {name}" in deciding
    assert "said-bad" in deciding
    assert seen in deciding
    assert shown.count("deciding") == 1
    assert not seen or "<details open>" in deciding


def test_who_had_set_it_and_what_would_happen_now(looking: Client, caller: Caller, owner: Person) -> None:
    answer = elsewhere(caller)
    AllowlistEntry.objects.all().delete()
    shown = page(looking, answer)
    assert "Refused by check 3" in shown
    assert "Set by" in shown
    assert "The same request would be accepted now." in shown
    assert "now: passed" in shown


def test_a_taken_call_and_a_repeat_say_so(looking: Client, caller: Caller) -> None:
    first = caller.bet(transactionId="once")
    again = caller.bet(transactionId="once")
    assert "Accepted: all checks passed." in page(looking, first)
    assert "Headers and body are stored for refused requests only" in page(looking, first)
    assert "Repeat: the request got its first answer again." in page(looking, again)


def test_related_calls_are_one_click_away(looking: Client, caller: Caller) -> None:
    caller.bet(transactionId="t&1")
    shown = page(looking, caller.payout("t&1", transactionId="p-1"))
    bet, player = Transaction.objects.get(transaction_id="p-1"), Player.objects.get(player_id="player-1")
    assert f'href="/operator/acme/rounds/{bet.pk}/"' in shown
    assert f'href="/operator/acme/players/{player.pk}/"' in shown
    assert looking.get(f"/operator/acme/rounds/{bet.pk}/").status_code in {200, 302}
    for query in ("transaction=p-1", "transaction=t%261", "player=player-1", "address=127.0.0.1"):
        assert f"{REQUESTS}?{query}" in shown


def test_nothing_on_the_page_can_be_sent_again(looking: Client, caller: Caller) -> None:
    stamp = now_ms()
    body = {"playerId": "player-1", "currency": "EUR"}
    signature = caller.signer.sign(encoded(body), timestamp=stamp)["x-signature"]
    AllowlistEntry.objects.create(merchant=caller.merchant, network="192.0.2.0/24")
    answer = caller.call("/wallet/balance", body, timestamp=stamp)  # refused before the signature is looked at
    shown = page(looking, answer)
    assert signature[:8] in shown
    assert signature[:9] not in shown
    assert caller.signer.secret not in shown


def test_a_secret_in_the_body_is_nowhere(looking: Client, caller: Caller) -> None:
    answer = caller.balance(playerId=caller.signer.secret)
    shown = page(looking, answer)
    assert caller.signer.secret not in shown
    assert "The body contained a secret key" in shown


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", "{\u202e}".encode(), b"<script>alert(1)</script>", b"\x1b[31m"])
def test_a_body_of_any_bytes_is_shown_and_does_nothing(looking: Client, caller: Caller, body: bytes) -> None:
    shown = page(looking, caller.call("/wallet/balance", body))
    assert "<script>alert" not in shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert f"Body, {len(body)} bytes" in shown


def test_how_it_arrived_goes_after_a_week_and_the_page_says_so(looking: Client, caller: Caller) -> None:
    answer = caller.bet(900_000_000)
    request_log.drain_lines()
    RefusedCall.objects.all().delete()
    shown = page(looking, answer)
    assert "are no longer stored" in shown
    assert "Refused by check 18" in shown


# --- Whose it is ------------------------------------------------------------------------------------------------------
def test_a_call_of_another_merchant_is_not_there(looking: Client, rival_caller: Caller, caller: Caller) -> None:
    for answer in (
        rival_caller.bet(),
        rival_caller.balance(),
        rival_caller.call("/wallet/balance", {}, x_signature=""),
    ):
        for method in (looking.get, looking.post):
            assert method(address(answer)).status_code == 404


def test_a_call_that_never_was_is_not_there(looking: Client) -> None:
    assert looking.get(f"{REQUESTS}00000000-0000-4000-8000-000000000000/").status_code == 404


# --- How often --------------------------------------------------------------------------------------------------------
def test_what_would_happen_now_is_asked_so_often_and_no_more(
    looking: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_detail, "NOW_A_MINUTE", 2)
    answer = caller.bet(900_000_000)
    with clock.frozen_at(clock.now().replace(second=10)):
        assert "The same request would be" in page(looking, answer)
        assert "The same request would be" in page(looking, answer)
        third = page(looking, answer)
    assert "The same request would be" not in third
    assert "at most 2 requests per minute" in third
    assert "Refused by check 18" in third


def test_without_the_cache_the_page_still_says_why(looking: Client, caller: Caller, settings: Any) -> None:
    answer = at(caller, "1")
    request_log.drain_lines()
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    shown = page(looking, answer)
    assert "Refused by check 4" in shown
    assert "The request cannot be examined at the moment." in shown
    asked = said(looking.post(address(answer)))
    assert "The request cannot be examined at the moment." in asked


# --- The diagnosis of a signature -------------------------------------------------------------------------------------
def test_the_diagnosis_names_the_mistake_and_its_fix(looking: Client, caller: Caller) -> None:
    answer = upper(caller)
    before = page(looking, answer)
    assert "Find mistake" in before
    assert "Fix:" not in before
    shown = said(looking.post(address(answer)))
    assert f"<strong>Fix:</strong> {MISTAKES['signature_format'].fix}" in shown
    for language in ("Python", "Node", "PHP"):
        assert f"<summary>{language}</summary>" in shown


def upper(caller: Caller) -> Answer:
    stamp = now_ms()
    signature = caller.signer.sign(b"{}", timestamp=stamp)["x-signature"].upper()
    return caller.call("/wallet/balance", b"{} ", timestamp=stamp, x_signature=signature)


def test_other_refusals_have_no_diagnosis_of_the_signature(looking: Client, caller: Caller) -> None:
    answer = caller.bet(900_000_000)
    assert "Find mistake" not in page(looking, answer)
    assert looking.post(address(answer)).status_code == 200


def test_the_diagnosis_has_a_rate_limit(looking: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature_diagnosis, "ASKED_A_MINUTE", 1)
    answer = upper(caller)
    with clock.frozen_at(clock.now().replace(second=10)):
        assert looking.post(address(answer)).status_code == 200
        refused = looking.post(address(answer))
    assert refused.status_code == 429
    assert "You can examine at most 1 requests per minute. Try again in 50 s." in said(refused)


def test_an_expired_timestamp_is_told_from_a_wrong_clock(looking: Client, caller: Caller) -> None:
    seconds = now_ms()[:-3]
    assert "seconds" in said(looking.post(address(at(caller, seconds))))
    behind = str(int(now_ms()) - 7 * 60_000 - 1234)
    assert "behind our clock" in said(looking.post(address(at(caller, behind))))


def at(caller: Caller, timestamp: str) -> Answer:
    return caller.call("/wallet/balance", {"playerId": "player-1", "currency": "EUR"}, timestamp=timestamp)


# --- What a page costs ------------------------------------------------------------------------------------------------
def test_a_page_asks_so_much_whatever_there_is(looking: Client, caller: Caller) -> None:
    few = counted(looking, caller.bet(900_000_000))
    for number in range(20):
        caller.bet(100 + number)
        AllowlistEntry.objects.create(merchant=caller.merchant, network=f"127.0.0.{number}/32")
    assert counted(looking, caller.bet(900_000_000)) == few <= MOST_QUERIES


def counted(client: Client, answer: Answer) -> int:
    client.get(address(answer))
    with CaptureQueriesContext(connection) as captured:
        client.get(address(answer))
    return len([query for query in captured if not own(query["sql"]).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))])


def test_a_refusal_leads_to_what_its_caller_does(looking: Client, caller: Caller) -> None:
    refused = looking.get(address(caller.call("/wallet/balance", {}, x_signature="0" * 64)))
    assert "/developers/#RS_ERROR_SIGNATURE_NOT_MATCH" in refused.content.decode()
    assert "/developers/#" not in looking.get(address(caller.bet())).content.decode()
