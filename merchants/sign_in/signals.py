from __future__ import annotations

from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from merchants.models.people import SECOND_FACTORS
from merchants.sign_in.oidc import FACTOR as COMPANY_FACTOR


def register() -> None:
    authenticator_added.connect(prove_new_factor)
    authenticator_removed.connect(forget_removed_factor)


def prove_new_factor(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """Its first code was right, its key has signed. A further factor is only added after a fresh one of before."""
    if authenticator.type in SECOND_FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def forget_removed_factor(request: HttpRequest, user: Any, **_: Any) -> None:
    """It may be lost, and in use elsewhere. Only the browser in which it was taken away stays signed in.

    The last factor takes its proofs of this session with it: a password alone would confirm what matters from here on.
    A factor that the company's provider proved is not the person's to take away.
    """
    if not user.has_second_factor:
        records = get_authentication_records(request, user)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            proof for proof in records if proof.get("method") != "mfa" or proof.get("type") == COMPANY_FACTOR
        ]
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()
