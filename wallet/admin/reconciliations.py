"""Each comparison of a day: what both sides came to, what differs, and whom its report reached."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from merchants.admin import labels
from merchants.admin.base import AdminQuestion, explain_refusal
from merchants.models import Person
from wallet.admin.base import ReadOnlyAdmin
from wallet.admin.days import DayFilter
from wallet.admin.uploads import right_aligned
from wallet.models import Reconciliation, ReportDelivery
from wallet.reconciliation import day_breaks, deliveries, on_demand, report
from wallet.reconciliation.figures import figures_of
from wallet.reconciliation.report import BreakLine, SideLine

OUTCOMES = {
    "All clear": "success",
    "Breaks": "warning",
    "No statement": "danger",
    "Nothing to compare": "info",
    "Failed": "danger",
    "Running": "info",
}
DELIVERY = {"sent": "success", "waiting": "info", "retried": "warning", "given up": "danger", "bounced": "danger"}
SHOWN_RUNS, SHOWN_DELIVERIES = 20, 50


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    list_display = [
        "day", "number", "of_merchant", "shown_outcome", "rate", "ours", "theirs", "breaks", "begun", "done", "by",
    ]  # fmt: skip
    list_display_links = ["day"]
    list_select_related = ["merchant", "by"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        ("outcome", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("day", DayFilter),
    ]
    ordering = ["-pk"]
    actions_detail = ["again"]
    change_form_outer_before_template = "admin/reconciliation_page.html"
    fields = [
        "of_merchant", "day", "number", "shown_outcome", "fault", "statement", "begun", "done", "by", "upto",
    ]  # fmt: skip

    def has_again_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("wallet.change_reconciliation"))

    @display(description=gettext_lazy("Outcome"))
    def shown_outcome(self, run: Reconciliation) -> SafeString | None:
        return outcome(run)

    @display(description=gettext_lazy("Matched"))
    def rate(self, run: Reconciliation) -> str | None:
        return figures_of(run).rate if run.figures else None

    @display(description=gettext_lazy("Rows in our ledger"))
    def ours(self, run: Reconciliation) -> str | None:
        return f"{figures_of(run).ours:,}" if run.figures else None

    @display(description=gettext_lazy("Rows in the statement"))
    def theirs(self, run: Reconciliation) -> str | None:
        return f"{figures_of(run).theirs:,}" if run.figures else None

    @display(description=gettext_lazy("Breaks"))
    def breaks(self, run: Reconciliation) -> str | None:
        return report.headline(run, figures_of(run)) if run.figures else None

    @display(description=gettext_lazy("Started (UTC)"))
    def begun(self, run: Reconciliation) -> SafeString | None:
        return labels.moment(run.begun_at)

    @display(description=gettext_lazy("Finished (UTC)"))
    def done(self, run: Reconciliation) -> SafeString | None:
        return labels.moment(run.done_at)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any) -> Any:
        run: Reconciliation | None = kind.get("obj")
        return super().render_change_form(request, context | (panel(run) if run else {}), *rest, **kind)

    @action(description=gettext_lazy("Compare day again"), permissions=["again"], icon="refresh")
    @explain_refusal
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Compare day again"),
            text=_(
                "A new reconciliation run compares the day's current statement with our current ledger. "
                "Recurring breaks keep their cases, and this run is kept. A large day takes about 30 "
                "seconds. The new run then appears in the list."
            ),
            act=lambda: on_demand.ask_for_comparison(
                merchant=run.merchant, day=run.day, by=cast("Person", request.user)
            ),
            done=_("is compared again in a new run"),
        )
        return self.ask(request, run, question)


def outcome(run: Reconciliation) -> SafeString | None:
    said = run.get_outcome_display() if run.state == Reconciliation.State.DONE else run.get_state_display()
    return labels.coloured_label(said, OUTCOMES)


# --- a comparison's page ----------------------------------------------------------------------------------------------
def panel(run: Reconciliation) -> dict[str, Any]:
    figures = figures_of(run)
    of_day: dict[str, Any] = {"merchant__id__exact": run.merchant_id, "day_from": run.day, "day_to": run.day}
    return {
        "run": run,
        "figures": figures,
        "headline": report.headline(run, figures),
        "elsewhere": day_breaks.other_days_texts(figures),
        "sides": sides_table([SideLine.build(side) for side in figures.sides]),
        "breaks": breaks_table([BreakLine.build(each) for each in figures.breaks]),
        "same_day": [(each, outcome(each)) for each in runs_of_day(run)],
        "deliveries": [(each, state_label(each)) for each in deliveries_of(run)],
        "to_cases": f"{reverse('admin:wallet_case_changelist')}?{urlencode(of_day)}",
        "to_all_cases": f"{reverse('admin:wallet_case_changelist')}?{urlencode(of_day | {'state': 'all'})}",
        "to_statements": f"{reverse('admin:wallet_statement_changelist')}?{urlencode(of_day)}",
    }


def runs_of_day(run: Reconciliation) -> QuerySet[Reconciliation]:
    same = Reconciliation.objects.filter(merchant=run.merchant_id, day=run.day).exclude(pk=run.pk)
    return same.select_related("by").order_by("-number")[:SHOWN_RUNS]


def deliveries_of(run: Reconciliation) -> QuerySet[ReportDelivery]:
    return ReportDelivery.objects.filter(reconciliation=run).select_related("email")[:SHOWN_DELIVERIES]


def state_label(delivery: ReportDelivery) -> SafeString | None:
    return labels.coloured_label(str(deliveries.delivery_state(delivery)), DELIVERY)


def sides_table(lines: list[SideLine]) -> dict[str, Any]:
    heads = [
        _("Our rows"),
        _("Our amount"),
        _("Their rows"),
        _("Their amount"),
        _("Difference"),
        _("Differences explained by breaks"),
        _("Unexplained difference"),
    ]
    return {
        "headers": [_("Currency"), _("Kind"), *map(right_aligned, heads)],
        "rows": [
            [
                line.currency,
                line.kind,
                *map(
                    right_aligned, (line.our_rows, line.our_amount, line.their_rows, line.their_amount, line.difference)
                ),
                *map(right_aligned, (line.explained, line.unexplained)),
            ]
            for line in lines
        ],
    }


def breaks_table(lines: list[BreakLine]) -> dict[str, Any]:
    return {
        "headers": [
            _("Kind"),
            _("Currency"),
            right_aligned(_("Breaks")),
            right_aligned(_("At stake")),
            right_aligned(_("Difference")),
        ],
        "rows": [
            [line.kind, line.currency or "–", *map(right_aligned, (line.breaks, line.stake, line.difference))]
            for line in lines
        ],
    }
