"""Severity and write-offs by currency: as stated for a currency, else by its rate, else by its decimals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from merchants.errors import SecondPersonNeeded
from merchants.models import Merchant, Person
from merchants.services import history, sandboxes
from tests.people import signed_in
from tests.plugins.database_role import unguarded
from tests.wallet import reconciling
from tests.wallet.reconciling import Busy, case, changed, reconcile, state
from wallet.models import Case, CurrencyRate, Reconciliation, ReconciliationPlan
from wallet.reconciliation import cases, planning
from wallet.reconciliation.plans import write_off_alone
from wallet.reconciliation.thresholds import thresholds

MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)
EURO = 100_000
RATES = "/admin/wallet/currencyrate/"


@pytest.fixture
def plan(acme: Merchant) -> ReconciliationPlan:
    """High from EUR 1,000.00, one person writes off EUR 10.00."""
    own = {"write_off_alone_by_currency": {"SEK": 7 * EURO}, "high_amount_by_currency": {"KWD": 5 * EURO}}
    return reconciling.plan(acme, high_amount=1_000 * EURO, write_off_alone=10 * EURO, **own)


def test_each_currency_has_its_own_amounts(plan: ReconciliationPlan) -> None:
    with unguarded():
        CurrencyRate.objects.create(currency="IDR", per_euro=18_000 * EURO)
        CurrencyRate.objects.create(currency="BTC", per_euro=1)
    in_words = {
        "EUR": (1_000 * EURO, 10 * EURO),
        "": (1_000 * EURO, 10 * EURO),
        "JPY": (100_000 * EURO, 1_000 * EURO),
        "KWD": (5 * EURO, 1 * EURO),
        "CLF": (10 * EURO, EURO // 10),
        "SEK": (1_000 * EURO, 7 * EURO),
        "IDR": (18_000_000 * EURO, 180_000 * EURO),
        "BTC": (1_000, 10),
        "USDT": (1 * EURO, EURO // 100),
    }
    assert {each.currency: each[1:] for each in thresholds(plan, in_words)} == in_words


def test_a_limit_that_is_not_whole_counts_for_the_stricter_side(plan: ReconciliationPlan) -> None:
    plan.high_amount, plan.write_off_alone = 15, 15
    assert thresholds(plan, ["KWD"])[0][1:] == (5 * EURO, 1)
    plan.high_amount_by_currency = None
    assert thresholds(plan, ["KWD"])[0][1:] == (2, 1)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "SEK", "USDT"])
def test_one_person_writes_off_up_to_the_limit_of_the_currency(
    plan: ReconciliationPlan, support: Person, currency: str
) -> None:
    """In the service and, past it, in the database."""
    limit = write_off_alone(plan.merchant, currency)
    run = Reconciliation.objects.create(
        merchant=plan.merchant, day=date(2026, 3, 10), number=1, state="done", outcome="breaks", begun_at=MORNING,
        done_at=MORNING,
    )  # fmt: skip
    known = {"merchant": plan.merchant, "day": run.day, "found_by": run, "seen_by": run, "opened_at": MORNING}
    high = Case.objects.create(kind="amount", subject="a", currency=currency, difference=-limit - 1, **known)
    cases.write_off(case=high, text="Rounding.", by=support)
    high.refresh_from_db()
    assert high.state == "open"
    closed = {"state": "resolved", "resolution": "ours", "resolved_by": support, "resolved_at": MORNING}
    with pytest.raises(IntegrityError, match="a second person closes this case"), transaction.atomic():
        Case.objects.filter(pk=high.pk).update(write_off_asked_by=None, **closed)
    low = Case.objects.create(kind="amount", subject="b", currency=currency, difference=limit, **known)
    cases.write_off(case=low, text="Rounding.", by=support)
    low.refresh_from_db()
    assert low.state == "resolved"


@pytest.mark.parametrize(
    ("fields", "high", "severity"),
    [
        ({"amount": 1}, {}, Case.Severity.HIGH),
        ({"amount": 1}, {"JPY": 1}, Case.Severity.HIGH),
        ({"amount": 1}, {"EUR": 19_990}, Case.Severity.MEDIUM),
        ({"amount": 1}, {"EUR": 19_991}, Case.Severity.LOW),
        ({"player_id": "player-2"}, {"EUR": 10**12}, Case.Severity.HIGH),
        ({"game_id": "G0000000000000"}, {"EUR": 10**12}, Case.Severity.LOW),
    ],
)
def test_a_break_is_judged_in_its_currency_and_a_payout_to_another_player_is_high(
    busy: Busy, fields: dict[str, object], high: dict[str, int], severity: Case.Severity
) -> None:
    reconciling.plan(busy.merchant, high_amount=100, high_amount_by_currency=high or None)
    state(busy.merchant, changed(busy.lines(), "win", **fields))
    reconcile(busy.merchant)
    assert Case.objects.get(subject="win").severity == severity


def test_a_bet_of_another_player_is_judged_by_its_amount(busy: Busy) -> None:
    state(busy.merchant, changed(busy.lines(), "lost", player_id="player-2"))
    reconcile(busy.merchant)
    assert case(busy.merchant, "whose", "lost").severity == Case.Severity.LOW


def test_age_never_makes_a_payout_to_another_player_less_grave(busy: Busy) -> None:
    """The daily raise reads the same rule, with the same rate."""
    state(busy.merchant, changed(busy.lines(), "win", player_id="player-2"))
    reconcile(busy.merchant)
    Case.objects.update(severity=Case.Severity.LOW)
    with history.act_as(door="job"):
        assert cases.grow_older() == 1
    assert case(busy.merchant, "whose", "win").severity == Case.Severity.HIGH


# --- Rates ------------------------------------------------------------------------------------------------------------
def test_an_administrator_keeps_the_rates_and_their_history(client: Client, administrator: Person) -> None:
    desk = signed_in(client, administrator)
    refused = desk.post(f"{RATES}add/", {"currency": "JPY", "per_euro": "160,50"}).content.decode()
    assert "Write the amount with a dot: 160.50." in refused
    assert desk.post(f"{RATES}add/", {"currency": "JPY", "per_euro": "160.50"}).status_code == 302
    rate = CurrencyRate.objects.get()
    assert "JPY 160.5" in desk.get(RATES).content.decode()
    assert desk.post(f"{RATES}{rate.pk}/change/", {"currency": "KRW", "per_euro": "170"}).status_code == 302
    rate.refresh_from_db()
    assert (rate.currency, rate.per_euro) == ("JPY", 170 * EURO)
    told = [entry.title for entry in history.timeline(rate)]
    assert told == [
        "Exchange rate of JPY: Units per euro: 160.5 → 170",
        "Exchange rate added: EUR 1.00 is JPY 160.5",
    ]
    assert history.timeline(rate)[0].who == administrator.email
    assert "Units per euro" in desk.get(f"{RATES}{rate.pk}/timeline/").content.decode()


def test_others_of_our_staff_only_read_the_rates(client: Client, support: Person) -> None:
    """A rate moves what one person may write off, as the limit itself does."""
    rate = CurrencyRate.objects.create(currency="JPY", per_euro=160 * EURO)
    desk = signed_in(client, support)
    assert desk.get(f"{RATES}{rate.pk}/change/").status_code == 200
    assert desk.get(f"{RATES}add/").status_code == 403
    assert desk.post(f"{RATES}{rate.pk}/change/", {"per_euro": "9999"}).status_code == 403


@pytest.mark.parametrize(("currency", "rate"), [("EUR", 1), ("XXX", 1), ("jpy", 1), ("J¥", 1), ("JPY", 0), ("JPY", -1)])
def test_a_rate_is_of_another_currency_and_above_zero(db: None, currency: str, rate: int) -> None:
    with pytest.raises(IntegrityError, match="currency_rate"), transaction.atomic():
        CurrencyRate.objects.create(currency=currency, per_euro=rate)


def test_a_rate_is_never_deleted(db: None) -> None:
    CurrencyRate.objects.create(currency="JPY", per_euro=1)
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"Cannot delete|permission denied"):
        cursor.execute("DELETE FROM wallet_currencyrate")


# --- A raise ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("own", "is_raise"),
    [
        ({"SEK": 7 * EURO + 1}, True),
        ({"SEK": 6 * EURO}, False),
        (None, True),  # SEK follows the euro again: 10.00
        ({"SEK": 7 * EURO, "JPY": 1_000 * EURO}, False),
        ({"SEK": 7 * EURO, "JPY": 1_000 * EURO + 1}, True),
        ({"SEK": 7 * EURO, "EUR": 11 * EURO}, True),
        ({"SEK": 7 * EURO, "EUR": 9 * EURO}, False),
    ],
)
def test_a_raise_in_any_currency_needs_a_second_person_and_a_cut_does_not(
    plan: ReconciliationPlan, administrator: Person, own: dict[str, int] | None, *, is_raise: bool
) -> None:
    """In the service and, past it, in the database."""
    same = ReconciliationPlan.objects.filter(pk=plan.pk)
    if not is_raise:
        assert same.update(write_off_alone_by_currency=own) == 1
        return
    with pytest.raises(SecondPersonNeeded):
        planning.set_plan(merchant=plan.merchant, by=administrator, write_off_alone_by_currency=own)
    with pytest.raises(IntegrityError, match="a second person approves a higher"), transaction.atomic():
        same.update(write_off_alone_by_currency=own)


def test_a_new_plan_with_an_amount_of_a_currency_needs_a_second_person(acme: Merchant) -> None:
    with pytest.raises(IntegrityError, match="a second person approves a higher"), transaction.atomic():
        ReconciliationPlan.objects.create(merchant=acme, write_off_alone_by_currency={"JPY": 1})
    ReconciliationPlan.objects.create(merchant=acme, write_off_alone_by_currency={"JPY": 0})


def test_in_a_sandbox_one_person_sets_the_limit(acme: Merchant, administrator: Person) -> None:
    sandbox = sandboxes.create_sandbox(merchant=acme)
    planning.set_plan(merchant=sandbox, by=administrator, is_on=False, write_off_alone=5)
    assert ReconciliationPlan.objects.get(merchant=sandbox).write_off_alone == 5


@pytest.mark.parametrize(
    ("currency", "rate", "is_raise"),
    [
        ("JPY", 101, True),  # without a rate it is 100
        ("JPY", 100, False),
        ("IDR", 2, True),
        ("PLN", 5, True),  # its rate is 4
        ("PLN", 3, False),
        ("SEK", 11, False),  # has an amount of its own
    ],
)
def test_no_rate_raises_a_limit(
    client: Client, plan: ReconciliationPlan, administrator: Person, currency: str, rate: int, *, is_raise: bool
) -> None:
    """On the page and, past it, in the database."""
    with unguarded():
        kept = CurrencyRate.objects.create(currency="PLN", per_euro=4 * EURO)
    desk = signed_in(client, administrator)
    page = f"{RATES}{kept.pk}/change/" if currency == "PLN" else f"{RATES}add/"
    answer = desk.post(page, {"currency": currency, "per_euro": f"{rate}.00"})
    if not is_raise:
        assert answer.status_code == 302
        assert CurrencyRate.objects.get(currency=currency).per_euro == rate * EURO
        return
    assert f"these merchants: acme. First set a limit in {currency}" in answer.content.decode()
    told: dict[str, Any] = {"currency": currency, "defaults": {"per_euro": rate * EURO}}
    with pytest.raises(IntegrityError, match="a rate raises no write-off limit"), transaction.atomic():
        CurrencyRate.objects.update_or_create(**told)
    ReconciliationPlan.objects.update(write_off_alone=0)
    CurrencyRate.objects.update_or_create(**told)


# --- The plan ---------------------------------------------------------------------------------------------------------
def test_the_plan_shows_the_limits_of_the_merchants_currencies(client: Client, busy: Busy, owner: Person) -> None:
    reconciling.plan(busy.merchant, high_amount_by_currency={"EUR": 5 * EURO})
    page = signed_in(client, owner).get(f"/operator/{busy.merchant.code}/reconciliation/plan/")
    assert "EUR 5.00" in page.content.decode()
