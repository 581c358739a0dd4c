"""Comparing a day again: the same cases, closed by themselves and opened again, and no run that is left half done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection

from merchants.models import Merchant, Person
from tests.wallet.reconciling import (
    DATE,
    Busy,
    Line,
    at,
    breaks,
    case,
    changed,
    closed_by_one,
    day,
    plan,
    reconcile,
    state,
    without,
)
from wallet.models import Case, Reconciliation
from wallet.reconciliation import matching, runs

SOON = timedelta(hours=1)


def test_a_late_row_closes_its_case_by_itself(busy: Busy) -> None:
    state(busy.merchant, without(busy.lines(), "win"))
    reconcile(busy.merchant)
    state(busy.merchant, busy.lines())
    again = reconcile(busy.merchant)
    gone = case(busy.merchant, "missing_there", "win")
    assert (again.outcome, again.is_news) == ("clear", True)
    assert (gone.state, gone.resolution, gone.resolved_by) == ("resolved", "corrected", None)
    assert [run.outcome for run in Reconciliation.objects.order_by("number")] == ["breaks", "clear"]


def test_a_break_that_comes_back_opens_its_case_again(busy: Busy) -> None:
    for lines in (without(busy.lines(), "win"), busy.lines(), without(busy.lines(), "win")):
        state(busy.merchant, lines)
        reconcile(busy.merchant)
    assert Case.objects.count() == 1
    assert case(busy.merchant, "missing_there", "win").state == "open"


@pytest.mark.parametrize(
    ("resolution", "then"), [("theirs", "resolved"), ("written_off", "resolved"), ("corrected", "open")]
)
def test_a_person_is_believed_who_said_whose_error_it_was(
    busy: Busy, support: Person, resolution: str, then: str
) -> None:
    state(busy.merchant, changed(busy.lines(), "win", amount=1))
    now = day(busy.merchant).ready
    reconcile(busy.merchant)
    closed_by_one(busy.merchant)
    Case.objects.update(state="resolved", resolution=resolution, resolved_by=support, resolved_at=now)
    reconcile(busy.merchant)
    assert case(busy.merchant, "amount", "win").state == then


def test_until_the_break_is_another_one(busy: Busy, support: Person) -> None:
    state(busy.merchant, changed(busy.lines(), "win", amount=1))
    reconcile(busy.merchant)
    now = day(busy.merchant).ready
    closed_by_one(busy.merchant)
    Case.objects.update(state="resolved", resolution="theirs", resolved_by=support, owner=support, resolved_at=now)
    state(busy.merchant, changed(busy.lines(), "win", amount=2))
    reconcile(busy.merchant)
    assert case(busy.merchant, "amount", "win").state == "assigned"


def test_work_on_a_case_is_kept_when_the_day_is_compared_again(busy: Busy, support: Person) -> None:
    state(busy.merchant, without(busy.lines(), "win"))
    reconcile(busy.merchant)
    Case.objects.update(state="assigned", owner=support, severity=3)
    reconcile(busy.merchant)
    kept = case(busy.merchant, "missing_there", "win")
    assert (kept.state, kept.owner, kept.severity, kept.found_by.number, kept.seen_by.number) == (
        "assigned", support, 3, 1, 2,
    )  # fmt: skip


def test_a_dry_run_leaves_nothing(busy: Busy) -> None:
    state(busy.merchant, without(busy.lines(), "win"))
    found = reconcile(busy.merchant, after=-SOON, dry_run=True)
    assert (found.run, found.outcome, found.figures.broken) == (None, "breaks", 1)
    assert not Reconciliation.objects.exists()
    assert not Case.objects.exists()


def test_a_day_is_not_compared_before_late_payouts_are_there(busy: Busy) -> None:
    with pytest.raises(runs.DayNotComplete, match="complete on 11 Mar 2026, 03:00 UTC"):
        reconcile(busy.merchant, after=-SOON)


def test_a_run_whose_worker_was_killed_is_failed_and_the_next_one_starts_anew(busy: Busy) -> None:
    state(busy.merchant, without(busy.lines(), "win"))
    now = day(busy.merchant).ready
    Reconciliation.objects.create(merchant=busy.merchant, day=DATE, number=1, begun_at=now)
    found = reconcile(busy.merchant)
    dead = Reconciliation.objects.get(number=1)
    assert (dead.state, dead.fault) == ("failed", str(runs.ENDED_EARLY))
    assert found.run is not None
    assert found.run.number == 2
    assert breaks(busy.merchant) == {("missing_there", "win")}


def test_a_day_that_is_being_compared_is_left_to_it(busy: Busy) -> None:
    """Another session holds what a living worker holds."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        key = [busy.merchant.pk, DATE.toordinal()]
        other.execute("SELECT pg_advisory_lock(hashint8(%s), %s)", key)
        with pytest.raises(runs.BeingCompared):
            reconcile(busy.merchant)
        assert not Reconciliation.objects.exists()
        other.execute("SELECT pg_advisory_unlock(hashint8(%s), %s)", key)
        assert reconcile(busy.merchant).run is not None


def test_a_statement_that_does_not_end_is_ended(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes are a second here; one of the steps sleeps."""
    assert "statement_timeout = '10min'" in matching.ROOM_TO_WORK
    monkeypatch.setattr(matching, "ROOM_TO_WORK", matching.ROOM_TO_WORK.replace("10min", "1s"))
    monkeypatch.setattr(matching, "TOMBSTONES", "SELECT pg_sleep(60)")
    state(busy.merchant, busy.lines())
    with pytest.raises(OperationalError, match="statement timeout"):
        reconcile(busy.merchant)
    run = Reconciliation.objects.get()
    assert run.state == "failed"
    assert "statement timeout" in run.fault


def test_a_fault_is_kept_on_the_run_and_no_case_is_half_made(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    state(busy.merchant, without(busy.lines(), "win"))
    monkeypatch.setattr(matching, "UNSETTLED", "SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        reconcile(busy.merchant)
    run = Reconciliation.objects.get()
    assert run.state == "failed"
    assert "division by zero" in run.fault
    assert not Case.objects.exists()


def test_a_merchants_day_is_its_own(busy: Busy) -> None:
    """23 hours in New York on 8 March 2026: a row at 23:30 there is of that day, though UTC is on the next."""
    Merchant.objects.filter(pk=busy.merchant.pk).update(time_zone="America/New_York")
    busy.merchant.refresh_from_db()
    short = DATE - timedelta(days=2)
    assert day(busy.merchant, short).end - day(busy.merchant, short).begin == timedelta(hours=23)
    with at(busy.merchant, timedelta(hours=22, minutes=30), of=short):
        busy.machine.deposit(7, transactionId="evening")
    assert [line.transaction_id for line in busy.lines(short)] == ["evening"]
    state(busy.merchant, busy.lines(short), short)
    assert reconcile(busy.merchant, short).outcome == "clear"
    state(busy.merchant, [replace(line, amount=8) for line in busy.lines(short)], short)
    assert reconcile(busy.merchant, short).outcome == "breaks"


def test_a_day_of_25_hours_has_both_of_its_hours_that_have_one_name(busy: Busy) -> None:
    """In Tallinn the clock goes back on 25 October 2026: 03:30 is there twice, and 23:30 is 24 and a half hours in."""
    Merchant.objects.filter(pk=busy.merchant.pk).update(time_zone="Europe/Tallinn")
    busy.merchant.refresh_from_db()
    long = date(2026, 10, 25)
    assert day(busy.merchant, long).end - day(busy.merchant, long).begin == timedelta(hours=25)
    for name, after in {"first": 3.5, "second": 4.5, "evening": 24.5}.items():
        with at(busy.merchant, timedelta(hours=after), of=long):
            busy.machine.deposit(7, transactionId=name)
    with at(busy.merchant, timedelta(hours=25), of=long):
        busy.machine.deposit(7, transactionId="tomorrow")
    lines = busy.lines(long)
    assert [line.transaction_id for line in lines] == ["first", "second", "evening"]
    state(busy.merchant, lines, long)
    assert reconcile(busy.merchant, long).outcome == "clear"
    state(busy.merchant, without(lines, "second", "evening"), long)
    reconcile(busy.merchant, long)
    assert breaks(busy.merchant, long) == {("missing_there", "second"), ("missing_there", "evening")}


def test_more_breaks_of_a_kind_than_anybody_works_are_one_case(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_OF_A_KIND", 3)
    strays = [Line(f"stray-{number}", "bet", "player-1", "EUR", 10) for number in range(4)]
    state(busy.merchant, [*without(busy.lines(), "win"), *strays])
    found = reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", "win"), ("missing_here", "all|EUR")}
    flood = case(busy.merchant, "missing_here", "all|EUR")
    assert (flood.theirs, flood.difference) == ({"rows": 4, "amount": "40", "at_stake": "40"}, 40)
    assert {each.kind: each.breaks for each in found.figures.breaks} == {"missing_there": 1, "missing_here": 4}
    assert [(row.subject, int(row.net)) for row in flood.folded_rows.order_by("number")] == [
        (stray.transaction_id, -10) for stray in strays
    ]
    state(busy.merchant, [*busy.lines(), *strays[:3]])
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_here", stray.transaction_id) for stray in strays[:3]}
    assert not flood.folded_rows.exists()


def test_the_rate_is_of_rows_that_have_another_side(busy: Busy) -> None:
    with at(busy.merchant):
        busy.machine.bet(5, transactionId="open")
    state(busy.merchant, busy.lines())
    found = reconcile(busy.merchant, after=timedelta(hours=30))
    assert breaks(busy.merchant) == {("unsettled", "open")}
    assert found.figures.rate == "100.00 %"


def test_a_statement_that_came_late_is_no_row_that_fails_to_match(busy: Busy) -> None:
    plan(busy.merchant, hour=8)
    state(busy.merchant, busy.lines(), received_at=day(busy.merchant).ready + timedelta(hours=10))
    found = reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("late_statement", "")}
    assert found.figures.rate == "100.00 %"


def test_a_statement_with_nothing_in_common_is_all_missing(busy: Busy) -> None:
    state(busy.merchant, [Line(f"other-{number}", "bet", "player-1", "EUR", 1) for number in range(30)])
    found = reconcile(busy.merchant)
    assert found.figures.matched == 0
    assert found.figures.rate == "0.00 %"
