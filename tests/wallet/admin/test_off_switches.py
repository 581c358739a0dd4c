"""Before an off-switch: what it meets, a reason, and the code where much hangs on it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from merchants.models import ApiKey, Game, Merchant, Person, Player
from merchants.services import keys
from tests.conftest import Caller
from tests.pages import said, send, submit
from tests.people import signed_in
from wallet.models import Session
from wallet.services.log import request_log


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def busy(caller: Caller) -> Caller:
    """With an open round of 2.50, and calls in the log."""
    caller.bet(250_000)
    request_log.drain_lines()
    return caller


def pages(of: str) -> Any:
    key, merchant, game = ApiKey.objects.get(), Merchant.objects.get(), Game.objects.get()
    return {
        "suspend": (f"/admin/merchants/merchant/{merchant.pk}/suspend/", merchant.code),
        "close": (f"/admin/merchants/merchant/{merchant.pk}/close/", merchant.code),
        "revoke": (f"/admin/merchants/apikey/{key.pk}/revoke/", merchant.code),
        "quarantine": (f"/admin/merchants/apikey/{key.pk}/quarantine/", merchant.code),
        "off": (f"/admin/merchants/game/{game.pk}/off/", game.game_id),
    }[of]


@pytest.mark.parametrize("switch", ["suspend", "close", "revoke", "quarantine", "off"])
def test_each_says_what_it_meets_and_asks_for_a_reason_and_the_code(staff: Client, busy: Caller, switch: str) -> None:
    page, code = pages(switch)
    shown = said(staff.get(page))
    assert "1 with EUR 2.50 at stake" in shown
    assert "Players in session" in shown
    for sent in ({}, {"why": "Asked for"}, {"typed_code": code}, {"why": "Asked for", "typed_code": "another"}):
        assert submit(staff, page, sent).status_code == 200, sent
    assert busy.bet().body["status"] == "RS_OK"
    assert submit(staff, page, {"why": "Asked for", "typed_code": code}).status_code == 302
    assert busy.bet().body["status"] != "RS_OK"


def test_where_nothing_hangs_on_it_a_reason_is_enough(staff: Client, acme: Merchant) -> None:
    page = f"/admin/merchants/merchant/{acme.pk}/suspend/"
    assert "typed_code" not in staff.get(page).content.decode()
    assert submit(staff, page, {"why": ""}).status_code == 200
    assert submit(staff, page, {"why": "Never began"}).status_code == 302
    acme.refresh_from_db()
    assert acme.status == "suspended"


def test_to_switch_on_needs_neither(staff: Client, acme: Merchant) -> None:
    Merchant.objects.update(status="suspended")
    assert submit(staff, f"/admin/merchants/merchant/{acme.pk}/activate/").status_code == 302


def test_the_end_of_an_overlap_shows_it_too(staff: Client, busy: Caller) -> None:
    key = ApiKey.objects.get()
    keys.rotate_secret(key=key)
    page = f"/admin/merchants/apikey/{key.pk}/end/"
    assert "1 with EUR 2.50 at stake" in said(staff.get(page))
    assert send(staff, page).status_code == 200
    assert send(staff, page, why="Moved", typed_code=key.merchant.code).status_code == 302


def test_a_game_counts_what_all_merchants_have_open(staff: Client, busy: Caller, rival_caller: Caller) -> None:
    rival_caller.bet(100_000)
    game = Game.objects.get()
    assert "2 with EUR 3.50 at stake" in said(staff.get(f"/admin/merchants/game/{game.pk}/off/"))


def test_a_block_of_a_player_shows_it_and_needs_no_code(staff: Client, busy: Caller) -> None:
    page = f"/admin/merchants/player/{Player.objects.get().pk}/block/"
    shown = said(staff.get(page))
    assert "1 with EUR 2.50 at stake" in shown
    assert "typed_code" not in shown
    assert submit(staff, page, {"reason": "Chargeback"}).status_code == 302
    assert busy.bet().body["status"] == "RS_ERROR_PLAYER_BLOCKED"


def test_the_end_of_a_session_shows_what_is_open_and_keeps_the_reason(staff: Client, busy: Caller) -> None:
    session = Session.objects.get()
    page = f"/admin/wallet/session/{session.pk}/close/"
    shown = said(staff.get(page))
    assert "1 with EUR 2.50 at stake" in shown
    assert "Session open since" in shown
    assert submit(staff, page, {"why": ""}).status_code == 200
    assert busy.bet().body["status"] == "RS_OK"
    assert submit(staff, page, {"why": "Asked by the player"}).status_code == 302
    assert busy.bet().body["status"] == "RS_ERROR_SESSION_REQUIRED_OR_INVALID"
    assert LogEntry.objects.get().change_message == "is closed: Asked by the player"
