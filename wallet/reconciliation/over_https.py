"""Fetches a statement by HTTPS, from the verified host only; a redirect to another host is refused."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from contextlib import closing
from datetime import date
from http import HTTPStatus
from typing import IO
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from wallet.reconciliation import host_addresses
from wallet.reconciliation.host_addresses import NotFetched, NotThereYet, Trip
from wallet.reconciliation.places import PORTS, RemotePlace

MOST_HOPS = 3
MOVED = {301, 302, 303, 307, 308}
REFUSES_US = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class _Pinned(http.client.HTTPSConnection):
    """HTTPS over an open connection; certificate and host name are verified as usual."""

    def __init__(self, place: RemotePlace, wire: socket.socket) -> None:
        super().__init__(place.host, place.port)
        self.wire, self.tls = wire, ssl.create_default_context()

    def connect(self) -> None:
        # A host that breaks off without TLS's own end may have been cut off by somebody on the way.
        self.sock = self.tls.wrap_socket(self.wire, server_hostname=self.host, suppress_ragged_eofs=False)


def fetch_over_https(place: RemotePlace, password: str, day: date, into: IO[bytes]) -> None:
    """Write the file of the day into `into`. Raises NotFetched, and errors of sockets, TLS and HTTP."""
    trip, target = Trip(place.host, place.port), place.target(day)
    for _ in range(MOST_HOPS):
        with trip.connected() as wire, closing(_Pinned(place, wire)) as connection:
            connection.request("GET", target, headers=_headers(place, password))
            with closing(connection.getresponse()) as answer:
                if answer.status not in MOVED:
                    return _keep(place, answer, into)
                target = _same_host(place, target, answer.getheader("Location", ""))
    raise NotFetched(f"{place.host} redirects too often. Enter the final address of the file.")


def _headers(place: RemotePlace, password: str) -> dict[str, str]:
    """Return the headers. A password with a user is sent as Basic, a password alone as a token."""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "oppi-portal", "Connection": "close"}
    if password and place.user:
        pair = base64.b64encode(f"{place.user}:{password}".encode()).decode()
        return headers | {"Authorization": f"Basic {pair}"}
    return headers | {"Authorization": f"Bearer {password}"} if password else headers


def _same_host(place: RemotePlace, target: str, location: str) -> str:
    try:
        found = urlsplit(urljoin(f"https://{_netloc(place)}{target}", location))
        port = found.port or PORTS.get(found.scheme)
    except ValueError as fault:
        raise NotFetched(f"{place.host} redirects to an invalid address. Ask the people who run the host.") from fault
    if (found.scheme, found.hostname, port) != ("https", place.host, place.port):
        raise NotFetched(
            f"{place.host} redirects to another host, and the portal does not follow. Enter the final "
            f"address of the file."
        )
    return f"{found.path or '/'}?{found.query}" if found.query else found.path or "/"


def _netloc(place: RemotePlace) -> str:
    return f"[{place.host}]:{place.port}" if ":" in place.host else f"{place.host}:{place.port}"


def _keep(place: RemotePlace, answer: http.client.HTTPResponse, into: IO[bytes]) -> None:
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise NotThereYet(f"{place.host} does not have the file yet.")
    if answer.status in REFUSES_US:
        raise NotFetched(f"{place.host} refuses access ({answer.status}). Enter the user name and password again.")
    if answer.status != HTTPStatus.OK:
        raise NotFetched(f"{place.host} answered {answer.status} instead of a file. Ask the people who run the host.")
    if (answer.length or 0) > settings.MAX_STATEMENT_BYTES:
        raise host_addresses.TooLarge(place.host)
    host_addresses.copy_response(answer.read1, into, host=place.host)
    if answer.length:  # what is still to come, said the host
        raise NotFetched(f"{place.host} closed the connection {answer.length} bytes before the end of the file.")
