"""What stands around every page: the menu, whose pages they are, and the answer to who may not be here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request

from merchants import staff_desk
from merchants.access import Visit
from merchants.models import Membership
from portal.lib.texts import Text

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Tab:
    name: str  # as in `operator:name`
    title: Text
    icon: str  # in vendor/tabler/icons.svg


TABS = [
    Tab("home", gettext_lazy("Home"), "home"),
    Tab("keys", gettext_lazy("Keys"), "key"),
    Tab("requests", gettext_lazy("Requests"), "list-search"),
    Tab("lists", gettext_lazy("Allowlist"), "shield-check"),
    Tab("games", gettext_lazy("Games"), "device-gamepad-2"),
    Tab("players", gettext_lazy("Players"), "user"),
    Tab("rounds", gettext_lazy("Rounds"), "receipt"),
    Tab("reconciliation", gettext_lazy("Reconciliation"), "circle-check"),
    Tab("people", gettext_lazy("People"), "users"),
    Tab("integrations", gettext_lazy("Integrations"), "world"),
    Tab("timeline", gettext_lazy("Timeline"), "history"),
]


# Pages that every merchant has: the switch between live and sandbox stays on them.
BOTH_HAVE = {each.name for each in TABS} | {"limits", "open_rounds", "exports", "cases", "reconciliation_plan"}
BOTH_HAVE |= {"reconciliation_day", "settlements"}


def render_page(
    request: HttpRequest, visit: Visit, template: str, *, tab: str, title: Text, status: int = 200, **context: Any
) -> HttpResponse:
    """A page in the frame. `tab`: which of TABS is marked."""
    code = visit.merchant.code
    known = frame_context(request) | {
        "visit": visit,
        "merchant": visit.merchant,
        "tab": tab,
        "title": title,
        "tabs": [(each, reverse(f"operator:{each.name}", args=[code])) for each in TABS],
        "others": other_memberships(visit),
        "live_and_sandbox": environment_sides(request, visit, tab),
    }
    return render(request, f"operator/{template}", known | context, status=status)


def frame_context(request: HttpRequest) -> dict[str, Any]:
    """At the desk of our staff the pages stand in the frame of the administration."""
    if not staff_desk.is_at_desk(request):
        return {}
    return admin.site.each_context(request) | {"frame": "admin/desk.html", "element_classes": {"content": "desk"}}


@dataclass(frozen=True, slots=True)
class EnvironmentSide:
    """One of the two that the switch between live and sandbox leads to."""

    title: str
    address: str
    is_here: bool


def environment_sides(request: HttpRequest, visit: Visit, tab: str) -> list[EnvironmentSide]:
    """Live and sandbox, each on the page that the person is on; empty for a merchant without a sandbox.

    The page of one key, player or call is the live merchant's or the sandbox's alone: there it is the tab's first page.
    """
    sandbox, match = visit.sandbox, request.resolver_match
    if sandbox is None:
        return []
    name, rest = tab, dict[str, Any]()
    if match is not None and match.url_name in BOTH_HAVE:
        name, rest = match.url_name, match.kwargs
    return [
        EnvironmentSide(
            title, reverse(f"operator:{name}", kwargs=rest | {"code": merchant.code}), merchant == visit.merchant
        )
        for title, merchant in ((_("Live"), visit.live_merchant), (_("Sandbox"), sandbox))
    ]


def other_memberships(visit: Visit) -> list[Membership]:
    """The merchants to switch to."""
    if visit.by_staff:
        return []
    found = Membership.objects.filter(person=visit.person).exclude(merchant=visit.live_merchant)
    found = found.select_related("merchant")
    return list(found.order_by("merchant__name")[:MOST_LISTED])


TITLES = {403: gettext_lazy("No permission"), 404: gettext_lazy("Page not found")}


def refused_page(request: HttpRequest, status: int) -> HttpResponse:
    context = frame_context(request) | {"title": TITLES[status]}
    return render(request, f"operator/{status}.html", context, status=status)


def stale_form_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of a page from before the last sign-in: most often a tab that was left open over night."""
    if not _is_ours(request):
        return csrf_failure(request, reason)
    context = frame_context(request) | {"title": _("No change was made")}
    return render(request, "operator/left_open.html", context, status=403)


def oversized_form_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form that is larger than DATA_UPLOAD_MAX_MEMORY_SIZE never reaches its page."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    if not too_large or not _is_ours(request):
        return bad_request(request, exception)
    context = frame_context(request) | {"title": _("The form is too large")}
    return render(request, "operator/too_large.html", context, status=413)


def _is_ours(request: HttpRequest) -> bool:
    return request.path.startswith("/operator/") or staff_desk.is_at_desk(request)
