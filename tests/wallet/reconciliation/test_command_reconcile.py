"""The command does what the job does, and says what it found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from merchants.models import Contact, Merchant
from portal.lib import clock
from tests.wallet import reconciling
from tests.wallet.reconciling import Line
from wallet.models import Case, Reconciliation, ReconciliationPlan, ReportDelivery
from wallet.reconciliation import schedule

DAY = date(2026, 3, 10)
MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)
STRAY = Line("stray", "bet", "player-1", "EUR", 700)


@pytest.fixture
def plan(acme: Merchant) -> ReconciliationPlan:
    Contact.objects.create(merchant=acme, email="finance@acme.test")
    return reconciling.plan(acme)


def said(*arguments: str, at: datetime = MORNING) -> tuple[str, int]:
    out = StringIO()
    code = 0
    with clock.frozen_at(at):
        try:
            call_command("reconcile", *arguments, stdout=out)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return " ".join(out.getvalue().split()), code


def test_breaks_are_told_and_kept_and_nothing_is_sent_unasked(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    text, code = said("acme", "2026-03-10")
    assert code == 1
    assert (
        "2026-03-10: Breaks. 0.00 % matched: 0 of 0 rows in our ledger and 1 rows in the statement; 1 breaks." in text
    )
    assert Case.objects.get().subject == "stray"
    assert not ReportDelivery.objects.exists()


def test_all_clear_ends_well(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [])
    text, code = said("acme", "2026-03-10")
    assert (code, "All clear" in text) == (0, True)


def test_a_dry_run_shows_the_same_and_leaves_nothing(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    text, code = said("acme", "2026-03-10", "--dry-run")
    assert code == 1
    assert "Dry run: nothing was stored." in text
    assert not Case.objects.exists()
    assert not Reconciliation.objects.exists()


def test_the_report_is_sent_when_asked_and_once(plan: ReconciliationPlan) -> None:
    reconciling.state(plan.merchant, [STRAY])
    assert "Report sent to finance@acme.test." in said("acme", "2026-03-10", "--send")[0]
    assert "No report was sent" in said("acme", "2026-03-10", "--send")[0]
    with clock.frozen_at(MORNING + timedelta(minutes=1)):
        assert schedule.run_due_days() == 0, "the job finds nothing left to do"
    assert ReportDelivery.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody", "2026-03-10"], "no merchant with the code 'nobody'"),
        (["acme", "2026-03-12"], "is complete on 13 Mar 2026, 03:00 UTC"),
        (["acme", "2026-03-10", "--dry-run", "--send"], "Choose one of the two"),
        (["acme", "yesterday"], "invalid fromisoformat value|invalid .* value"),
    ],
)
def test_what_cannot_be_done_is_said(plan: ReconciliationPlan, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)
