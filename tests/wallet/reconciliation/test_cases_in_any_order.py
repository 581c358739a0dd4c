"""Statements, late rows and comparisons of two days in any order: at the end, open is what a fresh look finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchants.models import Game, Merchant, Person
from portal.lib import clock
from tests import factories
from tests.wallet.reconciling import DATE, HOUR, Line, Told, at, closed_by_one, day, ledger_lines, plan, state
from wallet.models import Case, Statement
from wallet.reconciliation import cases, matching, own_books, runs, schedule

NEXT = DATE + timedelta(days=1)
DAYS = (DATE, NEXT)
SECOND = timedelta(seconds=1)
MOVED = "SELECT kind, subject, difference FROM reconciliation_break WHERE coalesce(day, %s) = %s"


@pytest.fixture
def machine(acme: Merchant, game: Game) -> Told:
    """Rounds on both days, and rows on both sides of the midnight between them."""
    plan(acme, unsettled_hours=1)
    with at(acme, 0 * HOUR):
        machine = Told(acme, factories.signer(acme), game)
    with at(acme, 1 * HOUR):
        machine.deposit(10**9, transactionId="deposit")
        machine.launch()
        rounds(machine, "first", 5)
    with at(acme, 24 * HOUR - 9 * SECOND):
        machine.deposit(11, transactionId="evening")
    with at(acme, 9 * SECOND, of=NEXT):
        machine.launch()
        machine.deposit(12, transactionId="morning")
        rounds(machine, "second", 3)
    return machine


def rounds(machine: Told, name: str, number: int) -> None:
    for each in range(number):
        machine.bet(100 + each, transactionId=f"{name}-{each}")
        machine.payout(f"{name}-{each}", 50 + each, transactionId=f"{name}-{each}-paid")


# --- what happens -----------------------------------------------------------------------------------------------------
def states(merchant: Merchant, of: date, wish: dict[str, Any]) -> None:
    """The day as the operator has it this time; a row near midnight may stand on either day, on both, or on none."""
    near = {"evening", "morning"}
    lines = [line for line in ledger_lines(merchant, of) if line.transaction_id not in near]
    both = [line for each in DAYS for line in ledger_lines(merchant, each) if line.transaction_id in near]
    lines += [line for line in both if line.transaction_id in wish["near"]]
    lines = [line for number, line in enumerate(lines) if number not in wish["gone"]]
    lines = [replace(line, amount=line.amount + 1) if n in wish["other"] else line for n, line in enumerate(lines)]
    strays = [Line(f"stray-{number}", "bet", "player-1", "EUR", 7) for number in wish["strays"]]
    Statement.objects.filter(merchant=merchant, day=of).update(is_current=False)
    state(merchant, [*lines, *strays, *(lines[:1] if wish["twice"] else [])], of)


def comes_late(machine: Told, of: date, name: str) -> None:
    with at(machine.merchant, 2 * HOUR, of=of):
        machine.deposit(5, transactionId=f"late-{name}")


def compares(merchant: Merchant, of: date) -> list[date]:
    """When both days are complete."""
    with clock.frozen_at(day(merchant, NEXT).ready + 5 * HOUR):
        found = runs.reconcile_day(merchant=merchant, day=of)
    assert found.figures.differences_add_up
    return found.restate


def settle(merchant: Merchant, order: Iterable[date]) -> None:
    """As the timetable does: each day, then once each day that a comparison has asked for."""
    for each in order:
        compares(merchant, each)
    for due in asked_for(merchant):
        assert compares(merchant, due) == [], "a day that was asked for asks for none"
    assert asked_for(merchant) == [], "comparing has an end"


def asked_for(merchant: Merchant) -> list[date]:
    with at(merchant, of=NEXT + timedelta(days=1)):
        return sorted(day for _, day in schedule._explained([merchant.pk]))


# --- what is there ----------------------------------------------------------------------------------------------------
Found = set[tuple[str, str, int]]


def fresh(merchant: Merchant, of: date) -> Found:
    with clock.frozen_at(day(merchant, NEXT).ready + 5 * HOUR), transaction.atomic():
        runs._compare(runs._job(merchant, day(merchant, of)), own_books.find_breaks)
        with connection.cursor() as cursor:
            cursor.execute(MOVED, [of, of])
            found = set(cursor.fetchall())
        transaction.set_rollback(True)
    return found


def still_open(merchant: Merchant, of: date) -> Found:
    cases = Case.objects.filter(merchant=merchant, day=of).exclude(state=Case.State.RESOLVED)
    return set(cases.values_list("kind", "subject", "difference"))


wishes = st.fixed_dictionaries(
    {
        "near": st.sets(st.sampled_from(["evening", "morning"])),
        "gone": st.sets(st.integers(0, 5), max_size=2),
        "other": st.sets(st.integers(0, 5), max_size=2),
        "strays": st.sets(st.integers(0, 2)),
        "twice": st.booleans(),
    }
)
happenings = st.one_of(
    st.tuples(st.just("states"), st.sampled_from(DAYS), wishes),
    st.tuples(st.just("compares"), st.sampled_from(DAYS), st.none()),
    st.tuples(st.just("comes late"), st.sampled_from(DAYS), st.none()),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(happenings, min_size=3, max_size=8), order=st.permutations(DAYS))
def test_what_is_open_at_the_end_is_what_a_fresh_look_finds(machine: Told, story: Any, order: Any) -> None:
    """One database for all examples, so that each begins with the cases of those before."""
    merchant, unseen = machine.merchant, set()
    for number, (what, of, wish) in enumerate(story):
        if what == "compares":
            compares(merchant, of)
            unseen.discard(of)
            continue
        states(merchant, of, wish) if what == "states" else comes_late(machine, of, f"{number}-{uuid4()}")
        unseen.add(of)
    settle(merchant, [of for of in order if of in unseen or not Case.objects.filter(day=of).exists()])
    for of in DAYS:
        assert still_open(merchant, of) == fresh(merchant, of)
    assert [compares(merchant, of) for of in DAYS] == [[], []], "comparing again finds nothing to restate"
    for of in DAYS:
        assert still_open(merchant, of) == fresh(merchant, of)


def test_a_row_that_the_next_days_corrected_statement_lacks_is_missing_again(machine: Told) -> None:
    """Only the day beside changed; the day itself is told to look again."""
    merchant = machine.merchant
    nothing: dict[str, Any] = {"near": set(), "gone": set(), "other": set(), "strays": set(), "twice": False}
    states(merchant, DATE, nothing)
    states(merchant, NEXT, nothing | {"near": {"evening", "morning"}})
    settle(merchant, DAYS)
    assert ("day_boundary", "evening", 11) in still_open(merchant, DATE)
    states(merchant, NEXT, nothing | {"near": {"morning"}})
    settle(merchant, [NEXT])
    assert still_open(merchant, DATE) == fresh(merchant, DATE) == {("missing_there", "evening", 11)}


def test_comparing_has_an_end_when_a_person_has_resolved_one_half_of_each_pair(machine: Told, support: Person) -> None:
    """Two pairs over one midnight, one each way. What a person resolved is there still, for the half beside it."""
    merchant = machine.merchant
    closed_by_one(merchant)
    nothing: dict[str, Any] = {"near": set(), "gone": set(), "other": set(), "strays": set(), "twice": False}
    states(merchant, DATE, nothing | {"near": {"morning"}})
    states(merchant, NEXT, nothing | {"near": {"evening"}})
    settle(merchant, DAYS)
    halves = Case.objects.filter(kind="day_boundary")
    assert halves.count() == 4
    with clock.frozen_at(day(merchant, NEXT).ready + 12 * HOUR):
        for case in halves.filter(theirs__isnull=False):
            cases.resolve_case(case=case, resolution="theirs", text="Their clock.", by=support)
        schedule.run_due_days()
        assert schedule.due_days(clock.now()) == []
    assert [compares(merchant, of) for of in DAYS] == [[], []]


def test_days_with_more_breaks_than_anybody_works_do_not_restate_each_other_for_ever(
    machine: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is many in one case has the same name on both days, and is not the same rows."""
    monkeypatch.setattr(matching, "MOST_OF_A_KIND", 0)
    merchant = machine.merchant
    wish: dict[str, Any] = {"near": set(), "gone": {1}, "other": {2}, "strays": {0}, "twice": False}
    states(merchant, DATE, wish | {"near": {"morning"}})
    states(merchant, NEXT, wish | {"near": {"evening"}})
    settle(merchant, DAYS)
    assert {kind for kind, _, _ in still_open(merchant, DATE)} >= {"day_boundary", "missing_here", "missing_there"}
    for of in DAYS:
        assert compares(merchant, of) == []


# --- many in one case -------------------------------------------------------------------------------------------------
def many_small(machine: Told) -> list[str]:
    """Behind everything else of the day."""
    names = [f"small-{number}" for number in range(25)]
    with at(machine.merchant, 13 * HOUR):
        for name in names:
            machine.deposit(1, transactionId=name)
    return names


def stated(merchant: Merchant, of: date, lines: Iterable[Line]) -> None:
    Statement.objects.filter(merchant=merchant, day=of).update(is_current=False)
    state(merchant, lines, of)


@pytest.mark.parametrize("most", [10_000, 0])
def test_rows_behind_the_end_of_a_file_that_come_in_the_next_one_restate_the_day(
    machine: Told, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Also where each kind of break is one case."""
    monkeypatch.setattr(matching, "MOST_OF_A_KIND", most)
    merchant, late = machine.merchant, {"evening", *many_small(machine)}
    lines = ledger_lines(merchant)
    behind = [line for line in lines if line.transaction_id in late]
    stated(merchant, DATE, [line for line in lines if line not in behind])
    compares(merchant, DATE)
    assert {kind for kind, _, _ in still_open(merchant, DATE)} == {"truncated"}
    stated(merchant, NEXT, [*ledger_lines(merchant, NEXT), *behind])
    assert compares(merchant, NEXT) == [DATE]
    assert compares(merchant, DATE) == compares(merchant, NEXT) == []
    for of in DAYS:
        assert kinds_of(still_open(merchant, of)) == {"day_boundary"}
    stated(merchant, NEXT, ledger_lines(merchant, NEXT))
    assert compares(merchant, NEXT) == [DATE]
    assert compares(merchant, DATE) == []
    assert kinds_of(still_open(merchant, DATE)) == {"truncated"}
    assert still_open(merchant, NEXT) == set()


def kinds_of(found: Found) -> set[str]:
    return {kind for kind, _, _ in found}


@pytest.mark.parametrize("way", ["missing in the file", "missing in the ledger"])
def test_a_row_among_many_of_one_case_restates_its_day(
    machine: Told, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(matching, "MOST_OF_A_KIND", 0)
    merchant = machine.merchant
    nothing: dict[str, Any] = {"near": set(), "gone": set(), "other": set(), "strays": set(), "twice": False}
    states(merchant, DATE, nothing | ({"near": {"morning"}} if way == "missing in the ledger" else {}))
    states(merchant, NEXT, nothing | {"near": {"morning"}})
    settle(merchant, DAYS)
    assert kinds_of(still_open(merchant, DATE)) >= {"missing_there"}
    states(merchant, NEXT, nothing | {"near": {"morning", "evening"}})
    assert compares(merchant, NEXT) == [DATE]
    assert compares(merchant, DATE) == compares(merchant, NEXT) == []
    assert kinds_of(still_open(merchant, DATE)) >= {"day_boundary"}
    assert "missing_there" not in kinds_of(still_open(merchant, DATE))
    states(merchant, NEXT, nothing | {"near": {"morning"}})
    assert compares(merchant, NEXT) == [DATE]
    assert compares(merchant, DATE) == []
    assert "missing_there" in kinds_of(still_open(merchant, DATE))
