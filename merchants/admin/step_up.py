"""A fresh second factor before what matters: proved in this session within the last five minutes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from merchants import access
from merchants.sign_in.gate import second_factor_redirect

NOTHING_DONE = _(
    "Nothing was saved, because you confirmed your second factor first. Check the page again, then send it."
)

View = Callable[..., HttpResponse]


def step_up(view: View) -> View:
    """For an action's page, `(self, request, object_id)`, or a view of a ModelAdmin: both the page and what it sends.

    Below `@action`, so that somebody who may not do it at all is refused and not asked for a code.
    """
    return guarded_view(view, unless_method=())


def step_up_to_save(view: View) -> View:
    """For a page that everybody may look at: only what it sends."""
    return guarded_view(view, unless_method=("GET", "HEAD"))


def guarded_view(view: View, *, unless_method: tuple[str, ...]) -> View:
    @wraps(view)
    def asked_first(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in unless_method or access.fresh_second_factor(request):
            return view(self, request, *args, **kwargs)
        if request.method == "POST":
            messages.warning(request, NOTHING_DONE)
        return second_factor_redirect(request)

    return asked_first
