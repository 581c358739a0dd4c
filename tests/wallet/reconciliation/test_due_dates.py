"""Cases are due by severity; people are reminded once for each step, and what is overdue is escalated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.test import Client

from merchants.models import Merchant, OutgoingEmail, Person
from merchants.services import email_outbox
from portal.lib import clock
from tests import factories
from tests.pages import said
from tests.people import signed_in
from tests.plugins.database_role import unguarded
from tests.wallet import reconciling
from wallet.models import Case, CaseReminder, Reconciliation
from wallet.models.reconciliation_plan import ReportRecipient
from wallet.reconciliation import cases
from wallet.tasks import remind_of_due_cases

DAY = date(2026, 3, 10)
TUESDAY = datetime(2026, 3, 10, 8, tzinfo=UTC)
FRIDAY, SATURDAY = TUESDAY + timedelta(days=3), TUESDAY + timedelta(days=4)
LOW, MEDIUM, HIGH, OWED = Case.Severity
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def alarmed(settings: Any) -> None:
    settings.RECONCILIATION_ALARM_TO = ["alarm@oppi.test"]


@pytest.fixture
def run(acme: Merchant, owner: Person) -> Reconciliation:
    reconciling.plan(acme)
    ReportRecipient.objects.create(merchant=acme, email=owner.email)
    return Reconciliation.objects.create(
        merchant=acme, day=DAY, number=1, state="done", outcome="breaks", begun_at=TUESDAY, done_at=TUESDAY
    )


def found(run: Reconciliation, subject: str = "tx-1", **fields: Any) -> Case:
    known = {"kind": "amount", "currency": "EUR", "difference": -5, "opened_at": TUESDAY, "severity": LOW} | fields
    case = Case.objects.create(merchant=run.merchant, day=run.day, subject=subject, found_by=run, seen_by=run, **known)
    case.refresh_from_db()
    return case


# --- when -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("severity", "opened", "zone", "due"),
    [
        (OWED, TUESDAY, "UTC", TUESDAY + timedelta(days=1)),
        (HIGH, TUESDAY, "UTC", TUESDAY + timedelta(days=1)),
        (MEDIUM, TUESDAY, "UTC", TUESDAY + timedelta(days=3)),
        (LOW, TUESDAY, "UTC", TUESDAY + timedelta(days=9)),
        (HIGH, FRIDAY, "UTC", FRIDAY + timedelta(days=3)),
        (HIGH, SATURDAY, "UTC", SATURDAY + timedelta(days=2)),
        (MEDIUM, FRIDAY, "UTC", FRIDAY + timedelta(days=5)),
        (LOW, FRIDAY, "UTC", FRIDAY + timedelta(days=11)),
        (HIGH, FRIDAY - 20 * HOUR, "Pacific/Auckland", FRIDAY - 20 * HOUR + timedelta(days=3)),
        (HIGH, FRIDAY - 20 * HOUR + timedelta(hours=2), "Asia/Tokyo", FRIDAY - 18 * HOUR + timedelta(days=1)),
        (HIGH, FRIDAY + 10 * HOUR - timedelta(days=1), "Asia/Tokyo", FRIDAY + 10 * HOUR + timedelta(days=2)),
    ],
)
def test_a_case_is_due_after_so_many_working_days(
    run: Reconciliation, severity: int, opened: datetime, zone: str, due: datetime
) -> None:
    """Weekdays are those of the merchant: Friday evening in UTC is Saturday in Tokyo."""
    Merchant.objects.filter(pk=run.merchant_id).update(time_zone=zone)
    assert found(run, severity=severity, opened_at=opened).due_at == due


def test_growing_older_moves_no_date_and_another_break_is_due_no_later(run: Reconciliation) -> None:
    case = found(run, opened_at=clock.now())
    first = case.due_at
    Case.objects.update(severity=HIGH)
    case.refresh_from_db()
    assert (case.severity, case.due_at) == (HIGH, first)
    Case.objects.update(severity=OWED, difference=-50)
    case.refresh_from_db()
    assert first
    assert case.due_at
    assert case.due_at < first
    Case.objects.update(severity=LOW, difference=-5, due_at=first + timedelta(days=900))  # by nobody else
    again = Case.objects.get()
    assert again.due_at == case.due_at


def test_a_case_that_opens_again_is_due_anew(run: Reconciliation, support: Person) -> None:
    reconciling.closed_by_one(run.merchant)
    case = found(run)
    cases.resolve_case(case=case, resolution="ours", text="Fixed.", by=support)
    cases.reopen_case(case=case, text="It is there again.", by=support)
    case.refresh_from_db()
    assert case.due_at
    assert case.due_at > clock.now() + timedelta(days=7)


# --- reminders --------------------------------------------------------------------------------------------------------
def reminded(at: datetime) -> dict[str, int]:
    """To whom mails went at that moment; the job runs twice."""
    before = OutgoingEmail.objects.aggregate(newest=Max("pk"))["newest"] or 0
    with clock.frozen_at(at):
        remind_of_due_cases()
        remind_of_due_cases()
    emails = OutgoingEmail.objects.filter(template="cases_due", pk__gt=before)
    assert emails.count() == len(set(emails.values_list("to", flat=True)))
    return {email.to: email.context["number"] for email in emails}


def steps(case: Case) -> list[int]:
    return list(case.reminders.order_by("pk").values_list("step", flat=True))


def test_the_assignee_is_reminded_before_and_at_the_date_and_owners_after_it(
    run: Reconciliation, support: Person, owner: Person
) -> None:
    case = found(run, severity=MEDIUM, owner=support, state="assigned")
    due = TUESDAY + timedelta(days=3)
    factories.person("second@oppi.test", staff_role="support")
    assert reminded(due - 25 * HOUR) == {}
    assert reminded(due - 23 * HOUR) == {support.email: 1}
    assert reminded(due - HOUR) == {}
    assert reminded(due) == {support.email: 1}
    assert reminded(due + 23 * HOUR) == {}
    assert reminded(due + 24 * HOUR) == {support.email: 1, "alarm@oppi.test": 1, owner.email: 1}
    assert reminded(due + 240 * HOUR) == {}
    assert steps(case) == [1, 2, 3]


def test_of_a_severe_case_the_reminder_comes_four_hours_before(run: Reconciliation, support: Person) -> None:
    found(run, severity=HIGH)
    due = TUESDAY + timedelta(days=1)
    assert reminded(due - 5 * HOUR) == {}
    assert reminded(due - 3 * HOUR) == {support.email: 1}


def test_whoever_is_waited_for_is_reminded_too_and_nobodys_case_reminds_all(
    run: Reconciliation, support: Person, administrator: Person, owner: Person
) -> None:
    found(run, "asked", state="waiting")
    found(run, "new")
    found(run, "done", state="resolved", resolution="ours", resolved_at=TUESDAY)
    due = TUESDAY + timedelta(days=9)
    assert reminded(due) == {support.email: 2, administrator.email: 2, owner.email: 1}


def test_a_job_that_comes_late_mails_the_last_step_alone(run: Reconciliation, support: Person) -> None:
    case = found(run, severity=HIGH, owner=support, state="assigned")
    assert "alarm@oppi.test" in reminded(TUESDAY + timedelta(days=30))
    assert steps(case) == [3]
    assert case.due_at
    with pytest.raises(IntegrityError, match="case_reminder_once"), transaction.atomic():
        CaseReminder.objects.create(case=case, step=3, due_at=case.due_at, created_at=TUESDAY)


def test_cases_of_a_sandbox_remind_nobody(run: Reconciliation, support: Person) -> None:
    sandbox = factories.sandbox(run.merchant)
    Case.objects.create(
        merchant=sandbox, day=DAY, kind="amount", subject="x", found_by=run, seen_by=run, opened_at=TUESDAY
    )
    assert reminded(TUESDAY + timedelta(days=30)) == {}


def test_the_email_says_what_is_due_and_names_no_player(run: Reconciliation, support: Person, owner: Person) -> None:
    for number in range(25):
        found(run, f"tx-{number}", player_id="player-7", difference=-1_234_00000, severity=HIGH)
    yen = {"kind": "bet", "currency": "JPY", "amount": "50000000"}
    found(run, "yen", kind="missing_there", currency="JPY", difference=-50_000_000, severity=OWED, ours=yen)
    reminded(TUESDAY + timedelta(days=30))
    email_outbox.send_due_emails()
    for to, page in ((support.email, "/admin/wallet/case/"), (owner.email, "/operator/acme/reconciliation/cases/")):
        [message] = [each for each in mail.outbox if each.to == [to]]
        assert message.subject == "Acme Casino: 26 reconciliation cases overdue"
        assert page in message.body
        assert "EUR -1,234.00" in message.body
        assert (
            "Missing in statement, 10 Mar 2026. Difference: JPY 500." in message.body
        )  # as in the report: ours is more
        assert "Due: 11 Mar 2026, 08:00 UTC" in message.body
        assert "and 6 more" in message.body
        assert "player-7" not in message.body
        assert "tx-1" not in message.body


# --- the lists --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("due", "subjects"),
    [("overdue", {"over"}), ("day", {"over", "soon"}), ("week", {"over", "soon", "week"}), ("", None), ("x", None)],
)
def test_both_lists_are_filtered_by_due_date(
    client: Client, run: Reconciliation, support: Person, viewer: Person, due: str, subjects: set[str] | None
) -> None:
    now = clock.now()
    for name, hours in (("over", -1), ("soon", 20), ("week", 100), ("later", 200)):
        case = found(run, name)
        with unguarded() as cursor:
            cursor.execute("UPDATE wallet_case SET due_at = %s WHERE id = %s", [now + hours * HOUR, case.pk])
    wanted = subjects or {"over", "soon", "week", "later"}
    listed = signed_in(client, support).get("/admin/wallet/case/", {"due": due})
    assert {case.subject for case in listed.context["cl"].result_list} == wanted
    page: Any = signed_in(Client(), viewer).get("/operator/acme/reconciliation/cases/", {"due": due})
    assert {line.case.subject for line in page.context["found"].lines} == wanted
    assert ("overdue" in said(page).partition("<table")[2]) == ("over" in wanted)
    assert "overdue" in unescape(listed.content.decode())
