"""Statements of parts of a day add up, each replaces its own part alone, and a day begins when its plan says."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from merchants.models import Game, Merchant
from portal.lib import clock
from tests import factories
from tests.people import colleague, signed_in
from tests.wallet import reconciling
from tests.wallet.reconciling import DATE, Busy, Line, Told, breaks, changed, reconcile, state, without
from wallet.api import break_views, contracts
from wallet.api.reconciliation_views import statement_answer as told_of
from wallet.models import Case, Reconciliation, ReconciliationPlan, Statement
from wallet.reconciliation import alarms, corrections, planning, report_files, schedule, scopes, statements
from wallet.reconciliation.day_statement import lines_label
from wallet.reconciliation.days import DAY, begin_of, date_at, day_of
from wallet.reconciliation.reading import conversion
from wallet.reconciliation.scopes import Scope, WrongScope
from wallet.services.rounds import exports
from wallet.services.rounds.round_list import RoundFilter

GAMES = "types=bet,payout,reward"
CASHIER = "types=deposit,withdraw"
UNITS = {
    "columns": {name: name for name in ("transaction_id", "kind", "player_id", "currency", "amount")},
    "amounts": "units",
}


@pytest.fixture
def told(acme: Merchant, game: Game) -> Told:
    with reconciling.at(acme, timedelta(0)):
        return Told(acme, factories.signer(acme), game)


def of_kinds(lines: Iterable[Line], *kinds: str) -> list[Line]:
    return [line for line in lines if line.kind in kinds]


def current(merchant: Merchant, of: date = DATE) -> list[str]:
    return [each.scope for each in Statement.objects.filter(merchant=merchant, day=of, is_current=True).order_by("pk")]


# --- A scope ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "canonical", "label"),
    [
        ("", "", "whole day"),
        (" currencies = usd, eur ", "currencies=EUR,USD", "EUR, USD"),
        ("types=payout,bet;brand=North", "types=bet,payout;brand=north", "bet, payout; brand north"),
        ("part=2/3;currencies=EUR", "currencies=EUR;part=2/3", "EUR; part 2 of 3"),
    ],
)
def test_a_scope_is_written_in_one_way(text: str, canonical: str, label: str) -> None:
    scope = Scope.parse(text)
    assert (str(scope), scope.label, Scope.parse(canonical)) == (canonical, label, scope)


@pytest.mark.parametrize(
    "text",
    ["everything", "currencies=", "types=rollback", "part=3/2", "part=0/2", "part=1/99", "brand=a'b",
     "part=1/2;part=2/2", "currencies=E%R"],
)  # fmt: skip
def test_what_is_no_scope_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongScope, match="Write a scope in the form"):
        Scope.parse(text)


@pytest.mark.parametrize(
    ("newer", "older", "relation"),
    [
        ("", "", "replaces"),
        ("", "part=1/2", "replaces"),
        ("part=1/2", "part=1/2", "replaces"),
        ("part=1/2", "part=2/2", "apart"),
        ("part=1/3", "part=2/2", "replaces"),
        ("part=1/2", "", "replaces"),
        ("currencies=EUR", "currencies=USD", "apart"),
        ("currencies=EUR", "", "trims"),
        ("currencies=EUR,USD", "currencies=USD", "replaces"),
        ("currencies=EUR", "types=bet", "trims"),
        ("brand=a", "brand=b", "apart"),
        ("brand=a", "", "replaces"),
        ("currencies=EUR;part=1/2", "currencies=EUR;part=2/2", "apart"),
        ("currencies=EUR;part=1/2", "currencies=USD;part=1/2", "apart"),
    ],
)
def test_a_newer_statement_replaces_trims_or_leaves_an_older_one(newer: str, older: str, relation: str) -> None:
    one, two = Scope.parse(newer), Scope.parse(older)
    found = {"replaces": one.replaces(two), "trims": one.trims(two), "apart": one.is_apart_from(two)}
    assert [name for name, is_it in found.items() if is_it] == [relation]


# --- They add up ------------------------------------------------------------------------------------------------------
def test_a_day_in_two_parts_is_compared_when_both_are_there(busy: Busy) -> None:
    lines = busy.lines()
    first = state(busy.merchant, lines[:4], scope="part=1/2")
    found = reconcile(busy.merchant)
    assert told_of(first).comparison is None
    assert found.outcome == "no_statement"
    case = reconciling.case(busy.merchant, "no_statement")
    assert case.theirs == {"missing": ["part 2 of 2"]}
    state(busy.merchant, lines[4:], scope="part=2/2")
    again = reconcile(busy.merchant)
    assert (again.outcome, again.figures.theirs, again.figures.matched) == ("clear", len(lines), len(lines))
    comparison = told_of(first).comparison
    assert isinstance(comparison, contracts.Comparison)
    assert (comparison.number, comparison.outcome) == (2, "clear")
    assert breaks(busy.merchant) == set()
    state(busy.merchant, without(lines[4:], "win"), scope="part=2/2")
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", "win")}


def test_a_day_that_lacks_a_part_is_compared_once_and_alarmed_as_incomplete(busy: Busy) -> None:
    reconciling.plan(busy.merchant)
    state(busy.merchant, busy.lines()[:4], scope="part=1/2")
    hour = day_of(busy.merchant, DATE).ready + timedelta(hours=5)
    with clock.frozen_at(hour):
        assert schedule.run_due_days() == 1
        assert [each.day for each in schedule.due_days(hour)] == []
        assert [(each.cause, each.day) for each in alarms.alarms(busy.merchant)] == [("incomplete", DATE)]
    state(busy.merchant, busy.lines()[4:], scope="part=2/2", received_at=hour)
    with clock.frozen_at(hour):
        assert [each.day for each in schedule.due_days(hour)] == [DATE]


def test_a_second_part_that_comes_late_is_called_late(busy: Busy) -> None:
    reconciling.plan(busy.merchant, hour=8)
    lines, due = busy.lines(), day_of(busy.merchant, DATE).ready + timedelta(hours=6)
    state(busy.merchant, lines[:4], scope="part=1/2")
    state(busy.merchant, lines[4:], scope="part=2/2", received_at=due)
    reconcile(busy.merchant, after=timedelta(hours=7))
    assert breaks(busy.merchant) == {("late_statement", "")}
    late = reconciling.case(busy.merchant, "late_statement")
    assert (late.theirs or {}) == {"at": due.isoformat(), "scope": "part 2 of 2"}


def test_a_late_correction_of_a_part_is_not_late(busy: Busy) -> None:
    reconciling.plan(busy.merchant, hour=8)
    lines, due = busy.lines(), day_of(busy.merchant, DATE).ready + timedelta(hours=6)
    for scope in ("part=1/2", "part=2/2"):
        state(busy.merchant, lines[:4] if scope == "part=1/2" else lines[4:], scope=scope)
    state(busy.merchant, lines[4:], scope="part=2/2", received_at=due)
    reconcile(busy.merchant, after=timedelta(hours=7))
    assert breaks(busy.merchant) == set()


@pytest.mark.parametrize("rolled_back", [700, 950])
def test_a_total_of_rollbacks_may_have_those_of_types_that_are_left_out(busy: Busy, rolled_back: int) -> None:
    """No line of totals says what was rolled back."""
    reconciling.plan(busy.merchant, left_out=["deposit", "withdraw"])
    with reconciling.at(busy.merchant):
        busy.machine.withdraw(250, transactionId="paid-out")
        busy.machine.rollback("paid-out")
    merchant = Merchant.objects.get(pk=busy.merchant.pk)
    sums = {"bet": 3_100, "payout": 3_100, "reward": 300, "rollback": rolled_back + 900 - 1_100}
    lines = [Line("", kind, "player-1", "EUR", amount) for kind, amount in sums.items()]
    state(merchant, lines, grain="totals", rollbacks="rows")
    found = reconcile(merchant)
    assert (found.outcome, found.figures.differences_add_up, breaks(merchant)) == ("clear", True, set())


def test_a_file_for_a_case_replaces_the_statement_that_has_its_row(busy: Busy, client: Any, owner: Any) -> None:
    Merchant.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    lines = busy.lines()
    state(busy.merchant, of_kinds(lines, "bet", "payout", "reward", "rollback"), scope=GAMES)
    state(busy.merchant, changed(of_kinds(lines, "deposit", "withdraw"), "withdraw", amount=201), scope=CASHIER)
    reconcile(busy.merchant)
    case = reconciling.case(busy.merchant, "amount", "withdraw")
    row = break_views.side_of(case.theirs)
    assert row is not None
    assert row.line == 3
    assert str(statements.scope_of_row(case)) == CASHIER
    page = f"/operator/acme/reconciliation/statements/new/?case={case.pk}"
    assert signed_in(client, owner).get(page).context["form"].initial["types"] == ["deposit", "withdraw"]
    sent = {"day": str(DATE), "file": SimpleUploadedFile("day.csv", b"a,b\n1,2\n")}
    refused = client.post(page, sent)
    assert "a file for a case replaces one of them" in refused.context["form"].errors["file"][0]
    sent = {"day": str(DATE), "types": ["deposit", "withdraw"], "file": SimpleUploadedFile("day.csv", b"a,b\n1,2\n")}
    assert client.post(page, sent).status_code == 302


def test_a_file_for_a_case_that_two_statements_could_have_needs_its_scope(busy: Busy) -> None:
    lines = without(busy.lines(), "win")
    state(busy.merchant, lines[:4], scope="part=1/2")
    state(busy.merchant, lines[4:], scope="part=2/2")
    reconcile(busy.merchant)
    with pytest.raises(statements.ScopeNotKnown, match="part 1 of 2; part 2 of 2"):
        statements.scope_of_row(reconciling.case(busy.merchant, "missing_there", "win"))


def test_a_row_in_both_parts_is_one_double_and_its_line_names_the_statement(busy: Busy) -> None:
    lines = busy.lines()
    won = [line for line in lines if line.transaction_id == "won"]
    state(busy.merchant, won + without(lines, "won"), scope="part=1/2")
    state(busy.merchant, won, scope="part=2/2")
    found = reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("duplicate_there", "won")}
    assert [(each.kind, each.breaks) for each in found.figures.breaks] == [("duplicate_there", 1)]
    double = reconciling.case(busy.merchant, "duplicate_there", "won")
    assert (double.theirs or {})["lines"] == "2, 100000002"
    assert lines_label((double.theirs or {})["lines"]) == "2, 2 of statement 2"
    assert found.run is not None
    [row] = report_files.case_rows(found.run, whole=False)
    assert row[report_files.HEAD.index("their line")] == "2"


def test_statements_by_type_add_up_and_each_replaces_its_own(busy: Busy) -> None:
    lines = busy.lines()
    state(busy.merchant, of_kinds(lines, "bet", "payout", "reward", "rollback"), scope=GAMES)
    state(busy.merchant, of_kinds(lines, "deposit", "withdraw"), scope=CASHIER)
    assert reconcile(busy.merchant).outcome == "clear"
    state(busy.merchant, changed(of_kinds(lines, "deposit", "withdraw"), "withdraw", amount=201), scope=CASHIER)
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("amount", "withdraw")}
    assert current(busy.merchant) == [GAMES, CASHIER]


def test_a_correction_of_one_type_leaves_the_rest_of_a_whole_day(busy: Busy) -> None:
    lines = busy.lines()
    state(busy.merchant, changed(lines, "reward", amount=1))
    state(busy.merchant, of_kinds(lines, "reward"), scope="types=reward")
    found = reconcile(busy.merchant)
    assert (found.outcome, found.figures.theirs) == ("clear", len(lines))
    assert [(side.kind, side.difference) for side in found.figures.sides if side.difference] == []


def test_a_rollback_of_what_nobody_knows_is_lost_between_no_two_statements(busy: Busy) -> None:
    lines = busy.lines()
    strange = Line("odd", "rollback", "player-1", "EUR", 700, is_rolled_back=False, ref_transaction_id="unknown")
    state(busy.merchant, [*lines, strange])
    state(busy.merchant, of_kinds(lines, "bet", "rollback"), scope="types=bet")
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_here", "odd")}


def test_what_no_statement_is_of_is_missing_unless_the_plan_names_all_scopes(busy: Busy) -> None:
    lines = busy.lines()
    state(busy.merchant, of_kinds(lines, "bet", "payout", "rollback"), scope="types=bet,payout")
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", name) for name in ("deposit", "withdraw", "reward")}
    reconciling.plan(busy.merchant, scopes=["types=bet,payout"])
    assert reconcile(Merchant.objects.get(pk=busy.merchant.pk)).outcome == "clear"
    ReconciliationPlan.objects.update(scopes=["types=bet,payout", "types=reward"])
    found = reconcile(busy.merchant)
    assert found.outcome == "no_statement"
    state(busy.merchant, of_kinds(lines, "reward"), scope="types=reward")
    assert reconcile(busy.merchant).outcome == "clear"


@pytest.mark.parametrize("has_cashier_rows", [False, True])
def test_cashier_rows_are_left_out_of_both_sides(busy: Busy, *, has_cashier_rows: bool) -> None:
    reconciling.plan(busy.merchant, left_out=["deposit", "withdraw"])
    with reconciling.at(busy.merchant):
        busy.machine.withdraw(300, transactionId="taken-back")
        item = busy.machine.rollback_item("taken-back", transactionId="taken-back-rollback")
        busy.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
    lines = busy.lines()
    theirs = changed(lines, "deposit", amount=7) if has_cashier_rows else without(
        lines, "deposit", "withdraw", "taken-back", "taken-back-rollback"
    )  # fmt: skip
    state(busy.merchant, theirs)
    found = reconcile(busy.merchant)
    assert (found.outcome, breaks(busy.merchant)) == ("clear", set())
    assert found.figures.ours == found.figures.theirs == found.figures.matched == len(lines) - 4
    assert {side.kind for side in found.figures.sides} == {"bet", "payout", "reward", "rollback"}


def test_a_rollback_of_what_is_left_out_is_in_no_sum(told: Told) -> None:
    """It came the day before; a file of flags says nothing of it."""
    reconciling.plan(told.merchant, left_out=["deposit", "withdraw"])
    with reconciling.at(told.merchant, of=DATE - DAY):
        told.deposit(50_000, transactionId="first")
        told.launch()
        told.deposit(700, transactionId="early")
    rolled_back_today(told, "early")
    state(told.merchant, of_kinds(reconciling.ledger_lines(told.merchant), "bet"), rollbacks="flags")
    assert (reconcile(told.merchant).outcome, breaks(told.merchant)) == ("clear", set())


def test_a_statement_that_lists_no_rollbacks_hides_none_of_another(told: Told) -> None:
    with reconciling.at(told.merchant, of=DATE - DAY):
        told.deposit(50_000, transactionId="first")
        told.launch()
        told.bet(700, transactionId="early")
    rolled_back_today(told, "early")
    lines = reconciling.ledger_lines(told.merchant)
    state(told.merchant, of_kinds(lines, "bet"), scope=GAMES, rollbacks="rows")
    state(told.merchant, of_kinds(lines, "deposit"), scope=CASHIER, rollbacks="none")
    reconcile(told.merchant)
    assert breaks(told.merchant) == {("missing_there", "early-rollback")}


def rolled_back_today(told: Told, transaction_id: str) -> None:
    """In its own session; then another one begins."""
    with reconciling.at(told.merchant):
        item = told.rollback_item(transaction_id, transactionId=f"{transaction_id}-rollback")
        answer = told.call("/wallet/transaction/rollback", {"transactions": [item]})
        assert answer.body["data"][0]["status"] == "RS_OK"
        told.launch()
        told.deposit(300, transactionId="cash")
        told.bet(100, transactionId="bet")


def test_a_row_that_the_next_day_took_back_is_not_looked_for_there(told: Told) -> None:
    """Its newer statement of bets has the place of the bets of its whole day."""
    with reconciling.at(told.merchant):
        told.deposit(50_000, transactionId="first")
        told.launch()
        told.bet(100, transactionId="bet")
    lines = reconciling.ledger_lines(told.merchant)
    state(told.merchant, without(lines, "bet"))
    state(told.merchant, of_kinds(lines, "bet"), of=DATE + DAY)
    reconcile(told.merchant)
    assert breaks(told.merchant) == {("day_boundary", "bet")}
    state(told.merchant, [], of=DATE + DAY, scope="types=bet")
    reconcile(told.merchant)
    assert breaks(told.merchant) == {("missing_there", "bet")}


def test_only_cashier_rows_can_be_left_out(acme: Merchant) -> None:
    with pytest.raises(planning.WrongTypes):
        planning.set_plan(merchant=acme, left_out=["bet"])


def exported(merchant: Merchant, path: Path) -> bytes:
    rows = exports.cells_of_movements(exports.every_movement(merchant, RoundFilter()))
    exports.write_csv(path, exports.MOVEMENT_TITLES, rows)
    return path.read_bytes()


def test_our_own_export_of_a_day_is_all_clear(opened: Merchant, busy: Busy, tmp_path: Path) -> None:
    """A rollback of a won bet is two rows of one id there. What comes more often than that is a double."""
    content = exported(opened, tmp_path / "export.csv")
    assert content.count(b"void-rollback") == 2
    how = OF_OUR_EXPORT
    assert sent(opened, content, mapping=how).state == "read"
    found = reconcile(opened)
    assert (found.outcome, breaks(opened)) == ("clear", set())
    assert found.figures.theirs == found.figures.ours == found.figures.matched
    rollback = next(line for line in content.splitlines(keepends=True) if b"void-rollback" in line)
    assert sent(opened, content + rollback, mapping=how).state == "read"
    reconcile(opened)
    assert breaks(opened) == {("duplicate_there", "void-rollback")}


OF_OUR_EXPORT = {
    "columns": {
        "transaction_id": exports.MOVEMENT_TITLES[1], "kind": exports.MOVEMENT_TITLES[2],
        "ref_transaction_id": exports.MOVEMENT_TITLES[3], "player_id": "Player", "currency": "Currency",
        "amount": "Amount",
    },
    "amounts": "decimal_point",
}  # fmt: skip


def test_our_own_export_of_a_day_with_a_correction_is_all_clear(
    opened: Merchant, busy: Busy, support: Any, tmp_path: Path
) -> None:
    """Nobody has to leave its row out by hand, and it is no row of the file."""
    assert set(exports.MOVEMENT_TITLES) >= conversion.OUR_EXPORT
    reconciling.plan(opened)
    stray = Line("late-win", "payout", "player-1", "EUR", 900, ref_transaction_id="lost")
    state(opened, [*without(busy.lines(), "win"), stray])
    reconcile(opened)
    second = colleague("second@oppi.test")
    for kind, subject, is_credit in (("missing_there", "win", False), ("missing_here", "late-win", True)):
        found = reconciling.case(opened, kind, subject)
        entry = corrections.CorrectionEntry(player="player-1", currency="EUR", amount=900, is_credit=is_credit)
        proposed = corrections.propose_correction(case=found, entry=entry, text="Theirs is right.", by=support)
        with reconciling.at(opened, timedelta(hours=20)):
            corrections.approve_correction(case=found, correction=proposed.pk, difference=found.difference, by=second)
    content = exported(opened, tmp_path / "export.csv")
    assert content.count(b",correction,") == 2
    read = sent(opened, content, mapping=OF_OUR_EXPORT)
    assert (read.faults, read.state) == ([], "read")
    again = reconcile(opened)
    assert (again.outcome, breaks(opened)) == ("clear", set())
    assert again.figures.theirs == again.figures.ours == again.figures.matched


# --- Received ---------------------------------------------------------------------------------------------------------
def text(*ids: str, kind: str = "bet") -> bytes:
    rows = (f"{each},{kind},ada,EUR,100\n" for each in ids)
    return ("transaction_id,kind,player_id,currency,amount\n" + "".join(rows)).encode()


def sent(merchant: Merchant, content: bytes, **fields: Any) -> Statement:
    how: dict[str, Any] = {"day": DATE, "name": "day.csv", "source": "upload", "mapping": UNITS} | fields
    with clock.frozen_at(day_of(merchant, DATE).ready):
        return statements.read_statement(
            statement=statements.receive_statement(merchant=merchant, content=io.BytesIO(content), **how)
        )


@pytest.fixture
def opened(acme: Merchant) -> Merchant:
    Merchant.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


def test_a_file_that_a_person_sends_again_after_another_one_counts_again(opened: Merchant) -> None:
    right, wrong = text("a"), text("b")
    first, second = sent(opened, right), sent(opened, wrong)
    again = sent(opened, right)
    assert (again.is_current, again.repeats, again.replaces) == (True, first, second)
    assert sent(opened, right) == again  # it is current: the same bytes are nothing new
    assert sent(opened, wrong).is_current
    assert sent(opened, right).is_current
    assert Statement.objects.count() == 5


@pytest.mark.parametrize("source", ["api", "pull"])
def test_a_machine_that_repeats_itself_undoes_no_correction(opened: Merchant, source: str) -> None:
    first = sent(opened, text("a"), source=source)
    corrected = sent(opened, text("b"))
    assert sent(opened, text("a"), source=source) == first
    corrected.refresh_from_db()
    assert corrected.is_current


def test_rows_outside_of_the_stated_scope_refuse_the_file(opened: Merchant) -> None:
    refused = sent(opened, text("a"), scope=Scope.parse("currencies=SEK"))
    assert [fault["text"] for fault in refused.faults] == [
        "The stated scope is SEK, but 1 row is EUR. Correct the scope or the file."
    ]
    assert sent(opened, text("a"), scope=Scope.parse("types=payout")).state == "refused"
    assert sent(opened, text("a"), scope=Scope.parse("types=bet;currencies=EUR")).is_current


def test_what_is_sent_out_of_order_is_judged_by_when_it_came(opened: Merchant) -> None:
    with clock.frozen_at(day_of(opened, DATE).ready):
        parts = [
            statements.receive_statement(
                merchant=opened, day=DATE, name="", content=io.BytesIO(text(name)), source="upload", mapping=UNITS,
                scope=Scope.parse(scope),
            )
            for name, scope in (("a", "part=1/2"), ("b", "part=2/2"), ("c", ""))
        ]  # fmt: skip
        for statement in reversed(parts):
            statements.read_statement(statement=statement)
    assert current(opened) == [""]


# --- Days that begin at another hour ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "hour", "day", "begin", "hours"),
    [
        ("UTC", 6, "2026-03-10", "2026-03-10T06:00", 24),
        ("Europe/Tallinn", 6, "2026-03-28", "2026-03-28T04:00", 23),  # the clock is put forward in its last hours
        ("Europe/Tallinn", 3, "2026-03-29", "2026-03-29T01:00", 23),  # begins at 04:00: 03:00 does not exist
        ("Europe/Tallinn", 3, "2026-10-24", "2026-10-24T00:00", 24),  # the first of two hours named 03:00 ends it
        ("America/New_York", 23, "2026-03-10", "2026-03-11T03:00", 24),
    ],
)
def test_a_day_begins_at_the_hour_of_the_plan(
    acme: Merchant, zone: str, hour: int, day: str, begin: str, hours: int
) -> None:
    acme.time_zone = zone
    reconciling.plan(acme, day_begins=hour)
    of = day_of(acme, date.fromisoformat(day))
    assert of.begin == datetime.fromisoformat(begin).replace(tzinfo=UTC)
    assert (of.end - of.begin).total_seconds() == hours * 3600


@settings(max_examples=40)
@given(
    zone=st.sampled_from(["UTC", "Europe/Tallinn", "America/New_York", "Pacific/Kiritimati", "America/Havana"]),
    hours=st.lists(st.integers(0, 23), min_size=1, max_size=3),
    after=st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_each_moment_is_of_one_day_whatever_hours_days_begin_at(zone: str, hours: list[int], after: timedelta) -> None:
    merchant = Merchant(time_zone=zone)
    earlier = [
        {"until": str(date(2026, 3, 29) + timedelta(days=100 * number)), "hour": hour, "zone": zone}
        for number, hour in enumerate(hours[1:])
    ]
    ReconciliationPlan(merchant=merchant, day_begins=hours[0], earlier_days=earlier)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + after
    day = date_at(merchant, moment)
    assert begin_of(merchant, day) <= moment < begin_of(merchant, day + DAY)
    assert day_of(merchant, day).end == day_of(merchant, day + DAY).begin


def test_a_changed_hour_leaves_no_row_between_two_days(opened: Merchant) -> None:
    state(opened, [], of=DATE)
    noon = day_of(opened, DATE).begin + timedelta(hours=12)
    with clock.frozen_at(noon):
        planning.set_plan(merchant=opened, day_begins=6)
        planning.set_plan(merchant=opened, day_begins=8)
        plan = planning.set_plan(merchant=opened, day_begins=7)
    assert (plan.day_begins, plan.earlier_days) == (7, [{"until": "2026-03-11", "hour": 0, "zone": "UTC"}])
    fresh = Merchant.objects.get(pk=opened.pk)
    assert day_of(fresh, DATE).end - day_of(fresh, DATE).begin == timedelta(hours=31)
    assert day_of(fresh, DATE + DAY).begin == day_of(fresh, DATE).end
    with clock.frozen_at(noon + 3 * DAY):
        planning.set_plan(merchant=fresh, day_begins=0)
    assert [day_of(fresh, DATE + number * DAY).begin.hour for number in range(6)] == [0, 7, 7, 7, 0, 0]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "Europe/Tallinn"])
def test_a_changed_time_zone_leaves_no_row_between_two_days(opened: Merchant, zone: str) -> None:
    reconciling.plan(opened)
    state(opened, [], of=DATE)
    with clock.frozen_at(day_of(opened, DATE).begin + timedelta(hours=12)):
        opened.time_zone = zone
        opened.save()
    for merchant in (opened, Merchant.objects.get(pk=opened.pk)):
        days = [day_of(merchant, DATE + number * DAY) for number in range(-1, 3)]
        assert days[0].begin == datetime(2026, 3, 9, tzinfo=UTC)
        assert [day.end for day in days[:-1]] == [day.begin for day in days[1:]]
        assert begin_of(merchant, DATE + 2 * DAY).astimezone(ZoneInfo(zone)).hour == 0


def test_a_plan_that_nothing_was_compared_by_sets_all_days(acme: Merchant) -> None:
    plan = planning.set_plan(merchant=acme, day_begins=6)
    assert (plan.day_begins, plan.earlier_days, day_of(acme, DATE).begin.hour) == (6, [], 6)


def test_rows_and_open_rounds_are_of_the_day_that_began_before_them(told: Told) -> None:
    merchant = told.merchant
    reconciling.plan(merchant, day_begins=6)
    with clock.frozen_at(datetime(2026, 3, 10, 7, tzinfo=UTC)):
        told.deposit(50_000, transactionId="deposit")
        told.launch()
    with clock.frozen_at(datetime(2026, 3, 11, 5, tzinfo=UTC)):  # still the day before
        told.bet(100, transactionId="late")
    state(merchant, reconciling.ledger_lines(merchant))
    found = reconcile(merchant, after=timedelta(hours=30))
    assert found.figures.matched == 2
    assert Case.objects.get(kind="unsettled").day == DATE
    assert Reconciliation.objects.get().day == DATE


def test_a_plan_of_overlapping_scopes_is_refused() -> None:
    assert scopes.parse_lines("currencies=EUR\n\ncurrencies=usd , SEK") == ["currencies=EUR", "currencies=SEK,USD"]
    for wrong in ("currencies=EUR\ncurrencies=EUR,USD", "part=1/2", ";"):
        with pytest.raises(WrongScope):
            scopes.parse_lines(wrong)
