"""Rounds on the operators' pages: found by any id, and told as they went."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from merchants.models import Person
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from wallet.models import PlayTransaction, Transaction
from wallet.services import request_log

ROUNDS = "/operator/acme/rounds/"


@pytest.fixture
def at_work(client: Client, viewer: Person) -> Client:
    return signed_in(client, viewer)


def found(client: Client, text: str) -> str:
    """Searches as a person does, and follows to what is shown."""
    response: Any = client.post(ROUNDS, {"q": text}, follow=True)
    assert response.status_code == 200
    return said(response)


def heading(page: str) -> str:
    return page.partition('<h1 class="page-title h2 mb-0 whole-words">')[2].partition("</h1>")[0]


@pytest.fixture
def won(caller: Caller) -> Caller:
    """A stake of 3.00 of which 5.50 was paid in two payouts, the second asked twice."""
    caller.bet(300_000, transactionId="bet-1", roundId="round-1")
    caller.payout("bet-1", 150_000, transactionId="pay-1")
    for _ in range(2):
        caller.payout("bet-1", 400_000, transactionId="pay-2")
    request_log.drain()
    return caller


@pytest.mark.parametrize("text", ["bet-1", "pay-1", " pay-2 ", "round-1", "request of the bet", "request of a payout"])
def test_each_id_leads_to_the_round(at_work: Client, won: Caller, text: str) -> None:
    row = {"request of the bet": "bet-1", "request of a payout": "pay-1"}.get(text)
    wanted = str(Transaction.objects.get(transaction_id=row).request_id) if row else text
    page = found(at_work, wanted)
    assert heading(page) == "Round"
    assert "<dt>Stake</dt><dd>3.00</dd>" in page
    assert "<dt>Paid</dt><dd>5.50</dd>" in page
    assert "<dd>-2.50 EUR</dd>" in page


def test_repeats_stand_in_the_round_with_their_answer(at_work: Client, won: Caller) -> None:
    page = found(at_work, "bet-1")
    assert page.count('said-plain">again</span>') == 1
    assert page.count("+4.00 EUR") == 1
    assert "4.00 EUR, nothing moved" in page


@pytest.mark.parametrize("text", ["bet-1", "pay-1", "round-1", "player-1"])
def test_what_is_another_merchants_is_not_found(client: Client, won: Caller, rival_caller: Caller, text: str) -> None:
    from tests import factories  # noqa: PLC0415

    person = factories.member(rival_caller.merchant, "owner", email="o@rival.test")
    response: Any = signed_in(client, person).post("/operator/rival/rounds/", {"q": text}, follow=True)
    assert ("Nothing has this id" in said(response)) == (text != "player-1")
    assert "bet-1</div>" not in said(response)


def test_of_play_money(at_work: Client, caller: Caller) -> None:
    caller.launch(currency="XXX", balance=1_000_000)
    caller.bet(100_000, currency="XXX", transactionId="play-1")
    request_log.drain()
    assert PlayTransaction.objects.filter(transaction_id="play-1").exists()
    page = found(at_work, "play-1")
    assert "kept apart from real accounts" in page
