"""Tables as CSV for people with a spreadsheet: every cell plain text, and none that the program would calculate."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else; Python and databases know to skip it
STARTS_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # wide ones count in Japan
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def cell(value: Any) -> str:
    """Moments in UTC as ISO 8601, nothing as an empty cell, text made harmless."""
    if type(value) is str:  # most are, and a table may have ten million
        return harmless(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return harmless(str(value))


def harmless(text: str) -> str:
    """With an apostrophe before what a spreadsheet would run as a formula; a negative number stays a number."""
    is_formula = text.lstrip(" ").startswith(STARTS_FORMULA)
    return f"'{text}" if is_formula and not NUMBER.fullmatch(text) else text


def kept(text: str) -> str:
    """`harmless`, and `meant` gives it back whatever it was: an apostrophe that stood there gets another."""
    return f"'{text}" if _is_harmed(text.lstrip("'")) else text


def meant(text: str) -> str:
    """What `kept` was made of."""
    return text[1:] if text.startswith("'") and _is_harmed(text.lstrip("'")) else text


def _is_harmed(text: str) -> bool:
    return harmless(text) != text


class _Line:
    """What csv.writer writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """One line of CSV a row, the byte order mark before the first."""
    writer, mark = csv.writer(_Line()), BYTE_ORDER_MARK
    for row in rows:
        yield mark + writer.writerow([cell(value) for value in row])
        mark = ""
