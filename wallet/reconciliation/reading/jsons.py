"""JSON statements, read row by row: an object with the list of rows, the bare list, or a line for each row.

The rows are in `transactions`, else in the only list of objects, else at the stated path. An object inside a row
becomes names with a point: `player.id`. If the path leads through lists, each inner object is a row, with the values
around it.

Numbers stay text: no float is used, and amounts are judged in one place for all formats.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from wallet.reconciliation.reading.mapping import OPTIONAL, Mapping
from wallet.reconciliation.reading.table import Fault, SourceTable, Unreadable, as_csv, checked_headers, shown_text
from wallet.reconciliation.reading.unpacking import Unpacked

LONGEST = 1024 * 1024  # characters of one row, or of what stands beside the rows
MOST_NAMES = 1_000  # of one object
ROWS = "transactions"
ENDS = "The JSON ends early or is damaged from here on: it did not arrive completely. Send it again."
SPACE = " \t\r\n"
FIRST_INSIDE = re.compile(r"[ \t\r\n]*([^ \t\r\n])")
LIST = "[…]"  # what a cell shows of a list that nobody has named
DEEPEST = 16  # objects in each other
Row = dict[str, Any]


def unique_row(pairs: list[tuple[str, Any]]) -> Row:
    """Return the object. Raises Unreadable for a duplicate name or more than MOST_NAMES names."""
    if len(pairs) > MOST_NAMES:
        raise Unreadable(Fault(f"An object has {len(pairs):,} names; at most {MOST_NAMES:,} are read."))
    row: Row = {}
    for name, value in pairs:
        if name in row:
            raise Unreadable(Fault(f"An object contains {shown_text(name)} twice. Remove one."))
        row[name] = value
    return row


class JsonNumber(str):
    """A number with a decimal point, as it was written."""

    __slots__ = ()


DECODER = json.JSONDecoder(parse_float=JsonNumber, parse_int=str, parse_constant=str, object_pairs_hook=unique_row)


def json_table(file: Unpacked, head: bytes, mapping: Mapping) -> SourceTable:
    """Return the table. Columns: the names in the first row, and those optional ones of the mapping that a row may
    lack.
    """
    text = _Text(file, head)
    found = SourceTable("JSON", [], 1, ",", iter(()), is_ours=True)
    rows = _Reader(text, found, mapping).rows()
    first = next(rows, {})
    optional = [header for name, header in mapping.columns.items() if name in OPTIONAL]
    found.headers = checked_headers(dict.fromkeys([*first, *optional]))
    found.chunks = as_csv(_cells(chain([first] if first else [], rows), found.headers, mapping))
    return found


def _cells(rows: Iterable[Row], headers: list[str], mapping: Mapping) -> Iterator[list[str]]:
    named, point = set(mapping.columns.values()), mapping.point
    for number, row in enumerate(rows, start=1):
        cells = [_cell(row.get(header), number, is_named=header in named) for header in headers]
        yield cells if point == "." else [_pointed(cell) for cell in cells]


def _pointed(cell: str) -> str:
    return cell.replace(".", ",") if isinstance(cell, JsonNumber) else cell


def _cell(value: Any, number: int, *, is_named: bool) -> str:
    if isinstance(value, str):
        if "\0" in value:
            raise Unreadable(Fault("A text contains a NUL character. Remove it.", number))
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_named:
        raise Unreadable(Fault("A value is a list; each value must be a text or a number.", number))
    return LIST


class _Reader:
    """Finds the rows and gives one after the other; what stands beside them is kept."""

    def __init__(self, text: _Text, found: SourceTable, mapping: Mapping) -> None:
        self.text, self.found = text, found
        self.path = tuple(filter(None, mapping.rows_path.split(".")))
        self.left = LONGEST

    def rows(self) -> Iterator[Row]:
        if self.text.peek() == "[":
            yield from self._expanded(_list(self.text), self.path)
        else:
            yield from self._whole()
        if self.text.peek():
            raise Unreadable(Fault("There is text after the end of the JSON. Remove it."))

    def _whole(self) -> Iterator[Row]:
        """An object with the rows in it; or the first of many lines."""
        beside: Row = {}
        yield from self._object((), beside)
        if self.found.rows_path:
            self.found.declared, self.found.day = beside.get("totals"), str(beside.get("day") or "")
        elif self.path:
            raise Unreadable(
                Fault(f"The JSON has no list at {shown_text('.'.join(self.path))}. State the place of the rows.")
            )
        else:
            yield from self._expanded(chain([beside], _lines(self.text)), ())

    def _object(self, trail: tuple[str, ...], beside: Row) -> Iterator[Row]:
        self.text.take("{")
        names: set[str] = set()
        while self.text.peek() != "}":
            name = self._name(names)
            here = (*trail, name)
            if self._is_rows(here):
                yield from self._take_rows(here)
            elif self.text.peek() == "{" and len(here) < DEEPEST:
                inner: Row = {}
                beside[name] = inner
                yield from self._object(here, inner)
            else:
                beside[name] = self._beside()
            if self.text.peek() == ",":
                self.text.take(",")
        self.text.take("}")

    def _name(self, names: set[str]) -> str:
        begun = self.text.place
        name = str(self.text.value())
        self._spend(begun)
        self.text.take(":")
        if name in names:
            raise Unreadable(Fault(f"The object contains {shown_text(name)} twice. Remove one."))
        names.add(name)
        if len(names) > MOST_NAMES:
            raise Unreadable(Fault(f"An object has {len(names):,} names; at most {MOST_NAMES:,} are read."))
        return name

    def _is_rows(self, here: tuple[str, ...]) -> bool:
        if self.text.peek() != "[":
            return False
        if self.path:
            return self.path[: len(here)] == here
        return here == (ROWS,) or (here != ("totals",) and self.text.peek_in_list() == "{")

    def _take_rows(self, here: tuple[str, ...]) -> Iterator[Row]:
        path = ".".join(here)
        if self.found.rows_path:
            paths = f"{shown_text(self.found.rows_path)} and {shown_text(path)}"
            says = f"Two lists can be the rows: {paths}. State the right one."
            raise Unreadable(Fault(says))
        self.found.rows_path = path
        yield from self._expanded(_list(self.text), self.path[len(here) :])

    def _beside(self) -> Any:
        begun = self.text.place
        value = self.text.value()
        self._spend(begun)
        return value

    def _spend(self, begun: int) -> None:
        self.left -= self.text.place - begun
        if self.left < 0:
            raise Unreadable(Fault(f"There are more than {LONGEST:,} characters outside the rows or in one row."))

    def _expanded(self, rows: Iterable[Row], path: tuple[str, ...]) -> Iterator[Row]:
        for row in rows:
            yield from _expand(row, path, "")


def _expand(row: Row, path: tuple[str, ...], before: str) -> Iterator[Row]:
    """Of a path, each object of its list with all that stands around it; else the row itself."""
    flat = _flat(row, before, DEEPEST)
    if not path:
        yield flat
        return
    inner, name = row.get(path[0]), f"{before}{path[0]}."
    flat.pop(name[:-1], None)
    for each in inner if isinstance(inner, list) else [inner]:
        if isinstance(each, dict):
            yield from (flat | more for more in _expand(each, path[1:], name))


def _flat(row: Row, before: str, deep: int) -> Row:
    if not deep:
        raise Unreadable(Fault("The JSON is nested too deeply."))
    found: Row = {}
    for name, value in row.items():
        found |= _flat(value, f"{before}{name}.", deep - 1) if isinstance(value, dict) else {f"{before}{name}": value}
    return found


def _lines(text: _Text) -> Iterator[Row]:
    while text.peek():
        yield _row(text)


def _list(text: _Text) -> Iterator[Row]:
    text.take("[")
    while text.peek() != "]":
        yield _row(text)
        if text.peek() != "]":
            text.take(",")
    text.take("]")


def _row(text: _Text) -> Row:
    text.count += 1
    try:
        row = text.value()
    except Unreadable as fault:
        raise Unreadable(Fault(str(fault), text.count)) from fault
    if not isinstance(row, dict):
        raise Unreadable(Fault("A row must be an object.", text.count))
    return row


class _Text:
    """The text that was read and not used yet, and more when it is needed."""

    def __init__(self, file: Unpacked, head: bytes) -> None:
        self.file = file
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.at, self.count = "", 0, 0
        self.gone = 0  # characters before those in hand
        self.is_all = False
        self._take_in(head)

    def _take_in(self, piece: bytes) -> None:
        try:
            self.gone += self.at
            self.text, self.at = self.text[self.at :] + self.decoder.decode(piece, not piece), 0
        except UnicodeDecodeError as fault:
            raise Unreadable(Fault("The JSON is not UTF-8. Save it as UTF-8.", self.count or None)) from fault
        self.is_all = not piece

    @property
    def place(self) -> int:
        return self.gone + self.at

    def peek(self) -> str:
        """Return the next character that is no space; "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in SPACE:
                self.at += 1
            if self.at < len(self.text) or self.is_all:
                return self.text[self.at : self.at + 1]
            self._take_in(self.file.read())

    def peek_in_list(self) -> str:
        """Return the first character in the list that begins here."""
        while not (found := FIRST_INSIDE.match(self.text, self.at + 1)) and not self.is_all:
            self._take_in(self.file.read())
        return found[1] if found else ""

    def take(self, sign: str) -> None:
        if (met := self.peek()) != sign:
            says = f"{shown_text(met)} is in the place of “{sign}”." if met else ENDS
            raise Unreadable(Fault(says, self.count or None))
        self.at += 1

    def value(self) -> Any:
        """Return the next value. If it ends with the text at hand, it is tried again with more text."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except RecursionError as fault:
                raise Unreadable(Fault("The JSON is nested too deeply.", self.count or None)) from fault
            except json.JSONDecodeError as fault:
                self._more(fault)
                continue
            if end == len(self.text) and not self.is_all:  # a number may go on
                self._take_in(self.file.read())
                continue
            self.at = end
            return value

    def _more(self, fault: json.JSONDecodeError) -> None:
        if self.is_all or len(self.text) - self.at > LONGEST:
            says = ENDS if self.is_all else "From here on, the text is not JSON."
            raise Unreadable(Fault(says, self.count or None)) from fault
        self._take_in(self.file.read())
