"""A proposed allowlist: typed and checked, but not saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from merchants.models import ApiKey, Merchant
from merchants.services import credentials
from merchants.services.allowlist.entries import NotAllowed, check_list
from portal.lib.clientip import Network


@dataclass(frozen=True, slots=True)
class EntryPlan:
    network: Network
    note: str = ""
    ends: datetime | None = None

    @property
    def name(self) -> str:
        return str(self.network)

    @property
    def text(self) -> str:
        """Return the network as text; a single address has no mask."""
        return str(self.network if self.network.num_addresses > 1 else self.network.network_address)


@dataclass(frozen=True, slots=True)
class DomainLine:
    domain: str
    note: str = ""
    ends: datetime | None = None

    @property
    def name(self) -> str:
        return self.domain

    @property
    def text(self) -> str:
        return self.domain


def has_ended(line: EntryPlan | DomainLine, at: datetime) -> bool:
    return line.ends is not None and line.ends <= at


def judged_domains(lines: Iterable[DomainLine]) -> credentials.Domains:
    """Return the domains as requests are judged by them."""
    return {line.domain: line.ends for line in lines}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The whole list of a merchant or of one key. An empty list restricts nothing."""

    merchant: Merchant
    lines: tuple[EntryPlan, ...]
    key: ApiKey | None = None

    def __post_init__(self) -> None:
        if self.key is not None and self.key.merchant_id != self.merchant.pk:
            raise NotAllowed(_("The key belongs to another merchant. Choose a key of this merchant."))
        check_list([line.network for line in self.lines])

    @property
    def key_id(self) -> int | None:
        return self.key.pk if self.key else None

    @property
    def allowlist(self) -> credentials.Allowlist:
        return credentials.Allowlist(tuple((line.network, line.ends) for line in self.lines))


@dataclass(frozen=True, slots=True)
class Proposed:
    """All lists of a merchant, with the proposed one in its place."""

    lists: dict[int | None, credentials.Allowlist]

    @classmethod
    def build(cls, proposal: Proposal) -> Proposed:
        return cls(credentials.allowlists_by_key(proposal.merchant) | {proposal.key_id: proposal.allowlist})

    def after_trials(self) -> Proposed:
        """Return the lists as they will be if no request keeps the lists on trial."""
        return Proposed({of: each.after_trial() for of, each in self.lists.items()})

    def lists_for_key(self, key_id: int) -> Sequence[credentials.Allowlist]:
        """Return the lists that a request with this key is judged by."""
        return (self.lists[None], self.lists.get(key_id, credentials.Allowlist()))
