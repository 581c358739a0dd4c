"""The first page: what happened in the last 24 hours, and who is not in order. Sandboxes are left out of all of it.

It costs the same however long the tables are: of the log and of the ledger only the newest rows are read, by primary
key, WINDOW of each. When 24 hours hold more, the page says since when it counts.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncHour
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import ApiKey, Approval, Compromise, Merchant, Secret
from portal.lib import clock, moments
from wallet import money, statuses
from wallet.admin import day_map, heat_map
from wallet.admin.waiting import KEY_ENDS, OVERLAP_ENDS, waiting_work
from wallet.models import SignedRequest, Transaction
from wallet.reconciliation import alarms, cases
from wallet.reconciliation.cases import Ages
from wallet.services.log import refusal_budget
from wallet.services.usage import quiet_merchants

WINDOW = 200_000
HOURS = 24
SHOWN = 10  # of each thing that wants attention
COLUMNS = {
    "deposit": gettext_lazy("Deposited"),
    "withdraw": gettext_lazy("Withdrawn"),
    "bet": gettext_lazy("Staked"),
    "payout": gettext_lazy("Paid out"),
    "reward": gettext_lazy("Rewarded"),
    "rollback": gettext_lazy("Rolled back"),
    "correct": gettext_lazy("Corrected"),
}


def fill_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    since = clock.now() - timedelta(hours=HOURS)
    dropped = {"dropped": refusal_budget.dropped_counts(since=since)}
    day = calls(since) | movements(since)
    return context | {"title": _("Today")} | dropped | day | attention() | reconciliation() | traffic()


def traffic() -> dict[str, Any]:
    """Merchants that have gone quiet or are refused, the last day by merchant and hour, and what waits for a person."""
    incidents = list(quiet_merchants.open_incidents())
    rows = heat_map.incident_rows(incidents)
    return {"incidents": rows, "waiting": waiting_work()} | heat_map.heat_map(incidents)


def newest_rows[Rows: QuerySet[Any]](rows: Rows, since: datetime) -> tuple[Rows, datetime]:
    """The rows since then, at most WINDOW, and since when that is."""
    first = (rows.order_by().aggregate(last=Max("pk"))["last"] or 0) - WINDOW
    before = rows.order_by("-pk").filter(pk__lte=first).values_list("created_at", flat=True).first()
    return rows.filter(pk__gt=first, created_at__gte=since).order_by(), max(since, before or since)


def calls(since: datetime) -> dict[str, Any]:
    rows, begin = newest_rows(SignedRequest.objects.all(), since)
    live = rows.of_live_merchants()
    found = live.annotate(hour=TruncHour("created_at")).values_list("hour", "status").annotate(calls=Count("pk"))
    by_status: Counter[str] = Counter()
    taken, refused = Counter[datetime](), Counter[datetime]()
    for hour, status, number in found:
        by_status[status] += number
        (taken if status == statuses.OK else refused)[hour] += number
    return {
        "calls_since": begin,
        "calls_taken": by_status.pop(statuses.OK, 0),
        "calls_refused": by_status.total(),
        "refusals": by_status.most_common(),
        "calls_chart": chart(since, taken, refused),
    }


def chart(since: datetime, taken: Counter[datetime], refused: Counter[datetime]) -> str:
    first = since.replace(minute=0, second=0, microsecond=0)
    hours = [first + timedelta(hours=number) for number in range(HOURS + 1)]
    bars = [
        (_("Refused"), refused, "var(--color-red-500)"),
        (_("All requests"), taken + refused, "var(--color-primary-400)"),
    ]
    datasets = [
        {
            "label": label,
            "data": [numbers[hour] for hour in hours],
            "backgroundColor": colour,
            "displayYAxis": True,
            "maxTicksXLimit": 9,
        }
        for label, numbers, colour in bars
    ]
    return json.dumps({"labels": [moments.local_slot(hour, "H:i") for hour in hours], "datasets": datasets})


def movements(since: datetime) -> dict[str, Any]:
    rows, begin = newest_rows(Transaction.objects.movements(), since)
    sums: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for currency, kind, amount in (
        rows.of_live_merchants().values_list("currency", "kind").annotate(amount=Sum("amount"))
    ):
        sums[currency][kind] = amount
    return {
        "money_since": begin,
        "money": {
            "headers": [_("Currency"), *({"content": title, "class": "!text-end"} for title in COLUMNS.values())],
            "rows": [money_row(currency, sums[currency]) for currency in sorted(sums)],
        },
    }


def money_row(currency: str, amounts: dict[str, int]) -> list[Any]:
    cells = [{"content": money.format_amount(amounts.get(kind, 0), currency), "class": "!text-end"} for kind in COLUMNS]
    return [currency, *cells]


def attention() -> dict[str, Any]:
    """What waits for somebody. A revoked key's overlap or end concerns nobody any more."""
    now = clock.now()
    live = Merchant.objects.live().order_by()
    keys = ApiKey.objects.filter(merchant__in=live.open()).select_related("merchant")
    running = Secret.objects.overlapping(at=now).filter(key__merchant__in=live)
    running = running.exclude(key__status=ApiKey.Status.REVOKED)
    leaks = Compromise.objects.filter(closed_at=None, key__merchant__in=live)
    waiting = Approval.objects.filter(state=Approval.State.WAITING, merchant__in=live)
    ending = keys.usable(at=now).filter(expires_at__lte=now + KEY_ENDS)
    return {
        "merchants_not_active": Merchant.objects.live().exclude(status=Merchant.Status.ACTIVE)[:SHOWN],
        "keys_quarantined": keys.filter(status=ApiKey.Status.QUARANTINED)[:SHOWN],
        "open_cases": leaks.select_related("key__merchant", "secret")[:SHOWN],
        "approvals": waiting.select_related("key", "merchant", "asked_by")[:SHOWN],
        "write_offs": [
            (case, money.format_amount(cases.amount_at_stake(case), case.currency))
            for case in cases.write_offs_to_confirm().select_related("merchant", "write_off_asked_by")[:SHOWN]
        ],
        "overlaps": running.filter(usable_until__lte=now + OVERLAP_ENDS)
        .select_related("key__merchant")
        .defer("sealed", "fingerprint")
        .order_by("usable_until")[:SHOWN],
        "keys_ending": ending.order_by("expires_at")[:SHOWN],
    }


def reconciliation() -> dict[str, Any]:
    """Red lines of all merchants, and what is open by kind and age; what is owed to players stands first."""
    by_merchant = alarms.all_alarms()
    lines = [(merchant, alarm) for merchant, found in by_merchant.items() for alarm in found]
    lines.sort(key=lambda line: (line[1].due, line[0].code), reverse=True)
    heads = [*(name for name, *__ in cases.BUCKETS), _("All")]
    return day_map.day_map(by_merchant) | {
        "alarms": lines[:SHOWN],
        "more_alarms": max(0, len(lines) - SHOWN),
        "owed": cases.owed_cases().select_related("merchant")[:SHOWN],
        "case_ages": {
            "headers": [_("Open cases"), *({"content": head, "class": "!text-end"} for head in heads)],
            "rows": [ages_row(kind) for kind in cases.open_case_ages()],
        },
    }


def ages_row(kind: Ages) -> list[Any]:
    to = f"{reverse('admin:wallet_case_changelist')}?{urlencode({'kind__exact': kind.kind})}"
    numbers = [{"content": f"{number:,}", "class": "!text-end"} for number in (*kind.counts, kind.total)]
    return [format_html('<a class="text-link" href="{}">{}</a>', to, kind.label), *numbers]
