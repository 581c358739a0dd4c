"""Each kind of break, planted alone, and nothing else found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from merchants.models import Merchant
from tests import factories
from tests.wallet.reconciling import (
    DATE,
    HOUR,
    Busy,
    Line,
    Told,
    at,
    breaks,
    busy_day,
    case,
    changed,
    day,
    plan,
    reconcile,
    state,
    without,
)
from wallet.models import Reconciliation, Transaction
from wallet.reconciliation import matching
from wallet.services.log import request_log

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


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
    bare = [replace(line, game_id=None, at=None) for line in busy.lines()]
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
        ("game", {"game_id": "G0000000000000"}, 2_000),
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


def test_our_payout_twice_where_they_have_one(busy: Busy) -> None:
    with at(busy.merchant):
        busy.machine.payout("won", 2_000, transactionId="win-again")
    state(busy.merchant, without(busy.lines(), "win-again"))
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("duplicate_here", "win-again")}
    assert case(busy.merchant, "duplicate_here", "win-again").difference == 2_000


def test_a_payout_under_another_id_is_missing_on_both_sides(busy: Busy) -> None:
    lines = busy.lines()
    [win] = [line for line in lines if line.transaction_id == "win"]
    state(busy.merchant, [*without(lines, "win"), replace(win, transaction_id="win-of-theirs")])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_here", "win-of-theirs"), ("missing_there", "win")}


def test_what_we_refused_and_they_took(busy: Busy) -> None:
    with at(busy.merchant):
        assert busy.machine.bet(10**9, transactionId="dear").status == "NOT_ENOUGH_MONEY"
    state(busy.merchant, [*busy.lines(), Line("dear", "bet", "player-1", "EUR", 10**9)])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("state", "dear")}
    ours = case(busy.merchant, "state", "dear").ours
    assert ours is not None
    assert ours["state"] == "RS_ERROR_NOT_ENOUGH_MONEY"


def test_what_we_refused_and_they_took_back_agrees(busy: Busy) -> None:
    with at(busy.merchant):
        busy.machine.bet(10**9, transactionId="dear")
    state(busy.merchant, [*busy.lines(), Line("dear", "bet", "player-1", "EUR", 10**9, is_rolled_back=True)])
    assert reconcile(busy.merchant).outcome == "clear"


def test_the_rollback_of_the_day_after_is_no_break_of_this_day(busy: Busy) -> None:
    state(busy.merchant, busy.lines())
    with at(busy.merchant, of=DATE + DAY):
        busy.machine.rollback("lost")
    assert reconcile(busy.merchant).outcome == "clear"


def test_another_merchants_transactions_are_missing_here_and_nothing_is_told_of_them(
    busy: Busy, rival: Merchant
) -> None:
    with at(rival, 0 * HOUR):
        other = busy_day(Told(rival, factories.signer(rival), busy.machine.game))
    with at(rival):
        assert other.machine.bet(77, transactionId="rivals").status == "RS_OK"
    state(busy.merchant, [*busy.lines(), Line("rivals", "bet", "player-1", "EUR", 77)])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_here", "rivals")}
    assert case(busy.merchant, "missing_here", "rivals").ours is None


# --- rollbacks on one side, and what both sides come to -------------------------------------------------------------
def bare(lines: list[Line]) -> list[Line]:
    """Of a file without a column for references, and without flags."""
    return [replace(line, ref_transaction_id=None, is_rolled_back=None) for line in lines]


def test_a_rollback_of_theirs_without_a_reference_is_missing_in_our_ledger(busy: Busy) -> None:
    state(busy.merchant, [*bare(busy.lines()), Line("theirs", "rollback", "player-1", "EUR", 70_000_000)])
    assert reconcile(busy.merchant).outcome == "breaks"
    assert breaks(busy.merchant) == {("missing_here", "theirs")}
    assert case(busy.merchant, "missing_here", "theirs").difference == -70_000_000


@pytest.mark.parametrize(
    ("rollbacks", "found"), [("rows", {("missing_there", "late-back")}), ("flags", set()), ("none", set())]
)
def test_our_rollback_of_yesterdays_bet_is_looked_for_in_files_that_list_rollbacks(
    busy: Busy, rollbacks: str, found: set[tuple[str, str]]
) -> None:
    """Whether or not the file of this day holds another one."""
    with at(busy.merchant, of=DATE + DAY):
        item = busy.machine.rollback_item("lost", transactionId="late-back")
        busy.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
        busy.machine.deposit(5, transactionId="noon")
    lines = [line for line in busy.lines(DATE + DAY) if line.kind != "rollback"]
    state(busy.merchant, lines, DATE + DAY, rollbacks=rollbacks)
    assert reconcile(busy.merchant, DATE + DAY).figures.differences_add_up
    assert breaks(busy.merchant, DATE + DAY) == found


def test_the_rollback_of_a_won_bet_counts_all_that_it_takes_back(busy: Busy) -> None:
    """700 and 900 staked, 1,100 won: what players got by both is 500, and the game has earned what stands."""
    state(busy.merchant, busy.lines())
    sides = {side.kind: side for side in reconcile(busy.merchant).figures.sides}
    assert (sides["rollback"].ours_amount, sides["rollback"].theirs_amount) == (500, 500)
    earned = sides["bet"].ours_amount - sides["payout"].ours_amount - sides["rollback"].ours_amount
    assert earned == 1_000 + 500 - 2_000


def test_what_no_break_accounts_for_is_a_break(busy: Busy) -> None:
    """A rollback under an id of theirs, of less than the bet."""
    [back] = [line for line in busy.lines() if line.transaction_id == "back-rollback"]
    rest = without(busy.lines(), "back-rollback")
    state(busy.merchant, [*rest, replace(back, transaction_id="theirs", amount=690)])
    found = reconcile(busy.merchant)
    assert (found.outcome, breaks(busy.merchant)) == ("breaks", {("totals", "both sides|rollback|EUR")})
    assert case(busy.merchant, "totals", "both sides|rollback|EUR").difference == 10
    assert [side.unexplained for side in found.figures.sides if side.unexplained] == [10]


@pytest.mark.parametrize("amount", [1_600, 500])
def test_totals_with_a_line_for_rollbacks_are_of_all_rows(busy: Busy, amount: int) -> None:
    """Its amount is what was rolled back, or what players got by it."""
    sums = totals(busy, bet=3_100, payout=3_100)
    lines = [replace(line, count=None) for line in sums] + [Line("", "rollback", "player-1", "EUR", amount)]
    state(busy.merchant, lines, grain="totals", rollbacks="rows")
    found = reconcile(busy.merchant)
    assert (found.outcome, found.figures.differences_add_up, breaks(busy.merchant)) == ("clear", True, set())


# --- over midnight ----------------------------------------------------------------------------------------------------
@pytest.fixture
def late(busy: Busy) -> Busy:
    """A bet ten seconds after midnight, which the operator counts to the day before."""
    with at(busy.merchant, 10 * SECOND, of=DATE + DAY):
        busy.machine.launch()
        busy.machine.bet(123, transactionId="midnight")
        busy.machine.payout("midnight", 0, transactionId="midnight-lost")
    return busy


def test_a_row_on_the_other_side_of_midnight_is_one_linked_pair(late: Busy) -> None:
    today, tomorrow = late.lines(), late.lines(DATE + DAY)
    state(late.merchant, [*today, *tomorrow])
    state(late.merchant, [], DATE + DAY)
    reconcile(late.merchant)
    reconcile(late.merchant, DATE + DAY)
    pair = {("day_boundary", "midnight"), ("day_boundary", "midnight-lost")}
    assert breaks(late.merchant) == breaks(late.merchant, DATE + DAY) == pair
    before = case(late.merchant, "day_boundary", "midnight")
    after = case(late.merchant, "day_boundary", "midnight", DATE + DAY)
    assert (before.other, after.other) == (after, before)
    assert before.difference + after.difference == 0


def test_a_row_that_the_next_days_statement_has_closes_what_was_missing(busy: Busy) -> None:
    with at(busy.merchant, 24 * HOUR - 10 * SECOND):
        busy.machine.deposit(5, transactionId="last")
    state(busy.merchant, without(busy.lines(), "last"))
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", "last")}
    state(busy.merchant, [line for line in busy.lines() if line.transaction_id == "last"], DATE + DAY)
    assert reconcile(busy.merchant, DATE + DAY).restate == [DATE]
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("day_boundary", "last")}


@pytest.mark.parametrize(
    ("kind", "fields", "difference"),
    [
        ("amount", {"amount": 900}, 100),
        ("currency", {"currency": "USD"}, 1_000),
        ("kind", {"kind": "reward"}, 0),
        ("whose", {"player_id": "player-2"}, 1_000),
        ("state", {"is_rolled_back": True}, 1_000),
    ],
)
def test_a_row_over_midnight_that_says_something_else(
    busy: Busy, kind: str, fields: dict[str, object], difference: int
) -> None:
    """The day that has their row has the break; ours says only that the row is over midnight."""
    with at(busy.merchant, 24 * HOUR - 10 * SECOND):
        busy.machine.deposit(1_000, transactionId="last")
    state(busy.merchant, without(busy.lines(), "last"))
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", "last")}
    [last] = [line for line in busy.lines() if line.transaction_id == "last"]
    state(busy.merchant, changed([last], "last", **fields), DATE + DAY)
    assert reconcile(busy.merchant, DATE + DAY).restate == [DATE]
    assert reconcile(busy.merchant).restate == []
    assert breaks(busy.merchant) == {("day_boundary", "last")}
    assert breaks(busy.merchant, DATE + DAY) == {(kind, "last")}
    ours, theirs = case(busy.merchant, "day_boundary", "last"), case(busy.merchant, kind, "last", DATE + DAY)
    assert (ours.other, theirs.other) == (theirs, ours)
    assert theirs.difference == difference
    assert reconcile(busy.merchant, DATE + DAY).restate == []


def test_a_row_over_midnight_that_says_something_else_for_a_time(busy: Busy) -> None:
    """Their correction closes the one case and opens the other, and the link goes to the one that is open."""
    with at(busy.merchant, 24 * HOUR - 10 * SECOND):
        busy.machine.deposit(1_000, transactionId="last")
    [last] = [line for line in busy.lines() if line.transaction_id == "last"]
    state(busy.merchant, without(busy.lines(), "last"))
    for amount, kind in ((1_000, "day_boundary"), (900, "amount"), (1_000, "day_boundary")):
        state(busy.merchant, [replace(last, amount=amount)], DATE + DAY)
        for each in (DATE, DATE + DAY):
            reconcile(busy.merchant, each)
        assert breaks(busy.merchant, DATE + DAY) == {(kind, "last")}
        ours, theirs = case(busy.merchant, "day_boundary", "last"), case(busy.merchant, kind, "last", DATE + DAY)
        assert (ours.other, theirs.other) == (theirs, ours)


@pytest.mark.parametrize("late", [4 * HOUR, 8 * HOUR, 12 * HOUR])
def test_a_payout_that_a_retry_delivers_is_one_linked_pair(busy: Busy, late: timedelta) -> None:
    """They have it at half past eleven, here it is on the day after; the day that missed it is stated anew."""
    with at(busy.merchant, 23 * HOUR):
        busy.machine.bet(50, transactionId="evening")
    win = Line("evening-win", "payout", "player-1", "EUR", 80, ref_transaction_id="evening")
    state(busy.merchant, [*busy.lines(), win])
    first = reconcile(busy.merchant, after=0 * HOUR)
    assert breaks(busy.merchant) == {("missing_here", "evening-win")}
    with at(busy.merchant, 23.5 * HOUR + late):
        busy.machine.payout("evening", 80, transactionId="evening-win")
    state(busy.merchant, [], DATE + DAY)
    assert reconcile(busy.merchant, DATE + DAY).restate == [DATE]
    again = reconcile(busy.merchant, after=30 * HOUR)
    pair = {("day_boundary", "evening-win")}
    assert breaks(busy.merchant) == breaks(busy.merchant, DATE + DAY) == pair
    before, after = (case(busy.merchant, "day_boundary", "evening-win", each) for each in (DATE, DATE + DAY))
    assert (before.other, after.other) == (after, before)
    gone = case(busy.merchant, "missing_here", "evening-win")
    assert (gone.state, gone.resolution, gone.resolved_by) == ("resolved", "found_late", None)
    assert again.is_news
    kept = Reconciliation.objects.filter(merchant=busy.merchant, day=DATE).order_by("number")
    assert [run.figures["breaks"][0]["kind"] for run in kept] == ["missing_here", "day_boundary"]
    assert first.run == kept[0]


def test_a_late_row_of_the_ledger_closes_its_case_by_itself(busy: Busy) -> None:
    """Also when only the day that missed it is compared again."""
    win = Line("lost-win", "payout", "player-1", "EUR", 80, ref_transaction_id="lost")
    state(busy.merchant, [*busy.lines(), win])
    reconcile(busy.merchant, after=0 * HOUR)
    with at(busy.merchant, 32 * HOUR):
        busy.machine.payout("lost", 80, transactionId="lost-win")
    reconcile(busy.merchant, after=6 * HOUR)
    assert breaks(busy.merchant) == {("day_boundary", "lost-win")}
    gone = case(busy.merchant, "missing_here", "lost-win")
    assert (gone.state, gone.resolution, gone.resolved_by) == ("resolved", "found_late", None)


@pytest.mark.parametrize("later", [-3, -1, 1])
def test_a_row_of_another_day_at_any_hour_is_a_cut_off_difference(busy: Busy, later: int) -> None:
    with at(busy.merchant, of=DATE + later * DAY):
        busy.machine.deposit(5, transactionId="noon")
    state(busy.merchant, [*busy.lines(), *busy.lines(DATE + later * DAY)])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("day_boundary", "noon")}
    assert case(busy.merchant, "day_boundary", "noon").ours["day"] == str(DATE + later * DAY)  # type: ignore[index]


@pytest.mark.parametrize("later", [-1, 1, 2, 3])
def test_a_row_in_the_file_of_a_day_nearby_is_one_linked_pair(busy: Busy, later: int) -> None:
    """It was missing, closes by itself, and the day that missed it is compared again; then back again."""
    missed, came = DATE, DATE + later * DAY
    rest = without(busy.lines(), "win")
    [win] = [line for line in busy.lines() if line.transaction_id == "win"]
    state(busy.merchant, rest)
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", "win")}
    with at(busy.merchant, 1 * HOUR, of=came):
        busy.machine.deposit(5, transactionId="other")
    state(busy.merchant, [*busy.lines(came), win], came)
    assert reconcile(busy.merchant, came).restate == [missed]
    assert reconcile(busy.merchant, missed, after=100 * HOUR).restate == []
    assert breaks(busy.merchant) == breaks(busy.merchant, came) == {("day_boundary", "win")}
    ours, theirs = (case(busy.merchant, "day_boundary", "win", each) for each in (missed, came))
    assert (ours.other, theirs.other, ours.difference + theirs.difference) == (theirs, ours, 0)
    assert (ours.theirs["day"], theirs.ours["day"]) == (str(came), str(missed))  # type: ignore[index]
    gone = case(busy.merchant, "missing_there", "win")
    assert (gone.state, gone.resolution, gone.resolved_by) == ("resolved", "found_late", None)
    state(busy.merchant, busy.lines(came), came)
    assert reconcile(busy.merchant, came, after=200 * HOUR).restate == [missed]
    reconcile(busy.merchant, missed, after=200 * HOUR)
    assert breaks(busy.merchant) == {("missing_there", "win")}


def test_a_row_in_the_files_of_two_days_is_a_duplicate_in_the_one_that_is_not_its_own(busy: Busy) -> None:
    state(busy.merchant, busy.lines())
    state(busy.merchant, [line for line in busy.lines() if line.transaction_id == "win"], DATE + DAY)
    reconcile(busy.merchant)
    reconcile(busy.merchant, DATE + DAY)
    assert breaks(busy.merchant) == set()
    assert breaks(busy.merchant, DATE + DAY) == {("duplicate_there", "win")}
    assert case(busy.merchant, "duplicate_there", "win", DATE + DAY).theirs["also"] == str(DATE)  # type: ignore[index]


# --- of the ledger, the file and the hour -----------------------------------------------------------------------------
def test_a_round_without_an_end_after_its_hours(busy: Busy) -> None:
    plan(busy.merchant, unsettled_hours=24)
    with at(busy.merchant):
        busy.machine.bet(50, transactionId="open", roundId="r-1")
        busy.machine.bet(60, transactionId="doubled", roundId="r-1")
    state(busy.merchant, busy.lines())
    assert reconcile(busy.merchant, after=5 * HOUR).outcome == "clear"
    reconcile(busy.merchant, after=24 * HOUR)
    assert breaks(busy.merchant) == {("unsettled", "open")}
    with at(busy.merchant, of=DATE + DAY):
        busy.machine.payout("doubled", 0)
    reconcile(busy.merchant, after=24 * HOUR)
    assert breaks(busy.merchant) == set()


def test_a_bet_that_was_too_young_is_found_with_the_next_day(busy: Busy) -> None:
    plan(busy.merchant, unsettled_hours=24)
    with at(busy.merchant):
        busy.machine.bet(50, transactionId="open")
    state(busy.merchant, busy.lines())
    reconcile(busy.merchant)
    reconcile(busy.merchant, DATE + DAY)
    assert breaks(busy.merchant) == {("unsettled", "open")}


def settle(busy: Busy, bet: str, **fields: object) -> None:
    item = busy.machine.in_session(currency="EUR", amount=900, refTransactionId=bet, transactionId="late-win") | fields
    with at(busy.merchant, 25 * HOUR):
        busy.machine.call("/wallet/transaction/settlement", {"transactions": [item]})


def test_a_refused_settlement_is_owed_until_it_is_paid(busy: Busy) -> None:
    state(busy.merchant, [*busy.lines(), Line("late-win", "payout", "player-1", "EUR", 900, ref_transaction_id="?")])
    settle(busy, "unknown")
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("owed", "late-win")}
    owed = case(busy.merchant, "owed", "late-win")
    assert (owed.severity, owed.difference, owed.player_id) == (4, -900, "player-1")
    settle(busy, "lost")
    reconcile(busy.merchant)
    assert ("owed", "late-win") not in breaks(busy.merchant)


def paid_and_taken_back(busy: Busy) -> None:
    settle(busy, "lost")
    busy.machine.rollback("late-win")


NOT_PAID: dict[str, Callable[[Busy], object]] = {
    "a deposit under its id": lambda busy: busy.machine.deposit(1, transactionId="late-win"),
    "less money": lambda busy: settle(busy, "lost", amount=1),
    "another player": lambda busy: busy.machine.deposit(900, transactionId="late-win", playerId="player-2"),
    "paid and taken back": paid_and_taken_back,
}


@pytest.mark.parametrize("case_", NOT_PAID)
def test_another_movement_under_its_id_pays_nothing(busy: Busy, case_: str) -> None:
    state(busy.merchant, busy.lines())
    settle(busy, "unknown")
    reconcile(busy.merchant)
    with at(busy.merchant, 25 * HOUR):
        NOT_PAID[case_](busy)
    assert Transaction.objects.filter(transaction_id="late-win", debit_account__isnull=False).exists()
    reconcile(busy.merchant)
    assert ("owed", "late-win") in breaks(busy.merchant)
    assert case(busy.merchant, "owed", "late-win").state == "open"


def test_a_settlement_to_a_closed_merchant_is_owed_too(busy: Busy) -> None:
    Merchant.objects.filter(pk=busy.merchant.pk).update(status="closed")
    settle(busy, "lost")
    state(busy.merchant, busy.lines())
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("owed", "late-win")}


def test_no_statement_then_a_late_one(busy: Busy) -> None:
    plan(busy.merchant, hour=8)
    assert reconcile(busy.merchant).outcome == "no_statement"
    assert breaks(busy.merchant) == {("no_statement", "")}
    state(busy.merchant, busy.lines(), received_at=day(busy.merchant).ready + 10 * HOUR)
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("late_statement", "")}


def test_nothing_on_either_side_is_nothing_to_compare(acme: Merchant) -> None:
    assert reconcile(acme).outcome == "nothing"
    assert breaks(acme) == set()


def test_a_file_that_ends_early_is_one_break(busy: Busy) -> None:
    with at(busy.merchant, 13 * HOUR):
        for number in range(25):
            busy.machine.deposit(1, transactionId=f"small-{number}")
    state(busy.merchant, busy.lines()[:12])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("truncated", "")}
    assert case(busy.merchant, "truncated").difference == 25


@pytest.fixture
def cut(busy: Busy) -> Busy:
    """A day whose last rows are a round that was taken back, a double, and a row that they count to the next day."""
    for number in range(25):
        with at(busy.merchant, 13 * HOUR + number * SECOND):
            busy.machine.deposit(1, transactionId=f"small-{number}")
    with at(busy.merchant, 23 * HOUR):
        busy.machine.bet(40, transactionId="evening")
        busy.machine.payout("evening", 60, transactionId="evening-win")
        item = busy.machine.rollback_item("evening", transactionId="evening-rollback")
        busy.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
        busy.machine.payout("won", 2_000, transactionId="win-again")
    with at(busy.merchant, 24 * HOUR - SECOND):
        busy.machine.deposit(5, transactionId="last")
    state(busy.merchant, [line for line in busy.lines() if line.transaction_id == "last"], DATE + DAY)
    return busy


def test_where_a_file_ends_is_not_told_by_rows_that_we_alone_have(cut: Busy) -> None:
    state(cut.merchant, cut.lines()[:12])
    reconcile(cut.merchant)
    assert breaks(cut.merchant) == {("truncated", ""), ("day_boundary", "last")}
    told = case(cut.merchant, "truncated")
    assert told.ours is not None
    assert (told.ours["rows"], told.difference) == (26, 25 + 2_000)


def test_where_a_file_ends_that_says_how_many_rows_it_has_is_not_told_by_rows_that_we_alone_have(cut: Busy) -> None:
    lines = [line for line in cut.lines() if line.kind != "rollback"]
    declared = [{"currency": "", "kind": "", "rows": len(lines), "amount": None}]
    evening = day(cut.merchant).begin + 20 * HOUR
    state(cut.merchant, [line for line in lines if line.at and line.at < evening][:-3], declared=declared)
    reconcile(cut.merchant)
    assert breaks(cut.merchant) == {("truncated", ""), ("day_boundary", "last")}
    assert case(cut.merchant, "truncated").difference == 3 + 2_000


def test_a_file_with_fewer_rows_than_it_says(busy: Busy) -> None:
    declared = [{"currency": "", "kind": "", "rows": 12, "amount": None}]
    with at(busy.merchant, 13 * HOUR):
        busy.machine.deposit(1, transactionId="small")
    state(busy.merchant, without(busy.lines(), "small"), declared=[declared[0] | {"rows": 13}])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("truncated", "")}


def test_totals_that_the_matching_rows_do_not_come_to(busy: Busy) -> None:
    declared = [{"currency": "EUR", "kind": "bet", "rows": 4, "amount": "3101"}]
    state(busy.merchant, busy.lines(), declared=declared)
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("totals", "bet|EUR")}


@pytest.mark.parametrize("path", ["/wallet/transaction/bet", "/wallet/transaction/bet/"])
def test_a_bet_that_came_after_its_rollback(busy: Busy, path: str) -> None:
    with at(busy.merchant):
        busy.machine.rollback("too-late")
    bet = busy.machine.in_session(currency="EUR", amount=5, transactionId="too-late")
    with at(busy.merchant, 13 * HOUR):
        assert busy.machine.call(path, bet).status == "TRANSACTION_DOES_NOT_EXIST"
    request_log.drain_lines()
    state(busy.merchant, [*busy.lines(), Line("too-late", "bet", "player-1", "EUR", 5)])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("tombstone_met", "too-late")}
    state(busy.merchant, busy.lines())
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("tombstone_met", "too-late")}, "whatever the statement says"


# --- as much as may stand in a file -----------------------------------------------------------------------------------
MOST = 2**53 - 1


@pytest.mark.parametrize(("kind", "name", "ours"), [("duplicate_there", "win", 2_000), ("missing_here", "stray", 0)])
def test_rows_that_come_to_more_than_a_number_of_the_database_are_compared(
    busy: Busy, kind: str, name: str, ours: int
) -> None:
    state(busy.merchant, [*without(busy.lines(), name), *[Line(name, "payout", "player-1", "EUR", MOST)] * 1_100])
    found = reconcile(busy.merchant)
    assert breaks(busy.merchant) == {(kind, name)}
    assert case(busy.merchant, kind, name).difference == 1 - 2**63
    assert [each.difference for each in found.figures.breaks] == [ours - 1_100 * MOST]


def test_totals_that_come_to_more_than_a_number_of_the_database_are_compared(busy: Busy) -> None:
    state(busy.merchant, [Line("", "payout", "player-2", "EUR", MOST)] * 1_100, grain="totals")
    reconcile(busy.merchant)
    assert case(busy.merchant, "group", "player-2|payout|EUR").difference == 1 - 2**63


def test_a_flood_of_the_largest_amounts_is_one_case(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_OF_A_KIND", 1_000)
    flood = [Line(f"flood-{number}", "reward", "player-1", "EUR", MOST) for number in range(1_100)]
    state(busy.merchant, [*busy.lines(), *flood])
    reconcile(busy.merchant)
    assert case(busy.merchant, "missing_here", "all|EUR").difference == 1 - 2**63


# --- a statement of totals --------------------------------------------------------------------------------------------
def totals(busy: Busy, **amounts: int) -> list[Line]:
    """Of what stands at the end of the day."""
    stands = {"deposit": 50_000_000, "bet": 1_500, "payout": 2_000, "reward": 300, "withdraw": 200} | amounts
    counts = {"bet": 2, "payout": 2}
    return [Line("", kind, "player-1", "EUR", sum_, count=counts.get(kind, 1)) for kind, sum_ in stands.items()]


def test_totals_match_as_groups(busy: Busy) -> None:
    state(busy.merchant, totals(busy), grain="totals")
    found = reconcile(busy.merchant)
    assert (found.outcome, found.figures.matched, found.figures.rate) == ("clear", 5, "100.00 %")
    assert [side.difference for side in found.figures.sides] == [0] * 5


def test_fewer_totals_than_the_file_says(busy: Busy) -> None:
    """What is left matches; what is left out may be of a player whom we do not have."""
    state(
        busy.merchant, totals(busy), grain="totals", declared=[{"currency": "", "kind": "", "rows": 6, "amount": None}]
    )
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("totals", "|")}


def test_a_players_total_that_differs(busy: Busy) -> None:
    state(busy.merchant, [*totals(busy, bet=1_600), Line("", "bet", "player-2", "EUR", 9, count=1)], grain="totals")
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("group", "player-1|bet|EUR"), ("group", "player-2|bet|EUR")}
    assert case(busy.merchant, "group", "player-1|bet|EUR").difference == 100
