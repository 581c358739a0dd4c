"""States in the colours that staff look out for, and moments. Each knows its plain value, for exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Self

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.lib.moments import show_moment
from portal.lib.texts import shortened_id

STATUS = {
    "active": "success",
    "suspended": "warning",
    "quarantined": "warning",
    "closed": "danger",
    "revoked": "danger",
}
ON_OFF = {"on": "success", "off": "danger"}
BLOCKED = {"blocked": "danger"}


class Shown(SafeString):
    """HTML for the page, and what it says."""

    plain: Any

    def __new__(cls, markup: str, plain: Any) -> Self:
        shown = super().__new__(cls, markup)
        shown.plain = plain
        return shown


def coloured_label(text: str, colours: Mapping[str, str]) -> Shown | None:
    """The same in a list and on the page of one thing."""
    return label(text, colours.get(text, "")) if text else None


@lru_cache(maxsize=500)
def label(text: str, kind: str) -> Shown:
    """Kept: there are few, and a long list has one in each row."""
    return Shown(render_to_string("unfold/helpers/label.html", {"text": text, "type": kind}), text)


def moment(value: datetime | None, *, exact: bool = False) -> Shown | None:
    """Without its zone, which the title of the column names; whole when it is pointed at."""
    if value is None:
        return None
    whole = show_moment(value, exact=True)
    text = whole.removesuffix(" UTC") if exact else date_format(value, "DATETIME_FORMAT")
    return Shown(format_html('<span class="whitespace-nowrap" title="{}">{}</span>', whole, text), value)


def short_id(text: str, url: str = "") -> Shown:
    """An id: short, whole when it is pointed at, and with a button that copies it; as a link where there is a `url`."""
    button = '<button type="button" class="copy-id material-symbols-outlined" data-copy-text="{}" aria-label="{}">'
    shown = format_html('<bdi title="{}">{}</bdi>', text, shortened_id(text))
    link = format_html('<a class="text-link" href="{}">{}</a>', url, shown) if url else shown
    name = _("Copy %(value)s") % {"value": text}
    markup = '<span class="short-id">{}' + button + "content_copy</button></span>"
    return Shown(format_html(markup, link, text, name), text)


def truncated_text(text: str) -> Shown:
    """A long text: cut to the column by the browser, whole when it is pointed at or copied."""
    return Shown(format_html('<span class="one-line" title="{}">{}</span>', text, text), text)


def plain_text(text: str, plain: Any) -> Shown:
    """As it is, while an export takes another form of it."""
    return Shown(format_html("{}", text), plain)


def facts_by_line(facts: Mapping[str, Any]) -> SafeString:
    """Each fact on a line of its own; what is empty says nothing."""
    said = [(name.replace("_", " "), fact) for name, fact in facts.items() if fact not in {None, "", False}]
    return format_html_join("", '<span class="block">{}: {}</span>', said)
