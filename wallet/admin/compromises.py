"""Cases of exposed secrets, and the report of what a secret has done, with a case or without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from merchants import errors
from merchants.admin import labels
from merchants.admin.base import AdminQuestion
from merchants.admin.step_up import step_up
from merchants.models import Compromise, Person, Secret
from merchants.services import compromise, downloads
from portal.lib import clock, tables
from portal.lib.file_names import file_name
from portal.lib.moment_fields import UtcField
from wallet import money
from wallet.admin.base import Choice, ReadOnlyAdmin
from wallet.models.usage import MovementHour
from wallet.services.usage import compromise_report
from wallet.services.usage.compromise_report import Address, Report, ReportHour

log = structlog.get_logger(__name__)
SHOWN = 100  # addresses on the page; the download has all
AT_ONCE = 2_000
LATELY = timedelta(days=1)
STATE = {"open": "warning", "closed": "success"}
COLUMNS = {
    "created_at": "Time (UTC)", "transaction_id": "Transaction", "part": "Part", "kind": "Kind", "status": "Status",
    "amount": "Amount", "currency": "Currency", "credit_account__kind": "Given to", "player__player_id": "Player",
    "session__session_id": "Session", "game__game_id": "Game", "round_id": "Round", "ref_transaction_id": "Refers to",
    "address": "Address", "request_id": "Request",
}  # fmt: skip


class SpanForm(forms.Form):
    secret = forms.ModelChoiceField(Secret.objects.select_related("key__merchant"), widget=forms.HiddenInput)
    since = UtcField(label=gettext_lazy("Since (UTC)"), widget=UnfoldAdminTextInputWidget)
    until = UtcField(
        label=gettext_lazy("Until (UTC)"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Leave empty for now."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and since > clock.now():
            self.add_error("since", _("This moment is in the future. Choose an earlier moment."))
        if since and until and until <= since:
            self.add_error("until", _("Choose a moment after the first one."))
        return given


class OpenFilter(Choice):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("open", _("Open")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Compromise]) -> QuerySet[Compromise]:
        return queryset.filter(closed_at__isnull=self.chosen() == "open") if self.chosen() else queryset


@admin.register(Compromise)
class CompromiseAdmin(ReadOnlyAdmin):
    list_display = ["of_key", "of_merchant", "shown_state", "response", "since", "declared_by", "created"]
    list_select_related = ["key__merchant", "secret", "declared_by"]
    list_filter = [
        OpenFilter,
        ("key__merchant", AutocompleteSelectFilter),
        ("response", ChoicesDropdownFilter),
    ]
    search_fields = ["key__auth_key"]
    search_help_text = gettext_lazy("Auth key, or part of it")
    actions_detail = ["close"]
    change_form_outer_before_template = "admin/compromise_report.html"
    fields = [
        "of_merchant", "of_key", "response", "reason", "since", "declared_by", "created", "replaced_by", "shown_state",
        "ended", "closed_by",
    ]  # fmt: skip

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own = [
            path(f"exposure/{part}", self.admin_site.admin_view(view), name=f"merchants_compromise_{name}")
            for part, view, name in [
                ("", self.exposure_view, "exposure"),
                ("summary/", self.summary_view, "summary"),
                ("movements/", self.movements_view, "movements"),
            ]
        ]
        inherited: list[URLResolver | URLPattern] = super().get_urls()
        return own + inherited

    @display(description=gettext_lazy("Compromised secret version"))
    def of_key(self, case: Compromise) -> str:
        return _("%(auth_key)s, version %(version)s") % {"auth_key": case.key.auth_key, "version": case.secret.version}

    @display(description=gettext_lazy("Merchant"))
    def of_merchant(self, case: Compromise) -> str:
        return case.key.merchant.listed_name

    @display(description=gettext_lazy("Compromised since (UTC)"))
    def since(self, case: Compromise) -> SafeString | None:
        return labels.moment(case.exposed_since)

    @display(description=gettext_lazy("Closed (UTC)"))
    def ended(self, case: Compromise) -> SafeString | None:
        return labels.moment(case.closed_at)

    @display(description=gettext_lazy("Replaced by"))
    def replaced_by(self, case: Compromise) -> str | None:
        new = case.replacement
        return (
            None
            if new is None
            else _("%(auth_key)s, version %(version)s") % {"auth_key": new.key.auth_key, "version": new.version}
        )

    @display(description=gettext_lazy("State"))
    def shown_state(self, case: Compromise) -> SafeString | None:
        return labels.coloured_label("closed" if case.closed_at else "open", STATE)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is not None and self.has_view_permission(request, case):
            found = compromise_report.compromise_report(case.secret, case.exposed_since)
            extra_context = (extra_context or {}) | page_of(found, {"secret": case.secret_id, "since": found.since})
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return response

    def has_close_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("merchants.change_compromise"))

    @action(description=gettext_lazy("Close case"), permissions=["close"], icon="task_alt")
    @step_up
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        case = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Close case"),
            text=_(
                "The investigation is over. The case and its report are kept. The key and its secrets do not change."
            ),
            act=lambda: compromise.close_compromise(compromise=case, by=request.user),  # type: ignore[arg-type]
            done=_("is closed"),
        )
        return self.ask(request, case, question)

    def exposure_view(self, request: HttpRequest) -> HttpResponse:
        """The report of any secret, whether it is a case or not."""
        form = self.asked(request)
        context = self.admin_site.each_context(request) | {
            "title": _("Requests with the compromised secret"),
            "opts": self.opts,
        }
        if form.is_valid():
            context |= page_of(compromise_report.compromise_report(**form.cleaned_data), form.cleaned_data)
        return TemplateResponse(request, "admin/exposure.html", context | {"form": form})

    @step_up
    def summary_view(self, request: HttpRequest) -> HttpResponse:
        return self.download(request, "summary", lambda wish: summary(compromise_report.compromise_report(**wish)))

    @step_up
    def movements_view(self, request: HttpRequest) -> HttpResponse:
        return self.download(request, "movements", lambda wish: movements(**wish))

    def asked(self, request: HttpRequest) -> SpanForm:
        if not self.has_view_permission(request):
            raise PermissionDenied
        day_ago = f"{clock.now() - LATELY:%Y-%m-%d %H:%M}"
        return SpanForm({"since": day_ago} | {name: value for name, value in request.GET.items() if value})

    def download(self, request: HttpRequest, what: str, rows: Any) -> HttpResponse:
        form = self.asked(request)
        if not form.is_valid():
            return HttpResponse(
                _("Request this file on the page of the report."), status=400, content_type="text/plain"
            )
        wish = form.cleaned_data
        merchant = wish["secret"].key.merchant
        try:
            download = downloads.record_download(
                person=cast("Person", request.user),
                what=f"Compromise report: {what} (CSV)",
                merchant=merchant,
                filters={"key": wish["secret"].key.auth_key} | request.GET.dict(),
            )
        except errors.Refusal as refused:
            return HttpResponse(str(refused), status=429, content_type="text/plain; charset=utf-8")
        log.info("exposure.downloaded", what=what, secret=wish["secret"].pk, by=str(getattr(request.user, "email", "")))
        name = file_name(
            merchant.code, what, wish["secret"].key.auth_key, f"v{wish['secret'].version}", at=clock.now(), form="csv"
        )
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        lines: Any = StreamingHttpResponse(
            tables.csv_lines(downloads.counted_rows(download, rows(wish), heads=1)),
            content_type="text/csv; charset=utf-8",
            headers=headers,
        )
        answer: HttpResponse = lines
        return answer


# --- the page ---------------------------------------------------------------------------------------------------------
def page_of(report: Report, wish: dict[str, Any]) -> dict[str, Any]:
    secret, until = wish["secret"], wish.get("until")
    query = {"secret": getattr(secret, "pk", secret), "since": wish["since"].isoformat()}
    query |= {"until": until.isoformat()} if until else {}
    base = reverse("admin:merchants_compromise_exposure")
    return {
        "report": report,
        "chart": chart(report),
        "money": money_table(report),
        "open_rounds": [(each, money.format_amount(each.stake, each.currency)) for each in report.open_rounds],
        "address_tables": [
            (_("Addresses first seen since then"), address_table(report.new[:SHOWN]), len(report.new)),
            (_("Addresses seen before"), address_table(report.known[:SHOWN]), len(report.known)),
        ],
        "addresses_shown": SHOWN,
        "endpoints": {
            "headers": [_("Endpoint"), right_aligned(_("Requests")), right_aligned(_("Refused"))],
            "rows": [[path, number_cell(calls), number_cell(refused)] for path, calls, refused in report.by_endpoint],
        },
        "refusals": {
            "headers": [_("Status"), right_aligned(_("Requests"))],
            "rows": [[status, number_cell(calls)] for status, calls in report.by_status],
        },
        "as_report": f"{base}?{urlencode(query)}",
        "as_summary": f"{base}summary/?{urlencode(query)}",
        "as_movements": f"{base}movements/?{urlencode(query)}",
    }


def right_aligned(text: str) -> dict[str, str]:
    return {"content": text, "class": "!text-end"}


def number_cell(value: int) -> dict[str, str]:
    return right_aligned(f"{value:,}")


def money_table(report: Report) -> dict[str, Any]:
    headers = [text for each in report.money for text in (right_aligned(_("Rows")), right_aligned(each.currency))]
    kinds = [kind for kind in MovementHour.Kind if kind != MovementHour.Kind.NOTHING]
    rows: list[list[Any]] = [[kind.label, *sums(report, kind)] for kind in kinds]
    net = [
        cell
        for each in report.money
        for cell in (right_aligned(""), right_aligned(money.format_amount(each.net, each.currency)))
    ]
    return {"headers": [_("Fact"), *headers], "rows": [*rows, [_("Net to players (negative: from players)"), *net]]}


def sums(report: Report, kind: str) -> list[dict[str, str]]:
    found = [(each.of[kind], each.currency) for each in report.money]
    return [
        cell
        for sum_, currency in found
        for cell in (number_cell(sum_.rows), right_aligned(money.format_amount(sum_.amount, currency)))
    ]


def address_table(addresses: list[Address]) -> dict[str, Any]:
    heads = [
        right_aligned(_("Requests")),
        right_aligned(_("Refused")),
        right_aligned(_("Money moved")),
        _("First use (UTC)"),
        _("Last use (UTC)"),
    ]
    return {"headers": ["Address", *heads], "rows": [address_row(each) for each in addresses]}


def address_row(each: Address) -> list[Any]:
    moved = (
        ", ".join(money.format_with_code(amount, currency) for currency, amount in sorted(each.moved.items())) or "–"
    )
    moments = [date_format(moment, "DATETIME_FORMAT") for moment in (each.first_at, each.last_at)]
    return [each.address, number_cell(each.calls), number_cell(each.refused), right_aligned(moved), *moments]


def chart(report: Report) -> str:
    begins, buckets = [], {bucket.begins: bucket for bucket in report.series}
    step, shape = (timedelta(hours=1), "%d %b %H:00") if report.unit == "hour" else (timedelta(days=1), "%Y-%m-%d")
    moment, last = (min(buckets), max(buckets)) if buckets else (report.since, report.since)
    while moment <= last:
        begins.append(moment)
        moment += step
    shown = [buckets.get(each) or ReportHour(each) for each in begins]
    bars = [
        ("Refused", [each.refused for each in shown], "var(--color-red-500)"),
        (_("Requests from new addresses"), [each.from_new for each in shown], "var(--color-orange-500)"),
        (_("All requests"), [each.taken + each.refused for each in shown], "var(--color-primary-400)"),
    ]
    datasets = [
        {"label": label, "data": data, "backgroundColor": colour, "displayYAxis": True, "maxTicksXLimit": 9}
        for label, data, colour in bars
    ]
    return json.dumps({"labels": [f"{each:{shape}}" for each in begins], "datasets": datasets})


# --- the downloads ----------------------------------------------------------------------------------------------------
def summary(report: Report) -> Iterator[list[Any]]:
    """One flat table: what is counted, of what, how often, how much."""
    yield ["Section", "Of", "Count", "Refused", "Amount", "Currency", "First (UTC)", "Last (UTC)"]
    secret = f"{report.secret.key.auth_key} v{report.secret.version}"
    yield ["Report", secret, None, None, None, None, report.since, report.until]
    yield ["Uses of the secret in total", secret, None, None, None, None, report.first_at, report.last_at]
    yield ["Requests", "All", report.calls, report.refused]
    yield ["Players", "Players with requested amounts", report.players]
    yield ["Sessions", "Launched", report.sessions]
    for each in report.money:
        for kind, found in each.of.items():
            yield [
                "Money",
                MovementHour.Kind(kind).label,
                found.rows,
                None,
                plain_value(found.amount, each.currency),
                each.currency,
            ]
        yield ["Money", "Net to players", None, None, plain_value(each.net, each.currency), each.currency]
    yield ["Money", MovementHour.Kind.NOTHING.label, report.moved_nothing]
    for open_ in report.open_rounds:
        yield [
            "Open rounds",
            "Stake",
            open_.rounds,
            None,
            plain_value(open_.stake, open_.currency),
            open_.currency,
            open_.oldest,
        ]
    for status, calls in report.by_status:
        yield ["Refused", status, calls, calls]
    for endpoint, calls, refused in report.by_endpoint:
        yield ["Endpoint", endpoint, calls, refused]
    for address in report.addresses:
        section = "Known address" if address.known else "New address"
        yield [section, address.address, address.calls, address.refused, None, None, address.first_at, address.last_at]
        for currency, amount in sorted(address.moved.items()):
            yield [f"{section}: money moved", address.address, None, None, plain_value(amount, currency), currency]


def movements(secret: Secret, since: datetime, until: datetime | None = None) -> Iterator[list[Any]]:
    """Each ledger row that the secret signed, oldest first, from a cursor of the server."""
    yield list(COLUMNS.values())
    found = compromise_report.signed_movements(secret, since, until).values_list(*COLUMNS)
    place, of = list(COLUMNS).index("amount"), list(COLUMNS).index("currency")
    for row in found.iterator(chunk_size=AT_ONCE):
        yield [*row[:place], None if row[place] is None else plain_value(row[place], row[of] or ""), *row[place + 1 :]]


def plain_value(units: int, currency: str) -> str:
    return money.format_amount(units, currency).replace(",", "")
