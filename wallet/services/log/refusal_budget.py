"""Budgets for stored refused calls, by hour and in total, and counters of what was dropped.

All callers without a valid signature share one budget per hour, and each merchant has one for its signed calls. The
former fill at most half of the table. Their log entries go on for as long again as their bodies. Web processes count
together in the table `RefusedHour`, as of the last write of each, so a budget is exceeded by a few of these at most.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from portal.lib import clock
from wallet import statuses
from wallet.models import RefusedHour

if TYPE_CHECKING:
    from wallet.services.log.request_log import LogLine

LINE_BYTES = ROW_BYTES = 500  # of a line with its indexes, and of what stands beside a body; about
MOST_NAMES = 1_000  # auth keys that strangers may name before their drops are counted without
USED = "SELECT merchant_id, is_signed, hour >= %s, sum(bytes) FROM wallet_refusedhour WHERE hour >= %s GROUP BY 1, 2, 3"
ADD = """
    INSERT INTO wallet_refusedhour (hour, merchant_id, is_signed, bytes, lines_dropped, bodies_dropped)
    SELECT t.hour, coalesce(k.merchant_id, t.merchant_id), t.is_signed, sum(t.bytes), sum(t.lines), sum(t.bodies)
      FROM unnest(%s::timestamptz[], %s::bigint[], %s::text[], %s::boolean[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS t (hour, merchant_id, auth_key, is_signed, bytes, lines, bodies)
      LEFT JOIN merchants_apikey k ON NOT t.is_signed AND k.auth_key = t.auth_key
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (hour, merchant_id, is_signed) DO UPDATE
       SET bytes = wallet_refusedhour.bytes + excluded.bytes,
           lines_dropped = wallet_refusedhour.lines_dropped + excluded.lines_dropped,
           bodies_dropped = wallet_refusedhour.bodies_dropped + excluded.bodies_dropped
"""


@dataclass(slots=True)
class Count:
    bytes: int = 0
    lines: int = 0
    bodies: int = 0


type Whose = tuple[datetime, int, str, bool]  # hour, merchant or 0, auth key that strangers named, signed


class Waiting:
    """Counts that are not written yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: defaultdict[Whose, Count] = defaultdict(Count)

    def add(self, line: LogLine, **what: int) -> None:
        with self.lock:
            self.merge(self.counter_key(line), Count(**what))

    def counter_key(self, line: LogLine) -> Whose:
        hour, signed = hour_of(line.created_at), line.secret_id is not None
        name = "" if signed or len(self.counts) >= MOST_NAMES else line.auth_key
        return hour, line.merchant_id or 0, name, signed

    def merge(self, whose: Whose, more: Count) -> None:
        known = self.counts[whose]
        known.bytes, known.lines, known.bodies = (
            known.bytes + more.bytes,
            known.lines + more.lines,
            known.bodies + more.bodies,
        )

    def take(self) -> dict[Whose, Count]:
        with self.lock:
            taken, self.counts = self.counts, defaultdict(Count)
            return taken

    def give_back(self, taken: dict[Whose, Count]) -> None:
        with self.lock:
            for whose, count in taken.items():
                self.merge(whose, count)

    def clear(self) -> None:
        with self.lock:
            self.counts.clear()


_waiting = Waiting()
clear = _waiting.clear


def drop_line(line: LogLine) -> None:
    _waiting.add(line, lines=1)


def drop_body(line: LogLine) -> None:
    line.refused = None
    _waiting.add(line, bodies=1)


def hour_of(moment: datetime) -> datetime:
    """Return the hour of a moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


# --- what may be kept -------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Used:
    """Used bytes of this hour, by merchant and name, and of all that is stored."""

    hour: defaultdict[int | None, int] = field(default_factory=lambda: defaultdict(int))  # None: strangers
    strangers: int = 0
    table: int = 0

    def has_room(self, whose: int | None, size: int) -> bool:
        """Return whether a body fits. Callers without a valid signature leave half of their hour to entries without
        body.
        """
        is_stranger = whose is None
        hourly = settings.REFUSED_BYTES_AN_HOUR // (2 if is_stranger else 1)
        mine, most = self.strangers if is_stranger else self.table, settings.REFUSED_TABLE_BYTES
        return self.hour[whose] + size <= hourly and mine + size <= (most // 2 if is_stranger else most)

    def add(self, whose: int | None, size: int) -> None:
        self.hour[whose] += size
        self.table += size
        self.strangers += size if whose is None else 0


def allot_lines(lines: list[LogLine]) -> list[LogLine]:
    """Return the entries to write, some of them without headers and body. The others are counted as dropped."""
    if all(line.status == statuses.OK for line in lines):
        return lines
    used = read_usage()
    return [line for line in lines if line.status == statuses.OK or _is_kept(line, used)]


def _is_kept(line: LogLine, used: Used) -> bool:
    whose = None if line.secret_id is None else line.merchant_id
    if whose is None and used.hour[None] + LINE_BYTES > settings.REFUSED_BYTES_AN_HOUR:
        drop_line(line)
        return False
    size = line.refused.size + ROW_BYTES if line.refused else 0
    if size and not used.has_room(whose, size):
        drop_body(line)
    used.add(whose, _size(line))
    return True


def _size(line: LogLine) -> int:
    """Bytes that count: how the call arrived, and the line of a stranger; the log of what was signed is kept whole."""
    body = line.refused.size + ROW_BYTES if line.refused else 0
    return body + (LINE_BYTES if line.secret_id is None else 0)


def count_written(lines: Iterable[LogLine]) -> None:
    """Count the bytes of entries that the database has stored. An entry that waits is not counted at each try."""
    for line in lines:
        if line.status != statuses.OK:
            _waiting.add(line, bytes=_size(line))


def read_usage() -> Used:
    """Return the used bytes from the table."""
    used, now = Used(), clock.now()
    with connection.cursor() as cursor:
        cursor.execute(USED, [hour_of(now), now - timedelta(days=settings.REFUSED_BODY_DAYS)])
        for merchant_id, is_signed, is_now, size in cursor:
            whose = merchant_id if is_signed else None
            used.hour[whose] += int(size) if is_now else 0
            used.table += int(size)
            used.strangers += 0 if is_signed else int(size)
    return used


# --- what was counted -------------------------------------------------------------------------------------------------
def write_counts() -> None:
    """Write the counts since the last time. After an error they wait for the next time."""
    taken = _waiting.take()
    if not taken:
        return
    columns: Iterable[Callable[[Whose, Count], object]] = (
        *(lambda whose, _, at=at: whose[at] for at in range(4)),
        lambda _, count: count.bytes,
        lambda _, count: count.lines,
        lambda _, count: count.bodies,
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ADD, [[read(*row) for row in taken.items()] for read in columns])
    except Exception:
        _waiting.give_back(taken)
        raise


@dataclass(frozen=True, slots=True)
class Dropped:
    """Refused calls of a period without a log entry, and log entries without headers and body."""

    lines: int
    bodies: int

    def __bool__(self) -> bool:
        return bool(self.lines or self.bodies)


def dropped_counts(*, since: datetime, merchant_id: int | None = None) -> Dropped:
    """Return how many refused calls of a merchant were dropped: signed ones, and those that named one of its keys."""
    hours = RefusedHour.objects.filter(hour__gte=hour_of(since))
    if merchant_id is not None:
        hours = hours.filter(merchant_id=merchant_id)
    counts = hours.dropped()
    return Dropped(counts["lines"], counts["bodies"])
