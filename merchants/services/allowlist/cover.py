"""The fewest networks that hold some addresses, and as little beside them as can be."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import product

from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.services.allowlist.entries import NotAllowed, parse_network
from portal.lib.clientip import Address, Network

IMPOSSIBLE = 1 << 256
# An IPv4 block weighs as an IPv6 block does that is as large a part of the widest one of its family.
WEIGHT = {4: 1 << 88, 6: 1}
Plan = Network | tuple["Plan", "Plan"] | None
Options = list[tuple[int, Plan]]  # at place k: the least weight that k + 1 networks can have


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
    """Nothing but the addresses: a block only where all of its addresses are among them."""
    networks = [ip_network(address) for address in addresses]
    return [
        *collapse_addresses(network for network in networks if isinstance(network, IPv4Network)),
        *collapse_addresses(network for network in networks if isinstance(network, IPv6Network)),
    ]


def bounded_cover(addresses: Sequence[Address], most: int) -> list[Network]:
    """At most so many networks, which hold as little beside the addresses as is possible; none wider than may stand."""
    blocks = sorted(exact_cover(addresses), key=lambda block: (block.version, block))
    if len(blocks) <= most:
        return blocks
    families = [[block for block in blocks if block.version == version] for version in WEIGHT]
    options = _both(*(_options(family, most) for family in families if family), most=most)
    weight, plan = min(options, key=lambda option: option[0])
    if weight >= IMPOSSIBLE:
        raise TooFewNetworks(len(addresses), most)
    return list(_planned(plan))


def _options(blocks: Sequence[Network], most: int) -> Options:
    """Either one network over all of them, or the best of both halves of it."""
    if len(blocks) == 1:
        return [(_weight(blocks[0]), blocks[0])]
    whole = _around(blocks[0], blocks[-1])
    half = int(whole.network_address) + whole.num_addresses // 2
    left = [block for block in blocks if int(block.network_address) < half]
    options = _both(_options(left, most), _options(blocks[len(left) :], most), most=most)
    options[0] = (_weight(whole), whole) if is_narrow_enough(whole) else (IMPOSSIBLE, None)
    return options


def _both(left: Options, right: Options | None = None, *, most: int) -> Options:
    if right is None:
        return left
    options: Options = [(IMPOSSIBLE, None)] * min(most, len(left) + len(right))
    for (here, (light, plan)), (there, (other, beside)) in product(enumerate(left), enumerate(right)):
        place, weight = here + there + 1, light + other
        if place < len(options) and weight < options[place][0]:
            options[place] = (weight, (plan, beside))
    return options


def _planned(plan: Plan) -> list[Network]:
    if isinstance(plan, tuple):
        return [*_planned(plan[0]), *_planned(plan[1])]
    return [] if plan is None else [plan]


def _around(first: Network, last: Network) -> Network:
    bits = (int(first.network_address) ^ int(last.broadcast_address)).bit_length()
    return first.supernet(new_prefix=first.max_prefixlen - bits)


def _weight(network: Network) -> int:
    return network.num_addresses * WEIGHT[network.version]


def is_narrow_enough(entry: Network | Address) -> bool:
    try:
        parse_network(str(entry))
    except NotAllowed:
        return False
    return True
