"""Lock-out check: would a new list refuse every address with a valid signature in the last 24 hours?

Test keys belong to the sandbox, which has its own lists: an office that can test does not help a merchant whose servers
are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from merchants.models import ApiKey, Merchant, SeenAddress, SeenOrigin
from merchants.services import credentials
from merchants.services.allowlist.proposal import DomainLine, Proposal, Proposed, judged_domains
from portal.lib import clock
from portal.lib.clientip import parse_address

LATELY = timedelta(hours=24)
NO_HOST = "null"


class When(StrEnum):
    """`REVERTED`: another list is on trial and would refuse the addresses when it reverts."""

    NOW = "now"
    REVERTED = "reverted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LockedOut:
    """All addresses with requests under keys of one environment, or all hosts that their requests named in `Origin`."""

    who: tuple[str, ...]
    environment: str
    when: When = When.NOW
    one: str = "address"
    many: str = "addresses"

    @property
    def summary(self) -> str:
        if len(self.who) == 1:
            sentence = _(
                "the only %(what)s that sent correctly signed requests with %(environment)s keys in the last 24 hours"
            )
            return sentence % {"what": self.one, "environment": self.environment}
        sentence = _(
            "all %(number)s %(what)s that sent correctly signed requests with %(environment)s keys in the last 24 hours"
        )
        return sentence % {"number": len(self.who), "what": self.many, "environment": self.environment}


class SeenSource(NamedTuple):
    environment: str
    key_id: int
    who: str
    at: datetime


def network_lockout(proposal: Proposal) -> LockedOut | None:
    """Return the addresses that the proposal would lock out; None when it locks out no environment, now and in 24
    hours.

    None too when no request with a valid signature arrived in the last 24 hours.
    """
    for environment, seen in _by_environment(_addresses(proposal)):
        for when, lists, at in _moments(proposal):
            if not _lets_in(seen, lists, at):
                return LockedOut(tuple(sorted({each.who for each in seen})), environment, when)
    return None


def would_lock_out(proposal: Proposal) -> bool:
    """Return whether the proposal locks out an environment."""
    return network_lockout(proposal) is not None


def domain_lockout(domains: Iterable[DomainLine], merchant: Merchant) -> LockedOut | None:
    """Return the hosts that the domains would lock out. Requests without `Origin` are not judged by domains."""
    wanted, now = judged_domains(domains), clock.now()
    for environment, seen in _by_environment(recent_origins(merchant)):
        for when, at in ((When.NOW, now), (When.ENDED, now + LATELY)):
            if not any(credentials.is_origin_allowed(each.who, at, wanted) for each in seen):
                hosts = tuple(sorted({each.who or NO_HOST for each in seen}))
                return LockedOut(hosts, environment, when, one="host", many="hosts")
    return None


def _moments(proposal: Proposal) -> Iterator[tuple[When, Proposed, datetime]]:
    """Yield the lists to check: now, after open trials have reverted, and in 24 hours, when entries may
    have expired.
    """
    now, proposed = clock.now(), Proposed.build(proposal)
    yield When.NOW, proposed, now
    yield When.REVERTED, proposed.after_trials(), now
    yield When.ENDED, proposed, now + LATELY


def _lets_in(seen: Iterable[SeenSource], lists: Proposed, at: datetime) -> bool:
    """Return whether the lists allow any of these addresses."""
    return any(
        address is not None and credentials.is_address_allowed(address, at, *lists.lists_for_key(each.key_id))
        for each in seen
        for address in [parse_address(each.who)]
    )


def _by_environment(seen: Iterable[SeenSource]) -> Iterator[tuple[str, list[SeenSource]]]:
    """Yield the addresses of live keys first, because the page shows the first message."""
    known = list(seen)
    for environment in ApiKey.Environment.values:
        if own := [each for each in known if each.environment == environment]:
            yield environment, own


def _addresses(proposal: Proposal) -> list[SeenSource]:
    keys = _usable_keys(proposal.merchant)
    if proposal.key is not None:
        keys = keys.filter(pk=proposal.key.pk)
    rows = SeenAddress.objects.filter(key__in=keys, last_seen_at__gt=clock.now() - LATELY)
    return [SeenSource(*row) for row in rows.values_list("key__environment", "key_id", "address", "last_seen_at")]


def recent_origins(merchant: Merchant) -> list[SeenSource]:
    """Return the hosts that requests named in `Origin` in the last 24 hours."""
    rows = SeenOrigin.objects.filter(key__in=_usable_keys(merchant), last_seen_at__gt=clock.now() - LATELY)
    return [SeenSource(*row) for row in rows.values_list("key__environment", "key_id", "host", "last_seen_at")]


def _usable_keys(merchant: Merchant) -> QuerySet[ApiKey]:
    """Return the usable keys. A revoked key, or a test key without a sandbox, is refused anyway, so no list can lock it
    out.
    """
    return ApiKey.objects.usable(at=clock.now()).with_a_home().filter(merchant=merchant)
