"""A settlement statement for operators' pages and the administration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from portal.lib.sheets import SheetAmount
from wallet.models import Settlement, SettlementConfirmation
from wallet.money import format_amount
from wallet.reconciliation.closing import invoices, settlement_tables
from wallet.reconciliation.closing.settlement_figures import figures_of
from wallet.reconciliation.closing.settlement_tables import SettlementTable

SHOWN = 100  # rows of a table; the files have all


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class ShownTable:
    title: str
    head: list[Cell]
    rows: list[list[Cell]]
    is_cut: bool


def view_of(settlement: Settlement) -> dict[str, Any]:
    figures = figures_of(settlement)
    return {
        "settlement": settlement,
        "facts": settlement_tables.facts(settlement),
        "exceptions": figures.days.exceptions,
        "sums": [(each.currency, settlement_tables.headline_sums(each)) for each in figures.currencies],
        "tables": [shown_table(table) for table in settlement_tables.tables(settlement)],
        "rules": settlement_tables.RULES,
        "confirmation": SettlementConfirmation.objects.select_related("by").filter(settlement=settlement).first(),
        "comparisons": [comparison_rows(each) for each in comparisons(settlement)],
        "shown": SHOWN,
    }


def shown_table(table: SettlementTable) -> ShownTable:
    rows = [[cell(value, table.currency_of(row)) for value in row] for row in islice(table.rows, SHOWN + 1)]
    numbers = [bool(rows) and all(row[column].is_number for row in rows) for column in range(len(table.head))]
    head = [Cell(title, is_number) for title, is_number in zip(table.head, numbers, strict=True)]
    return ShownTable(table.title, head, rows[:SHOWN], len(rows) > SHOWN)


def cell(value: Any, currency: str) -> Cell:
    if isinstance(value, SheetAmount):
        return Cell(format_amount(int(value), currency), is_number=True)
    if isinstance(value, datetime):
        return Cell(f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    if isinstance(value, int):
        return Cell(f"{value:,}", is_number=True)
    return Cell("" if value is None else str(value))


def comparisons(settlement: Settlement) -> list[invoices.InvoiceComparison]:
    return [
        invoices.compare_invoice(each, settlement)
        for each in invoices.newest_invoices(settlement.merchant, settlement.month)
    ]


def comparison_rows(each: invoices.InvoiceComparison) -> dict[str, Any]:
    return {
        "invoice": each.invoice,
        "state": each.state,
        "agrees": each.agrees,
        "lines": [
            (
                line.currency,
                *(format_amount(amount, line.currency) for amount in (line.ours, line.theirs, line.difference)),
            )
            for line in each.lines
        ],
    }
