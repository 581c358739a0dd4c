"""Rows into the database: the file's own bytes by COPY into a table of text, then one statement that casts and judges.

No Python object is made for a row. A row with a cell that cannot be read gets no line, which the table's NOT NULL
refuses; only then are the bad lines looked for and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO, Any

import psycopg
from django.db import DataError, IntegrityError, connection, transaction
from psycopg import sql

from wallet.reconciliation.reading import csvs, formats
from wallet.reconciliation.reading.columns import Column, columns
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import MOST_FAULTS, SHOWN, Fault, Table, Unreadable, shown

type Opened = Callable[[], AbstractContextManager[IO[bytes]]]
RAW = sql.Identifier("pg_temp", "statement_raw")
SAMPLE = 10
LINE = "line"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The raw rows in the database, until the block ends."""

    table: Table
    rows: int

    @property
    def lines(self) -> sql.Composed:
        """The number of each row's line, counted where cells hold line breaks."""
        first = self.table.first
        if self.table.is_ours or self.table.newlines == self.rows - 1:
            return sql.SQL("row_number() OVER () + {}").format(first - 1)
        breaks = sql.SQL(" + ").join(
            sql.SQL("length({0}) - length(translate({0}, E'\\n', ''))").format(cell) for cell in cells(self.table)
        )
        return sql.SQL(
            "row_number() OVER () + {} + coalesce(sum({}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)"
        ).format(first - 1, breaks)

    @property
    def source(self) -> sql.Composed:
        """Rows with their line; those of empty cells alone, as spreadsheets leave them, are none."""
        empty = sql.SQL(" AND ").join(sql.SQL("{} = ''").format(cell) for cell in cells(self.table))
        numbered = sql.SQL("(SELECT {} AS line, * FROM {}) AS numbered").format(self.lines, RAW)
        return sql.SQL("(SELECT * FROM {} WHERE NOT ({})) AS given").format(numbered, empty)


def cells(table: Table) -> list[sql.Identifier]:
    return [sql.Identifier(f"c{number}") for number in range(1, len(table.headers) + 1)]


@contextmanager
def loaded(open_file: Opened, mapping: Mapping) -> Iterator[Loaded]:
    """Raises Unreadable for what is not a table."""
    with open_file() as file:
        table = formats.table(file, mapping)
        _make(table)
        try:
            rows = _copied(table)
        except psycopg.Error as fault:
            raise _told(fault, table, open_file, mapping) from fault
        yield Loaded(table, rows)
        _run(sql.SQL("DROP TABLE IF EXISTS {}").format(RAW))  # else the caller's savepoint takes it along


def _make(table: Table) -> None:
    _run(sql.SQL("DROP TABLE IF EXISTS {}").format(RAW))
    texts = sql.SQL(", ").join(sql.SQL("{} text").format(cell) for cell in cells(table))
    _run(sql.SQL("CREATE TEMP TABLE statement_raw ({})").format(texts))


def _copied(table: Table) -> int:
    statement = sql.SQL("COPY {} FROM STDIN (FORMAT csv, DELIMITER {}, FORCE_NOT_NULL *)")
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(statement.format(RAW, table.delimiter)) as copy:
            for chunk in table.chunks:
                copy.write(chunk)
        return int(cursor.rowcount)


def _told(fault: psycopg.Error, table: Table, open_file: Opened, mapping: Mapping) -> Unreadable:
    """What PostgreSQL met first, or all lines of a wrong number of cells."""
    line = _line_of(fault.diag.context or "", table)
    if isinstance(fault, (psycopg.errors.CharacterNotInRepertoire, psycopg.errors.UntranslatableCharacter)):
        return csvs.not_utf8(line)
    with open_file() as file:
        faults, count = csvs.misshapen(formats.table(file, mapping), MOST_FAULTS)
    if faults:
        return Unreadable(*faults, count=count)
    if isinstance(fault, psycopg.errors.BadCopyFileFormat):
        return Unreadable(Fault(csvs.BROKEN, line))
    return Unreadable(Fault("The line is longer than can be read.", line))


def _line_of(context: str, table: Table) -> int:
    """`COPY statement_raw, line 17, column c1: …`, counted from the first row."""
    number = context.partition(", line ")[2].partition(",")[0].partition(":")[0]
    return table.first - 1 + (int(number) if number.isdecimal() else 1)


def sample(of: Loaded) -> list[list[str]]:
    texts = sql.SQL(", ").join(sql.SQL("left({}, {})").format(cell, SHOWN) for cell in cells(of.table))
    rows = _rows(sql.SQL("SELECT line, {} FROM {} ORDER BY line LIMIT {}").format(texts, of.source, SAMPLE))
    return [[str(cell) for cell in row] for row in rows]


def insert(of: Loaded, mapping: Mapping, statement: int) -> None:
    """All rows, or Unreadable with the lines that cannot be."""
    read = columns(mapping, of.table.headers)
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in read)
    into = sql.SQL("INSERT INTO wallet_statementrow (statement_id, line, {}) SELECT {}, {}, {} FROM {}")
    line = sql.SQL("CASE WHEN {} THEN line END").format(sql.SQL(" AND ").join(column.is_fit for column in read))
    try:
        with transaction.atomic():
            _run(into.format(names, statement, line, sql.SQL(", ").join(column.value for column in read), of.source))
    except (IntegrityError, DataError) as fault:  # no line, or a cast of what is no good
        refuse(of, mapping)
        raise Unreadable(Fault("A row cannot be kept as it is.")) from fault


def _all_good(read: list[Column]) -> sql.Composed:
    return sql.SQL(" AND ").join(column.is_good for column in read)


def refuse(of: Loaded, mapping: Mapping) -> None:
    """Raises Unreadable when a line cannot be read, with the first hundred."""
    read = [column for column in columns(mapping, of.table.headers) if column.says]
    bad = sql.SQL("FROM {} WHERE NOT ({})").format(of.source, _all_good(read))
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, left({}, {})").format(column.is_good, column.cell, SHOWN + 1) for column in read
    )
    query = sql.SQL("SELECT line, count(*) OVER (), {} {} ORDER BY line LIMIT {}").format(pairs, bad, MOST_FAULTS)
    if rows := _rows(query):
        raise Unreadable(*(_fault(row, read) for row in rows), count=rows[0][1])


def _fault(row: tuple[Any, ...], read: list[Column]) -> Fault:
    line, _, *pairs = row
    judged = zip(read, pairs[::2], pairs[1::2], strict=True)
    said = [f"{column.header} is {shown(cell)}: {column.says}" for column, is_good, cell in judged if not is_good]
    return Fault(f"{'; '.join(said)}.", line)


def totals(of: Loaded, mapping: Mapping) -> list[dict[str, Any]]:
    """Of the raw rows, for a preview: those that can be read."""
    read = {column.name: column for column in columns(mapping, of.table.headers)}
    good = _all_good(list(read.values()))
    part = sql.SQL(", ").join(
        sql.SQL("CASE WHEN {} THEN {} END AS {}").format(read[name].is_good, read[name].value, sql.Identifier(name))
        for name in ("currency", "kind", "amount")
    )
    rows = sql.SQL("(SELECT {} FROM {} WHERE CASE WHEN {} THEN true END) AS read")
    return _summed(rows.format(part, of.source, good))


def totals_of(statement: int) -> list[dict[str, Any]]:
    return _summed(sql.SQL("wallet_statementrow WHERE statement_id = {}").format(statement))


def _summed(rows: sql.Composed) -> list[dict[str, Any]]:
    """Rows of amounts as text, as JSON can hold them."""
    query = sql.SQL("SELECT currency, kind, count(*), sum(amount)::text FROM {} GROUP BY 1, 2 ORDER BY 1, 2")
    names = ("currency", "kind", "rows", "amount")
    return [dict(zip(names, row, strict=True)) for row in _rows(query.format(rows))]


def _run(statement: sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection))


def _rows(statement: sql.Composed) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection))
        return list(cursor.fetchall())
