"""People work on cases: who may do what, what is refused, and what stays to be read."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction

from merchants import crypto
from merchants.errors import ApproverWithoutFactor, SecretInText
from merchants.models import Merchant, OutgoingEmail, Person
from merchants.services import history
from portal.lib import clock
from tests import factories
from tests.people import colleague, date_factors
from tests.wallet import reconciling
from wallet.models import Case, CaseNote, Reconciliation, ReconciliationPlan
from wallet.reconciliation import cases, refusals, severity

DAY = date(2026, 3, 10)
MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)
LIMIT = 1_000_000


@pytest.fixture
def plan(acme: Merchant) -> ReconciliationPlan:
    return reconciling.plan(acme, write_off_alone=LIMIT)


@pytest.fixture
def run(plan: ReconciliationPlan) -> Reconciliation:
    return Reconciliation.objects.create(
        merchant=plan.merchant, day=DAY, number=1, state="done", outcome="breaks", begun_at=MORNING, done_at=MORNING
    )


@pytest.fixture
def case(run: Reconciliation) -> Case:
    return found(run)


@pytest.fixture
def second(db: None) -> Person:
    return colleague("second@oppi.test")


@pytest.fixture
def manager(acme: Merchant) -> Person:
    return factories.member(acme, "manager", email="manager@acme.test")


def found(run: Reconciliation, subject: str = "tx-1", **fields: object) -> Case:
    told = {"kind": "amount", "currency": "EUR", "difference": -LIMIT, "opened_at": MORNING, "severity": 1} | fields
    return Case.objects.create(merchant=run.merchant, day=run.day, subject=subject, found_by=run, seen_by=run, **told)


def now(case: Case) -> tuple[str, str]:
    case.refresh_from_db()
    return case.state, case.resolution


# --- the verbs --------------------------------------------------------------------------------------------------------
def test_a_case_is_assigned_waits_and_is_resolved_with_its_reason(case: Case, support: Person, second: Person) -> None:
    cases.assign_case(case=case, to=second, by=support)
    assert now(case) == ("assigned", "")
    assert case.owner == second
    cases.ask_operator(case=case, by=second)
    assert now(case) == ("waiting", "")
    cases.resolve_case(case=case, resolution="theirs", text="They sent cents.", by=second)
    assert now(case) == ("resolved", "theirs")
    assert case.resolved_by == second
    assert [note.text for note in cases.notes_of(case, for_staff=True)] == ["They sent cents."]
    assert not OutgoingEmail.objects.exists()


def test_what_is_resolved_is_left_alone_until_it_is_opened_again(case: Case, support: Person) -> None:
    cases.resolve_case(case=case, resolution="ours", text="Fixed.", by=support)
    with pytest.raises(refusals.CaseResolved):
        cases.assign_case(case=case, to=support, by=support)
    cases.reopen_case(case=case, text="It is there again.", by=support)
    assert now(case) == ("open", "")
    with pytest.raises(refusals.CaseOpen):
        cases.reopen_case(case=case, text="Twice", by=support)


@pytest.mark.parametrize("text", ["", "   ", "\0"])
def test_nothing_is_resolved_without_a_reason(case: Case, support: Person, text: str) -> None:
    with pytest.raises(refusals.NoReason):
        cases.resolve_case(case=case, resolution="ours", text=text, by=support)
    assert now(case) == ("open", "")


def test_a_note_has_an_end_and_holds_no_secret(case: Case, support: Person) -> None:
    with pytest.raises(refusals.NoteTooLong):
        cases.add_note(case=case, text="x" * 2001, by=support)
    with pytest.raises(SecretInText):
        cases.add_note(case=case, text=f"their key is {crypto.new_secret('live')}", by=support)
    assert not CaseNote.objects.exists()


# --- writing off ------------------------------------------------------------------------------------------------------
def test_one_person_writes_off_up_to_the_limit(case: Case, support: Person) -> None:
    cases.write_off(case=case, text="Rounding.", by=support)
    assert now(case) == ("resolved", "written_off")


def test_above_the_limit_a_second_person_confirms(run: Reconciliation, support: Person, second: Person) -> None:
    case = found(run, difference=LIMIT + 1)
    cases.write_off(case=case, text="Lost in the move.", by=support)
    assert now(case) == ("open", "")
    with pytest.raises(refusals.WriteOffAsked):
        cases.write_off(case=case, text="Again.", by=second)
    with pytest.raises(refusals.OwnWriteOff):
        cases.confirm_write_off(case=case, difference=LIMIT + 1, by=support)
    cases.confirm_write_off(case=case, difference=LIMIT + 1, by=second)
    assert now(case) == ("resolved", "written_off")
    assert (case.write_off_asked_by, case.resolved_by) == (support, second)


def test_a_second_factor_that_is_newer_than_the_request_confirms_nothing(
    run: Reconciliation, support: Person, second: Person
) -> None:
    case = found(run, difference=LIMIT + 1)
    cases.write_off(case=case, text="Lost.", by=support)
    cases.decline_write_off(case=case, text="Look again.", by=second)
    cases.write_off(case=case, text="Lost indeed.", by=support)
    date_factors(second, datetime(2100, 1, 1, tzinfo=UTC))
    with pytest.raises(ApproverWithoutFactor):
        cases.confirm_write_off(case=case, difference=LIMIT + 1, by=second)
    Authenticator.objects.filter(user=second).delete()
    with pytest.raises(ApproverWithoutFactor):
        cases.confirm_write_off(case=case, difference=LIMIT + 1, by=second)
    assert now(case) == ("open", "")


def test_an_amount_that_changed_meanwhile_is_not_confirmed(
    run: Reconciliation, support: Person, second: Person
) -> None:
    case = found(run, difference=LIMIT + 1)
    cases.write_off(case=case, text="Lost.", by=support)
    Case.objects.update(difference=LIMIT * 50)
    with pytest.raises(refusals.CaseChanged):
        cases.confirm_write_off(case=case, difference=LIMIT + 1, by=second)


def test_what_was_asked_for_can_be_declined(run: Reconciliation, support: Person, second: Person) -> None:
    case = found(run, difference=LIMIT + 1)
    with pytest.raises(refusals.WriteOffNotAsked):
        cases.confirm_write_off(case=case, difference=LIMIT + 1, by=second)
    cases.write_off(case=case, text="Lost.", by=support)
    cases.decline_write_off(case=case, text="Look at the log first.", by=second)
    case.refresh_from_db()
    assert (case.state, case.write_off_asked_by) == ("open", None)


@pytest.mark.parametrize("resolution", ["ours", "theirs", "corrected", "found_late"])
def test_resolving_a_difference_that_stands_is_a_write_off_by_another_name(
    run: Reconciliation, support: Person, second: Person, resolution: str
) -> None:
    case = found(run, difference=LIMIT + 1)
    cases.resolve_case(case=case, resolution=resolution, text="Known.", by=support)
    assert now(case) == ("open", "")
    [email] = OutgoingEmail.objects.filter(template="write_off_waiting")
    assert (email.to, email.context["sums"]) == (second.email, ["EUR 10.00001"])
    with pytest.raises(refusals.OwnWriteOff):
        cases.confirm_write_off(case=case, difference=LIMIT + 1, by=support)
    with pytest.raises(refusals.WriteOffAsked):
        cases.resolve_case(case=case, resolution="theirs", text="Me alone.", by=second)
    cases.confirm_write_off(case=case, difference=LIMIT + 1, by=second)
    assert now(case) == ("resolved", resolution)
    assert (case.write_off_asked_by, case.resolved_by) == (support, second)


@pytest.mark.parametrize("difference", [-1, 0])
def test_money_owed_to_a_player_is_closed_by_two_whatever_the_limit(
    run: Reconciliation, support: Person, second: Person, difference: int
) -> None:
    case = found(run, kind="owed", difference=difference)
    cases.resolve_case(case=case, resolution="corrected", text="Paid by deposit 7.", by=support)
    assert now(case) == ("open", "")
    cases.confirm_write_off(case=case, difference=difference, by=second)
    assert now(case) == ("resolved", "corrected")


def test_what_has_no_difference_is_resolved_by_one(run: Reconciliation, support: Person) -> None:
    case = found(run, kind="no_statement", difference=0, currency="")
    cases.resolve_case(case=case, resolution="theirs", text="A holiday.", by=support)
    assert now(case) == ("resolved", "theirs")


@pytest.mark.parametrize(
    "folded",
    [
        {"kind": "missing_there", "subject": "all|EUR", "ours": {"rows": 10_001}},
        {"kind": "truncated", "subject": "", "currency": "", "ours": {"rows": 40}},
    ],
    ids=["more of a kind than are worked one by one", "behind the end of a file"],
)
def test_many_rows_in_one_case_are_closed_by_two_whatever_they_come_to(
    run: Reconciliation, support: Person, second: Person, folded: dict[str, Any]
) -> None:
    """Stakes and winnings net out in their difference, which says nothing of what is missing."""
    case = found(run, difference=0, **folded)
    cases.resolve_case(case=case, resolution="theirs", text="Their file.", by=support)
    assert now(case)[0] == "open"
    with pytest.raises(IntegrityError, match="a second person closes this case"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            state="resolved", resolution="theirs", resolved_at=MORNING, resolved_by=support, write_off_asked_by=None
        )
    cases.confirm_write_off(case=case, difference=0, by=second)
    assert now(case) == ("resolved", "theirs")


@pytest.mark.parametrize(
    ("kind", "ours", "theirs"),
    [
        ("unsettled", {"amount": str(LIMIT + 1)}, None),
        ("balance", {"amount": str(LIMIT + 1)}, None),
        ("totals", {"amount": "5"}, {"amount": str(LIMIT + 6)}),
    ],
)
def test_money_that_is_open_without_a_difference_counts_as_one(
    run: Reconciliation, support: Person, kind: str, ours: dict[str, str], theirs: dict[str, str] | None
) -> None:
    case = found(run, kind=kind, difference=0, ours=ours, theirs=theirs)
    assert cases.amount_at_stake(case) == LIMIT + 1
    cases.resolve_case(case=case, resolution="ours", text="Known.", by=support)
    assert now(case) == ("open", "")


def test_many_small_ones_are_one_large_one(run: Reconciliation, support: Person, second: Person) -> None:
    """In 24 hours, by one person, in one currency; each by itself would be within the limit."""
    small = [found(run, f"small-{number}", difference=-LIMIT // 2) for number in range(4)]
    other = found(run, "yen", difference=LIMIT, currency="JPY")
    begun = clock.now()
    with clock.frozen_at(begun):
        cases.resolve_case(case=small[0], resolution="ours", text="x", by=support)
        done = cases.change_many(Case.objects.filter(pk__in=[each.pk for each in [*small[1:], other]]),
                          cases.write_off_change(text="x", by=support))  # fmt: skip
        assert len(done.cases) == 4
        assert [now(each)[0] for each in small] == ["resolved", "resolved", "open", "open"]
        assert now(other)[0] == "resolved"
        cases.decline_write_off(case=small[2], text="I do it.", by=second)
        cases.resolve_case(case=small[2], resolution="ours", text="x", by=second)
        assert now(small[2])[0] == "resolved"
        cases.decline_write_off(case=small[3], text="Tomorrow.", by=support)
    with clock.frozen_at(begun + timedelta(hours=24)):
        cases.resolve_case(case=small[3], resolution="ours", text="x", by=support)
        assert now(small[3])[0] == "resolved"


@pytest.mark.parametrize("kind", ["amount", "owed"])
def test_the_database_holds_that_one_person_closes_no_large_difference(
    run: Reconciliation, support: Person, second: Person, kind: str
) -> None:
    case = found(run, kind=kind, difference=LIMIT + 1)
    done = {"state": "resolved", "resolution": "ours", "resolved_at": MORNING, "resolved_by": support}
    asked = {"write_off_asked_by": second, "asked_resolution": "ours"}
    for fields in (done, done | asked):  # also not when the request comes with the answer
        with pytest.raises(IntegrityError, match="a second person closes"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**fields)
    Case.objects.filter(pk=case.pk).update(**asked)
    with pytest.raises(IntegrityError, match="a second person closes"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**(done | {"resolution": "theirs"}))
    Case.objects.filter(pk=case.pk).update(**done)


def test_sums_are_by_currency_and_signs_do_not_cancel(run: Reconciliation) -> None:
    found(run, "a", difference=5)
    found(run, "b", difference=-7)
    found(run, "c", difference=9, currency="JPY")
    assert [tuple(each) for each in cases.currency_sums(Case.objects.all())] == [("EUR", 2, 12), ("JPY", 1, 9)]


def test_money_owed_to_a_player_is_not_written_off(run: Reconciliation, support: Person) -> None:
    with pytest.raises(refusals.OwedIsPaid):
        cases.write_off(case=found(run, kind="owed", difference=-1), text="Small.", by=support)


def test_writing_off_is_no_other_resolution(case: Case, support: Person) -> None:
    with pytest.raises(refusals.WriteOffIsAVerb):
        cases.resolve_case(case=case, resolution="written_off", text="Quietly.", by=support)


# --- who may ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["owner", "auditor"])
def test_only_support_works_on_cases(case: Case, support: Person, who: str, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(who)
    for verb in (
        lambda: cases.assign_case(case=case, to=support, by=person),
        lambda: cases.ask_operator(case=case, by=person),
        lambda: cases.resolve_case(case=case, resolution="ours", text="x", by=person),
        lambda: cases.write_off(case=case, text="x", by=person),
        lambda: cases.confirm_write_off(case=case, difference=0, by=person),
        lambda: cases.decline_write_off(case=case, text="x", by=person),
        lambda: cases.reopen_case(case=case, text="x", by=person),
        lambda: cases.add_note(case=case, text="x", by=person, internal=True),
    ):
        with pytest.raises(refusals.NotYours):
            verb()
    assert now(case) == ("open", "")


def test_nobody_gets_a_case_who_cannot_work_on_it(case: Case, support: Person, auditor: Person) -> None:
    with pytest.raises(refusals.NotTheirs):
        cases.assign_case(case=case, to=auditor, by=support)


def test_the_operator_comments_and_its_answer_brings_the_case_back(
    case: Case, support: Person, manager: Person
) -> None:
    cases.assign_case(case=case, to=support, by=support)
    cases.ask_operator(case=case, by=support)
    cases.add_note(case=case, text="I think they lie.", by=support, internal=True)
    cases.add_comment(case=case, text="We look.", by=manager)
    assert now(case) == ("assigned", "")
    assert [note.text for note in cases.notes_of(case, for_staff=False)] == ["We look."]
    assert len(cases.notes_of(case, for_staff=True)) == 2


def test_viewers_auditors_and_other_merchants_people_say_nothing(
    case: Case, acme: Merchant, rival: Merchant, auditor: Person
) -> None:
    for person in (
        factories.member(acme, "viewer"),
        factories.member(rival, "owner"),
        factories.member(acme, "owner", is_active=False),
        auditor,
    ):
        with pytest.raises(refusals.ReadersOnly):
            cases.add_comment(case=case, text="Hello", by=person)


def test_a_corrected_statement_comes_with_a_comment(case: Case, plan: ReconciliationPlan, manager: Person) -> None:
    content = gzip.compress(b"broken")[:-4]
    Merchant.objects.update(created_at=MORNING - timedelta(days=90))
    case = Case.objects.get()
    with clock.frozen_at(MORNING):
        note = cases.attach_statement(
            case=case, text="The right one.", name="day.csv.gz", content=BytesIO(content), by=manager
        )
    assert note.statement is not None
    assert (note.statement.day, note.statement.by) == (DAY, manager)


# --- many at once -----------------------------------------------------------------------------------------------------
def test_many_are_changed_at_once_and_each_refused_one_is_named(run: Reconciliation, support: Person) -> None:
    open_one, closed, large = found(run, "a"), found(run, "b", difference=0), found(run, "c", difference=LIMIT * 9)
    cases.resolve_case(case=closed, resolution="ours", text="x", by=support)
    done = cases.change_many(Case.objects.all(), cases.write_off_change(text="Old.", by=support))
    assert [case.pk for case in done.cases] == [open_one.pk, large.pk]
    assert [(each.case.pk, each.why) for each in done.refused] == [(closed.pk, str(refusals.CaseResolved()))]
    assert now(large) == ("open", "")
    assert (now(open_one), open_one.resolved_by) == (("resolved", "written_off"), support)
    assert large.write_off_asked_by == support
    assert [note.case for note in CaseNote.objects.filter(text="Old.")] == [open_one, large]


def test_many_cost_as_much_as_one_and_each_keeps_its_history(
    run: Reconciliation, support: Person, django_assert_num_queries: object
) -> None:
    """The lock, the notes, the change, what the person may close alone (four), and the two of the transaction."""
    chosen = [found(run, str(number), difference=-(LIMIT // 30)) for number in range(30)]
    with history.act_as(door="page", person=support), django_assert_num_queries(9):  # type: ignore[operator]
        done = cases.change_many(Case.objects.all(), cases.resolve_change(resolution="ours", text="Known.", by=support))
    assert len(done.cases) == 30
    for case in chosen[::10]:
        assert history.timeline(case)[0].title == "Resolved: our error"
        assert [note.text for note in cases.notes_of(case, for_staff=True)] == ["Known."]


def test_more_than_a_thousand_are_refused_before_any_is_touched(run: Reconciliation, support: Person) -> None:
    told = {"merchant": run.merchant, "day": DAY, "kind": "amount", "found_by": run, "seen_by": run}
    Case.objects.bulk_create(Case(subject=str(number), opened_at=MORNING, **told) for number in range(1_001))
    with pytest.raises(refusals.TooManyCases):
        cases.change_many(Case.objects.all(), cases.assign_change(to=support, by=support))
    assert not Case.objects.exclude(state="open").exists()


# --- how grave, how old -----------------------------------------------------------------------------------------------
def test_severity_is_one_rule_in_python_and_in_sql(db: None) -> None:
    differences, days = (0, 9, 10, -10, 99, 100, -(2**62)), (0, 0.99, 1, 3, 40)
    given = [
        (kind, each, timedelta(days=age), misdirected)
        for kind in Case.Kind.values for each in differences for age in days for misdirected in (False, True)
    ]  # fmt: skip
    rule = severity.severity_sql(
        kind="c.kind", difference="c.difference", high_amount="100", age="c.age", misdirected="c.misdirected"
    )
    columns = [[row[number] for row in given] for number in range(4)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {rule} FROM unnest(%s::text[], %s::bigint[], %s::interval[], %s::boolean[])"  # noqa: S608
            " AS c (kind, difference, age, misdirected)",
            columns,
        )
        in_sql = [grave for (grave,) in cursor.fetchall()]
    in_python = [
        severity.severity_of(kind=kind, difference=each, high_amount=100, age=age, misdirected=misdirected)
        for kind, each, age, misdirected in given
    ]
    assert in_sql == in_python


def test_severity_is_by_amount_and_by_age() -> None:
    high = 100
    grown = [severity.severity_of(kind="amount", difference=d, high_amount=high) for d in (9, 10, 99, 100, -100)]
    assert grown == [1, 2, 2, 3, 3]
    aged = [
        severity.severity_of(kind="amount", difference=0, high_amount=high, age=timedelta(days=d)) for d in (0, 1, 3)
    ]
    assert aged == [1, 2, 3]
    assert severity.severity_of(kind="owed", difference=1, high_amount=high) == 4


def test_what_lies_for_long_grows_graver_and_never_less_grave(run: Reconciliation) -> None:
    with history.act_as(door="job"):
        small, grave = found(run, "a", difference=1), found(run, "b", difference=1, severity=4)
    with clock.frozen_at(MORNING + timedelta(days=1)), history.act_as(door="job of the next day"):
        assert cases.grow_older() == 1
        assert cases.grow_older() == 0
    small.refresh_from_db()
    grave.refresh_from_db()
    assert (small.severity, grave.severity) == (2, 4)
    assert history.timeline(small)[0].title == "Severity: Low → Medium"


def test_ages_are_counted_by_kind_in_one_query_and_what_is_owed_stands_on_top(
    run: Reconciliation, django_assert_num_queries: object
) -> None:
    for number, days in enumerate((0, 0.5, 1, 2.9, 3, 8, 31, 400)):
        found(run, str(number), opened_at=MORNING - timedelta(days=days))
    found(run, "owed", kind="owed", severity=4)
    found(run, "gone", state="resolved", resolution="ours", resolved_at=MORNING)
    with django_assert_num_queries(1):  # type: ignore[operator]
        told = cases.open_case_ages(run.merchant, now=MORNING)
    assert [(each.kind, each.counts) for each in told] == [("owed", (1, 0, 0, 0, 0)), ("amount", (2, 2, 1, 1, 2))]
    assert cases.unresolved_cases(run.merchant).first() == cases.owed_cases().get()


# --- what stays -------------------------------------------------------------------------------------------------------
def test_the_history_of_a_case_says_who_did_what(case: Case, support: Person, second: Person) -> None:
    verbs: list[Callable[[], Case]] = [
        lambda: cases.assign_case(case=case, to=second, by=support),
        lambda: cases.ask_operator(case=case, by=support),
        lambda: cases.resolve_case(case=case, resolution="found_late", text="x", by=support),
        lambda: cases.reopen_case(case=case, text="x", by=support),
    ]
    for verb in verbs:
        with history.act_as(door="page", person=support):
            verb()
    told = [entry.title for entry in history.timeline(case)]
    assert told[:4] == [
        "Reopened",
        "Resolved: found late",
        "Waiting for operator",
        "Assigned to second@oppi.test",
    ]
    assert history.timeline(case)[0].who == "support@oppi.test"


def test_a_plan_and_its_recipients_are_told_on_the_merchants_timeline(plan: ReconciliationPlan) -> None:
    merchant = plan.merchant
    with history.act_as(door="page"):
        plan.hour = 9
        plan.save()
    with history.act_as(door="page"):
        merchant.report_recipients.create(email="cfo@acme.test")
    assert [entry.title for entry in history.timeline(merchant, kind="reconciliation")][:2] == [
        "cfo@acme.test receives the report",
        "Reconciliation plan: Hour: 8 → 9",
    ]
