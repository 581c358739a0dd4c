"""What somebody typed is not lost when a second factor is asked for in between, or when the session had ended.

After a second factor the form is sent as it was. After a new sign-in it is shown with what was typed, and nothing is
saved before the person sends it again. Passwords, secrets and files are not kept; a form that had one is only shown.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from portal.lib import clock, masking

IN_SESSION, PARAMETER, ENDED = "kept_form", "kept", "session_ended_of"
MOST_CHARACTERS = 200_000
KEPT_FOR = timedelta(minutes=30)
NEVER = {"csrfmiddlewaretoken"}
SECRET = re.compile(r"password|passphrase|secret|private|otp", re.IGNORECASE)
SHOWN = _(
    "Nothing was saved, because you had to sign in or confirm your identity first. The form shows what you typed, "
    "without passwords and files. Check the form and send it again."
)
TOO_LARGE = _("Nothing was saved, and the form was too large to keep. Check the page and send it again.")


@dataclass(frozen=True, slots=True)
class KeptForm:
    """`fields` in the order in which they were sent. `complete`: it is sent again without a question."""

    token: str
    path: str
    person: int
    at: datetime
    fields: list[list[str]]
    complete: bool

    @classmethod
    def read(cls, known: dict[str, Any]) -> Self:
        return cls(**known | {"at": datetime.fromisoformat(known["at"])})

    def session_value(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"at": self.at.isoformat()}

    def is_of(self, request: HttpRequest) -> bool:
        is_fresh = clock.now() < self.at + KEPT_FOR
        return is_fresh and self.path == request.path and self.person == request.user.pk

    def is_named(self, request: HttpRequest) -> bool:
        """Whether the address of the request brings it back."""
        return secrets.compare_digest(self.token.encode(), request.GET.get(PARAMETER, "").encode())


# --- keeping ----------------------------------------------------------------------------------------------------------
def note_ended_session(request: HttpRequest, person: int) -> None:
    """Whose session this request ended: what was typed comes back to this person only."""
    setattr(request, ENDED, person)


def return_address(request: HttpRequest) -> str:
    """Return where to come back to after a sign-in. A form of a session that has just ended is kept."""
    person: int | None = getattr(request, ENDED, None)
    if person is None or request.method != "POST":
        return request.get_full_path()
    return keep_form(request, person=person, complete=False)


def keep_form(request: HttpRequest, *, person: int, complete: bool) -> str:
    """Keep what was sent, in the session. Return the address that brings it back."""
    sent = [[name, value] for name, values in request.POST.lists() for value in values if name not in NEVER]
    fields = [[name, value] for name, value in sent if not is_secret(name, value)]
    if sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        messages.warning(request, TOO_LARGE)
        return request.get_full_path()
    whole = not request.FILES and not any(value and is_secret(name, value) for name, value in sent)
    kept = KeptForm(
        token=secrets.token_urlsafe(16),
        path=request.path,
        person=person,
        at=clock.now(),
        fields=fields,
        complete=complete and whole,
    )
    request.session[IN_SESSION] = kept.session_value()
    query = request.GET.copy()
    query[PARAMETER] = kept.token
    return f"{request.path}?{urlencode(list(query.lists()), doseq=True)}"


def is_secret(name: str, value: str) -> bool:
    """Whether a field is for a secret, or somebody typed a secret key into another one."""
    return SECRET.search(name) is not None or masking.holds_secret(value)


# --- bringing back ----------------------------------------------------------------------------------------------------
def take_form(request: HttpRequest) -> KeptForm | None:
    """Return the form that this address brings back, once."""
    if request.method != "GET" or PARAMETER not in request.GET or IN_SESSION not in request.session:
        return None
    kept = KeptForm.read(request.session[IN_SESSION])
    if not (kept.is_of(request) and kept.is_named(request)):
        return None
    del request.session[IN_SESSION]
    return kept


def send_again(request: HttpRequest) -> None:
    """Make a request that brings back a form into the one that sent it. Only after a fresh second factor.

    A form that is not complete is shown: `kept_fields` are put into the page.
    """
    kept = take_form(request)
    if kept is not None and kept.complete:
        request.method = "POST"
        request.POST = QueryDict(urlencode([(name, value) for name, value in kept.fields]), encoding="utf-8")
        request._files = MultiValueDict()  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own place for them
    elif kept is not None:
        show_fields(request, kept)


def show_again(request: HttpRequest) -> None:
    """Put what was typed into the page, and send nothing."""
    if (kept := take_form(request)) is not None:
        show_fields(request, kept)


def show_after_sign_in(request: HttpRequest) -> None:
    """Put what was typed into the page. A form that waits for a second factor is left to the page that asks for it."""
    if not request.session.get(IN_SESSION, {}).get("complete", True):
        show_again(request)


def show_fields(request: HttpRequest, kept: KeptForm) -> None:
    request.kept_fields = kept.fields  # type: ignore[attr-defined]
    messages.warning(request, SHOWN)


def kept_data(request: HttpRequest) -> dict[str, str]:
    """Return what is put into the page, or waits for it, by name; for a page that shows what was sent to it.

    Who did not finish the proof comes back by the address alone, and finds it too.
    """
    if not hasattr(request, "kept_fields") and IN_SESSION in request.session:
        kept = KeptForm.read(request.session[IN_SESSION])
        return dict(kept.fields) if kept.is_of(request) else {}
    return dict(getattr(request, "kept_fields", None) or [])


def kept_fields(request: HttpRequest) -> dict[str, Any]:
    """Give the templates what is to be put into the page."""
    return {"kept_fields": getattr(request, "kept_fields", None)}
