"""One box for every id, and what it says of a Secret Key."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from merchants import crypto
from merchants.models import ApiKey, Merchant, Person, Player, Secret
from merchants.services import keys
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.wallet.admin.test_admin_lists import asked, counted, explained, subject
from wallet.models import SignedRequest, Transaction
from wallet.services.log import request_log

FIND = "/admin/find/"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def find(client: Client, text: str) -> dict[str, list[str]]:
    """What the box answers: by kind, the addresses of what was found."""
    response = client.post(FIND, {"q": text}, follow=True)
    assert response.status_code == 200
    return {group.title: [hit.url for hit in group.hits] for group in response.context["groups"]}


def test_each_id_leads_to_its_thing(staff: Client, caller: Caller, acme: Merchant) -> None:
    bet = caller.bet()
    request_log.drain_lines()
    key, player = ApiKey.objects.get(), Player.objects.get()
    row = Transaction.objects.get(transaction_id=bet.body["transactionId"])
    call = SignedRequest.objects.get(transaction_id=row.transaction_id)
    assert find(staff, "acme") == {"Merchants": [f"/admin/merchants/merchant/{acme.pk}/change/"]}
    assert find(staff, " Acme Cas ") == {"Merchants": [f"/admin/merchants/merchant/{acme.pk}/change/"]}
    assert find(staff, key.auth_key) == {"API keys": [f"/admin/merchants/apikey/{key.pk}/change/"]}
    assert find(staff, "player-1") == {"Players": [f"/admin/merchants/player/{player.pk}/change/"]}
    assert find(staff, caller.session)["Sessions"] == [f"/admin/wallet/session/{row.session_id}/change/"]
    assert find(staff, bet.headers["x-request-id"])["Requests"] == [f"/admin/wallet/signedrequest/{call.pk}/change/"]
    assert find(staff, row.transaction_id)["Transactions"] == [f"/admin/wallet/transaction/{row.pk}/change/"]


def test_an_address_leads_to_the_keys_that_signed_from_it_and_to_its_calls(staff: Client, caller: Caller) -> None:
    request_log.drain_lines()
    groups = find(staff, "127.0.0.1")
    assert groups["Keys used from this address"] == [f"/admin/merchants/apikey/{ApiKey.objects.get().pk}/change/"]
    assert len(groups["Requests from this address (of the newest 500,000)"]) == SignedRequest.objects.count() == 2


def test_what_refers_to_a_transaction_is_found_with_it(staff: Client, caller: Caller) -> None:
    bet = caller.bet().body["transactionId"]
    caller.payout(bet)
    assert len(find(staff, bet)["Transactions"]) == 2


def test_a_person_is_found_by_e_mail(staff: Client, owner: Person) -> None:
    assert find(staff, "OWNER@acme.test") == {"People": [f"/admin/merchants/person/{owner.pk}/change/"]}


@pytest.mark.parametrize("text", ["layer-2", "nobody", "\0", "' OR 1=1 --", "9" * 600, "<b>"])
def test_what_there_is_not_is_not_found(staff: Client, caller: Caller, text: str) -> None:
    assert find(staff, text) == {}
    assert "<b>" not in staff.get(FIND, {"q": text}).content.decode().partition("<main")[2]


def test_an_empty_box_says_what_it_finds(staff: Client, db: None) -> None:
    assert "Enter an id or its beginning" in staff.get(FIND).content.decode()


def test_a_secret_key_is_recognised_and_kept_nowhere(staff: Client, caller: Caller, acme: Merchant) -> None:
    issued = keys.issue_key(merchant=acme)
    with capture_logs() as lines:
        response = staff.post(FIND, {"q": f"“{issued.secret}”"})
    page = unescape(response.content.decode())
    assert response.status_code == 200
    assert "Secret key of this portal" in page
    assert f"/admin/merchants/apikey/{issued.key.pk}/change/" in page
    assert issued.secret not in page + str(lines) + str(staff.session.items())
    assert "no-store" in response["Cache-Control"]


def test_a_secret_key_in_the_address_is_answered_alike(staff: Client, acme: Merchant) -> None:
    issued = keys.issue_key(merchant=acme)
    Secret.objects.update(revoked_at=issued.row.created_at)
    page = staff.get(FIND, {"q": issued.secret}).content.decode()
    assert "no longer works" in page
    assert issued.secret not in page


def test_a_secret_key_of_another_house_is_recognised_too(staff: Client, db: None) -> None:
    secret = crypto.new_secret("test")
    page = staff.post(FIND, {"q": secret}).content.decode()
    assert "this portal never issued it" in page
    assert secret not in page


def test_the_box_is_on_every_page_and_sends_nothing_in_an_address(staff: Client, acme: Merchant) -> None:
    for path in ("/admin/", "/admin/wallet/transaction/", f"/admin/merchants/merchant/{acme.pk}/change/"):
        page = said(staff.get(path))
        assert f'method="post" action="{FIND}"' in page
        assert "searchCommand" not in page


def test_who_may_read_may_find(client: Client, auditor: Person, owner: Person) -> None:
    assert client.post(FIND, {"q": "x"}).status_code == 302
    assert signed_in(client, auditor).get(FIND).status_code == 200
    assert signed_in(Client(), owner).get(FIND).status_code == 403


NEAR = {
    "a player in capitals": ("PLAYER-1", "Players"),
    "a player with a space": ("player 1", "Players"),
    "a player with another dash": ("player–1", "Players"),
    "the middle of a player": ("ayer-1", "Players"),
    "a merchant without its space": ("acmecasino", "Merchants"),
    "a merchant in capitals": ("ACME", "Merchants"),
    "part of an auth key": ("{auth_key_part}", "API keys"),
    "an auth key with spaces": ("{auth_key_spaced}", "API keys"),
    "part of the name of a game": ("{game_part}", "Games"),
    "part of an email address": ("owner acme", "People"),
    "the beginning of a transaction": ("{transaction_part}", "Transactions"),
    "a transaction without its dashes": ("{transaction_plain}", "Transactions"),
    "a round in small letters": ("round-77", "Transactions"),
    "the beginning of a session": ("{session_part}", "Sessions"),
    "the beginning of a request id": ("{request_part}", "Requests"),
    "a request id in capitals": ("{request_capitals}", "Requests"),
}


@pytest.mark.parametrize("case", NEAR)
def test_a_near_miss_is_found(staff: Client, caller: Caller, owner: Person, case: str) -> None:
    text, kind = NEAR[case]
    bet = caller.bet(roundId="ROUND-77-A")
    request_log.drain_lines()
    key, row = ApiKey.objects.get(), Transaction.objects.get(transaction_id=bet.body["transactionId"])
    request_id = bet.headers["x-request-id"]
    parts = {
        "auth_key_part": key.auth_key[-9:-1].lower(),
        "auth_key_spaced": key.auth_key.replace("_", " "),
        "game_part": caller.game.name[2:8].upper(),
        "transaction_part": row.transaction_id[:9].upper(),
        "transaction_plain": row.transaction_id.replace("-", ""),
        "session_part": caller.session[:8],
        "request_part": request_id[:11],
        "request_capitals": request_id.upper(),
    }
    assert kind in find(staff, text.format(**parts))


@pytest.mark.parametrize("text", ["pla", "player-1", "d4a7", "acme casino", "ffffffff-0000"])
def test_a_forgiving_search_goes_through_indexes(staff: Client, caller: Caller, text: str) -> None:
    request_log.drain_lines()
    with asked() as statements:
        staff.post(FIND, {"q": text, "suggest": "1"})
    assert len(statements) <= 26
    big: Any = {"wallet_transaction", "wallet_signedrequest", "wallet_session", "merchants_player"}
    assert not [each for each in statements if subject(each) in big and "Seq Scan" in explained(each)]


def test_suggestions_are_part_of_a_page_and_name_no_secret(staff: Client, caller: Caller, acme: Merchant) -> None:
    page = said(staff.post(FIND, {"q": "acme", "suggest": "1"}))
    assert f'href="/admin/merchants/merchant/{acme.pk}/change/"' in page
    assert "<html" not in page
    issued = keys.issue_key(merchant=acme)
    page = said(staff.post(FIND, {"q": issued.secret, "suggest": "1"}))
    assert "This text contains a secret key." in page
    assert issued.secret not in page


def test_pages_that_were_opened_are_recent_items(staff: Client, caller: Caller, acme: Merchant) -> None:
    key = ApiKey.objects.get()
    first, second = f"/admin/merchants/merchant/{acme.pk}/change/", f"/admin/merchants/apikey/{key.pk}/change/"
    for path in (first, second, first, first):
        assert staff.get(path).status_code == 200
    assert [url for _, _, url in staff.session["recent_items"]] == [first, second]
    page = said(staff.post(FIND, {"q": "", "suggest": "1"}))
    assert page.index(first) < page.index(second)
    assert "Recent items" in said(staff.get(FIND))


@pytest.mark.parametrize("text", ["player-1", "198.51.100.7", "00000000-0000-4000-8000-000000000000", "x@y.test"])
def test_no_search_reads_a_whole_table(staff: Client, caller: Caller, text: str) -> None:
    request_log.drain_lines()
    with asked() as statements:
        staff.get(FIND, {"q": text})
    assert not counted(statements)
    assert len(statements) <= 26
    big: Any = {"wallet_transaction", "wallet_signedrequest", "wallet_session", "merchants_player"}
    assert not [each for each in statements if subject(each) in big and "Seq Scan" in explained(each)]
