"""A short list of networks that contains some addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import pairwise

from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.services.allowlist.entries import WIDEST, NotAllowed, parse_network
from portal.lib.clientip import Address, Network


class TooFewNetworks(Refusal):
    def __init__(self, addresses: int, most: int) -> None:
        super().__init__(
            _(
                "%(most)s entries are not enough for the %(addresses)s addresses in your traffic, because an "
                "entry would be too wide. Increase “Maximum entries”."
            )
            % {"most": most, "addresses": addresses}
        )


def exact_cover(addresses: Sequence[Address]) -> list[Network]:
    """Return networks of these addresses and no others, in order."""
    return _collapsed([ip_network(address) for address in addresses])


def bounded_cover(addresses: Sequence[Address], most: int) -> list[Network]:
    """Return at most `most` networks that contain the addresses, in order; none is wider than an entry may be.

    Nearest neighbours are joined first, so no network is wider than necessary. Raises TooFewNetworks.
    """
    blocks = exact_cover(addresses)
    too_many = max(0, len(blocks) - most)
    joins = sorted(_joins(blocks), key=lambda network: WIDEST[network.version] - network.prefixlen)[:too_many]
    if len(joins) < too_many or not all(map(is_narrow_enough, joins)):
        raise TooFewNetworks(len(addresses), most)
    return _collapsed([*blocks, *joins])


def _collapsed(networks: Sequence[Network]) -> list[Network]:
    return [
        *collapse_addresses(network for network in networks if isinstance(network, IPv4Network)),
        *collapse_addresses(network for network in networks if isinstance(network, IPv6Network)),
    ]


def _joins(blocks: Sequence[Network]) -> Iterator[Network]:
    """Yield the smallest network around each pair of neighbours."""
    for first, last in pairwise(blocks):
        if first.version == last.version:
            bits = (int(first.network_address) ^ int(last.broadcast_address)).bit_length()
            yield first.supernet(new_prefix=first.max_prefixlen - bits)


def is_narrow_enough(entry: Network | Address) -> bool:
    """Return whether an entry of this width is allowed."""
    try:
        parse_network(str(entry))
    except NotAllowed:
        return False
    return True
