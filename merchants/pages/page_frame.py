"""What stands around every page: the menu, whose pages they are, and the answer to who may not be here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import staff_desk
from merchants.access import Visit
from merchants.models import Membership, Merchant
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

SANDBOX_TABS = [Tab("simulations", gettext_lazy("Simulations"), "player-play")]

# Pages that every merchant has: the switch between live and sandbox stays on them.
BOTH_HAVE = {each.name for each in TABS} | {"limits", "open_rounds", "exports", "cases", "reconciliation_plan"}
BOTH_HAVE |= {"reconciliation_day", "settlements", "ggr", "simulations"}


def render_page(
    request: HttpRequest, visit: Visit, template: str, *, tab: str, title: Text, status: int = 200, **context: Any
) -> HttpResponse:
    """A page in the frame. `tab`: which of TABS is marked."""
    code = visit.merchant.code
    listed = TABS + SANDBOX_TABS if visit.merchant.is_sandbox else TABS
    known = frame_context(request) | {
        "visit": visit,
        "merchant": visit.merchant,
        "tab": tab,
        "title": title,
        "tabs": [(each, reverse(f"operator:{each.name}", args=[code])) for each in listed],
        "others": other_merchants(request, visit, tab),
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
    sandbox = visit.sandbox
    if sandbox is None:
        return []
    return [
        EnvironmentSide(title, same_page(request, tab, merchant), merchant == visit.merchant)
        for title, merchant in ((_("Live"), visit.live_merchant), (_("Sandbox"), sandbox))
    ]


def same_page(request: HttpRequest, tab: str, merchant: Merchant) -> str:
    """Return the address of this page at another merchant; of the tab's first page where it is one merchant's alone."""
    match = request.resolver_match
    name, rest = tab, dict[str, Any]()
    if match is not None and match.url_name in BOTH_HAVE:
        name, rest = match.url_name, match.kwargs
    return reverse(f"operator:{name}", kwargs=rest | {"code": merchant.code})


def other_merchants(request: HttpRequest, visit: Visit, tab: str) -> list[tuple[Membership, str]]:
    """The merchants to switch to, each with the address of the page that the person is on."""
    return [(each, same_page(request, tab, each.merchant)) for each in other_memberships(visit)]


def other_memberships(visit: Visit) -> list[Membership]:
    if visit.by_staff:
        return []
    found = Membership.objects.filter(person=visit.person).exclude(merchant=visit.live_merchant)
    found = found.select_related("merchant")
    return list(found.order_by("merchant__name")[:MOST_LISTED])


TITLES = {403: gettext_lazy("No permission"), 404: gettext_lazy("Page not found")}


def refused_page(request: HttpRequest, status: int) -> HttpResponse:
    context = frame_context(request) | {"title": TITLES[status]}
    return render(request, f"operator/{status}.html", context, status=status)
