"""A signed call as a merchant's server makes it, for the demo and `manage.py call`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
