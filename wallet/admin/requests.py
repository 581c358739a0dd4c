from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, TextFilter
from unfold.decorators import display

from merchants import staff_desk
from merchants.admin import labels
from merchants.admin.recent_items import add_recent_item
from merchants.models import ApiKey, Merchant
from portal.lib import clock, numbers
from portal.lib.clientip import parse_address
from wallet.admin import search
from wallet.admin.base import STATUS, Choice, ReadOnlyAdmin, TimeFilter, amount_label, link_to
from wallet.models import RefusedCall, SignedRequest
from wallet.models.request_log import SignedRequestQuerySet
from wallet.services.log import refusal_budget
from wallet.services.log.log_search import endpoints
from wallet.services.log.masked_request import MaskedCall, masked_call
from wallet.statuses import ALL_KEYS

DROPPED_FOR = timedelta(hours=24)


class RequestStatusFilter(Choice):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("refused", _("All refusals")), *((key, key) for key in ALL_KEYS)]

    def queryset(self, request: HttpRequest, queryset: SignedRequestQuerySet) -> SignedRequestQuerySet:
        if self.chosen() == "refused":
            return queryset.refused()
        return queryset.filter(status=self.chosen()) if self.chosen() else queryset


class EndpointFilter(Choice):
    title = "endpoint"
    parameter_name = "endpoint"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(path, path) for path in endpoints()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SignedRequest]) -> QuerySet[SignedRequest]:
        path = self.chosen()
        return queryset.filter(endpoint__in=[path, f"{path}/"]) if path else queryset


class AddressFilter(TextFilter):
    title = gettext_lazy("address (newest %(address_calls)s requests)") % {"address_calls": f"{search.ADDRESS_CALLS:,}"}
    parameter_name = "address"

    def queryset(self, request: HttpRequest, queryset: QuerySet[SignedRequest]) -> QuerySet[SignedRequest]:
        if not self.value():
            return queryset
        address = parse_address(self.value())
        return search.requests_from_address(queryset, address) if address else queryset.none()


@admin.register(SignedRequest)
class SignedRequestAdmin(ReadOnlyAdmin):
    exact_moments = True
    list_display = [
        "created", "of_merchant", "endpoint", "shown_status", "player", "shown_amount", "currency", "address",
        "took",
    ]  # fmt: skip
    list_select_related = ["merchant"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        RequestStatusFilter,
        EndpointFilter,
        AddressFilter,
        ("created_at", TimeFilter),
    ]
    list_before_template = "admin/requests_dropped.html"
    search_fields = ["request_id__exact"]
    search_help_text = gettext_lazy("Request, transaction or player id, part of an id, or address")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "request_id", "created", "method", "endpoint", "shown_status", "message", "http_status", "took",
                ]
            },
        ),
        (gettext_lazy("Signed by"), {"fields": ["merchant", "secret", "auth_key", "address", "address_source"]}),
        (
            gettext_lazy("Subject"),
            {
                "fields": [
                    "player_id", "session_id", "game_id", "transaction", "reference", "round_id", "shown_amount",
                    "currency", "shown_balance", "items",
                ]
            },
        ),
        (
            gettext_lazy("As received (kept for 7 days, refused requests only)"),
            {"fields": ["query", "headers", "body"]},
        ),
    ]  # fmt: skip

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SignedRequest | None:
        found: SignedRequest | None = super().get_object(request, object_id, from_field)
        if found is not None:
            kept = RefusedCall.objects.filter(pk=found.request_id).first()
            found.arrived = masked_call(kept) if kept else None  # type: ignore[attr-defined]
        return found

    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **options: Any) -> HttpResponse:
        """Where the merchant is known, also by the auth key alone, the checks and the diagnosis are at its desk."""
        line = self.get_object(request, object_id) if request.method == "GET" else None
        if line is not None and self.has_view_permission(request, line):
            merchant = line.merchant or named_merchant(line.auth_key)
            if merchant is not None:
                address = staff_desk.desk_address("call", merchant.code, line.request_id)
                title = f"{line.endpoint} {line.request_id}"
                add_recent_item(request, title=title, kind=_("request"), url=address)
                return HttpResponseRedirect(address)
        response: HttpResponse = super().change_view(request, object_id, *rest, **options)
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignedRequest]:
        named = ApiKey.objects.filter(auth_key=OuterRef("auth_key")).values("merchant__name")
        found: QuerySet[SignedRequest] = super().get_queryset(request)
        return found.annotate(named=Subquery(named[:1]))

    @display(description=gettext_lazy("Merchant"))
    def of_merchant(self, row: SignedRequest) -> str | None:
        """Whose auth key was named where the signature was wrong: anybody who knows the key can send such requests."""
        if row.merchant:
            return row.merchant.listed_name
        named: str | None = row.named  # type: ignore[attr-defined]
        return named and _("%(name)s (auth key only)") % {"name": named}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if (address := log_of_merchant(request)) is not None:
            return HttpResponseRedirect(address)
        dropped = {"dropped": refusal_budget.dropped_counts(since=clock.now() - DROPPED_FOR)}
        shown: HttpResponse = super().changelist_view(request, (extra_context or {}) | dropped)
        return shown

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SignedRequest], search_term: str
    ) -> tuple[QuerySet[SignedRequest], bool]:
        text = search_term.strip()
        return (search.requests(queryset, text) if text else queryset), False

    @display(description=gettext_lazy("Player"))
    def player(self, line: SignedRequest) -> SafeString | None:
        return labels.short_id(line.player_id) if line.player_id else None

    @display(description=gettext_lazy("Status"))
    def shown_status(self, line: SignedRequest) -> SafeString | None:
        return labels.coloured_label(line.status, STATUS)

    @display(description=gettext_lazy("Amount"), formatting="price")
    def shown_amount(self, line: SignedRequest) -> str | None:
        return amount_label(line.amount)

    @display(description=gettext_lazy("Balance"))
    def shown_balance(self, line: SignedRequest) -> str | None:
        return amount_label(line.balance)

    @display(description=gettext_lazy("Duration"))
    def took(self, line: SignedRequest) -> str:
        return f"{line.duration_us / 1000:.1f}\N{NO-BREAK SPACE}ms"

    @display(description=gettext_lazy("Transaction"))
    def transaction(self, line: SignedRequest) -> str | None:
        return transactions_of(line.transaction_id)

    @display(description=gettext_lazy("Refers to"))
    def reference(self, line: SignedRequest) -> str | None:
        return transactions_of(line.ref_transaction_id)

    @display(description=gettext_lazy("Query"))
    def query(self, line: SignedRequest) -> str | None:
        return text_block(line.arrived.query) if line.arrived else None  # type: ignore[attr-defined]

    @display(description=gettext_lazy("Headers"))
    def headers(self, line: SignedRequest) -> str | None:
        arrived: MaskedCall | None = line.arrived  # type: ignore[attr-defined]
        return text_block("\n".join(f"{name}: {value}" for name, value in arrived.headers)) if arrived else None

    @display(description=gettext_lazy("Body"))
    def body(self, line: SignedRequest) -> str | None:
        return text_block(line.arrived.body) if line.arrived else None  # type: ignore[attr-defined]


def named_merchant(auth_key: str) -> Merchant | None:
    """Return the merchant of the auth key that a request named, whether or not its signature was valid."""
    return Merchant.objects.filter(keys__auth_key=auth_key).first() if auth_key else None


def log_of_merchant(request: HttpRequest) -> str | None:
    """Return where one merchant's requests are: at its desk, with those that only named one of its keys."""
    number = numbers.parse_row_id(request.GET.get("merchant__id__exact", ""))
    merchant = Merchant.objects.filter(pk=number).first() if number is not None and not request.GET.get("q") else None
    if merchant is None:
        return None
    kept = {name: request.GET[name] for name in ("status", "endpoint", "address") if request.GET.get(name)}
    address = staff_desk.desk_address("requests", merchant.code)
    return f"{address}?{urlencode(kept)}" if kept else address


def transactions_of(transaction_id: str | None) -> str | None:
    return transaction_id and link_to("wallet_transaction_changelist", transaction_id, q=transaction_id)


def text_block(text: str) -> str | None:
    """Of a text that is masked already."""
    return format_html('<pre class="foreign-text">{}</pre>', text) if text else None
