"""The list of rounds: each state, each filter, page by page, and how far one look goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants.models import Merchant
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from wallet.models import Transaction, Watermark
from wallet.services.rounds import open_rounds, round_list, round_story
from wallet.services.rounds.round_list import ListPlace, RoundFilter
from wallet.services.usage import usage_rollup


@pytest.fixture
def played(caller: Caller) -> Caller:
    """One bet of each state; its id says which. Stakes of 1.00, but for the one that was won: 2.00."""
    for state in ("open", "lost", "rolled back"):
        caller.bet(100_000, transactionId=state, roundId=f"round of {state}")
    caller.bet(200_000, transactionId="won")
    caller.bet(900_000_000, transactionId="refused")
    caller.payout("won", 250_000)
    caller.payout("lost", 0)
    caller.payout("rolled back", 300_000)
    caller.rollback("rolled back")
    return caller


def ids(merchant: Merchant, **wish: Any) -> list[str]:
    return [bet.transaction_id for bet in round_list.search_rounds(merchant, RoundFilter(**wish), limit=50).bets]


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("state", round_list.STATES)
def test_each_state_has_its_rounds(played: Caller, acme: Merchant, state: str, summed: bool) -> None:
    if summed:
        usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    assert ids(acme, state=state) == [state]
    assert ids(acme, state=state, player="player-1") == [state]
    assert [bet.transaction_id for bet in round_list.matching_rounds(acme, RoundFilter(state=state))] == [state]
    assert round_story.round_story(Transaction.objects.get(transaction_id=state, part=0)).state == state
    assert ids(acme, state=state, currency="GBP") == []


def test_a_payout_taken_back_opens_its_round_again(played: Caller, acme: Merchant) -> None:
    usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    payout = Transaction.objects.get(kind="payout", ref_transaction_id="won").transaction_id
    played.rollback(payout)
    assert ids(acme, state="open") == ["won", "open"]
    assert ids(acme, state="won") == []


@pytest.mark.parametrize(
    ("wish", "wanted"),
    [
        ({}, ["refused", "won", "rolled back", "lost", "open"]),
        ({"least": 200_000}, ["refused", "won"]),
        ({"currency": "EUR", "least": 900_000_000}, ["refused"]),
        ({"player": "player-1", "least": 200_000}, ["refused", "won"]),
        ({"player": "Player-1"}, []),
        ({"game": "no such game"}, []),
        ({"session": "no such session"}, []),
    ],
    ids=str,
)
def test_filters_narrow_the_list(played: Caller, acme: Merchant, wish: dict[str, Any], wanted: list[str]) -> None:
    assert ids(acme, **wish) == wanted


def test_by_game_session_and_time(played: Caller, acme: Merchant) -> None:
    first, other = played.session, factories.game()
    played.game = other
    played.launch()
    later = clock.now()
    played.bet(100_000, transactionId="elsewhere")
    assert ids(acme, game=other.game_id) == ["elsewhere"]
    assert ids(acme, session=played.session) == ["elsewhere"]
    assert len(ids(acme, session=first)) == 5
    assert ids(acme, since=later) == ["elsewhere"]
    assert len(ids(acme, until=later)) == 5
    assert ids(acme, state="open", since=later) == ["elsewhere"]
    assert ids(acme, state="open", game=other.game_id) == ["elsewhere"]


def test_no_round_of_another_merchant(played: Caller, rival_caller: Caller, rival: Merchant) -> None:
    rival_caller.bet(100_000, transactionId="theirs")
    for wish in ({}, {"state": "open"}, {"player": "player-1"}):
        assert ids(rival, **wish) == ["theirs"]
    assert [bucket.rounds for bucket in open_rounds.open_rounds_by_age(rival)] == [1]


@pytest.mark.parametrize("wish", [{}, {"player": "player-1"}, {"currency": "EUR"}, {"state": "open"}], ids=str)
def test_pages_follow_each_other_without_a_gap(caller: Caller, acme: Merchant, wish: dict[str, Any]) -> None:
    for number in range(7):
        caller.bet(1_000, transactionId=f"bet-{number}")
    read: list[str] = []
    before: ListPlace | None = None
    while (found := round_list.search_rounds(acme, RoundFilter(**wish), before=before, limit=3)).older:
        read += [bet.transaction_id for bet in found.bets]
        before = found.older
    read += [bet.transaction_id for bet in found.bets]
    assert read == [f"bet-{number}" for number in range(6, -1, -1)]


@pytest.mark.parametrize("who", [{}, {"player": "player-1"}], ids=str)
def test_one_look_goes_so_far_and_says_so(
    caller: Caller, acme: Merchant, who: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_list, "SCANNED", 4)
    caller.bet(500_000, transactionId="the dear one")
    for _ in range(6):
        caller.bet(1_000)
    wish, looks = RoundFilter(least=500_000, **who), 0
    found = round_list.search_rounds(acme, wish, limit=5)
    while not found.bets:
        assert found.looked_to is not None
        found, looks = round_list.search_rounds(acme, wish, before=found.older, limit=5), looks + 1
    assert [bet.transaction_id for bet in found.bets] == ["the dear one"]
    assert looks == 1


def test_a_look_costs_the_same_however_many_rounds_there_are(played: Caller, acme: Merchant) -> None:
    with CaptureQueriesContext(connection) as captured:
        round_list.search_rounds(acme, RoundFilter(), limit=50)
    assert len(captured) == 1


# --- Open by age ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("summed", [False, True])
def test_open_rounds_stand_in_the_bucket_of_their_age(caller: Caller, acme: Merchant, summed: bool) -> None:
    ages = {"hour": 0, "day": 2, "week": 25, "month": 8 * 24, "older": 31 * 24}
    caller.bet(100_000)
    made = Transaction.objects.get(kind="bet").created_at
    if summed:
        usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    for name, hours in ages.items():
        with clock.frozen_at(made + timedelta(hours=hours)):
            assert [
                (each.age, each.currency, each.rounds, each.stake) for each in open_rounds.open_rounds_by_age(acme)
            ] == [(name, "EUR", 1, 100_000)]
            found = {age: open_at(acme, age) for age in ages}
            assert found == {age: 1 if age == name else 0 for age in ages}


def open_at(merchant: Merchant, age: str) -> int:
    since, until = open_rounds.age_bounds(age)
    return len(round_list.oldest_open(merchant, RoundFilter(since=since, until=until), after=None, limit=5)[0])


def test_the_oldest_open_round_comes_first_page_by_page(caller: Caller, acme: Merchant) -> None:
    for number in range(5):
        caller.bet(1_000, transactionId=f"bet-{number}")
    first, place = round_list.oldest_open(acme, RoundFilter(), after=None, limit=3)
    second, end = round_list.oldest_open(acme, RoundFilter(), after=place, limit=3)
    assert [bet.transaction_id for bet in [*first, *second]] == [f"bet-{number}" for number in range(5)]
    assert end is None


# --- One round --------------------------------------------------------------------------------------------------------
def test_the_sums_of_a_round(played: Caller) -> None:
    sums = {
        bet.transaction_id: (told.stake, told.paid, told.result)
        for bet in Transaction.objects.filter(kind="bet")
        for told in [round_story.round_story(bet)]
    }
    assert sums == {
        "open": (100_000, 0, 100_000),
        "lost": (100_000, 0, 100_000),
        "won": (200_000, 250_000, -50_000),
        "rolled back": (0, 0, 0),
        "refused": (0, 0, 0),
    }


def test_what_a_player_saw_of_a_rolled_back_round(played: Caller) -> None:
    steps = round_story.round_story(Transaction.objects.get(transaction_id="rolled back", part=0)).steps
    assert [(step.title, step.moved) for step in steps] == [
        ("Bet", -100_000),
        ("Payout", 300_000),
        ("Rollback of the bet", 100_000),
        ("Rollback of the payout", -300_000),
    ]


def test_a_wish_is_kept_whole() -> None:
    now = clock.now()
    wish = RoundFilter(since=now, until=now, player="p", session="s", game="g", currency="EUR", state="won", least=0)
    assert RoundFilter.build(wish.stored_values()) == wish
    assert RoundFilter.build(RoundFilter().stored_values()) == RoundFilter()
