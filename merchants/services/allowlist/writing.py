"""Brings a list to what it should be, and touches nothing else: what stays keeps its row and its owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Merchant
from merchants.services.allowlist.proposal import DomainLine, Line


def standing(merchant: Merchant, key: ApiKey | None) -> list[AllowlistEntry]:
    return list(AllowlistEntry.objects.filter(merchant=merchant, key=key).select_related("owner").order_by("network"))


def write_networks(
    *, merchant: Merchant, key: ApiKey | None, lines: Sequence[Line], owner: Callable[[Line], int | None]
) -> bool:
    """Whether there was anything to write. `owner`: of an entry that is new."""
    rows = {str(row.network): row for row in standing(merchant, key)}
    wanted = {line.name: line for line in lines}
    gone = [row.pk for name, row in rows.items() if name not in wanted]
    changed = [(rows[name], line) for name, line in wanted.items() if name in rows and differs(rows[name], line)]
    new = [line for name, line in wanted.items() if name not in rows]
    if gone:
        AllowlistEntry.objects.filter(pk__in=gone).delete()
    for row, line in changed:
        row.note, row.expires_at = line.note, line.ends
        row.save(update_fields=["note", "expires_at"])
    AllowlistEntry.objects.bulk_create(
        AllowlistEntry(
            merchant=merchant,
            key=key,
            network=line.network,
            note=line.note,
            expires_at=line.ends,
            owner_id=owner(line),
        )
        for line in new
    )
    return bool(gone or changed or new)


def differs(row: AllowlistEntry, line: Line) -> bool:
    return (row.note, row.expires_at) != (line.note, line.ends)


def write_domains(*, merchant: Merchant, lines: Sequence[DomainLine]) -> bool:
    rows = {row.domain.lower(): row for row in AllowedDomain.objects.filter(merchant=merchant)}
    wanted = {line.name: line for line in lines}
    gone = [row.pk for name, row in rows.items() if name not in wanted]
    changed = [(rows[name], line) for name, line in wanted.items() if name in rows and rows[name].note != line.note]
    new = [line for name, line in wanted.items() if name not in rows]
    if gone:
        AllowedDomain.objects.filter(pk__in=gone).delete()
    for row, line in changed:
        row.note = line.note
        row.save(update_fields=["note"])
    AllowedDomain.objects.bulk_create(
        AllowedDomain(merchant=merchant, domain=line.domain, note=line.note) for line in new
    )
    return bool(gone or changed or new)
