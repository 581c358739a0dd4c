"""Connections to an operator's host: never into our own network, and bounded in time and size.

A name is resolved once. All its addresses must be public, and the connection goes to one of them: a second lookup could
return an internal address.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import IO

from django.conf import settings

from merchants.errors import Refusal
from portal.lib.clientip import Address, is_within, parse_address
from portal.lib.public_hosts import closed_at, is_public
from portal.lib.public_hosts import resolved_addresses as _resolved

CHUNK = 64 * 1024


class NotFetched(Refusal):
    """The file was not fetched, and nothing of it is kept. The text says whom to ask."""


class NotThereYet(NotFetched):
    """The host answered that it does not have the file."""


class Inside(NotFetched):
    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} points to a private network, and the portal does not fetch from there. Enter a host "
            f"with public addresses."
        )


class NoSuchHost(NotFetched):
    def __init__(self, host: str) -> None:
        super().__init__(f"{host} has no address. Check the name, or ask the people who run the host.")


class TooSlow(NotFetched):
    def __init__(self, host: str, seconds: int) -> None:
        super().__init__(f"{host} did not finish within {seconds} seconds. Ask the people who run the host.")


class TooLarge(NotFetched):
    def __init__(self, host: str) -> None:
        super().__init__(
            f"The file of {host} is larger than {settings.MAX_STATEMENT_BYTES // 2**20} MiB, so it was "
            f"not stored. Compress it with gzip, or ask our support."
        )


class Trip:
    """One visit to one host: its addresses, resolved once, and one deadline."""

    def __init__(self, host: str, port: int, *, seconds: int = 0) -> None:
        self.host, self.port, self.seconds = host, port, seconds or settings.STATEMENT_FETCH_SECONDS
        self.ends = monotonic() + self.seconds
        self.addresses = public_addresses(host, port)

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        """Yield a connection that is closed at the deadline.

        A timeout of a socket starts again with each byte, so a host that sends a byte a second would never end.
        """
        wire = self._connect()
        with closed_at(wire, self.ends) as is_late:
            try:
                yield wire
            except Exception as fault:
                if is_late.is_set():
                    raise self.too_slow() from fault
                raise
        if is_late.is_set():
            raise self.too_slow()

    def too_slow(self) -> TooSlow:
        return TooSlow(self.host, self.seconds)

    def _connect(self) -> socket.socket:
        *others, last = self.addresses
        for address in others:
            with suppress(OSError):
                return self._connect_to(address)
        return self._connect_to(last)

    def _connect_to(self, address: Address) -> socket.socket:
        left = self.ends - monotonic()
        if left <= 0:
            raise self.too_slow()
        wire = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)  # noqa: PLR2004
        try:
            wire.settimeout(min(left, settings.STATEMENT_FETCH_IDLE_SECONDS))
            wire.connect((str(address), self.port))
        except BaseException:
            wire.close()
            raise
        return wire


def public_addresses(host: str, port: int) -> list[Address]:
    """Return the addresses of a host. Raises Inside when one of them is not public."""
    found = _resolved(host, port)
    if not found:
        raise NoSuchHost(host)
    if not all(_may_be_reached(address) for address in found):
        raise Inside(host)
    return found


def check_literal(host: str) -> None:
    """Check a literal IP address, which needs no name server. Raises Inside."""
    address = parse_address(host)
    if address is not None and not _may_be_reached(address):
        raise Inside(host)


def _may_be_reached(address: Address) -> bool:
    return is_public(address) or is_within(address, settings.STATEMENT_NETWORKS)


def copy_response(read: Callable[[int], bytes], into: IO[bytes], *, host: str) -> int:
    """Copy the response; return its bytes, never more than a statement may have."""
    size = 0
    while piece := read(CHUNK):
        size += len(piece)
        if size > settings.MAX_STATEMENT_BYTES:
            raise TooLarge(host)
        into.write(piece)
    return size
