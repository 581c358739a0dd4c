"""Hosts that others name: which addresses are public, looked up once, and connections with an end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv6Address, ip_network
from time import monotonic

from portal.lib.clientip import Address, is_within, parse_address

RESOLVE_SECONDS = 10
# An IPv4 address inside an IPv6 one: what a relay makes of it, nobody knows here.
RELAYED = tuple(ip_network(text) for text in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))


def is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (address.is_site_local or is_within(address, RELAYED)):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolved_addresses(host: str, port: int) -> list[Address]:
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


@contextmanager
def closed_at(wire: socket.socket, ends: float) -> Iterator[threading.Event]:
    """Close a connection at a moment of `monotonic`, whoever holds it; the event says that it came to that.

    A socket timeout alone begins again with each byte, so a host that sends a byte a second would never end.
    """
    rope, is_late = wire.dup(), threading.Event()

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            rope.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(ends - monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()
        timer.join()
        rope.close()
        wire.close()
