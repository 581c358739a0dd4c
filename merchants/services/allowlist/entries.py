"""Rules of allowlist entries: each refusal has a reason for the person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.utils.translation import gettext as _

from merchants.models.allowlist import MAX_ENTRIES
from portal.lib.clientip import MOST_HELD, Network, addresses_held, too_wide_version

WIDEST = {4: 8, 6: 16}  # prefix lengths; the database refuses wider ones too
IPV4_IN_IPV6 = IPv6Network("::ffff:0:0/96")
WITH_PORT = re.compile(r"\[.*\]:\d+|[\d.]+:\d+")
READ_IN_TWO_WAYS = "ßς\u200c\u200d"  # browsers and our codec make other names of these
is_domain_name = DomainNameValidator(accept_idna=False)


class NotAllowed(ValueError):
    """The entry is refused. The text is the reason, for a person."""


def parse_network(text: str) -> Network:
    """Return the address or CIDR block without host bits. IPv4 in IPv6 notation is returned as IPv4, as callers send
    it.
    """
    text = text.strip()
    if WITH_PORT.fullmatch(text):
        raise NotAllowed(_("“%(text)s” contains a port. Enter an address or a block without a port.") % {"text": text})
    network = _as_seen(_network(text))
    _refuse_scope(network)
    return network


def _network(text: str) -> Network:
    try:
        return ip_network(text.replace("%", " "), strict=False)  # a zone means something on one machine only
    except ValueError as fault:
        raise NotAllowed(_("“%(text)s” is not an IP address or CIDR block.") % {"text": text}) from fault


def _as_seen(network: Network) -> Network:
    if isinstance(network, IPv6Network) and network.subnet_of(IPV4_IN_IPV6):
        return IPv4Network((IPv4Address(int(network.network_address) & 0xFFFFFFFF), network.prefixlen - 96))
    return network


def _refuse_scope(network: Network) -> None:
    widest = WIDEST[network.version]
    if network.prefixlen < widest:
        raise NotAllowed(
            _("%(network)s is too wide. An entry can be at most a /%(widest)s block.")
            % {"network": network, "widest": widest}
        )
    if network.is_multicast or network.is_unspecified:
        raise NotAllowed(_("Requests cannot come from %(network)s. Enter a public address.") % {"network": network})
    if not network.is_global and not settings.ALLOWLIST_PRIVATE:
        raise NotAllowed(
            _("%(network)s is a private or reserved network. Enter a public address.") % {"network": network}
        )


def parse_domain(text: str) -> str:
    """Return the host name as browsers send it in `Origin`: lower case, and in ASCII for other scripts."""
    text = text.strip().lower()
    if any(sign in text for sign in "/:@*"):
        raise NotAllowed(
            _("“%(text)s” is not only a host name. Remove scheme, port, path and wildcards.") % {"text": text}
        )
    if any(sign in text for sign in READ_IN_TWO_WAYS):
        raise NotAllowed(
            _("“%(text)s” has two spellings. Enter the form that browsers send, which begins with “xn--”.")
            % {"text": text}
        )
    try:
        name = text.rstrip(".").encode("idna").decode().rstrip(".")  # other scripts have dots of their own
        is_domain_name(name)
    except (UnicodeError, ValidationError) as fault:
        raise NotAllowed(_("“%(text)s” is not a domain name.") % {"text": text}) from fault
    return name


def check_list(entries: Sequence[Network | str]) -> None:
    """Refuse a list with duplicates or too many entries, or with more addresses than two widest entries. Raises
    NotAllowed.
    """
    if len(entries) > MAX_ENTRIES:
        raise NotAllowed(
            _("The allowlist has %(entries)s entries, but it can have at most %(max_entries)s.")
            % {"entries": len(entries), "max_entries": MAX_ENTRIES}
        )
    twice = next((entry for number, entry in enumerate(entries) if entry in entries[:number]), None)
    if twice is not None:
        raise NotAllowed(_("%(twice)s is on the allowlist twice. Remove one of the two entries.") % {"twice": twice})
    _refuse_width([entry for entry in entries if not isinstance(entry, str)])


def _refuse_width(networks: Sequence[Network]) -> None:
    version = too_wide_version(networks)
    if version is not None:
        raise NotAllowed(
            _(
                "The allowlist contains %(addresses)s IPv%(version)s addresses, but it can contain at most "
                "%(most)s, as many as two /%(widest)s blocks. Use narrower entries."
            )
            % {
                "addresses": f"{addresses_held(networks)[version]:,}",
                "version": version,
                "most": f"{MOST_HELD[version]:,}",
                "widest": WIDEST[version],
            }
        )
