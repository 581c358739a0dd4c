"""Rounds: one box for any id, the list with its filters, what is open by age, and the page of one round."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from merchants.access import Visit
from merchants.models import Merchant
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.pages.search_box import search_by_post
from portal.lib import money
from wallet.models import PlayTransaction, Transaction
from wallet.pages.round_filter import FilterForm, told
from wallet.services.rounds import find_by_id, open_rounds, round_story
from wallet.services.rounds import round_list as rounds_of
from wallet.services.rounds.find_by_id import IdMatch
from wallet.services.rounds.round_list import Place, RoundFilter
from wallet.services.rounds.round_story import Step

ON_A_PAGE = 50


# --- Search -----------------------------------------------------------------------------------------------------------
@page()
@search_by_post
def rounds(request: HttpRequest, visit: Visit) -> HttpResponse:
    text = find_by_id.cleaned(request.GET.get("q", ""))
    return found_page(request, visit, text) if text else list_page(request, visit)


def found_page(request: HttpRequest, visit: Visit, text: str) -> HttpResponse:
    found = find_by_id.find(visit.merchant, text)
    if only := only_one(visit.merchant, found):
        return HttpResponseRedirect(only)
    context: dict[str, Any] = {
        "text": text,
        "found": found,
        "rounds": [(root, heading(root), to_round(visit.merchant, root)) for root in found.rounds],
        "calls": [(line, to_call(visit.merchant, line.request_id)) for line in found.calls],
        "looked_for": find_by_id.LOOKED_FOR,
    }
    return page_frame.show(request, visit, "rounds_found.html", tab="rounds", title="Search", **context)


def only_one(merchant: Merchant, found: IdMatch) -> str:
    """The address of the only round, when there is nothing else to choose from."""
    if found.players or found.sessions or len(found.rounds) + len(found.played) != 1:
        return ""
    return to_round(merchant, found.rounds[0]) if found.rounds else to_played(merchant, found.played[0])


# --- The list ---------------------------------------------------------------------------------------------------------
def list_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = FilterForm(request.GET or None)
    wish = form.wish() if form.is_valid() else RoundFilter()
    found = rounds_of.look(visit.merchant, wish, before=place(request), limit=ON_A_PAGE)
    said = urlencode(FilterForm.address(wish))
    context: dict[str, Any] = {
        "form": form,
        "told": told(wish),
        "said": said,
        "rows": [as_row(visit.merchant, bet) for bet in found.bets],
        "looked_to": found.looked_to,
        "older": f"?{urlencode(FilterForm.address(wish) | mark(found.older))}" if found.older else "",
        "newest": f"?{said}" if "at" in request.GET else "",
    }
    return page_frame.show(request, visit, "rounds.html", tab="rounds", title="Rounds", **context)


def place(request: HttpRequest) -> Place | None:
    """From an address of ours; anything else is as if it were not there."""
    try:
        at, number = datetime.fromisoformat(request.GET.get("at", "")), int(request.GET.get("row", ""))
    except ValueError:
        return None
    return Place(at, number) if at.tzinfo and 0 <= number < 2**63 else None


def mark(edge: Place) -> dict[str, str]:
    return {"at": edge.at.isoformat(), "row": str(edge.pk)}


def as_row(merchant: Merchant, bet: Transaction) -> dict[str, Any]:
    state, paid = rounds_of.outcome(bet), bet.paid  # type: ignore[attr-defined]
    return {
        "bet": bet,
        "url": to_round(merchant, bet),
        "stake": money.show(bet.amount or 0),
        "paid": "" if paid is None else money.show(paid),
        "state": state,
        "level": round_story.LEVELS.get(state, ""),
    }


# --- Open rounds by age -----------------------------------------------------------------------------------------------
@page(back="operator:rounds")
def open_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    chosen = request.GET.get("age", "")
    if chosen in open_rounds.NAMES:
        return open_list(request, visit, chosen, currency_of(request))
    buckets = open_rounds.by_age(visit.merchant)
    context: dict[str, Any] = {
        "ages": [
            (name, title, [(each, money.show(each.stake)) for each in buckets if each.age == name])
            for name, title, _ in open_rounds.AGES
        ]
    }
    return page_frame.show(request, visit, "rounds_open.html", tab="rounds", title="Open rounds", **context)


def currency_of(request: HttpRequest) -> str:
    return find_by_id.cleaned(request.GET.get("currency", "")).upper()


def open_list(request: HttpRequest, visit: Visit, age: str, currency: str) -> HttpResponse:
    """The oldest first."""
    since, until = open_rounds.between(age)
    wish = RoundFilter(since=since, until=until, currency=currency)
    bets, last = rounds_of.oldest_open(visit.merchant, wish, after=place(request), limit=ON_A_PAGE)
    more = urlencode({"age": age, "currency": currency} | (mark(last) if last else {}))
    context: dict[str, Any] = {
        "age": next(title for name, title, _ in open_rounds.AGES if name == age),
        "currency": currency,
        "rows": [as_row(visit.merchant, bet) for bet in bets],
        "later": f"?{more}" if last else "",
    }
    return page_frame.show(request, visit, "rounds_open_list.html", tab="rounds", title="Open rounds", **context)


# --- One round --------------------------------------------------------------------------------------------------------
@page(back="operator:rounds")
def round_page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    row = round_story.own_root(visit.merchant, number)
    if row is None:
        raise Http404
    [root] = find_by_id.roots(visit.merchant, [row])
    if root.pk != row.pk:
        return HttpResponseRedirect(to_round(visit.merchant, root))
    story = round_story.tell(root)
    context: dict[str, Any] = {
        "round": story,
        "root": root,
        "steps": [shown(visit.merchant, step) for step in story.steps],
        "sums": {name: money.show(getattr(story, name)) for name in ("stake", "paid", "rewards", "result")},
        "sought": round_story.SOUGHT if root.kind == Transaction.Kind.BET else "",
        "bets_beside": [(other, to_round(visit.merchant, other)) for other in story.others],
    }
    return page_frame.show(request, visit, "round.html", tab="rounds", title=heading(root), **context)


@page(back="operator:rounds")
def play_round(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = PlayTransaction.objects.filter(session__merchant=visit.merchant)
    root = own.select_related("session__player", "session__game").filter(pk=number).first()
    if root is None:
        raise Http404
    steps = [shown(visit.merchant, step) for step in round_story.tell_played(root)]
    return page_frame.show(
        request, visit, "round_played.html", tab="rounds", title="A round with play money", root=root, steps=steps
    )


def heading(root: Transaction) -> str:
    return "Round" if root.kind == Transaction.Kind.BET else round_story.TITLES[root.kind]


def shown(merchant: Merchant, step: Step) -> dict[str, Any]:
    return {
        "step": step,
        "moved": "" if step.moved is None else f"{'+' if step.moved > 0 else ''}{money.show(step.moved)}",
        "amount": "" if step.amount is None else money.show(step.amount),
        "balance": "" if step.balance is None else money.show(step.balance),
        "url": to_call(merchant, step.request_id) if step.request_id else "",
    }


def to_round(merchant: Merchant, root: Transaction) -> str:
    return reverse("operator:round", args=[merchant.code, root.pk])


def to_played(merchant: Merchant, root: PlayTransaction) -> str:
    return reverse("operator:play_round", args=[merchant.code, root.pk])


def to_call(merchant: Merchant, request_id: Any) -> str:
    try:
        return reverse("operator:call", kwargs={"code": merchant.code, "request_id": request_id})
    except NoReverseMatch:
        return ""
