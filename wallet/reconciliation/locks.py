"""Locks for work that one worker does at a time: session locks, so that a killed worker frees them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import IntEnum

from portal.lib import locks


class LockedWork(IntEnum):
    """A kind of work: the first half of the key of an advisory lock."""

    REPORT = 0x0CA5E001  # of a merchant
    READING = 0x0CA5E002
    FETCHING = 0x0CA5E003
    ROUND = 0x0CA5E004  # through all days that are due


def hold_alone(work: LockedWork, number: int = 0) -> AbstractContextManager[bool]:
    """Hold the lock of this work for the block. Yields False when another worker holds it."""
    return locks.hold_session_lock(work, number % 2**31)
