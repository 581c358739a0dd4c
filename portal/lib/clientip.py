"""Which address does a call come from? The socket's, unless the socket's peer is a proxy of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse_networks(entries: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and CIDR blocks; raises ValueError for an entry that is neither."""
    return tuple(ip_network(entry.strip()) for entry in entries if entry.strip())


def parse_address(text: str) -> Address | None:
    """One address without port or zone; IPv4 in IPv6 clothes (`::ffff:10.0.0.1`) comes out as IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
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
