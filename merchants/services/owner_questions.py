"""Changes by our staff that an owner must allow: player names in emails, and addresses of other domains.

Triggers hold the same rule (`contact_outside_by_owner` and others): without an owner's yes, no path of our staff makes
such a change effective.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from merchants import errors
from merchants.models import Contact, Membership, Merchant, OwnerQuestion, Person
from merchants.services import emails
from portal.lib import clock

Kind, State = OwnerQuestion.Kind, OwnerQuestion.State


class AnsweredAlready(errors.OutOfDate):
    def __init__(self) -> None:
        super().__init__(_("Another owner has answered this question. The timeline shows the answer."))


def add_contact(question: OwnerQuestion) -> None:
    """Add the address of an allowed question to the contacts."""
    Contact.objects.get_or_create(
        merchant=question.merchant, email__iexact=question.email, defaults={"email": question.email}
    )


_effects: dict[str, Callable[[OwnerQuestion], None]] = {Kind.CONTACT: add_contact}


def register(kind: str, effect: Callable[[OwnerQuestion], None]) -> None:
    """Register the function that carries out an allowed question of this kind."""
    _effects[kind] = effect


def is_outside(merchant: Merchant, email: str) -> bool:
    """Return whether no active owner of the merchant has an address in the domain of `email`."""
    owners = Membership.objects.filter(merchant=merchant, role=Membership.Role.OWNER, person__is_active=True)
    return not owners.filter(person__email__iendswith=f"@{email.rpartition('@')[2]}").exists()


@transaction.atomic
def ask_owners(*, merchant: Merchant, kind: str, by: Person, email: str = "") -> OwnerQuestion:
    """Ask the owners by email, and return the question. A waiting question about the same is returned instead."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    waiting = OwnerQuestion.objects.filter(merchant=merchant, kind=kind, state=State.WAITING)
    if found := waiting.filter(email__iexact=email).first():
        return found
    question = OwnerQuestion.objects.create(
        merchant=merchant, kind=kind, email=email, asked_by=by, asked_at=clock.now()
    )
    emails.ask_owners_by_email(question)
    return question


@transaction.atomic
def answer_question(*, question: OwnerQuestion, yes: bool, by: Person) -> OwnerQuestion:
    """Store an owner's answer, and carry out a yes. Refuses an answered question. Pages check that `by` is an owner."""
    question = OwnerQuestion.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=question.pk)
    if question.state != State.WAITING:
        raise AnsweredAlready
    question.state, question.answered_by, question.answered_at = State.YES if yes else State.NO, by, clock.now()
    question.save(update_fields=["state", "answered_by", "answered_at"])
    if yes:
        _effects[question.kind](question)
    return question


def waiting_questions(merchant: Merchant) -> list[OwnerQuestion]:
    """Return the questions that wait for an answer, oldest first."""
    found = OwnerQuestion.objects.filter(merchant=merchant, state=State.WAITING)
    return list(found.select_related("asked_by").order_by("pk"))
