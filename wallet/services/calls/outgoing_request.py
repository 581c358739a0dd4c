"""A signed call as a merchant's server makes it, for the demo, the simulated game server and `manage.py call`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from merchants import crypto
from wallet.services.calls.signed import HEADERS


@dataclass(frozen=True, slots=True)
class Outgoing:
    method: str
    target: str  # path and query
    headers: Mapping[str, str]
    body: bytes
    text_signed: bytes


def sign_request(*, auth_key: str, secret: str, method: str, target: str, body: bytes, at: datetime) -> Outgoing:
    """Return the request with its headers, signed at the moment `at`."""
    timestamp = f"{at.timestamp() * 1000:.0f}"
    values = (auth_key, crypto.sign(secret.encode(), body, timestamp), timestamp)
    return Outgoing(method, target, dict(zip(HEADERS, values, strict=True)), body, body + b"|" + timestamp.encode())


def with_headers(call: Outgoing, headers: Mapping[str, str | None]) -> Outgoing:
    """Return the call with these headers in place of its own; None leaves one out."""
    merged = {**call.headers, **headers}
    return replace(call, headers={name: value for name, value in merged.items() if value is not None})


def encode_body(body: dict[str, Any] | bytes | None) -> bytes:
    """Return the bytes of a body, as JSON.stringify writes them."""
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
