"""Until when the present request must be answered. Whatever waits on its way asks here how long it may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

_end: ContextVar[float | None] = ContextVar("end", default=None)


@contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Give the block so many seconds, or what is left of an outer limit when that is less."""
    end, outer = monotonic() + seconds, _end.get()
    token = _end.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _end.reset(token)


def seconds_left() -> float | None:
    """Return the time that is left, negative when it is over; None where nobody waits for an answer."""
    end = _end.get()
    return None if end is None else end - monotonic()
