"""The simulated game server of a sandbox: start a run, watch it, and read each request with its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit, Work
from merchants.models import ApiKey
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from portal.lib import clock
from portal.lib.money import format_with_code
from portal.lib.texts import Text
from wallet import statuses
from wallet.models import SimulatedCall, Simulation
from wallet.models.simulation import MOST_ROUNDS
from wallet.services.simulation import simulations
from wallet.services.simulation.game_server import server_address
from wallet.services.simulation.steps import Purpose, Scenario

SHOWN = 50
USUAL_ROUNDS = 11  # each scenario once
UNDECIDED = 500
BOOK_ROWS: tuple[tuple[str, Text], ...] = (
    ("deposit", gettext_lazy("Deposits")),
    ("bet", gettext_lazy("Bets")),
    ("payout", gettext_lazy("Payouts")),
    ("reward", gettext_lazy("Rewards")),
    ("withdraw", gettext_lazy("Withdrawals")),
    ("bet_rolled_back", gettext_lazy("Bets rolled back")),
    ("payout_rolled_back", gettext_lazy("Payouts reversed")),
)
ABOUT = gettext_lazy(
    "The portal plays the game server: it signs requests with the test key of this sandbox and sends them to the "
    "signed API over HTTP. The players “simulated-player…” stay in the sandbox. No real money moves."
)


class SimulationForm(SingleUseForm):
    rounds = forms.IntegerField(
        label=gettext_lazy("Number of rounds"),
        initial=USUAL_ROUNDS,
        min_value=1,
        max_value=MOST_ROUNDS,
        help_text=gettext_lazy("From 1 to 50. Eleven rounds show each scenario once."),
        validators=[MinValueValidator(1), MaxValueValidator(MOST_ROUNDS)],
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(each, each) for each in simulations.CURRENCIES]
    )
    with_refusals = forms.BooleanField(
        label=gettext_lazy("Include requests that are refused"), required=False, initial=True
    )


def form_with_keys(keys: list[ApiKey]) -> type[SingleUseForm]:
    """Return the form of a run with the keys that can sign it."""

    class KeyForm(SimulationForm):
        key = forms.TypedChoiceField(
            label=gettext_lazy("Test key"),
            choices=[(each.pk, f"{each.label or each.auth_key} ({each.auth_key[-8:]})") for each in keys],
            coerce=int,
        )

    return KeyForm


@page()
def simulations_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    found = Simulation.objects.for_merchant(visit.merchant.pk).select_related("by", "key")[:SHOWN]
    context: dict[str, Any] = {
        "simulations": [simulation_row(each) for each in found],
        "may_start": visit.may(Work.SIMULATIONS),
        "has_key": bool(simulations.usable_keys(visit.merchant)),
        "days": settings.SIMULATION_DAYS,
    }
    return page_frame.render_page(
        request, visit, "simulations.html", tab="simulations", title=_("Simulations"), **context
    )


@page(work=Work.SIMULATIONS, back="operator:simulations")
def simulation_new(request: HttpRequest, visit: Visit) -> HttpResponse:
    keys = simulations.usable_keys(visit.merchant)
    if not keys:
        raise simulations.KeyUnfit

    def act(rounds: int, currency: str, key: int, *, with_refusals: bool) -> str:
        chosen = next((each for each in keys if each.pk == key), None)
        if chosen is None:
            raise simulations.KeyUnfit
        simulations.request_simulation(
            sandbox=visit.merchant,
            by=visit.person,
            key=chosen,
            rounds=rounds,
            currency=currency,
            with_refusals=with_refusals,
        )
        return _("The simulation has started.")

    question = Question(
        title=_("Start simulation"),
        text=ABOUT,
        tab="simulations",
        form=form_with_keys(keys),
        act=act,
        button=_("Start simulation"),
        back=reverse("operator:simulations", args=[visit.merchant.code]),
    )
    return ask_to_confirm(request, visit, question)


@page()
def simulation_page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = Simulation.objects.for_merchant(visit.merchant.pk).select_related("by", "key")
    simulation = own.filter(pk=number).first()
    if simulation is None:
        raise Http404
    context = run_context(simulation) | {"merchant": visit.merchant}
    if request.headers.get("hx-request"):
        return render(request, "operator/simulation_run.html", context)
    title = _("Simulation %(number)s") % {"number": simulation.pk}
    return page_frame.render_page(request, visit, "simulation.html", tab="simulations", title=title, **context)


def simulation_row(simulation: Simulation) -> dict[str, Any]:
    broken = simulation.is_broken_off(at=clock.now())
    state, level = state_badge(simulation, broken=broken)
    return {
        "simulation": simulation,
        "busy": simulation.is_active and not broken,
        "broken": broken,
        "state": state,
        "level": level,
        "kept_until": simulation.asked_at + timedelta(days=settings.SIMULATION_DAYS),
    }


def state_badge(simulation: Simulation, *, broken: bool) -> tuple[str, str]:
    if broken or simulation.state == Simulation.State.STOPPED:
        return _("stopped"), "bad"
    return str(simulation.get_state_display()).lower(), "good" if simulation.state == Simulation.State.DONE else ""


def run_context(simulation: Simulation) -> dict[str, Any]:
    calls = list(simulation.calls.order_by("number"))
    unexpected = [call for call in calls if is_unexpected(call)]
    context = simulation_row(simulation) | {
        "parts": [
            run_part(list(group)) for _key, group in groupby(calls, key=lambda call: (call.round, call.scenario))
        ],
        "calls": len(calls),
        "unexpected": unexpected,
        "books": book_rows(simulation),
        "address": server_address(),
    }
    return context | ({"difference": books_difference(simulation)} if simulation.books else {})


def is_unexpected(call: SimulatedCall) -> bool:
    """Return whether an answer is not what the run expects. One that never came is repeated, and judged then."""
    return call.http_status is not None and call.http_status < UNDECIDED and not call.is_as_expected


def run_part(calls: list[SimulatedCall]) -> dict[str, Any]:
    """One round, or what was called beside the rounds."""
    first = calls[0]
    return {
        "round": first.round,
        "scenario": Scenario(first.scenario).label,
        "calls": [shown_call(each) for each in calls],
    }


@dataclass(frozen=True, slots=True)
class ShownCall:
    call: SimulatedCall
    purpose: Text
    message: str
    body: str
    answer: str
    status: str
    level: str
    is_unexpected: bool


def shown_call(call: SimulatedCall) -> ShownCall:
    status, level = call_status(call)
    return ShownCall(
        call=call,
        purpose=Purpose(call.purpose).label,
        message=answer_message(call.answer),
        body=indented_json(call.body),
        answer=indented_json(call.answer),
        status=status,
        level=level,
        is_unexpected=is_unexpected(call),
    )


def call_status(call: SimulatedCall) -> tuple[str, str]:
    """Return the status of a call and the level of its badge."""
    if call.http_status is None:
        return _("no answer"), "warn"
    if call.http_status >= UNDECIDED:
        return _("undecided, sent again"), "warn"
    level = "bad" if is_unexpected(call) else "good" if call.status == statuses.OK else "warn"
    return call.status or f"HTTP {call.http_status}", level


def answer_message(answer: str) -> str:
    """Return the sentence of a refusal."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    return str(found.get("message", "")) if isinstance(found, dict) else ""


def indented_json(text: str) -> str:
    """Return JSON with a line for each field; another text as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def book_rows(simulation: Simulation) -> list[tuple[Text, int, str]]:
    """Return label, number and sum of each kind of transaction in the books of a run."""
    books = simulation.books or {}
    return [
        (label, books["numbers"][name], format_with_code(books["sums"][name], simulation.currency))
        for name, label in BOOK_ROWS
        if books and books["numbers"].get(name)
    ]


def books_difference(simulation: Simulation) -> dict[str, Any]:
    """Return the balances at the end of a run, as texts."""
    books: Any = simulation.books
    moved = {name: books[name] for name in ("opening", "expected", "actual")}
    moved["off"] = moved["actual"] - moved["expected"]
    return {name: format_with_code(units, simulation.currency) for name, units in moved.items()} | {
        "agrees": moved["off"] == 0
    }
