"""Players on the operators' pages: found, blocked with what it does, unblocked, and each undone in one click."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import Merchant, Person, Player
from merchants.services import flags, history
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send, token
from tests.people import signed_in
from tests.plans import measured, plan
from tests.wallet.admin.test_admin_lists import WHO, asked, subject
from tests.wallet.pages.test_operator_home import own

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
    assert "1 with EUR 1.00 at stake" in shown
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


def test_any_part_of_an_id_finds_the_player(desk: Client, acme: Merchant) -> None:
    Player.objects.bulk_create(Player(merchant=acme, player_id=each) for each in ("abc-1", "zabc", "other"))
    assert [each.player_id for each in desk.get(f"{PLAYERS}?q=abc").context["players"]] == ["abc-1"]
    assert [each.player_id for each in desk.get(f"{PLAYERS}?q=bc-").context["players"]] == ["abc-1"]
    assert [each.player_id for each in desk.get(f"{PLAYERS}?q=the").context["players"]] == ["other"]
    assert not desk.get(f"{PLAYERS}?q=th").context["players"], "too short for a part"
    file: Any = desk.get(f"{PLAYERS}export/?q=the")
    assert "other" in b"".join(file.streaming_content).decode()


def test_a_block_is_undone_with_one_click(desk: Client, caller: Caller, player: Player) -> None:
    send(desk, page_of(player, "block/"), reason="The wrong one")
    shown = said(undo(desk, page_of(player)))
    assert "The change is undone." in shown
    assert caller.bet(100).status == "RS_OK"
    assert "Player player-1 unblocked" in [entry.title for entry in history.timeline(player)]


def test_what_is_undone_with_one_click_is_told_with_its_whole_number(desk: Client, acme: Merchant) -> None:
    Player.objects.bulk_create(Player(merchant=acme, player_id=f"p{number}") for number in range(1_000))
    text = "playerId,blocked,reason\n" + "\n".join(f"p{number},yes,A raid" for number in range(1_000))
    plan: Any = desk.post(f"{PLAYERS}import/", {"text": text})
    fields = {name: plan.context["form"].initial[name] for name in ("packed", "token")}
    assert desk.post(f"{PLAYERS}import/", fields).status_code == 302
    assert desk.get(PLAYERS).context["change"].title == "1,000 players: blocked"
    assert "1,000" in said(undo(desk, PLAYERS))
    assert not Player.objects.filter(is_blocked=True).exists()


def test_what_somebody_changed_since_is_not_undone(desk: Client, acme: Merchant, player: Player) -> None:
    send(desk, page_of(player, "block/"), reason="First")
    number = desk.get(page_of(player)).context["change"].number
    flags.unblock_player(player=player)
    flags.block_player(player=player, reason="Second")
    shown = said(desk.post(f"{PLAYERS}changes/{number}/undo/", {"alone": "1"}, follow=True))
    assert "was changed" in shown
    assert Player.objects.get(pk=player.pk).blocked_reason == "Second"


def test_an_undone_change_can_be_brought_back(desk: Client, player: Player) -> None:
    send(desk, page_of(player, "block/"), reason="Asked for it")
    undo(desk, page_of(player))
    undo(desk, page_of(player))
    again = Player.objects.get(pk=player.pk)
    assert (again.is_blocked, again.blocked_reason) == (True, "Asked for it")


def test_of_two_clicks_on_undo_the_second_does_nothing(desk: Client, player: Player) -> None:
    send(desk, page_of(player, "block/"), reason="Asked for it")
    number = desk.get(page_of(player)).context["change"].number
    desk.post(f"{PLAYERS}changes/{number}/undo/", {"alone": "1"})
    assert "was changed" in said(desk.post(f"{PLAYERS}changes/{number}/undo/", {"alone": "1"}, follow=True))
    assert not Player.objects.get(pk=player.pk).is_blocked


def test_after_a_day_nothing_is_undone(desk: Client, player: Player, manager: Person) -> None:
    send(desk, page_of(player, "block/"), reason="Asked for it")
    number = desk.get(page_of(player)).context["change"].number
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        later = signed_in(Client(), manager)
        assert later.get(page_of(player)).context["change"] is None
        assert "for 24 hours" in said(later.post(f"{PLAYERS}changes/{number}/undo/", follow=True))
    assert Player.objects.get(pk=player.pk).is_blocked


def test_the_same_form_twice_is_done_once(desk: Client, player: Player) -> None:
    form = {"token": token(desk, page_of(player, "block/")), "reason": "Asked for it"}
    assert desk.post(page_of(player, "block/"), form).status_code == 302
    flags.unblock_player(player=player)
    assert desk.post(page_of(player, "block/"), form).status_code == 409
    assert not Player.objects.get(pk=player.pk).is_blocked


def test_of_two_managers_the_second_is_told_that_the_player_is_blocked(desk: Client, player: Player) -> None:
    form = {"token": token(desk, page_of(player, "block/")), "reason": "Second"}
    flags.block_player(player=player, reason="First")
    assert "already blocked: “First”" in said(desk.post(page_of(player, "block/"), form))
    assert Player.objects.get(pk=player.pk).blocked_reason == "First"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "a\x00b", f"oppi_live_{'A' * 49}"])
def test_a_reason_that_cannot_be_kept_blocks_nobody(desk: Client, player: Player, reason: str) -> None:
    assert send(desk, page_of(player, "block/"), reason=reason).status_code == 200
    assert not Player.objects.get(pk=player.pk).is_blocked


def test_markup_in_ids_names_and_reasons_is_text(desk: Client, acme: Merchant) -> None:
    bad = '<script>alert("x")</script>'
    player = Player.objects.create(merchant=acme, player_id=bad, name=bad)
    flags.block_player(player=player, reason=bad)
    for path in (PLAYERS, page_of(player), page_of(player, "unblock/"), page_of(player, "limits/")):
        assert "<script>alert" not in desk.get(path).content.decode()
    assert "<script>alert" not in desk.get(PLAYERS, {"q": bad}).content.decode()


# --- The list ---------------------------------------------------------------------------------------------------------
def listed(desk: Client, **asked: str) -> list[str]:
    response: Any = desk.get(PLAYERS, asked)
    return [player.player_id for player in response.context["players"]]


@pytest.fixture
def crowd(acme: Merchant, rival: Merchant) -> None:
    names = [*(f"p-{number:03}" for number in range(120)), "P-001", "p%", "q_1", "=1+1"]
    Player.objects.bulk_create(Player(merchant=acme, player_id=name) for name in names)
    Player.objects.create(merchant=rival, player_id="p-rival")


def test_a_player_is_found_by_the_whole_id_or_how_it_begins(desk: Client, crowd: None) -> None:
    assert listed(desk, q="p-001") == ["p-001"]
    assert listed(desk, q="P-") == ["P-001"]
    assert listed(desk, q="p-11") == [f"p-11{number}" for number in range(10)]
    assert listed(desk, q="p%") == ["p%"]
    assert listed(desk, q="p-rival") == []
    assert "No player found" in said(desk.get(PLAYERS, {"q": "nobody"}))


def test_the_pages_of_the_list_hold_everybody_once(desk: Client, crowd: None) -> None:
    response: Any = desk.get(PLAYERS)
    names = [player.player_id for player in response.context["players"]]
    while response.context["next"]:
        response = desk.get(PLAYERS + response.context["next"])
        names += [player.player_id for player in response.context["players"]]
    assert names == sorted(names)
    assert len(names) == len(set(names)) == 124


def test_the_blocked_and_the_limited_are_listed_alone(desk: Client, acme: Merchant, crowd: None) -> None:
    flags.block_player(player=Player.objects.get(player_id="p-007"), reason="x")
    Player.objects.filter(player_id="p-008").update(max_stake=100_000)
    assert listed(desk, only="blocked") == ["p-007"]
    assert listed(desk, only="limited") == ["p-008"]
    assert len(listed(desk, only="';--")) == 50


INDEXES = {
    "": "player_once",
    "q=wanted": "player_once",
    "after=m-500": "player_once",
    "only=blocked": "player_blocked_by_id",
    "only=limited": "player_with_limits",
    "only=blocked&q=none": "player_blocked_by_id",
}


@pytest.mark.parametrize("address", INDEXES)
def test_each_list_goes_through_an_index(desk: Client, acme: Merchant, rival: Merchant, address: str) -> None:
    for of in (acme, rival):
        rows = (Player(merchant=of, player_id=f"m-{number}", is_blocked=number % 50 == 1) for number in range(3_000))
        Player.objects.bulk_create(rows)
    measured("merchants_player")
    with asked() as statements:
        desk.get(f"{PLAYERS}?{address}")
    statement, *_by_part = [each for each in statements if subject(each) == "merchants_player"]
    way = plan(statement)
    assert INDEXES[address] in way
    assert "Sort" not in way


PLAYER_QUERIES = [
    *WHO,
    "merchants_membership",  # may they, and whose pages
    "merchants_player",
    "wallet_session",  # now
    "marks",
    "open rounds",
    "marks",
    "history",  # of the player
    "history",  # the newest change
    "wallet_account",
    "merchants_membership",  # to switch to
]


def test_a_players_page_is_so_many_named_queries(desk: Client, caller: Caller, player: Player) -> None:
    caller.bet(100_000)
    desk.get(page_of(player))
    with CaptureQueriesContext(connection) as captured:
        desk.get(page_of(player))
    found = [each for query in captured if not (each := own(query["sql"])).startswith(("SAVEPOINT", "RELEASE"))]
    signs = {"FROM wallet_mark WHERE source = ANY": "marks", "wallet_openbet": "open rounds", "playerevent": "history"}
    names = [next((name for sign, name in signs.items() if sign in each), subject(each)) for each in found]
    assert sorted(names) == sorted(PLAYER_QUERIES)


def test_a_viewer_reads_and_is_offered_no_verb(client: Client, viewer: Person, player: Player) -> None:
    shown = said(signed_in(client, viewer).get(page_of(player)))
    assert "player-1" in shown
    assert f'href="{page_of(player, "block/")}"' not in shown
    assert "Undo change" not in shown


def test_the_page_of_a_player_tells_money_sessions_and_limits(
    desk: Client, caller: Caller, player: Player, acme: Merchant
) -> None:
    caller.bet(100_000)
    Merchant.objects.update(max_stake_by_currency={"EUR": 5_000_000})
    Player.objects.update(bets_per_minute=20)
    shown = said(desk.get(page_of(player)))
    for text in (
        "EUR 9.00",
        "1 with EUR 1.00 at stake",
        caller.game.name,
        "20 (individual limit)",
        "EUR 50.00; other currencies: no limit (limit for all players)",
    ):
        assert text in shown
