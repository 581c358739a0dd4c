"""Figures of a run. Pages and emails show these and count nothing themselves, so they cannot differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib import database
from wallet.models import Case, Reconciliation, ReconciliationPlan
from wallet.reconciliation.correction_sums import CorrectionSum, sums_by_currency
from wallet.reconciliation.day_statement import DayStatement

# A rollback that the account of a player pays takes money back. Corrections are told apart (`correction_sums`).
OURS = """
    SELECT t.currency, t.kind, count(*) FILTER (WHERE t.part = 0),
           sum(CASE WHEN t.kind = 'rollback' AND t.debit_account_id NOT IN (
                    SELECT a.id FROM wallet_account a WHERE a.merchant_id = %(merchant)s AND a.kind <> 'player')
                    THEN -t.amount ELSE t.amount END), max(t.id)
      FROM wallet_transaction t
     WHERE t.merchant_id = %(merchant)s AND t.part >= 0 AND t.debit_account_id IS NOT NULL
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
LATENESS = frozenset({KIND.NO_STATEMENT, KIND.LATE_STATEMENT})  # of a file; no break of its rows
OF_NO_ROW = frozenset({KIND.NO_STATEMENT, KIND.LATE_STATEMENT, KIND.TRUNCATED, KIND.TOTALS})
OF_ONE_SIDE = frozenset({KIND.UNSETTLED, KIND.BALANCE, KIND.PAID_ON_ROLLED_BACK, KIND.BELOW_ZERO, KIND.TOMBSTONE_MET})
UNJUDGED = OF_NO_ROW | OF_ONE_SIDE | {KIND.OWED}


@dataclass(frozen=True, slots=True)
class FigureSide:
    """One currency and type on both sides, × 100000. For rollbacks: what they returned to players minus what they took
    back. The rollback of a won bet counts its stake and its payouts.

    `explained`: the part of the difference that the breaks explain; None for a run from before this was counted.
    """

    currency: str
    kind: str
    ours_rows: int = 0
    ours_amount: int = 0
    theirs_rows: int = 0
    theirs_amount: int = 0
    explained: int | None = None

    @property
    def difference(self) -> int:
        return self.ours_amount - self.theirs_amount

    @property
    def unexplained(self) -> int:
        """Return the rest of the difference, for a “Totals mismatch” break. 0: the breaks explain it."""
        return 0 if self.explained is None else self.difference - self.explained


@dataclass(frozen=True, slots=True)
class BreakFigures:
    """Breaks of one kind. `difference`: from the player's side; `size`: the amounts concerned. Amounts × 100000.

    `stake`: the differing amounts, never netted. `net`: our total minus theirs; None for a run that did not count it.
    `day`: the other day of the breaks, or empty.
    """

    kind: str
    currency: str
    breaks: int
    difference: int
    size: int
    stake: int = 0
    net: int | None = None
    day: str = ""

    @property
    def label(self) -> str:
        return str(Case.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Figures:
    """Matched rows of both sides, and the breaks.

    `behind`: our rows after the end of a truncated file; they are no separate breaks. `is_totals`: matches are totals
    of many rows. `elsewhere`: breaks of other days.
    """

    matched: int = 0
    ours: int = 0
    theirs: int = 0
    sides: list[FigureSide] = field(default_factory=list)
    breaks: list[BreakFigures] = field(default_factory=list)
    corrections: list[CorrectionSum] = field(default_factory=list)  # compared with nothing, and no part of ours
    behind: int = 0
    is_totals: bool = False
    elsewhere: list[BreakFigures] = field(default_factory=list)

    @property
    def differences_add_up(self) -> bool | None:
        """Return whether the breaks explain every difference of the sides; None for a run that did not count this."""
        if any(side.explained is None for side in self.sides):
            return None
        return all(side.unexplained == 0 for side in self.sides)

    @property
    def broken(self) -> int:
        """Return the number of the day's breaks, as each page, email and file shows it. A late file does not count."""
        return sum(each.breaks for each in self.row_breaks)

    @property
    def row_breaks(self) -> list[BreakFigures]:
        """Return the breaks that this number counts."""
        return [each for each in self.breaks if each.kind not in LATENESS]

    @property
    def stakes(self) -> list[tuple[str, int]]:
        """Return the amount at stake of the day's breaks by currency; currencies are never added."""
        found: dict[str, int] = {}
        for each in self.breaks:
            if each.stake and each.currency:
                found[each.currency] = found.get(each.currency, 0) + each.stake
        return sorted(found.items())

    @property
    def is_late(self) -> bool:
        return any(each.kind == KIND.LATE_STATEMENT for each in self.breaks)

    @property
    def rate(self) -> str:
        """Return the match rate as text, rounded down, so that 100 means all. Breaks about a file, our own ledger or
        another day do not count, because their rows have no other side.
        """
        broken = sum(each.breaks for each in self.breaks if each.kind not in UNJUDGED)
        judged = self.matched + broken + self.behind
        if not judged:
            return "–"
        whole, part = divmod(self.matched * HUNDREDTHS // judged, 100)
        return f"{whole}.{part:02} %"

    @property
    def agreed(self) -> str:
        """Return in words which rows or totals the rate counts."""
        if self.is_totals:
            sentence = ngettext("%(count)s total agrees", "%(count)s totals agree", self.matched)
            return sentence % {"count": f"{self.matched:,}"}
        return _("%(matched)s of %(ours)s rows in our ledger and %(theirs)s rows in the statement") % {
            "matched": f"{self.matched:,}",
            "ours": f"{self.ours:,}",
            "theirs": f"{self.theirs:,}",
        }


def figures_of(run: Reconciliation) -> Figures:
    return read_figures(run.figures)


def read_figures(kept: dict[str, Any]) -> Figures:
    return Figures(
        matched=kept.get("matched", 0),
        ours=kept.get("ours", 0),
        theirs=kept.get("theirs", 0),
        sides=[_side(each) for each in kept.get("sides", [])],
        breaks=[_break_sum(each) for each in kept.get("breaks", [])],
        corrections=[
            CorrectionSum(each["currency"], each["rows"], int(each["to_players"]), int(each["from_players"]))
            for each in kept.get("corrections", [])
        ],
        behind=kept.get("behind", 0),
        is_totals=kept.get("is_totals", False),
        elsewhere=[_break_sum(each) for each in kept.get("elsewhere", [])],
    )


def _break_sum(each: dict[str, Any]) -> BreakFigures:
    """Return the sum. A run from before the stake was counted has the difference in its place."""
    stake = each.get("stake", abs(int(each["difference"])))
    amounts = {"difference": int(each["difference"]), "size": int(each["size"]), "stake": int(stake)}
    return BreakFigures(**each | amounts | ({"net": int(each["net"])} if "net" in each else {}))


def _side(kept: dict[str, Any]) -> FigureSide:
    """Return one side. Equal sides need no explanation, and none is stored."""
    side = FigureSide(**kept | {name: int(kept[name]) for name in ("ours_amount", "theirs_amount")})
    explained = kept.get("explained", None if side.difference else 0)
    return replace(side, explained=None if explained is None else int(explained))


def stored_figures(figures: Figures) -> dict[str, Any]:
    """Return the figures as the run stores them. Sums are text, because readers of JSON lose digits beyond 2^53.

    Rare values are stored only when they occur, so that an old day compared again gives the same.
    """
    seldom = {
        "behind": figures.behind,
        "is_totals": figures.is_totals,
        "corrections": [
            each._asdict() | {"to_players": str(each.to_players), "from_players": str(each.from_players)}
            for each in figures.corrections
        ],
        "elsewhere": [_kept_sum(each) for each in figures.elsewhere],
    }
    return {
        "matched": figures.matched,
        "ours": figures.ours,
        "theirs": figures.theirs,
        "sides": [_kept_side(each) for each in figures.sides],
        "breaks": [_kept_sum(each) for each in figures.breaks],
    } | {name: value for name, value in seldom.items() if value}


def _kept_side(side: FigureSide) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "currency": side.currency,
        "kind": side.kind,
        "ours_rows": side.ours_rows,
        "ours_amount": str(side.ours_amount),
        "theirs_rows": side.theirs_rows,
        "theirs_amount": str(side.theirs_amount),
    }
    is_counted = side.explained is not None and (side.difference or side.explained)
    return stored | ({"explained": str(side.explained)} if is_counted else {})


def _kept_sum(each: BreakFigures) -> dict[str, Any]:
    amounts = {"difference": str(each.difference), "size": str(each.size), "stake": str(each.stake)}
    more = ({} if each.net is None else {"net": str(each.net)}) | ({"day": each.day} if each.day else {})
    return {"kind": each.kind, "currency": each.currency, "breaks": each.breaks} | amounts | more


@dataclass(frozen=True, slots=True)
class OurSide:
    """Our side of a day: sums by currency and type, the newest row, and the day's corrections."""

    sums: dict[tuple[str, str], tuple[int, int]]
    upto: int | None
    corrections: list[CorrectionSum] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.sums.values())


def our_side(values: dict[str, Any], condition: str = "true") -> OurSide:
    rows = list(database.fetch_rows(OURS.replace("{ours}", condition), values))
    sums = {(currency, kind): (count, int(amount)) for currency, kind, count, amount, _ in rows}
    corrected = sums_by_currency(values["merchant"], values["begin"], values["end"])
    return OurSide(sums, max((upto for *_, upto in rows), default=None), corrected)


def count_figures(*, ours: OurSide, statement: DayStatement | None, matched: int, sides: list[FigureSide]) -> Figures:
    """Return the figures of the matching that this session has just made."""
    return Figures(
        matched=matched,
        ours=ours.rows,
        theirs=statement.rows if statement else 0,
        sides=sides,
        breaks=[
            BreakFigures(kind, currency, breaks, int(difference), int(size or 0))
            for kind, currency, breaks, difference, size in database.fetch_rows(BREAKS)
        ],
        corrections=ours.corrections,
        behind=next(int(rows) for [rows] in database.fetch_rows(BEHIND)),
        is_totals=statement is not None and statement.grain == ReconciliationPlan.Grain.TOTALS,
    )
