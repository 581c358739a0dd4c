"""The common form of all formats before the database reads them: headers, and rows as CSV in UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

MOST_COLUMNS = 200
PIECE = 256 * 1024
MOST_FAULTS = 100
SHOWN = 40  # characters of a foreign text in a sentence


@dataclass(frozen=True, slots=True)
class Fault:
    """The reason why a file is refused. `line`: in the file, from 1; None for the whole file."""

    text: str
    line: int | None = None


class Unreadable(Exception):
    """The file is refused as a whole. `faults` are the first of `count`."""

    def __init__(self, *faults: Fault, count: int | None = None) -> None:
        super().__init__("; ".join(each.text for each in faults))
        self.faults = faults
        self.count = len(faults) if count is None else count


@dataclass(frozen=True, slots=True)
class Total:
    """A total that the sender declares. Empty currency or type: over all of them."""

    rows: int | None = None
    amount: int | None = None
    currency: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """A sheet. `before`: how many lines precede it in earlier sheets."""

    name: str
    before: int = 0
    is_visible: bool = True


@dataclass(slots=True)
class SourceTable:
    """`chunks` can be read once; `footers` and `newlines` are complete afterwards."""

    format: str
    headers: list[str]
    first: int  # line of the first row
    delimiter: str
    chunks: Iterator[bytes]
    footers: list[list[str]] = field(default_factory=list)
    day: str = ""  # of a JSON that says it
    declared: Any = None  # the totals of a JSON, as they stand there
    newlines: int = 0
    is_ours: bool = False  # written by us: a row is a line, whatever stands in its cells
    is_numbered: bool = False  # the first cell of each row is its line
    sheets: list[SourceSheet] = field(default_factory=list)  # of a workbook, those that are read
    book: list[SourceSheet] = field(default_factory=list)  # all that it has
    rows_path: str = ""  # of a JSON

    def fault(self, text: str, line: int | None) -> Fault:
        """Return the fault with its line, and its sheet if there are several."""
        if line is None or len(self.sheets) < 2:  # noqa: PLR2004 - several
            return Fault(text, line)
        sheet = max((each for each in self.sheets if each.before < line), key=lambda each: each.before)
        return Fault(f"Sheet {shown_text(sheet.name)}, line {line - sheet.before:,}: {text}")


def checked_headers(cells: Iterable[str]) -> list[str]:
    """Return the headers without empty ones at the end. Raises Unreadable for no, duplicate or too many names."""
    headers = [cell.strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise Unreadable(Fault("The first line has no column names. Add a name for each column.", 1))
    refuse_row_count(len(headers))
    twice = sorted({name for name in headers if name and headers.count(name) > 1})
    if twice:
        raise Unreadable(Fault(f"Two columns are named {shown_text(twice[0])}. Give each column its own name.", 1))
    return headers


def refuse_row_count(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Unreadable(
            Fault(
                (
                    f"The file has {columns:,} columns; at most {MOST_COLUMNS} are read. Send only the columns of "
                    f"the statement."
                ),
                1,
            )
        )


def shown_text(text: str) -> str:
    """Return a text of the file on one line, shortened."""
    text = " ".join(text.split())
    return f"“{text[:SHOWN]}…”" if len(text) > SHOWN else f"“{text}”"


class _Line:
    """What csv.writer writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Return the cells as CSV, each in quotes, so that none is read as anything else."""
    try:
        yield from (text.encode() for text in _written(rows))
    except UnicodeEncodeError as fault:
        raise Unreadable(Fault("A text contains half a character (a lone surrogate).")) from fault


def _written(rows: Iterable[list[str]]) -> Iterator[str]:
    writer, held = csv.writer(_Line(), quoting=csv.QUOTE_ALL, lineterminator="\n"), io.StringIO()
    for row in rows:
        held.write(writer.writerow(row))
        if held.tell() > PIECE:
            yield held.getvalue()
            held = io.StringIO()
    yield held.getvalue()
