"""Limits of a player and of all: how many bets they would have refused is said first, by the ledger's own rule."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from merchants import errors
from merchants.models import Game, Merchant, Person, Player
from merchants.services import history, limits
from merchants.services.limits import Limits
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import filled, opened, said, send
from tests.people import signed_in
from tests.wallet.usage.test_compromise_report import Told
from wallet.models import Transaction
from wallet.services.usage import restriction_impact

ALL = "/operator/acme/limits/"


@pytest.fixture
def desk(client: Client, owner: Person) -> Client:
    return signed_in(client, owner)


@pytest.fixture
def player(caller: Caller) -> Player:
    return Player.objects.get(player_id=caller.player)


def of_player(player: Player, asked: str = "") -> str:
    return f"/operator/acme/players/{player.pk}/limits/{asked}"


def undo(desk: Client, page: str, where: str) -> Any:
    number = desk.get(page).context["change"].number
    return desk.post(f"/operator/acme/{where}/changes/{number}/undo/", {"alone": "1"}, follow=True)


def test_limits_of_a_player_say_first_what_they_would_have_refused(
    desk: Client, caller: Caller, player: Player
) -> None:
    caller.bet(100_000)
    caller.bet(300_000)
    shown = said(desk.get(of_player(player, "?bets_per_minute=&max_stake_by_currency-EUR=2.00")))
    assert "<strong>1</strong> of 2 bets" in shown
    assert "1 above the maximum stake, 0 above the bets per minute" in shown
    assert "RS_ERROR_LIMIT_REACHED" in shown
    assert "EUR 2.00; other currencies: limit for all players" in shown
    assert Player.objects.get(pk=player.pk).max_stake_by_currency is None


def test_the_bet_after_it_meets_the_limit_and_undo_takes_it_away(desk: Client, caller: Caller, player: Player) -> None:
    assert send(desk, of_player(player, "?bets_per_minute=&max_stake_by_currency-EUR=2.00")).status_code == 302
    assert caller.bet(200_001).status == "LIMIT_REACHED"
    assert caller.bet(200_000).status == "RS_OK"
    assert "Maximum stake by currency: – → EUR 2.00" in history.timeline(player)[0].title
    undo(desk, f"/operator/acme/players/{player.pk}/", "players")
    assert caller.bet(200_001).status == "RS_OK"


def test_limits_of_all_count_for_those_without_their_own(desk: Client, caller: Caller, player: Player) -> None:
    caller.bet(300_000)
    Player.objects.create(merchant=caller.merchant, player_id="other", max_stake=1)
    asked = f"{ALL}set/?bets_per_minute=&max_stake_by_currency-EUR=1.00"
    assert "<strong>1</strong> of 1 bets" in said(desk.get(asked))
    assert send(desk, asked).status_code == 302
    assert caller.bet(100_001).status == "LIMIT_REACHED"
    undo(desk, ALL, "limits")
    assert caller.bet(100_001).status == "RS_OK"
    Player.objects.filter(pk=player.pk).update(max_stake=500_000)
    assert "<strong>0</strong> of 3 bets" in said(desk.get(asked))


def test_what_another_has_set_meanwhile_is_not_written_over(desk: Client, player: Player) -> None:
    page = of_player(player, "?bets_per_minute=10&max_stake=")
    form = opened(desk, page)
    with history.act_as(door="page", person=factories.member(player.merchant, "manager", email="other@acme.test")):
        Player.objects.filter(pk=player.pk).update(bets_per_minute=20)
    told = desk.post(page, form)
    assert "was changed by other@acme.test in the meantime" in said(told)
    assert "20 → <strong>10</strong>" in said(told)
    assert Player.objects.get(pk=player.pk).bets_per_minute == 20
    assert desk.post(page, filled(told)).status_code == 302
    assert Player.objects.get(pk=player.pk).bets_per_minute == 10


def test_who_set_the_limits_of_all_meanwhile_is_told_and_not_who_did_something_else(
    desk: Client, acme: Merchant
) -> None:
    page = f"{ALL}set/?bets_per_minute=10&max_stake="
    form = opened(desk, page)
    with history.act_as(door="page", person=factories.member(acme, "manager", email="other@acme.test")):
        limits.set_merchant_limits(merchant=acme, limits=Limits(77, None), seen=limits.player_limits(acme))
    with history.act_as(door="page", person=factories.member(acme, "owner", email="third@acme.test")):
        Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    told = desk.post(page, form)
    assert "was changed by other@acme.test in the meantime" in said(told)
    assert desk.post(page, filled(told)).status_code == 302
    acme.refresh_from_db()
    assert limits.player_limits(acme) == Limits(10, None)


@pytest.mark.parametrize("seen", ["", ":", "x", "1:2:3", "9" * 40, "٣:"])
def test_a_form_that_was_bent_sets_nothing(desk: Client, player: Player, seen: str) -> None:
    Player.objects.filter(pk=player.pk).update(bets_per_minute=20)
    assert send(desk, of_player(player, "?bets_per_minute=10&max_stake="), seen=seen).status_code == 200
    assert Player.objects.get(pk=player.pk).bets_per_minute == 20


@pytest.mark.parametrize("amount", ["-1", "1e5", "1,5", "0x10", "12.123456", "9" * 13, "NaN", "<b>", "٣"])
@pytest.mark.parametrize("field", ["max_stake", "max_stake_by_currency-EUR", "bets_per_minute"])
def test_a_limit_that_is_no_amount_is_named_at_its_field(desk: Client, player: Player, field: str, amount: str) -> None:
    fields = {"max_stake": "", "bets_per_minute": ""} | {field: amount}
    response: Any = desk.get(of_player(player), fields)
    wrong = field.partition("-")[0]
    assert response.context["form"].errors.keys() == {wrong} or (field, amount) == ("bets_per_minute", "٣")
    assert "<b>" not in response.content.decode()


def test_only_the_input_with_the_wrong_amount_is_marked(desk: Client, yen: Caller) -> None:
    """An error of lines together, such as a currency that stands twice, is marked at the further currencies."""
    for asked, wrong in [
        ("max_stake_by_currency-EUR=1,5&max_stake_by_currency-JPY=5", "max_stake_by_currency-EUR"),
        ("max_stake_by_currency-EUR=5&max_stake_by_currency=EUR+6", "max_stake_by_currency"),
        ("max_stake_by_currency-JPY=5&max_stake_by_currency=x", "max_stake_by_currency"),
    ]:
        page = said(desk.get(f"{ALL}set/?bets_per_minute=&{asked}"))
        marked = [tag for tag in re.findall(r"<(?:input|textarea)[^>]*>", page) if 'aria-invalid="true"' in tag]
        assert re.findall(r' name="([^"]*)"', " ".join(marked)) == [wrong], asked


@pytest.mark.parametrize("bets", ["0", "10001", "99999999999999999999"])
def test_bets_a_minute_have_bounds(desk: Client, player: Player, bets: str) -> None:
    response: Any = desk.get(of_player(player), {"bets_per_minute": bets, "max_stake": ""})
    assert response.context["form"].errors.keys() == {"bets_per_minute"}


def test_what_stands_already_is_no_change(desk: Client, player: Player) -> None:
    Player.objects.filter(pk=player.pk).update(max_stake_by_currency={"EUR": 123_456_700_000, "KWD": 123_400})
    shown: Any = desk.get(of_player(player))
    amounts = {"EUR": "1234567.00", "KWD": "1.234"}
    fields = {f"max_stake_by_currency-{currency}": amount for currency, amount in amounts.items()}
    for name, amount in fields.items():
        assert re.search(rf'<input[^>]* name="{name}"[^>]* value="{amount}"', said(shown))
    assert "These limits are already active" in said(desk.get(of_player(player), fields | {"bets_per_minute": ""}))


def test_a_change_of_the_merchant_by_our_staff_is_not_offered_to_be_undone(desk: Client, acme: Merchant) -> None:
    acme.name, acme.max_stake = "Other", 5
    acme.save()
    assert desk.get(ALL).context["change"] is None


def test_limits_by_currency_are_set_seen_and_undone(desk: Client, caller: Caller, player: Player) -> None:
    asked = "?bets_per_minute=&max_stake=0&max_stake_by_currency=eur+2.00%0D%0AJPY+5000"
    caller.bet(300_000)
    shown = said(desk.get(of_player(player, asked)))
    assert "EUR 2.00, JPY 5,000; other currencies: bets refused" in shown
    assert "1 above the maximum stake, 0 above the bets per minute" in shown
    assert send(desk, of_player(player, asked)).status_code == 302
    assert caller.bet(200_001).status == "LIMIT_REACHED"
    assert "EUR 2.00, JPY 5,000" in history.timeline(player)[0].title
    assert "EUR 2.00, JPY 5,000; other currencies: bets refused" in said(
        desk.get("/operator/acme/players/?only=limited")
    )
    form: Any = desk.get(of_player(player)).context["form"]
    assert form["max_stake_by_currency"].value() == "EUR 2.00\nJPY 5000"
    Player.objects.filter(pk=player.pk).update(max_stake_by_currency={"EUR": 1})
    assert send(desk, of_player(player, asked), seen=":0:EUR=2;").status_code == 200
    Player.objects.filter(pk=player.pk).update(max_stake_by_currency={"EUR": 200_000, "JPY": 500_000_000})
    undo(desk, f"/operator/acme/players/{player.pk}/", "players")


def test_limits_of_all_by_currency_are_undone(desk: Client, acme: Merchant) -> None:
    assert send(desk, f"{ALL}set/?bets_per_minute=&max_stake=&max_stake_by_currency=KWD+1.234").status_code == 302
    assert "KWD 1.234; other currencies: no limit" in said(desk.get(ALL))
    undo(desk, ALL, "limits")
    acme.refresh_from_db()
    assert acme.max_stake_by_currency is None


# --- As the ledger ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(6))
def test_what_is_said_beforehand_is_what_the_ledger_does(caller: Caller, seed: int) -> None:
    """The same bets by two players: of the one without limits it is said what the ledger does to the other."""
    dice = random.Random(seed)
    bets = [(61 if number == 5 else dice.choice([0, 1, 8, 22]), dice.randint(0, 5)) for number in range(10)]
    limits = Limits(*[(None, 3), (1, None), (3, None), (1, 3), (2, 4), (3, 2)][seed])
    free, held = played(caller, bets, "free", Limits(None, None)), played(caller, bets, "held", limits)
    with clock.frozen_at(clock.now() + timedelta(hours=1)):
        foretold = restriction_impact.player_limit_impact(Player.objects.get(player_id="free"), limits)[0]
    assert free == ["RS_OK"] * len(bets)
    assert (foretold.bets, foretold.refused) == (len(bets), held.count("LIMIT_REACHED"))


def played(caller: Caller, bets: list[tuple[int, int]], player: str, limits: Limits) -> list[str]:
    caller.player, moment, said = player, clock.now(), []
    caller.deposit(1_000_000)
    caller.launch()
    Player.objects.filter(player_id=player).update(**limits._asdict())
    for wait, amount in bets:
        moment += timedelta(seconds=wait)
        with clock.frozen_at(moment):
            said.append(caller.bet(amount).status)
    return said


def test_of_many_bets_the_newest_are_judged_and_it_is_said_since_when(
    caller: Caller, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    for amount in (500, 100, 300):
        caller.bet(amount)
    monkeypatch.setattr(restriction_impact, "NEWEST_BETS", 2)
    for day, week in (
        restriction_impact.player_limit_impact(player, Limits(None, 200)),
        restriction_impact.merchant_limit_impact(caller.merchant, Limits(None, 200)),
    ):
        assert day == week
        assert (day.bets, day.too_high, day.whole) == (2, 1, False)
        assert day.since == Transaction.objects.get(kind="bet", amount=100).created_at


def test_a_week_ends_where_it_ends_for_one_and_for_all(acme: Merchant, game: Game) -> None:
    begin = clock.now()
    caller = Told(acme, factories.signer(acme), game)
    caller.deposit(1_000)
    player = Player.objects.get(player_id=caller.player)
    now = begin + timedelta(days=8)
    for days in (0, 2, 7.5):
        with clock.frozen_at(begin + timedelta(days=days)):
            caller.launch()
            assert caller.bet(300).status == "RS_OK"
    for found in (
        restriction_impact.player_limit_impact(player, Limits(None, 200), now),
        restriction_impact.merchant_limit_impact(caller.merchant, Limits(None, 200), now),
    ):
        assert [(each.bets, each.too_high, each.whole) for each in found] == [(1, 1, True), (2, 2, True)]


@pytest.mark.parametrize("seed", range(3))
def test_of_all_it_is_said_as_of_each_alone(acme: Merchant, game: Game, seed: int) -> None:
    caller = Told(acme, factories.signer(acme), game)
    dice = random.Random(seed)
    for number, name in enumerate(("one", "two", "three")):
        bets = [(dice.choice([0, 20, 61]), dice.randint(0, 5)) for _ in range(6)]
        with clock.frozen_at(clock.now() + timedelta(minutes=10 * number)):
            played(caller, bets, name, Limits(None, None))
    limits = Limits(2, 4)
    with clock.frozen_at(clock.now() + timedelta(hours=1)):
        each = [restriction_impact.player_limit_impact(player, limits)[0] for player in caller.merchant.players.all()]
        of_all = restriction_impact.merchant_limit_impact(caller.merchant, limits)[0]
    assert (of_all.too_high, of_all.too_fast) == (sum(one.too_high for one in each), sum(one.too_fast for one in each))
    assert of_all.too_fast > 0


@pytest.fixture
def yen(caller: Caller, acme: Merchant) -> Caller:
    caller.bet(100_000)
    other = Caller(merchant=acme, signer=caller.signer, game=caller.game, currency="JPY")
    other.deposit(10_000_000)
    other.launch()
    return other


def test_each_currency_has_a_row_and_one_without_an_amount_is_refused(
    desk: Client, caller: Caller, yen: Caller, acme: Merchant
) -> None:
    """The first amount refuses bets in other currencies, unless the person chooses that they have no limit."""
    form: Any = desk.get(f"{ALL}set/").context["form"]
    assert form["max_stake"].value() == 0
    for currency in ("EUR", "JPY"):
        assert f'<label for="id_max_stake_by_currency-{currency}">{currency}</label>' in str(form)
    assert 'role="group" aria-label="Maximum stake per bet"' in str(form)
    asked = f"{ALL}set/?bets_per_minute=&max_stake_by_currency-EUR=200.00&max_stake_by_currency-JPY=&max_stake="
    assert send(desk, f"{asked}0").status_code == 302
    shown = said(desk.get(ALL))
    assert "<dt>Maximum stake per bet</dt><dd>EUR 200.00; other currencies: bets refused</dd>" in shown
    assert [caller.bet(1).status, yen.bet(1_000_000).status] == ["RS_OK", "LIMIT_REACHED"]
    assert send(desk, asked).status_code == 302
    assert "<dt>Maximum stake per bet</dt><dd>EUR 200.00; other currencies: no limit</dd>" in said(desk.get(ALL))
    assert yen.bet(1_000_000).status == "RS_OK"


def test_without_any_amount_no_bet_is_refused(desk: Client, acme: Merchant) -> None:
    assert send(desk, f"{ALL}set/?bets_per_minute=9&max_stake_by_currency=&max_stake=0").status_code == 302
    acme.refresh_from_db()
    assert limits.player_limits(acme) == Limits(9, None)


def test_a_stake_without_a_currency_is_refused_and_one_of_before_may_stay(acme: Merchant, player: Player) -> None:
    with pytest.raises(errors.StakeWithoutCurrency):
        limits.set_merchant_limits(merchant=acme, limits=Limits(None, 5), seen=Limits(None, None))
    with pytest.raises(errors.StakeWithoutCurrency):
        limits.set_player_limits(player=player, limits=Limits(None, 5), seen=Limits(None, None))
    Merchant.objects.filter(pk=acme.pk).update(max_stake=5)
    limits.set_merchant_limits(merchant=acme, limits=Limits(7, 5), seen=Limits(None, 5))
    acme.refresh_from_db()
    assert limits.player_limits(acme) == Limits(7, 5)


def test_a_number_for_all_currencies_becomes_an_amount_of_each(caller: Caller, yen: Caller, acme: Merchant) -> None:
    """By the migration: no bet that was refused is taken, and a currency that comes later is refused."""
    move = import_module("wallet.migrations.0122_stakes_have_a_currency").state_currencies
    Merchant.objects.update(max_stake=20_050_000)
    Player.objects.filter(player_id=caller.player).update(max_stake=123_456, max_stake_by_currency={"SEK": 7})
    free = Player.objects.create(merchant=acme, player_id="free", max_stake_by_currency={"EUR": 9})
    fresh = Merchant.objects.create(code="fresh", name="Fresh", max_stake=5)
    for _ in range(2):
        move(apps, connection.schema_editor())
    acme.refresh_from_db()
    assert limits.player_limits(acme) == Limits(None, 0, {"EUR": 20_050_000, "JPY": 20_000_000})
    own = limits.player_limits(Player.objects.get(player_id=caller.player))
    assert own == Limits(None, 0, {"EUR": 123_000, "JPY": 100_000, "SEK": 7})
    assert limits.player_limits(Player.objects.get(pk=free.pk)) == Limits(None, None, {"EUR": 9})
    assert limits.player_limits(Merchant.objects.get(pk=fresh.pk)) == Limits(None, 0, {"EUR": 0})
