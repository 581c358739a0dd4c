"""Merchants hear of a key's end 30, 7 and 1 days before, once each, however the job runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from merchants import tasks
from merchants.models import ApiKey, Contact, Merchant, OutgoingEmail
from merchants.services import expiry, keys
from portal.lib import clock

END = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    for email in ("owner@acme.test", "desk@acme.test"):
        Contact.objects.create(merchant=acme, email=email)
    with clock.frozen_at(END - 90 * DAY):
        return keys.issue_key(merchant=acme, label="cashier", expires_at=END).key


def reminders(moment: datetime) -> list[tuple[str, int]]:
    """What a run at that moment adds: to whom, and for which threshold."""
    before = set(OutgoingEmail.objects.values_list("pk", flat=True))
    with clock.frozen_at(moment):
        tasks.remind_of_expiry()
    added = OutgoingEmail.objects.filter(template="key_expires").exclude(pk__in=before).order_by("pk")
    return sorted((email.to.partition("@")[0], email.context["days"]) for email in added)


def both(days: int) -> list[tuple[str, int]]:
    return [("desk", days), ("owner", days)]


def test_each_threshold_is_told_once_to_all_contacts(key: ApiKey) -> None:
    told = []
    for hours in range(40 * 24, -48, -6):
        told += reminders(END - hours * HOUR)
    assert told == both(30) + both(7) + both(1)


def test_the_email_says_when_and_how_long(key: ApiKey) -> None:
    reminders(END - 6 * DAY - HOUR)
    email = OutgoingEmail.objects.filter(template="key_expires")[0]
    assert email.context["ends"] == "1 Jun 2026, 12:00 UTC"
    assert email.context["left"] == 6
    assert email.context["auth_key"] == key.auth_key


@pytest.mark.parametrize(
    ("before", "days"), [(30 * DAY, 30), (7 * DAY + HOUR, 30), (7 * DAY, 7), (DAY, 1), (HOUR, 1)], ids=str
)
def test_a_job_that_did_not_run_sends_the_nearest_alone(key: ApiKey, before: timedelta, days: int) -> None:
    assert reminders(END - before) == both(days)
    assert reminders(END - before) == []


def test_before_and_after_there_is_nothing(key: ApiKey) -> None:
    assert reminders(END - 30 * DAY - HOUR) == []
    assert reminders(END) == []


def test_another_end_begins_anew(key: ApiKey) -> None:
    assert reminders(END - 5 * DAY) == both(7)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=END + 20 * DAY)
    assert reminders(END - 5 * DAY) == both(30)
    assert reminders(END + 15 * DAY) == both(7)


def test_a_contact_that_comes_later_hears_of_it_too(key: ApiKey) -> None:
    reminders(END - 6 * DAY)
    Contact.objects.create(merchant=key.merchant, email="new@acme.test")
    assert reminders(END - 5 * DAY) == [("new", 7)]


def test_revoked_keys_and_closed_merchants_are_silent(key: ApiKey) -> None:
    Merchant.objects.update(status="closed")
    assert reminders(END - DAY) == []
    Merchant.objects.update(status="suspended")
    keys.revoke_key(key=key)
    assert reminders(END - DAY) == []


def test_a_key_that_is_revoked_after_it_was_found_is_silent(key: ApiKey) -> None:
    keys.revoke_key(key=key)
    with clock.frozen_at(END - DAY):
        expiry.remind_of_key(key.pk)
    assert not OutgoingEmail.objects.filter(template="key_expires").exists()


def test_two_addresses_that_differ_in_case_are_one(key: ApiKey) -> None:
    reminders(END - 6 * DAY)
    Contact.objects.filter(email="desk@acme.test").update(email="DESK@acme.test")
    assert reminders(END - 6 * DAY) == []
