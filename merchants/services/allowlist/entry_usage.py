"""An allowlist as it counts now, for pages that show or change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, ListTrial, Merchant
from merchants.services.allowlist import saving, trial, writing
from merchants.services.allowlist.proposal import DomainLine, EntryPlan, has_ended
from portal.lib import clock


@dataclass(frozen=True, slots=True)
class EntryRow[T: (EntryPlan, DomainLine)]:
    """One entry. `pk` is None for an entry that counts again and has no row yet (decision 0019)."""

    pk: int | None
    line: T
    owner: str
    since: datetime | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Standing:
    rows: tuple[EntryRow[EntryPlan], ...]
    version: int
    on_trial: ListTrial | None  # and not over
    last_trial: ListTrial | None  # the newest that is over

    @property
    def lines(self) -> tuple[EntryPlan, ...]:
        return tuple(row.line for row in self.rows)

    @property
    def counting(self) -> int:
        return sum(not row.ended for row in self.rows)


def list_standing(merchant: Merchant, key: ApiKey | None) -> Standing:
    """Return the current entries of a list, with its trial."""
    now, version = (
        clock.now(),
        saving.list_version(merchant, key),
    )  # the version first: what changes from here on is newer
    trials = ListTrial.objects.filter(merchant=merchant, key=key).select_related("by").order_by("-id")
    last = trials.first()
    trying = last is not None and last.state == trial.TRYING
    if last is not None and trying and last.deadline <= now:
        rows = tuple(EntryRow(None, line, "", None, has_ended(line, now)) for line in trial.lines_before(last))
    else:
        rows = tuple(_rows(merchant, key, now))
    return Standing(
        rows=rows,
        version=version,
        on_trial=last if last is not None and trying and last.deadline > now else None,
        last_trial=None if last is None or (trying and last.deadline > now) else last,
    )


def _rows(merchant: Merchant, key: ApiKey | None, now: datetime) -> list[EntryRow[EntryPlan]]:
    found = writing.standing_entries(merchant, key)
    return [_row(entry, EntryPlan(entry.network, entry.note, entry.expires_at), now) for entry in found]


def _row[T: (EntryPlan, DomainLine)](found: AllowlistEntry | AllowedDomain, line: T, now: datetime) -> EntryRow[T]:
    return EntryRow(found.pk, line, str(found.owner or ""), found.created_at, has_ended(line, now))


def domain_rows(merchant: Merchant) -> tuple[EntryRow[DomainLine], ...]:
    """Return the current domains with their owners."""
    now, found = clock.now(), writing.standing_domains(merchant)
    return tuple(_row(each, DomainLine(each.domain.lower(), each.note, each.expires_at), now) for each in found)


def domain_lines(merchant: Merchant) -> tuple[DomainLine, ...]:
    """Return the current domains."""
    return tuple(row.line for row in domain_rows(merchant))
