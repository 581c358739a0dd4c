"""Tables that are read as cards on a phone: each cell carries the title of its column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()
CELL = re.compile(r"<t[dh]\b")


@register.filter
def column_title(headers: Any, number: int) -> str:
    """Return the words of column `number` (0 is the first), without markup; "" where there is none."""
    if number >= len(headers):
        return ""
    header = headers[number]
    if isinstance(header, Mapping):
        header = header.get("text") or header.get("content") or ""
    return capfirst(" ".join(strip_tags(str(header)).split()))


@register.filter
def with_title(cell: str, title: str) -> SafeString:
    """Return the markup of a table cell that names its column, for `content: attr(data-label)`."""
    named = CELL.sub(lambda found: f'{found[0]} data-label="{escape(title)}"', str(cell), count=1)
    return mark_safe(named)  # noqa: S308 - the cell is markup already
