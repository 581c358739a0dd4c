"""The operators' pages, as somebody uses them who means no good, or who types whatever comes to mind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants import errors
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, ListTrial, Merchant, Person
from merchants.services import allowlist, history
from merchants.services.allowlist import EntryPlan, Proposal, entry_usage, saving
from portal.lib import clock
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in
from wallet.services.log import request_log

PAGE = "/operator/acme/allowlist/"
REQUESTS = "/operator/acme/requests/"
HUGE, HIGH = "9" * 5000, "0" * 30 + "9" * 30
FIRST_DAY, LAST_DAY = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
ENTRY = {"network": "198.51.100.7"}


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    cache.clear()
    return signed_in(client, owner)


@pytest.fixture
def calling(caller: Caller) -> Caller:
    """Its calls are in the log."""
    caller.call("/wallet/balance", {}, x_signature="")
    request_log.drain_lines()
    return caller


# --- Whatever stands in an address ------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["add/", "paste/", "csv/", "ask/", "suggest/", "egress/"])
@pytest.mark.parametrize("number", [HUGE, HIGH, "-1", "1e3", "٣"])
def test_a_list_of_no_key_is_not_there(at_work: Client, calling: Caller, page: str, number: str) -> None:
    assert at_work.get(f"{PAGE}{page}", {"key": number}).status_code == 404


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("before", HUGE), ("after", "0" * 5000), ("before", HIGH), ("after", "٣"), ("seen", HUGE),
        ("address", "fe80::%1/64"), ("address", "::%x/16"), ("address", "1/1"),
        ("since", "0001-01-01T00:00:00"), ("since", FIRST_DAY), ("until", "9999-12-31T23:59:59"), ("until", LAST_DAY),
        ("key", HUGE), ("key", HIGH), ("transaction", "x" * 3000), ("status", "<b>"),
    ],
)  # fmt: skip
def test_no_filter_of_calls_breaks_their_page(at_work: Client, calling: Caller, name: str, text: str) -> None:
    assert at_work.get(REQUESTS, {name: text}, follow=True).status_code == 200
    assert at_work.get(f"{REQUESTS}csv/", {name: text}).status_code in {200, 302}


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("moment", [FIRST_DAY, LAST_DAY, "0001-01-01", "24:00"])
def test_no_moment_breaks_the_timeline(at_work: Client, name: str, moment: str) -> None:
    assert at_work.get("/operator/acme/timeline/", {name: moment}).status_code == 200


# --- Whatever is typed ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ends", ["0001-01-01T00:00:00", FIRST_DAY, "9999-12-31T23:59:59", LAST_DAY, "\0", "soon"])
def test_an_end_that_nobody_can_mean_is_refused(at_work: Client, acme: Merchant, ends: str) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network="203.0.113.9")
    for page, more in ((f"{PAGE}add/", ENTRY), (f"{PAGE}entries/{entry.pk}/", {})):
        refused = send(at_work, page, ends=ends, **more)
        assert refused.status_code == 200
        assert refused.context["form"].errors["ends"]


@pytest.mark.parametrize("ends", ["0001-01-01 00:00+14:00", "9999-12-31 23:59-14:00", "9999-12-31", "9999-12-30"])
def test_a_line_with_such_an_end_is_named(at_work: Client, ends: str) -> None:
    assert f"Line 1: “{ends}” is not a date or time" in said(
        send(at_work, f"{PAGE}paste/", text=f"198.51.100.7,,{ends}")
    )


@pytest.mark.parametrize("text", ["address", "IP", "network"])
def test_a_word_that_could_head_a_table_is_no_address(at_work: Client, text: str) -> None:
    assert f"“{text}” is not an IP address or CIDR block." in said(send(at_work, f"{PAGE}add/", network=text))


@pytest.mark.parametrize("name", ["faß.example", "FAẞ.example", "κόσμος.example", "a\u200db.example"])
def test_a_domain_that_browsers_read_otherwise_than_we_do_is_refused(at_work: Client, name: str) -> None:
    """They send xn--fa-hia.example, and the codec here makes fass.example of it, which is somebody else's."""
    refused = said(send(at_work, f"{PAGE}domains/", text=name))
    assert "Enter the form that browsers send, which begins with “xn--”" in refused


def test_other_scripts_are_written_as_browsers_send_them(at_work: Client) -> None:
    proposal = send(at_work, f"{PAGE}domains/", text="bücher.example\nxn--fa-hia.example\n例え.example。")
    names = [line.domain for line in proposal.context["difference"].added]
    assert names == ["xn--bcher-kva.example", "xn--fa-hia.example", "xn--r8jz45g.example"]


# --- Drafts -----------------------------------------------------------------------------------------------------------
def test_a_draft_of_domains_is_none_of_networks_nor_the_other_way_round(at_work: Client, acme: Merchant) -> None:
    networks = send(at_work, f"{PAGE}add/", **ENTRY)
    domains = send(at_work, f"{PAGE}domains/", text="play.casino.example")
    for here, other in ((networks, domains), (domains, networks)):
        form = {name: here.context["form"][name].value() or "" for name in here.context["form"].fields}
        form["draft"] = other.context["form"]["draft"].value()
        for do in ("look", "save"):
            answer = at_work.post(here.context["action"], form | {"do": do}, follow=True)
            assert "This page has expired. Nothing was saved." in said(answer)
    assert not AllowlistEntry.objects.exists()
    assert not AllowedDomain.objects.exists()


# --- Lock-out and trial -----------------------------------------------------------------------------------------------
HERE, OFFICE = "127.0.0.1", "198.51.100.7"


def saved(merchant: Merchant, network: str, *, key: ApiKey | None = None, **how: Any) -> Any:
    proposal = Proposal(merchant, (EntryPlan(ip_network(network)),), key)
    return allowlist.save_networks(proposal=proposal, by=None, **how)


def test_two_lists_that_shut_out_everybody_once_the_one_on_trial_has_gone_back_want_the_code(
    calling: Caller, acme: Merchant
) -> None:
    key = ApiKey.objects.get(merchant=acme)
    saved(acme, OFFICE, confirmed_code="acme")
    saved(acme, HERE, on_trial=True)
    with pytest.raises(errors.LockOut):
        saved(acme, HERE, key=key)
    assert not AllowlistEntry.objects.filter(key=key).exists()


def test_its_proposal_says_when_that_would_be(at_work: Client, calling: Caller, acme: Merchant) -> None:
    key = ApiKey.objects.get(merchant=acme)
    saved(acme, OFFICE, confirmed_code="acme")
    saved(acme, HERE, on_trial=True)
    shown = said(send(at_work, f"{PAGE}add/?key={key.pk}", network=HERE))
    assert "refuses all current requests as soon as the other allowlist on trial reverts" in shown
    assert "would have been accepted" in shown


def test_a_list_of_ended_entries_says_that_it_refuses_everybody(at_work: Client, acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network=OFFICE, expires_at=clock.now() - timedelta(days=1))
    last = AllowlistEntry.objects.create(merchant=acme, network=HERE)
    shown = said(at_work.get(f"{PAGE}entries/{last.pk}/remove/"))
    assert "All entries have expired. Requests from every address would be refused." in shown


def test_a_list_that_went_back_is_not_kept_by_a_page_that_was_left_open(
    at_work: Client, acme: Merchant, owner: Person
) -> None:
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    with clock.frozen_at(noon), history.act_as(door="set-up"):
        AllowlistEntry.objects.create(merchant=acme, network=OFFICE)
        tried = saved(acme, HERE, on_trial=True).trial
    with clock.frozen_at(noon + timedelta(minutes=11)), pytest.raises(errors.TrialOver):
        saving.keep_without_trial(tried=tried, by=owner)
    with clock.frozen_at(noon + timedelta(minutes=11)):
        assert [line.name for line in entry_usage.list_standing(acme, None).lines] == [f"{OFFICE}/32"]
    assert ListTrial.objects.get().state == ListTrial.State.TRYING


# --- Secrets ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["signature", "x-hmac", "x_sign"])
def test_a_right_signature_under_another_name_is_cut_too(at_work: Client, calling: Caller, name: str) -> None:
    """Whoever reads could put it where it belongs, and send the call again."""
    right = calling.signer.sign(b'{"playerId":"player-1","currency":"EUR"}')["x-signature"]
    body = {"playerId": "player-1", "currency": "EUR", "signature": right}
    beside: dict[str, Any] = {name: right}
    answer = calling.call(f"/wallet/balance?{name}={right}", body, x_signature="", **beside)
    request_log.drain_lines()
    shown = said(at_work.get(f"{REQUESTS}{answer.headers['x-request-id']}/"))
    assert right[:8] in shown
    assert right not in shown


def test_a_secret_in_a_filter_is_taken_for_none(at_work: Client, calling: Caller) -> None:
    for name in ("player", "transaction", "q"):
        shown = said(at_work.get(REQUESTS, {name: calling.signer.secret}, follow=True))
        assert "Your search contains a secret key" in shown
        assert calling.signer.secret not in shown


# --- Calls of all kinds -----------------------------------------------------------------------------------------------
PLAYERS = ["=1+1", "<b>bold</b>", "😀" * 60, "\u202egnp.exe", "x" * 255, "' OR 1=1 --", "../..", "%2e%2e", "a\nb", "-"]
STAMPS = ["9" * 4096, "-1", "1e400", "٣٣٣", "0x10", "2026-11-23T00:00:00Z", "  1 ", "9" * 19, "NaN", "1.5", "|"]


@pytest.mark.parametrize("player", PLAYERS)
def test_a_call_about_any_player_has_its_page_and_its_search(at_work: Client, caller: Caller, player: str) -> None:
    answer = caller.launch(playerId=player)
    refused = caller.balance(playerId=player, currency="")
    request_log.drain_lines()
    for each in (answer, refused):
        shown = said(at_work.get(f"{REQUESTS}{each.headers['x-request-id']}/"))
        assert "<b>bold" not in shown
        assert "\u202e" not in shown
    found: Any = at_work.get(REQUESTS, {"player": player}, follow=True)
    assert len(found.context["found"].lines) == 2
    file: Any = at_work.get(f"{REQUESTS}csv/", {"player": player})
    table = b"".join(file.streaming_content).decode()
    assert ",=1+1" not in table


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_call_of_any_time_is_explained_and_diagnosed(at_work: Client, caller: Caller, stamp: str) -> None:
    body = b'{"playerId":"player-1","currency":"EUR"}'
    right = caller.signer.sign(body)["x-signature"]
    answer = caller.call("/wallet/balance", body, x_timestamp=stamp, x_signature=right)
    request_log.drain_lines()
    page = f"{REQUESTS}{answer.headers['x-request-id']}/"
    assert at_work.get(page).status_code == 200
    assert at_work.post(page).status_code == 200


@pytest.mark.parametrize(
    "path", ["/wallet/balance/x", "/wallet/<b>", "/game/url?x=%00", "/wallet/transaction/bet?" + "a=1&" * 999]
)
@pytest.mark.parametrize(
    "body", [b"", b"\0" * 9, b"[" * 5000, b'{"amount":' + b"9" * 5000 + b"}", "ï»¿{}".encode("latin-1")]
)
def test_a_call_of_any_kind_is_explained_and_diagnosed(at_work: Client, caller: Caller, path: str, body: bytes) -> None:
    ways: list[dict[str, Any]] = [{}, {"x_signature": "é" * 9}, {"x_api_key": caller.signer.auth_key.upper()}]
    for signing in ways:
        answer = caller.call(path, body, **signing)
        request_log.drain_lines()
        page = f"{REQUESTS}{answer.headers['x-request-id']}/"
        assert at_work.get(page).status_code in {200, 404}
        assert at_work.post(page).status_code in {200, 404}


# --- A merchant of whom there is nothing yet --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "page",
    [
        "", "?span=7d", "keys/", "people/", "timeline/", "requests/", "requests/csv/", "allowlist/", "allowlist/csv/",
        "allowlist/ask/?address=::1", "allowlist/add/", "allowlist/paste/", "allowlist/domains/", "allowlist/egress/",
        "allowlist/suggest/?days=7", "allowlist/suggest/?days=30&most=1", "allowlist/proposal/", "people/invite/",
        "allowlist/domains/proposal/", "requests/?q=x", "requests/?tail", "people/second-factor/",
    ],
)  # fmt: skip
def test_a_merchant_without_key_player_or_call_has_every_page(at_work: Client, acme: Merchant, page: str) -> None:
    assert at_work.get(f"/operator/acme/{page}", follow=True).status_code == 200


def test_without_a_key_no_address_is_proved(at_work: Client, acme: Merchant) -> None:
    answer = at_work.post(f"{PAGE}egress/", follow=True)
    assert "None of your keys works" in said(answer)
