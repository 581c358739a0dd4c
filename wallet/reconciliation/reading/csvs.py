"""CSV files: header, footer and encoding. The database reads the rows as they are."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from wallet.reconciliation.reading import header as header_line
from wallet.reconciliation.reading.mapping import ENCODINGS, MOST_LINES_BEFORE, Mapping
from wallet.reconciliation.reading.table import (
    Fault,
    SourceTable,
    Unreadable,
    as_csv,
    checked_headers,
    refuse_row_count,
)
from wallet.reconciliation.reading.unpacking import Unpacked

DELIMITERS = ",;\t|^~"
HEAD = 1024 * 1024
TAIL = 64 * 1024  # footers are looked for in it
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Before the header: the day, as it is sent by a signed call, and Excel's own line.
BEFORE = re.compile(r"(?:#day=([0-9-]{10})(?:;[^\r\n]*)?\r?\n)?(?:sep=([,;\t|])\r?\n)?", re.IGNORECASE)
BROKEN = (
    "A quotation mark is not closed, line ends are mixed, or a cell is too long. If this is the "
    "last line, the file was cut off."
)
LONGEST_HEADER = 64 * 1024
FOOTER = re.compile(r"totals?:?(?: +([0-9]+))?", re.IGNORECASE)


def csv_table(file: Unpacked, head: bytes, mapping: Mapping, *, is_patient: bool = False) -> SourceTable:
    """Return the table. `head`: the bytes read so far. `is_patient`: Python reads the rows, because the database
    refused them.
    """
    pieces = _utf8(file, head, encoding_of(head, mapping))
    text, pending = _head(pieces)
    skipped, day, stated = _before(text)
    before, line = _header_at(text, len(skipped), stated, mapping)
    delimiter, header, length, lines = _header(text[before:], stated, mapping, line)
    found = SourceTable("CSV", checked_headers(header), line + lines, delimiter, iter(()), day=day)
    found.chunks = _body(found, text[before + length :].encode() + pending, pieces)
    is_spaced = all(cell.startswith(" ") for cell in header[1:])
    return _patient(found, is_spaced=is_spaced) if is_patient or is_spaced else found


def encoding_of(head: bytes, mapping: Mapping) -> str:
    """Return the encoding: of the byte order mark, else of the mapping. It is never guessed."""
    return next((name for mark, name in MARKS.items() if head.startswith(mark)), mapping.encoding)


# --- The line of the header -------------------------------------------------------------------------------------------
def _header_at(text: str, start: int, delimiter: str, mapping: Mapping) -> tuple[int, int]:
    """Return where the header line begins, and its number: as stated, or by the stated names.

    Titles and comments may precede it. Without stated names, the line with most usual names counts.
    """
    begins, line = [start], text.count("\n", 0, start) + 1
    while len(begins) < MOST_LINES_BEFORE and (end := text.find("\n", begins[-1])) >= 0:
        begins.append(end + 1)
    if mapping.header_line:
        number = mapping.header_line - line
        if not 0 <= number < len(begins):
            raise Unreadable(Fault("The file has no such line for the column names. State another line."))
        return begins[number], mapping.header_line
    found = header_line.header_position([_cells_at(text, begin, delimiter, mapping) for begin in begins], mapping)
    return begins[found], line + found


def _cells_at(text: str, begin: int, delimiter: str, mapping: Mapping) -> list[str]:
    end = text.find("\n", begin)
    line = text[begin : end if end >= 0 else None][:LONGEST_HEADER]
    readings = (_record(line, each)[0] for each in delimiter or DELIMITERS)
    return max(readings, key=lambda cells: (header_line.names_in(cells, mapping), len(cells)))


def _utf8(file: Unpacked, piece: bytes, encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8-sig":
        piece, encoding = piece.removeprefix(codecs.BOM_UTF8), "utf-8"
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
    lines = 1
    while piece:
        utf8 = piece if decoder is None else _decoded(decoder, piece, lines, encoding)
        if b"\0" in utf8:
            line = lines + utf8[: utf8.index(b"\0")].count(b"\n")
            raise Unreadable(
                Fault("A NUL byte. If the file is UTF-16, save it with its byte order mark, or as UTF-8.", line)
            )
        lines += utf8.count(b"\n")
        yield utf8
        piece = file.read()
    if decoder is not None:
        _decoded(decoder, b"", lines, encoding, final=True)


def _decoded(
    decoder: codecs.IncrementalDecoder, piece: bytes, lines: int, encoding: str, *, final: bool = False
) -> bytes:
    try:
        return decoder.decode(piece, final).encode()
    except UnicodeError as fault:
        raise Unreadable(
            Fault(
                f"From line {lines:,} on, the file is not {ENCODINGS.get(encoding, encoding)}. State another encoding."
            )
        ) from fault


def _head(pieces: Iterator[bytes]) -> tuple[str, bytes]:
    """Return the beginning as text, and the bytes of an incomplete character at its end."""
    begun = bytearray()
    for piece in pieces:
        begun += piece
        if len(begun) >= HEAD:
            break
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        text = decoder.decode(bytes(begun))
    except UnicodeDecodeError as fault:
        raise not_utf8(begun[: fault.start].count(b"\n") + 1) from fault
    return text, decoder.getstate()[0]


def not_utf8(line: int) -> Unreadable:
    return Unreadable(
        Fault(("The file is not UTF-8. Save it as UTF-8, or state the encoding in the mapping, such as cp1252."), line)
    )


def _before(text: str) -> tuple[str, str, str]:
    """Return the lines before the header, with the day and delimiter that they state."""
    before = BEFORE.match(text)
    return (before.group(), before[1] or "", before[2] or "") if before else ("", "", "")


def _header(text: str, stated: str, mapping: Mapping, line: int) -> tuple[str, list[str], int, int]:
    """Return delimiter, cells, and the length of the header in characters and lines."""
    readings = [(delimiter, *_record(text, delimiter)) for delimiter in (stated or DELIMITERS)]
    found = max(readings, key=lambda reading: (mapping.known(reading[1]), len(reading[1])))
    if len(found[1]) == 1 and not stated:
        raise Unreadable(
            Fault(
                (
                    "The first line has one cell only. It must contain the column names, separated by comma, "
                    "semicolon, tab or vertical bar. Otherwise state the line of the column names."
                ),
                line,
            )
        )
    refuse_row_count(len(found[1]))
    return found


def _record(text: str, delimiter: str) -> tuple[list[str], int, int]:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    try:
        cells = next(csv.reader(lines(), delimiter=delimiter))
    except (csv.Error, StopIteration):
        cells = []
    return cells, sum(map(len, taken)), len(taken)


def _body(found: SourceTable, held: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the rows without footers and empty lines at the end."""
    is_cut = False
    for piece in pieces:
        held += piece
        if len(held) > TAIL:
            yield _counted(found, held[:-TAIL])
            held, is_cut = held[-TAIL:], True
    yield _counted(found, _without_footers(found, held, is_cut=is_cut))


def _patient(found: SourceTable, *, is_spaced: bool) -> SourceTable:
    """Yield each row on one line: without empty lines, without empty cells after the columns, with any line end."""
    lines = _lines(found.chunks)
    found.chunks = as_csv(
        _numbered(found, csv.reader(lines, delimiter=found.delimiter, skipinitialspace=is_spaced, strict=True))
    )
    found.delimiter, found.is_ours, found.is_numbered = ",", True, True
    return found


def _numbered(found: SourceTable, reader: Any) -> Iterator[list[str]]:
    width, line = len(found.headers), found.first
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            raise Unreadable(Fault(BROKEN, line)) from fault
        if cells is None:
            return
        if any(cells[width:]) or 0 < len(cells) < width:
            raise Unreadable(Fault(_misshapen(len(cells), width), line))
        if any(cells):
            yield [str(line), *cells[:width]]
        line = found.first + reader.line_num


def _counted(found: SourceTable, piece: bytes) -> bytes:
    found.newlines += piece.count(b"\n")
    return piece


def _without_footers(found: SourceTable, tail: bytes, *, is_cut: bool) -> bytes:
    """Return the tail without footers. `is_cut`: the tail begins within a line."""
    while True:
        tail = tail.rstrip(b"\r\n")
        begin = max(tail.rfind(b"\n"), tail.rfind(b"\r")) + 1
        cells = [] if is_cut and not begin else _cells(tail[begin:], found.delimiter)
        if not cells or (any(cells) and not FOOTER.fullmatch(cells[0].strip())):
            return tail
        if any(cells):
            found.footers.insert(0, cells)
        tail = tail[:begin]


def _cells(line: bytes, delimiter: str) -> list[str]:
    if line.count(b'"') % 2:
        return []  # the end of a cell of several lines
    try:
        return next(csv.reader([line.decode(errors="replace")], delimiter=delimiter), [])
    except csv.Error:
        return []


def misshapen_lines(found: SourceTable, most: int) -> tuple[list[Fault], int]:
    """Return the lines with another number of cells than the header. It is slow: only for a file that the database
    refused.
    """
    faults: list[Fault] = []
    count, width, line = 0, len(found.headers), found.first
    reader = csv.reader(_lines(found.chunks), delimiter=found.delimiter)
    try:
        for cells in reader:
            if len(cells) != width:
                count += 1
                faults += [Fault(_misshapen(len(cells), width), line)][: max(most - len(faults), 0)]
            line = found.first + reader.line_num
    except csv.Error:
        return [*faults, Fault(BROKEN, line)], count + 1
    return faults, count


def _misshapen(cells: int, width: int) -> str:
    if not cells:
        return "There is an empty line between the rows. Remove it."
    cut = " If this is the last line, the file was cut off: send it again." if cells < width else ""
    return f"{cells} cells in {width} columns. Put a cell that contains the separator in quotation marks.{cut}"


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    held = b""
    for chunk in chunks:
        *whole, held = (held + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace") + "\n"
    if held:
        yield held.decode(errors="replace")
