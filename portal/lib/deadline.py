"""The deadline of the current request. Every wait on its way asks here how long it may last."""

from __future__ import annotations

from contextvars import ContextVar, Token
from time import monotonic

_end: ContextVar[float | None] = ContextVar("end", default=None)


class TimeLimit:
    """A block of code with a deadline. A class, since a generator costs a call twice as much."""

    __slots__ = ("_seconds", "_token")
    _token: Token[float | None]

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        end, outer = monotonic() + self._seconds, _end.get()
        self._token = _end.set(end if outer is None else min(end, outer))

    def __exit__(self, *_: object) -> None:
        _end.reset(self._token)


def limit_time(seconds: float) -> TimeLimit:
    """Limit the block to `seconds`, or to the rest of an outer limit if that is less."""
    return TimeLimit(seconds)


def seconds_left() -> float | None:
    """Return the seconds that are left, negative after the deadline; None without a deadline."""
    end = _end.get()
    return None if end is None else end - monotonic()
