"""The lead among beats, statement by statement."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants.models import TimetableJob, TimetableLead
from merchants.services import timetable

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_a_beat_keeps_no_lock_between_two_statements() -> None:
    holder = uuid4()
    for deed in (
        lambda: timetable.take_lead(holder),
        lambda: timetable.claim_job(holder, "tick", NOON),
        lambda: timetable.give_up_lead(holder),
    ):
        with CaptureQueriesContext(connection) as asked:
            deed()
        assert len(asked) == 1, [query["sql"] for query in asked]


def test_the_leader_records_when_a_job_is_sent() -> None:
    holder, later = uuid4(), NOON.replace(hour=13)
    assert timetable.take_lead(holder)
    assert timetable.claim_job(holder, "tick", NOON)
    assert timetable.claim_job(holder, "tick", later)
    assert timetable.sending_times() == {"tick": later}


def test_nobody_else_may_send() -> None:
    assert timetable.take_lead(uuid4())
    assert not timetable.take_lead(uuid4())
    assert not timetable.claim_job(uuid4(), "tick", NOON)
    assert not TimetableJob.objects.exists()


def test_a_lead_that_expired_sends_nothing() -> None:
    holder = uuid4()
    TimetableLead.objects.create(holder=holder, until=NOON)
    assert not timetable.claim_job(holder, "tick", NOON)
    assert timetable.take_lead(uuid4())
