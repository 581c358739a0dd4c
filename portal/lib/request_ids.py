"""Ids of requests: UUIDs of version 7, which begin with their moment.

Those of one moment are neighbours in an index, so that its pages are full and few of them are written (decision 0105).
"""

from __future__ import annotations

import secrets
import time
from uuid import UUID

VERSION, VARIANT = 7, 0b10


def new_request_id() -> UUID:
    """Return an id of this millisecond, with 74 random bits."""
    moment = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    return UUID(int=moment << 80 | VERSION << 76 | (random >> 62) << 64 | VARIANT << 62 | random & (1 << 62) - 1)
