"""One at a time, among all workers. The lock is the session's, so it goes with a worker that is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class LockedWork(IntEnum):
    """What is done alone: the first half of an advisory lock's key."""

    REPORT = 0x0CA5E001  # of a merchant
    READING = 0x0CA5E002
    FETCHING = 0x0CA5E003
    ROUND = 0x0CA5E004  # through all days that are due


@contextmanager
def hold_alone(work: LockedWork, number: int = 0) -> Iterator[bool]:
    """False: somebody else is at it."""
    key = [work, number % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        [taken] = cursor.fetchone()
        try:
            yield bool(taken)
        finally:
            if taken:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
