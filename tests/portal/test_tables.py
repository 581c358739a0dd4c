"""Cells for spreadsheets: none is a formula wherever a program splits the line, and what goes out comes in again."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.lib import tables

TEXTS = st.one_of(st.text(), st.text(alphabet="=+-@＝＋－＠;,\t\r\n\"' a1."))
CELLS = {
    "=1+1": "'=1+1",
    " =x": " '=x",
    "a;=1+1;b": "a;'=1+1;b",
    "a; @x": "a; '@x",
    'a;"=1': "a;\"'=1",
    "a\t-1": "a\t'-1",
    "a\n+1\r＝2": "a\n'+1\r'＝2",
    "=1;=2": "'=1;'=2",
    "-5": "-5",
    "-5.25": "-5.25",
    "-5;x": "'-5;x",
    "+5": "'+5",
    "a=b": "a=b",
    "a;b": "a;b",
    "\tx": "\tx",
    "'=1": "'=1",
}


@pytest.mark.parametrize("text", CELLS)
def test_an_apostrophe_stands_where_a_formula_would_begin(text: str) -> None:
    assert tables.cell(text) == CELLS[text]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(TEXTS)
@example('a;"=1+1";b')
def test_no_cell_is_a_formula_whatever_separates_cells(delimiter: str, text: str) -> None:
    table = "".join(tables.csv_lines([("first", text), (text, "second")])).removeprefix(tables.BYTE_ORDER_MARK)
    for line in csv.reader(io.StringIO(table.replace("\0", ""), newline=""), delimiter=delimiter):
        for cell in line:
            bare = cell.lstrip(" ")
            assert not bare.startswith(tables.STARTS_FORMULA) or tables.NUMBER.fullmatch(text)


@given(TEXTS)
def test_what_is_kept_is_meant_and_needs_no_second_apostrophe(text: str) -> None:
    assert tables.unescaped_text(tables.escaped_text(text)) == text
    assert tables.harmless_text(tables.escaped_text(text)) == tables.escaped_text(text)


@given(TEXTS)
def test_what_was_made_harmless_stays_as_it_is(text: str) -> None:
    assert tables.harmless_text(tables.harmless_text(text)) == tables.harmless_text(text)
