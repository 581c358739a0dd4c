"""Filters for moments, in every template: `{{ key.created_at|moment }}`."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.lib import moments

register = template.Library()


@register.simple_tag
def reader_zone() -> str:
    """Return the name of the reader's time zone for a heading: `UTC`, `Helsinki`."""
    return moments.zone_title()


@register.filter
def moment(when: datetime | None, precision: str = "") -> SafeString | str:
    """Return `30 Nov 2026, 14:05 UTC` in the reader's zone, with the exact moment in UTC on hover."""
    if when is None:
        return ""
    shown = moments.local_moment(when, exact=precision == "seconds")
    return format_html(
        '<time class="moment" datetime="{}" title="{}">{}</time>',
        when.isoformat(),
        moments.show_exact_moment(when),
        shown,
    )


@register.filter
def moment_text(when: datetime | None, precision: str = "") -> str:
    """Return the same without markup: for attributes, titles and plain text."""
    return moments.local_moment(when, exact=precision == "seconds") if when else ""


@register.filter
def moment_day(when: datetime | None, form: str = moments.DAY) -> str:
    """Return `30 Nov 2026`, the day of the moment in the reader's zone."""
    return moments.local_date(when, form) if when else ""


@register.filter
def moment_clock(when: datetime | None) -> str:
    """Return `14:05:09 UTC`, the time of day in the reader's zone."""
    return moments.local_clock(when) if when else ""
