"""The door for people: has this session been proved with a second factor, and how long ago?

What counts is written into the session by allauth when a code or a passkey was right, with its time. A password that
is typed again leaves a record too, of another method, which is no second factor.
"""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from merchants.models import Person
from portal.lib import clock

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(person: Person) -> bool:
    """Recovery codes alone are none: they only stand in for one that is lost."""
    return bool(Authenticator.objects.filter(user=person, type__in=SECOND_FACTORS).exists())


def used_second_factor(request: HttpRequest) -> bool:
    """In this session, however long ago."""
    return bool(proofs(request, "mfa"))


def fresh_second_factor(request: HttpRequest) -> bool:
    """In this session, within the last STEP_UP_SECONDS."""
    return any(is_fresh(proof) for proof in proofs(request, "mfa"))


def fresh_proof(request: HttpRequest) -> bool:
    """Of any kind; for somebody who has no second factor yet."""
    return any(is_fresh(proof) for proof in proofs(request, "mfa", "password"))


def proofs(request: HttpRequest, *methods: str) -> list[dict[str, Any]]:
    """Empty for records of another person in the same browser."""
    person = request.user if isinstance(request.user, Person) else None
    return [proof for proof in get_authentication_records(request, person) if proof.get("method") in methods]


def is_fresh(proof: dict[str, Any]) -> bool:
    return bool(clock.now().timestamp() - proof["at"] < settings.STEP_UP_SECONDS)
