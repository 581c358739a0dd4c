"""Counters of attempts in the shared cache, for all processes together. Without the cache they raise CounterAway."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache
from redis.exceptions import RedisError


class CounterAway(Exception):
    """The cache does not answer, so the number of attempts is unknown."""


def count_attempt(name: str, *, keep_seconds: int) -> int:
    """Count one attempt under this name for `keep_seconds`; return the number with it. Raises CounterAway."""
    try:
        cache.add(name, 0, timeout=keep_seconds)
        return cache.incr(name)
    except RedisError as fault:
        raise CounterAway from fault


def take_turn(names: Iterable[str], *, seconds: int) -> bool:
    """Take the first free turn for `seconds`. Return False when all are taken. Raises CounterAway."""
    try:
        return any(cache.add(name, 1, seconds) for name in names)
    except RedisError as fault:
        raise CounterAway from fault
