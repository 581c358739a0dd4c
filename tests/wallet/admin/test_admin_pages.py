"""What support staff read about money and calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from merchants.models import Person, Secret
from merchants.services import keys, merchants
from portal.lib import clock
from tests.conftest import Caller
from tests.pages import submit
from tests.people import signed_in
from wallet.admin import dashboard
from wallet.models import Account, RefusedCall, Session, SignedRequest, Transaction
from wallet.services.log import request_log

LOG = "/admin/wallet/signedrequest/"
BOOK = "/admin/wallet/transaction/"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def read(client: Client, path: str, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def rows(client: Client, path: str, **query: Any) -> list[str]:
    """What the rows of a list are called, newest first."""
    response = client.get(path, query)
    return [str(row) for row in response.context["cl"].result_list]


def logged(client: Client, **query: Any) -> list[str]:
    request_log.drain_lines()
    response = client.get(LOG, query)
    return [row.endpoint.rpartition("/")[2] for row in response.context["cl"].result_list]


def test_a_bet_is_found_with_all_that_signed_it(staff: Client, caller: Caller) -> None:
    bet = caller.bet(123_456).body["transactionId"]
    row = Transaction.objects.get(transaction_id=bet)
    page = read(staff, f"{BOOK}{row.pk}/change/")
    for said in [
        "1.23456",
        "8.76544",
        "player-1 (player)",
        "Games (stakes and payouts)",
        f"{caller.signer.auth_key} v1",
    ]:
        assert said in page
    assert f"{LOG}?q={row.request_id}" in page
    assert Secret.objects.get().pk == row.secret_id


def test_a_transaction_is_searched_by_its_id_with_all_that_refers_to_it(staff: Client, caller: Caller) -> None:
    bet = caller.bet().body["transactionId"]
    payout = caller.payout(bet).body["transactionId"]
    caller.bet()
    assert rows(staff, BOOK, q=bet) == [f"payout {payout}", f"bet {bet}"]
    assert rows(staff, BOOK, q=bet.upper()) == []


def test_a_transaction_is_searched_by_player(staff: Client, caller: Caller, rival_caller: Caller) -> None:
    rival_caller.player = "somebody"
    rival_caller.deposit(5)
    assert len(rows(staff, BOOK, q="somebody")) == 1
    assert len(rows(staff, BOOK, q="player-1")) == 2  # of both merchants
    assert len(rows(staff, BOOK, q="player-1", merchant__id__exact=caller.merchant.pk)) == 1


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"kind__exact": "deposit"}, ["deposit"]),
        ({"status": "RS_ERROR_NOT_ENOUGH_MONEY"}, ["withdraw"]),
        ({"currency": "eur"}, ["withdraw", "bet", "deposit"]),
        ({"currency": "USD"}, []),
        ({"created_at_from_0": "2020-01-01", "created_at_to_0": "2020-01-02"}, []),
        ({"created_at_from_0": "2020-01-01", "created_at_from_1": "10:00"}, ["withdraw", "bet", "deposit"]),
        ({"created_at_from_0": "no day"}, ["withdraw", "bet", "deposit"]),
        ({"created_at_from_0": "2020-02-31"}, ["withdraw", "bet", "deposit"]),
    ],
)
def test_transactions_are_filtered(staff: Client, caller: Caller, query: dict[str, str], kinds: list[str]) -> None:
    caller.bet()
    caller.withdraw(10**12)
    assert [row.split()[0] for row in rows(staff, BOOK, **query)] == kinds


@pytest.mark.parametrize(
    "query",
    [{"status": "nonsense\0"}, {"currency": "\0"}, {"q": "a\0"}, {"no\0": "1"}, {"unknown": "1"}, {"amount__gt": "1"}],
)
def test_a_filter_that_the_list_does_not_know_is_refused(staff: Client, caller: Caller, query: dict[str, str]) -> None:
    for path in (BOOK, f"{BOOK}export/"):
        assert staff.get(path, query).status_code == 400


def test_an_overdrawn_account_stands_out(staff: Client, caller: Caller) -> None:
    deposit = Transaction.objects.get().transaction_id
    caller.withdraw(900_000)
    caller.rollback(deposit)
    [account] = staff.get("/admin/wallet/account/", {"overdrawn": "yes"}).context["cl"].result_list
    assert account == Account.objects.get(kind="player")
    page = read(staff, f"/admin/wallet/account/{account.pk}/change/")
    assert "-9.00" in page
    assert "overdrawn" in page


def test_a_session_is_closed_after_a_question(staff: Client, caller: Caller) -> None:
    bet = caller.bet().body["transactionId"]
    page = f"/admin/wallet/session/{Session.objects.get().pk}/close/"
    assert "RS_ERROR_SESSION_REQUIRED_OR_INVALID" in read(staff, page)
    submit(staff, page, {"why": "Asked by the player"})
    assert caller.bet().body["status"] == "RS_ERROR_SESSION_REQUIRED_OR_INVALID"
    assert caller.payout(bet).body["status"] == "RS_OK"


def test_a_session_is_searched_by_id_or_player(staff: Client, caller: Caller) -> None:
    for text in (caller.session, "player-1"):
        assert rows(staff, "/admin/wallet/session/", q=text) == [caller.session]


def test_the_log_is_searched(staff: Client, caller: Caller) -> None:
    bet = caller.bet()
    caller.balance(playerId="somebody")
    assert logged(staff, q=bet.headers["x-request-id"]) == ["bet"]
    assert logged(staff, q=bet.body["transactionId"]) == ["bet"]
    assert logged(staff, q="somebody") == ["balance"]
    assert logged(staff, q="127.0.0.1") == ["balance", "bet", "url", "deposit"]
    assert logged(staff, q="203.0.113.1") == []


@pytest.mark.parametrize(
    ("query", "endpoints"),
    [
        ({"status": "refused"}, ["balance"]),
        ({"status": "RS_ERROR_RECORD_NOT_FOUND"}, ["balance"]),
        ({"status": "RS_ERROR"}, []),
        ({"endpoint": "/game/url"}, ["url"]),
        ({"endpoint": "/no/such"}, ["balance", "url", "deposit"]),
        ({"address": "127.0.0.1"}, ["balance", "url", "deposit"]),
        ({"address": "nowhere"}, []),
        ({"created_at_to_0": "2020-01-01"}, []),
    ],
)
def test_the_log_is_filtered(staff: Client, caller: Caller, query: dict[str, str], endpoints: list[str]) -> None:
    caller.balance(playerId="somebody")
    assert logged(staff, **query) == endpoints


def test_a_refused_call_is_shown_as_it_arrived_and_can_do_nothing(staff: Client, caller: Caller) -> None:
    caller.call("/wallet/balance", b'{"playerId": "<script>\xff\x00\xe2\x80\xae", ')
    request_log.drain_lines()
    line = SignedRequest.objects.latest("pk")
    html = staff.get(f"{LOG}{line.pk}/change/", follow=True).content.decode()
    assert "&lt;script&gt;\\xff\\x00\\u202e" in html
    assert "\u202e" not in html
    assert caller.signer.auth_key in html


def test_a_long_body_is_cut(staff: Client, caller: Caller) -> None:
    caller.call("/wallet/balance", b"x" * 30_000)
    request_log.drain_lines()
    page = staff.get(f"{LOG}{SignedRequest.objects.latest('pk').pk}/change/", follow=True)
    assert "10,000 more characters" in page.content.decode()


def test_a_call_whose_body_is_gone_is_still_shown(staff: Client, caller: Caller) -> None:
    caller.balance(playerId="somebody")
    request_log.drain_lines()
    RefusedCall.objects.all().delete()
    page = staff.get(f"{LOG}{SignedRequest.objects.latest('pk').pk}/change/", follow=True).content.decode()
    assert "RS_ERROR_RECORD_NOT_FOUND" in page


def test_a_request_of_a_merchant_is_explained_at_its_desk(staff: Client, caller: Caller) -> None:
    caller.balance(playerId="somebody")
    request_log.drain_lines()
    line = SignedRequest.objects.latest("pk")
    page = staff.get(f"{LOG}{line.pk}/change/", follow=True)
    assert page.redirect_chain == [(f"/admin/operations/acme/requests/{line.request_id}/", 302)]
    text = unescape(page.content.decode())
    assert "Checks in order" in text
    assert "Secret version" in text


def test_a_wrong_signature_under_a_known_key_is_found_under_its_merchant(staff: Client, caller: Caller) -> None:
    """Such requests were invisible under their merchant: nobody had signed them."""
    wrong = caller.get("/game/list/", x_signature="0" * 64)
    request_log.drain_lines()
    line = SignedRequest.objects.get(request_id=wrong.headers["x-request-id"])
    assert line.merchant is None
    assert "Acme Casino (auth key only)" in read(staff, LOG)
    found = staff.get(f"{LOG}?merchant__id__exact={caller.merchant.pk}&status=refused", follow=True)
    assert found.redirect_chain == [("/admin/operations/acme/requests/?status=refused", 302)]
    assert [row.pk for row, _ in found.context["rows"]] == [line.pk]
    page = staff.get(f"{LOG}{line.pk}/change/", follow=True).content.decode()
    assert "Signature problem" in page


def test_a_request_of_nobody_is_shown_without_empty_rows(staff: Client, caller: Caller) -> None:
    stranger = caller.get("/game/list/", x_api_key="oppi_live_of_nobody")
    request_log.drain_lines()
    line = SignedRequest.objects.get(request_id=stranger.headers["x-request-id"])
    page = staff.get(f"{LOG}{line.pk}/change/")
    assert page.status_code == 200
    shown = {name for _, box in page.context["adminform"].fieldsets for name in box["fields"]}
    assert "auth_key" in shown
    assert not shown & {"merchant", "secret", "player_id", "currency", "shown_amount", "transaction"}


def test_the_list_offers_all_refusals_and_follows_live(staff: Client, caller: Caller) -> None:
    page = read(staff, LOG)
    assert 'href="?status=refused"' in page
    assert 'data-follow="result_list"' in page


def test_a_transaction_shows_its_entries_and_its_round(staff: Client, caller: Caller) -> None:
    bet = caller.bet(100_000).body["transactionId"]
    caller.payout(bet, 250_000)
    row = Transaction.objects.get(transaction_id=bet)
    page = " ".join(read(staff, f"{BOOK}{row.pk}/change/").split())
    assert "Ledger entries of this transaction" in page
    assert f'href="/admin/operations/acme/rounds/{row.pk}/"' in page
    assert "EUR +2.50" in page
    assert f'href="/admin/operations/acme/requests/{row.request_id}/"' in page
    fields = {
        name for _, box in staff.get(f"{BOOK}{row.pk}/change/").context["adminform"].fieldsets for name in box["fields"]
    }
    assert not fields & {"settles", "proposed_by", "reverses", "reward_type"}


def test_home_tells_the_last_day(staff: Client, caller: Caller, rival_caller: Caller) -> None:
    caller.balance(playerId="nobody")
    caller.withdraw(250_000)
    keys.quarantine_key(key=keys.issue_key(merchant=caller.merchant).key)
    merchants.set_status(merchant=rival_caller.merchant, status="suspended")
    request_log.drain_lines()
    context = staff.get("/admin/").context
    assert (context["calls_taken"], context["calls_refused"]) == (5, 1)
    assert context["refusals"] == [("RS_ERROR_RECORD_NOT_FOUND", 1)]
    [row] = context["money"]["rows"]
    assert (row[0], row[1]["content"], row[2]["content"]) == ("EUR", "20.00", "2.50")
    assert list(context["merchants_not_active"]) == [rival_caller.merchant]
    assert [key.status for key in context["keys_quarantined"]] == ["quarantined"]


def test_home_leaves_out_what_is_older(caller: Caller) -> None:
    request_log.drain_lines()
    with clock.frozen_at(datetime.now(UTC) + timedelta(days=2)):
        context = dashboard.calls(clock.now() - timedelta(hours=24))
    assert (context["calls_taken"], context["calls_refused"]) == (0, 0)


def test_home_says_since_when_it_counts(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "WINDOW", 1)
    for _ in range(3):
        caller.balance()
    request_log.drain_lines()
    day_ago = datetime.now(UTC) - timedelta(hours=24)
    context = dashboard.calls(day_ago)
    assert context["calls_taken"] == 1
    assert context["calls_since"] > day_ago + timedelta(hours=23)
