"""Who gets to the administration: staff whose session was proved with a second factor. Everybody else is told why not.

One place for every address below /admin/, the ones of plugins and later pages included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from merchants import access, kept_forms, staff_desk
from merchants.sign_in import step_names
from merchants.sign_in.resets import Unavailable

log = structlog.get_logger(__name__)
OPEN = {"login", "logout"}
SET_UP = _("Staff need a second factor for the administration. Set up a second factor now.")


class StaffGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and request.path == reverse("account_logout"):
            response["Clear-Site-Data"] = '"cache"'  # also what a browser kept in spite of no-store
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Guessing is counted in the cache: without it nobody signs in, and everybody is told so."""
        if not request.path.startswith("/account/") or not isinstance(fault, (RedisError, Unavailable)):
            return None
        log.error("sign_in.unavailable", path=request.path, fault=str(fault) or type(fault).__name__)
        response = render(request, "account/unavailable.html", status=503)
        response["Retry-After"] = "60"
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None:
            return None
        guarded = staff_desk.is_at_desk(request) or ("admin" in match.namespaces and match.url_name not in OPEN)
        if not guarded:
            return None
        if (refused := gate_response(request)) is None:
            kept_forms.show_after_sign_in(request)
        return refused


def gate_response(request: HttpRequest) -> HttpResponse | None:
    person: Any = request.user
    if not person.is_authenticated:
        return redirect_to_login(kept_forms.return_address(request))
    if not person.is_staff:
        return render(request, "account/not_staff.html", admin.site.each_context(request), status=403)
    if access.used_second_factor(request):
        return None
    if person.has_second_factor:
        return second_factor_redirect(request)
    messages.warning(request, SET_UP)
    return redirect("mfa_index")


def second_factor_redirect(request: HttpRequest, back: str = "", *, step: str = "") -> HttpResponseRedirect:
    """To be proved again, and then back to the page, or to `back`. `step`: what the person wants to do, as the page
    of the proof names it.
    """
    back = back or request.get_full_path()
    step_names.keep_step(request, back, step)
    methods = get_adapter().get_reauthentication_methods(request.user)
    address = methods[0]["url"] if methods else reverse("mfa_index")
    return HttpResponseRedirect(f"{address}?{urlencode({'next': back})}")


def prove_and_send_again(request: HttpRequest, *, step: str = "") -> HttpResponseRedirect:
    """To be proved again; what was sent is kept, and sent again after that."""
    if request.method != "POST":
        return second_factor_redirect(request, step=step)
    person: Any = request.user
    kept = kept_forms.keep_form(request, person=person.pk, complete=True)
    return second_factor_redirect(request, kept, step=step)
