"""The operators' pages at the desk of our staff: below /admin/, in its frame, with the work of the role."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import AllowedDomain, AllowlistEntry, Approval, ListTrial, Merchant, Person, Player, StaffVisit
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in
from wallet.services.log import request_log

DESK = "/admin/operations/acme/"
LIST = f"{DESK}allowlist/"
HERE, OFFICE = "127.0.0.1", "198.51.100.7"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    cache.clear()
    return signed_in(client, support)


def networks(merchant: Merchant) -> list[str]:
    return [str(entry.network) for entry in AllowlistEntry.objects.filter(merchant=merchant, key=None)]


def go_on(client: Client, proposal: Any, **fields: Any) -> Any:
    """Sends what a proposal shows."""
    form = proposal.context["form"]
    known = {name: form[name].value() for name in form.fields} | {"do": "save"} | fields
    return client.post(proposal.context["action"], {name: value for name, value in known.items() if value})


# --- The allowlist ----------------------------------------------------------------------------------------------------
def test_staff_change_an_allowlist_by_a_rehearsal_and_a_trial(
    staff: Client, caller: Caller, acme: Merchant, support: Person
) -> None:
    request_log.drain_lines()
    proposal = send(staff, f"{LIST}add/", network=HERE, note="game server")
    assert "All 2 requests with a valid signature in the last 7 days would have been accepted." in said(proposal)
    assert networks(acme) == []
    saved = go_on(staff, proposal)
    assert saved["location"] == LIST
    assert networks(acme) == [f"{HERE}/32"]
    assert AllowlistEntry.objects.get().owner == support
    trial = ListTrial.objects.get()
    shown = said(staff.get(LIST))
    assert f'href="{LIST}trials/{trial.pk}/back/"' in shown
    undone = send(staff, f"{LIST}trials/{trial.pk}/back/")
    assert undone["location"] == LIST
    assert networks(acme) == []


def test_a_list_that_shuts_everybody_out_asks_for_the_code(staff: Client, caller: Caller, acme: Merchant) -> None:
    request_log.drain_lines()
    proposal = send(staff, f"{LIST}add/", network=OFFICE)
    refused = go_on(staff, proposal, on_trial="")
    assert "This allowlist refuses all current requests." in said(refused)
    assert networks(acme) == []
    go_on(staff, refused, on_trial="", confirmed_code="acme")
    assert networks(acme) == [f"{OFFICE}/32"]


def test_with_the_two_person_rule_the_list_waits_for_a_second_person(
    staff: Client, acme: Merchant, support: Person
) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    proposal = send(staff, f"{LIST}add/", network=OFFICE)
    assert "Request approval" in said(proposal)
    asked = go_on(staff, proposal)
    assert asked["location"] == LIST
    assert networks(acme) == []
    approval = Approval.objects.get()
    assert (approval.verb, approval.asked_by) == (Approval.Verb.NETWORKS, support)
    assert approval.wish["changes"] == [f"add {OFFICE}/32"]


def test_domains_wait_as_well(staff: Client, acme: Merchant) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    go_on(staff, send(staff, f"{LIST}domains/", text="play.acme.com"))
    assert not AllowedDomain.objects.exists()
    assert Approval.objects.get().verb == Approval.Verb.DOMAINS


def test_staff_end_no_trial_alone_at_a_merchant_with_the_two_person_rule(
    staff: Client, acme: Merchant, owner: Person
) -> None:
    go_on(staff, send(staff, f"{LIST}add/", network=OFFICE))
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    for verb in ("keep", "back"):
        sent = staff.get(f"{LIST}trials/{ListTrial.objects.get().pk}/{verb}/", follow=True)
        assert "a second person must approve this change" in said(sent)


def test_the_page_of_a_merchant_shows_its_lists_and_leads_to_the_desk(staff: Client, acme: Merchant) -> None:
    factories.signer(acme)
    AllowlistEntry.objects.create(merchant=acme, network="52.1.2.3", note="office")
    page = said(staff.get(f"/admin/merchants/merchant/{acme.pk}/change/"))
    assert f'href="{LIST}"' in page
    assert "52.1.2.3" in page
    assert 'name="allowlist-0-network"' not in page


# --- Its frame, and who may what --------------------------------------------------------------------------------------
def test_every_page_leads_on_to_pages_of_the_desk(staff: Client, caller: Caller, acme: Merchant) -> None:
    request_log.drain_lines()
    for page in ("", "requests/", "allowlist/", "games/", "players/", "rounds/", "limits/", "reconciliation/"):
        shown = staff.get(f"{DESK}{page}")
        assert shown.status_code == 200, page
        text = said(shown)
        assert 'id="nav-sidebar"' in text or "nav-sidebar" in text, page
        assert 'href="/operator/' not in text, page


def test_a_visit_at_the_desk_is_no_visit_of_the_operators_pages(staff: Client, acme: Merchant) -> None:
    staff.get(DESK)
    assert not StaffVisit.objects.exists()
    staff.get("/operator/acme/")
    assert StaffVisit.objects.count() == 1


def test_on_the_operators_own_pages_staff_still_change_nothing(staff: Client, acme: Merchant) -> None:
    assert staff.get("/operator/acme/allowlist/add/").status_code == 403


def test_an_auditor_reads_at_the_desk(client: Client, auditor: Person, acme: Merchant) -> None:
    reader = signed_in(client, auditor)
    assert reader.get(LIST).status_code == 200
    refused = reader.get(f"{LIST}add/")
    assert refused.status_code == 403
    assert "No permission" in said(refused)


def test_no_operator_comes_to_the_desk(client: Client, owner: Person, acme: Merchant) -> None:
    assert signed_in(client, owner).get(LIST).status_code == 403


def test_a_stranger_signs_in_first(client: Client, acme: Merchant) -> None:
    assert client.get(LIST)["location"] == f"/account/login/?next={LIST}"


def test_keys_and_people_stay_where_they_are(staff: Client, acme: Merchant) -> None:
    assert staff.get(f"{DESK}people/invite/").status_code == 403
    assert staff.get(f"{DESK}reconciliation/plan/change/").status_code == 403


def test_the_desk_itself_is_the_list_of_merchants(staff: Client, db: None) -> None:
    assert staff.get("/admin/operations/")["location"] == "/admin/merchants/merchant/"


def test_staff_block_a_player_with_a_reason_after_the_impact(staff: Client, caller: Caller, acme: Merchant) -> None:
    caller.bet(100)
    player = Player.objects.get()
    page = f"{DESK}players/{player.pk}/block/"
    assert "Open rounds" in said(staff.get(page))
    assert send(staff, page).status_code == 200
    send(staff, page, reason="Chargeback")
    player.refresh_from_db()
    assert (player.is_blocked, player.blocked_reason) == (True, "Chargeback")
