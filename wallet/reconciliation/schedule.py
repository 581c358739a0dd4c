"""Due reconciliation work in its order, and missing work.

Due work is derived from plans, statements, runs and deliveries, and is not stored, so a killed worker leaves the rest
due. A worker holds the lock of the merchant and checks again under it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import perf_counter, sleep

import structlog
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from portal.lib import clock
from wallet.models.reconciliation import Reconciliation, ReportDelivery
from wallet.models.reconciliation_plan import ReconciliationPlan
from wallet.models.statement import Statement
from wallet.reconciliation import deliveries, on_demand, pull, runs, statements
from wallet.reconciliation.days import DAY, date_at, day_of
from wallet.reconciliation.locks import LockedWork, hold_alone
from wallet.reconciliation.plans import due_at, newest_due, report_recipients

log = structlog.get_logger(__name__)
LOOKED_BACK = 7  # days that were missed while nothing ran are made up for, and have an alarm of their own
MADE_UP = 92  # so many are, after a plan was off
NEW = timedelta(days=35)  # how long a statement that was never compared is looked for
REST, LONG_REST = timedelta(minutes=15), timedelta(days=1)  # after a comparison that failed; of a day long past
RESTS = 3  # times as long as it worked, between two days
LONGEST_REST = 1.5  # seconds
READ_AT_ONCE = 100  # statements; the next minute goes on
State, Outcome = Reconciliation.State, Reconciliation.Outcome
# Days of a merchant that its timetable has begun with, and that have no comparison which ended.
NEVER_DONE = """
    SELECT p.merchant, d::date
      FROM unnest(%s::bigint[], %s::date[]) AS p (merchant, last)
     CROSS JOIN LATERAL (SELECT min(r.day) AS day FROM wallet_reconciliation r
                          WHERE r.merchant_id = p.merchant AND r.state = 'done' AND r.by_id IS NULL) AS begun
     CROSS JOIN LATERAL generate_series(greatest(begun.day, p.last - %s), p.last, interval '1 day') AS d
     WHERE begun.day IS NOT NULL
       AND NOT EXISTS (SELECT FROM wallet_reconciliation r
                        WHERE r.merchant_id = p.merchant AND r.day = d::date AND r.state = 'done')
"""
TO_RESTATE = """
    SELECT DISTINCT r.merchant_id, d.day
      FROM wallet_reconciliation r CROSS JOIN LATERAL unnest(r.restates) AS d (day)
     WHERE r.merchant_id = ANY (%s) AND r.begun_at >= %s AND r.restates <> '{}'
       AND NOT EXISTS (SELECT FROM wallet_reconciliation l
                        WHERE l.merchant_id = r.merchant_id AND l.day = d.day AND l.state = 'done' AND l.id > r.id)
"""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    at: datetime
    code: str
    day: date


# --- what is due ------------------------------------------------------------------------------------------------------
def due_days(now: datetime, *, of: Merchant | None = None) -> list[Due]:
    """Return the due days, the longest wait first; of one minute, by the merchant's code."""
    plans = {plan.merchant_id: plan for plan in plans_on(of)}
    days = {(merchant, newest_due(plan, now)) for merchant, plan in plans.items()}
    since = min((day for _, day in days), default=now.date()) - timedelta(days=LOOKED_BACK)
    newest = newest_runs(plans, since)
    days |= missed_days(newest, days) | passed_over_days(days)
    changed = _changed(plans)
    days |= {(merchant, day) for merchant, day in changed if due_at(plans[merchant], day) <= now}
    if older := {(merchant, day) for merchant, day in days if day < since}:
        newest |= newest_runs({merchant for merchant, _ in older}, min(day for _, day in older))
    return sorted(
        Due(due_at(plans[merchant], day), plans[merchant].merchant.code, day)
        for merchant, day in days
        if _is_due(
            newest.get((merchant, day)),
            compared=(merchant, day) not in changed,
            now=now,
            rest=LONG_REST if day < since and (merchant, day) not in changed else REST,
        )
    )


def plans_on(of: Merchant | None = None) -> QuerySet[ReconciliationPlan]:
    """Return the plans that a timetable follows, without sandboxes."""
    plans = ReconciliationPlan.objects.filter(is_on=True, merchant__in=Merchant.objects.live().open())
    return (plans.filter(merchant=of) if of else plans).select_related("merchant")


Key = tuple[int, date]


def newest_runs(merchants: Iterable[int], since: date) -> dict[Key, Reconciliation]:
    """Return the newest run of each merchant and day since `since`."""
    told = ReportDelivery.objects.filter(reconciliation=OuterRef("pk"))
    found = Reconciliation.objects.filter(merchant__in=list(merchants), day__gte=since).exclude(state=State.RUNNING)
    newest = (
        found.order_by("merchant_id", "day", "-number").distinct("merchant_id", "day").annotate(is_told=Exists(told))
    )
    return {(run.merchant_id, run.day): run for run in newest}


def missed_days(newest: dict[Key, Reconciliation], last_days: set[Key]) -> set[Key]:
    """Return each merchant's days from its first run to the day before its last day, at most LOOKED_BACK; none for a
    new merchant.
    """
    begun: dict[int, date] = {}
    for merchant, day in newest:
        begun[merchant] = min(day, begun.get(merchant, day))
    return {
        (merchant, last - timedelta(days=back))
        for merchant, last in last_days
        for back in range(1, LOOKED_BACK + 1)
        if merchant in begun and begun[merchant] <= last - timedelta(days=back)
    }


def passed_over_days(newest: set[Key]) -> set[Key]:
    """Return the days up to the newest due one that the timetable missed, because the plan was off or each attempt
    failed.

    A run that a person requested does not begin a timetable.
    """
    merchants, days = [merchant for merchant, _ in newest], [day for _, day in newest]
    with connection.cursor() as cursor:
        cursor.execute(NEVER_DONE, [merchants, days, MADE_UP])
        return {(merchant, day) for merchant, day in cursor.fetchall()}


def _changed(merchants: Iterable[int]) -> set[Key]:
    """Return the days with something newer than their last run."""
    return _uncompared(merchants) | _explained(merchants)


def _uncompared(merchants: Iterable[int]) -> set[Key]:
    """Return the days whose current statement arrived lately and has no run, however old the day is."""
    seen = Reconciliation.objects.filter(
        Q(statement=OuterRef("pk")) | Q(statement_ids__contains=[OuterRef("pk")]),
        merchant=OuterRef("merchant"),
        day=OuterRef("day"),
        state=State.DONE,
    )
    current = Statement.objects.filter(
        is_current=True, merchant__in=list(merchants), received_at__gte=clock.now() - NEW
    )
    return set(current.filter(~Exists(seen)).values_list("merchant_id", "day"))


def _explained(merchants: Iterable[int]) -> set[Key]:
    """Return the days that a run of a neighbour day asked to compare again, and that no later run has compared."""
    with connection.cursor() as cursor:
        cursor.execute(TO_RESTATE, [list(merchants), clock.now() - NEW])
        return {(merchant, day) for merchant, day in cursor.fetchall()}


def _is_due(newest: Reconciliation | None, *, compared: bool, now: datetime, rest: timedelta) -> bool:
    if newest is not None and newest.state == State.FAILED and now < newest.begun_at + rest:
        return False
    return newest is None or not compared or newest.state == State.FAILED or _is_untold(newest)


def _is_untold(run: Reconciliation) -> bool:
    """Return whether the report is missing, as after a worker that was killed between run and email."""
    if getattr(run, "is_told", False) or run.outcome == Outcome.NO_STATEMENT:
        return False
    return not deliveries.has_no_news(run) and bool(report_recipients(run.merchant))


# --- the job ----------------------------------------------------------------------------------------------------------
def run_due_days() -> int:
    """Do all due work, day by day; return how many days. A second call at the same time does nothing."""
    with hold_alone(LockedWork.ROUND) as is_ours:
        return sum(_do_and_rest(each) for each in due_days(clock.now())) if is_ours else 0


def _do_and_rest(each: Due) -> bool:
    """Do the work, then rest longer than it took: the database does not know that a worker has a low priority."""
    begun = perf_counter()
    is_done = run_day(each)
    sleep(min(RESTS * (perf_counter() - begun), LONGEST_REST))
    return is_done


def run_day(each: Due) -> bool:
    """Do the due work of one day; return whether anything was done."""
    merchant = Merchant.objects.get(code=each.code)
    with hold_alone(LockedWork.REPORT, merchant.pk) as is_ours:
        if not is_ours or each not in due_days(clock.now(), of=merchant):
            return False
        try:
            compare_and_report(merchant=merchant, day=each.day)
        except Refusal as why:  # it is being compared by a person at this moment
            log.info("reconciliation.later", merchant=each.code, day=str(each.day), why=str(why))
            return False
        except Exception:  # the run keeps the fault; others must not wait for it
            log.exception("reconciliation.failed", merchant=each.code, day=str(each.day))
            return False
    return True


def compare_and_report(*, merchant: Merchant, day: date) -> Reconciliation:
    """Compare and report a day. A finished run without a report is reported, not repeated."""
    waiting = _to_tell(merchant, day)
    if waiting is not None:
        deliveries.send_reports(run=waiting)
        return waiting
    found = runs.reconcile_day(merchant=merchant, day=day)
    if found.run is None:
        raise RuntimeError(day)  # only a dry run has none
    deliveries.send_reports(run=found.run)
    _restate(merchant, found.restate)
    return found.run


def compare_requested(*, merchant: Merchant, day: date, by: Person) -> Reconciliation | None:
    """Compare a day for a person, under the merchant's lock (Work.REPORT). After its hour, the report is sent at once.

    The timetable reports compared days of the last week only.
    """
    run = runs.reconcile_day(merchant=merchant, day=day, by=by).run
    plan = plans_on(merchant).first()
    if run is not None and plan is not None and due_at(plan, day) <= clock.now():
        deliveries.send_reports(run=run)
    return run


def _to_tell(merchant: Merchant, day: date) -> Reconciliation | None:
    newest = newest_runs([merchant.pk], day).get((merchant.pk, day))
    if newest is None or newest.state != State.DONE or not _is_untold(newest):
        return None
    return None if (merchant.pk, day) in _changed([merchant.pk]) else newest


def _restate(merchant: Merchant, days: Iterable[date]) -> None:
    """Days beside one that explains them; they tell of it when that changes what they said. One that is refused or
    fails here is due (`_explained`).
    """
    for day in days:
        if day_of(merchant, day).ready <= clock.now():
            again = runs.reconcile_day(merchant=merchant, day=day)
            if again.run is not None:
                deliveries.send_reports(run=again.run)


# --- statements -------------------------------------------------------------------------------------------------------
def read_statements() -> int:
    """Read the received statements; return how many were tried."""
    with hold_alone(LockedWork.READING) as is_ours:
        waiting = list(statements.waiting_statements(clock.now())[:READ_AT_ONCE]) if is_ours else []
        for statement in waiting:
            on_demand.ask_after_reading(statements.try_to_read(statement=statement))
        return len(waiting)


def fetch_statements() -> int:
    """Fetch due statements, apart from reading, so that a frozen host delays neither received statements nor another
    worker.
    """
    with hold_alone(LockedWork.FETCHING) as is_ours:
        return pull.fetch_due_days(clock.now()) if is_ours else 0


# --- the calendar -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Square:
    """A day of the calendar. `state`: an outcome, `failed`, `running`, `missing`; `coming` before the report is due."""

    day: date
    state: str
    run: Reconciliation | None


def calendar(merchant: Merchant, *, days: int = 60) -> list[Square]:
    """Return the last days up to yesterday, oldest first, in one query besides that of the plan."""
    now, plan = clock.now(), ReconciliationPlan.objects.filter(merchant=merchant).select_related("merchant").first()
    last = date_at(merchant, now) - DAY
    first = last - timedelta(days=days - 1)
    found = Reconciliation.objects.filter(merchant=merchant, day__range=(first, last)).select_related("statement")
    newest = {run.day: run for run in found.order_by("day", "number")}
    each = (first + timedelta(days=number) for number in range(days))
    return [Square(day, _square(newest.get(day), plan, day, now), newest.get(day)) for day in each]


def _square(run: Reconciliation | None, plan: ReconciliationPlan | None, day: date, now: datetime) -> str:
    if run is not None:
        return run.outcome if run.state == State.DONE else run.state
    return "missing" if plan is None or not plan.is_on or due_at(plan, day) <= now else "coming"
