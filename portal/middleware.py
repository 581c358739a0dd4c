"""What every request gets, from people and machines alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import QueryCanceled

from merchants.models import Person
from merchants.pages import error_pages
from merchants.services import history
from portal.lib import private_storage
from portal.lib.clientip import request_address
from portal.lib.logs import request_ids
from portal.lib.request_ids import new_request_id

PROBE = "x-portal-probe"
FILES_AWAY = error_pages.ErrorText(
    gettext_lazy("The file store is not available"),
    gettext_lazy("No file was stored or sent, and no change was made. Try again in a few minutes."),
)
log = structlog.get_logger(__name__)


class RequestId:
    """One id a request, told in `x-request-id`; the request log and the structured log carry the same.

    A request that brings the header of `portal.checks` is told so: the proxy should have dropped it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = new_request_id()  # type: ignore[attr-defined]
        token = request_ids.set(request.request_id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_ids.reset(token)
        response["x-request-id"] = str(request.request_id)  # type: ignore[attr-defined]
        if "HTTP_X_PORTAL_PROBE" in request.META:
            response[PROBE] = "arrived"
        return response


class History:
    """What a person's request changes is kept with the person, the address and the page. Machines do not get here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address, _source = request_address(request.META, settings.TRUSTED_PROXIES)
        with history.act_as(
            door=request.path,
            person=request.user if isinstance(request.user, Person) else None,
            address=str(address or ""),
            request=str(request.request_id),  # type: ignore[attr-defined]
        ):
            return self.get_response(request)


class PagePolicy(ContentSecurityPolicyMiddleware):
    """What every answer to a person carries: a content policy, and no place in a cache.

    Unfold's pages, which the administration and the sign-in are made of, name expressions in attributes that Alpine
    evaluates, and have their colours in a style element. No page may run a script that stands in it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not hasattr(response, "_csp_config"):
            response._csp_config = policy_of(request.path)  # type: ignore[attr-defined]  # noqa: SLF001 - Django's name
        if "no-store" not in response.get("Cache-Control", "") and not request.path.startswith(CACHEABLE):
            add_never_cache_headers(response)
        return super().process_response(request, response)


CACHEABLE = ("/admin/jsi18n/",)


def policy_of(path: str) -> dict[str, Any]:
    own: dict[str, Any] = settings.SECURE_CSP
    policies: dict[str, dict[str, Any]] = settings.PAGE_CSP
    return next((own | more for prefix, more in policies.items() if path.startswith(prefix)), own)


class RefuseNul:
    """No page is asked for the character NUL: the database holds none, and would answer with an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            return render(request, "operator/unreadable.html", {"title": _("Invalid address")}, status=400)
        return self.get_response(request)


class PageDeadline:
    """A page whose statement took longer than the database is allowed says what to do (portal.page_deadline)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if not isinstance(fault.__cause__, QueryCanceled):
            return None
        log.warning("page.too_slow", path=request.path)
        return render(request, "operator/too_slow.html", {"title": _("The page took too long")}, status=503)


class PrivateFilesAway:
    """A page whose file could not be stored or read says so; what it was about to change was not changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if not private_storage.is_away(fault):
            return None
        log.error("private_files.away", path=request.path, fault=f"{type(fault).__name__}: {fault}")
        return error_pages.error_page(request, 503, told=FILES_AWAY)
