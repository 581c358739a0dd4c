"""Reconciled days of all merchants on the first page: a row for each merchant, a column for each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from merchants import staff_desk
from merchants.models import Merchant
from portal.lib import clock
from portal.lib.moments import show_day
from wallet.models import Reconciliation
from wallet.reconciliation import schedule
from wallet.reconciliation.alarms import Alarm, Cause
from wallet.reconciliation.figures import figures_of

DAYS = 14
MERCHANTS = 30
Outcome = Reconciliation.Outcome


@dataclass(frozen=True, slots=True)
class DayCell:
    """`level`: 0 nothing to say, 1 clear, 2 breaks, 4 an alarm."""

    text: str
    level: int
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class DayMapRow:
    name: str
    url: str
    cells: Sequence[DayCell]


def day_map(alarms: Mapping[Merchant, Sequence[Alarm]]) -> dict[str, Any]:
    """Return the last days of merchants with a plan: those with an alarm first, then by the days with breaks."""
    plans = {plan.merchant_id: plan for plan in schedule.plans_on()}
    today = clock.now().date()
    days = [today - timedelta(days=back) for back in reversed(range(1, DAYS + 1))]
    runs = schedule.newest_runs(plans, days[0])
    late = {(merchant.pk, alarm.day): alarm for merchant, found in alarms.items() for alarm in found}
    rows = [
        day_row(plan.merchant, [day_cell(plan.merchant, day, runs.get((pk, day)), late.get((pk, day))) for day in days])
        for pk, plan in plans.items()
    ]
    rows.sort(key=lambda row: (-sum(4**cell.level for cell in row.cells if cell.level > 1), row.name))
    return {"day_heads": days, "day_rows": rows[:MERCHANTS], "day_more": max(0, len(rows) - MERCHANTS)}


def day_row(merchant: Merchant, cells: Sequence[DayCell]) -> DayMapRow:
    return DayMapRow(merchant.name, reverse("admin:merchants_merchant_change", args=[merchant.pk]), cells)


def day_cell(merchant: Merchant, day: date, run: Reconciliation | None, alarm: Alarm | None) -> DayCell:
    if run is None and alarm is None:
        return DayCell("", 0)
    text, level = (alarm_text(alarm), 4) if alarm is not None else run_text(run)
    url = (
        staff_desk.desk_address("reconciliation_day", merchant.code, day)
        if run is None
        else reverse("admin:wallet_reconciliation_change", args=[run.pk])
    )
    said = str(alarm) if alarm is not None else text
    label = _("%(merchant)s, %(day)s: %(state)s") % {"merchant": merchant.name, "day": show_day(day), "state": said}
    return DayCell(text, level, url, label)


def alarm_text(alarm: Alarm) -> str:
    return {
        Cause.NOT_RUN: _("late"),
        Cause.NO_STATEMENT: _("no file"),
        Cause.INCOMPLETE: _("part"),
        Cause.NOT_DELIVERED: _("unsent"),
    }.get(alarm.cause, _("empty"))


def run_text(run: Reconciliation | None) -> tuple[str, int]:
    """Return the number of breaks of the day, or the state of a day that was not compared."""
    if run is None or run.state == Reconciliation.State.FAILED:
        return _("failed"), 4
    if run.outcome == Outcome.NO_STATEMENT:
        return _("no file"), 4
    if run.outcome == Outcome.NOTHING:
        return _("empty"), 1
    if run.outcome == Outcome.CLEAR:
        return _("clear"), 1
    return f"{figures_of(run).broken:,}", 2
