"""The request log is kept for REQUEST_LOG_DAYS, in partitions that are made ahead and dropped whole."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from portal.lib import clock
from tests.plugins.database_role import as_superuser
from wallet.models import SignedRequest, Watermark
from wallet.services.log import retention
from wallet.tasks import purge_request_log

pytestmark = pytest.mark.django_db


def parts() -> list[tuple[str, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, since, until FROM request_log_parts() ORDER BY until")
        return [(name, since, until) for name, since, until in cursor.fetchall()]


def line(number: int, *, days_ago: float = 0) -> SignedRequest:
    with as_superuser():  # the application does not number lines
        return SignedRequest.objects.create(
            id=number,
            request_id=uuid4(),
            created_at=clock.now() - timedelta(days=days_ago),
            address_source="socket",
            method="POST",
            endpoint="/wallet/balance",
            http_status=200,
            status="RS_OK",
            duration_us=1,
        )


def summed_up_to(number: int) -> None:
    Watermark.objects.update_or_create(source=Watermark.Source.CALLS, defaults={"upto": number})


def ids() -> list[int]:
    return sorted(SignedRequest.objects.values_list("id", flat=True))


def test_partitions_follow_each_other_without_a_gap_and_are_made_ahead() -> None:
    assert retention.partitions_ahead() >= 3
    ends = [(since, until) for _, since, until in parts()]
    assert all(until == since for (_, until), (since, _) in itertools.pairwise(ends))


def test_a_busy_log_gets_more_and_larger_partitions() -> None:
    newest = parts()[-1][2] - 1
    line(newest, days_ago=0)
    done = retention.purge_request_log()
    assert done is not None
    assert done.made >= 3
    assert retention.partitions_ahead() >= 3
    line(parts()[-1][2] - 1)


@pytest.mark.parametrize(
    ("days_ago", "summed_up", "kept"), [(91, True, False), (89, True, True), (91, False, True), (400, True, False)]
)
def test_old_lines_go_when_they_are_summed_up(days_ago: int, summed_up: bool, kept: bool) -> None:
    end = parts()[0][2]
    line(end - 2, days_ago=days_ago + 10)
    line(end - 1, days_ago=days_ago)
    line(end)
    summed_up_to(end if summed_up else end - 2)
    done = retention.purge_request_log()
    assert done is not None
    assert done.dropped == (0 if kept else 1)
    assert ids() == ([end - 2, end - 1] if kept else []) + [end]


def test_a_line_that_claims_to_be_old_takes_no_others_along() -> None:
    end = parts()[0][2]
    for number, days_ago in ((end - 2, 1), (end - 1, 400), (end, 0)):
        line(number, days_ago=days_ago)
    summed_up_to(end)
    done = retention.purge_request_log()
    assert done is not None
    assert done.dropped == 0
    assert ids() == [end - 2, end - 1, end]


def test_the_partition_that_is_written_to_stays_however_old() -> None:
    line(5, days_ago=1_000)
    summed_up_to(5)
    done = retention.purge_request_log()
    assert done is not None
    assert done.dropped == 0
    assert ids() == [5]


def test_what_goes_gives_its_disk_back() -> None:
    end, name = parts()[0][2], parts()[0][0]
    line(end - 1, days_ago=100)
    line(end)
    summed_up_to(end)
    retention.purge_request_log()
    assert name not in [each for each, *_ in parts()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        assert cursor.fetchone() == (None,)


def test_lines_of_several_partitions_are_one_log_newest_first() -> None:
    end = parts()[0][2]
    wanted = [line(number) for number in (end - 1, end, parts()[1][2])]
    assert [each.pk for each in SignedRequest.objects.all()] == [each.pk for each in reversed(wanted)]
    for each in wanted:
        assert SignedRequest.objects.get(request_id=each.request_id).pk == each.pk


def test_the_job_does_it(settings: Any) -> None:
    settings.REQUEST_LOG_DAYS = 40
    end = parts()[0][2]
    line(end - 1, days_ago=41)
    line(end)
    summed_up_to(end)
    purge_request_log()
    assert ids() == [end]


@pytest.mark.parametrize("days", [34, 0, -1, None])
def test_the_database_keeps_a_month_whoever_asks(days: int | None) -> None:
    with pytest.raises(DatabaseError, match="35 days at least"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT request_log_partitions(%s)", [days])


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE {part}",
        "TRUNCATE {part}",
        "DELETE FROM {part}",
        "UPDATE {part} SET status = ''",
        "INSERT INTO {part} SELECT * FROM wallet_signedrequest",
        "ALTER TABLE wallet_signedrequest DETACH PARTITION {part}",
    ],
)
def test_the_application_touches_no_partition_itself(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(part=parts()[0][0]))


def test_a_line_stays_as_it_is_in_every_partition() -> None:
    for number in (parts()[0][2] - 1, parts()[1][2] - 1, parts()[-1][2] - 1):
        line(number)
        with pytest.raises(DatabaseError, match="update"), transaction.atomic(), as_superuser() as cursor:
            cursor.execute("UPDATE wallet_signedrequest SET status = 'x' WHERE id = %s", [number])
