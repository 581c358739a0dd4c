"""The values of one sheet of an XLSX as lines of JSON, in a process of its own: what reads workbooks makes room for the
whole rectangle of a sheet before it can be asked how large that is, and takes its process along when there is none.

Run as a program it knows nothing of Django, bounds itself, and reads the file that is its input. It ends with 0 when
all rows are written, with REFUSED and a sentence when the file is at fault, or as it may.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from wallet.reconciliation.reading.table import Fault, Unreadable, shown, too_many

REFUSED = 3
MOST_BYTES = 128 * 1024 * 1024  # of all parts, unpacked
MOST_WRITTEN = 2 * MOST_BYTES  # one text may stand in many cells
MOST_ROWS = 200_000
MOST_EXACT = 10**15  # beyond it, Excel has put zeros for digits
LONGEST_CELL = 32_767  # characters, as Excel has it
BOUNDS = {
    resource.RLIMIT_AS: 1024 * 1024 * 1024,
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_FSIZE: 2 * MOST_WRITTEN,
    resource.RLIMIT_CORE: 0,
}
PIECE = 256 * 1024
# Whatever the sheet's part is called. Texts that all sheets share hold no cell, and may hold these signs.
FORMULA = re.compile(rb"[<:]f[\s/>]")
NO_CELLS = ("xl/sharedStrings.xml", "docProps/")
FAR = re.compile(rb"""<c r=["'](?:[A-Za-z]{4}|[A-Za-z]{0,3}[0-9]{8})""")  # as all write it; the bounds hold for others
OVERLAP = 64  # bytes of a piece that are looked at again with the next
LARGE = "The workbook is too large to be read as one. Save the sheet as CSV and send that."
BROKEN = "The workbook is damaged or cut off. Open it, save it as XLSX or CSV, and send that."
MACROS = "The workbook has macros or formulas in an old form. Save it as XLSX without macros, or as CSV."
CALCULATES = "The workbook has formulas. Paste them as values, or save the sheet as CSV, and send that."
BEYOND = "A cell of the workbook is beyond all rows and columns that a sheet has. Save the sheet as CSV and send that."
NO_TIME = "A date or a time that is none, or is beyond all that there are. Write it as text and send the file again."
LONG = f"A cell of more than {LONGEST_CELL:,} characters, as Excel has none. Is this the right sheet?"


# --- before it is opened ----------------------------------------------------------------------------------------------
def check(whole: IO[bytes]) -> None:
    """Each part is unpacked once, so that what its header says of its size is proved."""
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(whole) as parts:
            names = parts.namelist()
            if not any(name.startswith("xl/") for name in names):
                raise Unreadable(Fault("The file is a ZIP and no XLSX. Send the statement itself, as CSV or XLSX."))
            if any("vbaproject" in name.lower() or "/macrosheets/" in name.lower() for name in names):
                raise Unreadable(Fault(MACROS))
            for part in parts.infolist():
                with parts.open(part) as content:
                    left = _checked(content, left, may_have_cells=_may_have_cells(part.filename))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as fault:
        raise Unreadable(Fault(BROKEN)) from fault


def _may_have_cells(name: str) -> bool:
    return name.lower().endswith(".xml") and not name.startswith(NO_CELLS)


def _checked(content: IO[bytes], left: int, *, may_have_cells: bool) -> int:
    before = b""
    while piece := content.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise Unreadable(Fault(LARGE))
        if may_have_cells:
            _look_at(before + piece)
        before = piece[-OVERLAP:]
    return left


def _look_at(xml: bytes) -> None:
    if FORMULA.search(xml):
        raise Unreadable(Fault(CALCULATES))
    if FAR.search(xml):
        raise Unreadable(Fault(BEYOND))


# --- its values -------------------------------------------------------------------------------------------------------
def opened(whole: IO[bytes], name: str) -> CalamineSheet:
    try:
        whole.seek(0)
        book = CalamineWorkbook.from_filelike(whole)
        if name and name not in book.sheet_names:
            raise Unreadable(Fault(f"The workbook has no sheet {shown(name)}."))
        sheet = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
    except CalamineError as fault:
        raise Unreadable(Fault(BROKEN)) from fault
    if sheet.end is None:
        raise Unreadable(Fault("The sheet is empty."))
    too_many(sheet.width)
    if (rows := sheet.end[0] + 1) > MOST_ROWS:
        raise Unreadable(Fault(f"{rows:,} rows; of a workbook {MOST_ROWS:,} are read. Save it as CSV."))
    return sheet


def lines(sheet: CalamineSheet, point: str) -> Iterator[list[str]]:
    """From its first line on, empty ones too."""
    rows, line = sheet.iter_rows(), 0
    while True:
        line += 1
        try:
            row = next(rows, None)
        except BaseException as fault:  # a panic of what reads it is no Exception
            raise Unreadable(Fault(NO_TIME, line)) from fault
        if row is None:
            return
        yield [_cell(cell, point, line) for cell in row]


def _cell(value: Any, point: str, line: int) -> str:
    if isinstance(value, str):
        return _text(value, line)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return _number(value, point, line)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _text(value: str, line: int) -> str:
    if len(value) > LONGEST_CELL:
        raise Unreadable(Fault(LONG, line))
    return value.replace("\0", "")


def _number(value: float, point: str, line: int) -> str:
    """As it was written: a cell holds 15 digits, which is less than its float has."""
    if not abs(value) < MOST_EXACT:
        says = "A number of more than 15 digits, which Excel does not hold. Format the column as text and fill it anew."
        raise Unreadable(Fault(says, line))
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{value:.20f}".rstrip("0")
    return text.replace(".", point)


# --- the program ------------------------------------------------------------------------------------------------------
def bound_yourself() -> None:
    """Nowhere above what is allowed already."""
    for what, most in BOUNDS.items():
        _, allowed = resource.getrlimit(what)
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        with suppress(ValueError, OSError):  # not every system has each
            resource.setrlimit(what, (least, least))


def write(whole: IO[bytes], into: IO[bytes], name: str, point: str) -> None:
    check(whole)
    left = MOST_WRITTEN
    for cells in lines(opened(whole, name), point):
        line = json.dumps(cells).encode() + b"\n"
        left -= len(line)
        if left < 0:
            raise Unreadable(Fault(LARGE))
        into.write(line)
    into.flush()


def main() -> None:
    bound_yourself()
    name, point = json.loads(sys.argv[1])
    try:
        write(sys.stdin.buffer, sys.stdout.buffer, name, point)
    except Unreadable as unreadable:
        [fault] = unreadable.faults
        sys.stderr.write("\n" + json.dumps([fault.text, fault.line]))  # after what a panic says
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
