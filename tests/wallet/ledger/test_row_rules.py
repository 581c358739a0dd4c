"""What a row of the ledger must be is held by the table itself, whoever writes: here by a superuser's plain INSERT."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.plugins.database_role import as_superuser, unguarded
from tests.wallet.ledger.domains import Domain

pytestmark = pytest.mark.django_db
ROW = Domain("wallet_valid_row", "wallet_row", "wallet_transaction", "transaction_is_valid")
SIGNED = {"secret_id": 1, "address": "127.0.0.1", "request_id": "00000000-0000-4000-8000-000000000001", "game_id": 1}
BET = SIGNED | {
    "merchant_id": 1, "player_id": 1, "transaction_id": "new", "part": 0, "kind": "bet", "status": "RS_OK",
    "session_id": 1, "currency": "EUR", "amount": 5, "debit_account_id": 1, "credit_account_id": 2,
}  # fmt: skip
NO_SIDES = {"debit_account_id": None, "credit_account_id": None}
REFUSED = BET | NO_SIDES | {"status": "RS_ERROR_LIMIT_REACHED"}
UNSIGNED = dict.fromkeys([*SIGNED, "session_id"])
CORRECTION = BET | UNSIGNED | {"kind": "correct", "part": -1, "case_id": 1}
SETTLED = CORRECTION | NO_SIDES | {"part": 0, "amount": None, "status": "RS_ERROR_DUPLICATE_TRANSACTION"}
TAKEN = {
    "a bet": BET,
    "a part of a rollback": BET | {"kind": "rollback", "part": 2, "reverses_id": 1},
    "nothing moved by an amount of 0": BET | {"amount": 0},
    "a refusal": REFUSED,
    "a refusal without amount and currency": REFUSED | {"amount": None, "currency": None, "game_id": None},
    "a correction": CORRECTION,
    "what a correction settles": SETTLED,
}
AMOUNT, SIDES = "transaction_amount_not_negative", "transaction_two_sides_or_none"
DIFFER, MOVES = "transaction_sides_differ", "transaction_refused_moves_nothing"
PLAY, APART, ORIGIN = "transaction_never_play_money", "transaction_correction_apart", "transaction_signed_or_correction"
REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "less than nothing": (BET | {"amount": -1}, AMOUNT),
    "less than nothing, refused": (REFUSED | {"amount": -1}, AMOUNT),
    "taken from nowhere": (BET | {"debit_account_id": None}, SIDES),
    "given to nobody": (BET | {"credit_account_id": None}, SIDES),
    "moved without an amount": (BET | {"amount": None}, SIDES),
    "moved without a currency": (BET | {"currency": None}, SIDES),
    "from an account to itself": (BET | {"credit_account_id": 1}, DIFFER),
    "a refusal that moves": (BET | {"status": "RS_ERROR_LIMIT_REACHED"}, MOVES),
    "play money": (BET | {"currency": "XXX"}, PLAY),
    "play money, refused": (REFUSED | {"currency": "XXX"}, PLAY),
    "a call in a correction's place": (BET | {"part": -1}, APART),
    "a refused call in a correction's place": (REFUSED | {"part": -1}, APART),
    "a correction in a call's place": (CORRECTION | {"part": 0}, APART),
    "a correction below its place": (CORRECTION | {"part": -2}, APART),
    "a correction that moves nothing": (CORRECTION | NO_SIDES, APART),
    "a settled id that is a correction's part": (SETTLED | {"part": -1}, APART),
    "a settled id that is a further part": (SETTLED | {"part": 1}, APART),
    "a settled id with an amount": (SETTLED | {"amount": 0}, APART),
    "a settled id with another answer": (SETTLED | {"status": "RS_OK"}, APART),
    "a call of a case": (BET | {"case_id": 1}, ORIGIN),
    "a correction without a case": (CORRECTION | {"case_id": None}, ORIGIN),
} | {
    f"a {of} {word} {column}": (row | {column: value}, ORIGIN)
    for of, row, word, values in [
        ("call", BET, "without", dict.fromkeys(["secret_id", "address", "request_id"])),
        ("correction", CORRECTION, "with", SIGNED | {"session_id": 1, "reverses_id": 1}),
        ("settled id", SETTLED, "with", SIGNED | {"session_id": 1, "reverses_id": 1}),
    ]
    for column, value in values.items()
}


def insert(row: dict[str, Any]) -> None:
    names, values = ", ".join(row), ", ".join(["%s"] * len(row))
    with transaction.atomic(), as_superuser() as cursor:
        cursor.execute(f"INSERT INTO wallet_transaction ({names}) VALUES ({values})", list(row.values()))  # noqa: S608


@pytest.mark.parametrize("deed", TAKEN)
def test_it_is_taken(deed: str) -> None:
    insert(TAKEN[deed])


@pytest.mark.parametrize("deed", REFUSALS)
def test_it_is_refused_by_its_own_rule(deed: str) -> None:
    row, rule = REFUSALS[deed]
    with pytest.raises(IntegrityError) as refusal:
        insert(row)
    assert refusal.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]


def test_an_update_is_judged_as_well() -> None:
    insert(BET)
    with unguarded() as cursor, pytest.raises(IntegrityError, match=DIFFER), transaction.atomic():
        cursor.execute("UPDATE wallet_transaction SET credit_account_id = debit_account_id")


# The rules as they stood in the table before, for each combination of values that one of them can tell apart ----------
BEFORE = {
    AMOUNT: "amount >= 0",
    SIDES: """(credit_account_id IS NULL AND debit_account_id IS NULL) OR (amount IS NOT NULL
        AND credit_account_id IS NOT NULL AND currency IS NOT NULL AND debit_account_id IS NOT NULL)""",
    DIFFER: """NOT (debit_account_id = credit_account_id AND debit_account_id IS NOT NULL
        AND credit_account_id IS NOT NULL)""",
    MOVES: "debit_account_id IS NULL OR status = 'RS_OK'",
    PLAY: "NOT (currency = 'XXX' AND currency IS NOT NULL)",
    APART: """(debit_account_id IS NOT NULL AND kind = 'correct' AND part = -1)
        OR (amount IS NULL AND debit_account_id IS NULL AND kind = 'correct' AND part = 0
            AND status = 'RS_ERROR_DUPLICATE_TRANSACTION') OR (NOT (kind = 'correct') AND part >= 0)""",
    ORIGIN: """(address IS NULL AND case_id IS NOT NULL AND game_id IS NULL AND kind = 'correct' AND request_id IS NULL
            AND reverses_id IS NULL AND secret_id IS NULL AND session_id IS NULL)
        OR (NOT (kind = 'correct') AND address IS NOT NULL AND case_id IS NULL AND request_id IS NOT NULL
            AND secret_id IS NOT NULL)""",
}
VALUES = {
    "kind": "('bet'), ('correct')",
    "part": "(-2), (-1), (0), (1)",
    "status": "('RS_OK'), ('RS_ERROR_DUPLICATE_TRANSACTION'), ('RS_ERROR_LIMIT_REACHED')",
    "currency": "(NULL), ('EUR'), ('XXX')",
    "amount": "(NULL), (-1::bigint), (0), (5)",
    "debit_account_id": "(NULL), (1), (2)",
    "credit_account_id": "(NULL), (1), (2)",
}
PRESENT = {
    "kind": VALUES["kind"],
    **dict.fromkeys(["case_id", "secret_id", "session_id", "game_id", "reverses_id"], "(NULL), (1)"),
    "address": "(NULL), ('127.0.0.1'::inet)",
    "request_id": "(NULL), (gen_random_uuid())",
}


@pytest.mark.parametrize("rule", BEFORE)
def test_a_rule_refuses_what_it_refused_in_the_table(rule: str) -> None:
    every, taken, otherwise = ROW.count_verdicts(rule, BEFORE[rule], PRESENT if rule == ORIGIN else VALUES)
    assert every > taken > 0 == otherwise


def test_the_domain_has_these_rules_and_all_are_valid() -> None:
    assert ROW.rules().keys() == BEFORE.keys()
    assert ROW.validity() == dict.fromkeys([*BEFORE, ROW.check], True)


def test_each_field_that_is_judged_is_the_column_of_its_name() -> None:
    ROW.assert_fields_are_columns()
