"""A form that was opened before another person's save is refused, and says who changed what."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from merchants.models import ApiKey, Contact, Game, Merchant, Person, Player
from merchants.services import history, keys, limits
from merchants.services.limits import Limits
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def opened_state(response: Any) -> str:
    [state] = re.findall(r'name="opened_state"\s+value="([^"]+)"', response.content.decode())
    return unescape(state)


def tables(response: Any) -> dict[str, str]:
    names = re.findall(r'name="([\w-]+)-TOTAL_FORMS"', response.content.decode())
    return {f"{name}-{part}": "0" for name in names for part in ("TOTAL_FORMS", "INITIAL_FORMS")}


def form(staff: Client, page: str, **fields: str) -> dict[str, str]:
    response = staff.get(page)
    return tables(response) | {"opened_state": opened_state(response)} | fields


def merchant_page(merchant: Merchant) -> str:
    return f"/admin/merchants/merchant/{merchant.pk}/change/"


def merchant_fields(**more: str) -> dict[str, str]:
    return {"name": "Acme Casino", "time_zone": "UTC", "timestamp_window_seconds": "300"} | more


def test_a_stale_form_does_not_undo_a_colleagues_stake_limit(staff: Client, acme: Merchant, owner: Person) -> None:
    page = merchant_page(acme)
    sent = form(staff, page, **merchant_fields(bets_per_minute="10"))
    with history.act_as(door="/operator/acme/limits/", person=owner):
        limits.set_merchant_limits(merchant=acme, limits=Limits(None, None, {"EUR": 500_000}), seen=Limits(None, None))
    refused = staff.post(page, sent)
    text = unescape(said(refused))
    assert "This page was changed after you opened it, so nothing was saved. owner@acme.test:" in text
    assert "5.00" in text
    assert 'value="10"' in text, "what was typed is still there"
    merchant = Merchant.objects.get(pk=acme.pk)
    assert limits.player_limits(merchant) == Limits(None, None, {"EUR": 500_000})
    again = sent | {"opened_state": opened_state(refused), "max_stake_by_currency": "EUR 5.00", "max_stake": ""}
    assert staff.post(page, again).status_code == 302
    merchant.refresh_from_db()
    assert limits.player_limits(merchant) == Limits(10, None, {"EUR": 500_000})


def test_a_page_that_nobody_changed_is_saved(staff: Client, acme: Merchant) -> None:
    page = merchant_page(acme)
    assert staff.post(page, form(staff, page, **merchant_fields(bets_per_minute="10"))).status_code == 302
    assert Merchant.objects.get(pk=acme.pk).bets_per_minute == 10


def test_a_contact_that_came_meanwhile_is_a_change_of_the_page(staff: Client, acme: Merchant, owner: Person) -> None:
    page = merchant_page(acme)
    sent = form(staff, page, **merchant_fields())
    with history.act_as(door="/operator/acme/people/", person=owner):
        Contact.objects.create(merchant=acme, email="desk@acme.test")
    text = unescape(said(staff.post(page, sent)))
    assert "owner@acme.test:" in text
    assert "desk@acme.test" in text


def test_the_label_of_a_key(staff: Client, acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme).key
    page = f"/admin/merchants/apikey/{key.pk}/change/"
    sent = form(staff, page, label="Mine")
    ApiKey.objects.filter(pk=key.pk).update(label="Theirs")
    assert "This page was changed after you opened it" in said(staff.post(page, sent))
    assert ApiKey.objects.get().label == "Theirs"


def test_the_limits_of_a_player(staff: Client, caller: Caller) -> None:
    player = Player.objects.get()
    page = f"/admin/merchants/player/{player.pk}/change/"
    sent = form(staff, page, bets_per_minute="5", max_stake="")
    Player.objects.update(max_stake=100)
    assert "This page was changed after you opened it" in said(staff.post(page, sent))
    assert Player.objects.get().bets_per_minute is None


def test_the_name_of_a_game(staff: Client, game: Game) -> None:
    page = f"/admin/merchants/game/{game.pk}/change/"
    sent = form(staff, page, name="Mine")
    Game.objects.update(name="Theirs")
    assert "This page was changed after you opened it" in said(staff.post(page, sent))
    assert Game.objects.get().name == "Theirs"


def test_a_state_of_another_page_is_none(staff: Client, acme: Merchant, rival: Merchant) -> None:
    sent = form(staff, merchant_page(rival), **merchant_fields())
    assert "was changed" in said(staff.post(merchant_page(acme), sent))


def test_whoever_only_reads_gets_no_form(client: Client, auditor: Person, acme: Merchant) -> None:
    assert "opened_state" not in said(signed_in(client, auditor).get(merchant_page(acme)))
