"""Players on the operators' pages: found, blocked with what it does, unblocked, and each undone in one click."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from merchants.models import Merchant, Person, Player
from merchants.services import flags, history
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in

PLAYERS = "/operator/acme/players/"


@pytest.fixture
def manager(acme: Merchant) -> Person:
    return factories.member(acme, "manager", email="manager@acme.test")


@pytest.fixture
def desk(client: Client, manager: Person) -> Client:
    return signed_in(client, manager)


@pytest.fixture
def player(caller: Caller) -> Player:
    return Player.objects.get(player_id=caller.player)


def page_of(player: Player, verb: str = "") -> str:
    return f"{PLAYERS}{player.pk}/{verb}"


def undo(desk: Client, path: str) -> Any:
    """One click on the button that the page offers."""
    change = desk.get(path).context["change"]
    where = "limits" if "limits" in path else "players"
    alone = {} if path in {PLAYERS, "/operator/acme/limits/"} else {"alone": "1"}
    return desk.post(f"/operator/acme/{where}/changes/{change.number}/undo/", alone, follow=True)


# --- Block ------------------------------------------------------------------------------------------------------------
def test_a_block_shows_first_what_goes_on_and_what_callers_are_answered(
    desk: Client, caller: Caller, player: Player
) -> None:
    caller.bet(100_000)
    shown = said(desk.get(page_of(player, "block/")))
    assert "1 with 1.00 EUR at stake" in shown
    assert "<dt>In session</dt><dd>1</dd>" in shown
    assert "RS_ERROR_PLAYER_BLOCKED" in shown
    assert "Payout, reward, rollback, balance, deposit, withdraw" in shown


def test_the_bet_after_a_block_is_refused_and_what_is_owed_is_paid(
    desk: Client, caller: Caller, player: Player
) -> None:
    bet = str(caller.bet(100_000).body["transactionId"])
    done = desk.post(page_of(player, "block/"), follow=True)  # without a reason
    assert not Player.objects.get(pk=player.pk).is_blocked
    done = send(desk, page_of(player, "block/"), reason="Asked for a pause")
    assert done.status_code == 302
    assert caller.bet(100).status == "PLAYER_BLOCKED"
    assert caller.launch().status == "PLAYER_BLOCKED"
    assert caller.payout(bet, 200).status == "RS_OK"
    assert "Asked for a pause" in said(desk.get(page_of(player)))


def test_a_block_is_undone_with_one_click(desk: Client, caller: Caller, player: Player) -> None:
    send(desk, page_of(player, "block/"), reason="The wrong one")
    shown = said(undo(desk, page_of(player)))
    assert "Undone" in shown
    assert caller.bet(100).status == "RS_OK"
    assert "Player player-1 not blocked any more" in [entry.title for entry in history.timeline(player)]


def test_what_somebody_changed_since_is_not_undone(desk: Client, acme: Merchant, player: Player) -> None:
    send(desk, page_of(player, "block/"), reason="First")
    number = desk.get(page_of(player)).context["change"].number
    flags.unblock(player=player)
    flags.block(player=player, reason="Second")
    shown = said(desk.post(f"{PLAYERS}changes/{number}/undo/", {"alone": "1"}, follow=True))
    assert "was changed" in shown
    assert Player.objects.get(pk=player.pk).blocked_reason == "Second"
