"""Whatever a table is written in, it reads back equal."""

from __future__ import annotations

import csv
import gzip
import io
import json
import resource
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import xlsxwriter
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wallet.reconciliation.reading import formats, jsons, loading, sheets
from wallet.reconciliation.reading import workbook as workbooks
from wallet.reconciliation.reading.csvs import FOOTER
from wallet.reconciliation.reading.mapping import Mapping, from_json, suggested_mapping
from wallet.reconciliation.reading.table import Unreadable

type Table = list[list[str]]
PLAIN = Mapping()
TABLE = [["id", "amount"], ["t-1", "5"], ["t-2", "7,50"], ["ü €", 'say "hi";\n or, not']]


def read_back(raw: bytes, mapping: Mapping = PLAIN) -> tuple[list[str], list[list[str]], list[int]]:
    """Headers, cells and lines, as the database has them."""
    with transaction.atomic(), loading.loaded_rows(lambda: nullcontext(io.BytesIO(raw)), mapping) as loaded:
        cells = ", ".join(f"c{number}" for number in range(1, len(loaded.table.headers) + 1))
        query = f"SELECT line, {cells} FROM {loaded.source.as_string()} ORDER BY line"  # noqa: S608 - ours
        with connection.cursor() as cursor:
            cursor.execute(query)
            rows = cursor.fetchall()
        return loaded.table.headers, [list(row[1:]) for row in rows], [row[0] for row in rows]


def as_csv(table: Table, delimiter: str = ",", ends: str = "\r\n", quoting: Any = csv.QUOTE_MINIMAL) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=ends, quoting=quoting).writerows(table)
    return file.getvalue()


def lines_of(table: Table, delimiter: str, ends: str) -> list[int]:
    """At which line each row begins, counted in what was written."""
    return [as_csv(table[:number], delimiter, ends).count("\n") + 1 for number in range(1, len(table))]


CELL = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"], codec="utf-8") | st.sampled_from(',;|\t"\n\r ='),
    max_size=12,
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(2, 6))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8))
    kept = [row for row in rows if any(row) and not FOOTER.fullmatch(row[0].strip())]
    return [[f"column {number}" for number in range(width)], *(kept or [["x"] * width])]


IN_ANY_DIALECT = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@IN_ANY_DIALECT
@given(
    tables(),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@example([["a", "b"], ["\\.", "x"], ["\\.", ""]], ",", "\n", "utf-8")
@example([["a", "b"], ["x", '"'], ["x\n\n;", ";;"]], ";", "\r\n", "utf-16")
def test_any_table_in_any_dialect_reads_back_equal(
    db: None, table: Table, delimiter: str, ends: str, encoding: str
) -> None:
    raw = as_csv(table, delimiter, ends).encode(encoding)
    headers, rows, lines = read_back(raw)
    assert (headers, rows) == (table[0], table[1:])
    if not any("\r" in cell for row in table for cell in row):  # a lone one is a line's end to some
        assert lines == lines_of(table, delimiter, ends)
    assert read_back(gzip.compress(raw))[1] == rows


@IN_ANY_DIALECT
@given(tables(), st.booleans())
def test_any_table_as_json_reads_back_equal(db: None, table: Table, in_lines: bool) -> None:
    objects = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    dumped = "\n".join(map(json.dumps, objects)) if in_lines else json.dumps({"transactions": objects}, indent=1)
    headers, rows, lines = read_back(dumped.encode())
    assert (headers, rows) == (table[0], table[1:])
    assert lines == list(range(1, len(table)))


BAD_ZIPS: list[tuple[Callable[[], bytes], str]] = [
    (lambda: zipped(day=b"a,b\n" + b"0" * 20_000_000), "more than 200 times larger"),
    (lambda: zipped(day=b"a,b\n1,2\n")[:60] + b"PK", "damaged or cut off"),
    (lambda: zipped(day=zipped(day=b"a,b\n1,2\n")), "damaged|not an XLSX"),
    (lambda: zipped(__a=b"x" * 10, b=b"y"), "a ZIP with 2 files"),
]


@pytest.mark.parametrize(("made", "says"), BAD_ZIPS, ids=[says for _, says in BAD_ZIPS])
def test_a_zip_that_is_no_statement_is_refused_with_a_sentence(db: None, made: Callable[[], bytes], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_back(made())


def test_a_table_larger_than_any_piece_reads_back_equal(db: None) -> None:
    table = [["id", "text"], *([f"t-{number}", 'a "b"\nc' * (number % 7)] for number in range(60_000))]
    written = as_csv(table, ";", "\n")
    assert len(written) > 2 * 1024 * 1024
    headers, rows, lines = read_back(written.encode())
    assert (headers, rows) == (table[0], table[1:])
    assert lines[-1] == as_csv(table[:-1], ";", "\n").count("\n") + 1
    objects = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    assert read_back(json.dumps({"totals": {}, "transactions": objects}).encode())[1] == rows


# --- Encodings --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le"])
def test_a_stated_encoding(db: None, encoding: str) -> None:
    assert read_back(as_csv(TABLE).encode(encoding), from_json({"encoding": encoding}))[1] == TABLE[1:]


def test_a_mark_says_more_than_the_mapping(db: None) -> None:
    assert read_back(as_csv(TABLE).encode("utf-16"), from_json({"encoding": "cp1252"}))[1] == TABLE[1:]


def test_excels_own_line_of_the_separator(db: None) -> None:
    headers, rows, lines = read_back(b"sep=;\r\nid;amount\r\nt-1;5\r\n")
    assert (headers, rows, lines) == (["id", "amount"], [["t-1", "5"]], [3])


def test_the_separator_is_the_one_that_finds_the_mapped_columns(db: None) -> None:
    stated = from_json({"columns": {"player_id": "a,b,c"}})
    assert read_back(b"a,b,c;d\n1;2\n", stated)[0] == ["a,b,c", "d"]


# --- JSON -------------------------------------------------------------------------------------------------------------
def test_numbers_of_json_stay_the_text_that_they_were(db: None) -> None:
    raw = b'[{"a": 9007199254740993, "b": 12.340, "c": 1e400, "d": NaN, "e": true, "f": null}]'
    assert read_back(raw)[1] == [["9007199254740993", "12.340", "1e400", "NaN", "true", ""]]


def test_what_lacks_in_the_first_row_may_come_later(db: None) -> None:
    stated = from_json({"columns": {"transaction_id": "id", "game_id": "game"}})
    assert read_back(b'[{"id": 1}, {"id": 2, "game": "G"}]', stated)[1] == [["1", ""], ["2", "G"]]


BAD_JSON = [
    (b'{"transactions": [{"a": 1}, {"a": ', "did not arrive completely", 2),
    (b'{"transactions": [{"a": 1}', "did not arrive completely", 1),
    (b'[{"a": 1} {"a": 2}]', "is in the place of", 1),
    (b'[{"a": 1, "a": 2}]', "twice", 1),
    (b'[{"a": "x"}, 5]', "A row must be an object", 2),
    (b'[{"a": "\xff"}]', "not UTF-8", None),
    (b'[{"a": "\\u0000"}]', "NUL", 1),
    (b'[{"a": "\\ud800"}]', "half a character", None),
    (b'[{"a": 1}] x', "after the end", None),
    (b"[" * 100_000, "A row must be an object", None),
    (b"[]", "no column names", 1),
    (b'{"transactions": [{"a": 1}], "transactions": []}', "twice", None),
    (json.dumps([{f"k{number}": 0 for number in range(1_001)}]).encode(), "1,001 names", 1),
    (json.dumps({f"k{number}": "x" * 100_000 for number in range(600)}).encode(), "1,048,576 characters", None),
    (json.dumps({"transactions": [], **{f"k{n}": [0] * 40_000 for n in range(99)}}).encode(), "characters", None),
]


@pytest.mark.parametrize(("raw", "says", "line"), BAD_JSON, ids=[raw[:30].decode("latin-1") for raw, _, _ in BAD_JSON])
def test_bad_json_is_refused_with_a_sentence(db: None, raw: bytes, says: str, line: int | None) -> None:
    with pytest.raises(Unreadable) as refused:
        read_back(raw)
    [fault] = refused.value.faults
    if raw.startswith(b"[["):
        assert "nested" in fault.text or says in fault.text
    else:
        assert says in fault.text
        assert fault.line == line


def test_a_name_that_stands_twice_among_many_is_found_at_once() -> None:
    pairs: list[tuple[str, Any]] = [(f"k{number}", 0) for number in range(jsons.MOST_NAMES - 2)]
    begun = process_time()
    for _ in range(100):
        with pytest.raises(Unreadable, match="“z” twice"):
            jsons.unique_row([*pairs, ("z", 0), ("z", 1)])
    assert process_time() - begun < 1


def test_what_is_held_beside_the_rows_is_bounded() -> None:
    raw = io.BytesIO(json.dumps({f"k{number}": "x" * 100_000 for number in range(600)}).encode())
    tracemalloc.start()
    with pytest.raises(Unreadable):
        formats.open_table(raw, PLAIN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024


# --- XLSX -------------------------------------------------------------------------------------------------------------
def workbook(fill: Callable[[Any], None], **options: Any) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True} | options) as book:
        fill(book)
    return file.getvalue()


def sheet_of(table: list[list[Any]]) -> bytes:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Day")
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                write = sheet.write_string if isinstance(cell, str) else sheet.write
                write(number, column, cell)

    return workbook(fill)


def test_a_sheet_reads_back_equal(db: None) -> None:
    raw = sheet_of(
        [["id", "amount", "more"], ["t-1", 12.34, "=1+1"], ["007", 100000, ""], ["", "", ""], ["x", 0.1, "ü"]]
    )
    headers, rows, lines = read_back(raw)
    assert headers == ["id", "amount", "more"]
    assert rows == [["t-1", "12.34", "=1+1"], ["007", "100000", ""], ["x", "0.1", "ü"]]
    assert lines == [2, 3, 5]
    stated = from_json({"amounts": "decimal_comma"})
    assert read_back(raw, stated)[1][0] == ["t-1", "12,34", "=1+1"]


def test_a_sheet_by_its_name(db: None) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Notes").write_row(0, 0, ["a", "b"])
        book.add_worksheet("Day").write_row(0, 0, ["id", "amount"])

    raw = workbook(fill)
    assert read_back(raw)[0] == ["a", "b"]
    assert read_back(raw, from_json({"sheet": "Day"}))[0] == ["id", "amount"]
    with pytest.raises(Unreadable, match="no sheet “Else”"):
        read_back(raw, from_json({"sheet": "Else"}))


def with_formula(book: Any) -> None:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["id", "amount"])
    sheet.write_formula(1, 1, "=1+1", value=2)


def with_long_number(book: Any) -> None:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["id", "amount"])
    sheet.write_row(1, 0, [1234567890123456789, 5])


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def lying_about_its_size() -> bytes:
    """The header of a part says 10 bytes; it unpacks to more."""
    raw = zipped(xl__worksheets__sheet1=b"<x>" * 100_000)
    return raw.replace((300_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


BAD_SHEETS: list[tuple[Callable[[], bytes], str]] = [
    (lambda: workbook(with_formula), "has formulas"),
    (lambda: workbook(with_long_number), "more than 15 digits"),
    (lambda: workbook(lambda book: book.add_worksheet()), "empty"),
    (lambda: sheet_of(TABLE)[:-200], "damaged or cut off"),
    (lambda: zipped(xl__vbaProject=b"x"), "macros"),
    (lambda: zipped(readme=b"x", other=b"y"), "a ZIP with 2 files and not an XLSX"),
    (lambda: zipped(xl__worksheets__sheet1=b"0" * 150_000_000), "too large"),
    (lying_about_its_size, "damaged or cut off"),
    (lambda: sheet_of([["id", "amount"], ["t-1", 5, "beside"]]), "more cells than there are column headings"),
    (lambda: sheet_of([[f"c{number}" for number in range(300)]]), "300 columns"),
    (lambda: sheet_of([["", ""], ["", ""]]), "no column names"),
]


@pytest.mark.parametrize(("made", "says"), BAD_SHEETS, ids=[says for _, says in BAD_SHEETS])
def test_a_bad_sheet_is_refused_with_a_sentence(db: None, made: Callable[[], bytes], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_back(made())


@pytest.mark.parametrize(("down", "right"), [(0, 0), (2, 0), (0, 2), (3, 1)])
def test_a_table_stands_anywhere_in_its_sheet_and_keeps_its_lines(db: None, down: int, right: int) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for number, row in enumerate([["id", "amount"], ["t-1", 5], [], ["t-2", 7]]):
            sheet.write_row(number + down, right, row)

    headers, rows, lines = read_back(workbook(fill))
    assert headers == ["id", "amount"]
    assert rows == [["t-1", "5"], ["t-2", "7"]]
    assert lines == [2 + down, 4 + down]


# --- XLSX as nobody's program writes it -------------------------------------------------------------------------------
OFFICE = "http://schemas.openxmlformats.org"
MAIN, TYPE = f"{OFFICE}/spreadsheetml/2006/main", f"{OFFICE}/officeDocument/2006/relationships"
SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLED = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 46))  # number, date, date with time, [h]:mm:ss
NAMED = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'


def related(**targets: str) -> str:
    said = "".join(f'<Relationship Id="{name}" Type="{TYPE}/{name}" Target="{to}"/>' for name, to in targets.items())
    return f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{said}</Relationships>'


def by_hand(rows: str, *, text: str = "a", sheet: str = "worksheets/sheet1.xml") -> bytes:
    """A workbook of these rows. `text` is what its cells share."""
    parts = {"xl/workbook.xml": "sheet.main", f"xl/{sheet}": "worksheet", "xl/sharedStrings.xml": "sharedStrings"}
    types = "".join(f'<Override PartName="/{name}" ContentType="{SHEETML}.{it}+xml"/>' for name, it in parts.items())
    named = f'<sheets><sheet name="S" sheetId="1" r:id="worksheet" xmlns:r="{TYPE}"/></sheets>'
    return zipped(
        **{
            "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types">{types}</Types>'.encode(),
            "_rels/.rels": related(officeDocument="xl/workbook.xml").encode(),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}">{named}</workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": related(
                worksheet=sheet, sharedStrings="sharedStrings.xml", styles="styles.xml"
            ).encode(),
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{STYLED}</cellXfs></styleSheet>'.encode(),
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'.encode(),
            f"xl/{sheet}": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode(),
        }
    )


def at_corners(far: str) -> bytes:
    return by_hand(f'{NAMED}<row><c r="{far}"><v>1</v></c></row>')


def of_one_text(text: str, cells: int) -> bytes:
    rows = (f'<row r="{number}"><c r="A{number}" t="s"><v>0</v></c></row>' for number in range(1, cells + 1))
    return by_hand("".join(rows), text=text)


def test_a_workbook_made_by_hand_is_read(db: None) -> None:
    assert read_back(by_hand(f'{NAMED}<row r="3"><c r="A3" t="s"><v>0</v></c></row>', text="x"))[1:] == ([["x"]], [3])


BOMBS: list[tuple[str, Callable[[], bytes], str]] = [
    ("the whole sheet", lambda: at_corners("XFD1048576"), "too large"),
    ("all rows", lambda: at_corners("GR1048576"), "too large"),
    ("more rows than are read", lambda: at_corners("B1048576"), "1,048,576 rows"),
    ("columns that are none", lambda: at_corners("AAAAAAAAAAAAAA2"), "outside the limits of a sheet"),
    ("rows that are none", lambda: at_corners("A99999999999"), "outside the limits of a sheet"),
    ("a long text in many cells", lambda: of_one_text("x" * 1_000_000, 20_000), "too large"),
    ("a long text", lambda: of_one_text("x" * 40_000, 2), "more than 32,767 characters"),
    ("long texts", lambda: of_one_text("x" * 30_000, 20_000), "too large"),
]


@pytest.mark.parametrize(("made", "says"), [bomb[1:] for bomb in BOMBS], ids=[name for name, *_ in BOMBS])
def test_a_small_workbook_that_unfolds_takes_no_room_of_ours(made: Callable[[], bytes], says: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable, match=says):
        list(formats.open_table(io.BytesIO(made()), PLAIN).chunks)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # KiB


VALUES = ("NaN", "1e400", "-1e400", "inf", "1e300", "-1e300", "1e15", "-5", "2958466", "1e9", "x", "")
CELLS = [f'<c r="A2" s="{style}"><v>{value}</v></c>' for style in range(4) for value in VALUES]
CELLS += [f'<c r="A2" {said}><v>7</v></c>' for said in ('t="e"', 't="b"', 't="zz"', 't="d"', 's="9999"', 's="-1"')]
CELLS += [f'<c r="{place}"><v>1</v></c>' for place in ("A0", "0", "", "2A", "a2", "A-2")]
CELLS += [f'<c r="A2" t="s"><v>{number}</v></c>' for number in ("99999999", "-1", "")]


def test_a_strange_cell_is_a_value_or_a_sentence() -> None:
    """Whatever its reader does: some of these make it panic."""
    for cell in CELLS:
        with suppress(Unreadable):
            list(formats.open_table(io.BytesIO(by_hand(f"{NAMED}<row>{cell}</row>")), PLAIN).chunks)


@pytest.mark.parametrize(("style", "value"), [(1, "-1e400"), (1, "-1e300"), (3, "1e400"), (3, "inf"), (3, "1e15")])
def test_a_time_that_is_none_is_a_sentence_with_its_line(style: int, value: str) -> None:
    raw = by_hand(f'{NAMED}<row r="2"><c r="A2" s="{style}"><v>{value}</v></c></row>')
    with pytest.raises(Unreadable, match="is not valid") as refused:
        list(formats.open_table(io.BytesIO(raw), PLAIN).chunks)
    assert refused.value.faults[0].line == 2


@pytest.mark.parametrize("sheet", ["worksheets/sheet1.xml", "sheets/sheet1.xml"])
@pytest.mark.parametrize("formula", ["<f>1+1</f>", "<f\n>1+1</f>", "<f\tca='1'>1+1</f>", "<f/>", "<x:f>1+1</x:f>"])
def test_formulas_are_refused_however_and_wherever_they_stand(formula: str, sheet: str) -> None:
    cell = f'<row r="1"><c r="A1">{formula}<v>2</v></c></row>'
    for before in (0, *range(workbooks.PIECE - 150, workbooks.PIECE - 50)):
        with pytest.raises(Unreadable, match="has formulas"):
            workbooks.check_formulas(io.BytesIO(by_hand(" " * before + cell, sheet=sheet)), ["S"])


def test_what_a_text_says_is_no_formula(db: None) -> None:
    assert read_back(sheet_of([["id", "a:f b"], ["t-1", "x:f "]]))[1] == [["t-1", "x:f "]]


@pytest.mark.parametrize(("ends", "says"), [("os.abort()", "too large"), ("1 / 0", "damaged"), ("x()", "damaged")])
def test_however_the_reader_of_workbooks_ends_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ends: str, says: str
) -> None:
    (tmp_path / "ends.py").write_text(f"import os\n{ends}\n")
    monkeypatch.setattr(sheets, "CHECKOUT", tmp_path)
    monkeypatch.setattr(workbooks, "__name__", "ends")
    with pytest.raises(Unreadable, match=says):
        formats.open_table(io.BytesIO(sheet_of(TABLE)), PLAIN)


def test_a_reader_of_workbooks_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ends.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(sheets, "CHECKOUT", tmp_path)
    monkeypatch.setattr(sheets, "SECONDS", 0.5)
    monkeypatch.setattr(workbooks, "__name__", "ends")
    with pytest.raises(Unreadable, match="too large"):
        formats.open_table(io.BytesIO(sheet_of(TABLE)), PLAIN)


# --- Mappings ---------------------------------------------------------------------------------------------------------
def test_what_is_stored_of_a_mapping_is_the_mapping() -> None:
    mapping = suggested_mapping(["transaction_id", "TYPE", "Player ID", "Ccy", "value", "status", "Created At", "game"])
    assert from_json(mapping.as_json()) == mapping
    assert set(mapping.columns) == {
        "transaction_id", "kind", "player_id", "currency", "amount", "state", "at", "game_id",
    }  # fmt: skip
    assert json.loads(json.dumps(mapping.as_json())) == mapping.as_json()


def test_nothing_is_held_open_or_left_behind(db: None) -> None:
    def tables_left() -> Iterator[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'statement_raw'")
            yield from cursor.fetchall()

    read_back(b"a,b\n1,2\n")
    with pytest.raises(Unreadable):
        read_back(b"a,b\n1,2,3\n")
    assert list(tables_left()) == [(0,)]
