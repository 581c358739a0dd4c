"""Our own books are verified from a watermark on, and older rows again in slices: a forger finds no row too old."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchants.models import Merchant
from portal.lib import clock
from tests.conftest import Caller
from tests.plugins.database_role import unguarded
from tests.wallet.ledger.test_verify_ledger import busy
from wallet.ledger import verification, verified_sums
from wallet.models import AccountProof, BookFinding, BooksSlice, Transaction, Watermark
from wallet.reconciliation import books_check

__all__ = ["busy"]
FORGERIES = {
    "balance": "UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'player'",
    "amount": "UPDATE wallet_transaction SET amount = amount + 7 WHERE transaction_id = 'lost'",
    "balance of a row": "UPDATE wallet_transaction SET balance = balance + 1 WHERE transaction_id = 'lost'",
    "removed": "DELETE FROM wallet_transaction WHERE transaction_id = 'lost'",
    "payout stands": "UPDATE wallet_transaction SET reverses_id = NULL WHERE kind = 'rollback' AND part = 1",
}


def forge(sql: str) -> None:
    with unguarded() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount == 1


def every_slice(merchant: Merchant) -> set[tuple[str, str]]:
    """After a month of nights: kind and subject of what stands."""
    for _ in range(verified_sums.SLICES):
        books_check.check_new_rows()
        books_check.check_slice(merchant)
    return set(BookFinding.objects.filter(merchant=merchant).values_list("kind", "subject"))


def test_a_night_reads_the_rows_since_the_last_and_finds_nothing_in_good_books(busy: Caller) -> None:
    assert books_check.check_new_rows().holds
    rows = books_check.check_new_rows().rows
    assert rows == 0
    busy.bet(100)
    verdict = books_check.check_new_rows()
    assert (verdict.rows, verdict.holds) == (1, True)
    assert Watermark.objects.get(source="books").upto == Transaction.objects.latest("pk").pk
    assert every_slice(busy.merchant) == set()


@pytest.mark.parametrize("name", FORGERIES)
def test_new_rows_that_are_forged_are_found_in_the_same_night(busy: Caller, name: str) -> None:
    forge(FORGERIES[name])
    assert not books_check.check_new_rows().holds
    assert BookFinding.objects.filter(merchant=busy.merchant).exists()


@pytest.mark.parametrize("name", FORGERIES)
def test_old_rows_that_are_forged_are_found_within_a_month(busy: Caller, name: str) -> None:
    """Also when the forger knows the sums: what is verified there is read again from the first row."""
    books_check.check_new_rows()
    forge(FORGERIES[name])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wallet_accountproof p SET total = a.balance FROM wallet_account a WHERE a.id = p.account_id"
        )
    assert every_slice(busy.merchant)


def test_a_forged_balance_of_an_old_account_is_found_the_next_night(busy: Caller) -> None:
    books_check.check_new_rows()
    forge(FORGERIES["balance"])
    [difference] = books_check.check_new_rows().differences
    assert (difference.player, difference.currency, (difference.balance or 0) - difference.rows) == (
        "player-1",
        "EUR",
        5,
    )


@pytest.mark.parametrize("number", [-5, 10**15])
def test_a_row_of_a_player_that_does_not_exist_is_found_the_next_night(busy: Caller, number: int) -> None:
    """Behind the watermark it is in no player's slice. It stays found, and nothing else is held up by it."""
    books_check.check_new_rows()
    forge(
        f"""INSERT INTO wallet_transaction SELECT (jsonb_populate_record(t, jsonb_build_object(
                'id', {number}, 'transaction_id', 'forged', 'player_id', 987654321))).*
              FROM wallet_transaction t WHERE t.transaction_id = 'lost'"""  # noqa: S608
    )
    assert not books_check.check_new_rows().holds
    assert ("balance", f"row {number}") in every_slice(busy.merchant)
    assert not books_check.check_new_rows().holds


def test_a_row_of_a_merchant_that_does_not_exist_holds_up_no_check(busy: Caller) -> None:
    forge("UPDATE wallet_transaction SET merchant_id = 987654321 WHERE transaction_id = 'lost'")
    assert not books_check.check_new_rows().holds
    assert Watermark.objects.get(source="books").upto == Transaction.objects.latest("pk").pk


def test_what_is_mended_is_found_no_more(busy: Caller) -> None:
    books_check.check_new_rows()
    forge(FORGERIES["balance of a row"])
    assert every_slice(busy.merchant)
    forge("UPDATE wallet_transaction SET balance = balance - 1 WHERE transaction_id = 'lost'")
    books_check.check_slice(busy.merchant)
    assert not BookFinding.objects.exists(), "whose rows were wrong is read again each night"


def test_a_gap_is_found_once_and_the_rows_after_it_hold(busy: Caller) -> None:
    forge(FORGERIES["removed"])
    assert len(books_check.check_new_rows().gaps) == 1
    busy.bet(100)
    assert not books_check.check_new_rows().gaps


def test_another_merchants_findings_are_its_own(busy: Caller, rival_caller: Caller) -> None:
    rival_caller.bet(100)
    forge(
        """UPDATE wallet_account a SET balance = balance + 5 FROM merchants_merchant m
            WHERE m.id = a.merchant_id AND m.code = 'acme' AND a.kind = 'player'"""
    )
    books_check.check_new_rows()
    assert every_slice(rival_caller.merchant) == set()
    assert BookFinding.objects.values_list("merchant", flat=True).distinct().get() == busy.merchant.pk


def test_each_player_has_its_turn_within_a_month(busy: Caller) -> None:
    turns = []
    BooksSlice.objects.create(merchant=busy.merchant)
    for _ in range(verified_sums.SLICES):
        state = BooksSlice.objects.get(merchant=busy.merchant)
        turns += verified_sums.next_players(state)
        verified_sums.end_slice(state)
    assert sorted(turns) == sorted(busy.merchant.players.values_list("pk", flat=True))


def test_a_slice_reads_rows_of_its_players_alone(busy: Caller) -> None:
    """By the index of a player's rows: what a night costs does not grow with the history."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        values: dict[str, Any] = {"players": [1, 2], "upto": 10, "shown": 1}
        for sql in (
            verified_sums.DIFFERENCES_OF_PLAYERS,
            verification.scoped_question(verification.GAPS, verified_sums.OF_PLAYERS),
        ):
            cursor.execute("EXPLAIN " + sql, values)
            plan = "\n".join(line for [line] in cursor.fetchall())
            assert "transaction_of_player" in plan
            assert "Seq Scan on wallet_transaction" not in plan


@settings(max_examples=10, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(st.lists(st.sampled_from(["bet", "win", "back", "refused"]), max_size=4), max_size=4))
def test_however_the_rows_fall_into_nights_the_sums_are_those_of_all_rows(
    caller: Caller, nights: list[list[str]]
) -> None:
    for night in nights:
        for what in night:
            bet = caller.bet(10**12 if what == "refused" else 100).body["transactionId"]
            if what in {"win", "back"}:
                caller.payout(bet, 250)
            if what == "back":
                caller.rollback(bet)
        assert books_check.check_new_rows().holds
    books_check.check_new_rows()
    proofs = dict(AccountProof.objects.values_list("account_id", "total"))
    balances = {account.pk: account.balance for account in caller.merchant.accounts.filter(kind="player")}
    assert {key: total for key, total in proofs.items() if key in balances} == balances


def test_the_night_is_few_statements_whatever_there_is(busy: Caller) -> None:
    with CaptureQueriesContext(connection) as first:
        books_check.check_new_rows()
    for _ in range(20):
        busy.bet(100)
    with CaptureQueriesContext(connection) as second:
        books_check.check_new_rows()
    assert len(second) <= len(first)


def test_a_merchant_that_was_never_checked_is_overdue_too(acme: Merchant) -> None:
    assert books_check.merchants_overdue() == 0, "it is too young"
    with clock.frozen_at(clock.now() + books_check.OVERDUE * 2):
        assert books_check.merchants_overdue() == 1
        books_check.check_slice(acme)
        assert books_check.merchants_overdue() == 0
