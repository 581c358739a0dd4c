"""The last 24 hours of all merchants on the first page: requests by the hour with the share refused, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from merchants import staff_desk
from merchants.models import Merchant
from portal.lib import clock, moments
from portal.lib.moment_fields import address_value
from wallet.models import TrafficIncident
from wallet.services.usage import quiet_merchants
from wallet.services.usage.calls_by_hour import CallsByHour, HourCalls, calls_by_hour

HOUR = timedelta(hours=1)
HOURS = 24
MERCHANTS = 30  # rows that are shown
LEVELS = (0.01, 0.1, 0.5)  # shares refused at which a cell is darker
TEN, THOUSAND = 10, 1000


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of one merchant. `level`: 0 without requests, then 1 to 4 by the share refused."""

    calls: HourCalls
    url: str
    label: str

    @property
    def text(self) -> str:
        return short_number(self.calls.total) if self.calls.total else ""

    @property
    def share(self) -> str:
        return share_text(self.calls) if self.calls.refused else ""

    @property
    def level(self) -> int:
        return 1 + sum(self.calls.refused_share >= edge for edge in LEVELS) if self.calls.total else 0


@dataclass(frozen=True, slots=True)
class HeatRow:
    name: str
    url: str
    cells: Sequence[HeatCell]
    total: HourCalls
    incident: TrafficIncident | None = None

    @property
    def total_text(self) -> str:
        return f"{self.total.total:,}"

    @property
    def share(self) -> str:
        return share_text(self.total) if self.total.total else "–"


def heat_map(incidents: Iterable[TrafficIncident]) -> dict[str, Any]:
    """Return the rows of the first page: merchants with an incident first, then by their requests."""
    hours = last_hours()
    counted, of_merchant = calls_by_hour(hours), {each.merchant_id: each for each in incidents}
    totals = {
        merchant: sum_up(counted.calls_of(merchant, hour) for hour in hours)
        for merchant in {merchant for merchant, _hour in counted.hours} | of_merchant.keys()
    }
    ordered = sorted(totals, key=lambda each: (each not in of_merchant, -totals[each].total, each))
    shown = Merchant.objects.in_bulk(ordered[:MERCHANTS])
    rows = [
        heat_row(shown[each], hours, counted, totals[each], of_merchant.get(each)) for each in ordered if each in shown
    ]
    return {
        "heat_hours": [moments.local_hour(hour) for hour in hours],
        "heat_rows": rows,
        "heat_more": len(ordered) - len(rows),
        "heat_since": hours[0],
        "heat_is_whole": counted.is_whole,
        "heat_totals": totals_table(rows),
    }


def last_hours() -> list[datetime]:
    """Return the hour that has begun and the 23 before it, oldest first."""
    newest = clock.now().replace(minute=0, second=0, microsecond=0)
    return [newest - HOUR * back for back in reversed(range(HOURS))]


def sum_up(calls: Iterable[HourCalls]) -> HourCalls:
    known = list(calls)
    return HourCalls(sum(each.accepted for each in known), sum(each.refused for each in known))


def heat_row(
    merchant: Merchant,
    hours: Sequence[datetime],
    counted: CallsByHour,
    total: HourCalls,
    incident: TrafficIncident | None,
) -> HeatRow:
    log = staff_desk.desk_address("requests", merchant.code)
    cells = [heat_cell(merchant, log, hour, counted.calls_of(merchant.pk, hour)) for hour in hours]
    page = reverse("admin:merchants_merchant_change", args=[merchant.pk])
    return HeatRow(merchant.name, page, cells, total, incident)


def heat_cell(merchant: Merchant, log: str, hour: datetime, calls: HourCalls) -> HeatCell:
    facts = {
        "merchant": merchant.name,
        "hour": moments.local_and_utc(hour),
        "requests": f"{calls.total:,}",
        "refused": f"{calls.refused:,}",
        "share": share_text(calls),
    }
    label = _("%(merchant)s, %(hour)s: %(requests)s requests, %(refused)s refused (%(share)s)") % facts
    span = {"since": address_value(hour), "until": address_value(hour + HOUR)}
    return HeatCell(calls, f"{log}?{urlencode(span)}", label)


def totals_table(rows: Iterable[HeatRow]) -> dict[str, Any]:
    """The same day as numbers, for readers of tables and for telephones."""
    names = [_("Requests"), _("Accepted"), _("Refused"), _("Share refused")]
    return {
        "headers": [_("Merchant"), *({"content": name, "class": "!text-end"} for name in names)],
        "rows": [
            [
                row.name,
                *(
                    {"content": text, "class": "!text-end"}
                    for text in (f"{row.total.total:,}", f"{row.total.accepted:,}", f"{row.total.refused:,}", row.share)
                ),
            ]
            for row in rows
        ],
    }


def share_text(calls: HourCalls) -> str:
    """Return the share refused in per cent; some refusals are never “0 %”, and some accepted requests never “100 %”."""
    share = round(calls.refused_share * 100)
    if calls.refused and not share:
        return "<1\N{NO-BREAK SPACE}%"
    return f"{min(share, 99) if calls.accepted else share}\N{NO-BREAK SPACE}%"


def short_number(number: int) -> str:
    """Return at most four characters, rounded down: 999, 1.2k, 12k, 1.2M."""
    value, units = float(number), iter(("", "k", "M", "G"))
    unit = next(units)
    while value >= THOUSAND:
        value, unit = value / THOUSAND, next(units)
    shown = int(value * 10) / 10 if unit and value < TEN else int(value)
    return f"{shown}{unit}"


def incident_rows(incidents: Iterable[TrafficIncident]) -> list[dict[str, Any]]:
    return [
        {
            "incident": each,
            "text": quiet_merchants.incident_text(each),
            "url": staff_desk.desk_address("requests", each.merchant.code),
        }
        for each in incidents
    ]
