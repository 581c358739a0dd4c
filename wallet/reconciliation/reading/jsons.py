"""JSON, one row at a time: an object around `transactions`, the bare list, or a line for each row.

Numbers stay the text that they were: no float gets in, and what is no amount is judged where all amounts are.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from wallet.reconciliation.reading.mapping import OPTIONAL, Mapping
from wallet.reconciliation.reading.table import Fault, Table, Unreadable, as_csv, checked_headers, shown
from wallet.reconciliation.reading.unpacking import Unpacked

LONGEST = 1024 * 1024  # characters of one row, or of what stands beside the rows
MOST_NAMES = 1_000  # of one object
ROWS = "transactions"
ENDS = "The JSON ends early, or is damaged from here on: it did not arrive whole. Send it again."
SPACE = " \t\r\n"
Row = dict[str, Any]


def once(pairs: list[tuple[str, Any]]) -> Row:
    if len(pairs) > MOST_NAMES:
        raise Unreadable(Fault(f"An object of {len(pairs):,} names; at most {MOST_NAMES:,} are read."))
    row: Row = {}
    for name, value in pairs:
        if name in row:
            raise Unreadable(Fault(f"An object names {shown(name)} twice."))
        row[name] = value
    return row


DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=once)


def table(file: Unpacked, head: bytes, mapping: Mapping) -> Table:
    """The columns are the names in the first row, and those of the mapping that a row may lack."""
    text = _Text(file, head)
    found = Table("JSON", [], 1, ",", iter(()), is_ours=True)
    rows = _rows(text, found)
    first = next(rows, {})
    optional = [header for name, header in mapping.columns.items() if name in OPTIONAL]
    found.headers = checked_headers(dict.fromkeys([*first, *optional]))
    found.chunks = as_csv(_cells(chain([first] if first else [], rows), found.headers))
    return found


def _cells(rows: Iterable[Row], headers: list[str]) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=1):
        yield [_cell(row.get(header), number) for header in headers]


def _cell(value: Any, number: int) -> str:
    if isinstance(value, str):
        if "\0" in value:
            raise Unreadable(Fault("A NUL character in a text.", number))
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    raise Unreadable(Fault("A value is a list or an object; each has to be a text or a number.", number))


def _rows(text: _Text, found: Table) -> Iterator[Row]:
    if text.peek() == "[":
        yield from _list(text)
    else:
        yield from _object(text, found)
    if text.peek():
        raise Unreadable(Fault("Something stands after the end of the JSON."))


def _object(text: _Text, found: Table) -> Iterator[Row]:
    """With its rows in it; or the first of many lines."""
    text.take("{")
    beside: Row = {}
    has_rows, left = False, LONGEST
    while text.peek() != "}":
        begun = text.place
        name = text.value()
        text.take(":")
        if name in beside or (name == ROWS and has_rows):
            raise Unreadable(Fault(f"The object names {shown(str(name))} twice."))
        if name == ROWS:
            has_rows = True
            yield from _list(text)
        else:
            beside[str(name)] = text.value()
            left -= text.place - begun
            if left < 0:
                raise Unreadable(Fault(f"Beside the rows, or in one, stand more than {LONGEST:,} characters."))
        if text.peek() == ",":
            text.take(",")
    text.take("}")
    if has_rows:
        found.declared, found.day = beside.get("totals"), str(beside.get("day") or "")
    if not has_rows:
        yield beside
        yield from _lines(text)


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
        raise Unreadable(Fault("A row is an object.", text.count))
    return row


class _Text:
    """What was read and is not used up yet, and more when it is wanted."""

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
            raise Unreadable(Fault("The JSON is not UTF-8.", self.count or None)) from fault
        self.is_all = not piece

    @property
    def place(self) -> int:
        return self.gone + self.at

    def peek(self) -> str:
        """The next character that is not space; none at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in SPACE:
                self.at += 1
            if self.at < len(self.text) or self.is_all:
                return self.text[self.at : self.at + 1]
            self._take_in(self.file.read())

    def take(self, sign: str) -> None:
        if (met := self.peek()) != sign:
            says = f"{shown(met)} where “{sign}” belongs." if met else ENDS
            raise Unreadable(Fault(says, self.count or None))
        self.at += 1

    def value(self) -> Any:
        """The next one. Cut where the text in hand ends, it is tried again with more of it."""
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
            says = ENDS if self.is_all else "From here on it is not JSON."
            raise Unreadable(Fault(says, self.count or None)) from fault
        self._take_in(self.file.read())
