"""The part of a day that a statement covers: currencies, types, a brand, part n of m. Nothing stated: the whole day.

One rule for statements and plans: `docs/decisions/0047-a-statement-has-a-scope.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from psycopg import sql

from merchants.errors import Refusal
from wallet.reconciliation.reading.mapping import KINDS

OWN_KINDS = tuple(kind for kind in KINDS if kind != "rollback")  # a rollback goes with what it takes back
MOST_PARTS = 20
CURRENCY = re.compile(r"[A-Z0-9]{2,8}")
BRAND = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,39}")
NAMES = ("currencies", "types", "brand", "part")
HOW = (
    "Write a scope in the form currencies=EUR,USD;types=bet,payout;brand=north;part=1/2. You can "
    "leave out any of these."
)


class WrongScope(Refusal):
    def __init__(self, why: str) -> None:
        super().__init__(f"{why} {HOW}")


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope. An empty field: all. `parts`: 0 for a statement in one piece."""

    currencies: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    brand: str = ""
    part: int = 0
    parts: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the scope that `text` states. Raises WrongScope."""
        stated: dict[str, str] = {}
        for each in filter(None, (piece.strip() for piece in text.split(";"))):
            name, _, value = (piece.strip() for piece in each.partition("="))
            if name not in NAMES or name in stated or not value:
                raise WrongScope(f"“{each[:40]}” is not a part of a scope.")
            stated[name] = value
        part, parts = _numbers(stated.get("part", ""))
        return cls(
            frozenset(_listed(stated.get("currencies", "").upper())),
            frozenset(_listed(stated.get("types", "").lower())),
            stated.get("brand", "").lower(),
            part,
            parts,
        ).checked()

    def checked(self) -> Self:
        """Return the scope. Raises WrongScope for values that cannot be."""
        if odd := sorted(each for each in self.currencies if not CURRENCY.fullmatch(each)):
            raise WrongScope(f"“{odd[0][:20]}” is not a currency code.")
        if odd := sorted(self.kinds - {*OWN_KINDS}):
            raise WrongScope(f"“{odd[0][:20]}” is not one of the types {', '.join(OWN_KINDS)}.")
        if self.brand and not BRAND.fullmatch(self.brand):
            raise WrongScope("A brand has at most 40 letters, digits, spaces, dots and hyphens.")
        if (self.part, self.parts) != (0, 0) and not 1 <= self.part <= self.parts <= MOST_PARTS:
            raise WrongScope(f"A part is a number from 1 to the number of parts. A day has at most {MOST_PARTS} parts.")
        return self

    def __str__(self) -> str:
        """The canonical text, which names the scope in the database."""
        values = {
            "currencies": ",".join(sorted(self.currencies)),
            "types": ",".join(kind for kind in OWN_KINDS if kind in self.kinds),
            "brand": self.brand,
            "part": f"{self.part}/{self.parts}" if self.parts else "",
        }
        return ";".join(f"{name}={value}" for name, value in values.items() if value)

    @property
    def label(self) -> str:
        """Return the scope for people: “EUR, USD; bet, payout; brand north; part 1 of 2”, or “whole day”."""
        words = [
            ", ".join(sorted(self.currencies)),
            ", ".join(kind for kind in OWN_KINDS if kind in self.kinds),
            f"brand {self.brand}" if self.brand else "",
            f"part {self.part} of {self.parts}" if self.parts else "",
        ]
        return "; ".join(filter(None, words)) or "whole day"

    @property
    def without_part(self) -> Scope:
        return Scope(self.currencies, self.kinds, self.brand)

    def is_apart_from(self, other: Scope) -> bool:
        """Return whether no row can be in both."""
        if any(one and two and one.isdisjoint(two) for one, two in self._sets(other)):
            return True
        if self.brand and other.brand and self.brand != other.brand:
            return True
        is_of_same_parts = self.without_part == other.without_part and self.parts == other.parts
        return is_of_same_parts and self.part != other.part

    def leaves_rows_of(self, other: Scope) -> bool:
        """Return whether `other` has currencies or types that this scope does not have."""
        return any(one and not (two and two <= one) for one, two in self._sets(other))

    def replaces(self, older: Scope) -> bool:
        return not self.is_apart_from(older) and not self.leaves_rows_of(older)

    def trims(self, older: Scope) -> bool:
        """Return whether rows of the older statement outside this scope stay."""
        return not self.is_apart_from(older) and self.leaves_rows_of(older)

    def covers(self, wanted: Scope) -> bool:
        """Return whether a statement of this scope has what the plan expects, apart from its part."""
        return not self.leaves_rows_of(wanted) and self.brand in ("", wanted.brand)

    def _sets(self, other: Scope) -> list[tuple[frozenset[str], frozenset[str]]]:
        return [(self.currencies, other.currencies), (self.kinds, other.kinds)]


WHOLE = Scope()


def _listed(text: str) -> list[str]:
    return [each for word in text.split(",") if (each := word.strip())]


def _numbers(text: str) -> tuple[int, int]:
    if not text:
        return 0, 0
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})", text)
    if found is None:
        raise WrongScope(f"“{text[:20]}” is not a part such as 1/2.")
    return int(found[1]), int(found[2])


def parse_lines(text: str) -> list[str]:
    """Return the scopes of a plan as canonical texts, one from each line. Raises WrongScope."""
    found = [Scope.parse(line) for line in text.splitlines() if line.strip()]
    for number, scope in enumerate(found):
        if scope.parts:
            raise WrongScope("A scope of the plan has no part: each statement states its part.")
        if scope == WHOLE or any(not scope.is_apart_from(other) for other in found[:number]):
            raise WrongScope(f"The scope “{scope}” overlaps with another scope. Change one of them.")
    return [str(scope) for scope in found]


def missing_parts(present: Iterable[Scope], wanted: Iterable[Scope]) -> list[str]:
    """Return what is missing before a day is complete: absent parts, then absent scopes of the plan."""
    there = list(present)
    pieces: dict[tuple[Scope, int], set[int]] = {}
    for scope in there:
        if scope.parts:
            pieces.setdefault((scope.without_part, scope.parts), set()).add(scope.part)
    absent = [
        Scope(of.currencies, of.kinds, of.brand, part, parts)
        for (of, parts), numbers in pieces.items()
        for part in sorted({*range(1, parts + 1)} - numbers)
    ]
    absent += [scope for scope in wanted if not any(each.covers(scope) for each in there)]
    return [scope.label for scope in absent]


# --- In SQL -----------------------------------------------------------------------------------------------------------
# The type of a row, of a rollback that of the transaction it takes back; NULL where nobody knows that one. In one line,
# since it also gets into comments.
OUR_KIND = (
    "(CASE WHEN {a}.kind = 'rollback' "
    "THEN (SELECT x.kind FROM wallet_transaction x WHERE x.id = {a}.reverses_id) ELSE {a}.kind END)"
)
THEIR_KIND = (
    "(CASE WHEN {a}.kind = 'rollback' THEN coalesce("
    "(SELECT x.kind FROM wallet_transaction x"
    " WHERE x.merchant_id = {m} AND x.transaction_id = {a}.ref_transaction_id AND x.part = 0), "
    "(SELECT y.kind FROM wallet_transaction x JOIN wallet_transaction y ON y.id = x.reverses_id"
    " WHERE x.merchant_id = {m} AND x.transaction_id = {a}.transaction_id AND x.part = 0)) "
    "ELSE {a}.kind END)"
)


def scope_condition(scopes: Sequence[Scope], kind: str, currency: str, *, unknown: str = "true") -> str:
    """Return an SQL expression that is true for rows in one of `scopes`, by currency and type. No scope: all rows.

    `unknown`: the result for rollbacks of unknown transactions.
    """
    each = [_of_one(scope, kind, currency, unknown) for scope in scopes]
    return f"({' OR '.join(each)})" if each and "true" not in each else "true"


def _of_one(scope: Scope, kind: str, currency: str, unknown: str) -> str:
    parts = []
    if scope.currencies:
        parts.append(f"{currency} = ANY ({_array(scope.currencies)})")
    if scope.kinds:
        parts.append(f"coalesce({kind} = ANY ({_array(scope.kinds)}), {unknown})")
    return f"({' AND '.join(parts)})" if parts else "true"


def condition_without_kinds(kinds: Iterable[str], kind: str) -> str:
    left_out = [*kinds]
    return f"coalesce({kind} <> ALL ({_array(left_out)}), true)" if left_out else "true"


def all_true_condition(*conditions: str) -> str:
    return " AND ".join(each for each in conditions if each != "true") or "true"


def _array(words: Iterable[str]) -> str:
    return sql.SQL("{}::text[]").format(sql.Literal(sorted(words))).as_string()
