"""The mapping of a merchant's files: columns, words and notations. A person states it; it is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Words
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from merchants.errors import Refusal

type Amounts = Literal["", "units", "decimal_point", "decimal_comma", "minor"]
type Times = Literal["iso", "dmy", "mdy", "unix", "unix_ms", "unix_us", "unix_ns", "excel"]

OF_ROWS = ("transaction_id", "kind", "player_id", "currency", "amount")
OF_TOTALS = ("player_id", "kind", "currency", "amount")
APART = ("debit", "credit", "stake", "win", "win_transaction_id", "time_of_day", "time_zone")  # in unusual files
FIELDS = (*OF_ROWS, "game_id", "state", "ref_transaction_id", "at", "count", *APART)
KINDS = ("bet", "payout", "reward", "rollback", "deposit", "withdraw")
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "iso8859-15": "ISO 8859-15",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "shift_jis": "Shift JIS",
    "gb18030": "GB 18030",
}
CHOICES = {
    "amounts": ("", "units", "decimal_point", "decimal_comma", "minor"),
    "times": ("iso", "dmy", "mdy", "unix", "unix_ms", "unix_us", "unix_ns", "excel"),
    "negative": ("refused", "absolute", "kind"),
    "encoding": tuple(ENCODINGS),
    "grain": ("rows", "totals"),
    "rollbacks": ("", "rows", "flags", "none"),
    "minor_digits": ("", "0", "1", "2", "3", "4", "5"),
    "thousands": ("", "comma", "point", "space", "apostrophe"),
    "minus": ("", "brackets", "trailing", "any"),
    "out_kind": ("", *KINDS),
    "in_kind": ("", *KINDS),
    "currency_place": ("", "amount"),
    "date_alone": ("", "midnight"),
}

# As they usually are called, all small and without anything but letters.
USUAL_HEADERS = {
    "transaction_id": ("transactionid", "txid", "txnid", "trxid", "transaction", "id", "transactionuuid"),
    "kind": ("kind", "type", "transactiontype", "txtype", "operation", "action"),
    "player_id": ("playerid", "player", "userid", "user", "customerid", "accountid"),
    "game_id": ("gameid", "game", "gamecode"),
    "currency": ("currency", "currencycode", "cur", "ccy"),
    "amount": ("amount", "value", "sum", "rewardedamount", "totalamount"),
    "state": ("state", "status"),
    "ref_transaction_id": ("reftransactionid", "referencetransactionid", "reference", "referenceid", "ref", "betid"),
    "at": ("at", "createdat", "timestamp", "time", "datetime", "date", "created"),
    "count": ("count", "transactions", "rows", "number"),
}
USUAL_KINDS = {
    "bet": ("bet", "stake", "wager", "debit"),
    "payout": ("payout", "win", "credit", "result"),
    "reward": ("reward", "bonus", "promo", "freespin"),
    "rollback": ("rollback", "cancel", "refund", "void"),
    "deposit": ("deposit",),
    "withdraw": ("withdraw", "withdrawal"),
}
USUAL_STATES = {
    True: ("rolled_back", "rolledback", "rollback", "cancelled", "canceled", "refunded", "voided", "void"),
    False: ("ok", "rs_ok", "done", "settled", "completed", "success", "successful", "closed", "stands", "posted"),
}


class BadMapping(Refusal):
    """The mapping is not valid. The text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How a file is read. `columns`: our field → header. `kinds` and `states`: their word → our type, or whether rolled
    back.

    `currency`: of all rows, if no column has it. `zone`: of times without one. `negative`: a sign before an amount is
    an error, shows only the direction, or shows the type. `rollbacks`: the file has rows for them, flags reversed
    transactions, or leaves them out. A file has references if a column is named for them.

    The rest is for unusual files. `minor_digits`: digits of minor units, if not those of the currency. `minus`: if it
    is not a sign before the amount. `out_kind`, `in_kind`: types of debit and credit, or of amounts with and without a
    minus. `currency_place`: if the currency is beside the amount. `currencies`, `zones`: their word → a code, a zone.
    Also the line of the header (0: found by its names), and the path of the rows in a JSON.
    """

    columns: Words[str, str] = field(default_factory=dict)
    grain: str = "rows"
    amounts: Amounts = ""
    negative: str = "refused"
    kinds: Words[str, str] = field(default_factory=dict)
    states: Words[str, bool] = field(default_factory=dict)
    currency: str = ""
    times: Times = "iso"
    zone: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    rollbacks: str = ""
    minor_digits: str = ""
    thousands: str = ""
    minus: str = ""
    out_kind: str = ""
    in_kind: str = ""
    currency_place: str = ""
    currencies: Words[str, str] = field(default_factory=dict)
    ignored_kinds: Sequence[str] = ()
    ignored_states: Sequence[str] = ()
    zones: Words[str, str] = field(default_factory=dict)
    date_alone: str = ""
    header_line: int = 0
    rows_path: str = ""

    @property
    def is_plain(self) -> bool:
        """Return whether the database alone can read the cells; otherwise `conversion` reads them."""
        is_usual = self.amounts != "minor" and self.times in USUAL_TIMES and self.negative != "kind"
        return is_usual and not self.columns.keys() & set(APART) and all(not getattr(self, name) for name in UNUSUAL)

    @property
    def point(self) -> str:
        """Return the decimal point for numbers of a workbook, as the mapping reads text; never the thousands
        separator.
        """
        return "," if self.amounts == "decimal_comma" or self.thousands == "point" else "."

    def known(self, headers: Sequence[str]) -> int:
        """Return how many of its columns the file has."""
        return len({header.strip() for header in headers} & set(self.columns.values()))

    def asks(self, headers: Sequence[str]) -> list[str]:
        """Return what a person must still state before a file with these headers can be read, in sentences."""
        unsaid = [name for name in self._needed() if name not in self.columns]
        gone = sorted(header for header in self.columns.values() if header not in headers)
        asks = [f"Which column contains the {column_label(name)}?" for name in unsaid]
        asks += [f"The file has no column “{header[:40]}”. Which column replaces it?" for header in gone]
        if not self.amounts:
            asks.append("Are amounts whole units (real amount × 100000), or decimals with a point or a comma?")
        if self._has_kinds_by_direction() and not (self.out_kind and self.in_kind):
            asks.append(
                "Which type is a debit or an amount with a minus sign, and which type is a credit or an "
                "amount without one?"
            )
        return asks

    @property
    def rollback_rule(self) -> str:
        """Return the stated rule; for a mapping from before it: rows, so that nothing is overlooked; for totals: left
        out.
        """
        return self.rollbacks or ("none" if self.grain == "totals" else "rows")

    def _needed(self) -> list[str]:
        """Return the columns without which no row can be read."""
        needed = set(OF_TOTALS if self.grain == "totals" else OF_ROWS)
        if self.currency or self.currency_place:
            needed.discard("currency")
        if self.is_stake_and_win:
            needed = needed - {"kind", "amount"} | {"stake", "win"}
            needed |= {"win_transaction_id"} if self.grain == "rows" else set()
        elif self.is_debit_and_credit:
            needed = needed - {"amount"} | {"debit", "credit"}
        if self._has_kinds_by_direction():
            needed.discard("kind")
        if self.columns.keys() & {"time_of_day", "time_zone"}:
            needed.add("at")
        return [name for name in FIELDS if name in needed]

    @property
    def is_stake_and_win(self) -> bool:
        return not self.columns.keys().isdisjoint(("stake", "win", "win_transaction_id"))

    @property
    def is_debit_and_credit(self) -> bool:
        return not self.columns.keys().isdisjoint(("debit", "credit"))

    def _has_kinds_by_direction(self) -> bool:
        has_direction = self.negative == "kind" or self.is_debit_and_credit
        return has_direction and "kind" not in self.columns and not self.is_stake_and_win

    def kind_of(self, word: str) -> str:
        word = word.strip().lower()
        return self.kinds.get(word, word if word in KINDS else "")

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as JSON. Of the fields in `LATER`, only values that are set, so that older mappings stay
        equal.
        """
        stored = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {name: value for name, value in stored.items() if name not in LATER or value}


UNUSUAL = frozenset(
    {
        "minor_digits", "thousands", "minus", "out_kind", "in_kind", "currency_place", "currencies",
        "ignored_kinds", "ignored_states", "zones", "date_alone",
    }
)  # fmt: skip
LATER = UNUSUAL | {"header_line", "rows_path"}
USUAL_TIMES = frozenset({"iso", "dmy", "mdy", "unix", "unix_ms"})


def column_label(name: str) -> str:
    return SPOKEN.get(name, name.replace("_", " "))


SPOKEN = {
    "at": "time",
    "ref_transaction_id": "transaction it refers to",
    "win_transaction_id": "transaction id of the win",
    "time_of_day": "time, separate from the date",
}


def from_json(stored: Words[str, Any]) -> Mapping:
    """Return the mapping. Raises BadMapping, because the values may come from a form."""
    unknown = set(stored) - set(Mapping.__slots__)
    if unknown:
        raise BadMapping(f"A mapping has no field “{min(unknown)[:40]}”. Remove it.")
    for name, allowed in CHOICES.items():
        if stored.get(name, allowed[0]) not in allowed:
            raise BadMapping(f"“{name}” of a mapping must be one of {', '.join(filter(None, allowed))}.")
    _check_words(stored)
    _check_zone(stored.get("zone", ""))
    _check_unusual(stored)
    lower = {name: {str(word).strip().lower(): to for word, to in stored.get(name, {}).items()} for name in WORDS}
    ignored = {name: tuple(sorted({str(word).strip().lower() for word in stored.get(name, ())})) for name in IGNORED}
    return replace(Mapping(), **(dict(stored) | lower | ignored))


WORDS = ("kinds", "states", "currencies", "zones")
IGNORED = ("ignored_kinds", "ignored_states")
MOST_LINES_BEFORE = 50  # above the header of a file
SEPARATORS = {"decimal_point": "point", "decimal_comma": "comma"}


def _check_unusual(stored: Words[str, Any]) -> None:
    for name in IGNORED:
        if not isinstance(stored.get(name, ()), list | tuple):
            raise BadMapping(f"“{name}” of a mapping must be a list of words.")
    for zone in stored.get("zones", {}).values():
        _check_zone(zone)
    if not all(re.fullmatch(r"[A-Z0-9]{1,8}", str(code)) for code in stored.get("currencies", {}).values()):
        raise BadMapping("A word for a currency must mean a code such as EUR.")
    line = stored.get("header_line", 0)
    if type(line) is not int or not 0 <= line <= MOST_LINES_BEFORE:
        raise BadMapping(f"The line of the column names is a number up to {MOST_LINES_BEFORE}.")
    if not isinstance(stored.get("rows_path", ""), str):
        raise BadMapping("The place of the rows in a JSON is a text such as data.items.")
    if SEPARATORS.get(str(stored.get("amounts", "")), "-") == stored.get("thousands", ""):
        raise BadMapping("The same character cannot separate thousands and decimals.")
    _check_one_amount(stored.get("columns", {}))


WAYS = ({"amount"}, {"debit", "credit"}, {"stake", "win", "win_transaction_id"})


def _check_one_amount(columns: Words[str, Any]) -> None:
    if sum(not way.isdisjoint(columns) for way in WAYS) > 1:
        raise BadMapping("Amounts are in one column, in debit and credit, or in stake and win. State one of the three.")
    if "kind" in columns and not WAYS[2].isdisjoint(columns):
        raise BadMapping("Stake and win of one line are a bet and a payout. Do not state a column for the type.")


def _check_words(stored: Words[str, Any]) -> None:
    for name in ("columns", *WORDS):
        if not isinstance(stored.get(name, {}), dict):
            raise BadMapping(f"“{name}” of a mapping must state the meaning of each word.")
    columns = stored.get("columns", {})
    if not set(columns) <= set(FIELDS) or not all(isinstance(header, str) and header for header in columns.values()):
        raise BadMapping(f"A column is one of {', '.join(FIELDS)}, and names a header.")
    twice = [header for header in columns.values() if list(columns.values()).count(header) > 1]
    if twice:
        raise BadMapping(f"The column “{twice[0][:40]}” is used twice. Use each column once.")
    if not set(stored.get("kinds", {}).values()) <= set(KINDS):
        raise BadMapping(f"A type is one of {', '.join(KINDS)}.")
    if not all(isinstance(said, bool) for said in stored.get("states", {}).values()):
        raise BadMapping("A status is either rolled back or not.")


def _check_zone(zone: Any) -> None:
    try:
        if zone:
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as fault:
        raise BadMapping(f"“{str(zone)[:40]}” is not a time zone such as Europe/Vienna.") from fault


def suggested_mapping(headers: Iterable[str], grain: str = "rows") -> Mapping:
    """Return a mapping by usual column names. The notation of amounts stays open: a person must state it."""
    bare = {re.sub(r"[^a-z]", "", header.lower()): header for header in reversed(list(headers))}
    columns = {
        name: bare[usual]
        for name, usuals in USUAL_HEADERS.items()
        if (usual := next((each for each in usuals if each in bare), None)) is not None
    }
    columns |= _apart(bare, columns)
    if grain == "totals":
        columns.pop("transaction_id", None)
    return Mapping(columns=columns, grain=grain, kinds=usual_kinds(), states=usual_states())


def _apart(bare: Words[str, str], columns: Words[str, str]) -> dict[str, str]:
    """Return fields that stand in two columns: debit and credit, date and time, and the time zone."""
    found: dict[str, str] = {}
    if "amount" not in columns:
        found |= {name: bare[name] for name in ("debit", "credit") if {"debit", "credit"} <= bare.keys()}
    if {"date", "time"} <= bare.keys():
        found |= {"at": bare["date"], "time_of_day": bare["time"]}
    if "timezone" in bare and "at" in {**columns, **found}:
        found["time_zone"] = bare["timezone"]
    return found


def usual_columns(headers: Iterable[str]) -> int:
    """Return how many columns have a usual name."""
    return len(suggested_mapping(headers).columns)


def usual_kinds() -> dict[str, str]:
    return {word: kind for kind, words in USUAL_KINDS.items() for word in words}


def usual_states() -> dict[str, bool]:
    return {word: is_rolled_back for is_rolled_back, words in USUAL_STATES.items() for word in words}


# What the signed call may send without anybody having said anything: the contract's own names and units.
CONTRACT = Mapping(
    columns={
        "transaction_id": "transactionId",
        "kind": "kind",
        "player_id": "playerId",
        "game_id": "gameId",
        "currency": "currency",
        "amount": "amount",
        "state": "state",
        "ref_transaction_id": "refTransactionId",
        "at": "createdAt",
    },
    amounts="units",
    kinds={kind: kind for kind in KINDS},
    states=usual_states(),
)
CONTRACT_TOTALS = replace(
    CONTRACT,
    grain="totals",
    columns={"player_id": "playerId", "kind": "kind", "currency": "currency", "amount": "amount", "count": "count"},
)
OPTIONAL = frozenset({"game_id", "state", "ref_transaction_id", "at", "count", *APART})


def fitted_mapping(mapping: Mapping, headers: Sequence[str]) -> Mapping:
    """Return the mapping without optional columns that this signed request leaves out."""
    kept = {name: header for name, header in mapping.columns.items() if name not in OPTIONAL or header in headers}
    return replace(mapping, columns=kept)
