"""Earlier states of an allowlist, each with a way back: a proposal like any other."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from merchants.access import Visit, Work
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.services.allowlist import earlier, entry_usage, saving
from wallet.pages.lists import draft as list_draft
from wallet.pages.lists.change import changeable_list
from wallet.pages.lists.overview import requested_list
from wallet.pages.lists.proposal import list_address, propose_page, show_domain_proposal


@page(back="operator:lists")
def list_earlier(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The earlier states of the merchant's IP allowlist or a key's; with `domains`, of the domain allowlist."""
    key, domains = requested_list(request, visit), "domains" in request.GET
    if not domains:
        saving.revert_ended_trial(merchant=visit.merchant, key=key)
    found: Any = earlier.earlier_domains(visit.merchant) if domains else earlier.earlier_networks(visit.merchant, key)
    standing = None if domains else entry_usage.list_standing(visit.merchant, key)
    context = {
        "found": found,
        "domains": domains,
        "key": key,
        "days": earlier.RESTORABLE.days,
        "on_trial": standing is not None and standing.on_trial is not None,
        "back": list_address(visit.merchant, key),
    }
    return page_frame.render_page(
        request, visit, "list_earlier.html", tab="lists", title=_("Earlier allowlists"), **context
    )


@page(work=Work.LISTS, back="operator:lists")
def list_restore(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """To look at what would be is no change, so a link is enough."""
    key = requested_list(request, visit)
    found = changeable_list(visit, key)
    wanted = earlier.earlier_list(earlier.earlier_networks(visit.merchant, key), number)
    if wanted is None:
        raise Http404
    return propose_page(request, visit, list_draft.network_draft(visit.merchant, key, found, wanted.usable_lines))


@page(work=Work.LISTS, back="operator:lists")
def list_restore_domains(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    wanted = earlier.earlier_list(earlier.earlier_domains(visit.merchant), number)
    if wanted is None:
        raise Http404
    return show_domain_proposal(request, visit, list_draft.domain_draft(visit.merchant, wanted.usable_lines))
