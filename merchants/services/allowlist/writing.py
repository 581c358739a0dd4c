"""Writes a list: only the differences, so an unchanged entry keeps its row and its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, EventType, Merchant
from merchants.services import event_outbox
from merchants.services.allowlist.proposal import DomainLine, EntryPlan


def standing_entries(merchant: Merchant, key: ApiKey | None) -> list[AllowlistEntry]:
    """Return the entries of a list in the table."""
    return list(AllowlistEntry.objects.filter(merchant=merchant, key=key).select_related("owner").order_by("network"))


def standing_domains(merchant: Merchant) -> list[AllowedDomain]:
    """Return the domains of a merchant in the table."""
    return list(AllowedDomain.objects.filter(merchant=merchant).select_related("owner").order_by("domain"))


def entry_plans(rows: Iterable[AllowlistEntry]) -> tuple[EntryPlan, ...]:
    return tuple(EntryPlan(row.network, row.note, row.expires_at) for row in rows)


def domain_plans(rows: Iterable[AllowedDomain]) -> tuple[DomainLine, ...]:
    return tuple(DomainLine(row.domain.lower(), row.note, row.expires_at) for row in rows)


def rows_by_name[R: (AllowlistEntry, AllowedDomain)](rows: Iterable[R]) -> dict[str, R]:
    """Return the rows by the text of their line."""
    return {str(row).lower(): row for row in rows}


def write_networks(
    *, merchant: Merchant, key: ApiKey | None, lines: Sequence[EntryPlan], owner: Callable[[EntryPlan], int | None]
) -> bool:
    """Write the entries; return whether anything changed. `owner` is the person of new entries."""

    def new(line: EntryPlan) -> AllowlistEntry:
        return AllowlistEntry(merchant=merchant, key=key, network=line.network, owner_id=owner(line), **_rest(line))

    changed = _write(AllowlistEntry, rows_by_name(standing_entries(merchant, key)), lines, new)
    if changed:
        _emit(merchant, {"list": "networks", "auth_key": key.auth_key if key else None, "entries": len(lines)})
    return changed


def write_domains(*, merchant: Merchant, lines: Sequence[DomainLine], owner: int | None) -> bool:
    """Write the domains; return whether anything changed. `owner` is the person of new domains."""

    def new(line: DomainLine) -> AllowedDomain:
        return AllowedDomain(merchant=merchant, domain=line.domain, owner_id=owner, **_rest(line))

    changed = _write(AllowedDomain, rows_by_name(standing_domains(merchant)), lines, new)
    if changed:
        _emit(merchant, {"list": "domains", "auth_key": None, "entries": len(lines)})
    return changed


def _emit(merchant: Merchant, data: dict[str, Any]) -> None:
    event_outbox.emit(merchant=merchant, event_type=EventType.ALLOWLIST_CHANGED, data=data)


def _write(model: Any, rows: Mapping[str, Any], lines: Sequence[Any], new: Callable[[Any], Any]) -> bool:
    wanted = {line.name: line for line in lines}
    gone = [row.pk for name, row in rows.items() if name not in wanted]
    changed = [(rows[name], line) for name, line in wanted.items() if name in rows and is_changed(rows[name], line)]
    added = [line for name, line in wanted.items() if name not in rows]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    for row, line in changed:
        row.note, row.expires_at = line.note, line.ends
        row.save(update_fields=["note", "expires_at"])
    model.objects.bulk_create(map(new, added))
    return bool(gone or changed or added)


def _rest(line: EntryPlan | DomainLine) -> dict[str, Any]:
    return {"note": line.note, "expires_at": line.ends}


def is_changed(row: AllowlistEntry | AllowedDomain, line: EntryPlan | DomainLine) -> bool:
    """Return whether note or end differ."""
    return (row.note, row.expires_at) != (line.note, line.ends)
