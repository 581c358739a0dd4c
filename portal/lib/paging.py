"""Keyset pagination: the next page begins after the last row of this one, whatever was added meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from portal.lib import numbers


class RowPage[T](NamedTuple):
    rows: list[T]
    last: T | None  # the row after which the next page begins; None when no row follows


def first_page[T](rows: QuerySet[Any, T], size: int) -> RowPage[T]:
    """Return the first `size` rows of an ordered list. One more row is read, to know whether a page follows."""
    found = list(rows[: size + 1])
    return RowPage(found[:size], found[size - 1] if len(found) > size else None)


def parse_edge(moment: str, number: str) -> tuple[datetime, int] | None:
    """Return the moment and row number of a page's edge from an address; None for other text."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    row = numbers.parse_row_id(number)
    return (at, row) if at.tzinfo and row is not None else None
