"""Our staff and the merchants' people: who may sign in, and what happens when somebody no longer may."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from merchants.errors import LastAdministrator, OwnAccess
from merchants.models import Letter, Person

ADMINISTRATOR = Person.StaffRole.ADMINISTRATOR


def check_access(*, person: Person, role: str, active: bool, by: Person) -> None:
    """Only inside a transaction: it locks the administrators, so that of two who take away each other's role one waits.

    Raises OwnAccess and LastAdministrator.
    """
    administrators = Person.objects.select_for_update().filter(staff_role=ADMINISTRATOR, is_active=True)
    standing = set(administrators.order_by("pk").values_list("pk", flat=True))
    if person.pk not in standing or (active and role == ADMINISTRATOR):
        return
    if person.pk == by.pk:
        raise OwnAccess
    if standing == {person.pk}:
        raise LastAdministrator


@transaction.atomic
def set_access(*, person: Person, role: str, active: bool, by: Person) -> Person:
    """What somebody may do from the next request on. Who is switched off, or loses a role, is signed out everywhere."""
    check_access(person=person, role=role, active=active, by=by)
    person = Person.objects.select_for_update().get(pk=person.pk)
    fewer = person.is_active > active or (person.staff_role != role and person.is_staff)
    person.staff_role, person.is_active = role, active
    person.save(update_fields=["staff_role", "is_active"])
    if fewer:
        end_sessions(person=person)
    return person


@transaction.atomic
def end_sessions(*, person: Person) -> int:
    """Signed out everywhere, at the next request of each browser. How many there were."""
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def reset_second_factor(*, person: Person) -> Person:
    """For a lost telephone: all factors and recovery codes are gone, the person sets up a new one after the password.

    Nobody stays signed in, and the person is told by mail: who did not ask for it must notice.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person=person)
    Letter.objects.create(to=person.email, template="second_factor_reset", context={"name": str(person)})
    return person


@transaction.atomic
def set_password(*, person: Person, password: str) -> Person:
    """By an administrator; the person is told by mail. Sessions end by themselves: each is tied to its password."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.set_password(password)
    person.save(update_fields=["password"])
    _tell(person, person.email, "set a new password for you")
    return person


@transaction.atomic
def set_email(*, person: Person, email: str) -> Person:
    """By an administrator. The address of before is told: who lost an account that way must notice."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    before, person.email = person.email, email
    person.save(update_fields=["email"])
    if before != person.email:
        _tell(person, before, f"changed the address that you sign in with to {person.email}")
    return person


def _tell(person: Person, to: str, what: str) -> None:
    Letter.objects.create(to=to, template="sign_in_changed", context={"name": str(person), "what": what})
