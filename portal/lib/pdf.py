"""Simple documents as PDF: headings, facts and tables. The fonts are part of the portal, so every machine makes the
same pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableHeadingsDisplay, WrapMode, XPos, YPos
from fpdf.fonts import FontFace
from fpdf.table import Table

FONTS = Path(__file__).parent / "fonts"
FAMILY = "DejaVu"
INK, QUIET, ALARM, RULED = (31, 41, 51), (82, 96, 109), (180, 35, 24), (242, 244, 247)
WIDE = 7  # columns; more are printed smaller, on a page across
SIZES = {True: 7, False: 8}
WORD, CELL, BESIDE = 34, 80, 3.4  # mm: of a word that is not broken, of a text in one line, around it
MARGIN = 14


class PdfNumber(str):
    """A cell that is aligned right."""

    __slots__ = ()


class PdfPage(FPDF):
    """A page with title and page number at its foot."""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FAMILY, size=7)
        self.set_text_color(*QUIET)
        self.cell(0, 6, f"{self.title}. Page {self.page_no()} of {{nb}}", align="R")


class Paper:
    def __init__(self, title: str, *, made_at: datetime) -> None:
        self.page = page = PdfPage(format="A4")
        page.add_font(FAMILY, "", FONTS / "DejaVuSansCondensed.ttf")
        page.add_font(FAMILY, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        page.set_title(title)
        page.set_lang("en")
        page.set_creation_date(made_at)
        page.set_margin(MARGIN)
        page.set_auto_page_break(auto=True, margin=16)
        page.add_page()

    def heading(self, text: str) -> None:
        self._line(text, size=16, style="B", height=9)

    def section(self, text: str, *, columns: int = 0) -> None:
        """Begin a section; a table of many columns gets a landscape page."""
        if columns > WIDE:
            self.page.add_page(orientation="landscape")
        self.page.ln(4)
        self._line(text, size=11, style="B", height=7)

    def text(self, text: str) -> None:
        self._line(text, size=9, height=5)

    def small(self, text: str) -> None:
        self.page.ln(4)
        self._line(text, size=7, height=4, colour=QUIET)

    def warning(self, text: str) -> None:
        self._line(text, size=11, style="B", height=7, colour=ALARM)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        self.page.ln(2)
        with self._table(widths=(34, 148), size=9, headings=0, borders=TableBordersLayout.NONE) as table:
            for name, value in facts:
                row = table.row()
                row.cell(name, style=FontFace(color=QUIET))
                row.cell(value, align="L")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table. Numbers are shown whole, and texts share the rest of the width."""
        numbers = [all(isinstance(row[column], PdfNumber) for row in rows) for column in range(len(head))]
        size = SIZES[len(head) > WIDE]
        widths = self._widths([head, *rows], numbers, size)
        with self._table(widths=widths, size=size, headings=1, borders=TableBordersLayout.HORIZONTAL_LINES) as table:
            for cells in (head, *rows):
                row = table.row()
                for column, cell in enumerate(cells):
                    row.cell(cell, align="R" if numbers[column] else "L")

    def _widths(self, rows: Sequence[Sequence[str]], numbers: Sequence[bool], size: float) -> tuple[float, ...]:
        """In mm. The least is a column's longest word; above it a column gets what it wishes, or its share of it."""
        self.page.set_font(FAMILY, style="B", size=size)
        columns = list(zip(*rows, strict=True))
        whole = [max(self._wide(cell) for cell in column) for column in columns]
        words = [max(self._wide(word) for cell in column for word in cell.split() or [""]) for column in columns]
        least = [
            wide if is_number else min(word, WORD) for wide, word, is_number in zip(whole, words, numbers, strict=True)
        ]
        wish = [max(min(wide, CELL) - low, 0) for wide, low in zip(whole, least, strict=True)]
        share = min(max(self.page.epw - sum(least), 0) / (sum(wish) or 1), 1)
        return tuple(low + more * share for low, more in zip(least, wish, strict=True))

    def _wide(self, text: str) -> float:
        return float(self.page.get_string_width(text)) + BESIDE

    def content(self) -> bytes:
        return bytes(self.page.output())

    def _table(
        self, *, widths: tuple[float, ...], size: float, headings: int, borders: TableBordersLayout
    ) -> AbstractContextManager[Table]:
        self.page.set_font(FAMILY, size=size)
        self.page.set_text_color(*INK)
        return self.page.table(
            col_widths=widths,
            width=self.page.epw,
            align="L",
            borders_layout=borders,
            first_row_as_headings=bool(headings),
            repeat_headings=TableHeadingsDisplay.ON_TOP_OF_EVERY_PAGE,
            headings_style=FontFace(emphasis="BOLD", fill_color=RULED),
            line_height=size * 0.55,
            padding=(0.8, 1.2),
            wrapmode=WrapMode.WORD,
        )

    def _line(
        self, text: str, *, size: float, height: float, style: str = "", colour: tuple[int, int, int] = INK
    ) -> None:
        self.page.set_font(FAMILY, style=style, size=size)
        self.page.set_text_color(*colour)
        self.page.multi_cell(0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
