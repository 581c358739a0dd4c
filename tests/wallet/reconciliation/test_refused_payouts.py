"""A refused payout and the payout under another id that stands for it are one case, and no other payout is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from merchants.models import Person
from tests.people import colleague
from tests.wallet.reconciling import DATE, HOUR, Busy, Line, at, breaks, case, plan, reconcile, state, without
from wallet.models import Case
from wallet.reconciliation import cases, moved_again, runs

DAY = timedelta(days=1)
NEXT = DATE + DAY
AMOUNT = 900
THEIRS = Line("late-win", "payout", "player-1", "EUR", AMOUNT, ref_transaction_id="late-bet")


def refused(busy: Busy, verb: str = "settlement", *, after: timedelta = 20 * HOUR, **fields: Any) -> None:
    """Before its bet came."""
    item = {"currency": "EUR", "amount": AMOUNT, "refTransactionId": "late-bet", "transactionId": "late-win"} | fields
    with at(busy.merchant, after):
        answer = busy.machine.call(f"/wallet/transaction/{verb}", {"transactions": [busy.machine.in_session(**item)]})
    assert answer.body["data"][0]["status"] != "RS_OK"


def played(busy: Busy, paid: str = "again", *, after: timedelta = 21 * HOUR, **fields: Any) -> None:
    """The bet comes after all, and its payout under another id."""
    with at(busy.merchant, after):
        busy.machine.bet(100, transactionId="late-bet", **{k: v for k, v in fields.items() if k == "roundId"})
        pays(busy, paid, **fields)


def pays(busy: Busy, paid: str, amount: int = AMOUNT, **fields: Any) -> None:
    fields.pop("roundId", None)
    assert busy.machine.payout("late-bet", amount, transactionId=paid, **fields).status == "RS_OK"


def compared(busy: Busy, lines: list[Line]) -> runs.RunOutcome:
    state(busy.merchant, lines)
    found = reconcile(busy.merchant)
    assert found.figures.differences_add_up
    return found


def owed(busy: Busy, subject: str = "late-win") -> tuple[int, Any, Any]:
    found = case(busy.merchant, "owed", subject)
    return found.difference, (found.ours or {}).get("replaced_by"), (found.theirs or {}).get("transaction")


@pytest.fixture
def late(busy: Busy) -> Busy:
    plan(busy.merchant)
    refused(busy)
    return busy


# --- one case ---------------------------------------------------------------------------------------------------------
def test_paid_under_another_id_while_they_have_the_refused_one(late: Busy) -> None:
    """Both sides have one payout of this amount: nothing is at stake but the id."""
    played(late)
    found = compared(late, [*without(late.lines(), "again"), THEIRS])
    assert breaks(late.merchant) == {("owed", "late-win")}
    assert owed(late) == (0, "again", None)
    assert (found.figures.broken, found.figures.stakes) == (1, [])


def test_paid_under_another_id_that_both_have(late: Busy) -> None:
    played(late)
    compared(late, late.lines())
    assert breaks(late.merchant) == {("owed", "late-win")}
    assert owed(late) == (0, "again", None)


def test_paid_under_another_id_that_they_lack(late: Busy) -> None:
    played(late)
    compared(late, without(late.lines(), "again"))
    assert breaks(late.merchant) == {("owed", "late-win")}
    assert owed(late) == (AMOUNT, "again", None)


def test_what_they_paid_under_another_id_is_owed_once(late: Busy) -> None:
    """The bet is unknown to us."""
    theirs = Line("again", "payout", "player-1", "EUR", AMOUNT, ref_transaction_id="late-bet")
    found = compared(late, [*late.lines(), theirs])
    assert breaks(late.merchant) == {("owed", "late-win")}
    assert owed(late) == (-AMOUNT, None, "again")
    assert found.figures.stakes == [("EUR", AMOUNT)]


def test_a_refused_payout_that_names_no_bet_is_found_by_its_round(busy: Busy) -> None:
    plan(busy.merchant)
    refused(busy, "retry", refTransactionId=None, roundId="r-7")
    played(busy, roundId="r-7")
    compared(busy, busy.lines())
    assert owed(busy) == (0, "again", None)


# --- not the same money -----------------------------------------------------------------------------------------------
def test_two_payouts_in_their_file_are_two(late: Busy) -> None:
    """A bet may have two payouts of one amount."""
    played(late)
    found = compared(late, [*late.lines(), THEIRS])
    assert breaks(late.merchant) == {("owed", "late-win")}
    assert owed(late) == (-AMOUNT, None, None)
    assert found.figures.stakes == [("EUR", AMOUNT)]


def test_one_payout_stands_for_one_of_two(late: Busy) -> None:
    refused(late, after=20 * HOUR + timedelta(minutes=1), transactionId="late-too")
    played(late)
    compared(late, late.lines())
    assert breaks(late.merchant) == {("owed", "late-win"), ("owed", "late-too")}
    assert (owed(late), owed(late, "late-too")) == ((0, "again", None), (-AMOUNT, None, None))
    with at(late.merchant, 22 * HOUR):
        pays(late, "once-more")
    compared(late, late.lines())
    assert (owed(late), owed(late, "late-too")) == ((0, "again", None), (0, "once-more", None))


def rolled_back(busy: Busy) -> None:
    played(busy)
    with at(busy.merchant, 22 * HOUR):
        item = busy.machine.rollback_item("again", transactionId="again-back")
        answer = busy.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
    assert answer.body["data"][0]["status"] == "RS_OK", answer.body


def of_another_bet(busy: Busy) -> None:
    with at(busy.merchant, 21 * HOUR):
        busy.machine.payout("lost", AMOUNT, transactionId="again")


OTHERS: dict[str, Callable[[Busy], None]] = {
    "another amount": lambda busy: played(busy, amount=AMOUNT + 1),
    "rolled back": rolled_back,
    "another bet": of_another_bet,
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_payout_stands_for_nothing(late: Busy, what: str) -> None:
    OTHERS[what](late)
    compared(late, without(late.lines(), "again", "again-back"))
    assert owed(late) == (-AMOUNT, None, None)
    assert breaks(late.merchant) - {("owed", "late-win")}


def test_a_payout_of_before_stands_for_nothing(busy: Busy) -> None:
    plan(busy.merchant)
    played(busy, after=19 * HOUR)
    refused(busy, gameId="nothing")
    compared(busy, without(busy.lines(), "again"))
    assert breaks(busy.merchant) == {("owed", "late-win"), ("missing_there", "again")}
    assert owed(busy) == (-AMOUNT, None, None)


def test_what_they_paid_to_another_player_is_a_break_of_its_own(late: Busy) -> None:
    theirs = Line("again", "payout", "player-2", "EUR", AMOUNT, ref_transaction_id="late-bet")
    compared(late, [*late.lines(), theirs])
    assert breaks(late.merchant) == {("owed", "late-win"), ("payout_without_bet", "again")}


# --- over days --------------------------------------------------------------------------------------------------------
def test_a_payout_of_the_next_day_is_linked_and_restates_this_one(late: Busy) -> None:
    compared(late, [*late.lines(), THEIRS])
    assert owed(late) == (-AMOUNT, None, None)
    played(late, after=25 * HOUR)
    state(late.merchant, without(late.lines(NEXT), "again"), NEXT)
    assert reconcile(late.merchant, NEXT).restate == [DATE]
    assert reconcile(late.merchant, DATE, after=30 * HOUR).restate == []
    assert reconcile(late.merchant, NEXT, after=9 * HOUR).restate == []
    assert owed(late) == (-AMOUNT, "again", None)
    here, beside = case(late.merchant, "owed", "late-win"), case(late.merchant, "missing_there", "again", NEXT)
    assert (here.other, beside.other, beside.difference) == (beside, here, AMOUNT)


def test_their_payout_of_the_next_day_is_linked(late: Busy) -> None:
    compared(late, late.lines())
    theirs = Line("again", "payout", "player-1", "EUR", AMOUNT, ref_transaction_id="late-bet")
    state(late.merchant, [theirs], NEXT)
    reconcile(late.merchant, NEXT)
    here, beside = case(late.merchant, "owed", "late-win"), case(late.merchant, "payout_without_bet", "again", NEXT)
    assert (here.other, beside.other) == (beside, here)
    for each in (here, beside):
        assert any("Settle only one of the two cases" in said for said in moved_again.warnings(each))


# --- people -----------------------------------------------------------------------------------------------------------
def test_a_person_who_said_that_it_is_paid_is_believed(late: Busy, support: Person) -> None:
    compared(late, late.lines())
    found = case(late.merchant, "owed", "late-win")
    second = colleague("second@oppi.test")
    cases.resolve_case(case=found, resolution="found_late", text="Paid as again.", by=support)
    cases.confirm_write_off(case=found, difference=found.difference, by=second)
    played(late)
    compared(late, late.lines())
    found.refresh_from_db()
    assert (found.state, found.resolved_by) == ("resolved", second)


def test_a_payout_under_its_own_id_closes_it_as_ever(late: Busy) -> None:
    played(late)
    compared(late, late.lines())
    with at(late.merchant, 22 * HOUR):
        pays(late, "late-win")
    compared(late, late.lines())
    assert breaks(late.merchant) == set()
    assert Case.objects.get(kind="owed").resolution == "found_late"
