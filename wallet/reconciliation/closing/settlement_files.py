"""A settlement statement as PDF, XLSX and CSV, made from its stored figures, so that a file is the same on every
day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from portal.lib import sheets, tables
from portal.lib.file_names import file_name
from portal.lib.sheets import SheetAmount
from wallet.models import Settlement
from wallet.money import SCALE, format_amount
from wallet.reconciliation.closing import settlement_tables
from wallet.reconciliation.closing.months import month_text
from wallet.reconciliation.closing.settlement_figures import figures_of
from wallet.reconciliation.closing.settlement_tables import SettlementTable

if TYPE_CHECKING:
    from portal.lib import pdf

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"pdf": "application/pdf", "xlsx": XLSX, "csv": "text/csv"}
CONTENT_TYPES = TYPES | {"csv": "text/csv; charset=utf-8"}
MOST_ON_PAPER = 500  # rows of a table; the other two files have all
HEAD = ("section", "currency", "item", "game", "number", "amount", "transaction", "original month", "time", "text")
DRAFT = "Draft: not signed off"
TITLE = 31  # characters of a sheet's name


def settlement_file_name(settlement: Settlement, kind: str) -> str:
    draft = "" if settlement.state == Settlement.State.SIGNED else "draft"
    return file_name(settlement.merchant.code, "settlement", draft, at=settlement.month, form=kind, is_month=True)


def row_count(settlement: Settlement) -> int:
    """Return the number of rows of games, balances and adjustments, whatever the kind of file."""
    figures = figures_of(settlement)
    return len(figures.games) + len(figures.currencies) + sum(figures.adjustments.values())


def file_content(settlement: Settlement, kind: str, *, whole: bool = True) -> bytes:
    """Return the file. `whole`: adjustments name their transactions."""
    makers = {"pdf": as_pdf, "xlsx": as_xlsx, "csv": as_csv}
    return makers[kind](settlement, whole=whole)


# --- CSV --------------------------------------------------------------------------------------------------------------
def as_csv(settlement: Settlement, *, whole: bool) -> bytes:
    """Return one table; each line names the part of the statement. Amounts are plain decimals."""
    return "".join(tables.csv_lines([HEAD, *_lines(settlement, whole=whole)])).encode()


def _lines(settlement: Settlement, *, whole: bool) -> Iterator[Iterable[Any]]:
    figures = figures_of(settlement)
    for item, text in settlement_tables.facts(settlement):
        yield "statement", "", item, "", None, None, "", "", None, text
    for each in figures.currencies:
        for item, amount in settlement_tables.parts(each):
            yield "balance", each.currency, item, "", None, amount, "", "", None, ""
    for currency, game, title, bets, *amounts in settlement_tables.games(figures).rows:
        yield "game", currency, "Bets", game, bets, None, "", "", None, title
        for item, amount in zip(("Stakes", "Payouts", "GGR"), amounts, strict=True):
            yield "game", currency, item, game, None, amount, "", "", None, title
    for each in figures.currencies:
        rewards, deposits = SheetAmount(each.rewards, each.currency), SheetAmount(each.deposits, each.currency)
        yield "rewards", each.currency, "Rewards", "", each.reward_count, rewards, "", "", None, ""
        yield "cashier", each.currency, "Deposits", "", each.deposit_count, deposits, "", "", None, ""
        withdrawn = SheetAmount(each.withdrawals, each.currency)
        yield "cashier", each.currency, "Withdrawals", "", each.withdrawal_count, withdrawn, "", "", None, ""
    for item, number in settlement_tables.days(figures).rows:
        yield "days", "", item, "", number, None, "", "", None, ""
    yield from _adjustment_lines(settlement, whole=whole)


def _adjustment_lines(settlement: Settlement, *, whole: bool) -> Iterator[Iterable[Any]]:
    for row in settlement_tables.adjustment_rows(settlement, whole=whole):
        item, month, day, moved, game, currency, amount, difference, at, text, *named = row
        said = " ".join(filter(None, (moved, str(day or ""), text, f"reverses {named[1]}" if any(named[1:]) else "")))
        given = difference or amount
        section = "case" if difference else "adjustment"
        yield section, currency, item, game, None, given, named[0] if named else "", month, at, said


# --- XLSX -------------------------------------------------------------------------------------------------------------
class Formats:
    def __init__(self, book: Any) -> None:
        self.bold = book.add_format({"bold": True})
        self.amounts = sheets.amount_formats(book)
        self.number = book.add_format({"num_format": "#,##0"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def as_xlsx(settlement: Settlement, *, whole: bool) -> bytes:
    """Return a workbook with a sheet for each table. Amounts, numbers, days and moments (UTC) are typed for
    calculating.
    """
    import xlsxwriter  # noqa: PLC0415 - few processes ever write one, and it is large

    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        formats = Formats(book)
        about = SettlementTable("Statement", ("Item", "Value"), settlement_tables.facts(settlement))
        for table in (about, *settlement_tables.tables(settlement, whole=whole)):
            _sheet(book, formats, table)
    return file.getvalue()


def _sheet(book: Any, formats: Formats, table: SettlementTable) -> None:
    sheet = book.add_worksheet(table.title.partition(" (")[0][:TITLE].replace("'", "’"))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(table.head) - 1, 18)
    for column, title in enumerate(table.head):
        sheet.write_string(0, column, title, formats.bold)
    last = 0
    for last, row in enumerate(islice(table.rows, sheets.MOST_ROWS), start=1):
        for column, value in enumerate(row):
            _cell(sheet, last, column, value, formats)
    sheet.autofilter(0, 0, max(last, 1), len(table.head) - 1)


def _cell(sheet: Any, row: int, column: int, value: Any, formats: Formats) -> None:
    """An amount that a double does not hold exactly stays text."""
    if isinstance(value, SheetAmount):
        if abs(value) < sheets.EXACT:
            sheet.write_number(row, column, value / SCALE, formats.amounts[value.sheet_format])
        else:
            sheet.write_string(row, column, str(value))
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None), formats.moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats.day)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, formats.number)
    elif value:
        sheet.write_string(row, column, sheets.escaped_text(tables.cell(value)))


# --- PDF --------------------------------------------------------------------------------------------------------------
def as_pdf(settlement: Settlement, *, whole: bool) -> bytes:
    """Return the statement as a document."""
    from portal.lib import pdf  # noqa: PLC0415 - as above

    made_at = settlement.signed_at or settlement.counted_at or settlement.requested_at
    title = f"Settlement statement, {month_text(settlement.month)}"
    paper = pdf.Paper(title, made_at=made_at)
    paper.heading(title)
    if settlement.state != Settlement.State.SIGNED:
        paper.warning(DRAFT)
    paper.facts(settlement_tables.facts(settlement))
    for table in settlement_tables.tables(settlement, whole=whole):
        _paper_table(paper, table)
    paper.small(settlement_tables.RULES)
    return paper.content()


def _paper_table(paper: pdf.Paper, table: SettlementTable) -> None:
    rows = [[_written(value, table.currency_of(row)) for value in row] for row in islice(table.rows, MOST_ON_PAPER + 1)]
    said = [column for column in range(len(table.head)) if any(row[column] for row in rows)]
    paper.section(table.title, columns=len(said))
    if not rows:
        paper.text("None.")
        return
    lines = [[row[column] for column in said] for row in rows[:MOST_ON_PAPER]]
    paper.table([table.head[column] for column in said], lines)
    if len(rows) > MOST_ON_PAPER:
        paper.text(f"This table shows the first {MOST_ON_PAPER:,} rows. The XLSX and CSV files contain all rows.")


def _written(value: Any, currency: str) -> str | pdf.PdfNumber:
    from portal.lib import pdf  # noqa: PLC0415 - as above

    if isinstance(value, SheetAmount):
        return pdf.PdfNumber(format_amount(int(value), currency))
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, int):
        return pdf.PdfNumber(f"{value:,}")
    return "" if value is None else str(value)
