"""Sessions that have ended are deleted: a row of one that lives is as good as its cookie."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from portal.lib import clock


def purge_sessions() -> int:
    """The sessions, and what the page “Where I am signed in” knew of them."""
    deleted, _ = Session.objects.filter(expire_date__lt=clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return deleted
