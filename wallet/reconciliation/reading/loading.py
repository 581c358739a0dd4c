"""Loads rows into the database: COPY brings the bytes of the file into a table of text, and one pass casts and judges
it.

A plain file needs no Python object per row. If a file has other notations, or a cell that does not fit, `conversion`
makes the rows from the same table of text. The table of a statement stays, with a view that casts it. The table of a
preview is dropped with the preview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import IO, Any

import psycopg
from django.db import DataError, connection, transaction
from psycopg import sql

from portal.lib import database
from wallet.reconciliation.reading import csvs, formats
from wallet.reconciliation.reading.columns import columns
from wallet.reconciliation.reading.conversion import TYPES, Conversion
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import MOST_FAULTS, SHOWN, Fault, SourceTable, Unreadable

type Opened = Callable[[], AbstractContextManager[IO[bytes]]]
SAMPLE = 10
AT_A_TIME = 1000  # numbers of lines that COPY takes from the sequence
FETCHED = 5000  # lines at a time
MOST_BREAKS = 1000  # in one cell, before the end of a row is looked for in the next piece
NAMES = sql.SQL(", ").join(sql.Identifier(name) for name in TYPES if name != "fault")
# What a statement does not have a column for.
ABSENT = {
    "transaction_id": sql.SQL("''::text"),
    "game_id": sql.SQL("NULL::text"),
    "is_rolled_back": sql.SQL("NULL::boolean"),
    "ref_transaction_id": sql.SQL("NULL::text"),
    "at": sql.SQL("NULL::timestamptz"),
    "count": sql.SQL("NULL::integer"),
}


@dataclass(frozen=True, slots=True)
class LoadingPlace:
    """The tables for raw rows and for converted rows."""

    kind: sql.SQL
    schema: str
    name: str

    @property
    def table(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)

    @property
    def converted(self) -> sql.Identifier:
        return sql.Identifier(self.schema, f"{self.name}_converted")


PASSING = LoadingPlace(sql.SQL("TEMP"), "pg_temp", "statement_raw")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The part of a file that a preview reads: bytes into the database, rows one by one, and seconds."""

    bytes: int
    rows: int
    seconds: float


@dataclass(slots=True)
class Loaded:
    """The raw rows in the database; those of a preview until the block ends. `read`: the last reading.

    `is_cut`: the file has more rows. `looked_at`: the rows that were read one by one, within the bounds.
    """

    table: SourceTable
    rows: int
    place: LoadingPlace
    read: LoadedReading | None = None
    bounds: Bounds | None = None
    is_cut: bool = False
    looked_at: int | None = None

    @property
    def source(self) -> sql.Composed:
        """Return the rows with their line as an SQL source. Rows of empty cells only, as spreadsheets leave them, are
        left out.
        """
        empty = sql.SQL(" AND ").join(sql.SQL("{} = ''").format(cell) for cell in cells(self.table))
        return sql.SQL("(SELECT * FROM {} WHERE NOT ({})) AS given").format(self.place.table, empty)


@dataclass(frozen=True, slots=True)
class LoadedReading:
    """One reading of raw rows by a mapping: `rows` as an SQL source with our columns, and the errors."""

    mapping: Mapping
    rows: sql.Composed
    is_converted: bool
    totals: list[dict[str, Any]]
    ignored: int = 0
    faults: tuple[Fault, ...] = ()
    fault_count: int = 0


def cells(table: SourceTable) -> list[sql.Identifier]:
    """Return the columns of the raw table, one for each column of the file."""
    return [sql.Identifier(f"c{number}") for number in range(1, len(table.headers) + 1)]


@contextmanager
def loaded_rows(
    open_file: Opened, mapping: Mapping, place: LoadingPlace = PASSING, bounds: Bounds | None = None
) -> Iterator[Loaded]:
    """Load the rows for the block. Raises Unreadable for a file that is no table. With bounds, only the first rows."""
    with open_file() as file:
        table = formats.open_table(file, mapping)
        _make(table, place)
        begin = Beginning(bounds.bytes if bounds else None)
        try:
            rows = _copied(table, place, begin)
        except psycopg.Error as fault:
            begin = Beginning(begin.most)
            table, rows = _patiently(fault, table, open_file, mapping, place, begin)
        if not (table.is_ours or (begin.newlines if begin.is_cut else table.newlines) == rows - 1):
            _count_breaks_in_cells(table, place)
        yield Loaded(table, rows, place, bounds=bounds, is_cut=begin.is_cut)
        if place is PASSING:  # else the caller's savepoint takes them along
            database.run_statement(sql.SQL("DROP TABLE IF EXISTS {}, {}").format(place.table, place.converted))


class Beginning:
    """The bytes of a table up to the end of a row shortly after `most` bytes; None: all bytes."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.newlines = 0
        self.is_cut = False

    def pieces(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        passed = quotes = 0
        for chunk in chunks:
            passed += len(chunk)
            end = _end_of_row(chunk, quotes) if self.most is not None and passed > self.most else -1
            self.is_cut = end >= 0
            piece = chunk[:end] if self.is_cut else chunk
            quotes += piece.count(b'"')
            self.newlines += piece.count(b"\n")
            yield piece
            if self.is_cut:
                return


def _end_of_row(chunk: bytes, quotes: int) -> int:
    """Return where the last line break between two rows is, below 0 for none: in a cell, quotes before it are odd."""
    end = chunk.rfind(b"\n")
    for _ in range(MOST_BREAKS):
        if end < 0 or (quotes + chunk.count(b'"', 0, end)) % 2 == 0:
            return end
        end = chunk.rfind(b"\n", 0, end)
    return -1


def _make(table: SourceTable, place: LoadingPlace) -> None:
    """Create the raw table. Its lines are numbered in the order of the file."""
    database.run_statement(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(place.table))
    texts = sql.SQL(", ").join(sql.SQL('{} text COLLATE "C"').format(cell) for cell in cells(table))
    numbered = sql.SQL("line integer GENERATED BY DEFAULT AS IDENTITY (START {} CACHE {})").format(
        table.first, AT_A_TIME
    )
    database.run_statement(sql.SQL("CREATE {} TABLE {} ({}, {})").format(place.kind, place.table, numbered, texts))


def _copied(table: SourceTable, place: LoadingPlace, begin: Beginning) -> int:
    names = sql.SQL(", ").join([*([sql.Identifier("line")] if table.is_numbered else []), *cells(table)])
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, DELIMITER {}, FORCE_NOT_NULL *)")
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(statement.format(place.table, names, table.delimiter)) as copy:
            for chunk in begin.pieces(table.chunks):
                copy.write(chunk)
        return int(cursor.rowcount)


def _patiently(
    fault: psycopg.Error,
    strict: SourceTable,
    open_file: Opened,
    mapping: Mapping,
    place: LoadingPlace,
    begin: Beginning,
) -> tuple[SourceTable, int]:
    """What the database did not take as a table may be one. Else its lines are named."""
    with open_file() as file:
        try:
            table = formats.open_table(file, mapping, is_patient=True)
            _make(table, place)
            return table, _copied(table, place, begin)
        except (Unreadable, psycopg.Error):
            raise _told(fault, strict, open_file, mapping) from fault


def _count_breaks_in_cells(table: SourceTable, place: LoadingPlace) -> None:
    """Where cells hold line breaks, a row is at the line where it begins."""
    breaks = sql.SQL(" + ").join(
        sql.SQL("length({0}) - length(translate({0}, E'\\n', ''))").format(cell) for cell in cells(table)
    )
    before = sql.SQL("coalesce(sum({}) OVER (ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)")
    counted = sql.SQL("SELECT ctid AS row, line + {} AS line FROM {}").format(before.format(breaks), place.table)
    database.run_statement(
        sql.SQL("UPDATE {} AS raw SET line = at.line FROM ({}) AS at WHERE raw.ctid = at.row").format(
            place.table, counted
        )
    )


def _told(fault: psycopg.Error, table: SourceTable, open_file: Opened, mapping: Mapping) -> Unreadable:
    """Return the error of PostgreSQL as Unreadable, or all lines with a wrong number of cells."""
    line = _line_of(fault.diag.context or "", table)
    if isinstance(fault, (psycopg.errors.CharacterNotInRepertoire, psycopg.errors.UntranslatableCharacter)):
        return csvs.not_utf8(line)
    with open_file() as file:
        faults, count = csvs.misshapen_lines(formats.open_table(file, mapping), MOST_FAULTS)
    if faults:
        return Unreadable(*faults, count=count)
    if isinstance(fault, psycopg.errors.BadCopyFileFormat):
        return Unreadable(Fault(csvs.BROKEN, line))
    return Unreadable(Fault("The line is too long to be read.", line))


def _line_of(context: str, table: SourceTable) -> int:
    """`COPY statement_raw, line 17, column c1: …`, counted from the first row."""
    number = context.partition(", line ")[2].partition(",")[0].partition(":")[0]
    return table.first - 1 + (int(number) if number.isdecimal() else 1)


def sample(of: Loaded) -> list[list[str]]:
    """Return the cells of the first rows."""
    texts = sql.SQL(", ").join(sql.SQL("left({}, {})").format(cell, SHOWN) for cell in cells(of.table))
    rows = database.fetch_rows(
        sql.SQL("SELECT line, {} FROM {} ORDER BY line LIMIT {}").format(texts, of.source, SAMPLE)
    )
    return [[str(cell) for cell in row] for row in rows]


# --- How they are read ----------------------------------------------------------------------------------------------
def read_rows(of: Loaded, mapping: Mapping) -> LoadedReading:
    """Return the reading: by the database if the mapping is plain and every cell fits, else row by row. It is stored on
    `of`.
    """
    if of.read is None or of.read.mapping != mapping:
        of.read = (_plain(of, mapping) if mapping.is_plain else None) or _converted(of, mapping)
    return of.read


def judged_sums(of: Loaded, mapping: Mapping) -> list[dict[str, Any]]:
    """Return rows and amounts by currency and type. Raises Unreadable with the lines that cannot be read."""
    refuse_faults(of, mapping)
    return totals(of, mapping)


def totals(of: Loaded, mapping: Mapping) -> list[dict[str, Any]]:
    """Return rows and amounts by currency and type, of the rows that can be read."""
    return read_rows(of, mapping).totals


def refuse_faults(of: Loaded, mapping: Mapping) -> None:
    """Raise Unreadable, with the first hundred errors, when a line cannot be read."""
    if (read := read_rows(of, mapping)).faults:
        raise Unreadable(*read.faults, count=read.fault_count)


def create_view(of: Loaded, mapping: Mapping, view: sql.Identifier) -> None:
    """Create a view of judged rows with our columns."""
    if read_rows(of, mapping).is_converted:  # they take the place of those that they were made of
        database.run_statement(sql.SQL("DROP TABLE {}").format(of.place.table))
        database.run_statement(
            sql.SQL("ALTER TABLE {} RENAME TO {}").format(of.place.converted, sql.Identifier(of.place.name))
        )
        of.read = replace(read_rows(of, mapping), rows=_ours(of.place.table))
    database.run_statement(
        sql.SQL("CREATE VIEW {} AS SELECT {} FROM {} AS read").format(view, NAMES, read_rows(of, mapping).rows)
    )
    database.run_statement(
        sql.SQL("ANALYZE {} (line, {})").format(of.place.table, sql.SQL(", ").join(_joined_by(of, mapping)))
    )


def _joined_by(of: Loaded, mapping: Mapping) -> list[sql.Identifier]:
    """The cells whose spread the planner has to know: to look at all takes three times as long."""
    names = [name for name in ("transaction_id", "player_id") if name in mapping.columns]
    if read_rows(of, mapping).is_converted:
        return [sql.Identifier(name) for name in names]
    return [cells(of.table)[of.table.headers.index(mapping.columns[name])] for name in names]


# --- by the database --------------------------------------------------------------------------------------------------
def _plain(of: Loaded, mapping: Mapping) -> LoadedReading | None:
    """Return the reading by the database; None when a cell does not fit. Every cell is cast, so the view cannot
    fail.
    """
    read = {column.name: column for column in columns(mapping, of.table.headers)}
    fit = sql.SQL(" AND ").join(column.is_fit for column in read.values())
    asked = [sql.SQL("bool_and(coalesce({}, false))").format(fit)]
    asked += [sql.SQL("count({})").format(read[name].value) for name in ("at", "count") if name in read]
    query = sql.SQL("SELECT {}, {}, count(*), sum({})::text, {} FROM {} GROUP BY 1, 2 ORDER BY 1, 2")
    currency, kind, amount = (read[name].value for name in ("currency", "kind", "amount"))
    try:
        with transaction.atomic():
            found = database.fetch_rows(query.format(currency, kind, amount, sql.SQL(", ").join(asked), of.source))
    except DataError:  # a cast of what is no good
        return None
    if not all(row[len(SUMS)] for row in found):
        return None
    values = ABSENT | {column.name: column.value for column in read.values()}
    named = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(values[name], sql.Identifier(name)) for name in TYPES if name in values
    )
    rows = sql.SQL("(SELECT line, {} FROM {})").format(named, of.source)
    return LoadedReading(mapping, rows, is_converted=False, totals=_sums(found))


# --- one by one -------------------------------------------------------------------------------------------------------
def _converted(of: Loaded, mapping: Mapping) -> LoadedReading:
    table = of.place.converted
    texts = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(what)) for name, what in TYPES.items()
    )
    database.run_statement(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
    database.run_statement(sql.SQL("CREATE {} TABLE {} ({})").format(of.place.kind, table, texts))
    conversion = Conversion(mapping, of.table.headers)
    into = sql.SQL("COPY {} FROM STDIN").format(table)
    looked_at, begun = 0, perf_counter()
    for lines in _fetched(of):
        looked_at += len(lines)
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for line, *texts_of_line in lines:
                for row in conversion.rows(line, texts_of_line):
                    copy.write_row(row)
        if of.bounds and (looked_at >= of.bounds.rows or perf_counter() - begun > of.bounds.seconds):
            of.looked_at = looked_at
            break
    query = sql.SQL("SELECT currency, kind, count(*), sum(amount)::text FROM {} AS read GROUP BY 1, 2 ORDER BY 1, 2")
    sums = _sums(database.fetch_rows(query.format(_ours(table))))
    faults = _faults(of.table, table)
    return LoadedReading(
        mapping, _ours(table), is_converted=True, totals=sums, ignored=conversion.ignored,
        faults=tuple(fault for fault, _ in faults), fault_count=faults[0][1] if faults else 0,
    )  # fmt: skip


def _ours(table: sql.Identifier) -> sql.Composed:
    return sql.SQL("(SELECT {} FROM {} WHERE fault IS NULL)").format(NAMES, table)


def _fetched(of: Loaded) -> Iterator[list[tuple[Any, ...]]]:
    names = sql.SQL(", ").join(cells(of.table))
    database.run_statement(
        sql.SQL("DECLARE statement_lines NO SCROLL CURSOR FOR SELECT line, {} FROM {}").format(names, of.source)
    )
    try:
        while lines := database.fetch_rows(sql.SQL("FETCH {} FROM statement_lines").format(FETCHED)):
            yield lines
    finally:
        database.run_statement(sql.SQL("CLOSE statement_lines").format())


def _faults(table: SourceTable, converted: sql.Identifier) -> list[tuple[Fault, int]]:
    query = sql.SQL(
        "SELECT line, fault, count(*) OVER () FROM {} WHERE fault IS NOT NULL ORDER BY line LIMIT {}"
    ).format(converted, MOST_FAULTS)
    return [(table.fault(text, line), count) for line, text, count in database.fetch_rows(query)]


SUMS = ("currency", "kind", "rows", "amount")


def _sums(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Amounts as text, as JSON can hold them."""
    return [dict(zip(SUMS, row, strict=False)) for row in rows]
