"""Advisory locks of the database, between all processes. A killed process frees its locks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from portal.lib import database


@contextmanager
def hold_session_lock(first: int, second: int) -> Iterator[bool]:
    """Hold the lock of two 32-bit numbers for the block. Yields False, without waiting, when another session
    holds it.
    """
    key = [first, second]
    with connection.cursor() as cursor:  # one cursor: the lock belongs to its session
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        [is_held] = cursor.fetchone()
        try:
            yield bool(is_held)
        finally:
            if is_held:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def lock_until_commit(name: str) -> None:
    """Wait for the lock of this name, and hold it until the transaction ends."""
    database.run_statement("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
