"""A reconciliation run of one day, from the first statement to the cases. A day can have any number of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.errors import Refusal, moment_text
from merchants.models import Merchant, Person
from portal.lib import clock, database, locks
from portal.lib.moments import show_day
from wallet.models import Reconciliation
from wallet.reconciliation import day_breaks, day_statement, figures, matching, own_books, run_events, syncing
from wallet.reconciliation.day_statement import DayStatement
from wallet.reconciliation.days import Day, day_of
from wallet.reconciliation.figures import Figures
from wallet.reconciliation.matching import MatchingParameters
from wallet.reconciliation.plans import plan_of
from wallet.reconciliation.sides import compare_sides

State, Result = Reconciliation.State, Reconciliation.Outcome
ENDED_EARLY = gettext_lazy("The reconciliation run stopped before its end. The next run starts from the beginning.")
FAULT_LENGTH = 500


class BeingCompared(Refusal):
    def __init__(self) -> None:
        super().__init__(_("A reconciliation run of this day is in progress. Reload the page in a minute."))


class DayNotComplete(Refusal):
    def __init__(self, day: Day) -> None:
        super().__init__(
            _("%(date)s is complete on %(ready)s, after the delivery of late payouts. Compare it then.")
            % {"date": show_day(day.date), "ready": moment_text(day.ready)}
        )


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The result of a run. `restate`: neighbour days whose breaks it explains, to be compared again.

    `run`: None for a dry run, which stores nothing. `is_news`: the result differs from the last run.
    """

    run: Reconciliation | None
    outcome: str
    figures: Figures
    is_news: bool = True
    restate: list[date] = field(default_factory=list)


def reconcile_day(*, merchant: Merchant, day: date, by: Person | None = None, dry_run: bool = False) -> RunOutcome:
    """Compare the day's current statement with our ledger, and update its cases. The same sides give the same cases.

    Refuses a day that is not complete (DayNotComplete; a dry run may), and a day that is being compared
    (BeingCompared). An error is stored on the run and raised.
    """
    of = day_of(merchant, day)
    if clock.now() < of.ready and not dry_run:
        raise DayNotComplete(of)
    if dry_run:
        return _look(merchant, of)
    with _alone(merchant, day):
        return _run(_begun(merchant, day, by), of)


@transaction.atomic
def _look(merchant: Merchant, day: Day) -> RunOutcome:
    found, _ = _compare(_job(merchant, day), own_books.repeat_breaks)
    transaction.set_rollback(True)
    return found


@contextmanager
def _alone(merchant: Merchant, day: date) -> Iterator[None]:
    """Hold the lock of the day, one run at a time. It is a session lock: a killed worker frees it."""
    [(number,)] = database.fetch_rows("SELECT hashint8(%s)", [merchant.pk])
    with locks.hold_session_lock(number, day.toordinal()) as is_alone:
        if not is_alone:
            raise BeingCompared
        yield


@transaction.atomic
def _begun(merchant: Merchant, day: date, by: Person | None) -> Reconciliation:
    """Begin the run. Under the lock, a run that still says “running” has lost its worker and is marked failed."""
    of_day = Reconciliation.objects.filter(merchant=merchant, day=day)
    of_day.filter(state=State.RUNNING).update(state=State.FAILED, fault=ENDED_EARLY)
    number = (of_day.aggregate(newest=Max("number"))["newest"] or 0) + 1
    return Reconciliation.objects.create(merchant=merchant, day=day, number=number, by=by, begun_at=clock.now())


def _run(run: Reconciliation, day: Day) -> RunOutcome:
    try:
        return _kept(run, day)
    except Exception as fault:
        told = f"{type(fault).__name__}: {fault}"[:FAULT_LENGTH]
        Reconciliation.objects.filter(pk=run.pk).update(state=State.FAILED, fault=told)
        raise


@transaction.atomic
def _kept(run: Reconciliation, day: Day) -> RunOutcome:
    """Store cases and figures together."""
    job = _job(run.merchant, day)
    run.statement = job.statement.head if job.statement else None
    run.statement_ids = [part.pk for part in job.received]
    found, run.upto = _compare(job, own_books.repeat_breaks if _was_compared(run) else own_books.find_breaks)
    run.restates = syncing.sync_cases(run=run, plan=job.plan, day=day, now=job.now)
    run.state, run.outcome, run.figures = State.DONE, found.outcome, figures.stored_figures(found.figures)
    run.done_at = clock.now()
    run.save()
    if is_news := _is_news(run):
        run_events.emit_events(run, found.figures)
    return RunOutcome(run, found.outcome, found.figures, is_news, run.restates)


def _was_compared(run: Reconciliation) -> bool:
    """Return whether the day has a finished run; failed and killed runs do not count."""
    return Reconciliation.objects.filter(merchant=run.merchant, day=run.day, state=State.DONE).exists()


def _job(merchant: Merchant, day: Day) -> MatchingParameters:
    plan, received = plan_of(merchant), day_statement.current_statements(merchant, day.date)
    statement, missing = day_statement.day_statement(merchant, plan, received)
    return MatchingParameters(merchant, day, statement, plan, clock.now(), received, missing)


def _compare(job: MatchingParameters, look_at_own_books: Callable[[Merchant], None]) -> tuple[RunOutcome, int | None]:
    ours = figures.our_side(job.values(), job.our_condition)
    matched = matching.compare_day(job, ours.rows)
    look_at_own_books(job.merchant)
    sides = compare_sides(ours=ours, statement=job.statement)
    matching.report_unexplained(sides)
    counted = figures.count_figures(ours=ours, statement=job.statement, matched=matched, sides=sides)
    counted = day_breaks.figures_by_day(counted, merchant=job.merchant, day=job.day.date)
    matching.fold_floods()
    return RunOutcome(None, _result(job.statement, counted, job.missing), counted), ours.upto


def _result(statement: DayStatement | None, counted: Figures, missing: list[str]) -> str:
    if statement is None:
        return Result.NO_STATEMENT if counted.ours or missing else Result.NOTHING
    return Result.BREAKS if counted.broken else Result.CLEAR


def _is_news(run: Reconciliation) -> bool:
    """Return whether the run differs from the last one: figures, or cases that came, went or opened again."""
    before = (
        Reconciliation.objects.filter(merchant=run.merchant, day=run.day, number__lt=run.number, state=State.DONE)
        .order_by("-number")
        .first()
    )
    return before is None or (before.outcome, before.figures) != (run.outcome, run.figures)
