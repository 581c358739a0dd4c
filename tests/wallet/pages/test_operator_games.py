"""Games on the operators' pages, and players and games as CSV: out and in again, each bad line named."""

from __future__ import annotations

import random
import zlib
from base64 import b64encode
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from merchants.models import DisabledGame, Game, ImportProposal, Merchant, Person, Player
from merchants.services import catalogue_io, flags, history, proposals
from merchants.services.flags import Setting
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in
from wallet.services.log import request_log

GAMES, PLAYERS = "/operator/acme/games/", "/operator/acme/players/"


@pytest.fixture
def desk(client: Client, acme: Merchant) -> Client:
    return signed_in(client, factories.member(acme, "manager", email="manager@acme.test"))


def switch(which: str, *games: Game) -> str:
    return f"{GAMES}{which}/?" + "&".join(f"game={game.pk}" for game in games)


def off_for(merchant: Merchant) -> set[int]:
    return set(DisabledGame.objects.filter(merchant=merchant).values_list("game_id", flat=True))


# --- Switches ---------------------------------------------------------------------------------------------------------
def test_a_switch_shows_first_what_goes_on_and_what_callers_are_answered(desk: Client, caller: Caller) -> None:
    caller.bet(200_000)
    request_log.drain_lines()
    shown = said(desk.get(switch("off", caller.game)))
    for text in (
        "1 with EUR 2.00 at stake",
        "<dt>Players in session, among your newest 20,000 sessions</dt><dd>1</dd>",
        "<dt>Matching requests among your last 5,000</dt><dd>2</dd>",
        "RS_ERROR_GAME_INACTIVE",
    ):
        assert text in shown
    assert caller.bet(100).status == "RS_OK"


def test_another_merchants_rounds_and_players_are_not_counted(
    desk: Client, caller: Caller, rival_caller: Caller
) -> None:
    rival_caller.bet(200_000)
    shown = said(desk.get(switch("off", caller.game)))
    assert "<dt>Open rounds of the last 30 days</dt><dd>none</dd>" in shown
    assert "<dt>Players in session, among your newest 20,000 sessions</dt><dd>1</dd>" in shown


def test_the_bet_after_it_is_refused_for_this_merchant_alone_and_undo_brings_it_back(
    desk: Client, caller: Caller, rival_caller: Caller
) -> None:
    bet = str(caller.bet(100).body["transactionId"])
    assert send(desk, switch("off", caller.game)).status_code == 302
    assert caller.bet(100).status == "GAME_INACTIVE"
    assert caller.launch().status == "GAME_INACTIVE"
    assert caller.payout(bet).status == "RS_OK"
    assert rival_caller.bet(100).status == "RS_OK"
    number = desk.get(GAMES).context["change"].number
    assert "The change is undone." in said(desk.post(f"{GAMES}changes/{number}/undo/", follow=True))
    assert caller.bet(100).status == "RS_OK"


def test_several_at_once_are_undone_at_once_and_what_was_off_before_stays_off(
    desk: Client, acme: Merchant, game: Game
) -> None:
    two = [factories.game(), factories.game()]
    flags.switch_game_for(game=game, merchant=acme, on=False)
    done = said(desk.post(switch("off", game, *two), {"token": _token(desk, switch("off", game, *two))}, follow=True))
    assert "2 games are switched off" in done
    number = desk.get(GAMES).context["change"].number
    desk.post(f"{GAMES}changes/{number}/undo/")
    assert off_for(acme) == {game.pk}


def _token(desk: Client, path: str) -> str:
    response: Any = desk.get(path)
    return str(response.context["form"].initial["token"])


def test_what_somebody_switched_on_since_is_not_undone(desk: Client, acme: Merchant, game: Game) -> None:
    send(desk, switch("off", game))
    number = desk.get(GAMES).context["change"].number
    flags.switch_game_for(game=game, merchant=acme, on=True)
    assert "was changed" in said(desk.post(f"{GAMES}changes/{number}/undo/", follow=True))
    assert off_for(acme) == set()


def test_the_list_says_who_switched_it_off_and_what_is_off_for_everybody(desk: Client, game: Game) -> None:
    send(desk, switch("off", game))
    flags.switch_game(game=factories.game(name="Ours"), on=False)
    shown = said(desk.get(GAMES))
    assert "off for your players" in shown
    assert "manager@acme.test" in shown
    assert "off for all merchants" in shown
    assert "stays off" in said(desk.get(switch("on", Game.objects.get(name="Ours"))))


def test_the_timeline_tells_it(desk: Client, acme: Merchant, game: Game) -> None:
    send(desk, switch("off", game))
    newest = history.timeline(acme)[0]
    assert (newest.title, newest.who) == (f"Game {game.name} switched off for the merchant", "manager@acme.test")


@pytest.mark.parametrize("asked", ["", "?game=x", "?game=-1", "?game=" + "9" * 30, "?game=0", "?game=٣"])
def test_no_game_is_no_switch(desk: Client, acme: Merchant, game: Game, asked: str) -> None:
    assert "No game selected" in said(desk.get(f"{GAMES}off/{asked}"))
    assert desk.post(f"{GAMES}off/{asked}").status_code == 200
    assert off_for(acme) == set()


def test_games_are_searched_filtered_and_paged(desk: Client, acme: Merchant) -> None:
    Game.objects.bulk_create(Game(game_id=f"G{number:03}", name=f"Name {number % 60}") for number in range(120))
    flags.switch_game_for(game=Game.objects.get(game_id="G007"), merchant=acme, on=False)
    assert [game.game_id for game in desk.get(GAMES, {"state": "off"}).context["games"]] == ["G007"]
    assert [game.game_id for game in desk.get(GAMES, {"q": "g01"}).context["games"]][:2] == ["G010", "G011"]
    response: Any = desk.get(GAMES)
    names = [game.game_id for game in response.context["games"]]
    while response.context["next"]:
        response = desk.get(GAMES + response.context["next"])
        names += [game.game_id for game in response.context["games"]]
    assert len(names) == len(set(names)) == 120
    for bad in ("after=x", "after=1", "state=';--", "after=" + "9" * 40 + ":x"):
        assert desk.get(f"{GAMES}?{bad}").status_code == 200


# --- CSV out and in ---------------------------------------------------------------------------------------------------
STRANGE = [
    "=1+1",
    "'=1+1",
    "''=1",
    "+x",
    "-5",
    "-x",
    "@x",
    "'x",
    " =x",
    "a,b",
    'q"q',
    "a;b",
    "a;=1+1;b",
    "a;'=1",
    "line\nbreak",
    "é\u2028",
    "x",
]


def exported(desk: Client, path: str) -> str:
    response: Any = desk.get(path)
    assert response.streaming
    return b"".join(response.streaming_content).decode()


def upload(desk: Client, path: str, text: str | bytes) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return desk.post(f"{path}import/", {"file": SimpleUploadedFile("x.csv", raw)})


def take_over(desk: Client, path: str, text: str) -> Any:
    form = upload(desk, path, text).context["form"]
    fields = {name: form[name].value() for name in ("packed", "token")}
    return desk.post(f"{path}import/", fields, follow=True)


@pytest.fixture
def crowd(acme: Merchant, rival: Merchant) -> None:
    Player.objects.bulk_create(Player(merchant=acme, player_id=name) for name in STRANGE)
    Player.objects.create(merchant=rival, player_id="rivals")
    own = {"EUR": 2_000_000, "JPY": 500_000_000}
    Player.objects.filter(player_id="x").update(bets_per_minute=10, max_stake=123_450_000, max_stake_by_currency=own)
    flags.block_player(player=Player.objects.get(player_id="=1+1"), reason="=HYPERLINK(1)")


def test_what_goes_out_is_harmless_and_comes_in_unchanged(desk: Client, crowd: None) -> None:
    text = exported(desk, f"{PLAYERS}export/")
    assert "\r\n'=1+1,yes,'=HYPERLINK(1),,,\r\n" in text
    assert "\r\nx,no,,10,1234.50,EUR 20.00; JPY 5000\r\n" in text
    assert "rivals" not in text
    assert "No changes." in said(upload(desk, PLAYERS, text))
    assert upload(desk, PLAYERS, text).context["told"] == [("Lines", len(STRANGE), "")]


def test_games_go_out_and_come_in_unchanged(desk: Client, acme: Merchant, game: Game) -> None:
    flags.switch_game_for(game=game, merchant=acme, on=False)
    factories.game()
    text = exported(desk, f"{GAMES}export/")
    assert f"{game.game_id},no" in text
    assert "No changes." in said(upload(desk, GAMES, text))
    assert "Games" in said(take_over(desk, GAMES, text.replace(",no", ",yes")))
    assert off_for(acme) == set()


FILE = (
    "playerId,blocked,reason,betsPerMinute,maxStake,maxStakeByCurrency\n"
    "x,yes,Asked for it,,,\n'=1+1,no,,30,0,EUR 20.00; JPY 5000\n"
)


def test_a_file_shows_first_what_it_changes_and_is_saved_and_undone_at_once(
    desk: Client, acme: Merchant, crowd: None
) -> None:
    shown = upload(desk, PLAYERS, FILE)
    told = {name: number for name, number, _ in shown.context["told"]}
    assert told == {"Lines": 2, "Blocked": 1, "Unblocked": 1, "New limits": 2}
    assert "RS_ERROR_PLAYER_BLOCKED" in said(shown)
    before = {player.pk: flags.setting(player) for player in acme.players.all()}
    assert "The file is imported" in said(take_over(desk, PLAYERS, FILE))
    after = {player.player_id: flags.setting(player) for player in acme.players.all()}
    assert after["x"] == (True, "Asked for it", None, None, None)
    assert after["=1+1"] == (False, "", 30, 0, {"EUR": 2_000_000, "JPY": 500_000_000})
    number = desk.get(PLAYERS).context["change"].number
    assert "2 changes are undone." in said(desk.post(f"{PLAYERS}changes/{number}/undo/", follow=True))
    assert {player.pk: flags.setting(player) for player in acme.players.all()} == before


def test_of_many_at_once_one_players_page_undoes_that_one(desk: Client, crowd: None) -> None:
    take_over(desk, PLAYERS, "playerId,blocked,reason\nx,yes,A\n+x,yes,A\n")
    player = Player.objects.get(player_id="x")
    number = desk.get(f"{PLAYERS}{player.pk}/").context["change"].number
    desk.post(f"{PLAYERS}changes/{number}/undo/", {"alone": "1"})
    assert [each.player_id for each in Player.objects.filter(blocked_reason="A")] == ["+x"]


BAD = {
    "nobody,yes,x,,": "You have no player with this id",
    "rivals,yes,x,,": "You have no player with this id",
    "X,yes,x,,": "Ids are case-sensitive",
    ",yes,x,,": "The id is missing",
    "x,maybe,,,": "must contain yes or no",
    "x,yes,,,": "A block needs a reason",
    "x,no,why,,": "Only a blocked player has a reason",
    f"x,yes,{'r' * 201},,": "at most 200 characters",
    "x,yes,a\x00b,,": "control characters",
    f"x,yes,oppi_live_{'A' * 49},,": "This text contains a secret key",
    "x,no,,0,": "whole number from 1 to 10,000",
    "x,no,,-1,": "whole number",
    "x,no,,1e5,": "whole number",
    "x,no,,٣,": "whole number",
    "x,no,,99999999999999999999,": "whole number",
    "x,no,,,-1": "A maximum stake needs a currency",
    "x,no,,,12.50": "Write it in the column maxStakeByCurrency, such as EUR 50.00.",
    "x,no,,,1e5": "such as 50.00",
    "x,no,,,99999999999999": "such as 50.00",
    'x,no,,,"50,00"': "Write the amount with a dot: 50.00",
    "x,no,,,1.234": "can mean 1234 or 1.234",
    "x,no": "2 cells instead of 5",
    "a\x00,no,,,": "You have no player with this id",
}


@pytest.mark.parametrize("line", BAD)
def test_each_bad_line_is_named_with_its_number_and_nothing_is_saved(desk: Client, crowd: None, line: str) -> None:
    response = upload(desk, PLAYERS, f"playerId,blocked,reason,betsPerMinute,maxStake\n+x,yes,good,,\n\n{line}\n")
    assert [(bad.number, BAD[line] in bad.reason) for bad in response.context["bad"]] == [(4, True)]
    assert not Player.objects.filter(blocked_reason="good").exists()


@pytest.mark.parametrize(
    "text", ["x", "playerId,playerId\n", "playerId,name\n", b"\xff\xfe", "", " ", 'playerId\n"x\n', "\x00"]
)
def test_what_is_no_such_file_is_refused(desk: Client, crowd: None, text: str | bytes) -> None:
    assert "packed" not in upload(desk, PLAYERS, text).context["form"].fields


def test_the_same_player_twice_is_a_bad_line_and_semicolons_are_read(desk: Client, crowd: None) -> None:
    response = upload(desk, PLAYERS, "playerId;blocked;reason\nx;yes;a\nx;no;\n")
    assert [(bad.number, bad.reason) for bad in response.context["bad"]] == [
        (3, "Line 2 has the same id. Remove one of the two lines.")
    ]


def test_a_file_is_long_enough_with_ten_thousand_lines(desk: Client, acme: Merchant) -> None:
    names = [f"many-{number}" for number in range(catalogue_io.MOST_LINES)]
    Player.objects.bulk_create(Player(merchant=acme, player_id=name) for name in names)
    text = "playerId,blocked,reason\n" + "".join(f"{name},yes,Closed market\n" for name in names)
    too_long = upload(desk, PLAYERS, text + "one-more,yes,x\n")
    assert "at most 10,000 lines" in too_long.context["bad"][0].reason
    assert "The file is imported" in said(take_over(desk, PLAYERS, text))
    assert acme.players.filter(is_blocked=True).count() == catalogue_io.MOST_LINES
    assert "10,000 changes are undone." in said(
        desk.post(f"{PLAYERS}changes/{desk.get(PLAYERS).context['change'].number}/undo/", follow=True)
    )


def test_who_was_changed_under_the_hands_of_a_file_is_left_alone_and_named(acme: Merchant, crowd: None) -> None:
    players = list(acme.players.order_by("-pk"))
    changes = [(each.pk, flags.setting(each), Setting(True, "A", 1, 2)) for each in players]
    Player.objects.filter(pk=players[0].pk).update(blocked_reason="Meanwhile")
    Player.objects.filter(pk=players[1].pk).update(max_stake=77)
    stood = {each.pk: flags.setting(each) for each in acme.players.filter(pk__in=[players[0].pk, players[1].pk])}
    assert set(flags.write_settings(changes)) == stood.keys()
    left = {each.pk: flags.setting(each) for each in acme.players.all()}
    assert left == dict.fromkeys(left, Setting(True, "A", 1, 2)) | stood


def test_a_plan_that_has_become_another_is_not_saved(desk: Client, crowd: None) -> None:
    form = upload(desk, PLAYERS, FILE).context["form"]
    fields = {name: form[name].value() for name in ("packed", "token")}
    flags.unblock_player(player=Player.objects.get(player_id="=1+1"))
    refused = desk.post(f"{PLAYERS}import/", fields, follow=True)
    assert "in the meantime" in said(refused)
    assert f'<a class="btn btn-primary" href="{PLAYERS}import/">Choose the file again</a>' in said(refused)
    assert 'name="packed"' not in said(refused)
    assert not Player.objects.filter(is_blocked=True).exists()


def proposed(desk: Client, path: str, text: str) -> dict[str, str]:
    form = upload(desk, path, text).context["form"]
    return {name: form[name].value() for name in ("packed", "token")}


def test_a_file_of_another_merchant_person_or_kind_or_bent_is_refused(
    desk: Client, acme: Merchant, rival: Merchant, game: Game, crowd: None
) -> None:
    theirs = signed_in(Client(), factories.member(rival, "owner", email="owner@rival.test"))
    others = signed_in(Client(), factories.member(acme, "owner", email="other@acme.test"))
    mine = proposed(desk, PLAYERS, FILE)
    for packed in (
        proposed(theirs, "/operator/rival/players/", "playerId,blocked\nrivals,no\n")["packed"],
        proposed(others, PLAYERS, FILE)["packed"],
        proposed(desk, GAMES, f"gameId,active\n{game.game_id},no\n")["packed"],
        "x:y:z",
    ):
        done = desk.post(f"{PLAYERS}import/", mine | {"packed": packed})
        assert "This preview is closed" in said(done)
    assert desk.post(f"{PLAYERS}import/", mine).status_code == 302


def test_a_file_waits_for_an_hour_and_is_applied_once(desk: Client, acme: Merchant, crowd: None) -> None:
    late, first = proposed(desk, PLAYERS, FILE), proposed(desk, PLAYERS, FILE)
    with clock.frozen_at(clock.now() + proposals.FRESH):
        assert "more than an hour old" in said(desk.post(f"{PLAYERS}import/", late))
        assert proposals.purge_proposals() == 2
    first = proposed(desk, PLAYERS, FILE)
    other = proposed(desk, PLAYERS, "playerId,blocked,reason\n+x,yes,A\n")
    assert desk.post(f"{PLAYERS}import/", first).status_code == 302
    assert "the file was applied" in said(desk.post(f"{PLAYERS}import/", other | {"packed": first["packed"]}))


def test_of_many_files_that_one_person_looks_at_the_newest_wait(desk: Client, crowd: None) -> None:
    first, *_, last = [proposed(desk, PLAYERS, FILE) for _ in range(proposals.AT_ONCE + 1)]
    assert ImportProposal.objects.count() == proposals.AT_ONCE
    assert desk.post(f"{PLAYERS}import/", first).status_code == 200
    assert desk.post(f"{PLAYERS}import/", last).status_code == 302


def test_a_file_that_is_more_than_a_form_may_hold_can_be_applied(desk: Client, acme: Merchant) -> None:
    """Of words that no compression makes small."""
    dice = random.Random(1)

    def word(size: int) -> str:
        return b64encode(dice.randbytes(size)).decode()

    names = [f"{number}-{word(180)}" for number in range(2_500)]
    Player.objects.bulk_create(Player(merchant=acme, player_id=name) for name in names)
    text = "playerId,blocked,reason\n" + "".join(f"{name},yes,r{word(140)}\n" for name in names)
    assert len(b64encode(zlib.compress(text.encode()))) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert "The file is imported" in said(take_over(desk, PLAYERS, text))
    assert acme.players.filter(is_blocked=True).count() == len(names)
    assert not ImportProposal.objects.exists()


def test_pasted_text_beyond_what_a_form_may_hold_is_told_so(desk: Client) -> None:
    text = "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    response = desk.post(f"{PLAYERS}import/", {"text": text})
    assert response.status_code == 413
    assert "upload a file" in said(response)


def test_a_viewer_takes_out_and_puts_nothing_in(client: Client, viewer: Person, crowd: None) -> None:
    signed_in(client, viewer)
    assert "x,no,,10" in exported(client, f"{PLAYERS}export/")
    assert upload(client, PLAYERS, FILE).status_code == 403
