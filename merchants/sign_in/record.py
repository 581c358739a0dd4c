"""Writes down what the library that signs people in tells: each of its signals becomes one record."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from merchants import access
from merchants.models import Person, SignInRecord
from merchants.services import sign_in_records
from portal.lib.clientip import request_address

Kind = SignInRecord.Kind


def register() -> None:
    """Connect each signal with the function that writes its record."""
    account.user_logged_in.connect(record_sign_in)
    mfa.authentication_failed.connect(record_refused_factor)
    account.authentication_step_completed.connect(record_step_up)
    mfa.authenticator_added.connect(record_added_factor)
    mfa.authenticator_removed.connect(record_removed_factor)
    mfa.authenticator_reset.connect(record_renewed_codes)
    account.password_changed.connect(record_changed_password)


def add_record(request: HttpRequest, kind: Kind, **about: Any) -> None:
    """Add a record with the caller's address."""
    sign_in_records.add_record(kind, address=caller_address(request), **about)


def caller_address(request: HttpRequest) -> str | None:
    address, _ = request_address(request.META, settings.TRUSTED_PROXIES)
    return str(address) if address else None


def record_sign_in(request: HttpRequest, user: Person, **_: Any) -> None:
    used = [
        proof.get("type") or proof["method"] for proof in access.proofs(request, "password", "openid_connect", "mfa")
    ]
    add_record(request, Kind.SIGNED_IN, person=user, method=", ".join(dict.fromkeys(used)))


def record_refused_factor(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    add_record(request, Kind.REFUSED, person=user, method=authenticator.type)


def record_step_up(request: HttpRequest, user: Person, method: str, **about: Any) -> None:
    if about.get("reauthenticated"):
        add_record(request, Kind.STEP_UP, person=user, method=about.get("type") or method)


def record_added_factor(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    add_record(request, Kind.FACTOR_ADDED, person=user, method=authenticator.type)


def record_removed_factor(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    add_record(request, Kind.FACTOR_REMOVED, person=user, method=authenticator.type)


def record_renewed_codes(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    add_record(request, Kind.CODES_RENEWED, person=user, method=authenticator.type)


def record_changed_password(request: HttpRequest, user: Person, **_: Any) -> None:
    add_record(request, Kind.PASSWORD_CHANGED, person=user)
