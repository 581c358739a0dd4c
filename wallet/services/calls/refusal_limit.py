"""How often an address may be refused before its signature is right, in one web process.

Only calls that fail rows 1 to 5 are counted, after they were judged: a rightly signed one passes whatever came before.
Memory is bounded: a minute knows ADDRESSES of them, and all others share one count. No cache and no database is asked.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import datetime

from django.conf import settings

from portal.lib.clientip import Address, subscriber
from wallet import statuses

ADDRESSES = 10_000
OTHERS = "others"
FAILED_SIGNING = (
    statuses.MissingHeaders,
    statuses.InvalidApiKey,
    statuses.IpRestriction,
    statuses.SignatureExpired,
    statuses.SignatureNotMatch,
)
AT_THE_DOOR = (statuses.NotFound, statuses.MethodNotAllowed, statuses.BodyTooLarge, statuses.UnsupportedMediaType)


class Minute:
    """Counts of one minute. They start at zero in the next one."""

    def __init__(self) -> None:
        self.lock, self.number = threading.Lock(), 0
        self.counts: defaultdict[object, int] = defaultdict(int)

    def add(self, what: str, address: Address | None, at: datetime, *, most: int, by: int = 1) -> bool:
        """Add to a counter. Returns whether it is still within `most`."""
        number = int(at.timestamp()) // 60
        with self.lock:
            if number != self.number:
                self.number = number
                self.counts.clear()
            name: object = (what, address and subscriber(address))
            if name not in self.counts and len(self.counts) >= ADDRESSES:
                name = (what, OTHERS)
            self.counts[name] += by
            return self.counts[name] <= most

    def clear(self) -> None:
        with self.lock:
            self.counts.clear()


_minute = Minute()
clear = _minute.clear


def count_refusal(refusal: statuses.CallRefused, address: Address | None, at: datetime) -> bool:
    """Count a refused call without a valid signature. Returns False above the limit.

    Calls that fail before the signature is checked are counted apart: they may be signed correctly.
    """
    if isinstance(refusal, FAILED_SIGNING):
        return _minute.add("signing", address, at, most=settings.REFUSED_CALLS_A_MINUTE)
    if isinstance(refusal, AT_THE_DOOR):
        return _minute.add("door", address, at, most=settings.REFUSED_CALLS_A_MINUTE)
    return True


def has_room_for(size: int, address: Address | None, at: datetime) -> bool:
    """Return whether the log may store so many more bytes of calls without a valid signature in this minute."""
    return _minute.add("bytes", address, at, most=settings.REFUSED_BYTES_A_MINUTE, by=size)
