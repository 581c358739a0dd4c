"""Moments in the notation that the mapping states: order of day and month, time zone, unit. Never guessed."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import parser as dateutil

from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import shown_text
from wallet.reconciliation.reading.unreadable_cell import NO_MARKS, UNSEEN, Unclear

LONGEST = 80
NUMERIC = re.compile(
    r"(\d{1,4})\s?([-./])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?(?:(?:T|,?\s+)(\S.*))?", re.ASCII | re.IGNORECASE
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?((?:[.,]\d+)?\s*(?:Z|[+-]\d.*)?))?", re.ASCII)
HOUR = re.compile(
    r"(\d{1,2})(?:[:.](\d{2})(?:[:.](\d{2})(?:[.,:](\d{1,9}))?)?)?\s*(?:([ap])\.?\s?m\.?(?![a-z]))?\s*(.*)",
    re.ASCII | re.IGNORECASE,
)
OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+\-−])(\d{1,2})(?::?(\d{2}))?", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"(\d{1,20})(?:[.,](\d{1,20}))?", re.ASCII)
WITH_MONTH = re.compile(r"[^\W\d_]{3,}")
BESIDE = re.compile(r"\s*\((?!UTC)[^()]*\)$")  # the name of a zone whose offset stands before it
FROM_UTC = re.compile(r"\s?\b(?:UTC|GMT)\s?([+-]\d)", re.IGNORECASE)
NO_ZONES = re.compile(r"(?:Etc/GMT[+-].*|posix/.*|right/.*)", re.IGNORECASE)
# A text with a time of day to the second. What is before and behind the seconds says all but them, and many rows have
# it alike. In `+02:00:15` there is none.
TO_THE_SECOND = re.compile(
    r"((?:.*?[^+\-−\d:.,])?(?!24)\d{1,2}:[0-5]\d:)([0-5]\d)(?:\.(\d{1,6}))?(?![\d.,:])(.*)", re.ASCII
)
PER_SECOND = {"unix": 1, "unix_ms": 10**3, "unix_us": 10**6, "unix_ns": 10**9}
UNITS = {"unix": "seconds", "unix_ms": "milliseconds", "unix_us": "microseconds", "unix_ns": "nanoseconds"}
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXCEL = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial has no zone
MIDNIGHTS = ("00:00:00", "00:00", "0:00", "00:00:00.000")
ORDERS = {"dmy": "the day first", "mdy": "the month first"}
ALONE = "a date without a time; state that it means midnight at the start of the day, or which column has the time"
HALF_A_DAY = 12
MILLIS_OF_A_DAY = 86_400_000
SERIALS = (36526, 73051)  # 2000 to 2100
HOURS, MINUTES, LEAP = 24, 60, 60


class MomentReader:
    """Reads the moments of one file."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.is_apart = "time_of_day" in mapping.columns
        self.home = mapping.zone
        self.day = lru_cache(maxsize=1024)(self._day)
        self.zone = lru_cache(maxsize=256)(self._zone)
        self.minute = lru_cache(maxsize=4096)(self._whole)
        self.is_text = mapping.times not in {*PER_SECOND, "excel"}

    def read(self, text: str, time: str = "", zone: str = "") -> datetime | None:
        """Return the moment; None for an empty cell. `time` and `zone`: from columns of their own. Raises Unclear."""
        timed = time if self.is_apart else text
        found = TO_THE_SECOND.fullmatch(timed) if self.is_text and len(timed) <= LONGEST else None
        # A fraction beside the name of a month is left to dateutil.
        if found is not None and not (found[3] and WITH_MONTH.search(text)):
            with suppress(Unclear):  # and then said of the whole text
                minute = self._minute(f"{found[1]}00{found[4]}", text, zone)
                if minute is not None and minute.year >= FIRST.year:  # before, clocks were changed within a minute
                    return minute + timedelta(seconds=int(found[2]), microseconds=int((found[3] or "").ljust(6, "0")))
        return self._whole(text, time, zone)

    def _minute(self, begun: str, text: str, zone: str) -> datetime | None:
        return self.minute(text, begun, zone) if self.is_apart else self.minute(begun, "", zone)

    def _whole(self, text: str, time: str = "", zone: str = "") -> datetime | None:
        text, time, zone = (each.translate(NO_MARKS).strip(UNSEEN) for each in (text, time, zone))
        if not text and not time:
            return None
        if max(map(len, (text, time, zone))) > LONGEST:
            raise Unclear("longer than any time")
        if self.mapping.times in PER_SECOND:
            return self._since_1970(text)
        if self.mapping.times == "excel":
            return self._serial(text, time, zone)
        if self.is_apart:
            text = self._together(text, time)
        return self._written(text, zone)

    def _together(self, day: str, time: str) -> str:
        if not day or not time:
            raise Unclear("a date without a time" if day else "a time without a date")
        first, _, rest = day.replace("T", " ", 1).partition(" ")
        if rest.strip() in MIDNIGHTS:  # a date in a cell of a workbook
            day = first
        found = NUMERIC.fullmatch(day)
        if found is not None and found[5]:
            raise Unclear("it contains a time, and another column contains a time too")
        return f"{day} {time}"

    # --- numbers ------------------------------------------------------------------------------------------------------
    def _since_1970(self, text: str) -> datetime:
        unit = UNITS[self.mapping.times]
        found = NUMBER.fullmatch(text)
        if found is None:
            raise Unclear(f"not a time in {unit} since 1970")
        micros = _scaled(found[1], found[2], 10**6, PER_SECOND[self.mapping.times])
        return _sensible(micros, f"as {unit} since 1970 it is not between 2000 and 2100; state another unit")

    def _serial(self, text: str, time: str, zone: str) -> datetime:
        parts = [NUMBER.fullmatch(each) for each in (text, time) if each]
        if not text or not all(parts):
            raise Unclear("not a serial number of a spreadsheet for a day (46354.378)")
        millis = sum(_scaled(part[1], part[2], MILLIS_OF_A_DAY) for part in parts if part)  # its float has no more
        if not SERIALS[0] * MILLIS_OF_A_DAY <= millis < SERIALS[1] * MILLIS_OF_A_DAY:
            raise Unclear("as a serial number of a day it is not between 2000 and 2100")
        return self._at_home(EXCEL + timedelta(milliseconds=millis), zone)

    # --- texts --------------------------------------------------------------------------------------------------------
    def _written(self, text: str, zone: str) -> datetime:
        if (found := NUMERIC.fullmatch(text)) is not None:
            day = self.day(found[1], found[3], found[4])
            return self._on(day, found[5] or "", zone)
        if (found := COMPACT.fullmatch(text)) is not None:
            day = self.day(found[1], found[2], found[3])
            hour = f"{found[4]}:{found[5]}:{found[6] or '00'}{found[7]}" if found[4] else ""
            return self._on(day, hour, zone)
        if WITH_MONTH.search(text):
            return self._named(text, zone)
        raise Unclear("not a date and a time such as 2026-01-31 12:00:00")

    def _day(self, first: str, second: str, third: str) -> date:
        order = self.mapping.times
        if len(first) == len("2026"):
            order, year, month, day = "iso", first, second, third
        elif order == "dmy":
            day, month, year = first, second, third
        elif order == "mdy":
            month, day, year = first, second, third
        else:
            raise Unclear("the year is not first; state whether the day or the month is first")
        if len(day) > 2 or len(year) not in (2, 4):  # noqa: PLR2004 - digits
            raise Unclear("not a date")
        try:
            return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))  # noqa: PLR2004
        except ValueError as fault:
            how = f" with {ORDERS[order]}, as the mapping states" if order in ORDERS else ""
            raise Unclear(f"no such day{how}") from fault

    def _on(self, day: date, hour: str, zone: str) -> datetime:
        if not hour:
            if self.mapping.date_alone != "midnight":
                raise Unclear(ALONE)
            return self._at_home(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001
        found = HOUR.fullmatch(hour)
        if found is None:
            raise Unclear("not a time of day such as 12:00:00")
        after = self._after_midnight(found)
        moment = datetime(day.year, day.month, day.day) + after  # noqa: DTZ001
        if found[6] and zone:
            return self._agreed(self._at_home(moment, found[6]), moment, zone)
        return self._at_home(moment, found[6] or zone)

    def _agreed(self, moment: datetime, local: datetime, zone: str) -> datetime:
        """`moment` by the zone that stands with it, and the same by the column of the zone where it has one."""
        if zone and self._at_home(local, zone) != moment:
            raise Unclear(f"its zone differs from {shown_text(zone)} in the column of the zone")
        return moment

    @staticmethod
    def _after_midnight(found: re.Match[str]) -> timedelta:
        hour, minute, second, half = int(found[1]), int(found[2] or 0), int(found[3] or 0), (found[5] or "").lower()
        if found[2] is None and not half:
            raise Unclear("an hour without minutes")
        if half and not 1 <= hour <= HALF_A_DAY:
            raise Unclear("AM and PM need hours from 1 to 12")
        if half:
            hour = hour % HALF_A_DAY + (HALF_A_DAY if half == "p" else 0)
        is_end = hour == HOURS and not minute and not second
        if (hour >= HOURS and not is_end) or minute >= MINUTES or second > LEAP:
            raise Unclear("no such time")
        micros = _scaled("0", found[4], 10**6)
        return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)

    def _named(self, text: str, zone: str) -> datetime:
        """Return a moment with the name of its month, which states the order. Missing parts are not taken from another
        date.
        """
        text = FROM_UTC.sub(r" \1", BESIDE.sub("", text))
        has_year = re.search(r"(?<!\d)\d{4}(?!\d)", text) is not None
        if not has_year and self.mapping.times != "dmy":
            raise Unclear("not a date with a four-digit year and an English month name")
        one, other = (self._parsed(text, each) for each in DEFAULTS)
        if one.date() != other.date():
            raise Unclear("not a complete date")
        if one.time() != other.time():
            return self._on(one.date(), "", zone)
        if one.tzinfo is None:
            return self._at_home(one, zone)
        return self._agreed(one.astimezone(UTC), one.replace(tzinfo=None), zone)

    def _parsed(self, text: str, default: datetime) -> datetime:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                return dateutil.parse(
                    text, dayfirst=self.mapping.times == "dmy", default=default, tzinfos=self._short_zone
                )
        except Unclear:
            raise
        except (ValueError, OverflowError, TypeError, Warning) as fault:
            raise Unclear("not a date and a time such as 2026-01-31 12:00:00 or 31 Jan 2026 12:00") from fault

    def _short_zone(self, name: str | None, offset: int | None) -> tzinfo | None:
        """Return the zone. Raises Unclear for a name with an offset: programs read its sign in opposite ways."""
        if name and offset:
            raise Unclear(f"it has {shown_text(name)} and an offset, which can be read in two ways")
        if name:
            return self.zone(name)
        return None if offset is None else timezone(timedelta(seconds=offset))

    # --- zones --------------------------------------------------------------------------------------------------------
    def _at_home(self, local: datetime, zone: str) -> datetime:
        """Return the moment in the mapping's zone, as PostgreSQL does: a repeated hour is the later one, a skipped hour
        is after the change.
        """
        name = zone or self.home
        if not name:
            raise Unclear("it has no zone, and the mapping must state the zone")
        where = self.zone(name)
        first, second = (local.replace(tzinfo=where, fold=fold) for fold in (0, 1))
        before, after = first.utcoffset(), second.utcoffset()
        is_twice = before is not None and after is not None and before > after
        return (second if is_twice else first).astimezone(UTC)

    def _zone(self, name: str) -> tzinfo:
        name = name.strip("[]() ")
        if (stated := self.mapping.zones.get(name.lower())) is not None:
            return ZoneInfo(stated)
        if name.upper() in ("Z", "UTC", "GMT"):
            return UTC
        if (found := OFFSET.fullmatch(name)) is not None:
            return _fixed(found)
        if name == self.home or ("/" in name and not NO_ZONES.fullmatch(name)):
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
                raise Unclear(f"{shown_text(name)} is not a time zone such as Europe/Vienna") from fault
        raise Unclear(
            f"{shown_text(name)} is neither an offset such as +02:00 nor a zone such as Europe/Vienna: state it"
        )


def _scaled(whole: str, fraction: str | None, times: int, per: int = 1) -> int:
    """Return the number times the factor, rounded."""
    number, parts = int(whole + (fraction or "")) * times, int(10 ** len(fraction or "")) * per
    return (2 * number + parts) // (2 * parts)


def _fixed(found: re.Match[str]) -> tzinfo:
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset >= timedelta(hours=16):
        raise Unclear(f"{shown_text(found[0])} is not an offset of a zone")
    return timezone(offset if found[1] == "+" else -offset)


DEFAULTS = (datetime(2001, 1, 1, 1), datetime(2004, 2, 2, 2))  # noqa: DTZ001 - what no text leaves out is alike


def _sensible(micros: int, says: str) -> datetime:
    try:
        moment = EPOCH + timedelta(microseconds=micros)
    except OverflowError as fault:
        raise Unclear(says) from fault
    if not FIRST <= moment < LAST:
        raise Unclear(says)
    return moment
