"""The operators' pages at our staff's desk: the same pages below /admin/, with the work that the role of staff allows.

Below PREFIX the addresses of `operator:` are the desk's: a page leads on to pages of the desk, and to no other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

PREFIX = "/admin/operations/"


class StaffDesk:
    """Give requests below PREFIX the addresses of the desk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_at_desk(request):
            request.urlconf = settings.STAFF_DESK_URLCONF
        return self.get_response(request)


def is_at_desk(request: HttpRequest) -> bool:
    return request.path_info.startswith(PREFIX)


def desk_address(name: str, *args: Any) -> str:
    """Return the address of an operators' page at the desk; `name` without its namespace."""
    return reverse(f"operator:{name}", args=args, urlconf=settings.STAFF_DESK_URLCONF)
