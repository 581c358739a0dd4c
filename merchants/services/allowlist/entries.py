"""Who may call from where: what an entry of an allowlist may be, with the reason when it may not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator

from merchants.models.allowlist import MAX_ENTRIES
from portal.lib.clientip import MOST_HELD, Network, addresses_held, too_wide_version

WIDEST = {4: 8, 6: 16}  # prefix lengths; the database refuses wider ones too
IPV4_IN_IPV6 = IPv6Network("::ffff:0:0/96")
WITH_PORT = re.compile(r"\[.*\]:\d+|[\d.]+:\d+")
READ_IN_TWO_WAYS = "ßς\u200c\u200d"  # browsers and our codec make other names of these
is_domain_name = DomainNameValidator(accept_idna=False)


class NotAllowed(ValueError):
    """The entry is refused; the text is the reason, for a person."""


def parse_network(text: str) -> Network:
    """An address or CIDR block with its host bits cut off. IPv4 in IPv6 clothes comes out as IPv4, as callers do."""
    text = text.strip()
    if WITH_PORT.fullmatch(text):
        raise NotAllowed(f"“{text}” has a port; an entry is an address or a block without one.")
    network = _as_seen(_network(text))
    _refuse_scope(network)
    return network


def _network(text: str) -> Network:
    try:
        return ip_network(text.replace("%", " "), strict=False)  # a zone means something on one machine only
    except ValueError as fault:
        raise NotAllowed(f"“{text}” is not an IP address or CIDR block.") from fault


def _as_seen(network: Network) -> Network:
    if isinstance(network, IPv6Network) and network.subnet_of(IPV4_IN_IPV6):
        return IPv4Network((IPv4Address(int(network.network_address) & 0xFFFFFFFF), network.prefixlen - 96))
    return network


def _refuse_scope(network: Network) -> None:
    widest = WIDEST[network.version]
    if network.prefixlen < widest:
        raise NotAllowed(f"{network} is too wide: an entry is at most a /{widest}.")
    if network.is_multicast or network.is_unspecified:
        raise NotAllowed(f"No call can come from {network}.")
    if not network.is_global and not settings.ALLOWLIST_PRIVATE:
        raise NotAllowed(f"{network} is a private or reserved network; calls come from public addresses.")


def parse_domain(text: str) -> str:
    """One host name as browsers send it in `Origin`: lower case, and in ASCII when it is written in another script."""
    text = text.strip().lower()
    if any(sign in text for sign in "/:@*"):
        raise NotAllowed(f"“{text}” is more than a name; leave scheme, port, path and wildcards away.")
    if any(sign in text for sign in READ_IN_TWO_WAYS):
        raise NotAllowed(f"“{text}” is written in two ways; give it as browsers send it, with “xn--” at its beginning.")
    try:
        name = text.rstrip(".").encode("idna").decode().rstrip(".")  # other scripts have dots of their own
        is_domain_name(name)
    except (UnicodeError, ValidationError) as fault:
        raise NotAllowed(f"“{text}” is not a domain name.") from fault
    return name


def check_list(entries: Sequence[Network | str]) -> None:
    """What holds for a list as a whole: nothing twice, and no more than it may hold. The database holds both too."""
    if len(entries) > MAX_ENTRIES:
        raise NotAllowed(f"The list has {len(entries)} entries; it may have at most {MAX_ENTRIES}.")
    twice = next((entry for number, entry in enumerate(entries) if entry in entries[:number]), None)
    if twice is not None:
        raise NotAllowed(f"{twice} stands in the list twice.")
    _refuse_width([entry for entry in entries if not isinstance(entry, str)])


def _refuse_width(networks: Sequence[Network]) -> None:
    version = too_wide_version(networks)
    if version is not None:
        raise NotAllowed(
            f"The list holds {addresses_held(networks)[version]:,} IPv{version} addresses; it may hold at most "
            f"{MOST_HELD[version]:,}, as many as two /{WIDEST[version]}. Use narrower entries."
        )
