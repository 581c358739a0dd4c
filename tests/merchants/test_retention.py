"""Rows that are no books and no history go after their days, and not a day earlier, whoever deletes them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from merchants import tasks
from merchants.models import Merchant, OutgoingEmail, Person, StaffVisit
from merchants.services import retention
from portal.lib import clock
from tests import factories
from tests.plugins.database_role import as_superuser

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SENT, WAITING = OutgoingEmail.State.SENT, OutgoingEmail.State.WAITING


@pytest.fixture
def merchant() -> Merchant:
    return factories.merchant()


@pytest.fixture
def person() -> Person:
    return factories.person()


def email(days: float, state: str = SENT) -> OutgoingEmail:
    """One that was written so many days ago."""
    email = OutgoingEmail.objects.create(to="owner@acme.example", template="key_issued")
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE merchants_letter SET created_at = %s, state = %s WHERE id = %s",
            [clock.now() - days * DAY, state, email.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    return email


def visit(merchant: Merchant, person: Person, days: float) -> StaffVisit:
    hour = clock.now() - days * DAY
    return StaffVisit.objects.create(merchant=merchant, person=person, hour=hour)


def test_emails_go_after_their_days_and_those_that_wait_stay(settings: object) -> None:
    settings.EMAIL_DAYS = 120  # type: ignore[attr-defined]
    old, waiting, young = email(121), email(121, WAITING), email(119)
    assert retention.purge_emails() == 1
    assert set(OutgoingEmail.objects.filter(pk__in=[old.pk, waiting.pk, young.pk])) == {waiting, young}


def test_visits_of_staff_go_after_their_days(merchant: Merchant, person: Person, settings: object) -> None:
    settings.STAFF_VISIT_DAYS = 120  # type: ignore[attr-defined]
    old, young = visit(merchant, person, 121), visit(merchant, person, 119)
    assert retention.purge_staff_visits() == 1
    assert set(StaffVisit.objects.filter(pk__in=[old.pk, young.pk])) == {young}


def test_the_job_does_both(merchant: Merchant, person: Person, settings: object) -> None:
    settings.EMAIL_DAYS = settings.STAFF_VISIT_DAYS = 120  # type: ignore[attr-defined]
    email(121)
    visit(merchant, person, 121)
    tasks.purge_old_rows()
    assert not OutgoingEmail.objects.filter(created_at__lt=clock.now() - 120 * DAY).exists()
    assert not StaffVisit.objects.exists()


def test_the_database_keeps_ninety_days_whoever_asks(merchant: Merchant, person: Person, settings: object) -> None:
    settings.EMAIL_DAYS = settings.STAFF_VISIT_DAYS = 1  # type: ignore[attr-defined]
    email(89)
    visit(merchant, person, 89)
    for purge in (retention.purge_emails, retention.purge_staff_visits):
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
            purge()


def test_an_email_that_waits_is_deleted_by_nobody() -> None:
    waiting = email(500, WAITING)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        OutgoingEmail.objects.filter(pk=waiting.pk).delete()
