"""The draft of an allowlist: as text that each page reads again, and as the difference from the current list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from merchants.services.allowlist import pasted_entries
from merchants.services.allowlist.proposal import DomainLine, EntryPlan
from portal.lib import tables

BREAKS = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class ListDifference[T: (EntryPlan, DomainLine)]:
    added: tuple[T, ...]
    removed: tuple[T, ...]
    changed: tuple[tuple[T, T], ...]  # as it is, as it would be

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference[T: (EntryPlan, DomainLine)](before: Iterable[T], after: Iterable[T]) -> ListDifference[T]:
    """Return what is added, removed and changed between two lists."""
    old, new = {line.name: line for line in before}, {line.name: line for line in after}
    return ListDifference(
        added=tuple(line for name, line in new.items() if name not in old),
        removed=tuple(line for name, line in old.items() if name not in new),
        changed=tuple((old[name], line) for name, line in new.items() if name in old and old[name] != line),
    )


def apply_difference[T: (EntryPlan, DomainLine)](mine: ListDifference[T], standing: Iterable[T]) -> tuple[T, ...]:
    """Return the current list with the changes of a draft, for a list that another person changed meanwhile."""
    kept = {line.name: line for line in standing}
    for line in mine.removed:
        kept.pop(line.name, None)
    for line in mine.added:
        kept[line.name] = line
    for _, new in mine.changed:
        kept[new.name] = new
    return tuple(kept.values())


def list_text(lines: Sequence[EntryPlan] | Sequence[DomainLine]) -> str:
    """Return the list as text, one entry per line. `read_networks` reads the same text, and a spreadsheet runs none of
    it.
    """
    return "\n".join(_written(line) for line in lines)


def read_networks(text: str, standing: Sequence[EntryPlan], *, zone: str = "UTC") -> tuple[EntryPlan, ...]:
    """Return the entries in the text. Entries that are already on the list may stay, whatever the rules are now. Raises
    BadLines.
    """
    return pasted_entries.pasted_networks(text, zone=zone, known={_written(line): line for line in standing})


def read_domains(text: str, standing: Sequence[DomainLine], *, zone: str = "UTC") -> tuple[DomainLine, ...]:
    """Return the domains in the text, as `read_networks` does. Raises BadLines."""
    return pasted_entries.pasted_domains(text, zone=zone, known={_written(line): line for line in standing})


def _written(line: EntryPlan | DomainLine) -> str:
    note = tables.escaped_text(BREAKS.sub(" ", line.note))
    return pasted_entries.pasted_line([line.name, note, tables.cell(line.ends)])
