"""Rows behind a folded case, as a list and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from portal.lib import tables
from portal.lib.money import format_amount
from wallet.models.case import Case, FoldedRow
from wallet.reconciliation.day_statement import line_label

HEAD = (
    "row", "transaction", "player", "currency", "difference", "our kind", "our amount", "our time", "their kind",
    "their amount", "their time", "their line",
)  # fmt: skip
AT_ONCE = 2_000


def rows_of(case: Case) -> QuerySet[FoldedRow]:
    """Return the rows in order; none for a closed case, and for one from before such rows were stored."""
    return FoldedRow.objects.filter(case=case).order_by("number")


def csv_lines(case: Case) -> Iterator[str]:
    """Yield the lines of a CSV. Amounts have a decimal point; a difference is ours minus theirs."""
    return tables.csv_lines(_with_head(case))


def file_name(case: Case) -> str:
    return f"{case.merchant.code}-{case.day}-case-{case.pk}-rows.csv"


def _with_head(case: Case) -> Iterator[tuple[Any, ...]]:
    yield HEAD
    for row in rows_of(case).iterator(AT_ONCE):
        yield _line(row)


def _line(row: FoldedRow) -> tuple[Any, ...]:
    ours, theirs = row.ours or {}, row.theirs or {}
    return (
        row.number, row.subject, row.player_id, row.currency, _digits(int(row.net), row.currency),
        ours.get("kind"), _amount(ours, row.currency), ours.get("at"),
        theirs.get("kind"), _amount(theirs, row.currency), theirs.get("at"),
        line_label(theirs["line"]) if "line" in theirs else None,
    )  # fmt: skip


def _amount(side: dict[str, Any], currency: str) -> str | None:
    return _digits(int(side["amount"]), side.get("currency") or currency) if side.get("amount") else None


def _digits(amount: int, currency: str) -> str:
    return format_amount(amount, currency).replace(",", "")
