"""Connections to an operator's host: never into our own network, and bounded in time and size.

A name is resolved once. All its addresses must be public, and the connection goes to one of them: a second lookup could
return an internal address.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv6Address, ip_network
from time import monotonic
from typing import IO

from django.conf import settings

from merchants.errors import Refusal
from portal.lib.clientip import Address, is_within, parse_address

CHUNK = 64 * 1024
RESOLVE_SECONDS = 10
# An IPv4 address inside an IPv6 one: what a relay makes of it, nobody knows here.
RELAYED = tuple(ip_network(text) for text in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))


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
        rope, is_late = wire.dup(), threading.Event()

        def cut() -> None:
            is_late.set()
            with suppress(OSError):
                rope.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(self.ends - monotonic(), 0), cut)
        timer.daemon = True
        timer.start()
        try:
            yield wire
        except Exception as fault:
            if is_late.is_set():
                raise self.too_slow() from fault
            raise
        finally:
            timer.cancel()
            timer.join()
            rope.close()
            wire.close()
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


def is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (address.is_site_local or is_within(address, RELAYED)):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _resolved(host: str, port: int) -> list[Address]:
    """Resolve in a thread, because a lookup that hangs cannot be ended."""
    told: list[str] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            told.extend(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(RESOLVE_SECONDS)
    found = [parse_address(text.partition("%")[0]) for text in dict.fromkeys(told)]
    return [address for address in found if address is not None]


def copy_response(read: Callable[[int], bytes], into: IO[bytes], *, host: str) -> int:
    """Copy the response; return its bytes, never more than a statement may have."""
    size = 0
    while piece := read(CHUNK):
        size += len(piece)
        if size > settings.MAX_STATEMENT_BYTES:
            raise TooLarge(host)
        into.write(piece)
    return size
