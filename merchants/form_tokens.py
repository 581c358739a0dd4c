"""Forms that work once. A reload, the back button or a double click sends a form again; here that does nothing.

Each form carries a token, drawn when its page was made and signed for the visitor's session and the page's address.
Using it writes it into a table, in the transaction of what is done: of two clicks the second waits, and finds it there.
The session is neither read nor written for it: two pages that load beside each other would write over one another.

`submit_once` and `single_use` are the only ways to use a token; a form that was used is answered with 409 and one page
(merchants.pages.error_pages), in the administration as on operators' pages.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest

from merchants import errors
from merchants.models import UsedForm
from merchants.services import history
from portal.lib import clock

SALT = "merchants.form_tokens"
LONGEST = 100  # of a token
KEPT = timedelta(days=1)  # longer than a session, and so than any token


class FormUsed(Exception):
    """The form was sent before, or is of another page or session. Nothing was done. `back`: where its page leads."""

    def __init__(self, back: str = "") -> None:
        super().__init__("a form works once")
        self.back = back


def token_field() -> forms.CharField:
    """Return the field of a token. A form without a token counts as used."""
    return forms.CharField(widget=forms.HiddenInput, max_length=LONGEST, required=False)


def wanted_field() -> forms.TypedChoiceField:
    """Return the field of a switch: the way that its page showed, so that two who want the same do not undo each other.

    Its initial value is `yes` or `no`.
    """
    return forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce="yes".__eq__, widget=forms.HiddenInput)


class TokenForm(forms.Form):
    """A form that works once: of the same page sent twice, the second does nothing."""

    token = token_field()


@dataclass(frozen=True, slots=True)
class Submitted[R]:
    """What a form that was carried out returned."""

    value: R


def submit_once[R](
    request: HttpRequest, form: forms.Form, act: Callable[..., R], *, back: str = ""
) -> Submitted[R] | None:
    """Call `act` with what a valid form says, in the transaction in which its token is used.

    None: `act` refused, nothing is changed, and the form says why and can be sent again. Raises FormUsed.
    """
    wish = dict(form.cleaned_data)
    token = wish.pop("token")
    try:
        with single_use(request, token, back=back), history.give_reason(wish.get("reason", "")):
            return Submitted(act(**wish))
    except errors.Refusal as refused:
        form.add_error(None, str(refused))
        if isinstance(refused, errors.OutOfDate):
            _see_anew(form)
        return None


@contextmanager
def single_use(request: HttpRequest, token: str, *, back: str = "") -> Iterator[None]:
    """Run the block in a transaction in which the token is used. Raises FormUsed before the block."""
    with transaction.atomic():
        if not use_token(request, token):
            raise FormUsed(back)
        yield


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


def _see_anew(form: forms.Form) -> None:
    """The page is made of what stands now, so that is what its form has seen; the person was told so, and decides."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    for name, each in form.fields.items():
        if each.widget.is_hidden and name in form.initial:
            data[name] = form.initial[name]
    form.data = data


def _signer(request: HttpRequest, path: str) -> signing.TimestampSigner:
    """A token of one page does nothing on another, nor in another session."""
    return signing.TimestampSigner(salt=f"{SALT} {request.session.session_key} {path}")
