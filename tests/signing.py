"""A caller of the signed API, written from the public contract alone: it shares no code with the server."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

Body = dict[str, Any] | bytes | None


def signature(secret: str, body: bytes, timestamp: str) -> str:
    return hmac.new(secret.encode(), body + b"|" + timestamp.encode(), hashlib.sha256).hexdigest()


def encoded(body: Body) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def now_ms() -> str:
    return str(int(time.time() * 1000))


def new_id() -> str:
    return str(uuid4())


@dataclass(frozen=True)
class Answer:
    http_status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def status(self) -> str:
        return str(self.body["status"]).removeprefix("RS_ERROR_")

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


@dataclass
class Signer:
    """Builds the headers of a call under one key. `headers` go over what is computed: None leaves one out."""

    auth_key: str
    secret: str
    headers: dict[str, str | None] = field(default_factory=dict)

    def sign(self, body: bytes, **extra: str | None) -> dict[str, str]:
        timestamp = extra.pop("timestamp", None) or now_ms()
        computed: dict[str, str | None] = {
            "x-api-key": self.auth_key,
            "x-timestamp": timestamp,
            "x-signature": signature(self.secret, body, timestamp),
        }
        named = {name.replace("_", "-"): value for name, value in extra.items()}
        return {name: value for name, value in (computed | self.headers | named).items() if value is not None}
