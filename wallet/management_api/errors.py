"""The one shape of every error: `{"error": {"code", "detail"}}`, with `fields` where the body is wrong."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from merchants.errors import Refusal
from merchants.services.allowlist import NotAllowed

TEXTS: dict[type[Exception], tuple[str, str]] = {
    Http404: ("not_found", "This address does not exist, or the token does not reach it."),
    PermissionDenied: ("scope_missing", "The token lacks the scope of this request, or its person lacks the right."),
    exceptions.NotAuthenticated: ("token_invalid", "Send a usable token: Authorization: Bearer oppi_mgmt_…"),
    exceptions.AuthenticationFailed: ("token_invalid", "Send a usable token: Authorization: Bearer oppi_mgmt_…"),
    exceptions.Throttled: ("throttled", "Too many requests. Wait the number of seconds in the header Retry-After."),
}


def error_response(fault: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler: refusals of the services as 409, wrong values as 400."""
    if isinstance(fault, Refusal):
        return _error(409, _code(fault), str(fault))
    if isinstance(fault, NotAllowed):
        return _error(400, "entry_not_allowed", str(fault))
    if isinstance(fault, RequestDataTooBig):
        return _error(413, "too_large", "The body is too large.")
    answer = exception_handler(fault, context)
    if answer is None:
        return None
    if isinstance(fault, exceptions.ValidationError):
        answer.data = _body("invalid", "Some values are missing or wrong. Correct them.", fields=answer.data)
        return answer
    code, detail = TEXTS.get(type(fault), (_code(fault), str(getattr(fault, "detail", fault))))
    answer.data = _body(code, detail)
    return answer


def _error(status: int, code: str, detail: str) -> Response:
    return Response(_body(code, detail), status=status)


def _body(code: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "detail": detail, **more}}


def _code(fault: Exception) -> str:
    """`LockOut` is `lock_out`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(fault).__name__).lower()
