"""XLSX: the values of one sheet or several. Formulas are refused, because programs can show other results.

A sheet is held whole while it is read, so another process reads it (`workbook`), within bounds. A large day comes as
CSV. However that process ends, this one continues with an error text.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any

import structlog

from portal.lib.ends_with_parent import tethered_command
from wallet.reconciliation.reading import header, workbook
from wallet.reconciliation.reading.csvs import FOOTER
from wallet.reconciliation.reading.mapping import MOST_LINES_BEFORE, Mapping
from wallet.reconciliation.reading.table import (
    Fault,
    SourceSheet,
    SourceTable,
    Unreadable,
    as_csv,
    checked_headers,
    shown_text,
)
from wallet.reconciliation.reading.unpacking import Unpacked

log = structlog.get_logger(__name__)
CHECKOUT = Path(__file__).parents[3]
SECONDS = 120  # for one that waits for a processor too
AT_ONCE = BoundedSemaphore(2)  # of this process: each may take a gigabyte
LONGEST_SAID = 500

type Lines = Iterator[tuple[int, list[str]]]
type Sheets = Iterator[tuple[SourceSheet, Lines]]


def workbook_table(file: Unpacked, head: bytes, mapping: Mapping) -> SourceTable:
    """Return the table. Empty lines above the header are skipped; each line keeps its number in the sheet."""
    found = SourceTable("XLSX", [], 1, ",", iter(()), is_ours=True, is_numbered=True)
    sheets = _sheets(file, head, mapping, found)
    sheet, lines = next(sheets)
    number, names, lines = _header(sheet, lines, mapping)
    found.headers, found.first = checked_headers(names), number + 1
    found.chunks = as_csv(_all_rows(found, lines, sheets, mapping))
    return found


def _sheets(file: Unpacked, head: bytes, mapping: Mapping, found: SourceTable) -> Sheets:
    """Yield each sheet that is read, with its lines."""
    with TemporaryFile() as values:
        with TemporaryFile() as whole:
            _spool(file, head, whole)
            _turn(whole, values, mapping)
        values.seek(0)
        said = map(json.loads, values)
        found.book = [SourceSheet(name, is_visible=is_visible) for name, is_visible in next(said)["sheets"]]
        named, number = next(said, None), 0
        while named is not None:
            sheet, rest = SourceSheet(named["sheet"], number), _Rest(said, number)
            found.sheets.append(sheet)
            yield sheet, rest.lines()
            for _ in rest.lines():
                pass
            named, number = rest.named, rest.number


class _Rest:
    """The lines of a sheet up to the next one, counted over all sheets."""

    def __init__(self, said: Iterator[Any], number: int) -> None:
        self.said, self.number = said, number
        self.named: dict[str, str] | None = None
        self.is_over = False

    def lines(self) -> Lines:
        while not self.is_over:
            line = next(self.said, None)
            if line is None or isinstance(line, dict):
                self.named, self.is_over = line, True
                return
            self.number += 1
            yield self.number, line


def _header(sheet: SourceSheet, lines: Lines, mapping: Mapping) -> tuple[int, list[str], Lines]:
    """Return number and cells of the header, and the lines after it."""
    looked_at = list(islice(lines, MOST_LINES_BEFORE))
    if mapping.header_line > len(looked_at):
        raise Unreadable(Fault("The sheet has no such line for the column names. State another line."))
    cells = [line for _, line in looked_at]
    at = mapping.header_line - 1 if mapping.header_line else header.header_position(cells, mapping)
    number, names = looked_at[at] if looked_at else (sheet.before + 1, [])
    return number, names, chain(looked_at[at + 1 :], lines)


def _all_rows(found: SourceTable, lines: Lines, others: Sheets, mapping: Mapping) -> Iterator[list[str]]:
    """Yield the rows of the first sheet, and of the others with the same columns."""
    yield from _rows(found, lines)
    for sheet, more in others:
        _, names, rest = _header(sheet, more, mapping)
        if checked_headers(names) != found.headers:
            first = found.sheets[0].name
            raise Unreadable(
                Fault(
                    f"Sheet {shown_text(sheet.name)} has other columns than {shown_text(first)}. "
                    "State sheets with the same columns."
                )
            )
        yield from _rows(found, rest)


def _spool(file: Unpacked, piece: bytes, whole: IO[bytes]) -> None:
    while piece:
        whole.write(piece)
        if whole.tell() > workbook.MOST_BYTES:
            raise Unreadable(Fault(workbook.LARGE))
        piece = file.read()
    whole.seek(0)


def _turn(whole: IO[bytes], values: IO[bytes], mapping: Mapping) -> None:
    command = tethered_command([sys.executable, "-m", workbook.__name__, json.dumps([mapping.sheet, mapping.point])])
    try:
        with AT_ONCE:
            done = subprocess.run(
                command, stdin=whole, stdout=values, stderr=subprocess.PIPE, cwd=CHECKOUT, timeout=SECONDS, check=False
            )
    except subprocess.TimeoutExpired as fault:
        raise Unreadable(Fault(workbook.LARGE)) from fault
    if done.returncode == workbook.REFUSED:
        text, line = json.loads(done.stderr.splitlines()[-1])
        raise Unreadable(Fault(text, line))
    if done.returncode:
        log.warning(
            "workbook.not_read", ended=done.returncode, said=done.stderr[-LONGEST_SAID:].decode(errors="replace")
        )
        raise Unreadable(Fault(workbook.LARGE if done.returncode < 0 else workbook.BROKEN))


def _rows(found: SourceTable, lines: Lines) -> Iterator[list[str]]:
    """Yield the rows, as wide as the header, each with its number. A footer is recognised when no row follows it."""
    held: list[list[str]] = []
    width = len(found.headers)
    for number, line in lines:
        cells = line[:width] + [""] * (width - len(line))
        if any(line[width:]):
            raise Unreadable(found.fault("This row has more cells than there are column headings.", number))
        if any(cells) and not FOOTER.fullmatch(cells[0].strip()):
            yield from held
            held = []
            yield [str(number), *cells]
        elif any(cells):
            held.append([str(number), *cells])
    found.footers += [cells[1:] for cells in held]
