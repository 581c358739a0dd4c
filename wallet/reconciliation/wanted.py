"""A comparison that somebody wants now. The worker of comparisons makes it; no report goes out before its hour."""

from __future__ import annotations

from datetime import date

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from merchants.services import jobs
from portal.lib import clock
from wallet.models import Reconciliation, Statement
from wallet.reconciliation import statements
from wallet.reconciliation.days import day_of
from wallet.reconciliation.runs import BeingCompared, DayNotComplete
from wallet.services.questions import NobodyCounts

TASK = "wallet.tasks.compare_day"
PAUSE = 60  # seconds, between two of one day and statement
MOST = 10  # days of a merchant in a pause


class ManyAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(f"{MOST} days were asked for within a minute. Ask for this one in the next.")


def ask(*, merchant: Merchant, day: date, by: Person) -> int:
    """The number that this comparison will have at least. Raises Refusal: DayNotComplete, DayBeforeMerchant,
    BeingCompared, ManyAsked.
    """
    of = day_of(merchant, day)
    if clock.now() < of.ready:
        raise DayNotComplete(of)
    statements.check_day(merchant, day)
    newest = Reconciliation.objects.filter(merchant=merchant, day=day).order_by("-number").first()
    if newest is not None and newest.state == Reconciliation.State.RUNNING:
        raise BeingCompared
    _take_a_turn(merchant, day)
    transaction.on_commit(lambda: _send(merchant.pk, day, by.pk))
    return newest.number + 1 if newest else 1


def _take_a_turn(merchant: Merchant, day: date) -> None:
    """What nobody has sent anew is compared once a minute, however often it is asked for."""
    current = Statement.objects.filter(merchant=merchant, day=day, is_current=True).first()
    this = f"{day}:{current.pk if current else ''}"
    try:
        if not cache.add(f"compare:{merchant.pk}:{this}", 1, PAUSE):
            raise BeingCompared
        if not any(cache.add(f"compare:{merchant.pk}:{turn}", 1, PAUSE) for turn in range(MOST)):
            raise ManyAsked
    except RedisError as fault:
        raise NobodyCounts from fault


def _send(merchant: int, day: date, by: int) -> None:
    """With the broker away, the timetable finds what was not compared."""
    jobs.send(TASK, merchant, day.isoformat(), by)
