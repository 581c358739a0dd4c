"""What operators say of their days: as it came, how it was read, and why it was refused."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from merchants.admin import labels
from wallet.admin.days import DayFilter
from wallet.admin.uploads import UploadAdmin, gap_text, totals_table
from wallet.models import Statement
from wallet.reconciliation import statements

STATE = {"current": "success", "Read": "info", "Refused": "danger", "Waiting to be read": "warning"}


@admin.register(Statement)
class StatementAdmin(UploadAdmin):
    list_display = ["day", "of_merchant", "shown_name", "shown_state", "shown_rows", "source", "by", "received"]
    list_display_links = ["day"]
    list_select_related = ["merchant", "by"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        ("state", ChoicesDropdownFilter),
        ("source", ChoicesDropdownFilter),
        ("day", DayFilter),
    ]
    ordering = ["-pk"]
    change_form_outer_before_template = "admin/statement_page.html"
    fields = [
        "number", "of_merchant", "day", "grain", "shown_state", "source", "by", "shown_name", "shown_size",
        "shown_digest", "shown_rows", "scope", "replaces", "received", "read",
    ]  # fmt: skip

    @display(description=_("State"))
    def shown_state(self, statement: Statement) -> SafeString | None:
        return labels.coloured_label("current" if statement.is_current else statement.get_state_display(), STATE)

    @display(description=_("File"))
    def shown_name(self, statement: Statement) -> SafeString | None:
        return labels.truncated_text(statement.name) if statement.name else None

    @display(description=_("Rows"))
    def shown_rows(self, statement: Statement) -> str:
        return f"{statement.rows:,}"

    @display(description=_("Bytes"))
    def shown_size(self, statement: Statement) -> str:
        return f"{statement.size:,}"

    @display(description=_("SHA-256"))
    def shown_digest(self, statement: Statement) -> SafeString:
        return labels.truncated_text(statement.digest)

    @display(description=_("Received (UTC)"))
    def received(self, statement: Statement) -> SafeString | None:
        return labels.moment(statement.received_at)

    @display(description=_("Read (UTC)"))
    def read(self, statement: Statement) -> SafeString | None:
        return labels.moment(statement.read_at)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any) -> Any:
        statement: Statement | None = kind.get("obj")
        return super().render_change_form(request, context | (panel(statement) if statement else {}), *rest, **kind)


def panel(statement: Statement) -> dict[str, Any]:
    return {
        "statement": statement,
        "totals": totals_table(statement.totals),
        "gaps": [gap_text(gap) for gap in statements.declared_gaps(statement)],
        "more_faults": max(0, statement.fault_count - len(statement.faults)),
        "replaced_by": Statement.objects.filter(replaces=statement).first(),
        "columns": statement.mapping.get("columns", {}),
        "amounts": statement.mapping.get("amounts", ""),
        "of_day": f"{reverse('admin:wallet_reconciliation_changelist')}?merchant__id__exact={statement.merchant_id}"
        f"&day_from={statement.day}&day_to={statement.day}",
    }
