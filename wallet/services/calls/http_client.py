"""Sends a signed call over HTTP to the machines' service, and returns what it answered."""

from __future__ import annotations

import http.client
import json
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from wallet.services.calls.outgoing_request import Outgoing

TIMEOUT_SECONDS = 10
MOST_BYTES = 4 * 1024 * 1024  # of an answer
CONNECTIONS: dict[str, type[http.client.HTTPConnection]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}
NoAnswer = (OSError, http.client.HTTPException)  # what `send` raises when nothing answers


class BadAddress(ValueError):
    """The address of the machines' service is not one of HTTP."""


class HttpAnswer(NamedTuple):
    http_status: int
    reason: str
    request_id: str
    body: str
    milliseconds: float

    @property
    def content(self) -> dict[str, Any]:
        """The JSON object of the answer; empty when the answer is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def status(self) -> str:
        return str(self.content.get("status", ""))


def connect(base_url: str) -> http.client.HTTPConnection:
    """Return a connection that is not open yet. Raises BadAddress."""
    parts = urlsplit(base_url)
    try:
        return CONNECTIONS[parts.scheme](parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    except (KeyError, ValueError):
        raise BadAddress(base_url) from None


def sent_headers(call: Outgoing) -> dict[str, str]:
    """Return the headers of the call as they are sent."""
    return {"content-type": "application/json", **call.headers} if call.body else dict(call.headers)


def send(call: Outgoing, base_url: str) -> HttpAnswer:
    """Send the call. Raises BadAddress, and NoAnswer when nothing answers within TIMEOUT_SECONDS."""
    connection = connect(base_url)
    path = urlsplit(base_url).path.rstrip("/")
    started = perf_counter()
    try:
        connection.request(call.method, f"{path}{call.target}", call.body or None, sent_headers(call))
        response = connection.getresponse()
        body = response.read(MOST_BYTES).decode(errors="replace")
    finally:
        connection.close()
    spent = (perf_counter() - started) * 1000
    return HttpAnswer(response.status, response.reason, response.headers.get("x-request-id", ""), body, spent)
