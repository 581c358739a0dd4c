"""A list as it counts now, for whoever shows it or begins to change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from merchants.models import AllowedDomain, ApiKey, ListTrial, Merchant
from merchants.services.allowlist import saving, trial, writing
from merchants.services.allowlist.proposal import DomainLine, Line
from portal.lib import clock


@dataclass(frozen=True, slots=True)
class Row:
    """`pk`: None for an entry that counts again, and has no row yet (decision 0019)."""

    pk: int | None
    line: Line
    owner: str
    since: datetime | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Standing:
    rows: tuple[Row, ...]
    version: int
    on_trial: ListTrial | None  # and not over
    last_trial: ListTrial | None  # the newest that is over

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(row.line for row in self.rows)

    @property
    def counting(self) -> int:
        return sum(not row.ended for row in self.rows)


def of(merchant: Merchant, key: ApiKey | None) -> Standing:
    now, version = clock.now(), saving.version(merchant, key)  # the version first: what changes from here on is newer
    trials = ListTrial.objects.filter(merchant=merchant, key=key).select_related("by").order_by("-id")
    last = trials.first()
    trying = last is not None and last.state == trial.TRYING
    if last is not None and trying and last.deadline <= now:
        rows = tuple(Row(None, line, "", None, _ended(line, now)) for line in trial.lines_before(last))
    else:
        rows = tuple(_rows(merchant, key, now))
    return Standing(
        rows=rows,
        version=version,
        on_trial=last if last is not None and trying and last.deadline > now else None,
        last_trial=None if last is None or (trying and last.deadline > now) else last,
    )


def _rows(merchant: Merchant, key: ApiKey | None, now: datetime) -> list[Row]:
    found = writing.standing(merchant, key)
    lines = [Line(entry.network, entry.note, entry.expires_at) for entry in found]
    return [
        Row(entry.pk, line, str(entry.owner or ""), entry.created_at, _ended(line, now))
        for entry, line in zip(found, lines, strict=True)
    ]


def _ended(line: Line, now: datetime) -> bool:
    return line.ends is not None and line.ends <= now


def domains_of(merchant: Merchant) -> tuple[DomainLine, ...]:
    found = AllowedDomain.objects.filter(merchant=merchant).order_by("domain")
    return tuple(DomainLine(each.domain.lower(), each.note) for each in found)
