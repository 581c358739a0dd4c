"""Searches of lists for a part of an id, upper and lower case apart. They read a bounded number of the newest rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

NEWEST = 20_000  # rows of a list that are searched for a part of an id
SHORTEST = 3  # characters of a part


def with_part[M: Model](found: QuerySet[M], text: str, *columns: str, newest: int = NEWEST) -> QuerySet[M]:
    """Return the newest rows of the list of which one of the columns contains the text."""
    if len(text) < SHORTEST:
        return found.none()
    read = found.order_by("-pk").values("pk")[:newest]
    as_text: dict[str, Any] = {f"text_{column}": Cast(column, TextField()) for column in columns}
    conditions = [Q(**{f"{name}__contains": text}) for name in as_text]
    rows: QuerySet[M] = found.filter(pk__in=read).alias(**as_text).filter(Q(*conditions, _connector=Q.OR))
    return rows
