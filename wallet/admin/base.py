"""What the wallet's pages share: nothing can be added, changed or deleted, and money looks like money."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_time
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter, RangeDateTimeFilter, TextFilter

from merchants.admin import labels
from merchants.admin.base import FastAdmin
from wallet import money, statuses

STATUS = {statuses.OK: "success"} | dict.fromkeys(statuses.BY_KEY, "danger")


class ReadOnlyAdmin(FastAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def amount_label(units: int | None, currency: str = "") -> labels.Shown | None:
    """With thousands apart on the page, without in an export: there a spreadsheet adds them up."""
    if units is None:
        return None
    text = money.format_amount(units, currency)
    return labels.plain_text(text, text.replace(",", ""))


def link_to(name: str, text: str, **query: Any) -> str:
    """A link to a list of the administration, narrowed by `query`."""
    return format_html('<a class="text-link" href="{}?{}">{}</a>', reverse(f"admin:{name}"), urlencode(query), text)


class TimeFilter(RangeDateTimeFilter):
    """From and to, in UTC. A day without a time is its first moment, or its last."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        since, until = self.moment("from", "00:00:00"), self.moment("to", "23:59:59.999999")
        if since:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": since})
        return queryset.filter(**{f"{self.parameter_name}__lte": until}) if until else queryset

    def moment(self, end: str, time_if_none: str) -> datetime | None:
        """None, and so no filter, when there is no such moment."""
        given = self.used_parameters
        try:
            day = parse_date(given.get(f"{self.parameter_name}_{end}_0") or "")
            time = parse_time(given.get(f"{self.parameter_name}_{end}_1") or time_if_none)
        except ValueError:
            return None
        return datetime.combine(day, time, UTC) if day and time else None


class Choice(DropdownFilter):
    """One of a few values; what else stands in the address is no choice."""

    def chosen(self) -> str | None:
        return self.value() if self.value() in dict(self.lookup_choices) else None


class CurrencyFilter(TextFilter):
    title = "currency"
    parameter_name = "currency"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = (self.value() or "").replace("\0", "").strip().upper()
        return queryset.filter(currency=code) if code else queryset
