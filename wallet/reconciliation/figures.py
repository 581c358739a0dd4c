"""What a comparison counted. Screen and mail show these and count nothing themselves, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from wallet.models import Case, Reconciliation, ReconciliationPlan
from wallet.reconciliation.day_statement import DayStatement

OURS = """
    SELECT t.currency, t.kind, count(*), sum(t.amount), max(t.id)
      FROM wallet_transaction t
     WHERE t.merchant_id = %(merchant)s AND t.part = 0 AND t.debit_account_id IS NOT NULL
       AND t.created_at >= %(begin)s AND t.created_at < %(end)s AND {ours}
     GROUP BY 1, 2 ORDER BY 1, 2
"""
BREAKS = """
    SELECT b.kind, b.currency, count(*), sum(b.difference), sum(b.size)
      FROM reconciliation_break b GROUP BY 1, 2 ORDER BY 1, 2
"""
BEHIND = "SELECT coalesce(sum((b.ours ->> 'rows')::bigint), 0) FROM reconciliation_break b WHERE b.kind = 'truncated'"
HUNDREDTHS = 10_000  # of all
KIND = Case.Kind
OF_NO_ROW = frozenset({KIND.NO_STATEMENT, KIND.LATE_STATEMENT, KIND.TRUNCATED, KIND.TOTALS})
OF_ONE_SIDE = frozenset({KIND.UNSETTLED, KIND.BALANCE, KIND.PAID_ON_ROLLED_BACK, KIND.BELOW_ZERO, KIND.TOMBSTONE_MET})
UNJUDGED = OF_NO_ROW | OF_ONE_SIDE | {KIND.OWED}


@dataclass(frozen=True, slots=True)
class Side:
    """One currency and kind on both sides. Amounts × 100000; a rollback counts with what its reference moved."""

    currency: str
    kind: str
    ours_rows: int = 0
    ours_amount: int = 0
    theirs_rows: int = 0
    theirs_amount: int = 0

    @property
    def difference(self) -> int:
        return self.ours_amount - self.theirs_amount


@dataclass(frozen=True, slots=True)
class BreakSum:
    """`difference` as players feel it, `size` of the amounts that are concerned. Units: × 100000."""

    kind: str
    currency: str
    breaks: int
    difference: int
    size: int

    @property
    def label(self) -> str:
        return str(Case.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows that agree, of ours and of theirs, and what does not. `behind`: rows of ours behind the end of a file, which
    are no breaks of their own. `is_totals`: what agrees are totals, each of many rows.
    """

    matched: int = 0
    ours: int = 0
    theirs: int = 0
    sides: list[Side] = field(default_factory=list)
    breaks: list[BreakSum] = field(default_factory=list)
    behind: int = 0
    is_totals: bool = False

    @property
    def broken(self) -> int:
        return sum(each.breaks for each in self.breaks)

    @property
    def rate(self) -> str:
        """Of what should have matched; cut and not rounded, so that 100 means all. What is wrong with a file,
        in our books alone, or of another day, is no row that has another side.
        """
        broken = sum(each.breaks for each in self.breaks if each.kind not in UNJUDGED)
        judged = self.matched + broken + self.behind
        if not judged:
            return "–"
        whole, part = divmod(self.matched * HUNDREDTHS // judged, 100)
        return f"{whole}.{part:02} %"

    @property
    def agreed(self) -> str:
        """What the rate is of, in words."""
        if self.is_totals:
            return f"{self.matched:,} total{'s agree' if self.matched != 1 else ' agrees'}"
        return f"{self.matched:,} of {self.ours:,} rows of ours and {self.theirs:,} of the statement"


def figures_of(run: Reconciliation) -> Figures:
    return read(run.figures)


def read(kept: dict[str, Any]) -> Figures:
    return Figures(
        matched=kept.get("matched", 0),
        ours=kept.get("ours", 0),
        theirs=kept.get("theirs", 0),
        sides=[
            Side(**each | {name: int(each[name]) for name in ("ours_amount", "theirs_amount")})
            for each in kept.get("sides", [])
        ],
        breaks=[
            BreakSum(**each | {name: int(each[name]) for name in ("difference", "size")})
            for each in kept.get("breaks", [])
        ],
        behind=kept.get("behind", 0),
        is_totals=kept.get("is_totals", False),
    )


def kept(figures: Figures) -> dict[str, Any]:
    """As the run keeps them: sums as text, since readers of JSON lose digits beyond 2^53. What is not said of most days
    is kept of the others only, so that a day that is compared again says the same as before there was that word.
    """
    seldom = {"behind": figures.behind, "is_totals": figures.is_totals}
    return {
        "matched": figures.matched,
        "ours": figures.ours,
        "theirs": figures.theirs,
        "sides": [
            {
                "currency": each.currency,
                "kind": each.kind,
                "ours_rows": each.ours_rows,
                "ours_amount": str(each.ours_amount),
                "theirs_rows": each.theirs_rows,
                "theirs_amount": str(each.theirs_amount),
            }
            for each in figures.sides
        ],
        "breaks": [
            {
                "kind": each.kind,
                "currency": each.currency,
                "breaks": each.breaks,
                "difference": str(each.difference),
                "size": str(each.size),
            }
            for each in figures.breaks
        ],
    } | {name: value for name, value in seldom.items() if value}


@dataclass(frozen=True, slots=True)
class OurSide:
    """Of the day: sums by currency and kind, and the newest row that was seen."""

    sums: dict[tuple[str, str], tuple[int, int]]
    upto: int | None

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.sums.values())


def our_side(values: dict[str, Any], condition: str = "true") -> OurSide:
    rows = list(_rows(OURS.replace("{ours}", condition), values))
    sums = {(currency, kind): (count, int(amount)) for currency, kind, count, amount, _ in rows}
    return OurSide(sums, max((upto for *_, upto in rows), default=None))


def count(*, ours: OurSide, statement: DayStatement | None, matched: int) -> Figures:
    """Of the comparison that this session has just made."""
    theirs = {
        (each["currency"], each["kind"]): (int(each["rows"]), int(each["amount"]))
        for each in (statement.totals if statement else [])
    }
    return Figures(
        matched=matched,
        ours=ours.rows,
        theirs=statement.rows if statement else 0,
        sides=[
            Side(*both, *ours.sums.get(both, (0, 0)), *theirs.get(both, (0, 0)))
            for both in sorted({*ours.sums, *theirs})
        ],
        breaks=[
            BreakSum(kind, currency, breaks, int(difference), int(size or 0))
            for kind, currency, breaks, difference, size in _rows(BREAKS)
        ],
        behind=next(int(rows) for [rows] in _rows(BEHIND)),
        is_totals=statement is not None and statement.grain == ReconciliationPlan.Grain.TOTALS,
    )


def _rows(sql: str, values: dict[str, Any] | None = None) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
