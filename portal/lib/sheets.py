"""Tables as XLSX, written row by row: what is in memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook

from portal.lib.money import SCALE
from portal.lib.tables import cell

MOST_ROWS = 1_048_575  # and one of titles: a sheet holds no more
EXACT = 10**15  # up to here a spreadsheet's number holds every unit
AMOUNT = "#,##0.00###"


class Amount(int):
    """Real amount × 100000: a number in a sheet, a plain decimal in CSV."""

    def __str__(self) -> str:
        whole, fraction = divmod(abs(int(self)), SCALE)
        return f"{'-' if self < 0 else ''}{whole}.{f'{fraction:05d}'.rstrip('0').ljust(2, '0')}"


def whole(text: str) -> str:
    """Xlsxwriter takes `<r>…</r>` for markup of its own and writes it as it is: so a player's id could be a formula."""
    return f"'{text}" if text.startswith("<r>") else text


class Sheet:
    def __init__(self, book: Workbook, title: str) -> None:
        self.sheet = book.add_worksheet(title)
        self.amount = book.add_format({"num_format": AMOUNT})
        self.row = 0

    def add(self, values: Iterable[Any]) -> None:
        """Text always as text, whatever a spreadsheet would make of it."""
        for column, value in enumerate(values):
            if isinstance(value, Amount) and abs(value) < EXACT:
                self.sheet.write_number(self.row, column, value / SCALE, self.amount)
            elif value is not None:
                self.sheet.write_string(self.row, column, whole(cell(value)))
        self.row += 1


@contextmanager
def written(path: Path, title: str) -> Iterator[Sheet]:
    """What breaks off leaves nothing behind but `path`."""
    with TemporaryDirectory(dir=path.parent) as scratch:
        book = Workbook(str(path), {"constant_memory": True, "tmpdir": scratch})
        book.use_zip64()  # a million rows of long ids are more than 2 GiB before they are packed
        try:
            sheet = Sheet(book, title)
            sheet.sheet.freeze_panes(1, 0)
            yield sheet
            book.close()
        finally:
            book.fileclosed = True  # or it is closed, and so written, when it is forgotten
            for each in book.worksheets():
                each.row_data_fh.close()
