"""States in the colours that staff look out for, and moments to the second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

STATUS = {
    "active": "success",
    "suspended": "warning",
    "quarantined": "warning",
    "closed": "danger",
    "revoked": "danger",
}
ON_OFF = {"on": "success", "off": "danger"}
BLOCKED = {"blocked": "danger"}


def coloured(text: str, colours: Mapping[str, str]) -> SafeString | None:
    """The same in a list and on the page of one thing."""
    if not text:
        return None
    return mark_safe(render_to_string("unfold/helpers/label.html", {"text": text, "type": colours.get(text)}))  # noqa: S308 - a template escapes


def moment(value: datetime | None) -> SafeString | None:
    if value is None:
        return None
    return format_html('<span class="whitespace-nowrap">{}</span>', date_format(value, "DATETIME_FORMAT"))


def in_one_line(text: str) -> SafeString:
    """A long id: cut to the column by the browser, whole when it is pointed at or copied."""
    return format_html('<span class="one-line" title="{}">{}</span>', text, text)
