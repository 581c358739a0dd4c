"""What is wrong in our own books is a case of its merchant, whatever the operator says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from merchants.models import Merchant, Person
from tests.wallet.reconciling import DATE, Busy, at, breaks, case, reconcile, state
from wallet.models import Case
from wallet.reconciliation import cases

NEXT = DATE + timedelta(days=1)


@pytest.fixture
def stated(busy: Busy) -> Busy:
    state(busy.merchant, busy.lines())
    return busy


def behind_its_back(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = origin")


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
    assert reconcile(stated.merchant, NEXT).figures.broken == 1
    found = Case.objects.get()
    assert (found.day, found.seen_by.day) == (DATE, NEXT)
    behind_its_back("UPDATE wallet_account SET balance = balance - 5 WHERE kind = 'player'")
    reconcile(stated.merchant, NEXT + timedelta(days=1))
    found.refresh_from_db()
    assert (found.state, found.resolution) == ("resolved", "corrected")


def test_what_a_person_said_of_our_books_is_believed_until_it_is_another_thing(stated: Busy, support: Person) -> None:
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    reconcile(stated.merchant)
    cases.resolve(case=Case.objects.get(), resolution="ours", text="We mend it on Friday.", by=support)
    for later in (1, 2, 3):
        reconcile(stated.merchant, DATE + timedelta(days=later))
    assert Case.objects.get().state == "resolved"
    behind_its_back("UPDATE wallet_account SET balance = balance + 2 WHERE kind = 'player'")
    reconcile(stated.merchant, DATE + timedelta(days=4))
    found = Case.objects.get()
    assert (found.day, found.state, found.difference) == (DATE, "open", 7)


def test_another_merchants_books_are_not_looked_at(stated: Busy, rival: Merchant) -> None:
    behind_its_back("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'")
    assert reconcile(rival).outcome == "nothing"
