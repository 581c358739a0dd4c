"""XLSX: the values of one sheet. What calculates is refused, since it says one thing here and another there.

A sheet is held whole while it is read, so it is bounded; a large day comes as CSV.
"""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from wallet.reconciliation.reading.csvs import FOOTER
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import Fault, Table, Unreadable, as_csv, checked_headers, shown, too_many
from wallet.reconciliation.reading.unpacking import PIECE, Unpacked

MOST_BYTES = 128 * 1024 * 1024  # of all parts, unpacked
MOST_ROWS = 200_000
MOST_EXACT = 10**15  # beyond it, Excel has put zeros for digits
FORMULAS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
LARGE = "The workbook is too large to be read as one. Save the sheet as CSV and send that."
BROKEN = "The workbook is damaged or cut off. Open it, save it as XLSX or CSV, and send that."
MACROS = "The workbook has macros or formulas in an old form. Save it as XLSX without macros, or as CSV."
CALCULATES = "The workbook has formulas. Paste them as values, or save the sheet as CSV, and send that."


def table(file: Unpacked, head: bytes, mapping: Mapping) -> Table:
    with SpooledTemporaryFile(max_size=16 * PIECE) as whole:
        _spool(file, head, whole)
        _check(whole)
        sheet = _sheet(whole, mapping)
    rows = sheet.iter_rows()
    first = 1 + (sheet.start or (0, 0))[0]
    header = [_cell(cell, mapping, first) for cell in next(rows)]
    found = Table("XLSX", checked_headers(header), first + 1, ",", iter(()), is_ours=True)
    found.chunks = as_csv(_lines(found, rows, mapping))
    return found


def _spool(file: Unpacked, piece: bytes, whole: IO[bytes]) -> None:
    while piece:
        whole.write(piece)
        if whole.tell() > MOST_BYTES:
            raise Unreadable(Fault(LARGE))
        piece = file.read()


def _check(whole: IO[bytes]) -> None:
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
                    left = _checked(content, left, is_sheet=part.filename.startswith("xl/worksheets/"))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as fault:
        raise Unreadable(Fault(BROKEN)) from fault


def _checked(content: IO[bytes], left: int, *, is_sheet: bool) -> int:
    before = b""
    while piece := content.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise Unreadable(Fault(LARGE))
        if is_sheet and any(mark in before + piece for mark in FORMULAS):
            raise Unreadable(Fault(CALCULATES))
        before = piece[-2:]
    return left


def _sheet(whole: IO[bytes], mapping: Mapping) -> CalamineSheet:
    try:
        whole.seek(0)
        book = CalamineWorkbook.from_filelike(whole)
        if mapping.sheet and mapping.sheet not in book.sheet_names:
            raise Unreadable(Fault(f"The workbook has no sheet {shown(mapping.sheet)}."))
        sheet = book.get_sheet_by_name(mapping.sheet) if mapping.sheet else book.get_sheet_by_index(0)
    except CalamineError as fault:
        raise Unreadable(Fault(BROKEN)) from fault
    too_many(sheet.width)
    if sheet.height > MOST_ROWS:
        raise Unreadable(Fault(f"{sheet.height:,} rows; of a workbook {MOST_ROWS:,} are read. Save it as CSV."))
    if not sheet.height:
        raise Unreadable(Fault("The sheet is empty."))
    return sheet


def _lines(found: Table, rows: Iterator[list[Any]], mapping: Mapping) -> Iterator[list[str]]:
    """Rows as text. A footer is known when no row comes after it."""
    held: list[list[str]] = []
    for number, row in enumerate(rows, start=found.first):
        cells = [_cell(cell, mapping, number) for cell in row[: len(found.headers)]]
        if any(cell != "" for cell in row[len(found.headers) :]):
            raise Unreadable(Fault("A cell beside the columns that have a name.", number))
        if any(cells) and not FOOTER.fullmatch(cells[0].strip()):
            yield from held
            held = []
            yield cells
        else:
            held.append(cells)
    found.footers = [cells for cells in held if any(cells)]


def _cell(value: Any, mapping: Mapping, line: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return _number(value, mapping, line)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value).replace("\0", "")


def _number(value: float, mapping: Mapping, line: int) -> str:
    """As it was written: a cell holds 15 digits, which is less than its float has."""
    if abs(value) >= MOST_EXACT:
        says = "A number of more than 15 digits, which Excel does not hold. Format the column as text and fill it anew."
        raise Unreadable(Fault(says, line))
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{value:.20f}".rstrip("0")
    return text.replace(".", ",") if mapping.amounts == "decimal_comma" else text
