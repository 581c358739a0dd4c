"""How the merchant's own programs work with the portal: tokens of the management API, and event endpoints."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from merchants.access import Visit
from merchants.pages import page_frame
from merchants.pages.access_tokens import listed_tokens
from merchants.pages.event_endpoints import listed_endpoints
from merchants.pages.guard import page


@page()
def integrations(request: HttpRequest, visit: Visit) -> HttpResponse:
    context: dict[str, Any] = {
        "tokens": listed_tokens(visit) if visit.may_tokens else [],
        "endpoints": listed_endpoints(visit),
    }
    return page_frame.render_page(
        request, visit, "integrations.html", tab="integrations", title=_("Integrations"), **context
    )
