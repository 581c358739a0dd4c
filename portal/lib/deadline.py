"""The deadline of the current request. Every wait on its way asks here how long it may last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

_end: ContextVar[float | None] = ContextVar("end", default=None)


@contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Limit the block to `seconds`, or to the rest of an outer limit if that is less."""
    end, outer = monotonic() + seconds, _end.get()
    token = _end.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _end.reset(token)


def seconds_left() -> float | None:
    """Return the seconds that are left, negative after the deadline; None without a deadline."""
    end = _end.get()
    return None if end is None else end - monotonic()
