"""What mail, page and command say of a comparison's figures, where a file ends early or is one of totals."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from merchants.models import Person
from portal.lib import clock
from tests.people import signed_in
from tests.wallet import reconciling
from tests.wallet.reconciling import DATE, HOUR, Busy, Line, breaks
from wallet.models import Reconciliation
from wallet.reconciliation import figures, plans, report

STANDS = {"deposit": 50_000_000, "bet": 1_500, "payout": 2_000, "reward": 300, "withdraw": 200}  # of a busy day


def totals() -> list[Line]:
    return [Line("", kind, "player-1", "EUR", amount) for kind, amount in STANDS.items()]


def compared(busy: Busy) -> Reconciliation:
    run = reconciling.reconcile(busy.merchant).run
    assert run is not None
    return Reconciliation.objects.get(pk=run.pk)


def test_rows_behind_the_end_of_a_file_are_rows_that_do_not_match(busy: Busy) -> None:
    """They are one break, and none of it is of a row."""
    with reconciling.at(busy.merchant, 13 * HOUR):
        for number in range(25):
            busy.machine.deposit(1, transactionId=f"small-{number}")
    reconciling.state(busy.merchant, busy.lines()[:12])
    found = figures.figures_of(compared(busy))
    assert breaks(busy.merchant) == {("truncated", "")}
    assert (found.matched, found.ours, found.rate) == (12, 37, "32.43 %")


def test_totals_that_agree_are_counted_as_totals_wherever_it_is_said(
    busy: Busy, client: Client, support: Person
) -> None:
    reconciling.state(busy.merchant, totals(), grain="totals")
    run = compared(busy)
    told = report.contents(run, plans.plan_of(run.merchant))
    assert (told["rate"], told["agreed"]) == ("100.00 %", "5 totals agree")
    out = StringIO()
    with clock.frozen_at(reconciling.day(busy.merchant).ready + timedelta(hours=5)):
        call_command("reconcile", "acme", str(DATE), "--dry-run", stdout=out)
    assert "100.00 % matched: 5 totals agree; 0 breaks." in " ".join(out.getvalue().split())
    page = signed_in(client, support).get(f"/admin/wallet/reconciliation/{run.pk}/change/").content.decode()
    assert "Matched totals" in page
    assert "Matched rows" not in page


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("no_statement", "The previous day had no statement."),
        ("nothing", "The previous day had nothing to compare."),
    ],
)
def test_a_day_before_that_was_not_compared_has_no_rate(busy: Busy, before: str, sentence: str) -> None:
    missing = {"kind": "no_statement", "currency": "", "breaks": 1, "difference": "0", "size": "0"}
    Reconciliation.objects.create(
        merchant=busy.merchant, day=DATE - timedelta(days=1), number=1, state="done", outcome=before,
        figures={"breaks": [missing] if before == "no_statement" else []},
        begun_at=reconciling.day(busy.merchant).begin, done_at=reconciling.day(busy.merchant).begin,
    )  # fmt: skip
    reconciling.state(busy.merchant, busy.lines())
    run = compared(busy)
    assert report.change_since_yesterday(run, figures.figures_of(run)) == sentence


def test_a_day_without_a_statement_is_not_measured_by_the_day_before(busy: Busy) -> None:
    reconciling.state(busy.merchant, [Line("stray", "bet", "player-1", "EUR", 7)], DATE - timedelta(days=1))
    reconciling.reconcile(busy.merchant, DATE - timedelta(days=1))
    run = compared(busy)
    assert run.outcome == "no_statement"
    assert report.change_since_yesterday(run, figures.figures_of(run)) == (
        "Previous day: 1 break, EUR 0.00007, 0.00 % matched."
    )
