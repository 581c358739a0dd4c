"""The way in for the demo's callers: the application of machines, without a web server or a socket between."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

from portal.lib import clock
from portal.machines import Machines
from wallet.services.calls.outgoing_request import Outgoing, encode_body, sign_request, with_headers
from wallet.services.simulation.game_table import Body, Headers


class Unforeseen(Exception):
    """The portal answered 500: the demo has met a fault, and nothing is gained by going on."""


class Wire:
    """Carries calls to the portal and counts the answers by status.

    Without the signals around a request, which would close the connections that the caller of all this has open.
    """

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.handler = Machines()

    @property
    def calls(self) -> int:
        return self.answers.total()

    def carry(self, call: Outgoing, *, address: str) -> dict[str, Any]:
        response = self.handler.get_response(WSGIRequest(environ(call, address)))
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unforeseen(f"{call.method} {call.target}")
        answer: dict[str, Any] = json.loads(b"".join(response))
        self.answers[answer["status"]] += 1
        return answer


def environ(call: Outgoing, address: str) -> dict[str, Any]:
    path, _, query = call.target.partition("?")
    return {
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": address,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(call.body),
    } | {variable(name): value for name, value in call.headers.items()}


def variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"


@dataclass(frozen=True)
class Machine:
    """A merchant's server, or the game server that speaks for it: one key, and the addresses it calls from by turns."""

    wire: Wire
    auth_key: str
    secret: str = field(repr=False)
    addresses: tuple[str, ...]

    def call(
        self,
        target: str,
        body: Body = None,
        *,
        method: str = "",
        headers: Headers | None = None,
        purpose: str = "",
        expected: str = "",
    ) -> dict[str, Any]:
        """Sign and send. `headers` replace those of the signature; None leaves one out."""
        call = sign_request(
            auth_key=self.auth_key,
            secret=self.secret,
            method=method or ("GET" if body is None else "POST"),
            target=target,
            body=encode_body(body),
            at=clock.now(),
        )
        return self.wire.carry(with_headers(call, headers or {}), address=self.next_address())

    def next_address(self) -> str:
        return self.addresses[self.wire.calls % len(self.addresses)]

    def calling_from(self, *addresses: str) -> Machine:
        return replace(self, addresses=addresses)


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Calls that fail on purpose are no news for the log of the process."""
    logger = logging.getLogger("django.request")
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False
