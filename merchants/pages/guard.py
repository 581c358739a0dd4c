"""The way into every page of a merchant's people. What is not said in `@page` is not let in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from merchants import access, errors, kept_forms, staff_desk
from merchants.access import Visit
from merchants.pages import page_frame
from merchants.pages.steps import step_name
from merchants.services import people
from merchants.sign_in.gate import prove_and_send_again, second_factor_redirect
from merchants.sign_in.profile import show_zone_of

SET_UP = _("{merchant} requires a second factor. Set up a second factor now to open its pages.")
View = Callable[..., HttpResponseBase]  # a file that is streamed, too
CodeView = Callable[..., HttpResponseBase]


def page(*, work: str = "", prove: bool = False, back: str = "operator:home") -> Callable[[View], CodeView]:
    """A view `(request, visit, …)` at an address with the merchant's code.

    `work`: who may only read gets 403, for the page as for what it sends. `prove`: after a fresh second factor, or a
    fresh password for somebody who has none. `back`: where a refusal of the page itself is told.
    """

    def guarded(view: View) -> CodeView:
        @never_cache
        @wraps(view)
        def knock(request: HttpRequest, code: str, **rest: Any) -> HttpResponseBase:
            person: Any = request.user
            if not person.is_authenticated:
                return redirect_to_login(kept_forms.return_address(request))
            try:
                visit = access.load_visit(person, code, work, at_desk=staff_desk.is_at_desk(request))
                show_zone_of(person, visit.merchant)
                if (question := proof_request(request, visit, prove=prove)) is not None:
                    return question
                bring_back(request, proved=prove)
                return enter(view, request, visit, back, **rest)
            except Http404:
                return page_frame.refused_page(request, 404)
            except PermissionDenied:
                return page_frame.refused_page(request, 403)

        knock.asks_for_proof = prove  # type: ignore[attr-defined]
        return knock

    return guarded


def proof_request(request: HttpRequest, visit: Visit, *, prove: bool) -> HttpResponse | None:
    """None: the session is proved as far as this page wants it."""
    has_one = visit.person.has_second_factor if visit.second_factor_needed or prove else False
    if visit.second_factor_needed and not access.used_second_factor(request):
        if has_one:
            return second_factor_redirect(request)
        messages.warning(request, SET_UP.format(merchant=visit.merchant.name))
        return redirect("mfa_index")
    fresh = access.fresh_second_factor if has_one else access.fresh_proof
    return None if not prove or fresh(request) else prove_and_send_again(request, step=step_name(request))


def bring_back(request: HttpRequest, *, proved: bool) -> None:
    """A form that was kept while its person was asked for a proof or a sign-in."""
    if proved:
        kept_forms.send_again(request)
    else:
        kept_forms.show_again(request)


def enter(view: View, request: HttpRequest, visit: Visit, back: str, **rest: Any) -> HttpResponseBase:
    if visit.by_staff and not visit.at_desk:
        people.record_visit(merchant=visit.merchant, person=visit.person)
    try:
        return view(request, visit, **rest)
    except errors.Refusal as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(exit_address(back, visit, rest))


def exit_address(back: str, visit: Visit, rest: dict[str, Any]) -> str:
    """With the number of the page, where the one behind it has it too."""
    code = {"code": visit.merchant.code}
    try:
        return reverse(back, kwargs=code | rest)
    except NoReverseMatch:
        return reverse(back, kwargs=code)
