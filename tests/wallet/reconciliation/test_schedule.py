"""Each day is compared at the merchant's hour and told once, in order, whoever runs the job and however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from merchants.models import Contact, Merchant, OutgoingEmail, Person
from merchants.services import email_outbox, emails, keys
from portal.celery import app
from portal.lib import clock
from tests import factories
from tests.wallet import reconciling
from tests.wallet.reconciling import Line
from wallet import tasks
from wallet.models import CallHour, Case, Reconciliation, ReconciliationPlan, ReportDelivery
from wallet.reconciliation import alarms, deliveries, matching, plans, runs, schedule
from wallet.reconciliation.locks import LockedWork, hold_alone

DAY = date(2026, 3, 10)
NEXT = date(2026, 3, 11)
MINUTE = timedelta(minutes=1)
EIGHT = datetime(2026, 3, 11, 8, tzinfo=UTC)
STRAY = Line("stray", "bet", "player-1", "EUR", 700)


@pytest.fixture
def plan(acme: Merchant) -> ReconciliationPlan:
    Contact.objects.create(merchant=acme, email="finance@acme.test")
    return reconciling.plan(acme)


def planned(code: str, **fields: Any) -> Merchant:
    zone = {name: fields.pop(name) for name in ("time_zone",) if name in fields}
    merchant = factories.merchant(code, **zone)
    Contact.objects.create(merchant=merchant, email=f"finance@{code}.test")
    reconciling.plan(merchant, **fields)
    return merchant


def due(at: datetime) -> list[tuple[str, date]]:
    with clock.frozen_at(at):
        return [(each.code, each.day) for each in schedule.due_days(at)]


def done(at: datetime) -> int:
    with clock.frozen_at(at):
        return schedule.run_due_days()


def told(merchant: Merchant) -> list[tuple[date, int, str]]:
    """Of which comparisons reports went out, and to whom."""
    found = (
        ReportDelivery.objects.filter(reconciliation__merchant=merchant).order_by("pk").select_related("reconciliation")
    )
    return [(each.reconciliation.day, each.reconciliation.number, each.to) for each in found]


# --- when -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "hour", "day", "due_at"),
    [
        ("UTC", 8, DAY, "2026-03-11T08:00"),
        ("Europe/Tallinn", 8, DAY, "2026-03-11T06:00"),
        ("UTC", 1, DAY, "2026-03-11T03:00"),  # complete at 03:00 only
        ("America/New_York", 8, DAY, "2026-03-12T03:00"),  # its day ends in the next day of UTC
        ("Europe/Tallinn", 3, date(2026, 3, 28), "2026-03-29T03:00"),  # an hour that does not exist
        ("Pacific/Kiritimati", 23, DAY, "2026-03-11T09:00"),
    ],
)
def test_a_report_is_due_at_the_merchants_hour_and_not_before_its_day_is_complete(
    db: None, zone: str, hour: int, day: date, due_at: str
) -> None:
    merchant = planned("one", time_zone=zone, hour=hour)
    moment = datetime.fromisoformat(due_at).replace(tzinfo=UTC)
    assert plans.due_at(plans.plan_of(merchant), day) == moment
    assert plans.newest_due(plans.plan_of(merchant), moment) == day
    assert plans.newest_due(plans.plan_of(merchant), moment - MINUTE) == day - timedelta(days=1)


def test_nothing_is_due_before_the_hour_and_the_day_is_due_from_then_on(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    done(EIGHT - MINUTE)
    assert Reconciliation.objects.filter(day=DAY).count() == 0
    assert ("acme", DAY) in due(EIGHT)


def test_a_day_is_compared_and_told_once(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    assert done(EIGHT) == 1
    assert done(EIGHT + MINUTE) == 0
    assert told(plan.merchant) == [(DAY, 1, "finance@acme.test")]
    assert Case.objects.filter(subject="stray").count() == 1


def test_between_two_days_the_processors_are_the_wallets(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rested = list[float]()
    monkeypatch.setattr(schedule, "LONGEST_REST", 1.5)
    monkeypatch.setattr(schedule, "sleep", rested.append)
    monkeypatch.setattr(schedule, "perf_counter", iter([0, 0.2, 10, 24]).__next__)
    for name in "ab":
        planned(name)
    assert done(EIGHT) == 2
    assert rested == [pytest.approx(0.6), 1.5]


def test_those_due_together_are_done_in_order_and_the_longest_waiting_first(db: None) -> None:
    for code, hour in (("cairo", 8), ("bern", 8), ("athens", 9), ("delhi", 7)):
        planned(code, hour=hour)
    assert [code for code, _ in due(EIGHT + timedelta(hours=2))] == ["delhi", "bern", "cairo", "athens"]


def test_a_plan_that_is_off_and_a_merchant_that_is_closed_are_left_alone(db: None) -> None:
    planned("off", is_on=False)
    closed = planned("closed")
    Merchant.objects.filter(pk=closed.pk).update(status="closed")
    assert due(EIGHT) == []


def test_a_merchant_that_begins_is_not_asked_for_the_days_before(plan: ReconciliationPlan) -> None:
    assert due(EIGHT) == [("acme", DAY)]


def test_days_that_were_missed_are_made_up_for(plan: ReconciliationPlan) -> None:
    done(EIGHT)
    assert [day for _, day in due(EIGHT + timedelta(days=3))] == [NEXT, NEXT + timedelta(1), NEXT + timedelta(2)]


def test_a_plan_that_was_off_for_weeks_loses_no_day(plan: ReconciliationPlan) -> None:
    done(EIGHT)
    ReconciliationPlan.objects.update(is_on=False)
    assert due(EIGHT + timedelta(days=20)) == []
    ReconciliationPlan.objects.update(is_on=True)
    late = EIGHT + timedelta(days=20)
    assert [day for _, day in due(late)] == [DAY + timedelta(days=number) for number in range(1, 21)]
    assert done(late) == 20
    assert due(late) == []


def test_a_day_that_a_person_compared_once_begins_no_timetable(plan: ReconciliationPlan, support: Person) -> None:
    ReconciliationPlan.objects.update(is_on=False)
    with clock.frozen_at(EIGHT):
        runs.reconcile_day(merchant=plan.merchant, day=DAY, by=support)
    ReconciliationPlan.objects.update(is_on=True)
    assert len(due(EIGHT + timedelta(days=20))) == 1


def test_a_day_whose_comparison_failed_is_due_until_it_is_made(plan: ReconciliationPlan) -> None:
    done(EIGHT)
    for number in range(2, 15):
        compared_on(plan, DAY + timedelta(days=number), EIGHT)
    Reconciliation.objects.create(merchant=plan.merchant, day=NEXT, number=1, state="failed", begun_at=EIGHT)
    late = EIGHT + timedelta(days=14)
    assert NEXT in [day for _, day in due(late)]


# --- what came later --------------------------------------------------------------------------------------------------
def test_a_late_statement_is_compared_soon_and_told(plan: ReconciliationPlan) -> None:
    compared(plan, "no_statement", ours=7)
    assert done(EIGHT) == 0
    reconciling.state(plan.merchant, [STRAY], received_at=EIGHT + timedelta(hours=5))
    assert done(EIGHT + timedelta(hours=5)) == 1
    assert [(day, number) for day, number, _ in told(plan.merchant)] == [(DAY, 2)]


def test_a_corrected_statement_restates_the_day_and_the_mail_says_what_changed(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY], received_at=EIGHT)
    done(EIGHT)
    reconciling.state(plan.merchant, [], received_at=EIGHT + MINUTE)
    done(EIGHT + MINUTE)
    assert [number for _, number, _ in told(plan.merchant)] == [1, 2]
    mail.outbox.clear()
    email_outbox.send_due_emails()
    last = mail.outbox[-1]
    assert last.subject == "Acme Casino, 10 Mar 2026: All clear (restated)"
    assert "Breaks: 1 (EUR 0.007), now 0." in str(last.body)


def test_the_same_again_sends_no_mail(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY], received_at=EIGHT)
    done(EIGHT)
    reconciling.state(plan.merchant, [STRAY], received_at=EIGHT + MINUTE)
    assert done(EIGHT + MINUTE) == 1
    assert [number for _, number, _ in told(plan.merchant)] == [1]
    assert done(EIGHT + 2 * MINUTE) == 0


def asked(merchant: Merchant, day: date, by: Person, at: datetime) -> None:
    """The day's page was asked to compare, and the worker has done it."""
    with clock.frozen_at(at):
        tasks.compare_day(merchant.pk, str(day), by.pk)


def test_a_day_of_long_ago_that_its_page_compares_is_told_when_it_says_something_new(
    plan: ReconciliationPlan, support: Person
) -> None:
    """The timetable would not find it any more: its statement was compared."""
    reconciling.state(plan.merchant, [STRAY], received_at=EIGHT)
    done(EIGHT)
    late = EIGHT + timedelta(days=12)
    reconciling.state(plan.merchant, [], received_at=late)
    asked(plan.merchant, DAY, support, late)
    asked(plan.merchant, DAY, support, late + MINUTE)
    assert [(day, number) for day, number, _ in told(plan.merchant) if day == DAY] == [(DAY, 1), (DAY, 2)]


def test_a_day_that_its_page_compares_before_the_hour_is_told_at_the_hour(
    plan: ReconciliationPlan, support: Person
) -> None:
    reconciling.state(plan.merchant, [STRAY])
    asked(plan.merchant, DAY, support, EIGHT - MINUTE)
    assert told(plan.merchant) == []
    assert done(EIGHT) == 1
    assert told(plan.merchant) == [(DAY, 1, "finance@acme.test")]


@pytest.mark.parametrize(("is_on", "status"), [(False, "active"), (True, "closed")])
def test_what_a_page_compares_is_told_nobody_where_the_timetable_tells_nothing(
    plan: ReconciliationPlan, support: Person, is_on: bool, status: str
) -> None:
    reconciling.state(plan.merchant, [STRAY])
    ReconciliationPlan.objects.update(is_on=is_on)
    Merchant.objects.update(status=status)
    asked(plan.merchant, DAY, support, EIGHT + MINUTE)
    assert Reconciliation.objects.filter(day=DAY, state="done").exists()
    assert told(plan.merchant) == []


# --- workers ----------------------------------------------------------------------------------------------------------
def test_a_worker_that_was_killed_before_the_mail_is_made_up_for_without_a_second_comparison(
    plan: ReconciliationPlan,
) -> None:
    reconciling.state(plan.merchant, [STRAY])
    with clock.frozen_at(EIGHT):
        runs.reconcile_day(merchant=plan.merchant, day=DAY)
    assert done(EIGHT + MINUTE) == 1
    assert told(plan.merchant) == [(DAY, 1, "finance@acme.test")]
    assert Reconciliation.objects.filter(day=DAY).count() == 1


def test_a_worker_that_was_killed_in_the_comparison_is_made_up_for(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    Reconciliation.objects.create(merchant=plan.merchant, day=DAY, number=1, state="running", begun_at=EIGHT)
    assert done(EIGHT + MINUTE) == 1
    assert told(plan.merchant) == [(DAY, 2, "finance@acme.test")]


def test_a_comparison_that_failed_rests_and_holds_up_nobody(
    plan: ReconciliationPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = planned("zurich")
    whole = runs.reconcile_day

    def breaks(*, merchant: Merchant, day: date) -> runs.RunOutcome:
        if merchant == plan.merchant:
            Reconciliation.objects.create(merchant=merchant, day=day, number=1, state="failed", begun_at=clock.now())
            raise RuntimeError("out of memory")
        return whole(merchant=merchant, day=day)

    monkeypatch.setattr(runs, "reconcile_day", breaks)
    assert done(EIGHT) == 1
    assert Reconciliation.objects.get(merchant=other).state == "done"
    assert due(EIGHT + MINUTE) == []
    assert due(EIGHT + schedule.REST) == [("acme", DAY)]


def test_a_statement_of_long_ago_that_cannot_be_compared_rests_too(
    plan: ReconciliationPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, old = datetime(2026, 3, 30, 8, tzinfo=UTC), date(2026, 3, 12)
    with clock.frozen_at(late):
        for day in (old, *(date(2026, 3, 29) - timedelta(days=back) for back in range(8))):
            runs.reconcile_day(merchant=plan.merchant, day=day)
        reconciling.state(plan.merchant, [STRAY], old, received_at=late)
    monkeypatch.setattr(matching, "UNSETTLED", "SELECT 1 / 0")
    assert old in [day for _, day in due(late)]
    done(late)
    assert Reconciliation.objects.get(day=old, number=2).state == "failed"
    assert old not in [day for _, day in due(late + MINUTE)]
    assert old in [day for _, day in due(late + schedule.REST)]


@pytest.mark.parametrize("amount", [5, 4])
def test_the_day_beside_that_could_not_be_compared_again_at_once_is_due(plan: ReconciliationPlan, amount: int) -> None:
    """Also when the row over midnight is not the same there."""
    with reconciling.at(plan.merchant, timedelta(0)):
        machine = reconciling.Told(plan.merchant, factories.signer(plan.merchant), factories.game())
    with reconciling.at(plan.merchant, timedelta(hours=23, minutes=59)):
        machine.deposit(5, transactionId="last")
    reconciling.state(plan.merchant, [])
    assert done(EIGHT) == 1
    theirs = reconciling.changed(reconciling.ledger_lines(plan.merchant), "last", amount=amount)
    reconciling.state(plan.merchant, theirs, NEXT)
    tomorrow = EIGHT + timedelta(days=1)
    with another_comparison(plan.merchant, DAY):
        assert done(tomorrow) == 0
    assert due(tomorrow + MINUTE) == [("acme", DAY)]
    assert done(tomorrow + MINUTE) == 1
    assert reconciling.breaks(plan.merchant, DAY) == {("day_boundary", "last")}
    assert due(tomorrow + 2 * MINUTE) == []
    assert [(day, number) for day, number, _ in told(plan.merchant)] == [(DAY, 1), (NEXT, 1), (DAY, 2)]


@contextmanager
def another_comparison(merchant: Merchant, day: date) -> Iterator[None]:
    session = connection.copy()
    with closing(session), session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashint8(%s), %s)", [merchant.pk, day.toordinal()])
        yield
        cursor.execute("SELECT pg_advisory_unlock_all()")


@contextmanager
def another_worker(work: LockedWork, number: int = 0) -> Iterator[None]:
    """Another session that is at this work."""
    session = connection.copy()
    with closing(session), session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [work, number])
        yield
        cursor.execute("SELECT pg_advisory_unlock_all()")


def test_of_two_workers_one_does_a_merchants_day(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    with another_worker(LockedWork.REPORT, plan.merchant.pk):
        assert done(EIGHT) == 0
    assert done(EIGHT) == 1


def test_one_round_at_a_time_compares(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    with another_worker(LockedWork.ROUND):
        assert done(EIGHT) == 0
    assert done(EIGHT) == 1


def test_a_worker_that_made_its_list_before_another_was_done_looks_again(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    with clock.frozen_at(EIGHT):
        [each] = schedule.due_days(EIGHT)
        assert schedule.run_day(each)
        assert not schedule.run_day(each)
    assert Reconciliation.objects.filter(day=DAY).count() == 1


@pytest.mark.parametrize("work", [LockedWork.READING, LockedWork.FETCHING])
def test_statements_are_read_and_fetched_by_one_worker_at_a_time(db: None, work: LockedWork) -> None:
    with another_worker(work), hold_alone(work) as is_ours:
        assert not is_ours
    with hold_alone(work) as is_ours:
        assert is_ours


def test_comparisons_have_a_queue_of_their_own_and_alarms_are_the_work_of_another_worker() -> None:
    app.loader.import_default_modules()
    names = [name for name in app.tasks if name.startswith("wallet.")]
    queues = {name.rpartition(".")[2]: app.amqp.router.route({}, name)["queue"].name for name in names}
    assert {name for name, queue in queues.items() if queue == "reconciliation"} == {
        "reconcile_days",
        "compare_day",
        "read_statements",
        "fetch_statements",
        "look_up_host_key",
        "look_up_waiting_host_keys",
        "check_source",
        "verify_books",
        "prepare_settlement",
        "prepare_waiting_settlements",
    }
    assert queues["raise_reconciliation_alarms"] == "celery"


def test_looking_for_what_is_due_costs_the_same_for_many(db: None, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        planned(f"m-{number}")
    with django_assert_max_num_queries(5):
        assert len(schedule.due_days(EIGHT)) == 30


# --- the dead man's switch --------------------------------------------------------------------------------------------
def causes(merchant: Merchant, at: datetime) -> list[tuple[str, date]]:
    with clock.frozen_at(at):
        return [(alarm.cause.value, alarm.day) for alarm in alarms.alarms(merchant)]


def overdue(plan: ReconciliationPlan) -> datetime:
    """The first moment at which a day is late that was due when the plan was there: its history is of today.

    As history has it, which is when the test's transaction began.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        [begun] = cursor.fetchone()
    day = plans.newest_due(plan, begun + timedelta(days=1))
    return plans.due_at(plan, day) + alarms.GRACE


def test_a_day_that_nobody_compared_is_an_alarm(plan: ReconciliationPlan) -> None:
    """What was switched on a minute ago is not late."""
    late = overdue(plan)
    assert causes(plan.merchant, datetime.now(UTC)) == []
    assert causes(plan.merchant, late - MINUTE) == []
    assert causes(plan.merchant, late) == [("not_run", plans.newest_due(plan, late))]


def test_a_plan_whose_days_are_never_compared_is_an_alarm_at_each_minute(plan: ReconciliationPlan) -> None:
    """Also while the newest day may still come: the one before it has not come either."""
    late = overdue(plan)
    moments = [late + 5 * MINUTE * number for number in range(24 * 12)]
    assert [at for at in moments if [cause for cause, _ in causes(plan.merchant, at)] != ["not_run"]] == []


def test_whoever_watches_from_outside_sees_it_with_all_workers_dead(plan: ReconciliationPlan, client: Client) -> None:
    assert client.get("/healthz/reconciliation").json() == {"late": 0, "letters": 0, "books": 0}
    with clock.frozen_at(overdue(plan)):
        answer = client.get("/healthz/reconciliation")
    assert (answer.status_code, answer.json()) == (503, {"late": 1, "letters": 0, "books": 0})


def test_emails_that_nobody_sends_are_seen_from_outside(plan: ReconciliationPlan, client: Client) -> None:
    """Days may be compared while the worker that sends is dead."""
    emails.write_to("finance@acme.test", plan.merchant, "reconciliation_alarm", {})
    with clock.frozen_at(datetime.now(UTC) + timedelta(minutes=14)):
        assert client.get("/healthz/reconciliation").json()["letters"] == 0
    with clock.frozen_at(datetime.now(UTC) + timedelta(minutes=16)):
        answer = client.get("/healthz/reconciliation")
        assert (answer.status_code, answer.json()["letters"]) == (503, 1)


def test_a_comparison_that_failed_is_an_alarm_too(plan: ReconciliationPlan) -> None:
    late = overdue(plan)
    day = plans.newest_due(plan, late)
    Reconciliation.objects.create(merchant=plan.merchant, day=day, number=1, state="failed", begun_at=late)
    assert causes(plan.merchant, late) == [("not_run", day)]


def compared(plan: ReconciliationPlan, outcome: str, **figures: int) -> Reconciliation:
    return compared_on(plan, DAY, EIGHT, outcome=outcome, figures=figures)


def compared_on(plan: ReconciliationPlan, day: date, at: datetime, **fields: Any) -> Reconciliation:
    told = {"number": 1, "outcome": "clear", "figures": {"ours": 7, "theirs": 7}} | fields
    return Reconciliation.objects.create(merchant=plan.merchant, day=day, state="done", begun_at=at, done_at=at, **told)


def test_no_statement_is_an_alarm_to_us_and_to_the_merchant_once_and_no_report(
    plan: ReconciliationPlan, settings: Any
) -> None:
    settings.RECONCILIATION_ALARM_TO = ["desk@oppi.test"]
    run = compared(plan, "no_statement", ours=7)
    with clock.frozen_at(EIGHT + MINUTE):
        assert deliveries.send_reports(run=run) == []
        assert alarms.raise_alarms() == 2
        assert alarms.raise_alarms() == 0
        email_outbox.send_due_emails()
    assert sorted(message.to[0] for message in mail.outbox) == ["desk@oppi.test", "finance@acme.test"]
    assert mail.outbox[0].subject == "Acme Casino: reconciliation report of 10 Mar 2026 missing or incomplete"
    assert "There is no statement of 10 Mar 2026" in str(mail.outbox[0].body)
    assert done(EIGHT + MINUTE) == 0, "compared again only with a statement"


BET, PUSHED = "/wallet/transaction/bet", "/reconciliation/statements"


def called(merchant: Merchant, endpoint: str) -> None:
    """Five calls in the morning of the day, all taken."""
    issued = keys.issue_key(merchant=merchant)
    at = EIGHT - timedelta(days=1)
    CallHour.objects.create(
        secret=issued.key.secrets.get(), hour=at, address="192.0.2.1", endpoint=endpoint, status="RS_OK", calls=5,
        first_at=at, last_at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "endpoint", "found"),
    [
        (0, 0, "", []),
        (0, 0, BET, ["both_empty"]),
        (0, 0, PUSHED, []),  # yesterday's statement, which may say that there was nothing
        (0, 9, "", ["nothing_compared"]),
        (9, 0, "", ["nothing_compared"]),
        (9, 9, BET, []),
    ],
)
def test_nothing_to_compare_is_an_alarm_where_there_was_traffic(
    plan: ReconciliationPlan, ours: int, theirs: int, endpoint: str, found: list[str]
) -> None:
    if endpoint:
        called(plan.merchant, endpoint)
    compared(plan, "breaks" if ours != theirs else "clear", ours=ours, theirs=theirs)
    assert [cause for cause, _ in causes(plan.merchant, EIGHT)] == found


def test_calls_of_another_merchant_and_of_another_day_are_no_traffic(plan: ReconciliationPlan, rival: Merchant) -> None:
    called(rival, BET)
    called(plan.merchant, BET)
    CallHour.objects.filter(secret__key__merchant=plan.merchant).update(hour=EIGHT)
    compared(plan, "clear")
    assert causes(plan.merchant, EIGHT) == []


def test_a_report_that_reached_nobody_is_an_alarm(plan: ReconciliationPlan) -> None:
    Contact.objects.create(merchant=plan.merchant, email="second@acme.test")
    run = compared(plan, "clear", ours=7, theirs=7)
    with clock.frozen_at(EIGHT):
        first, second = deliveries.send_reports(run=run)
    OutgoingEmail.objects.filter(pk=first.email_id).update(state="given_up", attempts=1, last_answer="550 no")
    assert causes(plan.merchant, EIGHT) == [], "one reached somebody"
    ReportDelivery.objects.filter(pk=second.pk).update(bounced_at=EIGHT)
    assert causes(plan.merchant, EIGHT) == [("not_delivered", DAY)]


def test_a_report_that_the_mail_server_does_not_take_is_an_alarm_after_an_hour(
    plan: ReconciliationPlan, client: Client
) -> None:
    """It is tried for a day, and between two tries it is not due."""
    run = compared(plan, "clear", ours=7, theirs=7)
    with clock.frozen_at(EIGHT):
        deliveries.send_reports(run=run)
    OutgoingEmail.objects.update(attempts=7, due_at=EIGHT + timedelta(hours=2))
    assert causes(plan.merchant, EIGHT + 59 * MINUTE) == []
    assert causes(plan.merchant, EIGHT + 60 * MINUTE) == [("not_delivered", DAY)]
    with clock.frozen_at(EIGHT + 60 * MINUTE):
        answer = client.get("/healthz/reconciliation")
    assert (answer.status_code, answer.json()["letters"]) == (503, 1)


def test_a_report_that_nobody_is_there_to_get_is_an_alarm_to_us(acme: Merchant, settings: Any) -> None:
    settings.RECONCILIATION_ALARM_TO = ["desk@oppi.test"]
    plan = reconciling.plan(acme)
    late = overdue(plan)
    run = compared_on(plan, plans.newest_due(plan, late), late - alarms.GRACE)
    assert causes(acme, late - MINUTE) == []
    assert causes(acme, late) == [("not_delivered", run.day)]
    with clock.frozen_at(late):
        assert alarms.raise_alarms() == 1
        email_outbox.send_due_emails()
    assert "Nobody received the report" in str(mail.outbox[-1].body)


def test_a_comparison_that_says_nothing_new_was_told_by_the_one_before(plan: ReconciliationPlan) -> None:
    late = overdue(plan)
    day, at = plans.newest_due(plan, late), late - alarms.GRACE
    with clock.frozen_at(late):
        [delivery] = deliveries.send_reports(run=compared_on(plan, day, at))
    compared_on(plan, day, at, number=2)
    assert causes(plan.merchant, late) == []
    OutgoingEmail.objects.filter(pk=delivery.email_id).update(state="given_up", attempts=1, last_answer="550 no")
    assert causes(plan.merchant, late) == [("not_delivered", day)]


# --- the calendar -----------------------------------------------------------------------------------------------------
def test_the_calendar_has_a_square_a_day_by_state(plan: ReconciliationPlan, django_assert_max_num_queries: Any) -> None:
    compared(plan, "clear", ours=7, theirs=7)
    with clock.frozen_at(EIGHT + timedelta(days=1) - MINUTE), django_assert_max_num_queries(2):
        squares = schedule.calendar(plan.merchant)
    assert len(squares) == 60
    assert [(square.day, square.state) for square in squares[-2:]] == [(DAY, "clear"), (NEXT, "coming")]
    assert {square.state for square in squares[:-1]} == {"missing", "clear"}
