"""Gross gaming revenue: what the ledger says, by day, game, player and currency, whether it is summed up or not."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Sum
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from merchants.models import Download, Game, Merchant, Person, Player
from portal.lib import clock, database
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.plugins.database_role import as_superuser
from wallet.models import Transaction, Watermark
from wallet.models.usage import SPANS, GameDay, GameSpan, MerchantGamingDay, PlayerGamingDay, PlayerSpan
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


# --- Coarser sums -----------------------------------------------------------------------------------------------------
SINCE_ROWS = f"""
    SELECT r.{{of}}, r.currency, sum(r.bets)::bigint, sum(r.stakes)::bigint, sum(r.payouts)::bigint,
           sum(r.stakes - r.payouts)::bigint, sum(r.rewards)::bigint
      FROM ({usage_rollup.GAMING_ROWS} AND t.merchant_id = %s) r WHERE r.day >= %s AND r.day <= %s GROUP BY 1, 2
"""  # noqa: S608 - ours


@given(since=st.dates(date(2024, 1, 1), date(2027, 1, 1)), days=st.integers(0, 400))
def test_pieces_make_up_a_span_without_gap_or_overlap(since: date, days: int) -> None:
    pieces = gaming_revenue.span_pieces(since, since + timedelta(days=days))
    covered = sorted(
        first + timedelta(days=number)
        for length, firsts in pieces.items()
        for first in firsts
        for number in range(length)
    )
    assert covered == [since + timedelta(days=number) for number in range(days + 1)]
    assert sum(len(firsts) for firsts in pieces.values()) <= 25


def spread_over_days(randomly: random.Random) -> None:
    """Give each row that is not summed up a day of its own: early and late rows, and rollbacks before their bet."""
    upto = Watermark.objects.get(source=Watermark.Source.GAMING).upto
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wallet_transaction DISABLE TRIGGER USER")
        for pk in Transaction.objects.filter(pk__gt=upto).values_list("pk", flat=True):
            day = MIDDAY + timedelta(days=randomly.randrange(-200, 200))
            cursor.execute("UPDATE wallet_transaction SET created_at = %s WHERE id = %s", [day, pk])
        cursor.execute("ALTER TABLE wallet_transaction ENABLE TRIGGER USER")


def move_money(caller: Caller, randomly: random.Random) -> None:
    for _ in range(12):
        bet = caller.bet(randomly.randrange(1, 9)).body["transactionId"]
        then = randomly.choice(["payout", "rollback", "reward", "nothing"])
        if then == "payout":
            paid = caller.payout(bet, randomly.randrange(9)).body["transactionId"]
            if randomly.random() < 0.5:
                caller.rollback(paid)
        elif then == "rollback":
            caller.rollback(bet)
        elif then == "reward":
            caller.reward(randomly.randrange(1, 9))


@pytest.mark.parametrize("seed", range(4))
def test_coarser_sums_are_the_ledger_after_any_movements(caller: Caller, acme: Merchant, seed: int) -> None:
    randomly = random.Random(seed)
    first = Transaction.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Watermark.objects.filter(source=Watermark.Source.GAMING, upto__lt=first).update(upto=first)
    for _ in range(3):
        move_money(caller, randomly)
        spread_over_days(randomly)
        usage_rollup.sum_up(
            Watermark.Source.GAMING, at_once=randomly.randrange(1, 9), most_batches=randomly.choice([2, None])
        )
        for _ in range(5):
            since = DAY + timedelta(days=randomly.randrange(-210, 100))
            until = since + timedelta(days=randomly.randrange(400))
            assert_sums_are_the_ledger(acme, since, until)
    assert PlayerSpan.objects.exists()
    GameDay.objects.filter(day__lt=DAY).delete()
    PlayerGamingDay.objects.filter(day__lt=DAY).delete()
    for days, coarser in ((GameDay, GameSpan), (GameDay, MerchantGamingDay), (PlayerGamingDay, PlayerSpan)):
        lengths = len(SPANS) if coarser is not MerchantGamingDay else 1
        of_days = days.objects.aggregate(*map(Sum, FIELDS))
        assert coarser.objects.aggregate(*map(Sum, FIELDS)) == {
            name: total and total * lengths for name, total in of_days.items()
        }


FIELDS = ("bets", "stakes", "payouts", "rewards")


def assert_sums_are_the_ledger(merchant: Merchant, since: date, until: date) -> None:
    for by, of in {"day": "day", "game": "game_id", "player": "player_id"}.items():
        expected = database.fetch_rows(SINCE_ROWS.format(of=of), [merchant.pk, since, until])
        for most in (200, None) if by == "player" else (None,):
            report = gaming_revenue.revenue_report(merchant, RevenueWish(since, until, by), most=most)
            assert sorted(map(tuple, report.rows)) == sorted(map(tuple, expected))
            assert sum(row.ggr for row in report.total) == sum(row[5] for row in expected)


def test_sums_of_days_before_the_triggers_are_written_in_pieces(played: Caller, acme: Merchant) -> None:
    usage_rollup.sum_up(Watermark.Source.GAMING)
    coarser = (GameSpan, MerchantGamingDay, PlayerSpan)
    kept = [sorted(model.objects.values_list("day", "currency", *FIELDS)) for model in coarser]
    assert all(kept)
    PlayerSpan.objects.all().delete()
    GameSpan.objects.update(stakes=77)
    before = import_module("wallet.migrations.0131_coarser_sums_of_days_before")
    for _twice in range(2):
        with as_superuser(), connection.schema_editor() as editor:
            before.write_coarser_sums(None, editor)
        assert [sorted(model.objects.values_list("day", "currency", *FIELDS)) for model in coarser] == kept
