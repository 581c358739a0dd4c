"""Independence of an approver: the two-person rule sees accounts, and the history tells whether two accounts are two
people.

An account that the other person made, gave rights to, or changed the sign-in of within INDEPENDENT_AFTER does not
approve that person's requests, nor the other way round. An approver's second factor is older than the request.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import BooleanField, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from merchants import errors
from merchants.models import Approval, Invitation, Merchant, Person, SignInRecord
from portal.lib import clock

INDEPENDENT_AFTER = timedelta(days=7)
CHANGED_BY_ANOTHER = (SignInRecord.Kind.PASSWORD_SET, SignInRecord.Kind.FACTORS_RESET)
OF_ACCESS = ("staff_role", "is_active", "email")


def check_approver(approval: Approval, by: Person) -> None:
    """Refuse an approver who is not independent. Raises OwnWish, ApproverWithoutFactor and NotIndependent."""
    if by == approval.asked_by:
        raise errors.OwnWish
    check_second_person(approval.asked_by, by, approval.merchant, approval.asked_at)


def check_second_person(asker: Person, by: Person, merchant: Merchant, asked_at: datetime) -> None:
    """Refuse a second person whose second factor is not older than the request (ApproverWithoutFactor), and two people
    who are not independent (NotIndependent).
    """
    factors = Authenticator.objects.filter(user=by).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if not factors.filter(created_at__lt=asked_at).exists():
        raise errors.ApproverWithoutFactor
    check_two_people(asker, by, merchant)


def check_two_people(asker: Person, by: Person, merchant: Merchant) -> None:
    """Refuse two people who are not independent (NotIndependent)."""
    since = clock.now() - INDEPENDENT_AFTER
    if any(was_set_up_by(one, other, since, merchant) for one, other in ((by, asker), (asker, by))):
        raise errors.NotIndependent(INDEPENDENT_AFTER.days)


def was_set_up_by(person: Person, other: Person, since: datetime, merchant: Merchant) -> bool:
    """Return whether `other` made the account of `person`, gave it rights, or changed its sign-in since then."""
    merchant = merchant.live_merchant
    records = SignInRecord.objects.filter(person=person, by=other, kind__in=CHANGED_BY_ANOTHER, at__gt=since)
    invitations = Invitation.objects.filter(
        merchant=merchant, email__iexact=person.email, invited_by=other, accepted_at__gt=since
    )
    return (
        records.exists()
        or invitations.exists()
        or _events("PersonEvent", other, since, pgh_obj=person).filter(_of_access()).exists()
        or _events("MembershipEvent", other, since, person=person, merchant=merchant).exists()
    )


def _events(name: str, by: Person, since: datetime, **about: Any) -> Any:
    events: Any = apps.get_model("merchants", name)
    return events.objects.filter(pgh_context__person=by.pk, pgh_created_at__gt=since, **about)


def _of_access() -> Q:
    """Return the condition for events of access: a new account, a new password, or another role, state or address."""
    found = Q(pgh_label__in=["insert", "password"])
    for name in OF_ACCESS:
        found |= Q(pgh_label="update") & ~Q(**{name: Cast(KeyTextTransform(name, "pgh_before"), _field(name))})
    return found


def _field(name: str) -> Any:
    return BooleanField() if name == "is_active" else TextField()
