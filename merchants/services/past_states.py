"""Earlier states of a row, and who set them: the current row without every later change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from merchants.models.audit import tracked_columns
from merchants.services import history
from merchants.services.history_sentences import Event


@dataclass(frozen=True, slots=True)
class SetBy:
    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One row at a moment. `row` has its columns; changed times and networks are in the form of JSON."""

    pk: int
    row: Mapping[str, Any]
    before: Sequence[Event]  # what had been done to it, newest first
    made_later: bool = False

    def __getitem__(self, column: str) -> Any:
        return self.row[column]

    def moment(self, column: str) -> datetime | None:
        value = self.row[column]
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    def set_by(self, *columns: str) -> SetBy | None:
        """Return who last set one of these columns; None where that is older than the history."""
        for event in self.before:
            if event.label == "insert" or {column for column, *_ in event.changed()} & set(columns):
                return setter(event)
        return None


def setter(event: Event) -> SetBy:
    """Return the author and moment of an event."""
    return SetBy(history.author_name(event.context), event.at, (event.context or {}).get("reason", ""))


def state_at(row: Model, moment: datetime, events: Iterable[Event]) -> Past:
    """Return the row at the moment. For a moment before the row's history, its first known state."""
    own = [event for event in events if event.thing == type(row).__name__ and event.pk == row.pk]
    values = _values(row)
    for event in own:
        if event.at > moment:
            values = _before(event)
    made_later = any(event.label == "insert" and event.at > moment for event in own)
    return Past(row.pk, values, [event for event in own if event.at <= moment], made_later)


def states_at(thing: str, rows: Iterable[Model], moment: datetime, events: Iterable[Event]) -> list[Past]:
    """Return the rows that existed at the moment: with deleted rows, without newer ones."""
    stood: dict[int, Mapping[str, Any]] = {row.pk: _values(row) for row in rows}
    own = [event for event in events if event.thing == thing]
    for event in own:
        if event.at <= moment:
            break
        if event.label == "insert":
            stood.pop(event.pk, None)
        else:
            stood[event.pk] = _before(event)
    return [
        Past(pk, values, [event for event in own if event.pk == pk and event.at <= moment])
        for pk, values in stood.items()
    ]


def _before(event: Event) -> Mapping[str, Any]:
    """Return the row before the event. A column that is newer than the event is empty."""
    return {**event.row, **(event.old or {})}


def _values(row: Model) -> Mapping[str, Any]:
    event_model: Any = type(row).pgh_event_model  # type: ignore[attr-defined]
    attributes = {field.column: field.attname for field in row._meta.concrete_fields}  # noqa: SLF001
    return {column: getattr(row, attributes[column]) for column in tracked_columns(event_model)}
