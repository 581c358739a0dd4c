"""A comparison that somebody wants now. The worker of comparisons makes it; the report still goes out at its hour."""

from __future__ import annotations

from datetime import date

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from merchants.models import Merchant, Person
from portal.lib import clock
from wallet.models import Reconciliation
from wallet.reconciliation.days import day_of
from wallet.reconciliation.runs import BeingCompared, DayNotComplete

log = structlog.get_logger(__name__)
TASK = "wallet.tasks.compare_day"


def ask(*, merchant: Merchant, day: date, by: Person) -> int:
    """The number that this comparison will have at least. Raises DayNotComplete, BeingCompared."""
    of = day_of(merchant, day)
    if clock.now() < of.ready:
        raise DayNotComplete(of)
    newest = Reconciliation.objects.filter(merchant=merchant, day=day).order_by("-number").first()
    if newest is not None and newest.state == Reconciliation.State.RUNNING:
        raise BeingCompared
    transaction.on_commit(lambda: _send(merchant.pk, day, by.pk))
    return newest.number + 1 if newest else 1


def _send(merchant: int, day: date, by: int) -> None:
    """By name: a job is a door to this. With the broker away, the timetable finds what was not compared."""
    try:
        current_app.send_task(TASK, [merchant, day.isoformat(), by], retry=False, ignore_result=True)
    except OperationalError:
        log.warning("comparison.not_sent", merchant=merchant, day=str(day))
