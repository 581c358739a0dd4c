"""The log of a merchant's calls: who sees which, what each filter shows, and what a page costs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import ApiKey, Merchant, Person
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.signing import Answer
from tests.wallet.admin.test_admin_lists import WHO, subject
from tests.wallet.pages.test_operator_home import own
from wallet.models import SignedRequest
from wallet.services.log import log_search, request_log

REQUESTS = "/operator/acme/requests/"


@pytest.fixture(autouse=True)
def _asked_nothing() -> None:
    cache.clear()


@pytest.fixture
def looking(client: Client, viewer: Person) -> Client:
    return signed_in(client, viewer)


def number(answer: Answer) -> str:
    return answer.headers["x-request-id"]


def shown(client: Client, **filters: str) -> list[str]:
    """The request ids of a page, in its order."""
    request_log.drain_lines()
    response: Any = client.get(REQUESTS, filters, follow=True)
    assert response.status_code == 200
    return [str(line.request_id) for line in response.context["found"].lines]


def test_calls_are_listed_the_newest_first(looking: Client, caller: Caller) -> None:
    first, second = caller.bet(), caller.bet(900_000_000)
    listed = shown(looking)
    assert listed[:2] == [number(second), number(first)]
    page = said(looking.get(REQUESTS))
    assert "RS_ERROR_NOT_ENOUGH_MONEY" in page
    assert "EUR 9,000.00" in page
    assert f"/operator/acme/requests/{number(first)}/" in page


def test_refused_before_the_signature_was_right_is_the_merchants_too(
    looking: Client, caller: Caller, rival_caller: Caller
) -> None:
    unsigned, wrong = caller.call("/wallet/balance", {}, x_signature=""), caller.bet(x_signature="0" * 64)
    theirs = rival_caller.call("/wallet/balance", {}, x_signature="")
    listed = shown(looking)
    assert {number(unsigned), number(wrong)} <= set(listed)
    assert number(theirs) not in listed
    assert len(listed) == 4


# --- A call's page ----------------------------------------------------------------------------------------------------
def call_page(client: Client, answer: Answer) -> str:
    request_log.drain_lines()
    response = client.get(f"{REQUESTS}{number(answer)}/")
    assert response.status_code == 200
    return said(response)


def test_a_refused_call_says_which_check_and_what_arrived(looking: Client, caller: Caller) -> None:
    page = call_page(looking, caller.bet(900_000_000))
    assert "Refused by check 18, “The balance is sufficient”: The balance is too low." in page
    assert "The same request would be refused now by check 18" in page
    assert "&quot;amount&quot;:900000000" in page
    assert "Stored until" in page


# --- Filters ----------------------------------------------------------------------------------------------------------
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def mixed(caller: Caller) -> dict[str, str]:
    """Calls that differ, by what is special about each."""
    other_key = factories.signer(caller.merchant)
    by_other = Caller(caller.merchant, other_key, caller.game, session=caller.session)
    bet = caller.bet(transactionId="t-1")
    return {
        "bet": number(bet),
        "poor": number(caller.bet(900_000_000)),
        "far": number(caller.call("/wallet/balance", {"playerId": "p-far", "currency": "EUR"}, meta=ELSEWHERE)),
        "list": number(caller.get("/game/list/")),
        "keyed": number(by_other.balance()),
        "unsigned": number(caller.call("/wallet/balance", {"playerId": "p-u"}, x_signature="0", meta=ELSEWHERE)),
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "refused"}, {"poor", "far", "unsigned"}),
        ({"status": "RS_ERROR_NOT_ENOUGH_MONEY"}, {"poor"}),
        ({"status": "RS_ERROR_SIGNATURE_NOT_MATCH"}, {"unsigned"}),
        ({"status": "RS_ERROR_PLAYER_BLOCKED"}, set()),
        ({"endpoint": "/wallet/transaction/bet"}, {"bet", "poor"}),
        ({"endpoint": "/game/list"}, {"list"}),
        ({"endpoint": "/wallet/balance", "status": "RS_OK"}, {"keyed"}),
        ({"address": "198.51.100.7"}, {"far", "unsigned"}),
        ({"address": "198.51.100.0/24"}, {"far", "unsigned"}),
        ({"address": "198.51.100.7/24", "status": "refused"}, {"far", "unsigned"}),
        ({"address": "::ffff:198.51.100.7"}, {"far", "unsigned"}),
        ({"address": "203.0.113.0/24"}, set()),
        ({"address": "2001:db8::/32"}, set()),
        ({"player": "p-far"}, {"far"}),
        ({"player": "p-u"}, {"unsigned"}),
        ({"player": "P-FAR"}, set()),
        ({"transaction": "t-1"}, {"bet"}),
        ({"transaction": "t-1", "address": "198.51.100.7"}, set()),
        ({"player": "player-1", "status": "refused", "endpoint": "/wallet/transaction/bet"}, {"poor"}),
        ({"q": "198.51.100.7"}, {"far", "unsigned"}),
        ({"q": "198.51.100.0/24"}, {"far", "unsigned"}),
        ({"q": " t-1 "}, {"bet"}),
        ({"q": "p-u"}, {"unsigned"}),
    ],
)
def test_a_filter_shows_what_is_so(
    looking: Client, mixed: dict[str, str], filters: dict[str, str], expected: set[str]
) -> None:
    found = set(shown(looking, **filters)) & set(mixed.values())
    assert found == {mixed[name] for name in expected}


def test_a_key_shows_what_names_it_signed_or_not(looking: Client, caller: Caller, mixed: dict[str, str]) -> None:
    first, second = ApiKey.objects.filter(merchant=caller.merchant).order_by("pk")
    assert shown(looking, key=str(second.pk)) == [mixed["keyed"]]
    assert mixed["unsigned"] in shown(looking, key=str(first.pk), status="refused")
    assert mixed["unsigned"] not in shown(looking, key=str(second.pk), status="refused")


def test_a_key_of_another_merchant_cannot_be_chosen(looking: Client, caller: Caller, rival_caller: Caller) -> None:
    theirs = ApiKey.objects.get(auth_key=rival_caller.signer.auth_key)
    assert shown(looking, key=str(theirs.pk)) == []
    assert "Fix the filter above" in said(looking.get(REQUESTS, {"key": theirs.pk}))


def test_a_span_of_time_is_exact(looking: Client, caller: Caller) -> None:
    began = clock.now()
    made = {}
    for minutes in range(0, 40, 5):
        with clock.frozen_at(began + timedelta(minutes=minutes)):
            made[minutes] = number(caller.balance())
    request_log.drain_lines()

    def between(since: float, until: float) -> list[str]:
        span = {"since": began + timedelta(minutes=since), "until": began + timedelta(minutes=until)}
        return shown(looking, **{name: at.strftime("%Y-%m-%dT%H:%M:%S") for name, at in span.items()})

    assert between(9, 21) == [made[20], made[15], made[10]]
    assert between(34, 90) == [made[35]]
    assert between(50, 90) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"address": "1.2.3.4/33"}, {"address": "1.2.3.4:443"}, {"address": "x" * 65}, {"status": "nonsense"},
        {"since": "yesterday"}, {"key": "0"}, {"player": "p" * 300}, {"endpoint": "/etc"},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_and_shows_nothing(
    looking: Client, caller: Caller, filters: dict[str, str]
) -> None:
    caller.bet()
    assert shown(looking, **filters) == []
    page = said(looking.get(REQUESTS, filters))
    assert "Fix the filter above" in page
    assert 'class="refused"' in page


@pytest.mark.parametrize("edge", [{"before": "x"}, {"after": "-1"}, {"before": "9" * 40}, {"before": "²"}])
def test_an_edge_that_is_none_of_ours_is_left_out(looking: Client, caller: Caller, edge: dict[str, str]) -> None:
    assert len(shown(looking, **edge)) == 2


# --- Paging, and how far one look goes --------------------------------------------------------------------------------
def walk(client: Client, direction: str, **filters: str) -> list[str]:
    """All pages one way, by their own links."""
    found, address = [], "?" + "&".join(f"{name}={value}" for name, value in filters.items())
    while address:
        response: Any = client.get(REQUESTS + address)
        lines = [str(line.request_id) for line in response.context["found"].lines]
        found += lines if direction == "older" else lines[::-1]
        address = response.context[direction]
        if direction == "newer" and len(lines) == 0:
            break
    return found


def test_pages_leave_nothing_out_and_repeat_nothing(
    looking: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [number(caller.balance()) for _ in range(11)]
    request_log.drain_lines()
    monkeypatch.setattr("wallet.pages.request_list.LINES", 3)
    older = walk(looking, "older")
    assert older[:11] == made[::-1]
    assert len(older) == 13
    lowest = SignedRequest.objects.get(request_id=older[-1]).pk
    assert walk(looking, "newer", after=str(lowest)) == older[-2::-1]


def test_a_look_that_ended_before_the_log_says_so_and_goes_on(
    looking: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [number(caller.balance(currency="USD")), number(caller.bet())]
    for _ in range(9):
        caller.balance()
    request_log.drain_lines()
    monkeypatch.setattr(log_search, "SCANNED", 8)
    monkeypatch.setattr(log_search, "LEAST", 4)
    first = said(looking.get(REQUESTS, {"endpoint": "/wallet/transaction/bet"}))
    assert "Searched back to" in first
    assert "Search further back" in first
    assert "No match so far" in first
    assert walk(looking, "older", endpoint="/wallet/transaction/bet") == [wanted[1]]


def test_calls_of_others_are_in_no_page_however_it_is_asked_for(looking: Client, rival_caller: Caller) -> None:
    bet = rival_caller.bet(transactionId="theirs")
    rival_caller.call("/wallet/balance", {"playerId": "player-1"}, x_signature="0")
    for filters in ({}, {"status": "refused"}, {"player": "player-1"}, {"transaction": "theirs"}, {"q": "theirs"}):
        assert shown(looking, **filters) == []
    assert shown(looking, q=number(bet)) == []
    assert looking.get(f"{REQUESTS}{number(bet)}/").status_code == 404


def test_a_request_id_leads_to_its_call(looking: Client, caller: Caller) -> None:
    bet = caller.bet()
    request_log.drain_lines()
    response = looking.get(REQUESTS, {"q": number(bet).upper()})
    assert response["location"] == f"{REQUESTS}{number(bet)}/"


def test_a_secret_key_in_the_box_is_recognised_and_not_repeated(looking: Client, acme: Merchant) -> None:
    issued = keys.issue_key(merchant=acme)
    for send in (looking.post, looking.get):
        response = send(REQUESTS, {"q": issued.secret}, follow=True)
        assert response.redirect_chain == [(REQUESTS, 302)]
        assert "Your search contains a secret key" in said(response)
        assert issued.secret not in said(response)


def test_every_search_is_sent_by_post_and_has_an_address_to_pass_on(looking: Client, caller: Caller) -> None:
    caller.bet(transactionId="bet-1")
    request_log.drain_lines()
    assert looking.post(REQUESTS, {"q": "bet-1"})["location"] == f"{REQUESTS}?q=bet-1"
    assert looking.post(REQUESTS, {"player": "player-1", "status": ""})["location"] == f"{REQUESTS}?player=player-1"
    for name in ("players", "games", "rounds", "requests"):
        page = looking.get(f"/operator/acme/{name}/").content.decode()
        assert not re.search(r'<form[^>]*method="get"[^>]*>(?:(?!</form>).)*type="(text|search)"', page, re.DOTALL)


def test_any_search_finds_a_uuid_whatever_it_names(looking: Client, caller: Caller) -> None:
    player, transaction = str(uuid4()), str(uuid4())
    caller.launch(playerId=player)
    refused = caller.bet(transactionId=transaction, amount=-1)
    request_log.drain_lines()
    assert looking.get(REQUESTS, {"q": player})["location"] == f"{REQUESTS}?player={player}"
    assert looking.get(REQUESTS, {"q": transaction})["location"] == f"{REQUESTS}?transaction={transaction}"
    assert looking.get(REQUESTS, {"q": number(refused)})["location"] == f"{REQUESTS}{number(refused)}/"


def test_a_merchant_without_calls_reads_so(looking: Client) -> None:
    assert "No requests yet" in said(looking.get(REQUESTS))
    assert "Remove a filter or widen the time span" in said(looking.get(REQUESTS, {"player": "x"}))


# --- Live, and as a table ---------------------------------------------------------------------------------------------
def test_the_tail_is_silent_until_something_came(looking: Client, caller: Caller) -> None:
    caller.bet()
    page = looking.get(REQUESTS, {"tail": "1"})
    request_log.drain_lines()
    seen = str(SignedRequest.objects.latest("pk").pk)
    assert 'hx-trigger="every 2s"' in said(looking.get(REQUESTS, {"tail": "1"}))
    assert "hx-trigger" not in said(looking.get(REQUESTS))
    asked: dict[str, Any] = {"headers": {"HX-Request": "true"}}
    assert looking.get(REQUESTS, {"tail": "1", "seen": seen}, **asked).status_code == 204
    newer = caller.bet()
    request_log.drain_lines()
    part = said(looking.get(REQUESTS, {"tail": "1", "seen": seen}, **asked))
    assert part.startswith('<tbody id="lines"')
    assert number(newer) in part
    assert "<html" not in part
    assert page.status_code == 200


def test_the_tail_keeps_its_filter(looking: Client, caller: Caller) -> None:
    caller.bet(900_000_000)
    request_log.drain_lines()
    page = said(looking.get(REQUESTS, {"tail": "1", "status": "refused"}))
    assert "?status=refused&amp;tail=1&amp;seen=" in page


def test_the_table_has_what_the_filter_shows_and_no_formula(looking: Client, caller: Caller) -> None:
    caller.balance(playerId="=HYPERLINK(1)")
    caller.bet(100)
    request_log.drain_lines()
    response: Any = looking.get(f"{REQUESTS}csv/", {"status": "refused"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ",'=HYPERLINK(1)," in lines[1]
    assert "acme-requests-" in response["content-disposition"]


def test_a_long_table_is_read_a_piece_at_a_time(
    looking: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        caller.balance()
    request_log.drain_lines()
    monkeypatch.setattr("wallet.pages.request_list.AT_ONCE", 2)
    response: Any = looking.get(f"{REQUESTS}csv/")
    assert len(b"".join(response.streaming_content).splitlines()) == 1 + 9


def test_markup_in_every_text_stays_text(looking: Client, caller: Caller) -> None:
    evil = "<img src=x onerror=alert(1)>"
    answer = caller.balance(playerId=evil, currency="EUR")
    request_log.drain_lines()
    for page in (said(looking.get(REQUESTS)), said(looking.get(f"{REQUESTS}{number(answer)}/"))):
        assert "&lt;img" in page
        assert "<img" not in page


# --- What a page costs ------------------------------------------------------------------------------------------------
WHOSE = [
    *WHO,
    "merchants_membership",  # may they, and whose pages
    "merchants_apikey",  # whose unsigned calls are the merchant's
]
LOOK = ["the look"]
STOPPED = ["where it stopped"]
SHOWN = [
    "wallet_signedrequest",  # the lines
    "wallet_refusedhour",  # what was not kept of refused calls
    "merchants_membership",  # to switch to
    "merchants_apikey",  # to choose from
]
FILTERED: dict[str, list[str]] = {
    "": LOOK,
    "?status=refused": LOOK,
    "?player=player-1": LOOK + STOPPED,
    "?address=198.51.100.7": LOOK,
    # Two indexes would do, for what was signed and for what was not: each is asked how far a look gets with it.
    "?address=127.0.0.1&status=RS_ERROR_NOT_ENOUGH_MONEY": STOPPED * 4 + LOOK + STOPPED,
}


def asked(client: Client, address: str) -> list[str]:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    found = [own(query["sql"]) for query in captured]
    return [name(each) for each in found if not each.startswith(("SAVEPOINT", "RELEASE"))]


def name(statement: str) -> str:
    if "CROSS JOIN LATERAL" in statement:
        return "where it stopped" if "OFFSET" in statement else "the look"
    return subject(statement)


def test_a_page_is_so_many_named_queries_whatever_is_looked_for(looking: Client, mixed: dict[str, str]) -> None:
    request_log.drain_lines()
    found = {query: asked(looking, REQUESTS + query) for query in FILTERED}
    assert found == {query: WHOSE + looks + SHOWN for query, looks in FILTERED.items()}
