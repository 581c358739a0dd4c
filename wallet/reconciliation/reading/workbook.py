"""Reads the values of an XLSX as lines of JSON, in a separate process.

The library reserves memory for the whole rectangle of a sheet before its size is known, and aborts its process when
there is none. As a program, this file knows nothing of Django, limits itself, and reads the workbook from its input. It
ends with 0 when all rows are written, and with REFUSED and a sentence when the file is at fault. Any other end is
possible.
"""

from __future__ import annotations

import datetime as dt
import json
import posixpath
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from wallet.reconciliation.reading.table import Fault, Unreadable, refuse_row_count, shown_text

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
HAS_CELLS = b"sheetData"  # of a chart, the formulas are none of a cell
NAMED = re.compile(rb"""[ \n\t]r=["']([A-Z]{1,3}[0-9]{1,7})["']""")
EVERY = "*"  # all sheets that are not hidden
APART = "/"  # between names of sheets: no name has it
FAR = re.compile(rb"""<c r=["'](?:[A-Za-z]{4}|[A-Za-z]{0,3}[0-9]{8})""")  # as all write it; the bounds hold for others
OVERLAP = 64  # bytes of a piece that are looked at again with the next
LARGE = "The workbook is too large to be read. Save the sheet as CSV and send that file."
BROKEN = "The workbook is damaged or cut off. Open it, save it as XLSX or CSV, and send that file."
MACROS = "The workbook has macros or formulas in an old format. Save it as XLSX without macros, or as CSV."
CALCULATES = "The workbook has formulas{}. Paste them as values, or save the sheet as CSV, and send that file."
BEYOND = "A cell of the workbook is outside the limits of a sheet. Save the sheet as CSV and send that file."
NO_TIME = "A date or time is not valid. Write it as text and send the file again."
LONG = (
    f"A cell has more than {LONGEST_CELL:,} characters, which is more than Excel can hold. Check "
    f"that this is the right sheet."
)


# --- before it is opened ----------------------------------------------------------------------------------------------
def check_workbook(whole: IO[bytes]) -> None:
    """Unpack each part once, so that the sizes in the headers are proved. Raises an error for a file beyond the
    bounds.
    """
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(whole) as parts:
            names = parts.namelist()
            if not any(name.startswith("xl/") for name in names):
                raise Unreadable(Fault("The file is a ZIP but not an XLSX. Send the statement itself, as CSV or XLSX."))
            if any("vbaproject" in name.lower() or "/macrosheets/" in name.lower() for name in names):
                raise Unreadable(Fault(MACROS))
            for part in parts.infolist():
                with parts.open(part) as content:
                    left = _checked(content, left, may_have_cells=_may_have_cells(part.filename))
    except DAMAGED as fault:
        raise Unreadable(Fault(BROKEN)) from fault


DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


def _may_have_cells(name: str) -> bool:
    return name.lower().endswith(".xml") and not name.startswith(NO_CELLS)


def _checked(content: IO[bytes], left: int, *, may_have_cells: bool) -> int:
    before = b""
    while piece := content.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise Unreadable(Fault(LARGE))
        if may_have_cells and FAR.search(before + piece):
            raise Unreadable(Fault(BEYOND))
        before = piece[-OVERLAP:]
    return left


def check_formulas(whole: IO[bytes], names: Sequence[str]) -> None:
    """Refuse formulas in the sheets that are read; in all parts if the parts of a sheet are unknown. Call
    `check_workbook` first.
    """
    try:
        with zipfile.ZipFile(whole) as parts:
            known = _parts_of_sheets(parts)
            chosen = {known[name] for name in names if name in known}
            if len(chosen) < len(names) or not chosen <= set(parts.namelist()):
                chosen = {name for name in parts.namelist() if _may_have_cells(name)}
            for name in sorted(chosen):
                with parts.open(name) as content:
                    _look_for_formulas(content)
    except DAMAGED as fault:
        raise Unreadable(Fault(BROKEN)) from fault


def _parts_of_sheets(parts: zipfile.ZipFile) -> dict[str, str]:
    """By their names. Empty where the workbook says it in another way than all programs do."""
    try:
        texts = [parts.read(name) for name in BOOK]
        if any(DECLARES in text for text in texts):
            return {}
        book, links = (ET.fromstring(text) for text in texts)  # noqa: S314 - without declarations, in its own process
    except (KeyError, ET.ParseError):
        return {}
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    found = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = next((targets.get(to, "") for name, to in sheet.items() if name.endswith("}id")), "")
            found[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return found


DECLARES = b"<!"  # an entity may be behind it
BOOK = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")


def _look_for_formulas(content: IO[bytes]) -> None:
    before, has_begun = b"", False
    while piece := content.read(PIECE):
        xml = before + piece
        if not has_begun and (begin := xml.find(HAS_CELLS)) >= 0:
            has_begun, xml = True, xml[begin:]
        if has_begun and (formula := FORMULA.search(xml)):
            cells = NAMED.findall(xml[: formula.start()])
            raise Unreadable(Fault(CALCULATES.format(f" (cell {cells[-1].decode()})" if cells else "")))
        before = xml[-OVERLAP:]


# --- its values -------------------------------------------------------------------------------------------------------
def open_workbook(whole: IO[bytes]) -> CalamineWorkbook:
    """Return the workbook. Refuses a file that the library cannot open."""
    try:
        whole.seek(0)
        return CalamineWorkbook.from_filelike(whole)
    except CalamineError as fault:
        raise Unreadable(Fault(BROKEN)) from fault


def chosen_sheets(book: CalamineWorkbook, stated: str) -> list[str]:
    """Return the names of the sheets that are read: the stated ones, all visible ones, or the first visible one."""
    if stated and stated != EVERY:
        names = [name.strip() for name in stated.split(APART)] if stated not in book.sheet_names else [stated]
        if gone := [name for name in names if name not in book.sheet_names]:
            raise Unreadable(Fault(f"The workbook has no sheet {shown_text(gone[0])}."))
        return names
    seen = [each.name for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet and is_visible(each)]
    names = seen or book.sheet_names
    return names if stated == EVERY else names[:1]


def is_visible(sheet: Any) -> bool:
    """Return whether the sheet is visible."""
    return bool(sheet.visible == SheetVisibleEnum.Visible)


def sheet_of(book: CalamineWorkbook, name: str, left: int) -> CalamineSheet:
    """Return a sheet of at most `left` rows. Refuses a sheet with more."""
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError as fault:
        raise Unreadable(Fault(BROKEN)) from fault
    if sheet.end is None:
        raise Unreadable(Fault(f"The sheet is empty. Its name is {shown_text(name)}. State another sheet."))
    refuse_row_count(sheet.width)
    if (rows := sheet.end[0] + 1) > left:
        raise Unreadable(Fault(f"The workbook has {rows:,} rows; at most {MOST_ROWS:,} are read. Save it as CSV."))
    return sheet


def lines(sheet: CalamineSheet, point: str) -> Iterator[list[str]]:
    """Yield the cells of each line as text, from the first line on, also empty lines. `point`: the decimal point."""
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
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return f"{value.isoformat()}T00:00:00"  # midnight is a moment, and looks like a date to what reads the cells
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _text(value: str, line: int) -> str:
    if len(value) > LONGEST_CELL:
        raise Unreadable(Fault(LONG, line))
    return value.replace("\0", "")


def _number(value: float, point: str, line: int) -> str:
    """As it was written: a cell holds 15 digits, which is less than its float has."""
    if not abs(value) < MOST_EXACT:
        says = (
            "A number has more than 15 digits, and Excel has lost the rest. Format the column as text "
            "and enter the numbers again."
        )
        raise Unreadable(Fault(says, line))
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{value:.20f}".rstrip("0")
    return text.replace(".", point)


# --- the program ------------------------------------------------------------------------------------------------------
def bound_yourself() -> None:
    """Limit memory and processor time of this process, but never above an existing limit."""
    for what, most in BOUNDS.items():
        _, allowed = resource.getrlimit(what)
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        with suppress(ValueError, OSError):  # not every system has each
            resource.setrlimit(what, (least, least))


def write(whole: IO[bytes], into: IO[bytes], stated: str, point: str) -> None:
    """Write a line about the sheets, then for each sheet that is read its name and its lines."""
    check_workbook(whole)
    book = open_workbook(whole)
    names = chosen_sheets(book, stated)
    check_formulas(whole, names)
    left = _written({"sheets": [[each.name, is_visible(each)] for each in book.sheets_metadata]}, into, MOST_WRITTEN)
    rows = MOST_ROWS
    for name in names:
        sheet = sheet_of(book, name, rows)
        rows -= sheet.height
        left = _written({"sheet": name}, into, left)
        for cells in lines(sheet, point):
            left = _written(cells, into, left)
    into.flush()


def _written(what: Any, into: IO[bytes], left: int) -> int:
    line = json.dumps(what).encode() + b"\n"
    if len(line) > left:
        raise Unreadable(Fault(LARGE))
    into.write(line)
    return left - len(line)


def main() -> None:
    """Read standard input, and write to standard output."""
    bound_yourself()
    stated, point = json.loads(sys.argv[1])
    try:
        write(sys.stdin.buffer, sys.stdout.buffer, stated, point)
    except Unreadable as unreadable:
        [fault] = unreadable.faults
        sys.stderr.write("\n" + json.dumps([fault.text, fault.line]))  # after what a panic says
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
