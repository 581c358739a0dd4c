"""Record of sign-ins, refusals, and changes of sign-in methods. Rows are only added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import pghistory
from django.conf import settings
from django.db.models import Q, QuerySet

from merchants.models import OutgoingEmail, Person, SignInRecord
from merchants.services import email_outbox
from portal.lib import clock, masking
from portal.lib.clientip import parse_address, subscriber

Kind = SignInRecord.Kind
EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}")  # anything else may be a password that was typed in the wrong box
LOCK_NOTED_AGAIN = timedelta(minutes=15)
ALARM_WINDOW = timedelta(hours=1)
REFUSED_PAGES = 20
SHOWN = 50


def add_record(
    kind: Kind, *, person: Person | None = None, email: str = "", address: str | None = None, method: str = ""
) -> None:
    """Add one record. A lasting lock is recorded once in 15 minutes, so that guessing cannot fill the table.

    The requested reset of an address does not look up the account: the time of that page must not tell whether one
    exists.
    """
    email = (person.email if person else email).strip().lower()
    email = masking.mask_secrets(email) if EMAIL.fullmatch(email) else ""
    if kind == Kind.LOCKED and _is_noted(email, address):
        return
    SignInRecord.objects.create(
        at=clock.now(),
        kind=kind,
        person=person if person or kind == Kind.RESET_ASKED else _person_of(email),
        email=email,
        address=address or None,
        method=method[:60],
        by_id=_actor(),
    )


def add_refused_page(*, person: Person, address: str | None, page: str) -> None:
    """Add a record of a page that answered 403 or 404; of one person at most REFUSED_PAGES an hour."""
    since = clock.now() - ALARM_WINDOW
    own = SignInRecord.objects.filter(person=person, kind=Kind.PAGE_REFUSED, at__gt=since)
    if own.count() < REFUSED_PAGES:
        add_record(Kind.PAGE_REFUSED, person=person, address=address, method=page)


def _is_noted(email: str, address: str | None) -> bool:
    """Return whether the lock was recorded lately. An IPv6 /64 is one caller, as the lock counts it."""
    since = clock.now() - LOCK_NOTED_AGAIN
    locks = SignInRecord.objects.filter(kind=Kind.LOCKED, at__gt=since, email=email)
    known = {each and parse_address(each) for each in locks.values_list("address", flat=True)}
    caller = parse_address(address) if address else None
    return (caller and subscriber(caller)) in {each and subscriber(each) for each in known}


def _person_of(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email).first() if email else None


def _actor() -> int | None:
    """Return who acts, as the history has it: an administrator who changes how another person signs in."""
    with pghistory.context() as current:
        person: int | None = current.metadata.get("person")
        return person


def latest_records(person: Person) -> Sequence[SignInRecord]:
    """Return the newest records of one person, newest first."""
    own = Q(person=person) | Q(kind=Kind.RESET_ASKED, email=person.email)
    return list(SignInRecord.objects.filter(own).select_related("by")[:SHOWN])


def recent_locks() -> QuerySet[SignInRecord]:
    """Return the locks of the last hour."""
    return SignInRecord.objects.filter(kind=Kind.LOCKED, at__gt=clock.now() - ALARM_WINDOW)


def raise_alarm() -> int:
    """Email `SECURITY_ALARM_TO` when the last hour had SIGN_IN_LOCKS_ALARM locks or more; at most once an hour.

    Return the number of locks in the alarm, 0 when none was sent.
    """
    since = clock.now() - ALARM_WINDOW
    locks = list(recent_locks().values_list("email", "address"))
    sent = OutgoingEmail.objects.filter(
        template="sign_in_alarm", created_at__gt=since
    )  # a record alone silences nobody
    if len(locks) < settings.SIGN_IN_LOCKS_ALARM or sent.exists():
        return 0
    context = {
        "locks": len(locks),
        "accounts": sorted({email for email, _ in locks if email})[:SHOWN],
        "addresses": sorted({address for _, address in locks if address})[:SHOWN],
    }
    now = clock.now()
    OutgoingEmail.objects.bulk_create(
        OutgoingEmail(to=to, template="sign_in_alarm", context=context, created_at=now, due_at=now)
        for to in settings.SECURITY_ALARM_TO
    )
    add_record(Kind.ALARM, method=f"{len(locks)} locks")
    email_outbox.wake_on_commit()
    return len(locks)
