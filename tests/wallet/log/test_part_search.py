"""Every search finds a part of an id: the list of requests in any case, and the lists of our staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import ApiKey, Merchant, Person
from tests.conftest import Caller
from tests.people import signed_in
from wallet.models import Account, Session, SignedRequest, Transaction
from wallet.services.log import log_search, request_log
from wallet.services.log.log_search import Edges, RequestFilter

REQUESTS = "/operator/acme/requests/"


@pytest.fixture
def played(caller: Caller) -> SignedRequest:
    """A bet in the log; the player is known by another name than its beginning."""
    caller.bet(1, transactionId="TX-alpha-77-Omega")
    request_log.drain_lines()
    return SignedRequest.objects.get(transaction_id="TX-alpha-77-Omega")


@pytest.mark.parametrize("part", ["alpha-77", "ALPHA-77", "77-omega"])
def test_the_list_of_requests_finds_a_part_of_an_id(
    client: Client, owner: Person, played: SignedRequest, part: str
) -> None:
    cache.clear()
    signed_in(client, owner)
    page: Any = client.post(REQUESTS, {"q": part}, follow=True)
    assert parse_qs(urlsplit(page.redirect_chain[-1][0]).query) == {"part": [part]}
    assert [line.pk for line in page.context["found"].lines] == [played.pk]


def test_of_any_id_of_the_request(acme: Merchant, rival: Merchant, played: SignedRequest) -> None:
    ids = [str(played.request_id)[9:18], played.session_id or "", played.player_id or "", played.auth_key]
    for text in ids:
        for merchant, expected in ((acme, True), (rival, False)):
            found = log_search.search_requests(
                merchant=merchant, wish=RequestFilter(part=text[2:-2]), edges=Edges(), limit=50
            )
            assert (played in found.lines) is expected, text


def test_the_search_for_a_part_stops_and_goes_on_further_back(
    acme: Merchant, caller: Caller, played: SignedRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_search, "SCANNED", 2)
    monkeypatch.setattr(log_search, "LEAST", 2)
    for _number in range(4):
        caller.bet(1)
    request_log.drain_lines()
    wish, edges, looks = RequestFilter(part="alpha-77"), Edges(), 0
    found = log_search.search_requests(merchant=acme, wish=wish, edges=edges, limit=50)
    assert found.looked_to is not None
    while found.older is not None:
        assert looks < 20
        looks += 1
        found = log_search.search_requests(merchant=acme, wish=wish, edges=Edges(below=found.older), limit=50)
        if played in found.lines:
            break
    assert played in found.lines


def test_the_lists_of_staff_find_a_part_of_an_id(client: Client, support: Person, played: SignedRequest) -> None:
    cache.clear()
    signed_in(client, support)
    row, session = Transaction.objects.get(transaction_id=played.transaction_id, part=0), Session.objects.get()
    account = Account.objects.get(player=session.player)
    key = ApiKey.objects.get(auth_key=played.auth_key)
    asked: list[tuple[str, str, Any]] = [
        ("wallet/transaction", "alpha-77", row.pk),
        ("wallet/session", session.session_id[3:12], session.pk),
        ("wallet/signedrequest", "77-Omega", played.pk),
        ("wallet/signedrequest", str(played.request_id)[9:18], played.pk),
        ("wallet/account", session.player.player_id[1:], account.pk),
        ("merchants/player", session.player.player_id[1:], session.player.pk),
        ("merchants/apikey", key.auth_key[12:30], key.pk),
    ]
    for page, text, expected in asked:
        answer: Any = client.get(f"/admin/{page}/", {"q": text})
        assert expected in [each.pk for each in answer.context["cl"].result_list], (page, text)
