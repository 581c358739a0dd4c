"""Earlier states of an allowlist, read from its history, so that one can be put back for 30 days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Merchant
from merchants.models.audit import tracked_columns
from merchants.services import history
from merchants.services.allowlist import writing
from merchants.services.allowlist.draft import ListDifference, difference
from merchants.services.allowlist.proposal import DomainLine, EntryPlan, has_ended
from portal.lib import clock
from portal.lib.clientip import parse_networks

RESTORABLE = timedelta(days=30)
MOST_EVENTS = 5_000  # changes of single entries that are read, newest first
MOST_LISTED = 50
Rows = Mapping[int, Mapping[str, Any]]


class AllExpired(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("All entries of this earlier allowlist have expired. Without entries, every address would be accepted.")
        )


@dataclass(frozen=True, slots=True)
class EarlierList[T: (EntryPlan, DomainLine)]:
    """A list as it was until a change. `number`: of the change's first event; `who` made it."""

    number: int
    until: datetime
    who: str
    reason: str
    lines: tuple[T, ...]
    change: ListDifference[T]  # from the list of today to this one

    @property
    def usable_lines(self) -> tuple[T, ...]:
        """The entries that can be saved again. Raises AllExpired where none is left of a list that had some."""
        left = tuple(line for line in self.lines if not has_ended(line, clock.now()))
        if self.lines and not left:
            raise AllExpired
        return left


def earlier_networks(merchant: Merchant, key: ApiKey | None) -> list[EarlierList[EntryPlan]]:
    """Return the earlier states of a merchant's or a key's IP allowlist that differ from today's, newest first."""
    standing = {row.pk: _entry_values(row) for row in writing.standing_entries(merchant, key)}
    return _earlier(QuerySet(_events(AllowlistEntry)).filter(merchant=merchant, key=key), standing, _network_line)


def earlier_domains(merchant: Merchant) -> list[EarlierList[DomainLine]]:
    standing = {row.pk: _domain_values(row) for row in writing.standing_domains(merchant)}
    return _earlier(QuerySet(_events(AllowedDomain)).filter(merchant=merchant), standing, _domain_line)


def earlier_list[T: (EntryPlan, DomainLine)](found: list[EarlierList[T]], number: int) -> EarlierList[T] | None:
    """Return the state before a change; None where no such change can be taken back."""
    return next((each for each in found if each.number == number), None)


def _events(model: Any) -> Any:
    return model.pgh_event_model


def _earlier[T: (EntryPlan, DomainLine)](
    events: QuerySet[Any], standing: Rows, line: Callable[[Mapping[str, Any]], T]
) -> list[EarlierList[T]]:
    today = tuple(map(line, standing.values()))
    found, shown = list[EarlierList[T]](), {frozenset(today)}
    for change, rows in _states_before(events, dict(standing)):
        lines = tuple(map(line, rows.values()))
        if frozenset(lines) in shown:
            continue
        shown.add(frozenset(lines))
        context = history.trusted_context(change.pgh_context, change.pgh_role)
        found.append(
            EarlierList(
                number=change.pgh_id,
                until=change.pgh_created_at,
                who=history.author_name(context),
                reason=(context or {}).get("reason", ""),
                lines=lines,
                change=difference(today, lines),
            )
        )
        if len(found) == MOST_LISTED:
            break
    return found


def _states_before(events: QuerySet[Any], rows: dict[int, Mapping[str, Any]]) -> Iterator[tuple[Any, Rows]]:
    """Yield the first event of each change, newest change first, with the rows as they were before it."""
    after = JSONObject(**{column: F(column) for column in tracked_columns(events.model)})
    recent = events.filter(pgh_created_at__gt=clock.now() - RESTORABLE).annotate(after=after).order_by("-pgh_id")
    for _change, together in groupby(recent[:MOST_EVENTS], key=_change_of):
        for event in together:
            if event.pgh_label == "insert":
                rows.pop(event.pgh_obj_id, None)
            else:
                rows[event.pgh_obj_id] = {**event.after, **(event.pgh_before or {})}
        yield event, dict(rows)


def _change_of(event: Any) -> tuple[int, Any]:
    return event.pgh_transaction, event.pgh_context_id


def _entry_values(row: AllowlistEntry) -> Mapping[str, Any]:
    return {"network": str(row.network), "note": row.note, "expires_at": row.expires_at}


def _domain_values(row: AllowedDomain) -> Mapping[str, Any]:
    return {"domain": row.domain, "note": row.note, "expires_at": row.expires_at}


def _network_line(row: Mapping[str, Any]) -> EntryPlan:
    return EntryPlan(parse_networks([row["network"]])[0], row["note"], _moment(row["expires_at"]))


def _domain_line(row: Mapping[str, Any]) -> DomainLine:
    return DomainLine(row["domain"].lower(), row["note"], _moment(row["expires_at"]))


def _moment(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
