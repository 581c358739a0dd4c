"""Contents of the report email: the figures of the run as the page shows them, and the next step.

It names no player and no transaction, unless the merchant's plan allows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Abs
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.errors import moment_text
from merchants.models import OutgoingEmail
from merchants.services.chain.heads import chain_heads
from merchants.services.email_outbox import Filling, Part
from portal.lib.money import format_amount, format_with_code
from wallet.models.case import Case
from wallet.models.reconciliation import Reconciliation
from wallet.models.reconciliation_plan import ReconciliationPlan
from wallet.models.statement import Statement
from wallet.reconciliation import break_amounts, cases, chart, day_breaks, report_files, report_opt_outs, report_threads
from wallet.reconciliation.days import DAY, day_of
from wallet.reconciliation.figures import BreakFigures, Figures, FigureSide, figures_of
from wallet.reconciliation.plans import plan_of

TEMPLATE = "reconciliation"
LARGEST = 10
CHART_DAYS = 14
SHOWN = 60  # of an id
CHART = "chart.png"
MOST_ATTACHED = 7 * 1024 * 1024  # bytes of both files; beyond it mail servers refuse, and the link is given instead
Outcome = Reconciliation.Outcome
UNCOMPARED = {
    Outcome.NO_STATEMENT: gettext_lazy("The previous day had no statement."),
    Outcome.NOTHING: gettext_lazy("The previous day had nothing to compare."),
}
HEADLINES = {
    Outcome.NO_STATEMENT: gettext_lazy("Statement missing"),
    Outcome.NOTHING: gettext_lazy("Nothing to compare"),
}
COLOURS = {Outcome.CLEAR: "good", Outcome.BREAKS: "bad", Outcome.NO_STATEMENT: "bad", Outcome.NOTHING: "quiet"}


def filling(email: OutgoingEmail) -> Filling:
    """Return the contents of a report email when it is sent."""
    run = Reconciliation.objects.select_related("merchant", "statement").get(pk=email.context["run"])
    plan = plan_of(run.merchant)
    attached = report_files.mail_parts(run, whole=plan.names_players, most=MOST_ATTACHED) if plan.is_attached else []
    context = contents(run, plan) | {"attached": [part.name for part in attached]}
    context["unsubscribe"] = report_opt_outs.opt_out_link(run.merchant, email.to)
    shown = Part(CHART, "image/png", picture(run), is_shown=True)
    return Filling(context, [shown, *attached], report_threads.thread_headers(email, run))


def contents(run: Reconciliation, plan: ReconciliationPlan) -> dict[str, Any]:
    """Return the context of the templates."""
    figures, told, of = figures_of(run), previous_report(run), day_of(run.merchant, run.day)
    return {
        "merchant": run.merchant.name,
        "zone": run.merchant.time_zone,
        "day": run.day,
        "begins_at": moment_text(of.begin),
        "ends_at": moment_text(of.end),
        "run": run,
        "colour": COLOURS[Outcome(run.outcome)],
        "headline": headline(run, figures),
        "done_at": moment_text(run.done_at) if run.done_at else "",
        "statement": run.statement.name if run.statement else "",
        "warnings": [warning for part in statements_of(run) for warning in part.warnings],
        "rate": figures.rate,
        "agreed": figures.agreed,
        "sides": side_lines(figures),
        "adds_up": figures.differences_add_up,
        "corrections": [str(each) for each in figures.corrections],
        "breaks": [BreakLine.build(each) for each in figures.row_breaks],
        "yesterday": change_since_yesterday(run, figures),
        "elsewhere": day_breaks.other_days_texts(figures),
        "is_late": figures.is_late,
        "restated": restatements(figures, figures_of(told)) if told else [],
        "is_restated": told is not None,
        "owed": cases.owed_cases(run.merchant).count(),
        "ages": cases.open_case_ages(run.merchant),
        "buckets": [name for name, *_ in cases.BUCKETS],
        "largest": [ReportLine.build(case) for case in largest_cases(run)],
        "names": plan.names_players,
        "chart": f"cid:{CHART}",
        "chart_in_words": chart.chart_text(bars(run)),
        "page": f"{settings.BASE_URL}/operator/{run.merchant.code}/reconciliation/{run.day}/",
        "csv": report_files.file_link(run, "csv"),
        "xlsx": report_files.file_link(run, "xlsx"),
        "link_days": report_files.LINK_DAYS,
        "heads": chain_heads(run.merchant),
    }


def statements_of(run: Reconciliation) -> list[Statement]:
    """Return the statements that the day was compared with, oldest first."""
    if run.statement_id is None:
        return []
    return list(Statement.objects.filter(pk__in=[*run.statement_ids, run.statement_id]).order_by("pk"))


def headline(run: Reconciliation, figures: Figures) -> str:
    """Return the verdict of the day: `3 breaks, EUR 1,234.50`, with “statement late” if it was."""
    if run.outcome in UNCOMPARED:
        return str(HEADLINES[Outcome(run.outcome)])
    verdict = day_breaks.breaks_text(figures.broken, figures.stakes) if figures.broken else _("All clear")
    return _("%(verdict)s, statement late") % {"verdict": verdict} if figures.is_late else verdict


# --- against what was said before -------------------------------------------------------------------------------------
def previous_report(run: Reconciliation) -> Reconciliation | None:
    """Return the run of the same day that was reported last."""
    earlier = Reconciliation.objects.filter(merchant=run.merchant_id, day=run.day, number__lt=run.number)
    return earlier.filter(deliveries__isnull=False).order_by("-number").first()


def newest_run(merchant_id: int, day: date) -> Reconciliation | None:
    done = Reconciliation.objects.filter(merchant=merchant_id, day=day, state=Reconciliation.State.DONE)
    return done.order_by("-number").first()


def change_since_yesterday(run: Reconciliation, figures: Figures) -> str:
    """Return the change from the previous day in words."""
    before = newest_run(run.merchant_id, run.day - DAY)
    if before is None:
        return _("The previous day was not compared.")
    if before.outcome in UNCOMPARED:
        return str(UNCOMPARED[Outcome(before.outcome)])
    old = figures_of(before)
    before_in_words = _("Previous day: %(breaks)s, %(rate)s matched") % {
        "breaks": day_breaks.breaks_text(old.broken, old.stakes),
        "rate": old.rate,
    }
    change = "" if run.outcome in UNCOMPARED else f" ({_change(figures.broken - old.broken)})"
    return f"{before_in_words}{change}."


def restatements(now: Figures, before: Figures) -> list[str]:
    """Return in sentences what changed since the last report."""
    pairs = [
        (_("Matched"), before.rate, now.rate),
        (_("Rows in our ledger"), f"{before.ours:,}", f"{now.ours:,}"),
        (_("Rows in the statement"), f"{before.theirs:,}", f"{now.theirs:,}"),
        (_("Breaks"), _breaks(before), _breaks(now)),
    ]
    different = [(name, was, is_) for name, was, is_ in pairs if was != is_]
    sentence = _("%(name)s: %(was)s, now %(now)s")
    return [sentence % {"name": name, "was": was, "now": is_} for name, was, is_ in different] or [
        _("Other breaks, in the same number")
    ]


def _breaks(figures: Figures) -> str:
    amounts = ", ".join(format_with_code(stake, currency) for currency, stake in figures.stakes)
    return f"{figures.broken:,} ({amounts})" if amounts else f"{figures.broken:,}"


def _change(more: int) -> str:
    facts = {"count": f"{abs(more):,}"}
    if more == 0:
        return _("unchanged")
    return (_("now %(count)s more") if more > 0 else _("now %(count)s fewer")) % facts


# --- both sides -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SideLine:
    """Both totals of a currency and type, and the part of their difference that the breaks explain."""

    currency: str
    kind: str
    our_rows: str
    our_amount: str
    their_rows: str
    their_amount: str
    difference: str
    differs: bool
    explained: str = ""
    unexplained: str = ""
    is_unexplained: bool = False

    @classmethod
    def build(cls, side: FigureSide) -> SideLine:
        line = cls(
            currency=side.currency,
            kind=side.kind,
            our_rows=f"{side.ours_rows:,}",
            our_amount=format_amount(side.ours_amount, side.currency),
            their_rows=f"{side.theirs_rows:,}",
            their_amount=format_amount(side.theirs_amount, side.currency),
            difference=format_amount(side.difference, side.currency),
            differs=side.difference != 0,
        )
        return replace(line, **_proof(side))


def _proof(side: FigureSide) -> dict[str, Any]:
    """Return the explanation of a difference; nothing for a run from before breaks were added up."""
    if side.explained is None:
        return {}
    amounts = {
        "explained": format_amount(side.explained, side.currency),
        "unexplained": format_amount(side.unexplained, side.currency),
    }
    return amounts | {"is_unexplained": side.unexplained != 0}


def side_lines(figures: Figures) -> list[SideLine]:
    return [SideLine.build(side) for side in figures.sides]


@dataclass(frozen=True, slots=True)
class BreakLine:
    kind: str
    currency: str
    breaks: str
    difference: str
    stake: str = ""

    @classmethod
    def build(cls, each: BreakFigures) -> BreakLine:
        difference = format_amount(each.net, each.currency) if each.currency and each.net is not None else "–"
        stake = format_amount(each.stake, each.currency) if each.currency and each.stake else "–"
        return cls(str(each.label), each.currency, f"{each.breaks:,}", difference, stake)


# --- the largest ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ReportLine:
    number: int
    kind: str
    amount: str
    severity: str
    subject: str
    player: str

    @classmethod
    def build(cls, case: Case) -> ReportLine:
        severity, player = case.get_severity_display(), case.player_id[:SHOWN]
        subject = break_amounts.subject_text(case)[:SHOWN]
        return cls(case.pk, case.get_kind_display(), break_amounts.difference_text(case), severity, subject, player)


def largest_cases(run: Reconciliation) -> QuerySet[Case]:
    of_day = day_breaks.cases_of(run).exclude(state=Case.State.RESOLVED)
    return of_day.order_by("-severity", Abs("difference").desc(), "pk")[:LARGEST]


# --- the picture ------------------------------------------------------------------------------------------------------
def picture(run: Reconciliation) -> bytes:
    return chart.draw_chart(bars(run))


def bars(run: Reconciliation) -> Sequence[chart.Bar]:
    """Return the newest run of each day for the chart; for this day, the reported run."""
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
