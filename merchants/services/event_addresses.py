"""Addresses of event endpoints: what may be one, and a request to it that reaches no network of ours.

A name is resolved for each request, all its addresses must be public, and the connection goes to one of them: a second
lookup could return an internal address. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from merchants.errors import Refusal
from portal.lib.clientip import Address, is_within, parse_address
from portal.lib.public_hosts import closed_at, is_public, resolved_addresses

SLACK_HOST, SLACK_PATH = "hooks.slack.com", "/services/"
LONGEST = 500
READ_BYTES = 2_000  # of an answer, for the log
PORTS = {"https": 443, "http": 80}


class WrongEndpoint(Refusal):
    """The address cannot be an event endpoint. The text says why."""


class NotDelivered(Exception):
    """The receiver was not reached, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    status: int
    text: str

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own


@dataclass(frozen=True, slots=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_local(self) -> bool:
        """Return whether the host is a loopback address in figures that is allowed here."""
        address = parse_address(self.host)
        return address is not None and address.is_loopback and is_within(address, settings.EVENT_NETWORKS)


def parse_endpoint(url: str) -> Target:
    """Return the parts of an address. Raises WrongEndpoint: https only, no user, no fragment, no private address."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as fault:
        raise WrongEndpoint(
            _("This is not a valid address. Enter an address such as https://example.com/events.")
        ) from (fault)
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or not parts.hostname:
        raise WrongEndpoint(_("This is not a valid address. Enter an address such as https://example.com/events."))
    target = Target(parts.scheme, parts.hostname, port, _path(parts))
    if target.scheme != "https" and not (target.scheme == "http" and target.is_local):
        raise WrongEndpoint(_("Events are sent by https only. Enter an address that begins with https://."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise WrongEndpoint(_("The address contains a user name, a password or a fragment. Remove them."))
    literal = parse_address(target.host)
    if literal is not None and not _may_be_reached(literal):
        raise WrongEndpoint(_("The address is in a private network. Enter a host with public addresses."))
    return target


def check_slack(target: Target) -> None:
    """Raises WrongEndpoint for an address that is none of Slack's incoming webhooks."""
    is_slack = target.host == SLACK_HOST and target.path.startswith(SLACK_PATH)
    if not is_slack and not target.is_local:
        raise WrongEndpoint(
            _("This is not a Slack incoming webhook. It begins with https://hooks.slack.com/services/.")
        )


def _path(parts: SplitResult) -> str:
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _may_be_reached(address: Address) -> bool:
    return is_public(address) or is_within(address, settings.EVENT_NETWORKS)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
    """Send one request and return the answer, whatever its status. Raises NotDelivered and WrongEndpoint."""
    target, ends = parse_endpoint(url), monotonic() + settings.EVENT_SECONDS
    addresses = resolved_addresses(target.host, target.port)
    if not addresses:
        raise NotDelivered(_("The host has no address."))
    if not all(_may_be_reached(address) for address in addresses):
        raise NotDelivered(_("The host points to a private network, and the portal does not send there."))
    try:
        wire = _connect(addresses[0], target.port, ends)
        with closed_at(wire, ends) as is_late:
            try:
                return _exchange(target, wire, body, headers)
            except (OSError, http.client.HTTPException) as fault:
                if is_late.is_set():
                    raise NotDelivered(_no_answer()) from fault
                raise
    except TimeoutError as fault:
        raise NotDelivered(_no_answer()) from fault
    except (OSError, http.client.HTTPException) as fault:
        raise NotDelivered(str(fault) or type(fault).__name__) from fault


def _no_answer() -> str:
    return _("No answer within %(seconds)s seconds.") % {"seconds": settings.EVENT_SECONDS}


def _connect(address: Address, port: int, ends: float) -> socket.socket:
    wire = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)  # noqa: PLR2004
    try:
        wire.settimeout(max(ends - monotonic(), 0.1))
        wire.connect((str(address), port))
    except BaseException:
        wire.close()
        raise
    return wire


class PinnedWire(http.client.HTTPConnection):
    """HTTP over an open connection; for https, certificate and host name are verified as usual."""

    def __init__(self, target: Target, wire: socket.socket) -> None:
        super().__init__(target.host, target.port)
        self.target, self.wire = target, wire

    def connect(self) -> None:
        self.sock = self.wire
        if self.target.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.wire, server_hostname=self.target.host)


def _exchange(target: Target, wire: socket.socket, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
    with closing(PinnedWire(target, wire)) as connection:
        connection.request("POST", target.path, body, dict(headers))
        with closing(connection.getresponse()) as response:
            return ReceiverAnswer(response.status, response.read(READ_BYTES).decode(errors="replace"))
