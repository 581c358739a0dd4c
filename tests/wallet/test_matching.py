"""Each kind of break, planted alone, and nothing else found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from merchants.models import Game, Merchant
from tests import factories
from tests.wallet.reconciling import (
    DATE,
    Busy,
    Line,
    Told,
    at,
    breaks,
    busy_day,
    case,
    changed,
    reconcile,
    state,
    without,
)


@pytest.fixture
def busy(acme: Merchant, game: Game) -> Busy:
    with at(acme, timedelta(0)):
        machine = Told(acme, factories.signer(acme), game)
    return busy_day(machine)


def test_a_statement_that_says_the_same_is_all_clear(busy: Busy) -> None:
    state(busy.merchant, busy.lines())
    found = reconcile(busy.merchant)
    assert (found.outcome, found.figures.broken, found.figures.rate) == ("clear", 0, "100.00 %")
    assert found.figures.matched == found.figures.ours == found.figures.theirs == 12


def test_a_statement_may_flag_what_was_rolled_back_and_list_no_rollbacks(busy: Busy) -> None:
    state(busy.merchant, [line for line in busy.lines() if line.kind != "rollback"])
    assert reconcile(busy.merchant).outcome == "clear"


def test_a_statement_may_list_rollbacks_and_flag_nothing(busy: Busy) -> None:
    state(busy.merchant, [replace(line, is_rolled_back=None) for line in busy.lines()])
    assert reconcile(busy.merchant).outcome == "clear"


def test_what_a_statement_has_no_column_for_is_not_compared(busy: Busy) -> None:
    bare = [replace(line, player_id="", game_id=None, currency="", kind="", at=None) for line in busy.lines()]
    state(busy.merchant, bare)
    assert reconcile(busy.merchant).outcome == "clear"


def test_a_bet_that_we_do_not_have(busy: Busy) -> None:
    state(busy.merchant, [*busy.lines(), Line("theirs", "bet", "player-1", "EUR", 400)])
    assert reconcile(busy.merchant).outcome == "breaks"
    assert breaks(busy.merchant) == {("missing_here", "theirs")}
    assert case(busy.merchant, "missing_here", "theirs").difference == 400  # their player paid, ours did not


def test_a_bet_that_they_do_not_have(busy: Busy) -> None:
    state(busy.merchant, without(busy.lines(), "lost"))
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", "lost")}
    assert case(busy.merchant, "missing_there", "lost").difference == -500


@pytest.mark.parametrize(
    ("kind", "fields", "difference"),
    [
        ("amount", {"amount": 2_500}, -500),
        ("currency", {"currency": "USD"}, 2_000),
        ("kind", {"kind": "reward"}, 0),
        ("whose", {"player_id": "player-2"}, 2_000),
        ("whose", {"game_id": "G0000000000000"}, 2_000),
        ("state", {"is_rolled_back": True}, 2_000),
    ],
)
def test_a_row_that_says_something_else(busy: Busy, kind: str, fields: dict[str, object], difference: int) -> None:
    state(busy.merchant, changed(busy.lines(), "win", **fields))
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {(kind, "win")}
    assert case(busy.merchant, kind, "win").difference == difference


def test_rolled_back_here_and_not_there(busy: Busy) -> None:
    lines = changed(without(busy.lines(), "back-rollback"), "back", is_rolled_back=False)
    state(busy.merchant, lines)
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("state", "back")}
    assert case(busy.merchant, "state", "back").difference == 700


def test_a_row_twice_in_the_statement(busy: Busy) -> None:
    lines = busy.lines()
    state(busy.merchant, [*lines, *(line for line in lines if line.transaction_id == "win")])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("duplicate_there", "win")}
    assert case(busy.merchant, "duplicate_there", "win").difference == -2_000


def test_a_payout_of_theirs_without_a_bet(busy: Busy) -> None:
    stray = Line("stray", "payout", "player-1", "EUR", 400, ref_transaction_id="no-bet")
    state(busy.merchant, [*busy.lines(), stray])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("payout_without_bet", "stray")}


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_bet_and_its_rollback_on_one_side_net_out(busy: Busy, side: str) -> None:
    if side == "here":
        state(busy.merchant, without(busy.lines(), "back", "back-rollback"))
    else:
        pair = [
            Line("theirs", "bet", "player-1", "EUR", 400),
            Line("theirs-back", "rollback", "player-1", "EUR", 400, ref_transaction_id="theirs"),
        ]
        state(busy.merchant, [*busy.lines(), *pair])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("nets_out", "back" if side == "here" else "theirs")}


def test_a_day_is_the_same_when_it_is_compared_twice(busy: Busy) -> None:
    state(busy.merchant, without(busy.lines(), "lost", "win"))
    first = reconcile(busy.merchant)
    second = reconcile(busy.merchant)
    assert first.is_news
    assert not second.is_news
    assert second.run is not None
    assert (second.run.day, second.run.number) == (DATE, 2)
    assert breaks(busy.merchant) == {("missing_there", "lost"), ("missing_there", "win")}
