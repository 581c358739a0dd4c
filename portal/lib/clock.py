"""The time of a call. Seeding and clock tests move it; everything else lives in the present."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

FIRST_YEAR, END_YEAR = 2000, 9000
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def moment() -> datetime | None:
    """The time that was set, or None: then the database's own clock decides in the ledger."""
    return _moment.get()


def now() -> datetime:
    return _moment.get() or datetime.now(UTC)


def checked_moment(when: datetime) -> datetime:
    """In UTC. ValueError outside the years that every reader of a row can hold, whatever its own zone is."""
    if not FIRST_YEAR <= when.year < END_YEAR:
        raise ValueError(when)
    return when.astimezone(UTC)


@contextmanager
def frozen_at(when: datetime) -> Iterator[None]:
    """Run the block as if it were `when` (aware)."""
    token = _moment.set(when)
    try:
        yield
    finally:
        _moment.reset(token)
