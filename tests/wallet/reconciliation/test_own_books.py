"""What is wrong in our own books is a case of its merchant, whatever the operator says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from merchants.models import Merchant, Person
from tests.plugins.database_role import unguarded
from tests.wallet.reconciling import DATE, Busy, at, breaks, case, closed_by_one, day, reconcile, state
from wallet.models import Case, Reconciliation
from wallet.reconciliation import cases

NEXT = DATE + timedelta(days=1)


@pytest.fixture
def stated(busy: Busy) -> Busy:
    state(busy.merchant, busy.lines())
    return busy


def behind_its_back(sql: str, *parameters: Any) -> None:
    with unguarded() as cursor:
        cursor.execute(sql, parameters)


def test_a_balance_that_its_rows_do_not_come_to(stated: Busy) -> None:
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    assert reconcile(stated.merchant).outcome == "breaks"
    assert breaks(stated.merchant) == {("balance", "player-1|EUR")}
    assert case(stated.merchant, "balance", "player-1|EUR").difference == 5


def test_a_payout_that_stands_on_a_bet_that_was_rolled_back(stated: Busy) -> None:
    behind_its_back("UPDATE wallet_transaction SET reverses_id = NULL WHERE kind = 'rollback' AND part = 1")
    reconcile(stated.merchant)
    assert ("paid_on_rolled_back", "void-win") in breaks(stated.merchant)


def test_an_account_below_zero(stated: Busy) -> None:
    with at(stated.merchant, timedelta(hours=13)):
        stated.machine.withdraw(40_000_000)
        stated.machine.rollback("deposit")
    state(stated.merchant, stated.lines())
    reconcile(stated.merchant)
    assert breaks(stated.merchant) == {("below_zero", "player-1|EUR")}


def test_each_night_it_is_the_same_case_until_it_is_mended(stated: Busy) -> None:
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    reconcile(stated.merchant)
    reconcile(stated.merchant)
    figures = reconcile(stated.merchant, NEXT).figures
    assert (figures.broken, [(each.kind, each.day) for each in figures.elsewhere]) == (0, [("balance", str(DATE))])
    found = Case.objects.get()
    assert (found.day, found.seen_by.day) == (DATE, NEXT)
    behind_its_back("UPDATE wallet_account SET balance = balance - 5 WHERE kind = 'player'")
    reconcile(stated.merchant, NEXT + timedelta(days=1))
    found.refresh_from_db()
    assert (found.state, found.resolution) == ("resolved", "corrected")


def test_what_a_person_said_of_our_books_is_believed_until_it_is_another_thing(stated: Busy, support: Person) -> None:
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    reconcile(stated.merchant)
    closed_by_one(stated.merchant)
    cases.resolve_case(case=Case.objects.get(), resolution="ours", text="We mend it on Friday.", by=support)
    for later in (1, 2, 3):
        reconcile(stated.merchant, DATE + timedelta(days=later))
    assert Case.objects.get().state == "resolved"
    behind_its_back("UPDATE wallet_account SET balance = balance + 2 WHERE kind = 'player'")
    reconcile(stated.merchant, DATE + timedelta(days=4))
    found = Case.objects.get()
    assert (found.day, found.state, found.difference) == (DATE, "open", 7)


@pytest.mark.parametrize("state_of_run", ["running", "failed"])
def test_a_comparison_that_did_not_end_has_not_looked_at_our_books(stated: Busy, state_of_run: str) -> None:
    """Its worker was killed: the next one is the first that looks."""
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    begun = day(stated.merchant).ready
    Reconciliation.objects.create(merchant=stated.merchant, day=DATE, number=1, state=state_of_run, begun_at=begun)
    found = reconcile(stated.merchant)
    assert found.run is not None
    assert found.run.number == 2
    assert breaks(stated.merchant) == {("balance", "player-1|EUR")}


def test_what_a_person_said_of_our_books_is_counted_alike_by_each_comparison(stated: Busy, support: Person) -> None:
    """As all else that a person has resolved: it is a break still, and nobody's work any more."""
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    reconcile(stated.merchant)
    closed_by_one(stated.merchant)
    cases.resolve_case(case=Case.objects.get(), resolution="theirs", text="They know.", by=support)
    again = reconcile(stated.merchant)
    assert (again.outcome, again.is_news) == ("breaks", False)
    assert reconcile(stated.merchant, NEXT).figures.elsewhere[0].breaks == 1
    for each in (DATE, NEXT, DATE, NEXT):
        again = reconcile(stated.merchant, each)
        assert (again.figures.broken, again.is_news) == (int(each == DATE), False)
    assert Case.objects.get().state == "resolved"
    behind_its_back("UPDATE wallet_account SET balance = balance - 5 WHERE kind = 'player'")
    assert reconcile(stated.merchant, NEXT + timedelta(days=1)).figures.broken == 0
    assert reconcile(stated.merchant).outcome == "clear"


def test_a_comparison_that_does_not_look_believes_who_says_that_our_books_are_mended(
    stated: Busy, support: Person
) -> None:
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    reconcile(stated.merchant)
    closed_by_one(stated.merchant)
    cases.resolve_case(case=Case.objects.get(), resolution="corrected", text="Mended.", by=support)
    assert reconcile(stated.merchant).outcome == "clear"
    assert Case.objects.get().state == "resolved"
    reconcile(stated.merchant, NEXT)
    assert Case.objects.get().state == "open"


def test_another_merchants_books_are_not_looked_at(stated: Busy, rival: Merchant) -> None:
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    assert reconcile(rival).outcome == "nothing"
