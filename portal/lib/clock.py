"""The time of a request. Seeding and tests of the clock move it; everything else uses the present."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

FIRST_YEAR, END_YEAR = 2000, 9000
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def moment() -> datetime | None:
    """Return the time that was set; None when the database's clock decides."""
    return _moment.get()


def now() -> datetime:
    """Return the time that was set, or the present, in UTC."""
    return _moment.get() or datetime.now(UTC)


def checked_moment(when: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError outside the years that every reader of a row can hold in its time
    zone.
    """
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
