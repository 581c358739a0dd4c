"""Gross gaming revenue: what the ledger says, by day, game, player and currency, whether it is summed up or not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client

from merchants.models import Download, Game, Merchant, Person, Player
from portal.lib import clock
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.plugins.database_role import as_superuser
from wallet.models import Transaction, Watermark
from wallet.models.usage import GameDay, PlayerGamingDay
from wallet.services.usage import gaming_revenue, usage_rollup
from wallet.services.usage.gaming_revenue import RevenueWish

DAY = date(2026, 3, 10)
MIDDAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
WISH = RevenueWish(DAY, DAY + timedelta(days=1))
PAGE = "/operator/acme/ggr/"


@pytest.fixture
def played(caller: Caller) -> Caller:
    """A bet of 10 that wins 4, one of 5 that is rolled back on the next day, and a reward of 1."""
    bet = caller.bet(10).body["transactionId"]
    caller.payout(bet, 4)
    later = caller.bet(5).body["transactionId"]
    caller.reward(1)
    caller.rollback(later)
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wallet_transaction DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE wallet_transaction SET created_at = CASE kind WHEN 'rollback' THEN %s::timestamptz ELSE %s END",
            [MIDDAY + timedelta(days=1), MIDDAY],
        )
        cursor.execute("ALTER TABLE wallet_transaction ENABLE TRIGGER USER")
    return caller


def figures(merchant: Merchant, wish: RevenueWish) -> list[tuple[Any, ...]]:
    return [tuple(row[2:]) for row in gaming_revenue.revenue_report(merchant, wish).rows]


@pytest.mark.parametrize("summed", [False, True])
def test_it_is_what_the_ledger_says(played: Caller, acme: Merchant, summed: bool) -> None:
    if summed:
        first = Transaction.objects.earliest("pk").pk  # ids go on from test to test
        Watermark.objects.filter(source=Watermark.Source.GAMING, upto__lt=first).update(upto=first - 1)
        usage_rollup.sum_up(Watermark.Source.GAMING, at_once=2)
        assert GameDay.objects.exists()
        assert PlayerGamingDay.objects.exists()
    of_days = [(-1, -5, 0, -5, 0), (2, 15, 4, 11, 1)]
    assert figures(acme, WISH) == of_days
    for by in ("game", "player", "currency"):
        assert figures(acme, RevenueWish(WISH.since, WISH.until, by)) == [(1, 10, 4, 6, 1)]
    assert figures(acme, RevenueWish(DAY, DAY)) == of_days[1:]
    assert figures(acme, RevenueWish(DAY, DAY, currency="USD")) == []
    total = gaming_revenue.revenue_report(acme, WISH).total
    assert [(row.currency, row.ggr) for row in total] == [("EUR", 6)]


def test_a_page_of_players_has_the_first_lines_of_their_file(acme: Merchant, game: Game) -> None:
    players = [Player.objects.create(merchant=acme, player_id=f"p-{number}") for number in range(4)]
    lines = [
        (players[0], DAY, "EUR", 5, 1), (players[0], WISH.until, "EUR", 4, 0), (players[1], DAY, "EUR", 1, 9),
        (players[2], DAY, "USD", 7, 0), (players[3], DAY, "USD", 10**21, 10**20), (players[3], DAY, "EUR", 7, 0),
    ]  # fmt: skip
    for player, day, currency, stakes, payouts in lines:
        of_day = {"merchant": acme, "day": day, "currency": currency, "bets": 1, "rewards": 0}
        PlayerGamingDay.objects.create(player=player, stakes=stakes, payouts=payouts, **of_day)
        of_game = GameDay.objects.get_or_create(game=game, defaults={"stakes": 0, "payouts": 0}, **of_day)[0]
        GameDay.objects.filter(pk=of_game.pk).update(stakes=F("stakes") + stakes, payouts=F("payouts") + payouts)
    wish = RevenueWish(WISH.since, WISH.until, "player")
    file = gaming_revenue.revenue_report(acme, wish, most=None)
    assert [(row.what, row.ggr) for row in file.rows[:3]] == [
        (players[3].pk, 10**21 - 10**20), (players[0].pk, 8), (players[2].pk, 7),
    ]  # fmt: skip
    for most in (1, 3, 10):
        page = gaming_revenue.revenue_report(acme, wish, most=most)
        assert (page.rows, page.more) == (file.rows[:most], most < len(file.rows))
        assert {(row.currency, row.ggr) for row in page.total} == {(row.currency, row.ggr) for row in file.total}
    only = gaming_revenue.revenue_report(acme, RevenueWish(DAY, DAY, "player", "EUR"))
    assert [row.ggr for row in only.rows] == [7, 4, -8]


def test_of_many_rows_behind_the_sums_the_page_says_so(
    played: Caller, acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaming_revenue, "UNSUMMED", 0)
    assert gaming_revenue.revenue_report(acme, WISH).is_behind
    usage_rollup.sum_up(Watermark.Source.GAMING)
    assert not gaming_revenue.revenue_report(acme, WISH).is_behind


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    cache.clear()
    return signed_in(client, owner)


SPAN = "since=2026-03-10&until=2026-03-11"


def test_the_page_groups_them_and_the_file_has_all(at_work: Client, played: Caller) -> None:
    by_day = said(at_work.get(f"{PAGE}?{SPAN}"))
    assert "0.00011" in by_day
    assert "<title>10 Mar 2026: EUR 0.00015 stakes</title>" in by_day
    by_player = said(at_work.get(f"{PAGE}?{SPAN}&by=player"))
    assert "/operator/acme/players/" in by_player
    file: Any = at_work.get(f"{PAGE}csv/?{SPAN}&by=day")
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert lines[-1] == "2026-03-10,EUR,2,0.00015,0.00004,0.00011,0.00001"
    assert Download.objects.get().what == "Gross gaming revenue (CSV)"


def test_a_file_with_players_needs_a_fresh_second_factor(at_work: Client, played: Caller) -> None:
    assert at_work.get(f"{PAGE}csv/?{SPAN}&by=player").status_code == 302
    file: Any = at_work.get(f"{PAGE}players/csv/?{SPAN}")
    first = b"".join(file.streaming_content).decode().splitlines()[0]
    assert first.endswith("player,currency,bets,stakes,payouts,ggr,rewards")
    with clock.frozen_at(clock.now() + timedelta(minutes=20)):
        assert at_work.get(f"{PAGE}players/csv/?{SPAN}")["location"].startswith("/account/")


@pytest.mark.parametrize("query", ["since=x", "since=2026-03-11&until=2026-03-10", "since=2020-01-01&until=2026-01-01"])
def test_a_span_that_cannot_be_shown_is_said(at_work: Client, played: Caller, query: str) -> None:
    assert at_work.get(f"{PAGE}?{query}").status_code == 200
    assert at_work.get(f"{PAGE}csv/?{query}")["location"] == PAGE
