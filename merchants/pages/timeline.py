"""All that was done to the merchant, by its people and by our staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from merchants.access import Visit
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.services import history
from merchants.services.chain.heads import chain_heads
from merchants.services.history import TimelineEntry

ENTRIES = 50


@page()
def timeline(request: HttpRequest, visit: Visit) -> HttpResponse:
    chosen = request.GET.get("what", "")
    kind = chosen if chosen in history.KINDS else ""
    found = history.timeline_page(
        visit.merchant, before=moment(request, "before"), after=moment(request, "after"), kind=kind, limit=ENTRIES
    )
    context: dict[str, Any] = {
        "entries": [merchant_entry(entry) for entry in found.entries],
        "kinds": [("", _("All")), *history.KINDS.items()],
        "kind": kind,
        "older": address(kind, before=found.older),
        "newer": address(kind, after=found.newer),
        "heads": chain_heads(visit.merchant),
    }
    return page_frame.render_page(request, visit, "timeline.html", tab="timeline", title=_("Timeline"), **context)


def merchant_entry(entry: TimelineEntry) -> TimelineEntry:
    """Of our staff a merchant is told who and what: not from where, nor why we think that a key has leaked."""
    if not entry.role:
        return entry
    private = entry.kind == "keys"
    changes = tuple(each for each in entry.changes if not (private and each.label.lower().endswith("reason")))
    return replace(entry, address="", door="", reason="" if private else entry.reason, changes=changes)


def moment(request: HttpRequest, name: str) -> datetime | None:
    """From an address of ours; anything else is as if it were not there."""
    try:
        found = datetime.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


def address(kind: str, **edge: datetime | None) -> str:
    known = {name: at.isoformat() for name, at in edge.items() if at}
    return "?" + urlencode(known | ({"what": kind} if kind else {})) if known else ""
