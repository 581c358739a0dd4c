"""The allowlist on the operators' pages: every way in ends at one proposal, and only that saves."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from merchants.models import AllowlistEntry, ListTrial, Merchant, Person
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in
from wallet.services.log import request_log

PAGE = "/operator/acme/allowlist/"
HERE, OFFICE = "127.0.0.1", "198.51.100.7"


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    cache.clear()
    return signed_in(client, owner)


@pytest.fixture
def calling(caller: Caller) -> Caller:
    """Its calls are in the log."""
    request_log.drain_lines()
    return caller


@pytest.fixture
def manager(acme: Merchant) -> Person:
    return factories.member(acme, "manager", email="manager@acme.test")


def networks(merchant: Merchant) -> list[str]:
    return [str(entry.network) for entry in AllowlistEntry.objects.filter(merchant=merchant, key=None)]


def go_on(client: Client, proposal: Any, **fields: Any) -> Any:
    """Saves what a proposal shows."""
    form = proposal.context["form"]
    known = {name: form[name].value() for name in form.fields} | {"do": "save"} | fields
    return client.post(proposal.context["action"], {name: value for name, value in known.items() if value})


def test_an_address_is_added_rehearsed_and_saved(at_work: Client, caller: Caller, acme: Merchant) -> None:
    request_log.drain_lines()
    proposal = send(at_work, f"{PAGE}add/", network=HERE, note="game server")
    shown = said(proposal)
    assert "All 2 requests with a valid signature in the last 7 days would have been accepted." in shown
    assert networks(acme) == []
    saved = go_on(at_work, proposal, on_trial="")
    assert saved["location"] == PAGE
    assert networks(acme) == [f"{HERE}/32"]
    listed = said(at_work.get(PAGE))
    assert "restricted to 1 entry" in listed
    assert "game server" in listed


# --- The proposal -----------------------------------------------------------------------------------------------------
def test_it_says_what_would_have_been_refused_and_nothing_is_saved_yet(
    at_work: Client, caller: Caller, acme: Merchant
) -> None:
    caller.bet(100)
    request_log.drain_lines()
    shown = said(send(at_work, f"{PAGE}add/", network=OFFICE))
    assert "would have refused 3 of 3 requests in the last 7 days, from 127.0.0.1, last used just now, mostly" in shown
    assert "1 bet," in shown or "1 bet<" in shown
    assert networks(acme) == []


def test_thirty_days_are_rehearsed_on_demand_and_the_wish_stays(at_work: Client, caller: Caller) -> None:
    proposal = send(at_work, f"{PAGE}add/", network=OFFICE)
    longer = go_on(at_work, proposal, do="look", days="30")
    assert longer.context["found"].days == 30
    assert [line.name for line in longer.context["difference"].added] == [f"{OFFICE}/32"]


def test_a_list_that_shuts_out_everybody_wants_the_merchants_code(
    at_work: Client, calling: Caller, acme: Merchant
) -> None:
    proposal = send(at_work, f"{PAGE}add/", network=OFFICE)
    assert "This allowlist refuses all current requests" in said(proposal)
    refused = proposal
    for code in ("", "rival"):
        refused = go_on(at_work, refused, confirmed_code=code)
        assert "type the merchant&#x27;s code" in said(refused)
        assert networks(acme) == []
    assert go_on(at_work, refused, confirmed_code="acme")["location"] == PAGE
    assert networks(acme) == [f"{OFFICE}/32"]


def test_who_shuts_out_nobody_is_asked_for_no_code(at_work: Client, calling: Caller) -> None:
    assert "refuses all current requests" not in said(send(at_work, f"{PAGE}add/", network=HERE))


def test_a_list_that_ends_soon_wants_the_merchants_code_too(at_work: Client, calling: Caller, acme: Merchant) -> None:
    ends = (clock.now() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")
    proposal = send(at_work, f"{PAGE}add/", network=HERE, ends=ends)
    assert "refuses all current requests as soon as its entries expire." in said(proposal)
    assert go_on(at_work, proposal).status_code == 200
    assert networks(acme) == []


def test_two_managers_at_once_the_second_is_told_and_goes_on_from_there(
    at_work: Client, acme: Merchant, manager: Person
) -> None:
    first = send(at_work, f"{PAGE}add/", network=OFFICE)
    other = signed_in(Client(), manager)
    assert go_on(other, send(other, f"{PAGE}add/", network="203.0.113.9", note="hers"), on_trial="").status_code == 302
    told = go_on(at_work, first, on_trial="")
    assert "203.0.113.9/32 added by manager@acme.test" in said(told)
    assert networks(acme) == ["203.0.113.9/32"]
    assert [line.text for line in told.context["difference"].added] == [OFFICE]
    assert not told.context["difference"].removed
    assert go_on(at_work, told, on_trial="").status_code == 302
    assert networks(acme) == [f"{OFFICE}/32", "203.0.113.9/32"]


def test_a_list_over_which_both_managers_had_the_same_idea_has_nothing_left_to_change(
    at_work: Client, acme: Merchant, manager: Person
) -> None:
    first, other = send(at_work, f"{PAGE}add/", network=OFFICE), signed_in(Client(), manager)
    go_on(other, send(other, f"{PAGE}add/", network=OFFICE), on_trial="")
    assert "The allowlist already has these entries" in said(go_on(at_work, first))


def test_a_tab_left_open_over_night_is_told_so_and_saves_nothing(acme: Merchant, owner: Person) -> None:
    cache.clear()
    client = Client(enforce_csrf_checks=True)
    signed_in(client, owner)
    page = client.get(f"{PAGE}add/")
    evening = {"network": OFFICE, "csrfmiddlewaretoken": str(page.context["csrf_token"])}
    assert "Preview of the change" in said(client.post(f"{PAGE}add/", evening))
    client.logout()
    signed_in(client, owner)
    told = client.post(f"{PAGE}add/", evening)
    assert told.status_code == 403
    assert "This page belongs to a session that has ended" in said(told)
    assert "content-security-policy" in told
    assert networks(acme) == []


def test_an_hour_old_rehearsal_saves_nothing(at_work: Client, acme: Merchant, owner: Person) -> None:
    proposal = send(at_work, f"{PAGE}add/", network=OFFICE)
    later = clock.now() + timedelta(minutes=61)
    with clock.frozen_at(later):
        at_work = proved_again(at_work, later)
        anew = go_on(at_work, proposal, on_trial="")
        assert "The effect is now calculated again below." in said(anew)
        assert networks(acme) == []
        assert go_on(at_work, anew, on_trial="").status_code == 302
    assert networks(acme) == [f"{OFFICE}/32"]


def proved_again(client: Client, at: datetime) -> Client:
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": at.timestamp()}]
    session.save()
    return client


def test_who_is_asked_for_a_second_factor_finds_the_proposal_again(at_work: Client, acme: Merchant) -> None:
    proposal = send(at_work, f"{PAGE}add/", network=OFFICE, note="office")
    later = clock.now() + timedelta(minutes=20)
    with clock.frozen_at(later):
        asked = go_on(at_work, proposal, reason="moved", on_trial="")["location"]
        assert asked.startswith("/account/")
        assert networks(acme) == []
        [back] = parse_qs(urlsplit(asked).query)["next"]
        again = proved_again(at_work, later).get(back)
        assert again.context["wish"]["reason"] == "moved"
        assert go_on(at_work, again).status_code == 302
    assert networks(acme) == [f"{OFFICE}/32"]


def test_the_same_form_twice_does_it_once(at_work: Client, acme: Merchant) -> None:
    proposal = send(at_work, f"{PAGE}add/", network=OFFICE)
    assert go_on(at_work, proposal, on_trial="").status_code == 302
    AllowlistEntry.objects.all().delete()
    go_on(at_work, proposal, on_trial="")
    assert networks(acme) == []


@pytest.mark.parametrize("draft", ["", "x", "eyJ9:1:x"])
def test_a_draft_that_is_not_ours_is_nothing(at_work: Client, acme: Merchant, draft: str) -> None:
    response = at_work.post(f"{PAGE}proposal/", {"draft": draft, "token": "x", "do": "save"})
    assert "Start again" in said(at_work.get(response["location"])) if response.status_code == 302 else said(response)
    assert networks(acme) == []


def test_a_draft_of_another_merchant_is_nothing(at_work: Client, rival: Merchant, acme: Merchant) -> None:
    member = factories.member(rival, "owner", email="owner@rival.test")
    theirs = signed_in(Client(), member)
    proposal = send(theirs, "/operator/rival/allowlist/add/", network=OFFICE)
    form = {"draft": proposal.context["form"].initial["draft"], "token": "x", "do": "save"}
    assert at_work.post(f"{PAGE}proposal/", form).status_code == 302
    assert networks(acme) == networks(rival) == []


def test_a_secret_in_the_reason_or_in_a_note_is_refused(at_work: Client, acme: Merchant, caller: Caller) -> None:
    secret = caller.signer.secret
    assert "contains a secret key" in said(send(at_work, f"{PAGE}add/", network=HERE, note=secret))
    refused = go_on(at_work, send(at_work, f"{PAGE}add/", network=HERE), reason=secret)
    assert "This text contains a secret key" in said(refused)
    assert networks(acme) == []


# --- On trial ---------------------------------------------------------------------------------------------------------
def tried(client: Client, network: str = HERE) -> ListTrial:
    assert go_on(client, send(client, f"{PAGE}add/", network=network), confirmed_code="acme").status_code == 302
    return ListTrial.objects.get()


def test_a_trial_counts_down_and_says_what_it_waits_for(at_work: Client, caller: Caller) -> None:
    tried(at_work)
    shown = said(at_work.get(PAGE))
    assert "data-countdown" in shown
    assert "The trial waits for one request with a valid signature" in shown
    assert "No address was refused." in shown
    assert f"{PAGE}add/" not in shown
    assert "is on trial until" in said(at_work.get(f"{PAGE}add/", follow=True))


def test_a_page_that_follows_a_trial_loads_itself_again_when_it_is_over(at_work: Client, caller: Caller) -> None:
    tried(at_work)
    assert "hx-get" in said(at_work.get(PAGE, headers={"X-Portal-Poll": "1"}))
    assert caller.balance().status == "RS_OK"
    over = at_work.get(PAGE, headers={"X-Portal-Poll": "1"})
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")


def test_the_banner_names_who_is_refused_since_and_who_has_not_called(at_work: Client, calling: Caller) -> None:
    tried(at_work, OFFICE)
    assert calling.balance().status == "IP_RESTRICTION"
    request_log.drain_lines()
    shown = said(at_work.get(PAGE))
    assert re.search(r'<code class="whole-words">127.0.0.1</code>\s*<span>\s*<span class="badge[^>]*>not yet', shown)
    assert "1 request, just now" in shown


def test_an_earlier_list_is_put_back_by_the_same_proposal(at_work: Client, acme: Merchant) -> None:
    go_on(at_work, send(at_work, f"{PAGE}add/", network=OFFICE, note="office"), on_trial="", reason="opened")
    entry = AllowlistEntry.objects.get()
    go_on(at_work, at_work.get(f"{PAGE}entries/{entry.pk}/remove/"), on_trial="")
    page = at_work.get(f"{PAGE}earlier/")
    [found] = page.context["found"]
    assert OFFICE in said(page)
    proposal = at_work.get(f"{PAGE}earlier/{found.number}/")
    assert [line.note for line in proposal.context["difference"].added] == ["office"]
    assert networks(acme) == []
    assert go_on(at_work, proposal, on_trial="").status_code == 302
    assert networks(acme) == [f"{OFFICE}/32"]


def test_a_call_keeps_it_and_the_page_says_so(at_work: Client, caller: Caller) -> None:
    tried(at_work)
    assert caller.balance().status == "RS_OK"
    assert "The new allowlist stays: a request with a valid signature arrived from 127.0.0.1" in said(at_work.get(PAGE))


def test_between_the_deadline_and_the_job_the_page_shows_what_counts(
    at_work: Client, caller: Caller, acme: Merchant
) -> None:
    deadline = tried(at_work, OFFICE).deadline
    with clock.frozen_at(deadline):
        shown = said(at_work.get(PAGE))
        assert "The allowlist reverted automatically on" in shown
        assert OFFICE not in shown
        assert "all addresses accepted" in shown
        assert OFFICE not in at_work.get(f"{PAGE}csv/").getvalue().decode()
    assert networks(acme) == [f"{OFFICE}/32"], "nobody has tidied up"


def test_a_list_whose_trial_is_over_can_be_changed_at_once(at_work: Client, caller: Caller, acme: Merchant) -> None:
    deadline = tried(at_work, OFFICE).deadline
    with clock.frozen_at(deadline):
        proved_again(at_work, deadline)
        proposal = send(at_work, f"{PAGE}add/", network=HERE)
        assert go_on(at_work, proposal, on_trial="").status_code == 302
    assert networks(acme) == [f"{HERE}/32"]


def test_it_can_be_put_back_or_kept_by_hand(at_work: Client, caller: Caller, acme: Merchant) -> None:
    number = tried(at_work).pk
    assert send(at_work, f"{PAGE}trials/{number}/back/")["location"] == PAGE
    assert networks(acme) == []
    go_on(at_work, send(at_work, f"{PAGE}add/", network=HERE))
    number = ListTrial.objects.get(state="trying").pk
    assert send(at_work, f"{PAGE}trials/{number}/keep/")["location"] == PAGE
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        assert "restricted to 1 entry" in said(at_work.get(PAGE))
    assert networks(acme) == [f"{HERE}/32"]


def test_a_list_that_shuts_out_everybody_is_not_kept_without_the_code(
    at_work: Client, calling: Caller, acme: Merchant
) -> None:
    number = tried(at_work, OFFICE).pk
    assert "type the merchant&#x27;s code" in said(send(at_work, f"{PAGE}trials/{number}/keep/"))
    assert ListTrial.objects.get().state == "trying"
