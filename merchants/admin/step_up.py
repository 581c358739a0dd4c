"""A fresh second factor before what matters: proved in this session within the last five minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from merchants import access, kept_forms
from merchants.sign_in.gate import prove_and_send_again
from portal.lib.texts import Text

View = Callable[..., HttpResponse]
# Steps that are no action of a page, by the name of the view.
STEPS: Mapping[str, Text] = {
    "add_after_step_up": _("Add %(thing)s"),
    "add_view": _("Add %(thing)s"),
    "ask_of_many": _("Change several cases"),
    "change_view": _("Change %(thing)s"),
    "dispatch": _("Change API tokens"),
    "export_view": _("Download list"),
    "file_view": _("Download settlement statement"),
    "get": _("Download audit log"),
    "invoice_view": _("Download invoice"),
    "issue": _("Issue key"),
    "movements_view": _("Download transactions of the compromise report"),
    "password_after_step_up": _("Set password"),
    "summary_view": _("Download compromise report"),
}


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
            return prove_and_send_again(request, step=step_title(self, view))
        kept_forms.show_again(request)
        return view(self, request, *args, **kwargs)

    asked_first.asks_for_proof = True  # type: ignore[attr-defined]
    return asked_first


def step_title(page: Any, view: View) -> str:
    """Return the name of the step: that of the action, or of the page and what it is about."""
    name = view.__name__
    title = getattr(getattr(type(page), name, None), "short_description", "")
    opts = getattr(page, "opts", None)
    return str(title) or str(STEPS.get(name, "")) % {"thing": opts.verbose_name if opts else ""}
