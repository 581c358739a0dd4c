"""Gross gaming revenue by day, game, player and currency, as a page and as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit
from merchants.pages import page_frame
from merchants.pages.forms import PlainForm
from merchants.pages.guard import page
from merchants.services import downloads
from portal.lib import clock, money, tables
from portal.lib.file_names import file_name
from wallet.pages import charts
from wallet.services.usage import gaming_revenue
from wallet.services.usage.gaming_revenue import Revenue, RevenueReport, RevenueWish

LONGEST = timedelta(days=400)
FIRST_SPAN = timedelta(days=29)
MOST_BARS = 92
WAYS = {
    "day": gettext_lazy("Day"),
    "game": gettext_lazy("Game"),
    "player": gettext_lazy("Player"),
    "currency": gettext_lazy("Currency"),
}
DATE = {"type": "date"}


class RevenueForm(PlainForm):
    since = forms.DateField(label=gettext_lazy("From day"), widget=forms.TextInput(attrs=DATE))
    until = forms.DateField(label=gettext_lazy("To day"), widget=forms.TextInput(attrs=DATE))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=8, required=False)
    by = forms.ChoiceField(choices=[*WAYS.items()], required=False, widget=forms.HiddenInput)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and not timedelta() <= until - since <= LONGEST:
            raise forms.ValidationError(_("Choose at most 400 days, and the first day before the last day."))
        return said


def first_wish() -> RevenueWish:
    today = clock.now().date()
    return RevenueWish(today - FIRST_SPAN, today)


def read_wish(request: HttpRequest) -> tuple[RevenueForm, RevenueWish]:
    """Return the form and what it asks for; the last 30 days where it asks for nothing that can be answered."""
    first = first_wish()
    known = {"since": first.since.isoformat(), "until": first.until.isoformat(), "currency": "", "by": first.by}
    form = RevenueForm(known | {name: value for name, value in request.GET.items() if name in known and value})
    if not form.is_valid():
        return form, first
    said = form.cleaned_data
    return form, RevenueWish(said["since"], said["until"], said["by"] or "day", said["currency"])


def query(wish: RevenueWish, **change: str) -> str:
    said = replace(wish, **change)  # type: ignore[arg-type]
    return urlencode({"since": said.since, "until": said.until, "currency": said.currency, "by": said.by})


@page()
def ggr(request: HttpRequest, visit: Visit) -> HttpResponse:
    form, wish = read_wish(request)
    found = gaming_revenue.revenue_report(visit.merchant, wish)
    known = gaming_revenue.names(wish.by, found.rows)
    code = visit.merchant.code
    csv = reverse("operator:ggr_players_csv" if wish.by == "player" else "operator:ggr_csv", args=[code])
    context: dict[str, Any] = {
        "form": form,
        "wish": wish,
        "ways": [(name, title, query(wish, by=name)) for name, title in WAYS.items()],
        "heading": WAYS[wish.by],
        "report": found,
        "rows": [revenue_label(row, known, wish.by) for row in found.rows],
        "total": [revenue_label(row, {}, "currency") for row in found.total],
        "chart": revenue_chart(found, wish),
        "csv": f"{csv}?{query(wish)}",
        "most": gaming_revenue.LISTED,
    }
    return page_frame.render_page(request, visit, "ggr.html", tab="home", title=_("Gross gaming revenue"), **context)


def revenue_label(row: Revenue, known: dict[Any, str], by: str) -> dict[str, Any]:
    """The row in words; `url` continues the address of the merchant's pages."""
    amounts = {name: money.format_amount(getattr(row, name), row.currency) for name in ("stakes", "payouts", "rewards")}
    ggr = money.format_amount(row.ggr, row.currency)
    return amounts | {"what": row.what, "name": known.get(row.what, ""), "ggr": ggr, "row": row, "by": by}


def revenue_chart(found: RevenueReport, wish: RevenueWish) -> charts.Chart | None:
    """Stakes and payouts of each day in the busiest currency, for as many days as bars can be told apart."""
    days = (wish.until - wish.since).days + 1
    if wish.by != "day" or not found.total or not 1 < days <= MOST_BARS:
        return None
    currency = found.total[0].currency
    of_day = {row.what: row for row in found.rows if row.currency == currency}
    begins = [datetime.combine(wish.since + timedelta(days=number), time()) for number in range(days)]
    rows = [of_day.get(begin.date()) for begin in begins]
    names = (gettext_lazy("stakes"), gettext_lazy("payouts"))
    every = max(1, days // 8)
    labels = charts.Labels(
        [f"{begin:%-d %b}" for begin in begins[::every]],
        [f"{begin:%-d %b %Y}" for begin in begins],
        names,
        partial(money.format_with_code, currency=currency),
    )
    stakes, payouts = [row.stakes if row else 0 for row in rows], [row.payouts if row else 0 for row in rows]
    return charts.grouped_chart((stakes, "bar-in"), (payouts, "bar-out"), labels)


# --- As a file --------------------------------------------------------------------------------------------------------
@page(back="operator:ggr")
def ggr_csv(request: HttpRequest, visit: Visit) -> Any:
    form, wish = read_wish(request)
    if not form.is_valid() or wish.by == "player":
        return HttpResponseRedirect(reverse("operator:ggr", args=[visit.merchant.code]))
    return send_revenue(visit, wish)


@page(prove=True, back="operator:ggr")
def ggr_players_csv(request: HttpRequest, visit: Visit) -> Any:
    """Names players, so it needs a fresh second factor."""
    form, wish = read_wish(request)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("operator:ggr", args=[visit.merchant.code]))
    return send_revenue(visit, replace(wish, by="player"))


def send_revenue(visit: Visit, wish: RevenueWish) -> StreamingHttpResponse:
    rows = gaming_revenue.revenue_report(visit.merchant, wish, most=None).rows
    what = {"by": wish.by, "since": wish.since, "until": wish.until, "currency": wish.currency}
    downloads.record_download(
        person=visit.person, what="Gross gaming revenue (CSV)", merchant=visit.merchant, filters=what, rows=len(rows)
    )
    name = file_name(visit.merchant.code, f"ggr-by-{wish.by}", at=clock.now(), form="csv")
    return StreamingHttpResponse(
        tables.csv_lines(gaming_revenue.revenue_csv(wish.by, rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
