"""The one place that writes an envelope."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse

from wallet import statuses

_encode = msgspec.json.Encoder().encode
# Of every answer: nobody on the way keeps a balance, and no browser takes it for a page.
HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def call_response(body: Any, *, http_status: int = 200) -> HttpResponse:
    content = _encode(body)
    return HttpResponse(content, status=http_status, headers={**HEADERS, "Content-Length": str(len(content))})


def envelope(refusal: statuses.CallRefused, **echo: Any) -> dict[str, Any]:
    """`status` and `message`, the real balance where it is told, and what the caller gets back of its own."""
    told = {"balance": refusal.balance} if refusal.balance is not None else {}
    return {"status": refusal.key, "message": refusal.message, **echo, **told}


def refusal_response(refusal: statuses.CallRefused, **echo: Any) -> HttpResponse:
    return call_response(envelope(refusal, **echo), http_status=refusal.http_status)
