"""Somebody with SQL as the portal's role, and without its environment, claims an author, or that an email was sent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import override_settings

from merchants import author_proofs, tasks
from merchants.models import Contact, Merchant, OutgoingEmail, Person
from merchants.services import chain, email_outbox, emails, history
from merchants.services.chain import sealing
from portal.lib import clock
from tests.plugins.database_role import as_superuser, unguarded
from tests.plugins.live import Live

ContactEvent: Any = Contact.pgh_event_model  # type: ignore[attr-defined]

AUTOCOMMIT = """
import secrets
from merchants import author_proofs
from merchants.models import Contact, Merchant, Person
from merchants.services import history
name = secrets.token_hex(4)
merchant = Merchant.objects.create(code=f"proof-{name}", name="Proof Casino")
person = Person.objects.create_user(f"owner@{name}.test", secrets.token_urlsafe(12))
with history.act_as(door="/operator/", person=person):
    contact = Contact.objects.create(merchant=merchant, email=f"desk@{name}.test")
    Contact.objects.filter(pk=contact.pk).update(note="night desk")
events = Contact.pgh_event_model.objects.filter(pgh_obj_id=contact.pk)
print(len({event.pgh_transaction for event in events}) == 2)
for event in events:
    print(author_proofs.is_author_proven(event.pgh_context, event.pgh_transaction))
"""


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def found() -> list[str]:
    return [finding.sentence for finding in chain.verify_history().findings]


def claim(**context: Any) -> None:
    execute("SELECT set_config('pghistory.context_metadata', %s, true)", json.dumps(context))


@pytest.fixture(autouse=True)
def long_since_migrated(db: None) -> None:
    with as_superuser() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = now() - interval '30 days'")


@pytest.fixture
def contact(acme: Merchant, owner: Person) -> Contact:
    """Made by an owner, on a page."""
    with history.act_as(door="/operator/", person=owner, address="192.0.2.1"), history.give_reason("Ticket 7 – “ü”"):
        return Contact.objects.create(merchant=acme, email="desk@acme.test")


def test_what_the_portal_writes_is_proven(contact: Contact, owner: Person) -> None:
    context = ContactEvent.objects.get().pgh_context
    assert (context["who"], context["reason"]) == (owner.email, "Ticket 7 – “ü”")
    assert author_proofs.is_author_proven(context, ContactEvent.objects.get().pgh_transaction)
    assert found() == []


def test_a_statement_in_a_transaction_of_its_own_is_proven(live: Live) -> None:
    done = live.manage("shell", "-v", "0", "-c", AUTOCOMMIT)
    assert done.stdout.split() == ["True", "True", "True"], done


PER_TRANSACTION = """
import secrets
import psycopg
from django.db import DatabaseError, connection, transaction
from merchants import author_proofs
from merchants.models import Contact, Merchant, Person
from merchants.services import history
name = secrets.token_hex(4)
merchant = Merchant.objects.create(code=f"proof-{name}", name="Proof Casino")
person = Person.objects.create_user(f"owner@{name}.test", secrets.token_urlsafe(12))
Event, asked, execute = Contact.pgh_event_model, [], psycopg.Connection.execute

def counted(wire, query, *told, **how):
    asked.append(query) if query == author_proofs.CURRENT_TRANSACTION else None
    return execute(wire, query, *told, **how)

psycopg.Connection.execute = counted

def add(number):
    return Contact.objects.create(merchant=merchant, email=f"desk-{number}@{name}.test")

with history.act_as(door="/operator/", person=person):
    with transaction.atomic():
        Contact.objects.count()
        for number in range(5):
            add(number)
        with transaction.atomic():
            add(5)
    print(len(asked))
    try:
        with transaction.atomic():
            add(6)
            add(6)
    except DatabaseError:
        pass
    with transaction.atomic():
        transaction.on_commit(lambda: add(8))
        try:
            with transaction.atomic():
                add(7), add(7)
        except DatabaseError:
            add(7)
    add(9)
    print(len(asked))
with transaction.atomic():
    with history.act_as(door="/operator/", person=person):
        add(10)
    with history.act_as(door="/operator/", person=person):
        add(11)
events = list(Event.objects.filter(merchant=merchant).order_by("pgh_id"))
print(len(events), len({event.pgh_transaction for event in events}))
print(all(author_proofs.is_author_proven(event.pgh_context, event.pgh_transaction) for event in events))
"""


def test_the_number_of_a_transaction_is_asked_for_once(live: Live) -> None:
    """Of one that is done, is undone as a whole or in part, begins after another's commit, or is a statement's own."""
    done = live.manage("shell", "-v", "0", "--no-imports", "-c", PER_TRANSACTION)
    assert done.stdout.split() == ["1", "5", "11", "5", "True"], done


def test_a_claimed_author_is_named(contact: Contact, owner: Person) -> None:
    claim(door="/operator/", person=owner.pk, who=owner.email, role="", address="192.0.2.1")
    execute("UPDATE merchants_contact SET email = 'spy@evil.test' WHERE id = %s", contact.pk)
    [sentence] = found()
    assert f"names {owner.email} as its author without proof" in sentence
    tasks.verify_history()
    [email] = mail.outbox
    assert owner.email in email.body


@pytest.mark.parametrize("changed", [{}, {"reason": "Ticket 8"}, {"who": "support@oppi.test"}])
def test_the_proof_of_one_event_is_none_of_another(contact: Contact, changed: dict[str, str]) -> None:
    """Copied from a row that everybody with SQL can read: to another transaction, or with other words."""
    event = ContactEvent.objects.get()
    number = event.pgh_transaction if changed else event.pgh_transaction + 1
    assert author_proofs.is_author_proven(event.pgh_context, event.pgh_transaction)
    assert not author_proofs.is_author_proven(event.pgh_context | changed, number)


def test_a_proof_under_a_key_that_nobody_has_is_none(contact: Contact, owner: Person) -> None:
    with override_settings(KEY_ENCRYPTION_KEYS={"own": b"k" * 32}):
        context = {"who": owner.email, "person": owner.pk, "role": "", "door": "/operator/"}
        claim(**context, portal_proof=author_proofs.prove(author_proofs.AUTHOR, "x"))
    execute("UPDATE merchants_contact SET note = 'x' WHERE id = %s", contact.pk)
    assert len(found()) == 1


def test_the_key_before_still_proves(contact: Contact, settings: Any) -> None:
    settings.KEY_ENCRYPTION_KEYS = {"newer": b"k" * 32} | settings.KEY_ENCRYPTION_KEYS
    assert found() == []


# --- Emails -----------------------------------------------------------------------------------------------------------
def test_an_email_that_was_sent_has_a_receipt(acme: Merchant) -> None:
    emails.write_account("owner@acme.test", subject="Hello", body="Hello")
    email_outbox.send_due_emails()
    assert OutgoingEmail.objects.get().state == "sent"
    assert found() == []


def test_an_email_that_nobody_sent_is_named(acme: Merchant) -> None:
    emails.write_account("owner@acme.test", subject="Hello", body="Hello")
    execute("UPDATE merchants_letter SET state = 'sent', attempts = 1, sent_at = now()")
    [sentence] = found()
    assert sentence.startswith(
        f"Email {OutgoingEmail.objects.get().pk} is marked as sent, but the portal did not send it"
    )


def test_a_receipt_is_of_one_email(acme: Merchant) -> None:
    emails.write_account("owner@acme.test", subject="Hello", body="Hello")
    email_outbox.send_due_emails()
    sent = OutgoingEmail.objects.get()
    emails.write_account("owner@acme.test", subject="Another", body="Another")
    update = "UPDATE merchants_letter SET state = 'sent', attempts = 1, sent_at = %s, receipt = %s WHERE id <> %s"
    assert sent.sent_at is not None
    execute(update, sent.sent_at - timedelta(days=30), sent.receipt, sent.pk)
    assert len(found()) == 1


def test_of_older_rows_nothing_is_said(contact: Contact, owner: Person) -> None:
    """Each night judges the last days again: a night may fail. Then an old key-encryption key may go."""
    assert chain.proofs.judged_since() <= clock.now() - chain.proofs.JUDGED
    claim(person=owner.pk, who=owner.email)
    execute("UPDATE merchants_contact SET note = 'x' WHERE id = %s", contact.pk)
    sealing.seal_rows()
    assert len(found()) == 1
    with unguarded() as cursor:
        cursor.execute("UPDATE merchants_chainblock SET sealed_at = now() - interval '4 days'")
    assert list(chain.proofs.unproven_events(ContactEvent, chain.proofs.judged_since())) == []
