"""Reconciled days, as lists are filtered by them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import RangeDateFilter


class DayFilter(RangeDateFilter):
    """From and to, both with their day. What is no day is no filter."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for end, word in (("from", "gte"), ("to", "lte")):
            try:
                day = parse_date(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
            except ValueError:
                day = None
            if day:
                queryset = queryset.filter(**{f"{self.parameter_name}__{word}": day})
        return queryset
