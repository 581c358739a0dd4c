"""Fetches a statement by SFTP, from a host whose key a person confirmed."""

from __future__ import annotations

import hmac
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import IO

import paramiko
from django.conf import settings

from wallet.reconciliation import host_addresses
from wallet.reconciliation.host_addresses import NotFetched, NotThereYet, Trip
from wallet.reconciliation.places import RemotePlace

LOOK_SECONDS = 30  # a person waits
AT_ONCE = 64  # pieces of a file that are asked for ahead


class OtherHostKey(NotFetched):
    """The host shows another key than the confirmed one. Raised before a password is sent."""

    def __init__(self, host: str, shown: str) -> None:
        super().__init__(
            f"{host} shows a key that differs from the confirmed key: {shown}. It can be another machine. "
            f"Ask the people who run the host before you confirm the new key."
        )


def look_up_fingerprint(place: RemotePlace) -> str:
    """Return the fingerprint of the host's key, for a person to compare. No credentials are sent."""
    with _opened(Trip(place.host, place.port, seconds=LOOK_SECONDS)) as transport:
        return str(transport.get_remote_server_key().fingerprint)


def fetch_over_sftp(place: RemotePlace, password: str, host_key: str, day: date, into: IO[bytes]) -> None:
    """Write the file of the day into `into`. Raises NotFetched, and errors of sockets and paramiko."""
    with _opened(Trip(place.host, place.port)) as transport:
        shown = str(transport.get_remote_server_key().fingerprint)
        if not hmac.compare_digest(shown, host_key):
            raise OtherHostKey(place.host, shown)
        _sign_in(transport, place, password)
        with closing(_client(transport)) as client:
            _keep(client, place, day, into)


@contextmanager
def _opened(trip: Trip) -> Iterator[paramiko.Transport]:
    idle = settings.STATEMENT_FETCH_IDLE_SECONDS
    with trip.connected() as wire, closing(paramiko.Transport(wire)) as transport:
        transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = idle
        transport.start_client(timeout=idle)
        yield transport


def _sign_in(transport: paramiko.Transport, place: RemotePlace, password: str) -> None:
    try:
        if password:
            transport.auth_password(place.user, password)
        else:
            transport.auth_none(place.user)
    except paramiko.AuthenticationException as fault:
        raise NotFetched(
            f"{place.host} refuses access for {place.user}. Enter the password again, or ask the people "
            f"who run the host."
        ) from fault


def _client(transport: paramiko.Transport) -> paramiko.SFTPClient:
    client = paramiko.SFTPClient.from_transport(transport)
    channel = client.get_channel() if client else None
    if client is None or channel is None:
        raise EOFError
    channel.settimeout(settings.STATEMENT_FETCH_IDLE_SECONDS)
    return client


def _keep(client: paramiko.SFTPClient, place: RemotePlace, day: date, into: IO[bytes]) -> None:
    path = place.file(day)
    try:
        size = _size(client, place, path)
        with client.open(path, "rb") as file:
            file.prefetch(size, max_concurrent_requests=AT_ONCE)
            arrived = host_addresses.copy_response(file.read, into, host=place.host)
    except FileNotFoundError as fault:
        raise NotThereYet(f"{place.host} does not have the file yet.") from fault
    except PermissionError as fault:
        raise NotFetched(
            f"{place.host} does not let {place.user} read the file. Ask the people who run the host."
        ) from fault
    if not arrived == size == _size(client, place, path):
        raise NotThereYet(f"The file on {place.host} is still being written.")


def _size(client: paramiko.SFTPClient, place: RemotePlace, path: str) -> int:
    found = client.stat(path)
    if found.st_mode is not None and not stat.S_ISREG(found.st_mode):
        raise NotFetched(f"The path on {place.host} is not a file. Check the address.")
    if found.st_size is None:
        raise NotFetched(f"{place.host} does not report the size of the file. Ask the people who run the host.")
    if found.st_size > settings.MAX_STATEMENT_BYTES:
        raise host_addresses.TooLarge(place.host)
    return found.st_size
