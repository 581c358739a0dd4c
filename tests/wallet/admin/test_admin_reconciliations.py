"""Comparisons, their reports, and the red lines on the first page, as staff see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from merchants.models import Merchant, OutgoingEmail, Person
from portal.lib import clock
from tests.pages import submit
from tests.people import signed_in
from tests.wallet import reconciling
from wallet.models import Case, Reconciliation, ReportDelivery
from wallet.reconciliation import on_demand

LIST = "/admin/wallet/reconciliation/"
REPORTS = "/admin/wallet/reportdelivery/"
DAY = date(2026, 3, 10)
MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)
SIDE = {
    "currency": "EUR", "kind": "bet", "ours_rows": 3, "ours_amount": "300000", "theirs_rows": 2,
    "theirs_amount": "100000",
}  # fmt: skip
BREAK = {"kind": "missing_there", "currency": "EUR", "breaks": 1, "difference": "-200000", "size": "200000"}
FIGURES = {"matched": 2, "ours": 3, "theirs": 2, "sides": [SIDE], "breaks": [BREAK]}


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def run(acme: Merchant) -> Reconciliation:
    Merchant.objects.filter(pk=acme.pk).update(created_at=MORNING - timedelta(days=10))
    acme.refresh_from_db()
    reconciling.plan(acme)
    return compared(acme, outcome="breaks", figures=FIGURES)


@pytest.fixture
def delivery(run: Reconciliation) -> ReportDelivery:
    email = OutgoingEmail.objects.create(
        merchant=run.merchant, to="cfo@acme.test", template="reconciliation", due_at=MORNING, context={"run": run.pk}
    )  # fmt: skip
    OutgoingEmail.objects.update(state="given_up", attempts=7, last_answer="550 no such mailbox")
    email.refresh_from_db()
    return ReportDelivery.objects.create(reconciliation=run, to=email.to, email=email, created_at=MORNING)


def compared(merchant: Merchant, number: int = 1, **fields: Any) -> Reconciliation:
    told = {"day": DAY, "state": "done", "outcome": "clear", "begun_at": MORNING, "done_at": MORNING} | fields
    return Reconciliation.objects.create(merchant=merchant, number=number, **told)


def read(client: Client, path: str, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


# --- comparisons ------------------------------------------------------------------------------------------------------
def test_a_comparison_shows_what_the_mail_says(staff: Client, run: Reconciliation) -> None:
    assert "66.66 %" in read(staff, LIST)
    page = read(staff, f"{LIST}{run.pk}/change/")
    for said in ("66.66 %", str(Case.Kind.MISSING_THERE.label), "3.00", "1.00", "2.00"):
        assert said in page, said


def test_a_comparison_that_failed_says_why(staff: Client, acme: Merchant) -> None:
    run = compared(acme, state="failed", outcome="", done_at=None, fault="OperationalError: gone")
    assert "OperationalError: gone" in read(staff, f"{LIST}{run.pk}/change/")


def test_earlier_comparisons_of_the_day_stay_to_be_seen(staff: Client, run: Reconciliation) -> None:
    again = compared(run.merchant, number=2)
    assert f"{LIST}{run.pk}/change/" in read(staff, f"{LIST}{again.pk}/change/")


@pytest.mark.parametrize(
    ("query", "found"), [({}, 2), ({"outcome__exact": "breaks"}, 1), ({"day_to": "2026-03-09"}, 0)]
)
def test_comparisons_are_filtered(staff: Client, run: Reconciliation, query: dict[str, str], found: int) -> None:
    compared(run.merchant, number=2)
    assert len(staff.get(LIST, query).context["cl"].result_list) == found


def test_a_day_is_compared_again_after_a_question(
    staff: Client, run: Reconciliation, support: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(on_demand, "ask_for_comparison", lambda **about: asked.append(about))
    assert "Recurring breaks keep their cases" in read(staff, f"{LIST}{run.pk}/again/")
    assert not asked
    submit(staff, f"{LIST}{run.pk}/again/")
    assert asked == [{"merchant": run.merchant, "day": DAY, "by": support}]


def test_a_day_that_is_compared_at_this_moment_is_not_compared_again(staff: Client, run: Reconciliation) -> None:
    compared(run.merchant, number=2, state="running", outcome="", done_at=None)
    answer = submit(staff, f"{LIST}{run.pk}/again/")
    assert "is in progress" in unescape(answer.content.decode())
    assert Reconciliation.objects.count() == 2


# --- reports ----------------------------------------------------------------------------------------------------------
def test_a_report_that_was_given_up_shows_the_servers_answer(staff: Client, delivery: ReportDelivery) -> None:
    for page in (REPORTS, f"{REPORTS}{delivery.pk}/change/", f"{LIST}{delivery.reconciliation_id}/change/"):
        assert "550 no such mailbox" in read(staff, page)
        assert "given up" in read(staff, page)


def test_a_bounce_is_seen(staff: Client, delivery: ReportDelivery) -> None:
    ReportDelivery.objects.update(bounced_at=MORNING, bounce="5.1.1 unknown user")
    page = read(staff, REPORTS, state="bounced")
    assert "5.1.1 unknown user" in page
    assert "cfo@acme.test" in page
    assert "cfo@acme.test" not in read(staff, REPORTS, state="given up")


def test_a_report_is_sent_again_as_another_email(staff: Client, delivery: ReportDelivery) -> None:
    before = delivery.email_id
    assert "A new email" in read(staff, f"{REPORTS}{delivery.pk}/send_again/")
    submit(staff, f"{REPORTS}{delivery.pk}/send_again/")
    delivery.refresh_from_db()
    assert delivery.email_id != before
    answer = submit(staff, f"{REPORTS}{delivery.pk}/send_again/")
    assert "is waiting to be sent" in unescape(answer.content.decode())


# --- the first page, the merchant's, the search -----------------------------------------------------------------------
def owed(run: Reconciliation) -> Case:
    return Case.objects.create(
        merchant=run.merchant, day=DAY, kind="owed", subject="late-win", player_id="player-7", severity=4, found_by=run,
        seen_by=run, opened_at=MORNING,
    )  # fmt: skip


def test_what_is_late_and_what_is_owed_stands_red_on_the_first_page_and_on_the_merchants(
    client: Client, support: Person, run: Reconciliation
) -> None:
    owed(run)
    Case.objects.create(
        merchant=run.merchant, day=DAY, kind="amount", subject="tx", found_by=run, seen_by=run, opened_at=MORNING
    )
    with clock.frozen_at((clock.now() + timedelta(days=2)).replace(hour=12)):
        staff = signed_in(client, support)
        first = staff.get("/admin/")
        panel = read(staff, f"/admin/merchants/merchant/{run.merchant_id}/change/")
    lines = [(merchant, alarm.cause) for merchant, alarm in first.context["alarms"]]
    assert (run.merchant, "not_run") in lines
    assert "Refused payout (owed to player)" in first.context["case_ages"]["rows"][0][0]
    page = unescape(first.content.decode())
    for shown in (page, panel):
        assert "was not compared, although its report was due" in shown
        assert "Money is owed to a player of" in shown
        assert "late-win" in shown


def test_a_merchant_without_a_plan_is_led_to_one(staff: Client, acme: Merchant) -> None:
    page = read(staff, f"/admin/merchants/merchant/{acme.pk}/change/")
    assert "there is no plan" in page
    assert f"/admin/wallet/reconciliationplan/add/?merchant={acme.pk}" in page


@pytest.mark.parametrize("text", ["late-win", "player-7"])
def test_the_search_box_finds_a_case(staff: Client, run: Reconciliation, text: str) -> None:
    case = owed(run)
    page = read(staff, "/admin/find/", q=text)
    assert f"/admin/wallet/case/{case.pk}/change/" in page
    assert f"/admin/wallet/case/?q={text}&state=all" in page


def test_what_nobody_has_is_not_found_as_a_case(staff: Client, run: Reconciliation) -> None:
    owed(run)
    assert "Reconciliation cases" not in read(staff, "/admin/find/", q="late")
