"""Whatever a table is written in, it reads back equal."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import xlsxwriter
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wallet.reconciliation.reading import loading
from wallet.reconciliation.reading.csvs import FOOTER
from wallet.reconciliation.reading.mapping import Mapping, from_json, suggested
from wallet.reconciliation.reading.table import Unreadable

type Table = list[list[str]]
PLAIN = Mapping()
TABLE = [["id", "amount"], ["t-1", "5"], ["t-2", "7,50"], ["ü €", 'say "hi";\n or, not']]


def read_back(raw: bytes, mapping: Mapping = PLAIN) -> tuple[list[str], list[list[str]], list[int]]:
    """Headers, cells and lines, as the database has them."""
    with transaction.atomic(), loading.loaded(lambda: nullcontext(io.BytesIO(raw)), mapping) as loaded:
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


MARKED = ["utf-8", "utf-8-sig", "utf-16"]
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
    (b'{"transactions": [{"a": 1}, {"a": ', "did not arrive whole", 2),
    (b'{"transactions": [{"a": 1}', "did not arrive whole", 1),
    (b'[{"a": 1} {"a": 2}]', "belongs", 1),
    (b'[{"a": 1, "a": 2}]', "twice", 1),
    (b'[{"a": {"b": 1}}]', "list or an object", 1),
    (b'[{"a": "x"}, 5]', "A row is an object", 2),
    (b'[{"a": "\xff"}]', "not UTF-8", None),
    (b'[{"a": "\\u0000"}]', "NUL", 1),
    (b'[{"a": "\\ud800"}]', "half a character", None),
    (b'[{"a": 1}] x', "after the end", None),
    (b"[" * 100_000, "A row is an object", None),
    (b"[]", "no column names", 1),
    (b'{"transactions": [{"a": 1}], "transactions": []}', "twice", None),
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
    (lambda: zipped(readme=b"x"), "no XLSX"),
    (lambda: zipped(xl__worksheets__sheet1=b"0" * 150_000_000), "too large"),
    (lying_about_its_size, "damaged or cut off"),
    (lambda: sheet_of([["id", "amount"], ["t-1", 5, "beside"]]), "beside the columns"),
    (lambda: sheet_of([[f"c{number}" for number in range(300)]]), "300 columns"),
]


@pytest.mark.parametrize(("made", "says"), BAD_SHEETS, ids=[says for _, says in BAD_SHEETS])
def test_a_bad_sheet_is_refused_with_a_sentence(db: None, made: Callable[[], bytes], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_back(made())


# --- Mappings ---------------------------------------------------------------------------------------------------------
def test_what_is_stored_of_a_mapping_is_the_mapping() -> None:
    mapping = suggested(["transaction_id", "TYPE", "Player ID", "Ccy", "value", "status", "Created At", "game"])
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
