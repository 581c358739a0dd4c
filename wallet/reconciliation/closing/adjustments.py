"""Adjustments: changes of closed months. Each is in the first statement after the change.

A ledger row belongs to the month in which it is written, so the figures of a closed month never change. Adjustments
are: a rollback of an earlier month's row; a correcting entry; a day with another result than reported; a case of an
earlier month that was found, resolved or reopened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched

from merchants.models import Merchant
from wallet.models import Case, Reconciliation, Settlement, SettlementAdjustment
from wallet.reconciliation import break_amounts
from wallet.reconciliation.closing import day_counts, ledger_sums
from wallet.reconciliation.closing.ledger_sums import Adjusted
from wallet.reconciliation.closing.months import first_day_of, month_at
from wallet.reconciliation.closing.settlement_figures import figures_of
from wallet.reconciliation.days import DAY
from wallet.reconciliation.figures import figures_of as counted_of

AT_ONCE = 1_000
Kind = SettlementAdjustment.Kind


# --- of the ledger ----------------------------------------------------------------------------------------------------
def ledger_adjustments(settlement: Settlement, closed: Sequence[Settlement]) -> Iterator[SettlementAdjustment]:
    """Yield the adjustments among the ledger rows of the month."""
    for row in ledger_sums.later_changes(settlement):
        transaction_id, part, reference, moved, since, game, currency, amount, at, day = row
        yield SettlementAdjustment(
            settlement=settlement,
            kind=Kind.ROLLBACK if since else Kind.ENTRY,
            month=_original_month(settlement, closed, since, day),
            day=day,
            transaction_id=transaction_id,
            part=part,
            ref_transaction_id=reference,
            moved=moved,
            game_id=game,
            currency=currency,
            amount=int(amount),
            at=at,
        )


def _original_month(
    settlement: Settlement, closed: Sequence[Settlement], since: datetime | None, day: date | None
) -> date:
    """Return the month of the reversed row, or of the corrected case; an entry without either belongs to
    its own month.
    """
    if since is not None:
        return _closed_at(closed, since) or month_at(settlement.merchant, since)
    return first_day_of(day) if day else settlement.month


def _closed_at(closed: Iterable[Settlement], moment: datetime) -> date | None:
    return next((each.month for each in closed if each.begins_at <= moment < each.ends_at), None)


def write_adjustments(found: Iterable[SettlementAdjustment]) -> Adjusted:
    """Write the adjustments in pieces, because there may be many; return their sums."""
    adjusted = Adjusted()
    for some in batched(found, AT_ONCE):
        SettlementAdjustment.objects.bulk_create(some)
        for each in some:
            if each.amount:
                adjusted.add(each.moved, each.currency, each.amount)
    return adjusted


# --- of days and cases ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Known:
    """What the signed statements have reported: the newest run of each day, and the open cases."""

    runs: dict[date, int]
    open_cases: frozenset[int]
    since: datetime
    first: date
    last: date


def known_counts(closed: Sequence[Settlement]) -> Known | None:
    """Return what the signed statements have reported; None before the first. `closed`: the statements, oldest
    first.
    """
    if not closed:
        return None
    runs: dict[date, int] = {}
    for each in closed:
        runs |= figures_of(each).runs
    told = SettlementAdjustment.objects.filter(settlement__in=closed, kind=Kind.DAY).order_by("pk")
    runs |= {day: run for day, run in told.values_list("day", "run") if day and run}
    newest = closed[-1]
    since = newest.counted_at or newest.requested_at
    last = max(figures_of(newest).runs, default=newest.month)
    return Known(
        runs, frozenset(figures_of(newest).open_cases), since, closed[0].month, max(last, _last_day(newest.month))
    )


def _last_day(month: date) -> date:
    return first_day_of(month + 31 * DAY) - DAY


def count_adjustments(settlement: Settlement, before: Known | None) -> list[SettlementAdjustment]:
    """Return the adjustments of days and cases since the last statement."""
    if before is None:
        return []
    merchant = settlement.merchant
    days = [_of_day(settlement, run, before) for run in _restated(merchant, before)]
    return [*days, *(_of_case(settlement, case, before) for case in _changed(merchant, before))]


def _restated(merchant: Merchant, before: Known) -> list[Reconciliation]:
    """Days whose newest comparison says something else than the one that was told."""
    runs = day_counts.newest_runs(merchant, before.first, before.last)
    newer = {day: run for day, run in runs.items() if before.runs.get(day) != run.pk}
    old = Reconciliation.objects.in_bulk([before.runs[day] for day in newer if day in before.runs])
    told = {run.day: run for run in old.values()}
    return [run for day, run in newer.items() if day not in told or _says_something_else(run, told[day])]


def _says_something_else(run: Reconciliation, told: Reconciliation) -> bool:
    return (run.outcome, run.figures) != (told.outcome, told.figures)


def _of_day(settlement: Settlement, run: Reconciliation, before: Known) -> SettlementAdjustment:
    told = Reconciliation.objects.filter(pk=before.runs.get(run.day, 0)).first()
    was = _result(told) if told else "not compared"
    return SettlementAdjustment(
        settlement=settlement,
        kind=Kind.DAY,
        month=first_day_of(run.day),
        day=run.day,
        text=f"{was}. Now {_result(run)}",
        run=run,
        at=run.done_at or run.begun_at,
    )


def _result(run: Reconciliation) -> str:
    broken = counted_of(run).broken
    outcome = run.get_outcome_display().lower()
    return f"{broken:,} break{'s' * (broken != 1)}" if run.outcome == Reconciliation.Outcome.BREAKS else outcome


def _changed(merchant: Merchant, before: Known) -> list[Case]:
    """Cases that came, went or opened again. The set of open ones tells, whatever the clocks of two sessions say."""
    of = Case.objects.filter(merchant=merchant, day__range=(before.first, before.last)).order_by("pk")
    gone = of.filter(pk__in=before.open_cases, state=Case.State.RESOLVED)
    there = of.exclude(state=Case.State.RESOLVED).exclude(pk__in=before.open_cases)
    came_and_went = of.filter(state=Case.State.RESOLVED, opened_at__gt=before.since).exclude(pk__in=before.open_cases)
    return [*gone, *there, *came_and_went]


def _of_case(settlement: Settlement, case: Case, before: Known) -> SettlementAdjustment:
    is_new, is_over = case.opened_at > before.since, case.state == Case.State.RESOLVED
    came = "Found" if is_new else "" if is_over else "Reopened"
    went = f"Resolved: {case.get_resolution_display().lower()}" if is_over else ""
    return SettlementAdjustment(
        settlement=settlement,
        kind=Kind.CASE,
        month=first_day_of(case.day),
        day=case.day,
        transaction_id=case.subject,
        currency=case.currency,
        difference=break_amounts.net_difference(case),
        text=f"{case.get_kind_display()}. {'. '.join(filter(None, (came, went)))}",
        case=case,
        at=(case.resolved_at if is_over else None) or case.opened_at,
    )


def is_unchanged(now: Iterable[SettlementAdjustment], written: Iterable[SettlementAdjustment]) -> bool:
    """Return whether days and cases are equal in both."""
    return {_content(each) for each in now} == {_content(each) for each in written}


def _content(each: SettlementAdjustment) -> tuple[object, ...]:
    return each.kind, each.day, each.case_id, each.run_id, each.difference, each.text
