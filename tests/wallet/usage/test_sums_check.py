"""The night's comparison of sums and rows waits for no job, and no job waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.errors import LockNotAvailable

from portal.lib import clock
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser
from wallet.models import Watermark
from wallet.services.usage import sums_check, usage_rollup

MARK = "SELECT upto FROM wallet_mark WHERE source = %s FOR UPDATE NOWAIT"
TABLES = pytest.mark.parametrize("table", sums_check.COMPARED)


@pytest.fixture
def job(db: None) -> Iterator[Any]:
    """The connection of a job that sums."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        yield other
        other.rollback()


def compare(table: str) -> list[Any]:
    return sums_check.differing_sums(table, clock.now() - timedelta(days=2))


@TABLES
def test_a_job_that_sums_does_not_wait_for_the_check(job: Any, table: str) -> None:
    """The check has read, and its transaction goes on."""
    compare(table)
    assert connection.in_atomic_block
    assert job.execute(MARK, [sums_check.COMPARED[table][0]]).fetchone() is not None


@TABLES
def test_the_check_does_not_wait_for_a_job_that_sums(job: Any, table: str) -> None:
    """What the job has moved and not committed is not seen."""
    source = sums_check.COMPARED[table][0]
    [[upto]] = job.execute(MARK, [source]).fetchall()
    job.execute("UPDATE wallet_mark SET upto = upto WHERE source = %s", [source])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10ms'")
    assert compare(table) == []
    assert Watermark.objects.get(source=source).upto == upto


def test_two_that_lock_the_mark_do_meet(job: Any) -> None:
    """So the tests above would notice a lock."""
    Watermark.objects.select_for_update().get(source="movements")
    with pytest.raises(LockNotAvailable):
        job.execute(MARK, ["movements"])


SPANS = [name for name in sums_check.COMPARED if "span of" in name]  # one for each length


@pytest.mark.parametrize("name", SPANS)
def test_a_sum_of_days_that_somebody_changed_is_found(caller: Caller, name: str) -> None:
    """Of each length, and also when a day was deleted, which leaves a sum of zeros."""
    caller.bet(100)
    usage_rollup.sum_up(Watermark.Source.GAMING)
    table, _of, rest = name.partition(" of ")
    length = int(rest.split()[0])
    assert compare(name) == []
    with as_superuser() as cursor:
        cursor.execute(f"UPDATE {table} SET stakes = stakes + 1 WHERE length = %s", [length])  # noqa: S608 - ours
        assert cursor.rowcount == 1
    [[_day, entries, summed]] = compare(name)
    assert entries == summed == 1


def test_a_deleted_day_leaves_no_finding_of_its_spans(caller: Caller) -> None:
    caller.bet(100)
    usage_rollup.sum_up(Watermark.Source.GAMING)
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM wallet_gameday")
        cursor.execute("DELETE FROM wallet_playergamingday")
    assert [finding for name in SPANS for finding in compare(name)] == []
