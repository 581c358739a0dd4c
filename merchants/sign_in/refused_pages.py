"""Pages that answer 403 or 404 to a signed-in person are recorded, by the name of the page and never by its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from merchants.services import sign_in_records
from merchants.sign_in.record import caller_address

REFUSED = {403, 404}


class RefusedPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        person: Any = request.user
        if response.status_code in REFUSED and person.is_authenticated:
            page = f"{response.status_code} {page_name(request)}"
            sign_in_records.add_refused_page(person=person, address=caller_address(request), page=page)
        return response


def page_name(request: HttpRequest) -> str:
    """The page and the merchant that was asked for. An address may hold a token."""
    match = request.resolver_match
    if match is None:
        return "no such page"
    return f"{match.view_name} {match.kwargs.get('code', '')}".strip()
