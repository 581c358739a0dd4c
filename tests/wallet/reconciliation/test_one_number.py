"""A day has one number: email, subject, page, calendar, chart, list and files say the same."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from merchants.models import Merchant
from merchants.services import email_outbox
from portal.lib import clock, money
from portal.lib.moments import show_day
from tests import factories
from tests.pages import said
from tests.people import signed_in
from tests.wallet import reconciling
from tests.wallet.reconciling import DATE, Busy, Line, Told, changed, without
from wallet.models import Case, Reconciliation
from wallet.models.reconciliation_plan import ReportRecipient
from wallet.reconciliation import break_amounts, deliveries, folded_rows, matching, report, report_files
from wallet.reconciliation.figures import FigureSide, figures_of

HERE = "/operator/acme/reconciliation/"
STRAYS = [Line(f"stray-{number}", "bet", "player-1", "EUR", 150_000) for number in range(4)]


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


@pytest.fixture
def busy(acme: Merchant, game: Any) -> Busy:
    reconciling.plan(acme)
    ReportRecipient.objects.create(merchant=acme, email="finance@acme.test")
    return reconciling.busy_day(Told(acme, factories.signer(acme), game))


@pytest.fixture
def reader(client: Client, acme: Merchant) -> Client:
    return signed_in(client, factories.member(acme, "manager", email="manager@acme.test"))


def clean(busy: Busy) -> None:
    reconciling.state(busy.merchant, busy.lines())


def late(busy: Busy) -> None:
    reconciling.state(
        busy.merchant, busy.lines(), received_at=reconciling.day(busy.merchant).ready + timedelta(hours=6)
    )


def of_another_day(busy: Busy) -> None:
    """A round of the day before that nobody has ended."""
    with reconciling.at(busy.merchant, of=DATE - timedelta(days=1)):
        busy.machine.deposit(1_000_000, transactionId="purse")
        busy.machine.launch()
        busy.machine.bet(250_000, transactionId="open", roundId="open")
    reconciling.state(busy.merchant, busy.lines())


def in_currencies(busy: Busy) -> None:
    lines = changed(without(busy.lines(), "win"), "reward", amount=100_300)
    yen = Line("yen", "payout", "player-1", "JPY", 50_000_000)
    reconciling.state(busy.merchant, [*lines, yen, Line("dinar", "bet", "player-1", "KWD", 123_400)])


def folded(busy: Busy) -> None:
    reconciling.state(busy.merchant, [*busy.lines(), *STRAYS])


DAYS: dict[str, tuple[Callable[[Busy], None], str]] = {
    "clean": (clean, "All clear"),
    "late": (late, "All clear, statement late"),
    "an open round of another day": (of_another_day, "All clear"),
    "several currencies": (in_currencies, "4 breaks, EUR 1.02, JPY 500, KWD 1.234"),
    "folded": (folded, "4 breaks, EUR 6.00"),
}


@pytest.mark.parametrize("day", DAYS)
def test_each_place_says_the_same(day: str, busy: Busy, reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_OF_A_KIND", 3)
    state, headline = DAYS[day]
    state(busy)
    run = reconciling.reconcile(busy.merchant, after=timedelta(hours=7)).run
    assert run is not None
    with clock.frozen_at(reconciling.day(busy.merchant).ready + timedelta(hours=8)):
        deliveries.send_reports(run=run)
        email_outbox.send_due_emails()
        page, calendar = reader.get(f"{HERE}{DATE}/"), reader.get(HERE)
    assert _subject() == f"Acme Casino, {show_day(DATE)}: {headline}"
    assert page.context["headline"] == headline
    figures = figures_of(run)
    wanted = headline if figures.broken else "0 breaks"
    assert str(page.context["counted"]) == wanted
    (square,) = [each for each in calendar.context["squares"] if each.day == DATE]
    assert square.said == (headline if figures.broken else "all clear")
    assert report.bars(run)[-1].breaks == figures.broken
    assert _exported(run) == (figures.broken, dict(figures.stakes))


def _subject() -> str:
    (message,) = mail.outbox
    assert message.subject.partition(": ")[2] in str(message.body)
    return str(message.subject)


def _exported(run: Reconciliation) -> tuple[int, dict[str, int]]:
    stakes: Counter[str] = Counter()
    rows = list(csv.DictReader(StringIO("".join(report_files.csv_lines(run)).removeprefix("\ufeff"))))
    counted = [row for row in rows if int(row["breaks"])]
    for row in counted:
        stakes[row["currency"]] += round(float(row["at stake"]) * money.SCALE)
    return sum(int(row["breaks"]) for row in counted), {currency: stake for currency, stake in stakes.items() if stake}


def test_breaks_of_another_day_are_named_and_not_counted(busy: Busy, reader: Client) -> None:
    of_another_day(busy)
    run = reconciling.reconcile(busy.merchant).run
    assert run is not None
    deliveries.send_reports(run=run)
    email_outbox.send_due_emails()
    (open_round,) = Case.objects.filter(kind="unsettled")
    sentence = f"{open_round.get_kind_display()} (1, EUR 2.50)"
    (message,) = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert f"Counted on 9 Mar 2026: {sentence}." in html
    assert f"9 Mar 2026: {sentence}" in str(message.body)
    assert sentence in said(reader.get(f"{HERE}{DATE}/"))
    reconciling.state(busy.merchant, busy.lines(DATE - timedelta(days=1)), DATE - timedelta(days=1))


def test_what_is_found_later_is_named_on_its_own_day(busy: Busy, reader: Client) -> None:
    before = DATE - timedelta(days=1)
    of_another_day(busy)
    reconciling.state(busy.merchant, busy.lines(before), before)
    assert reconciling.reconcile(busy.merchant, before).outcome == "clear"
    reconciling.reconcile(busy.merchant)
    page = reader.get(f"{HERE}{before}/")
    assert page.context["headline"] == "All clear"
    assert str(page.context["later"]) == "1 break, EUR 2.50"
    assert "Later reconciliation runs found more breaks for this day: 1 break, EUR 2.50." in said(page)


def test_a_difference_is_ours_minus_theirs_of_every_type(busy: Busy) -> None:
    """Of a bet as of a payout: what the statement lacks is above zero, what our ledger lacks below."""
    lines = changed(without(busy.lines(), "win", "withdraw"), "reward", amount=200)
    reconciling.state(busy.merchant, [*lines, *STRAYS[:1]])
    run = reconciling.reconcile(busy.merchant).run
    assert run is not None
    found = {case.subject: break_amounts.net_difference(case) for case in Case.objects.filter(day=DATE)}
    assert found == {"win": 2_000, "withdraw": 200, "reward": 100, "stray-0": -150_000}
    assert {each.kind: each.net for each in figures_of(run).breaks} == {
        "missing_there": 2_200, "amount": 100, "missing_here": -150_000,
    }  # fmt: skip


def test_a_cut_file_is_one_break_in_each_currency(busy: Busy, reader: Client) -> None:
    merchant = busy.merchant
    with reconciling.at(merchant, timedelta(hours=20)):
        for number in range(20):
            busy.machine.bet(1_000, transactionId=f"late-{number}", roundId=f"late-{number}")
        busy.machine.deposit(700_000, transactionId="yen", currency="JPY", playerId="player-2")
    lines = [line for line in busy.lines() if not line.transaction_id.startswith("late-")]
    reconciling.state(merchant, [line for line in lines if line.transaction_id != "yen"])
    reconciling.reconcile(merchant)
    cut = {case.currency: case for case in Case.objects.filter(kind="truncated")}
    assert {currency: break_amounts.net_difference(case) for currency, case in cut.items()} == {
        "EUR": 20_000,
        "JPY": 700_000,
    }
    page = reader.get(f"{HERE}cases/{cut['EUR'].pk}/")
    assert [each.difference for each in page.context["folded"].lines] == ["EUR 0.01"] * 20


def test_the_rows_of_a_folded_case_are_a_list_and_a_file(
    busy: Busy, reader: Client, rival: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_OF_A_KIND", 3)
    many = [Line(f"stray-{number:03}", "bet", "player-1", "EUR", 150_000) for number in range(60)]
    reconciling.state(busy.merchant, [*busy.lines(), *many])
    reconciling.reconcile(busy.merchant)
    case = Case.objects.get(subject="all|EUR")
    here = f"{HERE}cases/{case.pk}/"
    first = reader.get(here)
    assert (first.context["line"].about, first.context["links"]) == ("60 rows", [])
    second = reader.get(here + first.context["folded"].more)
    shown = [each.row.subject for page in (first, second) for each in page.context["folded"].lines]
    assert shown == [line.transaction_id for line in many]
    assert second.context["folded"].more == ""
    assert not second.context["folded"].is_first
    answer = b"".join(reader.get(f"{here}rows/csv/", secure=True)).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(answer)))
    assert [row["transaction"] for row in rows] == shown
    assert {(row["currency"], row["difference"], row["their amount"]) for row in rows} == {("EUR", "-1.50", "1.50")}
    assert folded_rows.file_name(case) == f"acme-{DATE}-case-{case.pk}-rows.csv"


def test_the_email_says_that_the_breaks_add_up() -> None:
    line = report.SideLine.build(FigureSide("EUR", "bet", 2, 500_000, 1, 300_000, explained=200_000))
    assert (line.difference, line.explained, line.unexplained, line.is_unexplained) == ("2.00", "2.00", "0.00", False)
    rest = report.SideLine.build(FigureSide("JPY", "bet", 2, 500_000, 1, 300_000, explained=100_000))
    assert (rest.difference, rest.explained, rest.unexplained, rest.is_unexplained) == ("2", "1", "1", True)
