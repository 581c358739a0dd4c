"""A fresh second factor before what matters: proved in this session within the last five minutes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from merchants import access, kept_forms
from merchants.sign_in.gate import prove_and_send_again

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
        if access.fresh_second_factor(request):
            kept_forms.send_again(request)
            return view(self, request, *args, **kwargs)
        if request.method not in unless_method:
            return prove_and_send_again(request)
        kept_forms.show_again(request)
        return view(self, request, *args, **kwargs)

    return asked_first
