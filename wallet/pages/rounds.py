"""Rounds: one box for any id, the list with its filters, what is open by age, and the page of one round."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from merchants import crypto
from merchants.access import Visit
from merchants.models import Merchant
from merchants.pages import frame
from merchants.pages.door import page
from portal.lib import money
from wallet.models import PlayTransaction, Transaction
from wallet.services import one_round, whereabouts
from wallet.services.one_round import Step
from wallet.services.whereabouts import Found

NOT_HERE = "That is a secret key. It was looked up nowhere; never paste it. If others may have it, say so under Keys."


# --- Search -----------------------------------------------------------------------------------------------------------
@page()
def rounds(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        return searched(request, visit)
    text = whereabouts.cleaned(request.GET.get("q", ""))
    if text and not crypto.looks_like_secret(text):
        return found_page(request, visit, text)
    return frame.show(request, visit, "rounds.html", tab="rounds", title="Rounds")


def searched(request: HttpRequest, visit: Visit) -> HttpResponse:
    """By POST, so that a secret pasted by mistake stands in no address and no log."""
    text, here = whereabouts.cleaned(request.POST.get("q", "")), reverse("operator:rounds", args=[visit.merchant.code])
    if crypto.looks_like_secret(text):
        messages.error(request, NOT_HERE)
        return HttpResponseRedirect(here)
    return HttpResponseRedirect(f"{here}?{urlencode({'q': text})}" if text else here)


def found_page(request: HttpRequest, visit: Visit, text: str) -> HttpResponse:
    found = whereabouts.find(visit.merchant, text)
    if only := only_one(visit.merchant, found):
        return HttpResponseRedirect(only)
    context: dict[str, Any] = {
        "text": text,
        "found": found,
        "rounds": [(root, heading(root), to_round(visit.merchant, root)) for root in found.rounds],
        "calls": [(line, to_call(visit.merchant, line.request_id)) for line in found.calls],
        "looked_for": whereabouts.LOOKED_FOR,
    }
    return frame.show(request, visit, "rounds_found.html", tab="rounds", title="Search", **context)


def only_one(merchant: Merchant, found: Found) -> str:
    """The address of the only round, when there is nothing else to choose from."""
    if found.players or found.sessions or len(found.rounds) + len(found.played) != 1:
        return ""
    return to_round(merchant, found.rounds[0]) if found.rounds else to_played(merchant, found.played[0])


# --- One round --------------------------------------------------------------------------------------------------------
@page(back="operator:rounds")
def round_page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    row = one_round.own_root(visit.merchant, number)
    if row is None:
        raise Http404
    [root] = whereabouts.roots(visit.merchant, [row])
    if root.pk != row.pk:
        return HttpResponseRedirect(to_round(visit.merchant, root))
    told = one_round.tell(root)
    context: dict[str, Any] = {
        "round": told,
        "root": root,
        "steps": [shown(visit.merchant, step) for step in told.steps],
        "sums": {name: money.show(getattr(told, name)) for name in ("stake", "paid", "rewards", "result")},
        "others": [(other, to_round(visit.merchant, other)) for other in told.others],
    }
    return frame.show(request, visit, "round.html", tab="rounds", title=heading(root), **context)


@page(back="operator:rounds")
def play_round(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = PlayTransaction.objects.filter(session__merchant=visit.merchant)
    root = own.select_related("session__player", "session__game").filter(pk=number).first()
    if root is None:
        raise Http404
    steps = [shown(visit.merchant, step) for step in one_round.tell_played(root)]
    return frame.show(
        request, visit, "round_played.html", tab="rounds", title="A round with play money", root=root, steps=steps
    )


def heading(root: Transaction) -> str:
    return "Round" if root.kind == Transaction.Kind.BET else one_round.TITLES[root.kind]


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
