"""A filter for amounts in narrow tables: `{{ side.amount|wrappable }}`."""

from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
LONGEST = 14  # characters of an amount that has room in a mail on a phone


@register.filter
def wrappable(amount: str) -> SafeString | str:
    """Return a long amount with places behind its commas where a line may end, so that none ends within a group."""
    if len(amount) <= LONGEST:
        return amount
    return format_html_join(mark_safe(",<wbr>"), "{}", ((group,) for group in amount.split(",")))
