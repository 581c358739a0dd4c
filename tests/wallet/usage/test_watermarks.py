"""Sums and the rows behind them are read at one watermark: no reader stops the job, and the job stops no reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from merchants.models import Merchant, Secret
from portal.lib import clock
from tests.conftest import Caller
from wallet.models import Transaction, Watermark
from wallet.services.usage import gaming_revenue, usage_rollup, usage_totals, watermarks
from wallet.services.usage.gaming_revenue import RevenueWish
from wallet.services.usage.usage_totals import Span

MARK = "SELECT upto FROM wallet_mark WHERE source = %s FOR UPDATE NOWAIT"
Read = Callable[[Merchant], Any]


def use(merchant: Merchant) -> Any:
    span = Span(clock.now() - timedelta(days=2))
    return sum(row[5] for row in usage_totals.usage_rows(usage_totals.MOVEMENTS, Secret.objects.all(), span))


def revenue(merchant: Merchant) -> Any:
    today = clock.now().date()
    found = gaming_revenue.revenue_report(merchant, RevenueWish(today - timedelta(days=1), today))
    return [tuple(row[1:]) for row in found.total]


READERS = pytest.mark.parametrize(
    ("read", "source"), [(use, Watermark.Source.MOVEMENTS), (revenue, Watermark.Source.GAMING)]
)


@pytest.fixture
def played(caller: Caller) -> Caller:
    for stake in (10, 20, 30):
        caller.payout(caller.bet(stake).body["transactionId"], 1)
    first = Transaction.objects.earliest("pk").pk  # ids go on from test to test
    Watermark.objects.filter(source__in=["movements", "gaming"], upto__lt=first).update(upto=first - 1)
    return caller


@pytest.fixture
def job(db: None) -> Iterator[Any]:
    """The connection of a job that sums."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        yield other
        other.rollback()


@READERS
def test_a_reader_keeps_no_lock_between_two_statements(acme: Merchant, job: Any, read: Read, source: str) -> None:
    """It has read, and its transaction goes on, as that of a page which freezes."""
    read(acme)
    assert connection.in_atomic_block
    assert job.execute(MARK, [source]).fetchone() is not None


@READERS
def test_a_reader_waits_for_no_job(acme: Merchant, job: Any, read: Read, source: str) -> None:
    job.execute("UPDATE wallet_mark SET upto = upto WHERE source = %s", [source])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10ms'")
    read(acme)


@contextmanager
def summing_before(times: int, source: Watermark.Source) -> Iterator[list[int]]:
    """Before each of the next statements over sums, the job sums one more row. Yields how many rows each time."""
    summed: list[int] = []

    def between(execute: Any, statement: str, *more: Any) -> Any:
        reads = any(f"FROM wallet_{table}" in statement for table in ("movementhour", "gameday", "merchantgamingday"))
        if reads and len(summed) < times:
            summed.append(0)
            summed[-1] = usage_rollup.sum_up(source, at_once=1, most_batches=1)
        return execute(statement, *more)

    with connection.execute_wrapper(between):
        yield summed


@READERS
@pytest.mark.parametrize("times", [1, watermarks.ATTEMPTS, watermarks.ATTEMPTS + 1])
def test_what_the_job_sums_meanwhile_counts_once(
    acme: Merchant, played: Caller, read: Read, source: Watermark.Source, times: int
) -> None:
    before = read(acme)
    with summing_before(times, source) as summed:
        assert read(acme) == before
    assert summed == [1] * times
    assert before
