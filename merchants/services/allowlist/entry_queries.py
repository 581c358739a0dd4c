"""Decides whether an address is allowed, by which entry of which list, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from merchants.models import ApiKey, Merchant
from merchants.services import credentials
from merchants.services.allowlist import trial, writing
from merchants.services.allowlist.proposal import EntryPlan
from portal.lib import clock
from portal.lib.clientip import Address


class Why(StrEnum):
    EMPTY = "empty"  # an empty list restricts nothing
    LISTED = "listed"
    ENDED = "ended"  # an entry held it, and has ended
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Rule:
    """The answer of one list. `entry` decides; of several matching entries, the one that lasts longest."""

    key: ApiKey | None  # whose list; None: the merchant's
    why: Why
    entry: EntryPlan | None = None
    owner: str = ""
    until: datetime | None = None  # then the answer may be another: the entry ends, or the list's trial

    @property
    def allows(self) -> bool:
        return self.why in {Why.EMPTY, Why.LISTED}


@dataclass(frozen=True, slots=True)
class Decision:
    address: Address
    at: datetime
    allowed: bool
    rules: tuple[Rule, ...]  # the merchant's list, then the key's: in the order in which they are judged

    @property
    def decides(self) -> Rule:
        """Return the first rule that refuses, else the first that names the address, else that no list restricts."""
        refusing = (rule for rule in self.rules if not rule.allows)
        naming = (rule for rule in self.rules if rule.why == Why.LISTED)
        return next(refusing, None) or next(naming, None) or self.rules[0]


def is_allowed(*, merchant: Merchant, key: ApiKey | None, address: Address) -> Decision:
    """Return the decision for the address as check 3 judges a request from it now."""
    now, lists = clock.now(), credentials.allowlists_by_key(merchant)
    owners = [None] if key is None else [None, key]
    judged = [lists.get(owner.pk if owner else None, credentials.Allowlist()) for owner in owners]
    return Decision(
        address=address,
        at=now,
        allowed=credentials.is_address_allowed(address, now, *judged),
        rules=tuple(_rule(merchant, owner, address, now) for owner in owners),
    )


def _rule(merchant: Merchant, key: ApiKey | None, address: Address, now: datetime) -> Rule:
    lines, owners, back = _lines(merchant, key, now)
    if not lines:
        return Rule(key, Why.EMPTY, until=back)
    holding = sorted((line for line in lines if address in line.network), key=lambda line: _lasts(line, now))
    if not holding:
        return Rule(key, Why.MISSING, until=back)
    longest = holding[-1]
    why = Why.LISTED if longest.ends is None or longest.ends > now else Why.ENDED
    ends = [moment for moment in (back, longest.ends) if moment is not None and moment > now]
    return Rule(key, why, longest, owners.get(longest.name, ""), min(ends, default=None))


def _lines(
    merchant: Merchant, key: ApiKey | None, now: datetime
) -> tuple[tuple[EntryPlan, ...], dict[str, str], datetime | None]:
    """Return the list as it counts now, with the person who added each entry, and the deadline of its trial."""
    tried = trial.current_trial(merchant, key)
    rows = writing.standing_entries(merchant, key)
    if tried is not None and tried.deadline <= now:
        return trial.lines_before(tried), {}, None
    lines = tuple(EntryPlan(row.network, row.note, row.expires_at) for row in rows)
    owners = {str(row.network): str(row.owner) for row in rows if row.owner is not None}
    return lines, owners, tried.deadline if tried else None


def _lasts(line: EntryPlan, now: datetime) -> tuple[bool, float, int]:
    """Sort key: an entry without expiry lasts longest; of equal ones, the narrowest decides."""
    left = float("inf") if line.ends is None else (line.ends - now).total_seconds()
    return left > 0, left, line.network.prefixlen
