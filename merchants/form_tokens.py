"""Forms that work once. A reload, the back button or a double click sends a form again; here that does nothing.

Each form carries a token, drawn when its page was made and signed for the visitor's session and the page's address.
Using it writes it into a table, in the transaction of what is done: of two clicks the second waits, and finds it there.
The session is neither read nor written for it: two pages that load beside each other would write over one another.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from merchants.models import UsedForm
from portal.lib import clock

SALT = "merchants.form_tokens"
LONGEST = 100  # of a token
KEPT = timedelta(days=1)  # longer than a session, and so than any token


class TokenForm(forms.Form):
    """Of the same page sent twice, the second does nothing."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST)


def new_token(request: HttpRequest, path: str = "") -> str:
    """`path`: of the page that the form is sent to, when it is another."""
    return _signer(request, path or request.path).sign(secrets.token_urlsafe(16))


def use_token(request: HttpRequest, token: str) -> bool:
    """Only inside a transaction. False: this form was used before, or is not of this page and session."""
    try:
        nonce = _signer(request, request.path).unsign(token, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return False
    return UsedForm.objects.get_or_create(nonce=nonce)[1]


def purge_form_tokens() -> int:
    """Tokens that are too old to be used again."""
    return UsedForm.objects.filter(used_at__lt=clock.now() - KEPT).delete()[0]


def _signer(request: HttpRequest, path: str) -> signing.TimestampSigner:
    """A token of one page does nothing on another, nor in another session."""
    return signing.TimestampSigner(salt=f"{SALT} {request.session.session_key} {path}")
