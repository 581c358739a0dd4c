"""What is summed, compared, mailed or counted over merchants leaves sandboxes out, each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from merchants.admin import hygiene
from merchants.models import ApiKey, Merchant, OutgoingEmail, Person
from merchants.services import compromise, expiry, keys, merchants
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in
from tests.wallet import reconciling
from wallet import money
from wallet.admin import dashboard
from wallet.ledger import verification
from wallet.models import Case, Reconciliation, ReconciliationPlan, StatementSource, Transaction
from wallet.reconciliation import alarms, cases, planning, pull, refusals, schedule
from wallet.services.log import request_log

DAY = date(2026, 3, 10)
LATE = datetime(2026, 3, 11, 12, tzinfo=UTC)
STAKE = 700


@pytest.fixture
def sandbox(acme: Merchant) -> Merchant:
    return factories.sandbox(acme)


@pytest.fixture
def tester(sandbox: Merchant, caller: Caller) -> Caller:
    """A game server under a test key."""
    machine = replace(caller, signer=factories.signer(sandbox, environment="test"), session="")
    machine.deposit(5 * money.SCALE)
    machine.launch()
    return machine


def key_of(merchant: Merchant) -> ApiKey:
    environment = "test" if merchant.is_sandbox else "live"
    return keys.issue_key(merchant=merchant, environment=environment).key


def test_the_first_page_of_staff(caller: Caller, tester: Caller) -> None:
    """Calls and money: the same before and after what a sandbox does."""
    request_log.drain_lines()
    since = clock.now() - timedelta(hours=1)
    before = dashboard.calls(since), dashboard.movements(since)
    bet = tester.bet(STAKE).body["transactionId"]
    tester.payout(bet)
    tester.bet(10**12)
    tester.call("/wallet/balance", {"playerId": "player-1", "currency": "EUR"}, x_signature="0" * 64)
    assert request_log.drain_lines()
    assert (dashboard.calls(since), dashboard.movements(since)) == before
    caller.bet(STAKE)
    request_log.drain_lines()
    assert dashboard.calls(since)["calls_taken"] == before[0]["calls_taken"] + 1


def quarantined(merchant: Merchant) -> None:
    keys.quarantine_key(key=key_of(merchant))


def ending(merchant: Merchant) -> None:
    keys.set_end(key=key_of(merchant), ends=clock.now() + timedelta(hours=2))


def overlapping(merchant: Merchant) -> None:
    keys.rotate_secret(key=key_of(merchant), overlap=timedelta(hours=2))


def leaked(merchant: Merchant) -> None:
    compromise.declare_compromise(
        key=key_of(merchant), response="rotate", reason="mail", exposed_since=clock.now() - timedelta(hours=1), by=None
    )


def suspended(merchant: Merchant) -> None:
    merchants.set_status(merchant=merchant, status=Merchant.Status.SUSPENDED)


WANTS_ATTENTION: dict[str, Callable[[Merchant], None]] = {
    "keys_quarantined": quarantined,
    "keys_ending": ending,
    "overlaps": overlapping,
    "open_cases": leaked,
    "merchants_not_active": suspended,
}


@pytest.mark.parametrize("what", WANTS_ATTENTION)
def test_what_wants_attention(acme: Merchant, sandbox: Merchant, what: str) -> None:
    WANTS_ATTENTION[what](sandbox)
    assert not list(dashboard.attention()[what])
    WANTS_ATTENTION[what](acme)
    assert len(list(dashboard.attention()[what])) == 1


@pytest.mark.parametrize("concern", hygiene.CONCERNS, ids=lambda concern: concern.name)
def test_hygiene(acme: Merchant, sandbox: Merchant, concern: hygiene.Concern) -> None:
    later = clock.now() + timedelta(days=70)
    factories.early_test_key(acme)
    for merchant in (sandbox, acme):
        ends = later + timedelta(days=10)
        old = keys.issue_key(
            merchant=merchant, environment="test" if merchant.is_sandbox else "live", expires_at=ends
        ).key
        quarantined(merchant)
        with clock.frozen_at(later - timedelta(hours=1)):
            keys.rotate_secret(key=old, overlap=timedelta(hours=5))
    found = {getattr(row, "key", row).merchant for row in concern.rows(later)}
    assert found == {acme}


def test_reminders_of_a_keys_end(acme: Merchant, sandbox: Merchant) -> None:
    factories.member(acme, "owner")
    ending(sandbox)
    ending(acme)
    expiry.send_reminders()
    assert OutgoingEmail.objects.filter(template="key_expires").values_list("merchant", flat=True).get() == acme.pk


# --- reconciliation ---------------------------------------------------------------------------------------------------
def with_plan(merchant: Merchant) -> ReconciliationPlan:
    """Also one that says that it is on: as no page or service makes it."""
    return ReconciliationPlan.objects.create(merchant=merchant, is_on=True)


def test_no_day_of_a_sandbox_is_due_or_late(acme: Merchant, sandbox: Merchant) -> None:
    with_plan(sandbox)
    with clock.frozen_at(LATE):
        assert not schedule.due_days(LATE)
        assert not alarms.all_alarms()
        with_plan(acme)
        assert {each.code for each in schedule.due_days(LATE)} == {"acme"}


def test_no_statement_of_a_sandbox_is_fetched(acme: Merchant, sandbox: Merchant) -> None:
    for merchant in (sandbox, acme):
        with_plan(merchant)
        StatementSource.objects.create(merchant=merchant, kind="url", address="https://a.example/{day}", is_on=True)
    Merchant.objects.update(created_at=LATE - timedelta(days=9))
    assert {source.merchant for source, _ in pull.due_sources(LATE)} == {acme}


def test_its_plan_has_no_timetable(sandbox: Merchant) -> None:
    with pytest.raises(refusals.NoTimetable):
        planning.set_plan(merchant=sandbox, is_on=True)
    assert not planning.set_plan(merchant=sandbox, hour=9).is_on


def test_no_page_switches_its_timetable_on(
    client: Client, acme: Merchant, sandbox: Merchant, support: Person, owner: Person
) -> None:
    """Neither staff's nor its people's, nor the one of where statements are fetched."""
    says = "A sandbox has no daily reconciliation."
    signed_in(client, support)
    fields = {"merchant": sandbox.pk, "hour": 8, "is_on": "on", "grain": "rows", "unsettled_hours": 24}
    fields |= {"high_amount": "100", "write_off_alone": "0", "recipients": ""}
    assert says in said(client.post("/admin/wallet/reconciliationplan/add/", fields))
    signed_in(client, owner)
    path = f"/operator/{sandbox.code}/reconciliation/plan/"
    assert says in said(send(client, f"{path}change/", is_on="on"))
    source = {"kind": "url", "address": "https://files.example.com/{day}.csv"}
    assert says in said(send(client, f"{path}source/", **source))
    assert not ReconciliationPlan.objects.filter(is_on=True).exists()
    assert not StatementSource.objects.exists()


def case_of(merchant: Merchant, **fields: Any) -> Case:
    run = Reconciliation.objects.create(
        merchant=merchant, day=DAY, number=1, state="done", outcome="breaks", begun_at=LATE, done_at=LATE
    )
    told = {
        "kind": "owed",
        "currency": "EUR",
        "difference": -(10**9),
        "opened_at": LATE,
        "severity": Case.Severity.OWED,
    } | fields
    return Case.objects.create(merchant=merchant, day=DAY, subject="tx-1", found_by=run, seen_by=run, **told)


def test_staffs_work_on_cases(client: Client, acme: Merchant, sandbox: Merchant, support: Person) -> None:
    own, test = case_of(acme), case_of(sandbox)
    assert list(cases.owed_cases()) == [own]
    assert [kind.total for kind in cases.open_case_ages()] == [1]
    assert list(cases.owed_cases(sandbox)) == [test]
    signed_in(client, support)
    path = "/admin/wallet/case/"
    assert list(client.get(path).context["cl"].result_list) == [own]
    assert list(client.get(path, {"merchant__id__exact": sandbox.pk}).context["cl"].result_list) == [test]
    assert client.get(f"{path}{test.pk}/change/").status_code == 200


def test_one_person_writes_off_what_a_sandbox_is_short_of(acme: Merchant, sandbox: Merchant, support: Person) -> None:
    for merchant, state in ((sandbox, "resolved"), (acme, "open")):
        case = case_of(merchant, kind="amount", severity=Case.Severity.HIGH)
        cases.write_off(case=case, text="Only a test.", by=support)
        case.refresh_from_db()
        assert case.state == state


def test_a_statement_of_a_sandbox_is_compared_when_asked_for(sandbox: Merchant, support: Person) -> None:
    reconciling.state(sandbox, [], DAY)
    with clock.frozen_at(LATE):
        run = schedule.compare_requested(merchant=sandbox, day=DAY, by=support)
    assert run is not None
    assert run.state == "done"
    assert not OutgoingEmail.objects.exists()


def test_the_check_of_the_books_reads_sandboxes_and_names_them(tester: Caller) -> None:
    rows = Transaction.objects.count()
    assert verification.verify_rows().rows == rows
    assert "sandbox" in Merchant.objects.get(sandbox_of=tester.merchant).code
