"""A draft travels from page to page signed, so that what was checked once need not be checked again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from merchants.errors import ListChange, Refusal, moment_text
from merchants.models import ApiKey, Merchant
from merchants.services.allowlist import DomainLine, EntryPlan, NotAllowed, Proposal, draft, entry_usage, saving
from portal.lib import clock

NETWORKS, DOMAINS = "operator.allowlist", "operator.domains"  # salts: a draft of the one is none of the other
NAMED = 5  # changes of other people
FRESH = timedelta(hours=1)  # a rehearsal older than this is shown anew before anything is saved


class DraftLost(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This page has expired. Nothing was saved. Start again."))


class NoList(Refusal):
    """Each entry is good, and together they make no list."""


@dataclass(frozen=True, slots=True)
class ListDraft[T: (EntryPlan, DomainLine)]:
    """`base`: the list as it was when somebody began to change it, at `version`."""

    merchant: Merchant
    key: ApiKey | None
    lines: tuple[T, ...]
    base: tuple[T, ...]
    version: int
    at: datetime
    kind: str = NETWORKS

    @property
    def is_old(self) -> bool:
        return self.at < clock.now() - FRESH

    @property
    def wish(self) -> draft.ListDifference[T]:
        return draft.difference(self.base, self.lines)

    def signed(self) -> str:
        known = {
            "merchant": self.merchant.pk,
            "key": self.key.pk if self.key else None,
            "lines": plain_rows(self.lines),
            "base": plain_rows(self.base),
            "version": self.version,
            "at": self.at.isoformat(),
        }
        return signing.dumps(known, salt=self.kind, compress=True)


Networks = ListDraft[EntryPlan]
Domains = ListDraft[DomainLine]


def plain_rows(lines: Iterable[EntryPlan] | Iterable[DomainLine]) -> list[list[str]]:
    return [[line.name, line.note, *([line.ends.isoformat()] if line.ends else [])] for line in lines]


def network_draft(
    merchant: Merchant, key: ApiKey | None, found: entry_usage.Standing, lines: Iterable[EntryPlan]
) -> Networks:
    try:
        wanted = Proposal(merchant, tuple(lines), key)
    except NotAllowed as fault:
        raise NoList(str(fault)) from fault
    return ListDraft(merchant, key, wanted.lines, found.lines, found.version, clock.now())


def domain_draft(merchant: Merchant, lines: Iterable[DomainLine]) -> Domains:
    version = saving.domain_list_version(merchant)  # first: what changes from here on is newer
    return ListDraft(merchant, None, tuple(lines), entry_usage.domain_lines(merchant), version, clock.now(), DOMAINS)


def open_draft(text: str, merchant: Merchant, kind: str) -> dict[str, Any]:
    """Raises DraftLost, for another merchant's too."""
    try:
        known: dict[str, Any] = signing.loads(text, salt=kind)
    except signing.BadSignature as fault:
        raise DraftLost from fault
    if known["merchant"] != merchant.pk:
        raise DraftLost
    return known | {"at": datetime.fromisoformat(known["at"])}


def networks_of(text: str, merchant: Merchant) -> Networks:
    known = open_draft(text, merchant, NETWORKS)
    key = ApiKey.objects.get(pk=known["key"], merchant=merchant) if known["key"] else None
    lines, base = (tuple(_line(*fields) for fields in known[name]) for name in ("lines", "base"))
    return ListDraft(merchant, key, lines, base, known["version"], known["at"])


def domains_of(text: str, merchant: Merchant) -> Domains:
    known = open_draft(text, merchant, DOMAINS)
    lines, base = (tuple(_domain_line(*fields) for fields in known[name]) for name in ("lines", "base"))
    return ListDraft(merchant, None, lines, base, known["version"], known["at"], DOMAINS)


def _line(network: str, note: str, ends: str = "") -> EntryPlan:
    return EntryPlan(ip_network(network), note, _moment(ends))


def _domain_line(domain: str, note: str, ends: str = "") -> DomainLine:
    return DomainLine(domain, note, _moment(ends))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- What has happened meanwhile --------------------------------------------------------------------------------------
def new_entries_text(changes: list[ListChange]) -> str:
    told = "; ".join(str(each) for each in changes[:NAMED])
    more = _(" and %(number)s more") % {"number": len(changes) - NAMED} if len(changes) > NAMED else ""
    return _(
        "The allowlist has changed since you opened this page: %(told)s%(more)s. Nothing was saved. Your "
        "change is shown below on top of the new allowlist. Save it, or cancel."
    ) % {"told": told, "more": more}


def old_entries_text(at: datetime) -> str:
    return _("You opened this page on %(at)s. Nothing was saved. The effect is now calculated again below.") % {
        "at": moment_text(at)
    }
