"""What every request gets, from people and machines alike."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware

from merchants.models import Person
from merchants.services import history
from portal.lib.clientip import client_address

PROBE = "x-portal-probe"


class RequestId:
    """One id a request, told in `x-request-id`; the request log and the structured log carry the same.

    A request that brings the header of `portal.checks` is told so: the proxy should have dropped it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["x-request-id"] = str(request.request_id)  # type: ignore[attr-defined]
        if "HTTP_X_PORTAL_PROBE" in request.META:
            response[PROBE] = "arrived"
        return response


class History:
    """What a person's request changes is kept with the person, the address and the page. Machines do not get here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        address, _source = client_address(
            meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES
        )
        with history.acting(
            door=request.path,
            person=request.user if isinstance(request.user, Person) else None,
            address=str(address or ""),
            request=str(request.request_id),  # type: ignore[attr-defined]
        ):
            return self.get_response(request)


class OperatorPolicy(ContentSecurityPolicyMiddleware):
    """The pages of operators, and what is refused there. The administration has scripts inline."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        guarded = request.path.startswith("/operator/")
        return super().process_response(request, response) if guarded else response
