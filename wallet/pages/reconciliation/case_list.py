"""Lists of cases, the worst first, by keyset: a page costs the same wherever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from merchants.access import Visit
from merchants.models import Merchant
from merchants.pages import page_frame
from merchants.pages.guard import page
from portal.lib import paging
from wallet.models import Case
from wallet.pages.reconciliation.labels import TAB, CaseLine, case_line
from wallet.reconciliation import due_dates

ON_A_PAGE = 50
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "kind": list(Case.Kind.choices),
    "state": [(value, str(label)) for value, label in Case.State.choices],
    "severity": [(str(value), str(label)) for value, label in reversed(Case.Severity.choices)],
    "due": due_dates.CHOICES,
}
EVERY = "all"  # of states: resolved ones too


@dataclass(frozen=True, slots=True)
class CasePage:
    """`chosen`: what was filtered by. `more`: the address of the next page."""

    lines: list[CaseLine]
    chosen: dict[str, str]
    more: str = ""
    is_first: bool = True
    filters: list[tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)


def load_cases(merchant: Merchant, said: Mapping[str, str], *, day: date | None = None) -> CasePage:
    """Of a day: all of its cases by severity; else those that are not resolved, of equal severity the oldest first."""
    chosen = {name: value for name, values in CHOICES.items() if (value := said.get(name, "")) in dict(values)}
    cases = filtered_cases(Case.objects.filter(merchant=merchant).select_related("merchant"), chosen)
    cases = cases.filter(day=day) if day else cases
    if day is None and "state" not in chosen:
        cases = cases.exclude(state=Case.State.RESOLVED)
    by_age = day is None
    after = parse_edge(said, by_age=by_age)
    if after is not None:
        cases = cases.filter(beyond_edge(*after, by_age=by_age))
    order = ["-severity", "opened_at", "pk"] if by_age else ["-severity", "pk"]
    shown, last = paging.first_page(cases.order_by(*order), ON_A_PAGE)
    more = "?" + urlencode(chosen | edge_parameters(last)) if last else ""
    filters = [(name, chosen.get(name, ""), values) for name, values in CHOICES.items()]
    return CasePage([case_line(case) for case in shown], chosen, more, after is None, filters)


def filtered_cases(cases: QuerySet[Case], chosen: dict[str, str]) -> QuerySet[Case]:
    columns = {name: value for name, value in chosen.items() if name != "due"}
    return cases.filter(due_dates.due_condition(chosen.get("due", "")), **columns)


def parse_edge(said: Mapping[str, str], *, by_age: bool) -> tuple[int, datetime | None, int] | None:
    """From an address of ours; anything else is as if it were not there."""
    try:
        severity, number = int(said.get("worse", "")), int(said.get("case", ""))
        opened = datetime.fromisoformat(said.get("since", "")) if by_age else None
    except ValueError:
        return None
    is_ours = severity in Case.Severity.values and 0 <= number < 2**63 and (opened is None or opened.tzinfo)
    return (severity, opened, number) if is_ours else None


def beyond_edge(severity: int, opened: datetime | None, number: int, *, by_age: bool) -> Q:
    """Written so that the index is entered at the edge."""
    rest = Q(opened_at__gt=opened) | Q(opened_at=opened, pk__gt=number) if by_age else Q(pk__gt=number)
    return Q(severity__lte=severity) & (Q(severity__lt=severity) | rest)


def edge_parameters(case: Case) -> dict[str, str]:
    return {"worse": str(case.severity), "since": case.opened_at.isoformat(), "case": str(case.pk)}


@page(back="operator:reconciliation")
def cases_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    context: dict[str, Any] = {"found": load_cases(visit.merchant, request.GET)}
    return page_frame.render_page(request, visit, "cases.html", tab=TAB, title=_("Cases"), **context)
