"""The caller's address: of the socket, unless the peer of the socket is a trusted proxy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
)
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
HOP_WITH_PORT = re.compile(r"\[([^]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}", re.ASCII)
LONGEST_ADDRESS = 45  # characters of an IPv6 address with an IPv4 one at its end
SUBSCRIBER_BITS = 64
MOST_HELD = {4: 1 << 25, 6: 1 << 113}  # by a list that lets somebody in: as many as two /8, or two /16 of IPv6


def parse_networks(entries: Iterable[str]) -> tuple[Network, ...]:
    """Return the addresses and CIDR blocks. Raises ValueError for an entry that is neither."""
    return tuple(ip_network(entry.strip()) for entry in entries if entry.strip())


def addresses_held(networks: Iterable[Network]) -> dict[int, int]:
    """Return how many addresses of each version the networks contain together, without counting any twice."""
    known = list(networks)
    return {
        4: sum(block.num_addresses for block in collapse_addresses(n for n in known if isinstance(n, IPv4Network))),
        6: sum(block.num_addresses for block in collapse_addresses(n for n in known if isinstance(n, IPv6Network))),
    }


def too_wide_version(networks: Iterable[Network]) -> int | None:
    """Return 4 or 6 if the networks contain more addresses of this version than MOST_HELD, else None."""
    held = addresses_held(networks)
    return next((version for version, most in MOST_HELD.items() if held[version] > most), None)


def parse_address(text: str) -> Address | None:
    """Return one address without port or zone; None for other text. IPv4 in IPv6 form (`::ffff:10.0.0.1`)
    becomes IPv4.
    """
    return _parse_short(text) if len(text) <= LONGEST_ADDRESS else _parse(text)


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


_parse_short = lru_cache(maxsize=1024)(_parse)  # each request asks twice, mostly for one of a few proxies


def subscriber(address: Address) -> Address:
    """Return the address that a limit counts: an IPv4 address, or the first of the /64 of an IPv6 subscriber."""
    if isinstance(address, IPv6Address):
        return IPv6Address(int(address) >> (128 - SUBSCRIBER_BITS) << (128 - SUBSCRIBER_BITS))
    return address


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Return whether one of the networks contains the address."""
    return any(address in network for network in networks)


def parse_hop(text: str) -> Address | None:
    """Return the address of one entry of `X-Forwarded-For`: bare, in brackets, or with the port that gateways add."""
    found = HOP_WITH_PORT.fullmatch(text.strip())
    return parse_address(found[1] or found[2] if found else text)


def client_address(peer: str, forwarded_for: str | None, proxies: Sequence[Network]) -> tuple[Address | None, str]:
    """Return the caller's address and how it was found; the address is None if it cannot be read.

    `X-Forwarded-For` is read from the right, as long as the writer of the entry is a trusted proxy. Entries further
    left were written by the caller and prove nothing. The server hands over a header with bytes above 127 as empty
    text, so an empty header means an unknown caller, never the proxy.
    """
    address, source = parse_address(peer), "socket"
    hops = forwarded_for.split(",") if proxies and forwarded_for is not None else []
    while hops and address is not None and is_within(address, proxies):
        address, source = parse_hop(hops.pop()), "x-forwarded-for"
    return address, source


def request_address(meta: Mapping[str, Any], proxies: Sequence[Network]) -> tuple[Address | None, str]:
    """Return `client_address` of a WSGI environment."""
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR"), proxies)
