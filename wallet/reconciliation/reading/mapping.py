"""How a merchant's files are read: which column is what, and in which words. Stated by a person, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Words
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from merchants.errors import Refusal

type Amounts = Literal["", "units", "decimal_point", "decimal_comma"]
type Times = Literal["iso", "dmy", "mdy", "unix", "unix_ms"]

OF_ROWS = ("transaction_id", "kind", "player_id", "currency", "amount")
OF_TOTALS = ("player_id", "kind", "currency", "amount")
FIELDS = (*OF_ROWS, "game_id", "state", "ref_transaction_id", "at", "count")
KINDS = ("bet", "payout", "reward", "rollback", "deposit", "withdraw")
CHOICES = {
    "amounts": ("", "units", "decimal_point", "decimal_comma"),
    "times": ("iso", "dmy", "mdy", "unix", "unix_ms"),
    "negative": ("refused", "absolute"),
    "encoding": ("utf-8", "cp1252", "utf-16-le", "utf-16-be"),
    "grain": ("rows", "totals"),
    "rollbacks": ("", "rows", "flags", "none"),
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
    """What stands in a mapping cannot be; the sentence says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """`columns`: our field → their header. `kinds` and `states`: their word → ours; `states` says whether it is rolled
    back. `currency` is of all rows where no column says it. `zone` is of times that state none. `negative`: whether a
    sign before an amount is an error, or says only which way the money went. `rollbacks`: whether the file has rows for
    them, flags what was rolled back, or leaves it out. Whether it has references is whether a column is named for them.
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

    def known(self, headers: Sequence[str]) -> int:
        """How many of the columns that it names are there."""
        return len({header.strip() for header in headers} & set(self.columns.values()))

    def asks(self, headers: Sequence[str]) -> list[str]:
        """What has to be stated before a file with these headers can be read: a sentence each."""
        needed = OF_TOTALS if self.grain == "totals" else OF_ROWS
        unsaid = [name for name in needed if name not in self.columns and not (name == "currency" and self.currency)]
        gone = sorted(header for header in self.columns.values() if header not in headers)
        asks = [f"Which column is the {spoken(name)}?" for name in unsaid]
        asks += [f"The file has no column “{header[:40]}”. Which one is it now?" for header in gone]
        if not self.amounts:
            asks.append("Are amounts whole units (real amount × 100000), or decimals with a point or a comma?")
        return asks

    @property
    def rollback_rule(self) -> str:
        """As stated. Of a mapping of before it was: rows, since nothing is overlooked so, and of totals what stands."""
        return self.rollbacks or ("none" if self.grain == "totals" else "rows")

    def kind_of(self, word: str) -> str:
        word = word.strip().lower()
        return self.kinds.get(word, word if word in KINDS else "")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def spoken(name: str) -> str:
    return {"at": "time", "ref_transaction_id": "transaction it refers to"}.get(name, name.replace("_", " "))


def from_json(stored: Words[str, Any]) -> Mapping:
    """Raises BadMapping for what cannot be: it may come from a form."""
    unknown = set(stored) - set(Mapping.__slots__)
    if unknown:
        raise BadMapping(f"A mapping has no “{min(unknown)[:40]}”.")
    for name, allowed in CHOICES.items():
        if stored.get(name, allowed[0]) not in allowed:
            raise BadMapping(f"“{name}” of a mapping is one of {', '.join(filter(None, allowed))}.")
    _check_words(stored)
    _check_zone(stored.get("zone", ""))
    lower = {name: {str(word).strip().lower(): to for word, to in stored.get(name, {}).items()} for name in WORDS}
    return replace(Mapping(), **(dict(stored) | lower))


WORDS = ("kinds", "states")


def _check_words(stored: Words[str, Any]) -> None:
    for name in ("columns", *WORDS):
        if not isinstance(stored.get(name, {}), dict):
            raise BadMapping(f"“{name}” of a mapping says for each word what it is.")
    columns = stored.get("columns", {})
    if not set(columns) <= set(FIELDS) or not all(isinstance(header, str) and header for header in columns.values()):
        raise BadMapping(f"A column is one of {', '.join(FIELDS)}, and names a header.")
    twice = [header for header in columns.values() if list(columns.values()).count(header) > 1]
    if twice:
        raise BadMapping(f"The column “{twice[0][:40]}” is named for two things.")
    if not set(stored.get("kinds", {}).values()) <= set(KINDS):
        raise BadMapping(f"A kind is one of {', '.join(KINDS)}.")
    if not all(isinstance(said, bool) for said in stored.get("states", {}).values()):
        raise BadMapping("A state is either rolled back or not.")


def _check_zone(zone: Any) -> None:
    try:
        if zone:
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as fault:
        raise BadMapping(f"“{str(zone)[:40]}” is not a time zone such as Europe/Vienna.") from fault


def suggested(headers: Iterable[str], grain: str = "rows") -> Mapping:
    """From usual names. How amounts are written stays open: somebody has to say it."""
    bare = {re.sub(r"[^a-z]", "", header.lower()): header for header in reversed(list(headers))}
    columns = {
        name: bare[usual]
        for name, usuals in USUAL_HEADERS.items()
        if (usual := next((each for each in usuals if each in bare), None)) is not None
    }
    if grain == "totals":
        columns.pop("transaction_id", None)
    return Mapping(columns=columns, grain=grain, kinds=usual_kinds(), states=usual_states())


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
OPTIONAL = frozenset({"game_id", "state", "ref_transaction_id", "at", "count"})


def fitted(mapping: Mapping, headers: Sequence[str]) -> Mapping:
    """Without the columns that a signed call may leave out and this one did."""
    kept = {name: header for name, header in mapping.columns.items() if name not in OPTIONAL or header in headers}
    return replace(mapping, columns=kept)
