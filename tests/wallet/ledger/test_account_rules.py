"""What an account must be is held by the table itself, through the checks of a domain (decision 0086)."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
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


def rules() -> dict[str, str]:
    """Return what each check of the domain says, by its name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_expr(conbin, 0) FROM pg_constraint WHERE contypid = 'wallet_valid_account'::regtype"
        )
        return dict(cursor.fetchall())


@pytest.mark.parametrize("rule", BEFORE)
def test_a_rule_refuses_what_it_refused_in_the_table(rule: str) -> None:
    """A check refuses where it is false, and passes where it is true or null."""
    rows = " CROSS JOIN ".join(f"(VALUES {values}) AS of_{name}({name})" for name, values in VALUES.items())
    now = rules()[rule].replace("(VALUE).", "")
    verdicts = f"({now}) IS NOT FALSE AS is_taken, ({BEFORE[rule]}) IS NOT FALSE AS was_taken"
    counts = "count(*), count(*) FILTER (WHERE is_taken), count(*) FILTER (WHERE is_taken <> was_taken)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts} FROM (SELECT {verdicts} FROM {rows}) AS tried")  # noqa: S608 - ours
        every, taken, otherwise = cursor.fetchone()
    assert every > taken > 0 == otherwise


def test_the_domain_has_these_rules_and_all_are_valid() -> None:
    assert rules().keys() == BEFORE.keys()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname, convalidated AND conenforced FROM pg_constraint
                WHERE contype = 'c' AND (conrelid = 'wallet_account'::regclass
                                         OR contypid = 'wallet_valid_account'::regtype)"""
        )
        assert dict(cursor.fetchall()) == dict.fromkeys([*BEFORE, "account_is_valid"], True)


def test_each_field_that_is_judged_is_the_column_of_its_name() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT attname, format_type(atttypid, atttypmod), attcollation FROM pg_attribute
                WHERE attrelid = 'wallet_account_row'::regclass ORDER BY attnum"""
        )
        fields = cursor.fetchall()
        names = [name for name, *_ in fields]
        cursor.execute(
            """SELECT attname, format_type(atttypid, atttypmod), attcollation FROM pg_attribute
                WHERE attrelid = 'wallet_account'::regclass AND attname = ANY(%s)
                ORDER BY array_position(%s, attname::text)""",
            [names, names],
        )
        assert cursor.fetchall() == fields
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'account_is_valid'")
        [[definition]] = cursor.fetchall()
    assert definition == f"CHECK (((ROW({', '.join(names)}))::wallet_valid_account IS DISTINCT FROM NULL))"
