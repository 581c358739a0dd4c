"""Tables as XLSX, written row by row in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any, Self

from portal.lib.currencies import decimals_of
from portal.lib.money import SCALE, format_amount
from portal.lib.tables import cell

if TYPE_CHECKING:
    from xlsxwriter import Workbook

MOST_ROWS = 1_048_575  # and one of titles: a sheet holds no more
EXACT = 10**15  # up to here a spreadsheet's number holds every unit
AMOUNT, MOMENT, DAY = "#,##0.00###", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
WHOLE, THOUSANDTHS, THREE = "#,##0", "#,##0.000##", 3
FIRST_DAY = date(1900, 3, 1)  # a sheet counts days from 1900, and takes that for a leap year
MOST_COLUMNS = 255
WIDTH = 18  # characters of a column: an amount or a moment is never shown as ###


class SheetAmount(int):
    """An amount (× 100000): a number in a sheet, a plain decimal in CSV, with the decimals of its currency."""

    currency: str

    def __new__(cls, units: int, currency: str = "") -> Self:
        amount = super().__new__(cls, units)
        amount.currency = currency
        return amount

    @property
    def sheet_format(self) -> str:
        """Return the number format: the decimals of the currency, and more if the amount has them."""
        decimals = len(format_amount(int(self), self.currency).partition(".")[2])
        if decimals == 0:
            return WHOLE
        return THOUSANDTHS if decimals_of(self.currency) == THREE else AMOUNT

    def __str__(self) -> str:
        return format_amount(int(self), self.currency).replace(",", "")


def amount_formats(book: Workbook) -> dict[str, Any]:
    """Return the formats of a workbook for amounts, by `SheetAmount.sheet_format`."""
    return {each: book.add_format({"num_format": each}) for each in (AMOUNT, WHOLE, THOUSANDTHS)}


def escaped_text(text: str) -> str:
    """Return a text that xlsxwriter does not take as its own markup (`<r>…</r>`), so that no player id becomes a
    formula.
    """
    return f"'{text}" if text.startswith("<r>") else text


class WrittenSheet:
    def __init__(self, book: Workbook, title: str) -> None:
        self.sheet = book.add_worksheet(title)
        self.sheet.set_column(0, MOST_COLUMNS, WIDTH)
        self.sheet.freeze_panes(1, 0)
        self.head = book.add_format({"bold": True})
        self.amounts = amount_formats(book)
        self.moment, self.day = book.add_format({"num_format": MOMENT}), book.add_format({"num_format": DAY})
        self.row, self.columns = 0, 0

    def add(self, values: Iterable[Any]) -> None:
        """Add a row: amounts, moments (UTC), days and counts as values, text as text."""
        for column, value in enumerate(values):
            self.columns = max(self.columns, column)
            self.write(column, value)
        self.row += 1

    def write(self, column: int, value: Any) -> None:
        if isinstance(value, SheetAmount) and abs(value) < EXACT:
            self.sheet.write_number(self.row, column, value / SCALE, self.amounts[value.sheet_format])
        elif type(value) is int and abs(value) < EXACT:
            self.sheet.write_number(self.row, column, value)
        elif isinstance(value, date) and _is_counted(value):
            self.write_time(column, value)
        elif value is not None:
            self.sheet.write_string(self.row, column, escaped_text(cell(value)), None if self.row else self.head)

    def write_time(self, column: int, value: date) -> None:
        if isinstance(value, datetime):
            self.sheet.write_datetime(self.row, column, value.astimezone(UTC).replace(tzinfo=None), self.moment)
        else:
            self.sheet.write_datetime(self.row, column, value, self.day)

    def end(self) -> None:
        """Add the filters of the columns."""
        self.sheet.autofilter(0, 0, max(self.row - 1, 0), self.columns)


def _is_counted(value: date) -> bool:
    return (value.date() if isinstance(value, datetime) else value) >= FIRST_DAY


def write_book(to: IO[bytes], title: str, rows: Iterable[Iterable[Any]]) -> None:
    """Write a workbook of one sheet in constant memory. The first row has the column names."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - web processes seldom write one, and it is large

    with Workbook(to, {"constant_memory": True}) as book:
        sheet = WrittenSheet(book, title)
        for row in rows:
            sheet.add(row)
        sheet.end()


@contextmanager
def open_sheet(path: Path, title: str) -> Iterator[WrittenSheet]:
    """Open a sheet for the block. A block that breaks off leaves only an incomplete file at `path`."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - as above

    with TemporaryDirectory(dir=path.parent) as scratch:
        book = Workbook(str(path), {"constant_memory": True, "tmpdir": scratch})
        book.use_zip64()  # a million rows of long ids are more than 2 GiB before they are packed
        try:
            sheet = WrittenSheet(book, title)
            yield sheet
            sheet.end()
            book.close()
        finally:
            book.fileclosed = True  # or it is closed, and so written, when it is forgotten
            for each in book.worksheets():
                each.row_data_fh.close()
