"""Runs on request. The worker of the queue `reconciliation` makes them; no report is sent before its hour."""

from __future__ import annotations

from datetime import date

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from merchants.services import job_queue
from portal.lib import clock, rate_limit
from wallet.models import Reconciliation, Statement
from wallet.reconciliation import day_statement, statements
from wallet.reconciliation.days import day_of
from wallet.reconciliation.runs import BeingCompared, DayNotComplete
from wallet.services.explain.rate_limit import NobodyCounts

log = structlog.get_logger(__name__)
TASK = "wallet.tasks.compare_day"
PAUSE = 60  # seconds, between two of one day and statement
MOST = 10  # days of a merchant in a pause


class ManyAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("%(most)s days were compared on request within a minute. Try again in a minute.") % {"most": MOST}
        )


def ask_for_comparison(*, merchant: Merchant, day: date, by: Person) -> int:
    """Request a run; return the lowest number that it can have.

    Refuses by DayNotComplete, DayBeforeMerchant, BeingCompared and ManyAsked; by NobodyCounts without the cache.
    """
    of = day_of(merchant, day)
    if clock.now() < of.ready:
        raise DayNotComplete(of)
    statements.check_day(merchant, day)
    newest = Reconciliation.objects.filter(merchant=merchant, day=day).order_by("-number").first()
    is_running = newest is not None and newest.state == Reconciliation.State.RUNNING
    if is_running and not has_news(merchant, day):
        raise BeingCompared
    _take_a_turn(merchant, day)
    transaction.on_commit(lambda: _send(merchant.pk, day, by.pk))
    return newest.number + 1 if newest else 1


def has_news(merchant: Merchant, day: date) -> bool:
    """Return whether a current statement has no finished run. A run in progress may have begun before it arrived."""
    done = Reconciliation.objects.filter(merchant=merchant, day=day, state=Reconciliation.State.DONE)
    seen = {number for run in done for number in [run.statement_id, *run.statement_ids]}
    return any(statement.pk not in seen for statement in day_statement.current_statements(merchant, day))


def ask_after_reading(statement: Statement) -> None:
    """Request a run after a job has read a statement of a person. A refusal is logged."""
    if statement.by is None or not statement.is_current:
        return
    try:
        ask_for_comparison(merchant=statement.merchant, day=statement.day, by=statement.by)
    except Refusal as why:
        log.info("comparison.not_asked", statement=str(statement.number), why=str(why))


def _take_a_turn(merchant: Merchant, day: date) -> None:
    """Allow one run a minute for an unchanged statement, however often it is requested."""
    current = [str(statement.pk) for statement in day_statement.current_statements(merchant, day)]
    this = f"{day}:{'-'.join(current)}"
    try:
        if not rate_limit.take_turn([f"compare:{merchant.pk}:{this}"], seconds=PAUSE):
            raise BeingCompared
        if not rate_limit.take_turn((f"compare:{merchant.pk}:{turn}" for turn in range(MOST)), seconds=PAUSE):
            raise ManyAsked
    except rate_limit.CounterAway as fault:
        raise NobodyCounts from fault


def _send(merchant: int, day: date, by: int) -> None:
    """Send the job. When the broker is down, the timetable finds the day."""
    job_queue.send_job(TASK, merchant, day.isoformat(), by)
