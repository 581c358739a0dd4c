"""One break, one case: when midnight moves, when rows come in parts, and when people and comparisons meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from merchants.models import Merchant, Person
from tests.people import colleague
from tests.wallet.reconciling import (
    DATE,
    HOUR,
    Busy,
    Line,
    at,
    breaks,
    case,
    changed,
    plan,
    reconcile,
    state,
    without,
)
from wallet.models import Case
from wallet.reconciliation import cases, refusals

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def in_tokyo(busy: Busy) -> None:
    Merchant.objects.filter(pk=busy.merchant.pk).update(time_zone="Asia/Tokyo")
    busy.merchant.refresh_from_db()


def settle(busy: Busy, **fields: Any) -> None:
    item = busy.machine.in_session(currency="EUR", amount=900, refTransactionId="?", transactionId="late-win") | fields
    with at(busy.merchant, 25 * HOUR):
        busy.machine.call("/wallet/transaction/settlement", {"transactions": [item]})


def closed_by_two(case: Case, resolution: str, by: Person) -> Person:
    second = colleague("second@oppi.test")
    cases.resolve_case(case=case, resolution=resolution, text="Paid by deposit 7.", by=by)
    cases.confirm_write_off(case=case, difference=case.difference, by=second)
    return second


# --- one case ---------------------------------------------------------------------------------------------------------
def test_money_owed_stays_one_case_when_midnight_moves(busy: Busy) -> None:
    """Nobody is paid by a change of the time zone."""
    state(busy.merchant, busy.lines())
    settle(busy)
    reconcile(busy.merchant)
    in_tokyo(busy)
    for each in (DATE, DATE + DAY, DATE):
        reconcile(busy.merchant, each, after=30 * HOUR)
    owed = Case.objects.get(kind="owed")
    assert (owed.day, owed.subject, owed.state) == (DATE, "late-win", "open")


@pytest.mark.parametrize("resolution", ["corrected", "found_late", "ours"])
def test_money_that_a_person_says_is_paid_is_not_owed_again(busy: Busy, support: Person, resolution: str) -> None:
    """Paid by a deposit under another id: whoever sees it on top once more would pay it twice."""
    state(busy.merchant, busy.lines())
    settle(busy)
    reconcile(busy.merchant)
    owed = Case.objects.get(kind="owed")
    second = closed_by_two(owed, resolution, support)
    state(busy.merchant, without(busy.lines(), "win"))
    for each in (DATE, DATE + DAY, DATE):
        reconcile(busy.merchant, each)
    owed.refresh_from_db()
    assert (owed.state, owed.resolution, owed.resolved_by) == ("resolved", resolution, second)


def test_money_owed_is_owed_again_when_it_is_another_sum(busy: Busy, support: Person) -> None:
    state(busy.merchant, busy.lines())
    settle(busy)
    reconcile(busy.merchant)
    owed = Case.objects.get(kind="owed")
    closed_by_two(owed, "corrected", support)
    Case.objects.update(difference=-800)  # as it was when it was paid
    reconcile(busy.merchant)
    owed.refresh_from_db()
    assert (owed.state, owed.difference, owed.resolved_by) == ("open", -900, None)


def test_an_open_round_stays_one_case_when_midnight_moves(busy: Busy) -> None:
    plan(busy.merchant, unsettled_hours=1)
    with at(busy.merchant, 20 * HOUR):
        busy.machine.bet(50, transactionId="open", roundId="r-1")
    reconcile(busy.merchant)
    in_tokyo(busy)
    reconcile(busy.merchant, DATE + DAY)
    found = Case.objects.get(kind="unsettled")
    assert (found.day, found.subject, found.state) == (DATE, "open", "open")


def test_an_open_round_over_midnight_is_one_case_of_its_first_bet(busy: Busy) -> None:
    plan(busy.merchant, unsettled_hours=1)
    with at(busy.merchant, 24 * HOUR - SECOND):
        busy.machine.bet(50, transactionId="before", roundId="r-1")
    with at(busy.merchant, SECOND, of=DATE + DAY):
        busy.machine.bet(60, transactionId="after", roundId="r-1")
    for each in range(4):
        reconcile(busy.merchant, DATE + each * DAY)
    found = Case.objects.get(kind="unsettled")
    assert (found.day, found.subject) == (DATE, "before")
    assert found.ours is not None
    assert (found.ours["amount"], found.ours["bets"]) == ("110", 2)


# --- breaks that meet -------------------------------------------------------------------------------------------------
def test_twice_in_the_statement_with_two_amounts_is_one_break_of_both(busy: Busy) -> None:
    lines = busy.lines()
    [win] = [line for line in lines if line.transaction_id == "win"]
    state(busy.merchant, [*lines, replace(win, amount=2_500)])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("duplicate_there", "win")}
    assert case(busy.merchant, "duplicate_there", "win").difference == 2_000 - 4_500


def test_a_payout_whose_bet_is_in_yesterdays_statement_is_not_without_a_bet(busy: Busy) -> None:
    """We have neither: each is missing here, on its own day."""
    bet = Line("theirs", "bet", "player-1", "EUR", 10)
    paid = Line("theirs-paid", "payout", "player-1", "EUR", 20, ref_transaction_id="theirs")
    state(busy.merchant, [*busy.lines(), bet])
    state(busy.merchant, [paid], DATE + DAY)
    reconcile(busy.merchant)
    reconcile(busy.merchant, DATE + DAY)
    assert breaks(busy.merchant) == {("missing_here", "theirs")}
    assert breaks(busy.merchant, DATE + DAY) == {("missing_here", "theirs-paid")}


@pytest.mark.parametrize("says", ["flagged yesterday", "listed yesterday", "listed today", "both days"])
def test_a_bet_rolled_back_after_midnight_is_told_by_either_day(busy: Busy, says: str) -> None:
    with at(busy.merchant, 24 * HOUR - 9 * SECOND):
        busy.machine.bet(40, transactionId="late")
    standing = busy.lines()
    with at(busy.merchant, 9 * SECOND, of=DATE + DAY):
        item = busy.machine.rollback_item("late", transactionId="late-back")
        busy.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
    back = busy.lines(DATE + DAY)
    flagged = changed(standing, "late", is_rolled_back=True)
    told = {
        "flagged yesterday": (flagged, []),
        "listed yesterday": ([*standing, *back], []),
        "listed today": (standing, back),
        "both days": (flagged, back),
    }[says]
    how = "flags" if says == "flagged yesterday" else "rows"
    state(busy.merchant, told[0], rollbacks=how)
    state(busy.merchant, told[1], DATE + DAY, rollbacks=how)
    reconcile(busy.merchant)
    reconcile(busy.merchant, DATE + DAY)
    over = {("day_boundary", "late-back")} if says == "listed yesterday" else set()
    assert breaks(busy.merchant) == breaks(busy.merchant, DATE + DAY) == over


def test_a_round_that_they_take_back_in_parts_agrees(busy: Busy) -> None:
    """Ours is one rollback of the bet and its payout, theirs are two."""
    lines = without(busy.lines(), "void-rollback")
    parts = [
        Line("void-rollback", "rollback", "player-1", "EUR", 900, ref_transaction_id="void"),
        Line("void-win-rollback", "rollback", "player-1", "EUR", 1_100, ref_transaction_id="void-win"),
    ]
    state(busy.merchant, [*[replace(line, is_rolled_back=None) for line in lines], *parts])
    assert reconcile(busy.merchant).outcome == "clear"


def test_an_unknown_currency_is_one_break_and_no_fault(busy: Busy) -> None:
    state(busy.merchant, changed(busy.lines(), "win", currency="ZZZZZZ"))
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("currency", "win")}


def test_play_money_is_in_no_comparison(busy: Busy) -> None:
    lines = busy.lines()
    with at(busy.merchant):
        busy.machine.launch(currency="XXX", balance=500)
        busy.machine.bet(100, transactionId="play", currency="XXX")
    state(busy.merchant, lines)
    assert reconcile(busy.merchant).outcome == "clear"


def test_a_players_totals_are_of_each_currency(busy: Busy) -> None:
    with at(busy.merchant):
        busy.machine.deposit(77, transactionId="dollars", currency="USD")
    totals = [Line("", line.kind, "player-1", line.currency, line.amount, count=1) for line in stands(busy)]
    state(busy.merchant, totals, grain="totals")
    assert reconcile(busy.merchant).outcome == "clear"
    state(busy.merchant, [replace(each, currency="EUR") for each in totals], grain="totals")
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("group", "player-1|deposit|EUR"), ("group", "player-1|deposit|USD")}


def stands(busy: Busy) -> list[Line]:
    return [line for line in busy.lines() if line.kind != "rollback" and not line.is_rolled_back]


def test_totals_may_list_what_was_taken_back_as_rollbacks(busy: Busy) -> None:
    """Then bets and payouts are all of the day, and a rollback is what its bet was."""
    totals = [Line("", line.kind, "player-1", line.currency, line.amount, count=1) for line in busy.lines()]
    state(busy.merchant, totals, grain="totals", rollbacks="rows")
    assert reconcile(busy.merchant).outcome == "clear"
    left = [line for line in totals if line.amount != 700 or line.kind != "rollback"]
    state(busy.merchant, left, grain="totals", rollbacks="rows")
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("group", "player-1|rollback|EUR")}


# --- people and comparisons -------------------------------------------------------------------------------------------
def test_a_case_that_closes_by_itself_keeps_what_is_written_to_it(busy: Busy, support: Person) -> None:
    state(busy.merchant, without(busy.lines(), "win"))
    reconcile(busy.merchant)
    seen = case(busy.merchant, "missing_there", "win")
    state(busy.merchant, busy.lines())
    reconcile(busy.merchant)
    cases.add_note(case=seen, text="I asked them.", by=support)
    cases.add_comment(case=seen, text="Thank you.", by=support)
    with pytest.raises(refusals.CaseResolved):
        cases.resolve_case(case=seen, resolution="theirs", text="Theirs.", by=support)
    seen.refresh_from_db()
    assert (seen.state, seen.resolution) == ("resolved", "corrected")
    assert [note.text for note in cases.notes_of(seen, for_staff=True)] == ["I asked them.", "Thank you."]


def test_a_write_off_that_is_asked_for_ends_when_the_break_is_gone(busy: Busy, support: Person) -> None:
    state(busy.merchant, without(busy.lines(), "win"))
    reconcile(busy.merchant)
    asked = cases.write_off(case=case(busy.merchant, "missing_there", "win"), text="Small.", by=support)
    state(busy.merchant, busy.lines())
    reconcile(busy.merchant)
    second = colleague("second@oppi.test")
    with pytest.raises(refusals.CaseResolved):
        cases.confirm_write_off(case=asked, difference=asked.difference, by=second)
