"""The notice of a deed is not taken away by the one who did it: tried with the rights of the application's role."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from merchants.models import Contact, Membership, Merchant, OutgoingEmail, Person, StaffChange
from merchants.services import email_outbox, history, staff_changes
from portal.lib import clock
from tests import factories

NO_RIGHT, WRONG = "permission denied", "email"
DEEDS = {
    "DELETE FROM merchants_letter": "Cannot delete",  # old ones are purged
    "TRUNCATE merchants_letter CASCADE": NO_RIGHT,
    """UPDATE merchants_letter SET "to" = 'spy@evil.test'""": NO_RIGHT,
    "UPDATE merchants_letter SET context = '{}'": NO_RIGHT,
    "UPDATE merchants_letter SET template = 'account'": NO_RIGHT,
    "UPDATE merchants_letter SET once = 'x'": NO_RIGHT,
    "UPDATE merchants_letter SET created_at = now() + interval '1 year'": NO_RIGHT,
    "UPDATE merchants_letter SET state = 'sent', sent_at = now()": WRONG,
    "UPDATE merchants_letter SET state = 'sent', attempts = attempts + 1": WRONG,
    "UPDATE merchants_letter SET state = 'given_up', attempts = attempts + 1": WRONG,
    "UPDATE merchants_letter SET state = 'given_up', last_answer = '550'": WRONG,
    "UPDATE merchants_letter SET due_at = now() + interval '2 days'": WRONG,
    "DELETE FROM merchants_staffchange": NO_RIGHT,
    "UPDATE merchants_staffchange SET event = 0": NO_RIGHT,
    "UPDATE merchants_staffchange SET created_at = now()": NO_RIGHT,
    "DELETE FROM merchants_signinrecord": NO_RIGHT,
    "DELETE FROM merchants_download": NO_RIGHT,
    "DELETE FROM merchants_approval": NO_RIGHT,
    "DELETE FROM merchants_ownerquestion": NO_RIGHT,
    "DELETE FROM merchants_secretclaim": NO_RIGHT,
    "DELETE FROM wallet_reportdelivery": NO_RIGHT,
    "DELETE FROM django_admin_log": NO_RIGHT,
    "UPDATE django_admin_log SET change_message = ''": NO_RIGHT,
}
TOLD = "UPDATE merchants_staffchange SET told_at = now()"


@pytest.fixture
def changed(acme: Merchant, owner: Person, support: Person) -> StaffChange:
    """Our staff removed a contact, and nobody was told yet."""
    Contact.objects.create(merchant=acme, email="desk@acme.test")
    with history.act_as(door="/admin/", person=support):
        Contact.objects.all().delete()
    return StaffChange.objects.get()


def refuse(statement: str, words: str) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_waiting_notice_stays(changed: StaffChange, deed: str) -> None:
    staff_changes.notify_owners_of_changes()
    OutgoingEmail.objects.get(to="owner@acme.test", state="waiting")
    refuse(deed, DEEDS[deed])


@pytest.mark.parametrize("fields", [{"state": "sent", "sent_at": clock.now()}, {"state": "given_up"}, {"attempts": 1}])
def test_no_email_begins_as_one_that_was_sent(acme: Merchant, fields: dict[str, object]) -> None:
    with pytest.raises(DatabaseError, match="begins unsent"), transaction.atomic():
        OutgoingEmail.objects.create(merchant=acme, to="owner@acme.test", template="merchant_changed", **fields)


def test_what_was_sent_stays(changed: StaffChange) -> None:
    staff_changes.notify_owners_of_changes()
    email_outbox.send_due_emails()
    assert set(OutgoingEmail.objects.values_list("state", flat=True)) == {"sent"}
    refuse("UPDATE merchants_letter SET state = 'waiting'", "stays as it is")


def email(of: StaffChange, to: str, **fields: object) -> OutgoingEmail:
    known = {"template": "merchant_changed", "context": {"transaction": of.transaction}} | fields
    return OutgoingEmail.objects.create(merchant_id=of.merchant_id, to=to, **known)


def test_a_change_is_not_told_without_an_email_to_each_owner(changed: StaffChange, acme: Merchant) -> None:
    told = "the owners are told by email"
    refuse(TOLD, told)
    factories.member(acme, "owner", email="second@acme.test")
    first = email(changed, "owner@acme.test")
    refuse(f"{TOLD}, letter_id = {first.pk}", told)
    other = email(changed, "second@acme.test", context={"transaction": 1})
    refuse(f"{TOLD}, letter_id = {other.pk}", told)
    email(changed, "second@acme.test", template="account")
    refuse(f"{TOLD}, letter_id = {first.pk}", told)
    email(changed, "second@acme.test")
    refuse(TOLD, told)
    with connection.cursor() as cursor:
        cursor.execute(f"{TOLD}, letter_id = {first.pk}")
    refuse("UPDATE merchants_staffchange SET told_at = NULL", "told once")


def test_the_job_tells_each_owner_and_names_the_email(changed: StaffChange) -> None:
    staff_changes.notify_owners_of_changes()
    changed.refresh_from_db()
    assert changed.email is not None
    assert changed.email.to == "owner@acme.test"


def test_where_nobody_can_be_told_the_job_goes_on(changed: StaffChange) -> None:
    Membership.objects.all().delete()
    staff_changes.notify_owners_of_changes()
    changed.refresh_from_db()
    assert changed.told_at is not None


def test_a_change_begins_untold(acme: Merchant) -> None:
    with pytest.raises(DatabaseError, match="begins untold"), transaction.atomic():
        StaffChange.objects.create(
            merchant=acme, thing="Contact", event=1, transaction=1, created_at=clock.now(), told_at=clock.now()
        )
