"""What every request gets, from people and machines alike."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse


class RequestId:
    """One id a request, told in `x-request-id`; the request log and the structured log carry the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["x-request-id"] = str(request.request_id)  # type: ignore[attr-defined]
        return response
