"""Rehearsal: a proposed list, tested against the merchant's own requests before it is saved.

Only requests with a valid signature count, whatever their answer: the sender of others is unknown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.models import ApiKey, Merchant, Secret
from merchants.models.allowlist import MAX_ENTRIES
from merchants.services import credentials
from merchants.services.allowlist import DomainLine, EntryPlan, Proposal, Proposed, cover, guard
from merchants.services.allowlist.proposal import judged_domains
from portal.lib import clock
from portal.lib.clientip import Address, Network, parse_address
from wallet.services.usage import usage_totals
from wallet.services.usage.usage_totals import Span

DAYS = (7, 30)
CALLS = f"""
    SELECT s.key_id, host(c.address), c.endpoint, sum(c.calls)::bigint, max(c.last_at)
      FROM ({usage_totals.CALLS}) c
      JOIN merchants_secret s ON s.id = c.secret_id
     GROUP BY 1, 2, 3
"""


class NoTraffic(Refusal):
    def __init__(self, days: int) -> None:
        super().__init__(
            _("No request with a valid signature arrived in the last %(days)s days, so there is nothing to suggest.")
            % {"days": days}
        )


class TooManyAddresses(Refusal):
    def __init__(self, entries: int) -> None:
        super().__init__(
            _(
                "The exact list has %(entries)s entries, but an allowlist can have at most %(most)s. Set “Maximum "
                "entries” to %(most)s or less, so that adjacent addresses are merged."
            )
            % {"entries": entries, "most": MAX_ENTRIES}
        )


class Calls(NamedTuple):
    """Requests to one endpoint from one address with one key."""

    key_id: int
    address: Address
    endpoint: str
    calls: int
    last_at: datetime


@dataclass(slots=True)
class Called:
    """The requests from one address."""

    address: Address
    calls: int = 0
    endpoints: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    keys: set[int] = field(default_factory=set)
    last_at: datetime = usage_totals.LONG_AGO

    def add(self, more: Calls) -> None:
        self.calls += more.calls
        self.endpoints[more.endpoint] += more.calls
        self.keys.add(more.key_id)
        self.last_at = max(self.last_at, more.last_at)

    @property
    def main_endpoint(self) -> str:
        return max(self.endpoints, key=lambda endpoint: (self.endpoints[endpoint], endpoint))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How many requests would have been refused. An address that only one of two keys may use is in both lists."""

    days: int
    at: datetime
    calls: int
    refused: int
    refused_addresses: list[Called]  # most calls first
    allowed_addresses: list[Called]

    @property
    def last_at(self) -> datetime | None:
        return max((called.last_at for called in self.refused_addresses), default=None)


class Said(NamedTuple):
    """A host in `Origin`."""

    host: str
    last_at: datetime
    allowed: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    proposal: Proposal
    calls: int
    addresses: int
    left_out: list[Called]  # no entry may name them


def rehearse(proposal: Proposal, *, days: int = 7) -> Rehearsal:
    """Judge the requests of the last days by a proposed list, as live requests are judged: by both lists."""
    now, proposed = clock.now(), Proposed.build(proposal)
    refused, allowed = dict[Address, Called](), dict[Address, Called]()
    for call in _calls(proposal.merchant, proposal.key, days, now):
        lists = proposed.lists_for_key(call.key_id)
        side = allowed if credentials.is_address_allowed(call.address, now, *lists) else refused
        side.setdefault(call.address, Called(call.address)).add(call)
    refused_calls = sum(called.calls for called in refused.values())
    return Rehearsal(
        days=days,
        at=now,
        calls=refused_calls + sum(called.calls for called in allowed.values()),
        refused=refused_calls,
        refused_addresses=_most_first(refused.values()),
        allowed_addresses=_most_first(allowed.values()),
    )


def recent_calls(merchant: Merchant, key: ApiKey | None, span: timedelta) -> Iterator[guard.RecentCalls]:
    """Yield the calls of the span up to now for the lock-out check, by key and address."""
    calls = Counter[tuple[int, Address]]()
    for call in _calls(merchant, key, span.days, clock.now()):
        calls[call.key_id, call.address] += call.calls
    for (key_id, address), number in calls.items():
        yield guard.RecentCalls(key_id, address, number)


def rehearse_domains(merchant: Merchant, lines: Iterable[DomainLine]) -> list[Said]:
    """Judge each host of the last 24 hours by the proposed domains, newest first. Older hosts are not stored."""
    now, domains, last = clock.now(), judged_domains(lines), dict[str, datetime]()
    for seen in guard.recent_origins(merchant):
        last[seen.who] = max(seen.at, last.get(seen.who, seen.at))
    newest = sorted(last.items(), key=lambda pair: pair[1], reverse=True)
    return [Said(host or guard.NO_HOST, at, credentials.is_origin_allowed(host, now, domains)) for host, at in newest]


def suggest_list(
    *, merchant: Merchant, key: ApiKey | None = None, days: int = 7, most: int | None = None
) -> Suggestion:
    """Return the smallest list that allows all requests with a valid signature. `most`: maximum entries, so networks
    are wider.

    Raises NoTraffic, TooManyAddresses and cover.TooFewNetworks.
    """
    seen = dict[Address, Called]()
    for call in _calls(merchant, key, days, clock.now()):
        seen.setdefault(call.address, Called(call.address)).add(call)
    wanted = [called for called in seen.values() if cover.is_narrow_enough(called.address)]
    left_out = [called for called in seen.values() if not cover.is_narrow_enough(called.address)]
    if not wanted:
        raise NoTraffic(days)
    lines = [_line(network, wanted, days) for network in _networks([called.address for called in wanted], most)]
    return Suggestion(
        proposal=Proposal(merchant, tuple(lines), key),
        calls=sum(called.calls for called in wanted),
        addresses=len(wanted),
        left_out=_most_first(left_out),
    )


def _networks(addresses: list[Address], most: int | None) -> list[Network]:
    if most is not None:
        return cover.bounded_cover(addresses, max(1, min(most, MAX_ENTRIES)))
    networks = cover.exact_cover(addresses)
    if len(networks) > MAX_ENTRIES:
        raise TooManyAddresses(len(networks))
    return networks


def _line(network: Network, seen: Iterable[Called], days: int) -> EntryPlan:
    inside = [called for called in seen if called.address in network]
    calls, addresses = sum(called.calls for called in inside), len(inside)
    beside = f" from {addresses} addresses" if addresses > 1 else ""
    return EntryPlan(network, f"From traffic: {calls} request{'s' if calls > 1 else ''}{beside} in {days} days")


def _calls(merchant: Merchant, key: ApiKey | None, days: int, now: datetime) -> Iterator[Calls]:
    """Of all secrets, whatever became of them later."""
    secrets = Secret.objects.filter(key__merchant=merchant)
    if key is not None:
        secrets = secrets.filter(key=key)
    for key_id, text, endpoint, calls, last_at in usage_totals.usage_rows(
        CALLS, secrets, Span(now - timedelta(days=days))
    ):
        address = parse_address(text)
        if address is not None:
            yield Calls(key_id, address, endpoint, calls, last_at)


def _most_first(called: Iterable[Called]) -> list[Called]:
    return sorted(called, key=lambda each: (-each.calls, each.address.version, each.address))
