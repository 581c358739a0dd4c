"""The books are broken on purpose, behind the back of what guards them, and the check must see it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from merchants.models import Merchant
from tests.conftest import Caller
from tests.plugins.database_role import unguarded
from wallet.ledger import verification


def broken(sql: str, *parameters: Any) -> verification.LedgerVerdict:
    with unguarded() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount == 1
    verdict = verification.verify_rows()
    assert not verdict.holds
    return verdict


def verify(**options: Any) -> tuple[int, str]:
    """Exit code and what was said."""
    output = StringIO()
    try:
        call_command("verify_ledger", stdout=output, **options)
    except SystemExit as end:
        return int(end.code or 0), output.getvalue()
    return 0, output.getvalue()


@pytest.fixture
def busy(caller: Caller) -> Caller:
    """Every kind of row: a win, a loss, a reward, a withdrawal, a round taken back, a tombstone, a refusal."""
    won = caller.bet(1_000).body["transactionId"]
    caller.payout(won, 2_000)
    caller.bet(500, transactionId="lost")
    caller.reward(300)
    caller.withdraw(200)
    void = caller.bet(700, transactionId="void").body["transactionId"]
    caller.payout(void, 900, transactionId="void-paid")
    caller.rollback("void", "never-seen")
    caller.bet(10**9)
    return caller


def test_books_that_hold_are_told_in_a_line_and_their_chain_in_another(busy: Caller, rival_caller: Caller) -> None:
    code, said = verify()
    assert code == 0
    assert said.startswith("The ledger balances: 2 accounts and 14 rows in ")
    assert len(said.splitlines()) == 2
    assert said.splitlines()[1].startswith("The ledger chain is intact: 0 sealed rows in 0 blocks in ")


def test_one_merchant_alone(busy: Caller, rival_caller: Caller) -> None:
    assert verify(merchant="rival")[1].startswith("The ledger balances: 1 accounts and 1 rows")
    with pytest.raises(CommandError, match="no merchant with the code 'nobody'"):
        verify(merchant="nobody")


def test_empty_books_hold(acme: Merchant) -> None:
    assert verify()[0] == 0


def test_a_balance_that_was_tampered_with(busy: Caller, rival_caller: Caller) -> None:
    verdict = broken(
        "UPDATE wallet_account SET balance = balance + 1 WHERE kind = 'player' AND merchant_id = %s", busy.merchant.pk
    )
    [found] = verdict.differences
    assert (found.merchant, found.player, found.currency) == ("acme", "player-1", "EUR")
    assert found.balance == found.rows + 1
    code, said = verify()
    assert code == 1
    assert "player-1" in said
    assert "1 accounts differ" in said
    assert verify(merchant="rival")[0] == 0


@pytest.mark.parametrize(
    ("change", "where", "rule"),
    [
        ("amount = amount + 1", "transaction_id = 'lost'", None),
        ("debit_account_id = 999999", "transaction_id = 'lost'", "house account"),
        ("currency = 'USD'", "transaction_id = 'lost'", "house account"),
        (
            "debit_account_id = credit_account_id, credit_account_id = debit_account_id",
            "transaction_id = 'void'",
            "mirror",
        ),
        ("player_id = 999999", "transaction_id = 'lost'", "does not exist"),
        ("session_id = 999999", "transaction_id = 'lost'", "does not exist"),
        ("secret_id = 999999", "transaction_id = 'lost'", "does not exist"),
        ("game_id = 999999", "transaction_id = 'lost'", "does not exist"),
        ("amount = amount - 1", "kind = 'rollback' AND part = 1", "mirror"),
        ("reverses_id = NULL", "kind = 'rollback' AND part = 1", "pays on a bet"),
    ],
)
def test_a_row_that_was_tampered_with(busy: Caller, change: str, where: str, rule: str | None) -> None:
    verdict = broken(f"UPDATE wallet_transaction SET {change} WHERE {where}")  # noqa: S608
    if rule is None:
        assert verdict.differing == 1
    else:
        assert any(rule in breach.rule and breach.rows == 1 for breach in verdict.breaches)
        assert verify()[0] == 1


def test_a_row_that_is_gone(busy: Caller) -> None:
    verdict = broken("DELETE FROM wallet_transaction WHERE transaction_id = 'lost'")
    assert verdict.differences[0].rows - (verdict.differences[0].balance or 0) == 500


def test_a_side_at_another_merchant(busy: Caller, rival_caller: Caller) -> None:
    verdict = broken(
        "UPDATE wallet_transaction SET credit_account_id ="
        " (SELECT id FROM wallet_account WHERE merchant_id = %s AND kind = 'games') WHERE transaction_id = 'lost'",
        rival_caller.merchant.pk,
    )
    assert ["house account" in breach.rule for breach in verdict.breaches] == [True]
