"""Tables as CSV for spreadsheets: every cell is plain text, and no cell is calculated."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else; Python and databases know to skip it
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"  # wide ones count in Japan
STARTS_FORMULA = tuple(SIGNS)
AT = re.compile(rf"""(^|[;\t\r\n])([ "]*)('*)(?=[{re.escape(SIGNS)}])""")  # where some program sees a cell begin
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def cell(value: Any) -> str:
    """Return the text of a cell: moments in UTC as ISO 8601, None as empty, text made harmless."""
    if type(value) is str:  # most are, and a table may have ten million
        return harmless_text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return harmless_text(str(value))


def harmless_text(text: str) -> str:
    """Return the text with an apostrophe before anything that a spreadsheet would calculate. A negative number stays.

    Cells can begin inside a text: in much of Europe, Excel splits at semicolons even inside quotes.
    """
    return text if _is_plain(text) else AT.sub(_marked, text)


def _marked(found: re.Match[str]) -> str:
    """One that stands there already is enough."""
    return found[0] if found[3] else f"{found[0]}'"


def escaped_text(text: str) -> str:
    """Return the harmless text; `unescaped_text` returns the original. An apostrophe at its beginning gets another."""
    return text if NUMBER.fullmatch(text) else AT.sub(r"\1\2'\3", text)


def unescaped_text(text: str) -> str:
    """Return the text of which `escaped_text` was made."""
    return AT.sub(lambda found: f"{found[1]}{found[2]}{found[3][1:]}", text) if "'" in text else text


def _is_plain(text: str) -> bool:
    """Asked for each cell, of which a table may have ten million: most are told without the pattern."""
    if ";" in text or "\t" in text or "\n" in text or "\r" in text:
        return False
    return not text.lstrip(' "').startswith(STARTS_FORMULA) or bool(NUMBER.fullmatch(text))


class _Line:
    """What csv.writer writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield one line of CSV for each row, with the byte order mark before the first."""
    writer, mark = csv.writer(_Line()), BYTE_ORDER_MARK
    for row in rows:
        yield mark + writer.writerow([cell(value) for value in row])
        mark = ""
