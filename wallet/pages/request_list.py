"""The page "Requests": the request log of a merchant, with search, live tail and CSV download."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit
from merchants.models import ApiKey, Merchant
from merchants.pages import page_frame
from merchants.pages.forms import PlainForm
from merchants.pages.guard import page
from merchants.pages.search_box import search_by_post
from merchants.services import downloads
from portal.lib import clock, money, numbers, tables
from portal.lib.clientip import Network, parse_address
from portal.lib.file_names import file_name
from portal.lib.moment_fields import MomentField
from wallet import statuses
from wallet.models import SignedRequest
from wallet.services.explain import signature_diagnosis
from wallet.services.log import log_search, refusal_budget
from wallet.services.log.log_search import Edges, RequestFilter, RequestPage

LINES = 50
DROPPED_FOR = timedelta(hours=24)
AT_ONCE = 500  # lines of a table that are held in memory
LONGEST = 255
COLUMNS = (
    "time (UTC)", "request id", "method", "endpoint", "http status", "status", "message", "auth key", "address",
    "player", "session", "game", "transaction", "refers to", "round", "currency", "amount", "balance", "took (ms)",
)  # fmt: skip


class BlockField(forms.CharField):
    """An address or a CIDR block."""

    def clean(self, value: Any) -> Network | None:
        text = super().clean(value).strip()
        return parsed_block(text) if text else None


def parsed_block(text: str) -> Network:
    address = parse_address(text)
    try:
        return ip_network(str(address or text.replace("%", " ")), strict=False)  # of a zone the log knows nothing
    except ValueError as fault:
        raise forms.ValidationError(
            _("This is not an address or a CIDR block. Enter a value such as 203.0.113.0/24.")
        ) from fault


class SearchForm(PlainForm):
    status = forms.ChoiceField(required=False)
    endpoint = forms.ChoiceField(label=gettext_lazy("Endpoint"), required=False)
    since = MomentField(required=False, label=gettext_lazy("From"))
    until = MomentField(required=False, label=gettext_lazy("Until"))
    address = BlockField(required=False, label=gettext_lazy("Address or block"), max_length=64)
    key = forms.ModelChoiceField(
        label=gettext_lazy("Key"), queryset=ApiKey.objects.none(), required=False, empty_label=gettext_lazy("Any")
    )
    player = forms.CharField(label=gettext_lazy("Player id"), required=False, max_length=LONGEST)
    transaction = forms.CharField(required=False, label=gettext_lazy("Transaction id"), max_length=LONGEST)
    part = forms.CharField(required=False, label=gettext_lazy("Part of any id"), max_length=LONGEST)

    def __init__(self, merchant: Merchant, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        answers = [("", _("Any")), (log_search.REFUSED, _("All refused")), *((key, key) for key in statuses.ALL_KEYS)]
        fields["status"].label = _("Answer")
        fields["status"].choices = answers
        fields["endpoint"].choices = [("", _("Any")), *((path, path) for path in log_search.endpoints())]
        fields["key"].queryset = merchant.keys.order_by("-created_at")

    def wish(self) -> RequestFilter:
        said = self.cleaned_data
        return RequestFilter(
            since=said["since"],
            until=said["until"],
            status=said["status"],
            endpoint=said["endpoint"],
            block=said["address"],
            key=said["key"],
            player_id=said["player"],
            transaction_id=said["transaction"],
            part=said["part"],
        )


# --- The list ---------------------------------------------------------------------------------------------------------
@page()
@search_by_post
def requests(request: HttpRequest, visit: Visit) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()
    if text:
        return find(request, visit, text)
    form = SearchForm(visit.merchant, request.GET or None)
    following = "tail" in request.GET
    found = load_requests(visit.merchant, form, Edges() if following else edges(request))
    newest = found.lines[0].pk if found.lines else 0
    if following and request.headers.get("HX-Request") and str(newest) == request.GET.get("seen"):
        return HttpResponse(status=204)  # nothing new: the page stays as it is
    return show_requests(request, visit, form, found=found, following=following, newest=newest)


def show_requests(
    request: HttpRequest, visit: Visit, form: SearchForm, *, found: RequestPage, **context: Any
) -> HttpResponse:
    part = "requests_tail.html" if request.headers.get("HX-Request") else "requests.html"
    kept = filters(request)
    known: dict[str, Any] = {
        "form": form,
        "found": found,
        "rows": [
            (line, "" if line.amount is None else money.format_with_code(line.amount, line.currency or ""))
            for line in found.lines
        ],
        "kept": kept,
        "filtered": bool(kept),
        "older": query(request, before=found.older) if found.older else "",
        "newer": query(request, after=found.newer) if found.newer else "",
        "to_tail": query(request, tail=1, seen=context.get("newest", 0)),
        "now": clock.now(),
    }
    if "HX-Request" not in request.headers:
        since = clock.now() - DROPPED_FOR
        known["dropped"] = refusal_budget.dropped_counts(since=since, merchant_id=visit.merchant.pk)
    response = page_frame.render_page(request, visit, part, tab="requests", title=_("Requests"), **known | context)
    response["X-Tail"] = "1"
    return response


def load_requests(merchant: Merchant, form: SearchForm, where: Edges) -> RequestPage:
    if form.is_bound and not form.is_valid():
        return RequestPage()
    wish = form.wish() if form.is_bound else RequestFilter()
    return log_search.search_requests(merchant=merchant, wish=wish, edges=where, limit=LINES)


def edges(request: HttpRequest) -> Edges:
    """From an address of ours; anything else is as if it were not there."""
    before, after = (numbers.parse_row_id(request.GET.get(name, "")) for name in ("before", "after"))
    if after is not None:
        return Edges(above=after, rising=True)
    return Edges(below=before) if before is not None else Edges()


def filters(request: HttpRequest) -> str:
    said = [(name, request.GET.get(name, "")) for name in SearchForm.base_fields]
    return urlencode([(name, value) for name, value in said if value])


def query(request: HttpRequest, **edge: int) -> str:
    kept = filters(request)
    return f"?{kept}{'&' if kept else ''}{urlencode(edge)}"


# --- The box that finds by itself -------------------------------------------------------------------------------------
def find(request: HttpRequest, visit: Visit, text: str) -> HttpResponse:
    """A request id leads to its call; an address, a transaction or a player to the list of theirs.

    Any other text leads to the requests with an id that contains it.
    """
    code = visit.merchant.code
    if (request_id := log_search.parse_uuid(text)) is not None and is_own(visit.merchant, request_id):
        return HttpResponseRedirect(reverse("operator:call", args=[code, request_id]))
    name, value = parse_term(visit.merchant, text[:LONGEST])
    return HttpResponseRedirect(f"{reverse('operator:requests', args=[code])}?{urlencode({name: value})}")


def is_own(merchant: Merchant, request_id: Any) -> bool:
    try:
        signature_diagnosis.own_request(merchant, request_id)
    except signature_diagnosis.NoSuchCall:
        return False
    return True


def parse_term(merchant: Merchant, text: str) -> tuple[str, str]:
    try:
        return "address", str(parsed_block(text)).removesuffix("/32").removesuffix("/128")
    except forms.ValidationError:
        if log_search.has_request(merchant, RequestFilter(transaction_id=text)):
            return "transaction", text
        return ("player" if log_search.has_request(merchant, RequestFilter(player_id=text)) else "part"), text


# --- As a table -------------------------------------------------------------------------------------------------------
@page(back="operator:requests", prove=True)
def requests_csv(request: HttpRequest, visit: Visit) -> Any:
    form = SearchForm(visit.merchant, request.GET)
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('operator:requests', args=[visit.merchant.code])}?{filters(request)}")
    name = file_name(visit.merchant.code, "requests", at=clock.now(), form="csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    download = downloads.record_download(
        person=visit.person, what="Requests (CSV)", merchant=visit.merchant, filters=request.GET.dict()
    )
    lines = log_search.all_requests(merchant=visit.merchant, wish=form.wish(), at_once=AT_ONCE)
    return StreamingHttpResponse(
        tables.csv_lines(downloads.counted_rows(download, cells(lines), heads=1)),
        content_type="text/csv; charset=utf-8",
        headers=headers,
    )


def cells(lines: Iterator[SignedRequest]) -> Iterator[tuple[Any, ...]]:
    yield COLUMNS
    for line in lines:
        yield (
            line.created_at, line.request_id, line.method, line.endpoint, line.http_status, line.status, line.message,
            line.auth_key, line.address, line.player_id, line.session_id, line.game_id, line.transaction_id,
            line.ref_transaction_id, line.round_id, line.currency, plain_text(line.amount, line.currency),
            plain_text(line.balance, line.currency),
            f"{line.duration_us / 1000:.1f}",
        )  # fmt: skip


def plain_text(units: int | None, currency: str | None) -> str | None:
    return None if units is None else money.format_amount(units, currency or "").replace(",", "")
