"""Which address does a call come from? The socket's, unless the socket's peer is a proxy of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
SUBSCRIBER_BITS = 64
MOST_HELD = {4: 1 << 25, 6: 1 << 113}  # by a list that lets somebody in: as many as two /8, or two /16 of IPv6


def parse_networks(entries: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and CIDR blocks; raises ValueError for an entry that is neither."""
    return tuple(ip_network(entry.strip()) for entry in entries if entry.strip())


def addresses_held(networks: Iterable[Network]) -> dict[int, int]:
    """How many addresses of each version these networks hold together; what stands in two of them counts once."""
    known = list(networks)
    return {
        4: sum(block.num_addresses for block in collapse_addresses(n for n in known if isinstance(n, IPv4Network))),
        6: sum(block.num_addresses for block in collapse_addresses(n for n in known if isinstance(n, IPv6Network))),
    }


def too_wide_version(networks: Iterable[Network]) -> int | None:
    """4 or 6 when the networks hold more addresses of it than MOST_HELD: everybody in pieces is everybody."""
    held = addresses_held(networks)
    return next((version for version, most in MOST_HELD.items() if held[version] > most), None)


def parse_address(text: str) -> Address | None:
    """One address without port or zone; IPv4 in IPv6 clothes (`::ffff:10.0.0.1`) comes out as IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def subscriber(address: Address) -> Address:
    """Whom a limit per address counts: an IPv4 address, or the /64 of IPv6 that one subscriber has, as its first."""
    if isinstance(address, IPv6Address):
        return IPv6Address(int(address) >> (128 - SUBSCRIBER_BITS) << (128 - SUBSCRIBER_BITS))
    return address


def within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def client_address(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> tuple[Address | None, str]:
    """The caller's address and how it was found.

    `X-Forwarded-For` is read from the right, and only as long as the one who wrote the entry is a proxy of ours: what
    stands further left was written by the caller and proves nothing.
    """
    address, source = parse_address(peer), "socket"
    hops = [hop for hop in forwarded_for.split(",") if hop.strip()] if proxies else []
    while hops and address is not None and within(address, proxies):
        address, source = parse_address(hops.pop()), "x-forwarded-for"
    return address, source
