"""Lock-out check: would a new list refuse every address with a valid signature in the last 24 hours, every address of a
live key, or a tenth of the calls?

Test keys belong to the sandbox, which has its own lists: an office that can test does not help a merchant whose servers
are refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from portal.lib.clientip import Address, parse_address

LATELY = timedelta(hours=24)
SPANS = (timedelta(days=1), timedelta(days=7))  # of the calls whose share counts; pages rehearse the longer one
PER_CENT = 10  # of the calls; a list that refuses as many needs the merchant's code
NO_HOST = "null"


class When(StrEnum):
    """`REVERTED`: another list is on trial and would refuse the addresses when it reverts."""

    NOW = "now"
    REVERTED = "reverted"
    ENDED = "ended"


class RecentCalls(NamedTuple):
    """Calls with a valid signature from one address under one key."""

    key_id: int
    address: Address
    calls: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the calls in the last `days` days a list would refuse."""

    refused: int
    calls: int
    days: int

    @property
    def per_cent(self) -> int:
        return self.refused * 100 // self.calls

    @property
    def summary(self) -> str:
        span = _("24 hours") if self.days == 1 else _("%(days)s days") % {"days": self.days}
        sentence = _("%(refused)s of %(calls)s requests (%(per_cent)s %%) with a valid signature in the last %(span)s")
        return sentence % {
            "refused": f"{self.refused:,}",
            "calls": f"{self.calls:,}",
            "per_cent": self.per_cent,
            "span": span,
        }


@dataclass(frozen=True, slots=True)
class LockedOut:
    """All addresses with requests under keys of one environment, or all hosts that their requests named in `Origin`.

    With `key`, all of one live key; with `share`, those of a large share of the calls, most calls first.
    """

    who: tuple[str, ...]
    environment: str
    when: When = When.NOW
    one: str = "address"
    many: str = "addresses"
    key: str = ""
    share: Share | None = None

    @property
    def summary(self) -> str:
        if self.share is not None:
            return self.share.summary
        if self.key:
            return self._summary_of_key()
        if len(self.who) == 1:
            sentence = _(
                "the only %(what)s that sent correctly signed requests with %(environment)s keys in the last 24 hours"
            )
            return sentence % {"what": self.one, "environment": self.environment}
        sentence = _(
            "all %(number)s %(what)s that sent correctly signed requests with %(environment)s keys in the last 24 hours"
        )
        return sentence % {"number": len(self.who), "what": self.many, "environment": self.environment}

    def _summary_of_key(self) -> str:
        if len(self.who) == 1:
            sentence = _(
                "the only %(what)s that sent correctly signed requests with the key %(key)s in the last 24 hours"
            )
            return sentence % {"what": self.one, "key": self.key}
        sentence = _(
            "all %(number)s %(what)s that sent correctly signed requests with the key %(key)s in the last 24 hours"
        )
        return sentence % {"number": len(self.who), "what": self.many, "key": self.key}


class SeenSource(NamedTuple):
    environment: str
    key_id: int
    who: str
    at: datetime


CallSource = Callable[[Merchant, ApiKey | None, timedelta], Iterable[RecentCalls]]
_call_source: CallSource | None = None


def register(source: CallSource) -> None:
    """Read the calls of a merchant, or of one of its keys, in a span up to now by this function."""
    global _call_source  # noqa: PLW0603 - set once, when Django is ready
    _call_source = source


def network_lockout(proposal: Proposal) -> LockedOut | None:
    """Return which addresses the proposal would lock out: all of an environment, all of a live key, or those of many
    calls; None when it locks out none of these.

    Now, after open trials have reverted, and in 24 hours. Of a key or a share only what the current lists accept
    counts: nobody is asked again for what is refused already.
    """
    moments, seen = list(_moments(proposal)), _addresses(proposal)
    return _all_locked_out(seen, moments) or _key_locked_out(seen, moments) or _share_locked_out(proposal, moments)


def would_lock_out(proposal: Proposal) -> bool:
    """Return whether the proposal locks out an environment."""
    return network_lockout(proposal) is not None


def accepted_addresses(merchant: Merchant, key: ApiKey | None) -> list[str]:
    """Return the addresses with a valid signature in the last 24 hours that the current lists accept, newest first."""
    now, current = clock.now(), Proposed(credentials.allowlists_by_key(merchant))
    seen = sorted(_seen_addresses(merchant, key), key=lambda each: each.at, reverse=True)
    return [*dict.fromkeys(each.who for each in seen if _lets_in([each], current, now))]


class Moment(NamedTuple):
    """When a list is checked; `proposed` and `current`: all lists as they count then."""

    when: When
    proposed: Proposed
    current: Proposed
    at: datetime


def _all_locked_out(seen: Iterable[SeenSource], moments: Iterable[Moment]) -> LockedOut | None:
    for environment, own in _by_environment(seen):
        for moment in moments:
            if not _lets_in(own, moment.proposed, moment.at):
                return LockedOut(tuple(sorted({each.who for each in own})), environment, moment.when)
    return None


def _key_locked_out(seen: Iterable[SeenSource], moments: Iterable[Moment]) -> LockedOut | None:
    for key, own in _by_live_key(seen):
        for moment in moments:
            if not _lets_in(own, moment.proposed, moment.at) and _lets_in(own, moment.current, moment.at):
                return LockedOut(tuple(sorted({each.who for each in own})), "live", moment.when, key=key)
    return None


def _share_locked_out(proposal: Proposal, moments: Iterable[Moment]) -> LockedOut | None:
    if _call_source is None:
        return None
    environments = dict(_usable_keys(proposal.merchant).values_list("pk", "environment"))
    for span in SPANS:
        recent = [each for each in _call_source(proposal.merchant, proposal.key, span) if each.key_id in environments]
        for environment in ApiKey.Environment.values:
            own = [each for each in recent if environments[each.key_id] == environment]
            for moment in moments:
                if found := _share_of(own, moment, environment, span.days):
                    return found
    return None


def _share_of(calls: Sequence[RecentCalls], moment: Moment, environment: str, days: int) -> LockedOut | None:
    """Return the addresses of the calls that would be refused, when they are a large share of those accepted now."""
    refused, accepted = Counter[str](), 0
    for each in calls:
        if not _allows(each, moment.current, moment.at):
            continue
        accepted += each.calls
        if not _allows(each, moment.proposed, moment.at):
            refused[str(each.address)] += each.calls
    share = Share(refused.total(), accepted, days)
    if not share.refused or share.refused * 100 < PER_CENT * share.calls:
        return None
    return LockedOut(tuple(who for who, _calls in refused.most_common()), environment, moment.when, share=share)


def _allows(each: RecentCalls, lists: Proposed, at: datetime) -> bool:
    return credentials.is_address_allowed(each.address, at, *lists.lists_for_key(each.key_id))


def domain_lockout(domains: Iterable[DomainLine], merchant: Merchant) -> LockedOut | None:
    """Return which hosts are locked out: all, or all of a live key. Domains do not judge requests without `Origin`, so
    these count for no list.
    """
    wanted, current = judged_domains(domains), credentials.domain_allowlist(merchant.pk)
    now, seen = clock.now(), recent_origins(merchant)
    moments = ((When.NOW, now), (When.ENDED, now + LATELY))
    for environment, own in _by_environment(seen):
        for when, at in moments:
            if not _hosts_in(own, wanted, at):
                return LockedOut(_hosts(own), environment, when, one="host", many="hosts")
    for key, own in _by_live_key(seen):
        for when, at in moments:
            if not _hosts_in(own, wanted, at) and _hosts_in(own, current, at):
                return LockedOut(_hosts(own), "live", when, one="host", many="hosts", key=key)
    return None


def _hosts(seen: Iterable[SeenSource]) -> tuple[str, ...]:
    return tuple(sorted({each.who or NO_HOST for each in seen}))


def _hosts_in(seen: Iterable[SeenSource], domains: credentials.Domains, at: datetime) -> bool:
    return any(credentials.is_origin_allowed(each.who, at, domains) for each in seen)


def _moments(proposal: Proposal) -> Iterator[Moment]:
    """Yield what to check: now; after open trials have reverted; in 24 hours, when entries may have expired. A moment
    at which nothing differs is left out.
    """
    now, proposed = clock.now(), Proposed.build(proposal)
    current = Proposed(credentials.allowlists_by_key(proposal.merchant))
    yield Moment(When.NOW, proposed, current, now)
    if any(each.trial is not None for each in proposed.lists.values()):
        yield Moment(When.REVERTED, proposed.after_trials(), current.after_trials(), now)
    if any(ends is not None for each in proposed.lists.values() for _network, ends in each.entries):
        yield Moment(When.ENDED, proposed, current, now + LATELY)


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


def _by_live_key(seen: Iterable[SeenSource]) -> Iterator[tuple[str, list[SeenSource]]]:
    """Yield what was seen of each live key, under the key's label or its public identifier."""
    own = defaultdict[int, list[SeenSource]](list)
    for each in seen:
        if each.environment == ApiKey.Environment.LIVE:
            own[each.key_id].append(each)
    names = {key.pk: key.label or key.auth_key for key in ApiKey.objects.filter(pk__in=own)} if own else {}
    for key_id, sources in own.items():
        yield names[key_id], sources


def _addresses(proposal: Proposal) -> list[SeenSource]:
    return _seen_addresses(proposal.merchant, proposal.key)


def _seen_addresses(merchant: Merchant, key: ApiKey | None) -> list[SeenSource]:
    keys = _usable_keys(merchant)
    if key is not None:
        keys = keys.filter(pk=key.pk)
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
