"""What an account must be is held by the table itself, through the checks of a domain (decision 0086)."""

from __future__ import annotations

import pytest

from tests.wallet.ledger.domains import Domain

pytestmark = pytest.mark.django_db
ACCOUNT = Domain("wallet_valid_account", "wallet_account_row", "wallet_account", "account_is_valid")
# The rules as they stood in the table before.
BEFORE = {
    "account_player_has_balance": """(balance IS NOT NULL AND kind = 'player' AND player_id IS NOT NULL)
        OR (balance IS NULL AND kind IN ('games', 'rewards', 'cashier', 'correct') AND player_id IS NULL)""",
    "account_balance_representable": "balance >= -9007199254740991 AND balance <= 9007199254740991",
    "account_never_play_money": "NOT (currency = 'XXX')",
}
VALUES = {
    "kind": "('player'), ('games'), ('rewards'), ('cashier'), ('correct'), ('other'), ('')",
    "currency": "('EUR'), ('XXX')",
    "balance": """(NULL), (0::bigint), (-1), (9007199254740991), (9007199254740992), (-9007199254740991),
        (-9007199254740992)""",
    "player_id": "(NULL), (1)",
}


@pytest.mark.parametrize("rule", BEFORE)
def test_a_rule_refuses_what_it_refused_in_the_table(rule: str) -> None:
    every, taken, otherwise = ACCOUNT.count_verdicts(rule, BEFORE[rule], VALUES)
    assert every > taken > 0 == otherwise


def test_the_domain_has_these_rules_and_all_are_valid() -> None:
    assert ACCOUNT.rules().keys() == BEFORE.keys()
    assert ACCOUNT.validity() == dict.fromkeys([*BEFORE, ACCOUNT.check], True)


def test_each_field_that_is_judged_is_the_column_of_its_name() -> None:
    ACCOUNT.assert_fields_are_columns()
