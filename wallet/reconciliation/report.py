"""What the mail says of a day: the figures of its comparison as the screen shows them, and whose move it is.

It names no player and no transaction, unless the merchant's plan wants that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Abs

from merchants.errors import spoken
from merchants.models import Letter
from merchants.services.chain.heads import heads_of
from merchants.services.outbox import Filling, Part
from wallet.models.reconciliation import Case, Reconciliation, ReconciliationPlan, Statement
from wallet.money import show
from wallet.reconciliation import cases, chart, report_files
from wallet.reconciliation.days import DAY
from wallet.reconciliation.figures import BreakSum, Figures, Side, figures_of
from wallet.reconciliation.plans import plan_of

TEMPLATE = "reconciliation"
LARGEST = 10
CHART_DAYS = 14
SHOWN = 60  # of an id
CHART = "chart.png"
MOST_ATTACHED = 7 * 1024 * 1024  # bytes of both files; beyond it mail servers refuse, and the link is given instead
Outcome = Reconciliation.Outcome
UNCOMPARED = {
    Outcome.NO_STATEMENT: "There was no statement of the day before.",
    Outcome.NOTHING: "Nothing was there to compare of the day before.",
}
COLOURS = {Outcome.CLEAR: "good", Outcome.BREAKS: "bad", Outcome.NO_STATEMENT: "bad", Outcome.NOTHING: "quiet"}


def filling(letter: Letter) -> Filling:
    """Of a report's letter, when it is sent."""
    run = Reconciliation.objects.select_related("merchant", "statement").get(pk=letter.context["run"])
    plan = plan_of(run.merchant)
    attached = report_files.parts(run, whole=plan.names_players, most=MOST_ATTACHED) if plan.is_attached else []
    context = contents(run, plan) | {"attached": [part.name for part in attached]}
    return Filling(context, [Part(CHART, "image/png", picture(run), is_shown=True), *attached])


def contents(run: Reconciliation, plan: ReconciliationPlan) -> dict[str, Any]:
    figures, told = figures_of(run), told_before(run)
    return {
        "merchant": run.merchant.name,
        "zone": run.merchant.time_zone,
        "day": run.day,
        "run": run,
        "colour": COLOURS[Outcome(run.outcome)],
        "headline": headline(run, figures),
        "done_at": spoken(run.done_at) if run.done_at else "",
        "statement": run.statement.name if run.statement else "",
        "warnings": [warning for part in statements_of(run) for warning in part.warnings],
        "rate": figures.rate,
        "agreed": figures.agreed,
        "sides": [SideLine.of(side) for side in figures.sides],
        "breaks": [BreakLine.of(each) for each in figures.breaks],
        "yesterday": since_yesterday(run, figures),
        "restated": restated(figures, figures_of(told)) if told else [],
        "is_restated": told is not None,
        "owed": cases.owed(run.merchant).count(),
        "ages": cases.ages(run.merchant),
        "buckets": [name for name, *_ in cases.BUCKETS],
        "largest": [Line.of(case) for case in largest(run)],
        "names": plan.names_players,
        "chart": f"cid:{CHART}",
        "page": f"{settings.BASE_URL}/operator/{run.merchant.code}/reconciliation/{run.day}/",
        "csv": report_files.link(run, "csv"),
        "xlsx": report_files.link(run, "xlsx"),
        "link_days": report_files.LINK_DAYS,
        "heads": heads_of(run.merchant),
    }


def statements_of(run: Reconciliation) -> list[Statement]:
    """Return the statements that the day was compared with, the oldest first."""
    if run.statement_id is None:
        return []
    return list(Statement.objects.filter(pk__in=[*run.statement_ids, run.statement_id]).order_by("pk"))


def headline(run: Reconciliation, figures: Figures) -> str:
    if run.outcome == Outcome.CLEAR:
        return "All clear"
    if run.outcome == Outcome.NO_STATEMENT:
        return "No statement came"
    if run.outcome == Outcome.NOTHING:
        return "Nothing to compare"
    return f"{figures.broken:,} break{'s' * (figures.broken != 1)}"


# --- against what was said before -------------------------------------------------------------------------------------
def told_before(run: Reconciliation) -> Reconciliation | None:
    """The comparison of the same day that was reported last."""
    earlier = Reconciliation.objects.filter(merchant=run.merchant_id, day=run.day, number__lt=run.number)
    return earlier.filter(deliveries__isnull=False).order_by("-number").first()


def newest(merchant_id: int, day: date) -> Reconciliation | None:
    done = Reconciliation.objects.filter(merchant=merchant_id, day=day, state=Reconciliation.State.DONE)
    return done.order_by("-number").first()


def since_yesterday(run: Reconciliation, figures: Figures) -> str:
    before = newest(run.merchant_id, run.day - DAY)
    if before is None:
        return "The day before was not compared."
    if before.outcome in UNCOMPARED:
        return UNCOMPARED[Outcome(before.outcome)]
    old = figures_of(before)
    now = "" if run.outcome in UNCOMPARED else f"; now {_change(figures.broken - old.broken)}"
    return f"The day before: {_breaks(old.broken)} at {old.rate} matched{now}."


def restated(now: Figures, before: Figures) -> list[str]:
    """In sentences, what is different from the report that went out."""
    pairs = [
        ("Matched", before.rate, now.rate),
        ("Rows of ours", f"{before.ours:,}", f"{now.ours:,}"),
        ("Rows of the statement", f"{before.theirs:,}", f"{now.theirs:,}"),
        ("Breaks", f"{before.broken:,}", f"{now.broken:,}"),
    ]
    return [f"{name}: {was}, now {is_}" for name, was, is_ in pairs if was != is_] or ["The breaks are others"]


def _breaks(number: int) -> str:
    return f"{number:,} break{'s' * (number != 1)}"


def _change(more: int) -> str:
    return f"{abs(more):,} {'more' if more > 0 else 'fewer'}" if more else "as many"


# --- both sides -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SideLine:
    currency: str
    kind: str
    our_rows: str
    our_amount: str
    their_rows: str
    their_amount: str
    difference: str
    differs: bool

    @classmethod
    def of(cls, side: Side) -> SideLine:
        return cls(
            currency=side.currency,
            kind=side.kind,
            our_rows=f"{side.ours_rows:,}",
            our_amount=show(side.ours_amount),
            their_rows=f"{side.theirs_rows:,}",
            their_amount=show(side.theirs_amount),
            difference=show(side.difference),
            differs=side.difference != 0,
        )


@dataclass(frozen=True, slots=True)
class BreakLine:
    kind: str
    currency: str
    breaks: str
    difference: str

    @classmethod
    def of(cls, each: BreakSum) -> BreakLine:
        difference = show(each.difference) if each.currency else "–"
        return cls(str(each.label), each.currency, f"{each.breaks:,}", difference)


# --- the largest ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    number: int
    kind: str
    amount: str
    severity: str
    subject: str
    player: str

    @classmethod
    def of(cls, case: Case) -> Line:
        amount = f"{show(case.difference)} {case.currency}".strip() if case.difference else "–"
        severity, subject, player = case.get_severity_display(), case.subject[:SHOWN], case.player_id[:SHOWN]
        return cls(case.pk, case.get_kind_display(), amount, severity, subject, player)


def largest(run: Reconciliation) -> QuerySet[Case]:
    of_day = Case.objects.filter(merchant=run.merchant_id, day=run.day).exclude(state=Case.State.RESOLVED)
    return of_day.order_by("-severity", Abs("difference").desc(), "pk")[:LARGEST]


# --- the picture ------------------------------------------------------------------------------------------------------
def picture(run: Reconciliation) -> bytes:
    return chart.draw(bars(run))


def bars(run: Reconciliation) -> Sequence[chart.Bar]:
    """A day's newest comparison each; of this day, the one that is told."""
    first = run.day - timedelta(days=CHART_DAYS - 1)
    done = Reconciliation.objects.filter(
        merchant=run.merchant_id, day__range=(first, run.day), state=Reconciliation.State.DONE
    )
    found = {each.day: each for each in done.order_by("day", "number")} | {run.day: run}
    days = [first + timedelta(days=number) for number in range(CHART_DAYS)]
    return [chart.Bar(day, _count(found.get(day))) for day in days]


def _count(run: Reconciliation | None) -> int | None:
    compared = run is not None and run.outcome in {Outcome.CLEAR, Outcome.BREAKS}
    return figures_of(run).broken if run is not None and compared else None
