"""Converts cells to our rows one by one, for notations that the database cannot read itself.

It is slower than the database and reads the same cells in the same way. Plain files never come here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from wallet.reconciliation.reading import currencies
from wallet.reconciliation.reading.amounts import AmountForm, AmountReader
from wallet.reconciliation.reading.columns import LONGEST_CURRENCY, LONGEST_GAME, LONGEST_ID
from wallet.reconciliation.reading.mapping import KINDS, Mapping
from wallet.reconciliation.reading.moments import MomentReader
from wallet.reconciliation.reading.table import SHOWN, shown_text
from wallet.reconciliation.reading.unreadable_cell import UNSEEN, Unclear, invisible_characters

MOST_COUNTED = 9  # digits
# Columns of the portal's own export of transactions, and its word for what no statement has: a comparison names
# corrections apart.
OUR_EXPORT = frozenset({"Transaction", "Type", "Refers to", "Balance after", "Key version", "Request"})
CORRECTION = "correction"


def is_our_export(headers: Sequence[str]) -> bool:
    return {header.strip() for header in headers} >= OUR_EXPORT


class ConvertedRow(NamedTuple):
    """One of our rows. With a `fault`, its other values do not count."""

    line: int
    transaction_id: str = ""
    kind: str = ""
    player_id: str = ""
    currency: str = ""
    amount: int | None = None
    game_id: str | None = None
    is_rolled_back: bool | None = None
    ref_transaction_id: str | None = None
    at: datetime | None = None
    row_count: int | None = None
    fault: str | None = None


# The columns of the table that they are copied into, in the same order. Texts compare as those of raw rows do.
TEXT = 'text COLLATE "C"'
TYPES = {
    "line": "integer",
    "transaction_id": TEXT,
    "kind": TEXT,
    "player_id": TEXT,
    "currency": TEXT,
    "amount": "bigint",
    "game_id": TEXT,
    "is_rolled_back": "boolean",
    "ref_transaction_id": TEXT,
    "at": "timestamptz",
    "count": "integer",
    "fault": TEXT,
}


type MoneyReader = Callable[[Sequence[str]], tuple[AmountForm, str]]


class Fields:
    """Reads the fields of one line and collects their errors."""

    def __init__(self, place: dict[str, int], headers: Sequence[str], cells: Sequence[str]) -> None:
        self.place, self.headers, self.cells = place, headers, cells
        self.says: list[str] = []

    def cell(self, name: str) -> str:
        at = self.place.get(name)
        return "" if at is None else self.cells[at]

    def read[T](self, name: str, how: Callable[[str], T]) -> T | None:
        if (at := self.place.get(name)) is None:
            return None
        try:
            return how(self.cells[at])
        except Unclear as fault:
            self.add(name, str(fault))
            return None

    def add(self, name: str, says: str) -> None:
        cell = self.cell(name)
        self.says.append(
            f"{self.headers[self.place[name]]} is {shown_text(cell[: SHOWN + 1])}: {says}{invisible_characters(cell)}"
        )

    @property
    def fault(self) -> str | None:
        return f"{'; '.join(self.says)}." if self.says else None


class Conversion:
    """Converts the lines of one file. `ignored` counts the lines that the mapping leaves out."""

    def __init__(self, mapping: Mapping, headers: Sequence[str]) -> None:
        self.mapping, self.headers = mapping, headers
        self.place = {name: headers.index(header) for name, header in mapping.columns.items()}
        self.amount = lru_cache(maxsize=8192)(AmountReader(mapping).read)
        self.moment = MomentReader(mapping).read
        self.code = lru_cache(maxsize=1024)(self._code)
        self.state = lru_cache(maxsize=1024)(self._state)
        self.kind = lru_cache(maxsize=1024)(self._kind_of)
        self.kinds = {kind: kind for kind in KINDS} | dict(mapping.kinds)
        self.ignored_kinds, self.ignored_states = set(mapping.ignored_kinds), set(mapping.ignored_states)
        if is_our_export(headers):
            self.ignored_kinds.add(CORRECTION)
        self.ignored = 0
        self._rows = self._stake_and_win if mapping.is_stake_and_win else self._one
        self._clear_line = None if mapping.is_stake_and_win else self._compiled()

    def rows(self, line: int, cells: Sequence[str]) -> Iterator[ConvertedRow]:
        """Yield the rows of a line. One with a cell that cannot be read is read once more, for the sentences."""
        if self._is_ignored(cells):
            self.ignored += 1
            return
        if self._clear_line is not None:
            try:
                row = self._clear_line(line, cells)
            except Unclear:
                pass
            else:
                yield row
                return
        yield from self._rows(line, Fields(self.place, self.headers, cells))

    def _is_ignored(self, cells: Sequence[str]) -> bool:
        return self._has_word(cells, "kind", self.ignored_kinds) or self._has_word(cells, "state", self.ignored_states)

    def _has_word(self, cells: Sequence[str], name: str, words: set[str]) -> bool:
        return bool(words) and (_word(cells[self.place[name]]) if name in self.place else "") in words

    # --- one line, one row, all of it clear ---------------------------------------------------------------------------
    def _compiled(self) -> Callable[[int, Sequence[str]], ConvertedRow]:
        """Return what reads a line in one go, as `_one` does, and raises Unclear at the first cell that is not."""
        transaction = self._reader("transaction_id" if self.mapping.grain == "rows" else "", _id, "")
        player, game = self._reader("player_id", _id, ""), self._reader("game_id", _game, None)
        state = self._reader("state", self.state, None)
        reference = self._reader("ref_transaction_id", _reference, None)
        money, at, count = self._money_reader(), self._moment_reader(), self._reader("count", _count, None)

        def read(line: int, cells: Sequence[str]) -> ConvertedRow:
            amount, kind = money(cells)
            return ConvertedRow(
                line, transaction(cells), kind, player(cells), amount.currency, amount.units, game(cells),
                state(cells), reference(cells), at(cells), count(cells),
            )  # fmt: skip

        return read

    def _reader[T](self, name: str, how: Callable[[str], T], absent: T) -> Callable[[Sequence[str]], T]:
        if (at := self.place.get(name)) is None:
            return lambda _cells: absent
        return lambda cells: how(cells[at])

    def _moment_reader(self) -> Callable[[Sequence[str]], datetime | None]:
        at, time, zone = (self.place.get(name) for name in ("at", "time_of_day", "time_zone"))
        if at is None:
            return lambda _cells: None
        if time is None and zone is None:
            return lambda cells: self.moment(cells[at])
        return lambda cells: self.moment(
            cells[at], "" if time is None else cells[time], "" if zone is None else cells[zone]
        )

    def _money_reader(self) -> MoneyReader:
        """Of the amount, with its currency, and of the kind."""
        known = "" if self.mapping.currency_place else self.mapping.currency
        currency = self._reader("currency", self.code, known)
        if self.mapping.is_debit_and_credit:
            return self._side_reader(currency)
        at, kind = self.place["amount"], self.place.get("kind")
        out, into = self.mapping.out_kind, self.mapping.in_kind

        def read(cells: Sequence[str]) -> tuple[AmountForm, str]:
            amount = self.amount(cells[at], currency(cells))
            return amount, (out if amount.is_out else into) if kind is None else self.kind(cells[kind])

        return read

    def _side_reader(self, currency: Callable[[Sequence[str]], str]) -> MoneyReader:
        """One of the two is empty; else `_amount` says which of them counts."""
        debit, credit, kind = (self.place.get(name) for name in ("debit", "credit", "kind"))
        out, into = self.mapping.out_kind, self.mapping.in_kind

        def read(cells: Sequence[str]) -> tuple[AmountForm, str]:
            sides = ["" if at is None else cells[at].strip(UNSEEN) for at in (debit, credit)]
            if all(sides) or not any(sides):
                raise Unclear
            amount = self.amount(cells[debit if sides[0] else credit], currency(cells))  # type: ignore[index]
            return amount, (out if sides[0] else into) if kind is None else self.kind(cells[kind])

        return read

    # --- one line, one row --------------------------------------------------------------------------------------------
    def _one(self, line: int, fields: Fields) -> Iterator[ConvertedRow]:
        currency = self._currency(fields)
        amount, name = self._amount(fields, currency)
        kind = self._kind(fields, amount, name)
        row = self._common(line, fields, amount.currency if amount else "")
        yield self._judged(fields, row._replace(kind=kind or "", amount=amount.units if amount else None))

    def _common(self, line: int, fields: Fields, currency: str) -> ConvertedRow:
        has_id = "transaction_id" in self.place and self.mapping.grain == "rows"
        return ConvertedRow(
            line,
            (fields.read("transaction_id", _id) or "") if has_id else "",
            "",
            fields.read("player_id", _id) or "",
            currency,
            None,
            fields.read("game_id", _game),
            fields.read("state", self.state),
            fields.read("ref_transaction_id", _reference),
            self._at(fields),
            fields.read("count", _count),
        )

    @staticmethod
    def _judged(fields: Fields, row: ConvertedRow) -> ConvertedRow:
        return row if fields.fault is None else ConvertedRow(row.line, fault=fields.fault)

    # --- a bet and its payout in one line -----------------------------------------------------------------------------
    def _stake_and_win(self, line: int, fields: Fields) -> Iterator[ConvertedRow]:
        currency = self._currency(fields) or ""
        stake = fields.read("stake", lambda cell: self.amount(cell, currency))
        win = self._win(fields, currency)
        row = self._common(line, fields, stake.currency if stake else "")
        is_row = self.mapping.grain == "rows"
        win_id = fields.cell("win_transaction_id") if is_row else ""
        if is_row and (win is not None or win_id):
            fields.read("win_transaction_id", _id)
        if win_id and win is None and not fields.says:
            fields.add("win", "no amount, although there is a transaction id")
        if fields.fault is not None or stake is None:
            yield ConvertedRow(line, fault=fields.fault)
            return
        yield row._replace(kind="bet", amount=stake.units)
        if win is not None:
            if is_row:
                row = row._replace(transaction_id=win_id, ref_transaction_id=row.transaction_id)
            yield row._replace(kind="payout", amount=win.units)

    def _win(self, fields: Fields, currency: str) -> AmountForm | None:
        """Return the payout; None without one: an empty cell, or zero without a transaction of its own."""
        cell = fields.cell("win")
        if not cell.strip(UNSEEN):
            return None
        win = fields.read("win", lambda cell: self.amount(cell, currency))
        is_none = win is not None and not win.units and not fields.cell("win_transaction_id")
        return None if is_none and self.mapping.grain == "rows" else win

    # --- fields -------------------------------------------------------------------------------------------------------
    def _currency(self, fields: Fields) -> str | None:
        """Return the currency; empty where it stands beside the amount."""
        if "currency" in self.place:
            return fields.read("currency", self.code)
        return "" if self.mapping.currency_place else self.mapping.currency

    def _code(self, cell: str) -> str:
        word = cell.strip(UNSEEN)
        if not word or len(word) > LONGEST_CURRENCY:
            raise Unclear("not a currency code such as EUR")
        return currencies.currency_code(word, self.mapping.currencies)

    def _amount(self, fields: Fields, currency: str | None) -> tuple[AmountForm | None, str]:
        """Return the amount; errors name its column. Without a currency, the amount is not judged."""
        if currency is None:
            return None, ""
        if not self.mapping.is_debit_and_credit:
            return fields.read("amount", lambda cell: self.amount(cell, currency)), "amount"
        sides = [name for name in ("debit", "credit") if fields.cell(name).strip(UNSEEN)]
        if not sides:
            fields.add("debit", "no amount, and the credit column is empty too")
            return None, ""
        read = [(fields.read(name, lambda cell: self.amount(cell, currency)), name) for name in sides]
        moved = [each for each in read if each[0] is None or each[0].units]
        if len(moved) > 1 or (not moved and len(read) > 1 and "kind" not in self.place):
            fields.add("debit", f"both a debit and a credit ({shown_text(fields.cell('credit'))})")
            return None, ""
        return (moved or read)[0]

    def _kind(self, fields: Fields, amount: AmountForm | None, name: str) -> str | None:
        if "kind" in self.place:
            return fields.read("kind", self.kind)
        is_out = name == "debit" if self.mapping.is_debit_and_credit else amount is not None and amount.is_out
        return self.mapping.out_kind if is_out else self.mapping.in_kind

    def _kind_of(self, cell: str) -> str:
        if (kind := self.kinds.get(cell) or self.kinds.get(_word(cell))) is None:
            raise Unclear("a type that the mapping does not contain")
        return kind

    def _state(self, cell: str) -> bool | None:
        word = _word(cell)
        if not word:
            return None
        if (state := self.mapping.states.get(word)) is None:
            raise Unclear("a status that the mapping does not contain")
        return state

    def _at(self, fields: Fields) -> datetime | None:
        if "at" not in self.place:
            return None
        time, zone = fields.cell("time_of_day"), fields.cell("time_zone")
        return fields.read("at", lambda cell: self.moment(cell, time, zone))


def _word(cell: str) -> str:
    return cell.strip(UNSEEN).lower()


def _id(cell: str) -> str:
    if not cell or len(cell) > LONGEST_ID:
        raise Unclear(f"empty, or longer than {LONGEST_ID} characters")
    return cell


def _game(cell: str) -> str | None:
    if len(cell) > LONGEST_GAME:
        raise Unclear(f"longer than {LONGEST_GAME} characters")
    return cell or None


def _reference(cell: str) -> str | None:
    if len(cell) > LONGEST_ID:
        raise Unclear(f"longer than {LONGEST_ID} characters")
    return cell or None


def _count(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) <= MOST_COUNTED):
        raise Unclear("not a number of transactions")
    return int(cell)
