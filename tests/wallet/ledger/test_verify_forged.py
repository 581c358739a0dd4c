"""The books are forged so that every sum still agrees. The balance that each row keeps gives it away."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from merchants.models import Merchant
from tests.conftest import Caller
from tests.plugins.database_role import unguarded
from tests.wallet.ledger.test_verify_ledger import busy, verify
from tests.wallet.reconciling import check_books
from wallet.ledger import verification
from wallet.ledger.verification import BalanceGap
from wallet.models import Account, Case, Transaction
from wallet.reconciliation import matching, own_books

__all__ = ["busy"]
START = 1_000_000


def forge(*statements: str) -> None:
    with unguarded() as cursor:
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount == 1


def give(amount: int) -> str:
    return f"UPDATE wallet_account SET balance = balance + {amount} WHERE kind = 'player'"  # noqa: S608


def row(transaction_id: str, **wish: Any) -> Transaction:
    return Transaction.objects.get(transaction_id=transaction_id, **({"part": 0} | wish))


def gaps() -> list[tuple[int, int | None, int]]:
    """Row, its balance, the expected one."""
    verdict = verification.verify_rows()
    assert not verdict.differences
    assert not verdict.breaches
    assert verdict.gap_rows == len(verdict.gaps)
    return [(gap.row, gap.balance, gap.expected) for gap in verdict.gaps]


@pytest.fixture
def played(caller: Caller) -> Caller:
    """1,000 staked, 2,000 won, 500 lost, 300 given, 700 staked."""
    caller.bet(1_000, transactionId="bet")
    caller.payout("bet", 2_000, transactionId="win")
    caller.bet(500, transactionId="lost")
    caller.reward(300, transactionId="bonus")
    caller.bet(700, transactionId="last")
    return caller


def test_amount_and_balance_changed_together(played: Caller) -> None:
    forge(
        "UPDATE wallet_transaction SET amount = amount + 5000, balance = balance + 5000 WHERE transaction_id = 'win'",
        give(5_000),
    )
    assert gaps() == [(row("lost").pk, START + 500, START + 5_500)]


def test_amount_and_balance_changed_and_the_account_with_them(played: Caller) -> None:
    """The row itself is at fault when its balance stayed as it was."""
    forge("UPDATE wallet_transaction SET amount = amount + 5000 WHERE transaction_id = 'win'", give(5_000))
    assert gaps() == [(row("win").pk, START + 1_000, START + 6_000)]


def test_a_bet_removed_with_its_stake_given_back(played: Caller) -> None:
    forge("DELETE FROM wallet_transaction WHERE transaction_id = 'lost'", give(500))
    assert gaps() == [(row("bonus").pk, START + 800, START + 1_300)]


def test_a_row_inserted_between_two(played: Caller) -> None:
    """Under an id that the rows after it have passed."""
    forge("UPDATE wallet_transaction SET id = id + 1000 WHERE transaction_id = 'last'", give(7_000))
    with unguarded() as cursor:
        cursor.execute(
            """INSERT INTO wallet_transaction (
                   id, merchant_id, transaction_id, part, kind, status, player_id, currency, amount, debit_account_id,
                   credit_account_id, balance, secret_id, address, request_id, created_at)
               OVERRIDING SYSTEM VALUE
               SELECT id - 1, merchant_id, 'forged', 0, 'reward', 'RS_OK', player_id, currency, 7000, credit_account_id,
                      debit_account_id, balance + 700 + 7000, secret_id, address, gen_random_uuid(), created_at
                 FROM wallet_transaction WHERE transaction_id = 'last'"""
        )
    assert gaps() == [(row("last").pk, START + 100, START + 7_100)]


def test_a_balance_of_a_row_alone(played: Caller) -> None:
    """The row, and the one after it: which of the two was forged nobody can tell from them."""
    forge("UPDATE wallet_transaction SET balance = balance + 1 WHERE transaction_id = 'lost'")
    assert gaps() == [(row("lost").pk, START + 501, START + 500), (row("bonus").pk, START + 800, START + 801)]


def test_a_rows_balance_taken_away(played: Caller) -> None:
    forge("UPDATE wallet_transaction SET balance = NULL WHERE transaction_id = 'lost'")
    [breach] = verification.verify_rows().breaches
    assert (breach.rule, breach.ids) == (verification.NO_BALANCE, [row("lost").pk])


def test_rows_without_a_balance_are_carried_through(busy: Caller) -> None:
    """A rollback keeps none: what it moved is expected of the row after it."""
    assert verification.verify_rows().holds
    busy.bet(100, transactionId="after")
    assert verification.verify_rows().holds
    forge(
        "UPDATE wallet_transaction SET amount = amount + 7 WHERE transaction_id = 'void-paid'",
        "UPDATE wallet_transaction SET amount = amount + 7 WHERE kind = 'rollback' AND part = 1",
    )
    refused, after = Transaction.objects.get(status="RS_ERROR_NOT_ENOUGH_MONEY").pk, row("after").pk
    assert gaps() == [(row("void-paid").pk, START + 800, START + 807), (refused, START + 600, START + 593)]
    assert refused < after


def test_a_refused_row_keeps_what_there_was(busy: Caller) -> None:
    refused = Transaction.objects.get(status="RS_ERROR_NOT_ENOUGH_MONEY")
    forge(f"UPDATE wallet_transaction SET balance = balance - 9 WHERE id = {refused.pk}")  # noqa: S608
    assert gaps() == [(refused.pk, START + 591, START + 600)]


def test_every_currency_and_every_player_is_a_chain_of_its_own(caller: Caller) -> None:
    for player in ("ada", "bob"):
        for currency in ("EUR", "JPY"):
            other = Caller(caller.merchant, caller.signer, caller.game, player=player, currency=currency)
            other.withdraw(5)
            other.deposit(10_000)
            other.launch()
            other.bet(70)
            other.withdraw(10**9)
    assert verification.verify_rows().holds


def test_the_command_names_account_row_and_expectation(played: Caller, rival: Merchant) -> None:
    forge("DELETE FROM wallet_transaction WHERE transaction_id = 'lost'", give(500))
    account = Account.objects.get(kind="player")
    code, said = verify()
    assert code == 1
    [line] = [line for line in said.splitlines() if "acme" in line]
    for told in (str(account.pk), str(row("bonus").pk), "player-1", "EUR", "10.008", "10.013"):
        assert told in line
    assert "1 rows do not match the previous row" in said
    assert verify(merchant="acme")[0] == 1
    assert verify(merchant="rival")[0] == 0


def test_it_is_one_statement_and_shows_the_first(played: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "SHOWN", 1)
    forge("UPDATE wallet_transaction SET balance = balance + 1 WHERE transaction_id = 'lost'")
    verdict = verification.verify_rows()
    assert verdict.gap_rows == 2
    assert verdict.gaps == [
        BalanceGap(
            account=Account.objects.get(kind="player").pk,
            merchant="acme",
            player="player-1",
            currency="EUR",
            row=row("lost").pk,
            balance=START + 501,
            expected=START + 500,
        )
    ]


def test_it_becomes_a_case_of_the_merchant(played: Caller) -> None:
    forge("DELETE FROM wallet_transaction WHERE transaction_id = 'lost'", give(500))
    with connection.cursor() as cursor:
        check_books(played.merchant)
        cursor.execute(matching.BREAKS)
        own_books.find_breaks(played.merchant)
        cursor.execute("SELECT kind, subject, player_id, currency, difference FROM reconciliation_break")
        assert cursor.fetchall() == [(Case.Kind.BALANCE, f"row {row('bonus').pk}", "player-1", "EUR", -500)]
