"""A plain mapping as SQL: for each of our fields, whether a cell can be read, and its value.

Cells are text, never null. This runs for each of a million rows, so cheap checks that are mostly true come first.
`conversion` reads other cells, and says why a cell cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping as Words
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from portal.lib.money import MAX_WHOLE_NUMBER
from wallet.reconciliation.reading.mapping import KINDS, Mapping
from wallet.reconciliation.reading.moments import FIRST, LAST

LONGEST_ID = 255
LONGEST_GAME = 64
LONGEST_CURRENCY = 8
WHOLE = 12  # digits before the point
DECIMALS = 5
LONGEST_UNITS = 30  # with zeros before it
USUAL_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY", "BRL", "CAD", "AUD")
type Expression = sql.Composed | sql.SQL
EMPTY = sql.SQL("''")
ISO = {
    "iso": "{0}",
    "dmy": "(CASE WHEN {0} LIKE '____-%' THEN {0} ELSE"
    " substr({0}, 7, 4) || '-' || substr({0}, 4, 2) || '-' || left({0}, 2) || substr({0}, 11) END)",
    "mdy": "(CASE WHEN {0} LIKE '____-%' THEN {0} ELSE"
    " substr({0}, 7, 4) || '-' || left({0}, 2) || '-' || substr({0}, 4, 2) || substr({0}, 11) END)",
}


# No letters but these: a zone's short name is dropped by a cast, and UTC+2 is taken for UTC-2.
WRITTEN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}[0-9:. +Z-]*$"
# Digits where a day and a month belong; what has one of them is not for here.
IN_ORDER = "({0} ~ '^([0-9]{{4}}-|[0-9]{{2}}[-./][0-9]{{2}}[-./][0-9]{{4}}[ T])')"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `name`: in our table. `is_fit` checks only what a successful cast leaves open, because checking whether
    text can be cast costs as much as the cast.
    """

    name: str
    value: Expression
    is_fit: Expression


def columns(mapping: Mapping, headers: Sequence[str]) -> list[Column]:
    """Return the columns of each mapped field; `amount` first, because it fails most often."""
    makers = {
        "amount": _amount,
        "transaction_id": _id,
        "player_id": _id,
        "kind": _kind,
        "currency": _currency,
        "game_id": _game,
        "ref_transaction_id": _reference,
        "state": _state,
        "at": _at,
        "count": _count,
    }
    found = []
    for name, make in makers.items():
        if (header := mapping.columns.get(name)) is None:
            continue
        cell = sql.Identifier(f"c{headers.index(header) + 1}") + sql.SQL("")
        value, is_fit = make(cell, mapping)
        found.append(Column("is_rolled_back" if name == "state" else name, value, is_fit))
    return [*found, *_constants(mapping)]


def _constants(mapping: Mapping) -> list[Column]:
    yes = sql.SQL("true")
    constants = []
    if "currency" not in mapping.columns:
        constants.append(Column("currency", sql.SQL("{}").format(mapping.currency), yes))
    if mapping.grain == "totals":
        constants.append(Column("transaction_id", EMPTY, yes))
    return constants


type Made = tuple[Expression, Expression]


def _id(cell: Expression, _mapping: Mapping) -> Made:
    good = sql.SQL("{} AND {} <> ''").format(_at_most(cell, LONGEST_ID), cell)
    return cell, good


def _game(cell: Expression, _mapping: Mapping) -> Made:
    value = sql.SQL("nullif({0}, '')").format(cell)
    return value, _at_most(cell, LONGEST_GAME)


def _reference(cell: Expression, _mapping: Mapping) -> Made:
    value = sql.SQL("nullif({0}, '')").format(cell)
    return value, _at_most(cell, LONGEST_ID)


def _at_most(cell: Expression, length: int) -> Expression:
    return sql.SQL("(octet_length({0}) <= {1} OR length({0}) <= {1})").format(cell, length)


def _kind(cell: Expression, mapping: Mapping) -> Made:
    value = _word(cell, {kind: kind for kind in KINDS} | dict(mapping.kinds))
    return value, sql.SQL("{} IS NOT NULL").format(value)


def _state(cell: Expression, mapping: Mapping) -> Made:
    value = _word(cell, mapping.states)
    good = sql.SQL("({0} = '' OR {1} IS NOT NULL)").format(cell, value)
    return value, good


def _word(cell: Expression, words: Words[str, str] | Words[str, bool]) -> Expression:
    """Return the word as it is, which mostly matches; then trimmed and in lower case."""
    if not words:
        return sql.SQL("NULL")
    whens = sql.SQL(" ").join(sql.SQL("WHEN {0} THEN {1}").format(word, ours) for word, ours in words.items())
    return sql.SQL("coalesce(CASE {0} {1} END, CASE lower(btrim({0})) {1} END)").format(cell, whens)


def _currency(cell: Expression, _mapping: Mapping) -> Made:
    good = sql.SQL("({0} IN ({1}) OR {0} ~ '^[A-Z0-9]+$' AND length({0}) <= {2})").format(
        cell, sql.SQL(", ").join(map(sql.Literal, USUAL_CURRENCIES)), LONGEST_CURRENCY
    )
    return cell, good


def _digits(text: Expression, longest: int) -> Expression:
    return sql.SQL("({0} ~ '^[0-9]+$' AND length({0}) <= {1})").format(text, longest)


def _amount(cell: Expression, mapping: Mapping) -> Made:
    text: Expression = cell
    if mapping.negative == "absolute":
        text = sql.SQL("(CASE WHEN left({0}, 1) = '-' THEN substr({0}, 2) ELSE {0} END)").format(cell)
    if mapping.amounts == "units":
        value = sql.SQL("{}::bigint").format(text)
        is_plain = sql.SQL("({1}::text = {0} OR {2})").format(text, value, _digits(text, LONGEST_UNITS))
        return value, sql.SQL("{} AND {}").format(is_plain, _in_range(value))
    point = "," if mapping.amounts == "decimal_comma" else "."
    whole, rest = (sql.SQL("split_part({0}, {1}, {2})").format(text, point, part) for part in (1, 2))
    fits = sql.SQL(
        "({whole_fits} AND ({text} = {whole} OR ({text} = {whole} || {point} || {rest}"
        " AND length(rtrim({rest}, '0')) <= {decimals} AND {rest} ~ '^[0-9]+$')))"
    ).format(whole_fits=_digits(whole, WHOLE), text=text, whole=whole, rest=rest, point=point, decimals=DECIMALS)
    value = sql.SQL("({0} || rpad(left({1}, {2}), {2}, '0'))::bigint").format(whole, rest, DECIMALS)
    # CASE, since conditions beside each other may be tried in any order, and the cast of what does not fit fails.
    return value, sql.SQL("CASE WHEN {} THEN {} ELSE false END").format(fits, _in_range(value))


def _in_range(value: Expression) -> Expression:
    return sql.SQL("{} BETWEEN 0 AND {}").format(value, MAX_WHOLE_NUMBER)


def _count(cell: Expression, _mapping: Mapping) -> Made:
    value = sql.SQL("nullif({0}, '')::integer").format(cell)
    return value, sql.SQL("({0} = '' OR {1})").format(cell, _digits(cell, 9))


def _at(cell: Expression, mapping: Mapping) -> Made:
    if mapping.times in ("unix", "unix_ms"):
        return _unix(cell, seconds=1 if mapping.times == "unix" else 1000)
    text = sql.SQL(ISO[mapping.times]).format(cell)
    has_zone = sql.SQL("({0} LIKE '%Z' OR {0} LIKE '__________%+%' OR {0} LIKE '__________%-%')").format(text)
    looks_like_one = sql.SQL("{text} ~ {written} AND {in_order} AND {is_zoned}").format(
        text=text,
        written=WRITTEN,
        in_order=sql.SQL("true" if mapping.times == "iso" else IN_ORDER).format(cell),
        is_zoned=sql.SQL("true") if mapping.zone else has_zone,
    )
    zoned = sql.SQL("{}::timestamptz").format(text)
    if mapping.zone:
        zoned = sql.SQL("CASE WHEN {0} THEN {1} ELSE {2}::timestamp AT TIME ZONE {3} END").format(
            has_zone, zoned, text, mapping.zone
        )
    value = sql.SQL("CASE WHEN {0} <> '' THEN {1} END").format(cell, zoned)
    return value, sql.SQL("({} = '' OR ({}))").format(cell, looks_like_one)


def _unix(cell: Expression, *, seconds: int) -> Made:
    """Return a Unix time and its check: in another unit, it would be in another century."""
    number = sql.SQL("nullif({0}, '')::bigint").format(cell)
    first, last = (int(moment.timestamp()) * seconds for moment in (FIRST, LAST))
    good = sql.SQL("({0} = '' OR (CASE WHEN {1} THEN {2} >= {3} AND {2} < {4} ELSE false END))").format(
        cell, _digits(cell, 10 if seconds == 1 else 13), number, first, last
    )
    return sql.SQL("to_timestamp({} / {}.0)").format(number, seconds), good
