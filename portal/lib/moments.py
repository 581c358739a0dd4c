"""Moments and days as people read them: `30 Nov 2026, 14:05 UTC`; on pages in the reader's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format

MOMENT, EXACT_MOMENT, DAY = "j M Y, H:i", "j M Y, H:i:s", "j M Y"
_zone: ContextVar[tzinfo] = ContextVar("display_zone", default=UTC)


# --- In UTC: emails, history, errors, files ---------------------------------------------------------------------------
def show_moment(moment: datetime, *, exact: bool = False) -> str:
    """Return `"30 Nov 2026, 14:05 UTC"`; with seconds if `exact`."""
    return f"{date_format(moment.astimezone(UTC), EXACT_MOMENT if exact else MOMENT)} UTC"


def show_exact_moment(moment: datetime) -> str:
    """Return `"30 Nov 2026, 14:05:09 UTC"`."""
    return show_moment(moment, exact=True)


def show_day(day: date) -> str:
    """Return `"30 Nov 2026"`."""
    return date_format(day, DAY)


# --- In the reader's zone: pages --------------------------------------------------------------------------------------
@contextmanager
def shown_in(name: str) -> Iterator[None]:
    """Show moments in this time zone inside the block. An empty name is UTC."""
    token = _zone.set(zone_named(name))
    try:
        yield
    finally:
        _zone.reset(token)


def show_in(name: str) -> None:
    """Show moments in this time zone until the surrounding block of `shown_in` ends."""
    _zone.set(zone_named(name))


@lru_cache(maxsize=600)
def zone_named(name: str) -> tzinfo:
    """Return the time zone of this name."""
    return ZoneInfo(name) if name and name != "UTC" else UTC


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the names that a person can choose: UTC first, then places."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right")))
    return ("UTC", *sorted(places))


def reader_zone() -> tzinfo:
    """Return the reader's time zone."""
    return _zone.get()


def is_utc() -> bool:
    """Return whether pages show moments in UTC."""
    return _zone.get() is UTC


def zone_title() -> str:
    """Return the reader's zone for a label: `UTC`, or its place, such as `Helsinki`, which holds in summer too."""
    return getattr(_zone.get(), "key", "UTC").rpartition("/")[2].replace("_", " ")


def local_and_utc(when: datetime, *, exact: bool = False) -> str:
    """Return `"30 Nov 2026, 14:05 EET (12:05 UTC)"`; in UTC, the moment alone. The day too where it is another."""
    shown, universal = local_moment(when, exact=exact), when.astimezone(UTC)
    if is_utc():
        return shown
    same_day = universal.date() == when.astimezone(_zone.get()).date()
    form = ("" if same_day else "j M, ") + ("H:i:s" if exact else "H:i")
    return f"{shown} ({date_format(universal, form)} UTC)"


def local_hour(when: datetime) -> str:
    """Return `"14"`, the hour in the reader's zone; with minutes in a zone where it does not begin at :00."""
    return local_date(when, "H:i").removesuffix(":00")


def local_slot(when: datetime, form: str = "j M, H:i") -> str:
    """Return `"30 Nov, 14:00"`, an hour of a chart in the reader's zone; outside UTC `"30 Nov, 14:00 (12:00 UTC)"`."""
    return local_date(when, form) + ("" if is_utc() else f" ({when.astimezone(UTC):%H:%M} UTC)")


def local_moment(when: datetime, *, exact: bool = False) -> str:
    """Return the moment in the reader's zone, with the zone's short name."""
    local = when.astimezone(_zone.get())
    return f"{date_format(local, EXACT_MOMENT if exact else MOMENT)} {zone_label(local)}"


def local_date(when: datetime, form: str = DAY) -> str:
    """Return the day of the moment in the reader's zone."""
    return date_format(when.astimezone(_zone.get()), form)


def local_clock(when: datetime) -> str:
    """Return the time of day in the reader's zone, to the second."""
    local = when.astimezone(_zone.get())
    return f"{date_format(local, 'H:i:s')} {zone_label(local)}"


def zone_label(local: datetime) -> str:
    """Return `UTC`, `EET`, or `UTC+05:45` for a zone without letters."""
    name = local.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    offset = local.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:]}"
