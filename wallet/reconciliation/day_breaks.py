"""The breaks of a day, counted once. Every page, email, chart and file shows these numbers.

A break counts on the day of its case. A run also meets breaks of other days, such as a round that stays open; they are
listed separately (`Figures.elsewhere`) and do not count for its day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from merchants.models import Merchant
from portal.lib.money import format_with_code
from wallet.models.case import Case
from wallet.models.reconciliation import Reconciliation
from wallet.reconciliation import break_amounts, syncing
from wallet.reconciliation.figures import LATENESS, BreakFigures, Figures

# A break that is met twice is one case (syncing.MEET).
SUMS = f"""
    SELECT b.case_day, b.kind, b.currency, count(*), sum(b.difference), sum(coalesce(b.size, 0)),
           sum({break_amounts.AT_STAKE.format(row="b")}), sum({break_amounts.NET.format(row="b")})
      FROM (SELECT DISTINCT ON (b.kind, b.subject) b.*, {syncing.FIRST_DAY} AS case_day
              FROM reconciliation_break b) b
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 - made of constants


# --- counting, in the transaction of a comparison ---------------------------------------------------------------------
def figures_by_day(figures: Figures, *, merchant: Merchant, day: date) -> Figures:
    """Return the figures with the breaks of this day, and those of other days separately. Call it before breaks are
    folded.
    """
    found = _sums(merchant, day)
    return replace(
        figures,
        breaks=[each for of, each in found if of == day],
        elsewhere=[replace(each, day=str(of)) for of, each in found if of != day],
    )


def _sums(merchant: Merchant, day: date) -> list[tuple[date, BreakFigures]]:
    values: dict[str, Any] = {"merchant": merchant.pk, "day": day} | syncing.KINDS_BY_DAY
    with connection.cursor() as cursor:
        cursor.execute(SUMS, values)
        return [
            (of, BreakFigures(kind, currency, breaks, int(difference), int(size), int(stake), int(net)))
            for of, kind, currency, breaks, difference, size, stake, net in cursor.fetchall()
        ]


# --- the cases behind the numbers -------------------------------------------------------------------------------------
def cases_of(run: Reconciliation) -> QuerySet[Case]:
    """Return the cases that the run counted as breaks of its day, whatever their state is now."""
    return _of_day(run).filter(_met(run))


def _of_day(run: Reconciliation) -> QuerySet[Case]:
    return Case.objects.filter(merchant=run.merchant_id, day=run.day).exclude(kind__in=LATENESS)


def _met(run: Reconciliation) -> Q:
    gone = Q(state=Case.State.RESOLVED, resolved_by=None, resolved_at__lte=run.done_at)
    return Q(opened_at__lte=run.done_at) & ~gone


@dataclass(frozen=True, slots=True)
class CountedBreaks:
    """A number of breaks, and the amounts at stake by currency."""

    breaks: int
    stakes: list[tuple[str, int]]

    def __str__(self) -> str:
        return breaks_text(self.breaks, self.stakes)


def count_breaks(run: Reconciliation) -> tuple[CountedBreaks, CountedBreaks]:
    """Return the breaks that the run met, and those that later runs found for this day.

    Each case is one break; a folded case counts its rows.
    """
    later = Q(opened_at__gt=run.done_at)
    sums = break_amounts.counts("met", _met(run)) | break_amounts.counts("later", later)
    rows: list[Any] = list(_of_day(run).order_by("currency").values("currency").annotate(**sums))
    return _counted(rows, "met"), _counted(rows, "later")


def _counted(rows: Iterable[dict[str, Any]], which: str) -> CountedBreaks:
    stakes = [(row["currency"], int(row[f"{which}_stake"])) for row in rows]
    return CountedBreaks(sum(row[f"{which}_breaks"] for row in rows), [each for each in stakes if all(each)])


# --- in words ---------------------------------------------------------------------------------------------------------
def breaks_text(breaks: int, stakes: Iterable[tuple[str, int]]) -> str:
    """Return `3 breaks, EUR 1,234.50, JPY 500`."""
    amounts = [format_with_code(stake, currency) for currency, stake in stakes]
    return ", ".join([ngettext("%(count)s break", "%(count)s breaks", breaks) % {"count": f"{breaks:,}"}, *amounts])


def other_days_texts(figures: Figures) -> list[tuple[date, str]]:
    """Return each other day whose breaks the run met, with a sentence about them."""
    days: dict[str, list[BreakFigures]] = {}
    for each in figures.elsewhere:
        days.setdefault(each.day, []).append(each)
    return [(date.fromisoformat(day), "; ".join(map(_sum_in_words, sums))) for day, sums in days.items()]


def _sum_in_words(each: BreakFigures) -> str:
    amount = f", {format_with_code(each.stake, each.currency)}" if each.stake and each.currency else ""
    return f"{each.label} ({each.breaks:,}{amount})"
