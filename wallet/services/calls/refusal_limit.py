"""The limit on calls of one address that fail before their signature is checked, in one web process.

Only calls that fail rows 1 to 5 are counted, after they were judged, so a call with a valid signature always passes.
Memory is bounded: a minute has counters for ADDRESSES addresses, and all others share one. No cache or database is
asked.
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
    """Counters of one minute. They start at zero in the next minute."""

    def __init__(self) -> None:
        self.lock, self.number = threading.Lock(), 0
        self.counts: defaultdict[object, int] = defaultdict(int)

    def add(self, what: str, address: Address | None, at: datetime, *, most: int, by: int = 1) -> bool:
        """Add `by` to a counter; return whether it is still within `most`."""
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
    """Count a refused call without a valid signature. Return False above the limit.

    Calls that fail before the signature check have a separate counter: their signature may be correct.
    """
    if isinstance(refusal, FAILED_SIGNING):
        return _minute.add("signing", address, at, most=settings.REFUSED_CALLS_A_MINUTE)
    if isinstance(refusal, AT_THE_DOOR):
        return _minute.add("door", address, at, most=settings.REFUSED_CALLS_A_MINUTE)
    return True


def has_room_for(size: int, address: Address | None, at: datetime) -> bool:
    """Return whether the log may store `size` more bytes of calls without a valid signature in this minute."""
    return _minute.add("bytes", address, at, most=settings.REFUSED_BYTES_A_MINUTE, by=size)
