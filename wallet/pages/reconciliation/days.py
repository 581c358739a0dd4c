"""Days: the calendar with what is open, one day with both of its sides, and its cases as a file."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.access import Visit, Work
from merchants.models import Merchant
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.guard import page
from portal.lib import clock
from wallet.models import Reconciliation, Statement
from wallet.pages.reconciliation import case_list, files
from wallet.pages.reconciliation.labels import SQUARES, STATEMENT_LEVELS, TAB, case_line, day_address, square
from wallet.pages.round_filter import FilterForm
from wallet.reconciliation import alarms, cases, day_breaks, deliveries, on_demand, report, schedule
from wallet.reconciliation.days import day_of
from wallet.reconciliation.figures import figures_of
from wallet.reconciliation.plans import plan_of
from wallet.services.rounds.round_list import RoundFilter

SHOWN_WORST, SHOWN_RUNS, SHOWN_STATEMENTS = 6, 20, 20
State = Reconciliation.State


# --- All days ---------------------------------------------------------------------------------------------------------
@page()
def overview(request: HttpRequest, visit: Visit) -> HttpResponse:
    merchant = visit.merchant
    worst = cases.unresolved_cases(merchant).select_related("merchant")[:SHOWN_WORST]
    context: dict[str, Any] = {
        "alarms": [(alarm, day_address(merchant, alarm.day)) for alarm in alarms.alarms(merchant)],
        "squares": [square(merchant, each) for each in schedule.calendar(merchant)],
        "legend": [(state, *said) for state, said in SQUARES.items()],
        "owed": cases.owed_cases(merchant).count(),
        "ages": cases.open_case_ages(merchant),
        "buckets": [name for name, *_ in cases.BUCKETS],
        "worst": [case_line(case) for case in worst],
        "plan": plan_of(merchant),
        "last": last_report(merchant),
    }
    return page_frame.render_page(request, visit, "reconciliation.html", tab=TAB, title=_("Reconciliation"), **context)


def last_report(merchant: Merchant) -> dict[str, Any] | None:
    """The newest comparison of the newest day, in a few words."""
    done = Reconciliation.objects.filter(merchant=merchant, state=State.DONE)
    run = done.order_by("-day", "-number").first()
    if run is None:
        return None
    figures = figures_of(run)
    return {"run": run, "headline": report.headline(run, figures), "rate": figures.rate, "colour": level(run)}


def level(run: Reconciliation) -> str:
    return {"good": "good", "bad": "bad"}.get(report.COLOURS[Reconciliation.Outcome(run.outcome)], "")


# --- One day ----------------------------------------------------------------------------------------------------------
@page(back="operator:reconciliation")
def day_page(request: HttpRequest, visit: Visit, day: date) -> HttpResponse:
    merchant, now = visit.merchant, clock.now()
    runs = list(Reconciliation.objects.filter(merchant=merchant, day=day).select_related("by").order_by("-number"))
    told = next((run for run in runs if run.state == State.DONE), None)
    context: dict[str, Any] = {
        "day": day,
        "rounds_url": rounds_address(merchant, day),
        "ready": day_of(merchant, day).ready,
        "is_ready": day_of(merchant, day).ready <= now,
        "awaited": is_awaited(request, runs),
        "run": told,
        "runs": history(runs[:SHOWN_RUNS]),
        "statements": statements_of(merchant, day),
        "found": case_list.load_cases(merchant, request.GET, day=day),
    }
    context |= comparison_context(merchant, told) if told else {}
    return page_frame.render_page(
        request, visit, "reconciliation_day.html", tab=TAB, title=f"{day:%-d %B %Y}", **context
    )


def rounds_address(merchant: Merchant, day: date) -> str:
    """Return the list of the rounds whose bets are of this day, in its own boundaries."""
    whole = day_of(merchant, day)
    wish = RoundFilter(since=whole.begin, until=whole.end)
    return f"{reverse('operator:rounds', args=[merchant.code])}?{urlencode(FilterForm.address(wish))}"


def is_awaited(request: HttpRequest, runs: list[Reconciliation]) -> bool:
    """A comparison that was asked for, or that runs: the page looks again by itself."""
    if runs and runs[0].state == State.RUNNING:
        return True
    asked = request.GET.get("asked", "")
    return asked.isdecimal() and len(asked) < 9 and int(asked) > (runs[0].number if runs else 0)  # noqa: PLR2004 - digits


def comparison_context(merchant: Merchant, run: Reconciliation) -> dict[str, Any]:
    """What the mail says, by the same words from the same figures."""
    figures = figures_of(run)
    counted, later = day_breaks.count_breaks(run)
    return {
        "headline": report.headline(run, figures),
        "level": level(run),
        "figures": figures,
        "sides": report.side_lines(figures),
        "breaks": [(f"?kind={each.kind}#h-cases", report.BreakLine.build(each)) for each in figures.row_breaks],
        "yesterday": report.change_since_yesterday(run, figures),
        "elsewhere": [
            (f"{day_address(merchant, day)}#h-cases", day, sentence)
            for day, sentence in day_breaks.other_days_texts(figures)
        ],
        "counted": counted,
        "later": later,
        "adds_up": figures.differences_add_up,
        "told": [(each, deliveries.delivery_state(each)) for each in run.deliveries.select_related("email")],
    }


def history(runs: list[Reconciliation]) -> list[dict[str, Any]]:
    """The newest first; of each what it said otherwise than the one before."""
    done = [run for run in runs if run.state == State.DONE]
    changes = {now.pk: report.restatements(figures_of(now), figures_of(before)) for now, before in pairwise(done)}
    return [{"run": run, "changes": changes.get(run.pk, [])} for run in runs]


def statements_of(merchant: Merchant, day: date) -> list[dict[str, Any]]:
    found = Statement.objects.filter(merchant=merchant, day=day).select_related("by", "replaced_by")
    return [
        {"statement": each, "level": STATEMENT_LEVELS.get(Statement.State(each.state), ""), "word": state_word(each)}
        for each in found.order_by("-pk")[:SHOWN_STATEMENTS]
    ]


def state_word(statement: Statement) -> str:
    if statement.is_current:
        return _("current")
    if statement.state == Statement.State.READ:
        return _("replaced")
    return _("refused") if statement.state == Statement.State.REFUSED else _("waiting")


# --- Compared again ---------------------------------------------------------------------------------------------------
@page(work=Work.STATEMENTS, back="operator:reconciliation_day")
def compare(request: HttpRequest, visit: Visit, day: date) -> HttpResponse:
    merchant, back = visit.merchant, day_address(visit.merchant, day)
    number = 0

    def act() -> str:
        nonlocal number
        number = on_demand.ask_for_comparison(merchant=merchant, day=day, by=visit.person)
        return _("The reconciliation run of %(day)s starts soon.") % {"day": f"{day:%-d %B %Y}"}

    question = Question(
        title=_("Compare %(day)s again") % {"day": f"{day:%-d %B %Y}"},
        text=_(
            "The current statement of the day is compared with our current ledger. Recurring cases are kept. "
            "Resolved cases close automatically. The report is sent again only if it has changed."
        ),
        tab=TAB,
        act=act,
        button=_("Compare again"),
        back=back,
    )
    answer = ask_to_confirm(request, visit, question)
    return HttpResponseRedirect(f"{back}?asked={number}") if number else answer


# --- Files ------------------------------------------------------------------------------------------------------------
@page(back="operator:reconciliation_day", prove=True)
def day_file(request: HttpRequest, visit: Visit, day: date, kind: str) -> Any:
    run = report.newest_run(visit.merchant.pk, day)
    if run is None:
        messages.error(request, _("This day has not been compared yet, so it has no cases."))
        return HttpResponseRedirect(day_address(visit.merchant, day))
    return files.file_response(visit, run, kind)
