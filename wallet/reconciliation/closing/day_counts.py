"""Days of a month by state (reconciled, clear, open), and the open cases at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from merchants.models import Merchant
from wallet.models import Case, Reconciliation
from wallet.reconciliation.closing.months import Month, next_month
from wallet.reconciliation.closing.settlement_figures import DayCounts

Outcome = Reconciliation.Outcome
COMPARED = frozenset({Outcome.CLEAR, Outcome.BREAKS, Outcome.NOTHING})


def newest_runs(merchant: Merchant, first: date, last: date) -> dict[date, Reconciliation]:
    """Return the newest run of each day that has one."""
    done = Reconciliation.objects.filter(
        merchant=merchant, day__range=(first, last), state=Reconciliation.State.DONE
    ).order_by("day", "-number")
    return {run.day: run for run in done.distinct("day")}


def open_cases(merchant: Merchant, month: date) -> dict[int, tuple[date, int]]:
    """Return day and severity of each unresolved case up to the last day of the month."""
    found = Case.objects.filter(merchant=merchant, day__lt=next_month(month)).exclude(state=Case.State.RESOLVED)
    return {pk: (day, severity) for pk, day, severity in found.values_list("pk", "day", "severity")}


def count_days(month: Month, runs: dict[date, Reconciliation], cases: Iterable[tuple[date, int]]) -> DayCounts:
    """Return the number of days in each state."""
    still = list(cases)
    with_cases = {day for day, _ in still}
    found = Counter(_state(runs.get(day), has_cases=day in with_cases) for day in month.days)
    return DayCounts(
        days=len(month.days),
        clear=found["clear"],
        resolved=found["resolved"],
        open=found["open"],
        unreconciled=found["unreconciled"],
        open_cases=sum(day >= month.first for day, _ in still),
        high=sum(severity >= Case.Severity.HIGH for _, severity in still),
    )


def days_now(merchant: Merchant, month: Month) -> DayCounts:
    """Return the number of days in each state as of now."""
    runs = newest_runs(merchant, month.first, month.days[-1])
    return count_days(month, runs, open_cases(merchant, month.first).values())


def _state(run: Reconciliation | None, *, has_cases: bool) -> str:
    if run is None or run.outcome not in COMPARED:
        return "unreconciled"
    if has_cases:
        return "open"
    return "resolved" if run.outcome == Outcome.BREAKS else "clear"
