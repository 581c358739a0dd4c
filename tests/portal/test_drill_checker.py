"""The checker of the drills: it finds the order of right answers, and says which wrong one no order explains."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.cast import OPENING_BALANCE
from bench.drill import books, checker
from bench.drill.books import Ledger, Row
from bench.drill.history import NOT_ENOUGH, OK, READ, UNDECIDED, UNKNOWN, Attempt, Call, Draft, as_line, read_line
from bench.drill.model import Account
from bench.drill.moves import Mind

PLAYER = "player-1"
CALLERS, CALLS = 6, 400


def call(draft: Draft, began: float, ended: float, status: str = OK, balance: int | None = None) -> Call:
    return Call(draft, "caller", (Attempt(began, ended, "200"),), status, balance)


def move(kind: str, name: str, amount: int, ref: str = "") -> Draft:
    return Draft(kind, PLAYER, name, amount, ref)


def right_history(seed: int) -> tuple[list[Call], int]:
    """Of callers who overlap: each call is done at some moment between its two ends, and answered by the contract."""
    chance = random.Random(seed)
    minds = [Mind(f"{seed}.{number}", [PLAYER]) for number in range(CALLERS)]
    account, busy_until, calls = Account(OPENING_BALANCE), [0.0] * CALLERS, list[Call]()
    moment = 0.0
    while len(calls) < CALLS:
        moment += chance.random()
        free = [number for number in range(CALLERS) if busy_until[number] < moment]
        if not free:
            continue
        who = chance.choice(free)
        began = chance.uniform(busy_until[who], moment)
        for draft in minds[who].next():
            answer, _ = account.apply(draft)
            busy_until[who] = moment + 4 * chance.random()
            calls.append(replace(call(draft, began, busy_until[who], *answer), caller=str(who)))
            minds[who].learn(calls[-1])
    return calls, account.balance


@pytest.mark.parametrize("seed", range(8))
def test_right_answers_have_an_order(seed: int) -> None:
    calls, balance = right_history(seed)
    random.Random(seed).shuffle(calls)
    assert checker.explain(calls, OPENING_BALANCE, balance) == ""


def lose(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    """A bet was acknowledged, and nobody's balance knows of it."""
    lost = call(move("bet", "lost", 77), calls[200].began, calls[200].ended, OK, calls[200].balance)
    return [*calls, lost], balance


def lose_at_the_end(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    """All answers are right, and then the ledger has forgotten the last one."""
    last = max(each.ended for each in calls)
    return [*calls, call(move("bet", "last", 5), last + 1, last + 2, OK, balance - 5)], balance


def double(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    """A stake was taken twice."""
    index = next(i for i, each in enumerate(calls) if i > 100 and each.draft.kind == "bet" and each.status == OK)
    return shift(calls, index, -calls[index].draft.amount), balance - calls[index].draft.amount


def shift(calls: list[Call], index: int, change: int) -> list[Call]:
    """From that call on every balance is another one."""
    return [
        each if each.balance is None or number < index else replace(each, balance=each.balance + change)
        for number, each in enumerate(calls)
    ]


def reorder(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    """An answer shows a state from after a call that was sent only when this one had been answered."""
    last = max(each.ended for each in calls)
    first = call(move("deposit", "first", 10), last + 1, last + 2, OK, balance + 30)
    return [*calls, first, call(move("deposit", "second", 20), last + 3, last + 4, OK, balance + 20)], balance + 30


def stale(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    """A balance is read that was over before the question was asked."""
    last = max(each.ended for each in calls)
    moved = call(move("deposit", "news", 10), last + 1, last + 2, OK, balance + 10)
    return [*calls, moved, call(Draft(READ, PLAYER), last + 3, last + 4, OK, balance)], balance + 10


def twice_decided(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    """The repeat of a refused bet was taken."""
    last, bet = max(each.ended for each in calls), move("bet", "much", 5)
    refused = call(replace(bet, amount=balance + 1), last + 1, last + 2, NOT_ENOUGH, balance)
    taken = call(replace(bet, amount=balance + 1), last + 3, last + 4, OK, -1)
    return [*calls, refused, taken], -1


def paid_after_rollback(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    last = max(each.ended for each in calls)
    bet, back = move("bet", "bet", 5), move("rollback", "back", 0, "bet")
    told = [call(bet, last + 1, last + 2, OK, balance - 5), call(back, last + 3, last + 4)]
    paid = call(move("payout", "paid", 9, "bet"), last + 5, last + 6, OK, balance + 9)
    return [*calls, *told, paid], balance + 9


def undecided(calls: list[Call], balance: int) -> tuple[list[Call], int]:
    return [*calls, call(move("bet", "open", 5), 0, 1, UNDECIDED)], balance


PLANTED = [lose, lose_at_the_end, double, reorder, stale, twice_decided, paid_after_rollback, undecided]


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_fault_has_no_order(plant: Callable[[list[Call], int], tuple[list[Call], int]]) -> None:
    calls, balance = plant(*right_history(seed=3))
    assert checker.explain(calls, OPENING_BALANCE, balance).startswith(PLAYER)


def test_what_overlaps_may_come_in_either_order() -> None:
    deposit, read = move("deposit", "d", 10), Draft(READ, PLAYER)
    for seen in (100, 110):
        assert checker.explain([call(deposit, 0, 5, OK, 110), call(read, 1, 2, OK, seen)], 100, 110) == ""


def test_the_search_comes_back_from_a_way_that_leads_nowhere() -> None:
    """Both bets explain the first balance; only one of them leaves what the later answers need."""
    bets = [call(move("bet", name, 10), 0, 9, OK, balance) for name, balance in (("a", 90), ("b", 90), ("c", 90))]
    back = [call(move("rollback", f"r{each.draft.id}", 0, each.draft.id), 0, 9) for each in bets[:2]]
    paid = call(move("payout", "p", 1, "c"), 10, 11, OK, 91)
    assert checker.explain([*bets, *back, paid], 100, 91) == ""
    assert checker.explain([*bets, *back, replace(paid, draft=move("payout", "p", 1, "a"))], 100, 91) != ""


def test_an_early_rollback_refuses_the_late_original() -> None:
    early, late = move("rollback", "r", 0, "b"), move("bet", "b", 10)
    assert checker.explain([call(early, 0, 1), call(late, 2, 3, UNKNOWN)], 100, 100) == ""
    assert checker.explain([call(early, 0, 1), call(late, 2, 3, OK, 90)], 100, 90) != ""


def test_each_player_is_judged_alone() -> None:
    calls, balance = right_history(seed=1)
    other = [replace(each, draft=replace(each.draft, player="player-2")) for each in calls]
    ends = {PLAYER: balance, "player-2": balance + 1}
    assert [each[:8] for each in checker.violations([*calls, *other], OPENING_BALANCE, ends)] == ["player-2"]


# --- The books --------------------------------------------------------------------------------------------------------
def kept_as(calls: list[Call], balance: int) -> Ledger:
    """A ledger that has what was acknowledged."""
    rows = {each.draft.id: each for each in calls if each.status == OK and each.draft.kind != READ}
    first = [
        Row(name, 0, each.draft.kind, OK, each.draft.amount, PLAYER, each.attempts[-1].request_id)
        for name, each in rows.items()
    ]
    return Ledger(first, {PLAYER: balance}, {PLAYER: balance})


def test_the_callers_own_books_are_those_of_the_ledger() -> None:
    calls, balance = right_history(seed=5)
    assert books.own_books(calls, OPENING_BALANCE) == {PLAYER: balance}
    assert books.compare(calls, kept_as(calls, balance)).faults() == []


def test_what_the_ledger_lacks_has_twice_or_nobody_asked_for_is_counted() -> None:
    calls, balance = right_history(seed=5)
    ledger = kept_as(calls, balance)
    lost, doubled = ledger.rows[7], ledger.rows[8]
    ledger.rows.remove(lost)
    ledger.rows += [doubled, Row("stray", 0, "bet", OK, 1, PLAYER, "")]
    findings = books.compare(calls, ledger)
    assert (findings.lost, findings.doubled, findings.strays) == (1, 1, 1)
    ledger.sums[PLAYER] += 1
    assert PLAYER in books.compare(calls, ledger).books[0]


@pytest.mark.parametrize(("heard", "counted"), [("cut", (1, 0)), ("503", (0, 1))])
def test_what_was_done_without_being_told_is_counted(heard: str, counted: tuple[int, int]) -> None:
    first = Attempt(0, 1, heard, "first" if heard == "503" else "")
    told = Call(move("bet", "b", 10), "caller", (first, Attempt(2, 3, "200", "second")), OK, 90)
    ledger = Ledger([Row("b", 0, "bet", OK, 10, PLAYER, "first")], {PLAYER: 90}, {PLAYER: 90})
    findings = books.compare([told], ledger, opening=100)
    assert findings.faults() == []
    assert (findings.applied_told_nothing, findings.applied_told_503) == counted


def test_a_history_is_read_as_it_was_written() -> None:
    for each in right_history(seed=2)[0]:
        assert read_line(as_line(each)) == each
