"""Declared totals of a statement, compared with the totals of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wallet.reconciliation.reading import currencies
from wallet.reconciliation.reading.amounts import AmountReader
from wallet.reconciliation.reading.csvs import FOOTER
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import Fault, SourceTable, Total, Unreadable, shown_text
from wallet.reconciliation.reading.unreadable_cell import Unclear

MOST = 10**19  # units: 14 digits before the point
PARTS = ("rows", "amount", "currency", "kind")


@dataclass(frozen=True, slots=True)
class Gap:
    """A declared total that differs from the rows."""

    declared: Total
    rows: int
    amount: int

    @property
    def is_short(self) -> bool:
        """Return whether there are fewer rows than declared: the statement is truncated."""
        return self.declared.rows is not None and self.rows < self.declared.rows


def units(text: str, currency: str, mapping: Mapping) -> int | None:
    """Return the sum × 100000; None for an empty text. It may exceed an amount; otherwise the same rules apply."""
    try:
        return AmountReader(mapping).read(text, currency or mapping.currency, most=MOST).units
    except Unclear:
        return None


def stated_totals(table: SourceTable, mapping: Mapping) -> list[Total]:
    """Return the totals of the footers, or of the object around the rows."""
    declared = [] if table.declared is None else json_totals(table.declared, mapping)
    return [*declared, *(footer_total(cells, table.headers, mapping) for cells in table.footers)]


def footer_total(cells: Sequence[str], headers: Sequence[str], mapping: Mapping) -> Total:
    """Return the total of a last line: `TOTAL` with sums under the columns, or `TOTAL,rows`, or `TOTAL,rows,amount`."""
    named = FOOTER.fullmatch(cells[0].strip())
    rows = named[1] if named and named[1] else ""
    if len(cells) < len(headers):
        given = [*cells[1:], "", ""]
        return _total(rows or given[0], given[1], "", "", mapping)
    under = dict(zip(headers, cells, strict=False))
    amount, currency, kind, count = (under.get(mapping.columns.get(name, ""), "") for name in PLACES)
    is_beside = len(cells) > 1 and cells[1].strip().isdecimal() and headers[1] not in mapping.columns.values()
    return _total(rows or count or (cells[1] if is_beside else ""), amount, currency, kind, mapping)


PLACES = ("amount", "currency", "kind", "count")


def _total(rows: str, amount: str, currency: str, kind: str, mapping: Mapping) -> Total:
    rows, amount, kind = rows.strip(), amount.strip(), kind.strip()
    counted = int(rows) if re.fullmatch(r"[0-9]{1,9}", rows, re.ASCII) else None
    summed = units(amount, _code(currency, mapping), mapping) if amount else None
    if (rows and counted is None) or (amount and summed is None) or (kind and not mapping.kind_of(kind)):
        raise Unreadable(Fault(f"The total at the end cannot be read: {shown_text(f'{rows} {amount} {kind}')}."))
    return Total(counted, summed, _code(currency, mapping), mapping.kind_of(kind) if kind else "")


def _code(currency: str, mapping: Mapping) -> str:
    """As it stands where nobody knows it: no row has it, and that is a gap."""
    currency = currency.strip()
    try:
        return currencies.currency_code(currency, mapping.currencies) if currency else ""
    except Unclear:
        return currency


def json_totals(declared: Any, mapping: Mapping) -> list[Total]:
    """Return the totals of `{"rows": 3}`, or of a list with `currency`, `kind`, `amount`; amounts as the mapping
    states.
    """
    said = [declared] if isinstance(declared, dict) else declared
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        raise Unreadable(Fault("“totals” must be an object or a list of objects: {currency, kind, rows, amount}."))
    return [_of_object(each, mapping) for each in said]


def _of_object(said: dict[str, Any], mapping: Mapping) -> Total:
    rows, amount, currency, kind = ("" if said.get(part) is None else str(said[part]) for part in PARTS)
    return _total(rows, amount, currency, kind, mapping)


def as_json(total: Total) -> dict[str, Any]:
    """Return the total as it is stored."""
    amount = None if total.amount is None else str(total.amount)
    return {"currency": total.currency, "kind": total.kind, "rows": total.rows, "amount": amount}


def stored_totals(declared: Iterable[dict[str, Any]]) -> list[Total]:
    return [
        Total(
            rows=each.get("rows"),
            amount=None if each.get("amount") is None else int(each["amount"]),
            currency=each.get("currency") or "",
            kind=each.get("kind") or "",
        )
        for each in declared
    ]


def total_gaps(declared: Iterable[Total], read: Sequence[dict[str, Any]]) -> list[Gap]:
    """Return the declared totals that differ from the rows."""
    found = []
    for total in declared:
        part = [each for each in read if total.currency in ("", each["currency"]) and total.kind in ("", each["kind"])]
        rows, amount = sum(each["rows"] for each in part), sum(int(each["amount"]) for each in part)
        if total.rows not in (None, rows) or total.amount not in (None, amount):
            found.append(Gap(total, rows, amount))
    return found
