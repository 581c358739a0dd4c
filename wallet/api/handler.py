"""The one place that writes an envelope."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse

from wallet import statuses

_encode = msgspec.json.Encoder().encode


def answer(body: Any, *, http_status: int = 200) -> HttpResponse:
    content = _encode(body)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    return HttpResponse(content, status=http_status, headers=headers)


def envelope(refusal: statuses.Refusal, **echo: Any) -> dict[str, Any]:
    """`status` and `message`, the real balance where it is told, and what the caller gets back of its own."""
    told = {"balance": refusal.balance} if refusal.balance is not None else {}
    return {"status": refusal.key, "message": refusal.message, **echo, **told}


def refused(refusal: statuses.Refusal, **echo: Any) -> HttpResponse:
    return answer(envelope(refusal, **echo), http_status=refusal.http_status)
