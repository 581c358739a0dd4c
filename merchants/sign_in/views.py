from __future__ import annotations

from typing import Any

from allauth.account.views import password_change
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from merchants import access
from merchants.sign_in.gate import second_factor_redirect
from merchants.sign_in.step_names import ACCOUNT_STEPS


@require_POST
@login_required
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """One of one's own; the browser of it is signed out at its next page."""
    person: Any = request.user
    end_sessions(request, [get_object_or_404(UserSession, pk=session, user=person)])
    return redirect("usersessions_list")


@login_required
def start(request: HttpRequest) -> HttpResponseRedirect:
    """Where somebody who has signed in works."""
    person: Any = request.user
    return redirect("admin:index" if person.is_staff else "operator:merchants")


@login_required
def change_password(request: HttpRequest) -> HttpResponseBase:
    """After a fresh second factor of whoever has one: a known password and a browser left open change no password."""
    person: Any = request.user
    if person.has_second_factor and not access.fresh_second_factor(request):
        return second_factor_redirect(request, step=str(ACCOUNT_STEPS["account_change_password"]))
    response: HttpResponseBase = password_change(request)
    return response
