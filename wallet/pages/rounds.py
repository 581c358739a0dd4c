"""Rounds: one box for any id, the list with its filters, what is open by age, and the page of one round."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from merchants.access import Visit
from merchants.models import Merchant
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.pages.search_box import search_by_post
from portal.lib import money, paging
from wallet.models import PlayTransaction, Transaction
from wallet.pages.round_filter import FilterForm, filter_facts
from wallet.services.rounds import find_by_id, open_rounds, round_story, round_texts
from wallet.services.rounds import round_list as rounds_of
from wallet.services.rounds.find_by_id import IdMatch
from wallet.services.rounds.round_list import ListPlace, RoundFilter
from wallet.services.rounds.round_story import StoryStep

ON_A_PAGE = 50


# --- Search -----------------------------------------------------------------------------------------------------------
@page()
@search_by_post
def rounds(request: HttpRequest, visit: Visit) -> HttpResponse:
    text = find_by_id.clean_id(request.GET.get("q", ""))
    return found_page(request, visit, text) if text else list_page(request, visit)


def found_page(request: HttpRequest, visit: Visit, text: str) -> HttpResponse:
    found = find_by_id.find_id(visit.merchant, text)
    if only := only_round_address(visit.merchant, found):
        return HttpResponseRedirect(only)
    context: dict[str, Any] = {
        "text": text,
        "found": found,
        "rounds": [(root, heading(root), round_address(visit.merchant, root)) for root in found.rounds],
        "calls": [(line, request_address(visit.merchant, line.request_id)) for line in found.calls],
        "looked_for": find_by_id.LOOKED_FOR,
    }
    return page_frame.render_page(
        request, visit, "rounds_found.html", tab="rounds", title=_("Search result"), **context
    )


def only_round_address(merchant: Merchant, found: IdMatch) -> str:
    """The address of the only round, when there is nothing else to choose from."""
    if found.players or found.sessions or len(found.rounds) + len(found.played) != 1:
        return ""
    return round_address(merchant, found.rounds[0]) if found.rounds else played_address(merchant, found.played[0])


# --- The list ---------------------------------------------------------------------------------------------------------
def list_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = FilterForm(request.GET or None)
    wish = form.wish() if form.is_valid() else RoundFilter()
    found = rounds_of.search_rounds(visit.merchant, wish, before=parse_place(request), limit=ON_A_PAGE)
    said = urlencode(FilterForm.address(wish))
    context: dict[str, Any] = {
        "form": form,
        "told": filter_facts(wish),
        "said": said,
        "rows": [round_row(visit.merchant, bet) for bet in found.bets],
        "looked_to": found.looked_to,
        "older": f"?{urlencode(FilterForm.address(wish) | edge_parameters(found.older))}" if found.older else "",
        "newest": f"?{said}" if "at" in request.GET else "",
    }
    return page_frame.render_page(request, visit, "rounds.html", tab="rounds", title=_("Rounds"), **context)


def parse_place(request: HttpRequest) -> ListPlace | None:
    """From an address of ours; anything else is as if it were not there."""
    edge = paging.parse_edge(request.GET.get("at", ""), request.GET.get("row", ""))
    return ListPlace(*edge) if edge else None


def edge_parameters(edge: ListPlace) -> dict[str, str]:
    return {"at": edge.at.isoformat(), "row": str(edge.pk)}


def round_row(merchant: Merchant, bet: Transaction) -> dict[str, Any]:
    state, paid = rounds_of.outcome(bet), bet.paid  # type: ignore[attr-defined]
    return {
        "bet": bet,
        "url": round_address(merchant, bet),
        "stake": money.format_with_code(bet.amount or 0, bet.currency or ""),
        "paid": "" if paid is None else money.format_with_code(paid, bet.currency or ""),
        "state": state,
        "level": round_story.LEVELS.get(state, ""),
    }


# --- Open rounds by age -----------------------------------------------------------------------------------------------
@page(back="operator:rounds")
def open_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    chosen = request.GET.get("age", "")
    if chosen in open_rounds.NAMES:
        return open_list(request, visit, chosen, currency_of(request))
    buckets = open_rounds.open_rounds_by_age(visit.merchant)
    context: dict[str, Any] = {
        "ages": [
            (
                name,
                title,
                [(each, money.format_with_code(each.stake, each.currency)) for each in buckets if each.age == name],
            )
            for name, title, _ in open_rounds.AGES
        ]
    }
    return page_frame.render_page(request, visit, "rounds_open.html", tab="rounds", title=_("Open rounds"), **context)


def currency_of(request: HttpRequest) -> str:
    return find_by_id.clean_id(request.GET.get("currency", "")).upper()


def open_list(request: HttpRequest, visit: Visit, age: str, currency: str) -> HttpResponse:
    """The oldest first."""
    since, until = open_rounds.age_bounds(age)
    wish = RoundFilter(since=since, until=until, currency=currency)
    bets, last = rounds_of.oldest_open(visit.merchant, wish, after=parse_place(request), limit=ON_A_PAGE)
    more = urlencode({"age": age, "currency": currency} | (edge_parameters(last) if last else {}))
    context: dict[str, Any] = {
        "age": next(title for name, title, _ in open_rounds.AGES if name == age),
        "currency": currency,
        "rows": [round_row(visit.merchant, bet) for bet in bets],
        "later": f"?{more}" if last else "",
    }
    return page_frame.render_page(
        request, visit, "rounds_open_list.html", tab="rounds", title=_("Open rounds"), **context
    )


# --- One round --------------------------------------------------------------------------------------------------------
@page(back="operator:rounds")
def round_page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    row = round_story.own_root_row(visit.merchant, number)
    if row is None:
        raise Http404
    [root] = find_by_id.root_transactions(visit.merchant, [row])
    if root.pk != row.pk:
        return HttpResponseRedirect(round_address(visit.merchant, root))
    story = round_story.round_story(root)
    context: dict[str, Any] = {
        "round": story,
        "root": root,
        "steps": [round_context(visit.merchant, step, root.currency or "") for step in story.steps],
        "sums": {
            name: money.format_with_code(getattr(story, name), root.currency or "")
            for name in ("stake", "paid", "rewards", "result")
        },
        "sought": round_story.SOUGHT if root.kind == Transaction.Kind.BET else "",
        "bets_beside": [(other, round_address(visit.merchant, other)) for other in story.others],
    }
    return page_frame.render_page(request, visit, "round.html", tab="rounds", title=heading(root), **context)


@page(back="operator:rounds")
def play_round(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = PlayTransaction.objects.filter(session__merchant=visit.merchant)
    root = own.select_related("session__player", "session__game").filter(pk=number).first()
    if root is None:
        raise Http404
    steps = [round_context(visit.merchant, step, _("play money")) for step in round_story.play_story(root)]
    return page_frame.render_page(
        request, visit, "round_played.html", tab="rounds", title=_("Round with play money"), root=root, steps=steps
    )


def heading(root: Transaction) -> str:
    return _("Round") if root.kind == Transaction.Kind.BET else str(round_story.TITLES[root.kind])


def round_context(merchant: Merchant, step: StoryStep, currency: str) -> dict[str, Any]:
    return round_texts.step_texts(step, currency, lambda request_id: request_address(merchant, request_id))


def round_address(merchant: Merchant, root: Transaction) -> str:
    return reverse("operator:round", args=[merchant.code, root.pk])


def played_address(merchant: Merchant, root: PlayTransaction) -> str:
    return reverse("operator:play_round", args=[merchant.code, root.pk])


def request_address(merchant: Merchant, request_id: Any) -> str:
    try:
        return reverse("operator:call", kwargs={"code": merchant.code, "request_id": request_id})
    except NoReverseMatch:
        return ""
