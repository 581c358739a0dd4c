"""The page that says what was changed about one thing: by whom, from where, why, and what stood there before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from merchants.services import history

ENTRIES = 50


class TimelinePage(ModelAdmin):
    """Adds `…/timeline/` to the pages of a thing whose history is kept. Who may see the thing may see it."""

    def get_urls(self) -> list[URLResolver | URLPattern]:
        view = self.admin_site.admin_view(self.timeline_view)
        own = [path("<path:object_id>/timeline/", view, name=self.timeline_name)] if self.has_timeline else []
        inherited: list[URLResolver | URLPattern] = super().get_urls()
        return own + inherited

    @property
    def has_timeline(self) -> bool:
        return self.model in history.SUBJECTS

    @property
    def timeline_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_timeline"

    def timeline_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        thing = self.get_object(request, object_id)
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        kind = request.GET.get("what", "")
        page = history.timeline_page(
            thing,
            before=moment(request, "before"),
            after=moment(request, "after"),
            kind=kind if kind in history.KINDS else "",
            limit=ENTRIES,
        )
        context = self.admin_site.each_context(request) | {
            "title": _("Timeline"),
            "subtitle": str(thing),
            "opts": self.opts,
            "original": thing,
            "page": page,
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[thing.pk]),
            "kinds": [("", _("All"), "?"), *((name, said, f"?what={name}") for name, said in history.KINDS.items())],
            "kind": kind,
            "older": _address(kind, before=page.older),
            "newer": _address(kind, after=page.newer),
        }
        return TemplateResponse(request, "admin/timeline_page.html", context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's page knows only what was done in these pages."""
        if not self.has_timeline:
            inherited: HttpResponse = super().history_view(request, object_id, extra_context)
            return inherited
        return HttpResponseRedirect(reverse(f"admin:{self.timeline_name}", args=[object_id]))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Model | None = None, **kw: Any
    ) -> Any:
        if obj is not None and self.has_timeline:
            context["timeline_url"] = reverse(f"admin:{self.timeline_name}", args=[obj.pk])
        return super().render_change_form(request, context, *args, obj=obj, **kw)


def moment(request: HttpRequest, name: str) -> datetime | None:
    """From an address of ours; anything else is as if it were not there."""
    try:
        found = datetime.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _address(kind: str, **edge: datetime | None) -> str:
    known = {name: at.isoformat() for name, at in edge.items() if at}
    return "?" + urlencode(known | ({"what": kind} if kind else {})) if known else ""
