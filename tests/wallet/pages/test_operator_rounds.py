"""Rounds on the operators' pages: found by any id, and told as they went."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import Merchant, Person
from portal.lib import clock
from portal.lib.texts import shortened_id
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in
from tests.wallet.admin.test_admin_lists import WHO, subject
from tests.wallet.pages.test_operator_home import own
from wallet.models import Export, PlayTransaction, Transaction
from wallet.services.log import request_log
from wallet.services.rounds import exports, round_story
from wallet.services.rounds.round_list import RoundFilter

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
    request_log.drain_lines()
    return caller


@pytest.mark.parametrize("text", ["bet-1", "pay-1", " pay-2 ", "round-1", "request of the bet", "request of a payout"])
def test_each_id_leads_to_the_round(at_work: Client, won: Caller, text: str) -> None:
    row = {"request of the bet": "bet-1", "request of a payout": "pay-1"}.get(text)
    wanted = str(Transaction.objects.get(transaction_id=row).request_id) if row else text
    page = found(at_work, wanted)
    assert heading(page) == "Round"
    assert "<dt>Stake</dt><dd>EUR 3.00</dd>" in page
    assert "<dt>Paid</dt><dd>EUR 5.50</dd>" in page
    assert "<dd>EUR -2.50</dd>" in page


def test_a_part_of_an_id_leads_there_where_no_id_is_exactly_that(at_work: Client, won: Caller) -> None:
    whole = Transaction.objects.filter(kind="bet").latest("pk").transaction_id
    shown = said(at_work.post("/operator/acme/rounds/", {"q": whole[1:]}, follow=True))
    assert whole in shown, "the only round opens"
    won.bet(100, transactionId=f"{whole}-2")
    assert "These ids contain it." in said(at_work.post("/operator/acme/rounds/", {"q": whole[1:]}, follow=True))
    assert "No match for this id" in said(at_work.post("/operator/acme/rounds/", {"q": whole[:2]}, follow=True))
    assert "/operator/acme/players/" in said(at_work.post("/operator/acme/rounds/", {"q": "layer-1"}, follow=True))


def test_amounts_have_the_decimals_of_their_currency(at_work: Client, caller: Caller) -> None:
    caller.deposit(1_000_000_000, currency="JPY")
    caller.launch(currency="JPY")
    caller.bet(150_000_000, currency="JPY", transactionId="yen")
    page = found(at_work, "yen")
    assert "<dt>Stake</dt><dd>JPY 1,500</dd>" in page
    assert "1,500.00" not in page


def test_repeats_stand_in_the_round_with_their_answer(at_work: Client, won: Caller) -> None:
    page = found(at_work, "bet-1")
    assert page.count('said-plain">repeat</span>') == 1
    assert page.count("EUR +4.00") == 1
    assert "EUR 4.00, no money moved" in page


@pytest.mark.parametrize("text", ["bet-1", "pay-1", "round-1", "player-1"])
def test_what_is_another_merchants_is_not_found(client: Client, won: Caller, rival_caller: Caller, text: str) -> None:
    person = factories.member(rival_caller.merchant, "owner", email="o@rival.test")
    response: Any = signed_in(client, person).post("/operator/rival/rounds/", {"q": text}, follow=True)
    assert ("No match for this id" in said(response)) == (text != "player-1")
    assert "bet-1</div>" not in said(response)


def test_of_play_money(at_work: Client, caller: Caller) -> None:
    caller.launch(currency="XXX", balance=1_000_000)
    caller.bet(100_000, currency="XXX", transactionId="play-1")
    request_log.drain_lines()
    assert PlayTransaction.objects.filter(transaction_id="play-1").exists()
    page = found(at_work, "play-1")
    assert "Play money is not part of any account" in page


def test_a_batch_of_rollbacks_is_found_by_its_request_id(at_work: Client, won: Caller) -> None:
    won.bet(100_000, transactionId="bet-2")
    won.rollback("bet-2", "bet-1")
    request_log.drain_lines()
    call = Transaction.objects.get(reverses__transaction_id="bet-2").request_id
    page = found(at_work, str(call))
    assert "bet-1</bdi></a>" in page
    assert "bet-2</bdi></a>" in page
    assert "Refused requests" not in page


def test_a_late_payout_of_a_bet_that_was_rolled_back_is_told(at_work: Client, caller: Caller) -> None:
    caller.bet(300_000, transactionId="bet-1")
    caller.rollback("bet-1")
    caller.payout("bet-1", 900_000, transactionId="late")
    request_log.drain_lines()
    page = found(at_work, "bet-1")
    assert "every payout was reversed" in page
    assert "The bet was rolled back before, so this payout moves no money." in page
    assert "EUR 9.00, no money moved" in page
    assert '<bdi title="late">late</bdi>' in page
    assert str(round_story.SOUGHT) in page  # how far it looked for such calls


def test_an_id_that_was_closed_before_it_came_is_told(at_work: Client, caller: Caller) -> None:
    caller.rollback("not-yet")
    caller.bet(300_000, transactionId="not-yet")
    request_log.drain_lines()
    page = found(at_work, "not-yet")
    assert heading(page) == "Early rollback"
    assert "A late transaction is answered RS_ERROR_TRANSACTION_DOES_NOT_EXIST and moves no money" in page
    assert 'said-bad">RS_ERROR_TRANSACTION_DOES_NOT_EXIST</span>' in page
    assert "3.00, no money moved" in page


def test_a_reward_stands_with_the_bet_that_it_names(at_work: Client, won: Caller) -> None:
    won.reward(50_000, refTransactionId="bet-1", transactionId="gift")
    request_log.drain_lines()
    for text in ("bet-1", "gift"):
        page = found(at_work, text)
        assert "<dt>Rewards</dt><dd>EUR 0.50</dd>" in page
        assert "EUR +0.50" in page
        assert "<dd>EUR -2.50</dd>" in page  # the games' result is without it


def test_bets_of_the_same_round_lead_to_each_other(at_work: Client, won: Caller) -> None:
    won.bet(100_000, transactionId="bet-2", roundId="round-1")
    beside = Transaction.objects.get(transaction_id="bet-2").pk
    page = found(at_work, "bet-1")
    assert "Other bets of this round" in page
    assert f'href="{ROUNDS}{beside}/" title="bet-2"><bdi>bet-2</bdi></a>' in page


def test_long_ids_are_short_and_have_a_button_that_copies_them(at_work: Client, caller: Caller) -> None:
    one, other, player, round_id = (letter * 64 for letter in "abcd")
    caller.player = player
    caller.deposit(1_000_000)
    caller.launch()
    for bet in (one, other):
        caller.bet(transactionId=bet, roundId=round_id)
    request_log.drain_lines()
    page = found(at_work, one)
    assert page.count(f">{one}<") == 1, "whole where the page is about it, and nowhere else"
    for text in (other, player, round_id):
        assert f">{text}<" not in page
        assert f"<bdi>{shortened_id(text)}</bdi>" in page or f'<bdi title="{text}">{shortened_id(text)}</bdi>' in page
        assert f'data-copy-text="{text}"' in page
    results = found(at_work, round_id)
    assert f">{one}<" not in results
    assert f'data-copy-text="{one}"' in results


# --- The list and the export on their pages ---------------------------------------------------------------------------
@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORT_FOLDER = tmp_path
    return tmp_path


def test_the_list_shows_each_round_with_its_outcome(at_work: Client, won: Caller) -> None:
    won.bet(100_000, transactionId="bet-2")
    page = said(at_work.get(ROUNDS))
    assert page.index("bet-2</bdi></a>") < page.index("bet-1</bdi></a>")
    assert 'said-good">won</span>' in page
    assert 'said-warn">open</span>' in page
    assert "bet-2</bdi></a>" not in said(at_work.get(f"{ROUNDS}?state=won"))
    assert "bet-1</bdi></a>" not in said(at_work.get(f"{ROUNDS}?least=3.01&currency=eur"))


def test_a_minimum_stake_needs_its_currency(at_work: Client, won: Caller) -> None:
    refused: Any = at_work.get(f"{ROUNDS}?least=3.01")
    assert refused.context["form"].errors == {"currency": ["Enter the currency of the minimum stake, such as EUR."]}
    assert "bet-1</bdi></a>" in said(refused)
    found: Any = at_work.get(f"{ROUNDS}?least=1&currency=eur")
    assert found.context["told"] == [("Currency", "EUR"), ("Minimum stake", "EUR 1.00")]


@pytest.mark.parametrize("query", ["least=1,5x", "since=yesterday", "state=%27;--", "at=x&row=y", "row=9"])
def test_a_filter_that_cannot_be_read_breaks_nothing(at_work: Client, won: Caller, query: str) -> None:
    assert at_work.get(f"{ROUNDS}?{query}").status_code == 200


def test_what_is_open_stands_by_age_and_opens_its_list(at_work: Client, caller: Caller) -> None:
    caller.bet(150_000, transactionId="waits")
    page = said(at_work.get(f"{ROUNDS}open/"))
    assert '<td class="text-end">1</td><td class="text-end text-nowrap">EUR 1.50</td>' in page
    assert "waits</bdi></a>" in said(at_work.get(f"{ROUNDS}open/?age=hour&currency=EUR"))
    assert "No open rounds" in said(at_work.get(f"{ROUNDS}open/?age=week&currency=EUR"))


def test_an_export_of_the_shown_list_is_asked_for_and_fetched(
    at_work: Client, won: Caller, folder: Path, viewer: Person
) -> None:
    won.bet(100_000, transactionId="bet-2")
    sent = send(at_work, "/operator/acme/exports/new/?state=won", what="rounds", form="csv")
    assert sent["location"] == "/operator/acme/exports/"
    export = Export.objects.get()
    assert export.wish == {"state": "won"}
    assert export.by == viewer
    assert "hx-trigger" in said(at_work.get("/operator/acme/exports/"))
    exports.write_export(export.pk)
    listed = said(at_work.get("/operator/acme/exports/", headers={"hx-request": "true"}))
    assert listed.startswith('<div class="card" id="exports">')  # complete: asks no more
    fetched: Any = at_work.get(f"/operator/acme/exports/{export.pk}/file/")
    assert fetched["content-disposition"].startswith('attachment; filename="acme-rounds-')
    assert "no-store" in fetched["cache-control"]
    content = b"".join(fetched.streaming_content).decode()
    assert "bet-1" in content
    assert "bet-2" not in content


def test_a_file_is_its_merchants_alone(
    client: Client, won: Caller, folder: Path, owner: Person, rival: Merchant
) -> None:
    export = exports.request_export(merchant=won.merchant, by=owner, what="rounds", form="csv", wish=RoundFilter())
    exports.write_export(export.pk)
    signed_in(client, factories.member(rival, "owner", email="o@rival.test"))
    assert client.get(f"/operator/rival/exports/{export.pk}/file/").status_code == 404
    assert client.get(f"/operator/acme/exports/{export.pk}/file/").status_code == 404
    assert Client().get(f"/operator/acme/exports/{export.pk}/file/").status_code == 302


def test_an_export_is_cancelled_and_begun_again(at_work: Client, caller: Caller, folder: Path, viewer: Person) -> None:
    export = exports.request_export(merchant=caller.merchant, by=viewer, what="rounds", form="csv", wish=RoundFilter())
    path = f"/operator/acme/exports/{export.pk}/"
    at_work.get(f"{path}cancel/")  # a link alone does nothing
    export.refresh_from_db()
    assert export.is_active
    at_work.post(f"{path}cancel/")
    assert "Start export again" in said(at_work.get("/operator/acme/exports/"))
    at_work.post(f"{path}again/")
    export.refresh_from_db()
    assert export.state == Export.State.WAITING
    assert "is still running or already done" in said(at_work.post(f"{path}again/", follow=True))


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("manager", 302), ("owner", 302)])
def test_what_another_waits_for_is_not_stopped_or_begun_again_by_a_viewer(
    client: Client, acme: Merchant, folder: Path, owner: Person, role: str, status: int
) -> None:
    export = exports.request_export(merchant=acme, by=owner, what="rounds", form="csv", wish=RoundFilter())
    signed_in(client, factories.member(acme, role, email="other@acme.test"))
    assert ("cancel/" in said(client.get("/operator/acme/exports/"))) == (status == 302)
    assert client.post(f"/operator/acme/exports/{export.pk}/cancel/").status_code == status
    exports.cancel_export(export=export)
    assert ("again/" in said(client.get("/operator/acme/exports/"))) == (status == 302)
    assert client.post(f"/operator/acme/exports/{export.pk}/again/").status_code == status


def test_a_job_that_is_silent_is_told_as_broken_off(
    at_work: Client, caller: Caller, folder: Path, owner: Person
) -> None:
    export = exports.request_export(merchant=caller.merchant, by=owner, what="rounds", form="csv", wish=RoundFilter())
    exports.begin_attempt(export.pk)
    assert "Being prepared" not in said(at_work.get("/operator/acme/exports/"))  # in small letters
    Export.objects.update(alive_at=clock.now() - timedelta(minutes=5))
    assert "The export stopped" in said(at_work.get("/operator/acme/exports/"))


# --- What each page costs ---------------------------------------------------------------------------------------------
DOOR = [*WHO, "merchants_membership"]  # may they, and whose pages
COSTS = {
    "": [*DOOR, "bets", "merchants_membership"],
    "?state=won": [*DOOR, "end of the look", "bets", "merchants_membership"],
    "?player=player-1": [*DOOR, "merchants_player", "end of the look", "bets", "merchants_membership"],
    "?state=open": [*DOOR, "marks", "open rounds", "marks", "bets", "merchants_membership"],
    "open/": [*DOOR, "marks", "open rounds", "marks", "merchants_membership"],
    "{bet}/": [
        *DOOR,
        "wallet_transaction",  # the row
        "wallet_transaction",  # what it goes back to
        "wallet_transaction",  # what names it
        "wallet_transaction",  # itself
        "wallet_transaction",  # what names its payouts
        "wallet_signedrequest",  # the calls that wrote these
        "wallet_signedrequest",  # the calls that name them
        "wallet_signedrequest",  # the bet's line
        "wallet_signedrequest",  # the player's lines from there on
        "wallet_transaction",  # other bets of the round
        "merchants_membership",
    ],
}
SIGNS = {
    "FROM wallet_mark WHERE source = ANY": "marks",
    "wallet_openbet": "open rounds",
    "OFFSET": "end of the look",
    "is_gone": "bets",
}


@pytest.mark.parametrize("path", COSTS)
def test_each_page_is_so_many_named_queries(at_work: Client, won: Caller, path: str) -> None:
    won.bet(100_000)
    address = ROUNDS + path.format(bet=Transaction.objects.get(transaction_id="bet-1").pk)
    at_work.get(address)
    with CaptureQueriesContext(connection) as captured:
        at_work.get(address)
    found = [each for query in captured if not (each := own(query["sql"])).startswith(("SAVEPOINT", "RELEASE"))]
    named = [next((name for sign, name in SIGNS.items() if sign in each), subject(each)) for each in found]
    assert named == COSTS[path]
