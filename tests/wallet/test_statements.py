"""Statements come in: stored as they are, read whole or refused whole, corrected by others."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from merchants.models import Merchant
from wallet.models import Statement, StatementRow
from wallet.reconciliation import statements

DAY = date(2026, 1, 31)
HEADER = "transactionId,kind,playerId,currency,amount"
ROWS = ["t-1,bet,ada,EUR,100", "t-2,payout,ada,EUR,250", "t-3,bet,bob,USD,9007199254740991"]
COLUMNS = {
    "transaction_id": "transactionId",
    "kind": "kind",
    "player_id": "playerId",
    "currency": "currency",
    "amount": "amount",
}
UNITS = {"columns": COLUMNS, "amounts": "units"}


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


def text(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *(rows or ROWS)]) + "\n"


def received(merchant: Merchant, content: str | bytes, **fields: Any) -> Statement:
    raw = content.encode() if isinstance(content, str) else content
    told = {"day": DAY, "name": "day.csv", "source": "upload", "mapping": UNITS} | fields
    return statements.receive(merchant=merchant, content=io.BytesIO(raw), **told)


def read(merchant: Merchant, content: str | bytes, **fields: Any) -> Statement:
    return statements.read(statement=received(merchant, content, **fields))


def rows_of(statement: Statement) -> list[tuple[Any, ...]]:
    return list(
        StatementRow.objects.filter(statement=statement)
        .order_by("line")
        .values_list("line", "transaction_id", "kind", "player_id", "currency", "amount")
    )


def test_a_csv_becomes_rows_and_totals(acme: Merchant) -> None:
    statement = read(acme, text())
    assert statement.faults == []
    assert rows_of(statement) == [
        (2, "t-1", "bet", "ada", "EUR", 100),
        (3, "t-2", "payout", "ada", "EUR", 250),
        (4, "t-3", "bet", "bob", "USD", 9007199254740991),
    ]
    assert (statement.state, statement.is_current, statement.rows) == ("read", True, 3)
    assert statement.totals == [
        {"currency": "EUR", "kind": "bet", "rows": 1, "amount": "100"},
        {"currency": "EUR", "kind": "payout", "rows": 1, "amount": "250"},
        {"currency": "USD", "kind": "bet", "rows": 1, "amount": "9007199254740991"},
    ]
