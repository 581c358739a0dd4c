"""Days, cases and statements as the pages of reconciliation say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Merchant
from portal.lib.texts import Text
from wallet.models import Case, Statement
from wallet.money import format_amount
from wallet.reconciliation import break_amounts, day_breaks
from wallet.reconciliation.day_statement import lines_label
from wallet.reconciliation.figures import figures_of
from wallet.reconciliation.schedule import Square

TAB = "reconciliation"
SQUARES: dict[str, tuple[str, Text]] = {
    "clear": ("✓", gettext_lazy("all clear")),
    "breaks": ("!", "breaks"),
    "no_statement": ("?", gettext_lazy("no statement")),
    "nothing": ("0", gettext_lazy("nothing to compare")),
    "failed": ("✗", gettext_lazy("reconciliation run failed")),
    "running": ("…", gettext_lazy("in progress")),
    "missing": ("–", gettext_lazy("not compared")),
    "coming": ("·", gettext_lazy("not due yet")),
}
LEVELS = {Case.Severity.OWED: "bad", Case.Severity.HIGH: "bad", Case.Severity.MEDIUM: "warn"}
STATES = {Case.State.RESOLVED: "good", Case.State.WAITING: "warn"}
STATEMENT_LEVELS = {Statement.State.READ: "good", Statement.State.REFUSED: "bad"}
LABELS: dict[str, Text] = {
    "at": "time",
    "at_stake": gettext_lazy("at stake"),
    "rows": "rows",
    "bet": "bet",
    "came": "arrived",
    "count": "transactions",
    "lines": gettext_lazy("also on lines"),
    "also": gettext_lazy("also in the statement of"),
    "transaction": gettext_lazy("transaction in the statement"),
    "replaced_by": gettext_lazy("payout for the same bet"),
}
FIRST = ("kind", "player", "game", "currency", "amount", "state", "at")
AMOUNTS = frozenset({"amount", "at_stake", "balance", "sum"})
# Or by themselves make no break.
NEVER_DIFFER = frozenset(
    {"at", "at_stake", "line", "lines", "day", "count", "also", "bet", "correction", "transaction", "replaced_by"}
)


class DayConverter:
    """Of years that have a midnight before and after, in every zone."""

    regex = r"2[0-9]{3}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


def day_address(merchant: Merchant, day: date) -> str:
    return reverse("operator:reconciliation_day", args=[merchant.code, day])


def case_address(case: Case) -> str:
    return reverse("operator:case", args=[case.merchant.code, case.pk])


# --- A day of the calendar --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class DaySquare:
    day: date
    state: str
    sign: str
    said: str
    url: str


def square(merchant: Merchant, each: Square) -> DaySquare:
    sign, said = SQUARES[each.state]
    return DaySquare(each.day, each.state, sign, breaks_of(each) or str(said), day_address(merchant, each.day))


def breaks_of(each: Square) -> str:
    """The number and the amounts of the day's report; nothing of a day without a break."""
    if each.state != "breaks" or each.run is None:
        return ""
    figures = figures_of(each.run)
    return day_breaks.breaks_text(figures.broken, figures.stakes)


# --- A case -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CaseLine:
    case: Case
    difference: str
    level: str
    state_level: str
    code: str
    said: str
    about: str


def case_line(case: Case) -> CaseLine:
    level = LEVELS.get(Case.Severity(case.severity), "")
    resolved = case.state == Case.State.RESOLVED
    told = (
        _("resolved: %(resolution)s") % {"resolution": case.get_resolution_display().lower()}
        if resolved
        else case.get_state_display().lower()
    )
    return CaseLine(
        case, break_amounts.difference_text(case), level, STATES.get(Case.State(case.state), ""), case.merchant.code,
        told, break_amounts.subject_text(case),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing of a transaction, as each side has it."""

    label: str
    ours: str
    theirs: str
    differs: bool


def facts(case: Case) -> list[Fact]:
    ours, theirs = case.ours or {}, case.theirs or {}
    names = [*FIRST, *sorted({*ours, *theirs} - {*FIRST})]
    return [fact(name, ours, theirs, both=bool(ours and theirs)) for name in names if name in ours or name in theirs]


def fact(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], *, both: bool) -> Fact:
    here, there = (amount_text(name, side.get(name), side.get("currency") or "") for side in (ours, theirs))
    differs = both and name not in NEVER_DIFFER and bool(there) and here != there
    return Fact(str(LABELS.get(name, name)).capitalize(), here, there, differs)


def amount_text(name: str, value: Any, currency: str = "") -> str:
    if value is None:
        return ""
    if name in AMOUNTS and str(value).lstrip("-").isdecimal():
        return format_amount(int(value), currency)
    if name in {"line", "lines"}:
        return lines_label(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).replace("T", " ")[:19] if name in {"at", "came"} else str(value)


def own_case(merchant: Merchant, number: int) -> Case:
    found = Case.objects.select_related("merchant", "other", "owner", "found_by", "resolved_by")
    case = found.filter(merchant=merchant, pk=number).first()
    if case is None:
        raise Http404
    return case


# --- Totals -----------------------------------------------------------------------------------------------------------
def total_lines(totals: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "currency": each["currency"] or "all",
            "kind": each["kind"] or "all",
            "rows": "–" if each["rows"] is None else f"{each['rows']:,}",
            "amount": "–" if each["amount"] is None else format_amount(int(each["amount"]), each["currency"] or ""),
        }
        for each in totals
    ]
