"""How long a session lasts: SESSION_COOKIE_AGE from signing in, and so many minutes without a request of its person.

Both are kept in the session by the server's own clock. What a page asks for by itself, to stay up to date, says so in
POLL and is no sign that somebody is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from merchants import kept_forms

BEGAN, SEEN = "began_at", "seen_at"
POLL = "X-Portal-Poll"
NOTED_AGAIN = 60  # seconds: no page costs more than one write of its session a minute
IDLE = _("You were signed out after {minutes} minutes without activity. Sign in again.")
OVER = _("You were signed out {hours} hours after you signed in. Sign in again.")


class SessionAge:
    """End a session that is too old, or that nobody has used for too long, before any page sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        if person.is_authenticated:
            if said := reason_to_end(request, person):
                kept_forms.note_ended_session(request, person.pk)
                logout(request)
                messages.info(request, said)
            elif POLL not in request.headers:
                note_activity(request)
        return self.get_response(request)


def idle_minutes(person: Any) -> int:
    minutes: int = settings.SESSION_IDLE_MINUTES_STAFF if person.is_staff else settings.SESSION_IDLE_MINUTES
    return minutes


def reason_to_end(request: HttpRequest, person: Any) -> str:
    """The sentence for the person; "" while the session goes on. One from before this was kept begins now."""
    now, minutes = time.time(), idle_minutes(person)
    if now - request.session.get(BEGAN, now) >= settings.SESSION_COOKIE_AGE:
        return OVER.format(hours=settings.SESSION_COOKIE_AGE // 3600)
    if now - request.session.get(SEEN, now) >= minutes * 60:
        return IDLE.format(minutes=minutes)
    return ""


def note_activity(request: HttpRequest) -> None:
    now = time.time()
    request.session.setdefault(BEGAN, now)
    if now - request.session.get(SEEN, 0) >= NOTED_AGAIN:
        request.session[SEEN] = now


def begin_session(request: HttpRequest, **_: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def register() -> None:
    user_logged_in.connect(begin_session)
