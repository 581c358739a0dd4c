"""Limits, of one player and of all: first the form, then how many bets they would have refused, then they are set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from merchants import errors
from merchants.access import Visit, Work
from merchants.models import Merchant
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import PlainForm, SingleUseForm
from merchants.pages.guard import page
from merchants.services import limits, undo
from merchants.services.limits import MOST_BETS, Limits
from portal.lib import money
from portal.lib.amount_fields import CurrencyAmountsField, OtherCurrenciesField
from portal.lib.texts import Answers
from wallet.reconciliation.thresholds import currencies_of
from wallet.services.usage import restriction_impact
from wallet.services.usage.restriction_impact import RefusedBets

SEEN = re.compile(r"([0-9]{0,18}):([0-9]{0,18}):((?:[A-Z0-9]{3,8}=[0-9]{1,16};)*)", re.ASCII)
LONGEST_SEEN = 40 + 27 * money.MOST_CURRENCIES
LIMIT_ANSWERS: Answers = [
    (gettext_lazy("Bet above a limit"), gettext_lazy("RS_ERROR_LIMIT_REACHED, with the balance")),
    (gettext_lazy("Payout, reward, rollback, balance, deposit, withdraw"), gettext_lazy("as usual")),
]


class LimitsForm(PlainForm):
    bets_per_minute = forms.IntegerField(
        label=gettext_lazy("Bets per minute"), required=False, min_value=1, max_value=MOST_BETS
    )
    max_stake_by_currency = CurrencyAmountsField(
        label=gettext_lazy("Maximum stake per bet"),
        help_text=gettext_lazy("An amount for each currency. A further currency is a line such as EUR 50.00."),
    )
    max_stake = OtherCurrenciesField(
        label=gettext_lazy("Bets in a currency without an amount"),
        help_text=gettext_lazy("Applies when at least one currency has an amount."),
    )

    def __init__(self, *args: Any, standing: Limits, none: str, currencies: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.standing = standing
        self.fields["max_stake_by_currency"].ask_for({*currencies, *(standing.max_stake_by_currency or {})})  # type: ignore[attr-defined]
        self.fields["max_stake"].offer(none, standing.max_stake)  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Limits:
        """Return the limits that a valid form asks for."""
        typed = Limits(**self.cleaned_data)
        others = limits.strict_stake(typed.max_stake, typed.max_stake_by_currency, self.standing.max_stake)
        return typed._replace(max_stake=others)


class SeenForm(SingleUseForm):
    """What stood there when it was asked."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_SEEN)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A player, or the merchant: what stands, what a wish would have refused, and who sets it."""

    title: str
    empty: str  # what an empty field means
    none: str  # the same in two words
    back: str
    tab: str
    standing: Limits
    judged: Callable[[Limits], tuple[RefusedBets, RefusedBets]]
    save: Callable[[Limits, Limits], str]
    is_strict: bool = False  # whether a first amount refuses all other currencies, unless the person chooses otherwise

    @property
    def initial(self) -> dict[str, Any]:
        values = self.standing._asdict()
        refuses = self.is_strict and not self.standing.max_stake_by_currency and self.standing.max_stake is None
        return values | ({"max_stake": 0} if refuses else {})


def show_change(request: HttpRequest, visit: Visit, subject: Subject) -> HttpResponse:
    asked = {name.partition("-")[0] for name in request.GET} & LimitsForm.base_fields.keys()
    form = LimitsForm(
        request.GET if asked else None,
        initial=subject.initial,
        standing=subject.standing,
        none=subject.none,
        currencies=currencies_of(visit.merchant),
    )
    if form.is_valid() and (wanted := form.wanted) != subject.standing:
        return ask_to_confirm(request, visit, question(subject, wanted))
    if form.is_valid():
        form.add_error(None, _("These limits are already active. Change a value first."))
    return page_frame.render_page(
        request, visit, "limits_form.html", tab=subject.tab, title=subject.title, form=form, subject=subject
    )


def question(subject: Subject, wanted: Limits) -> Question:
    before, after = limits_text(subject.standing, subject.none), limits_text(wanted, subject.none)
    day, week = subject.judged(wanted)
    return Question(
        title=subject.title,
        act=lambda seen: subject.save(wanted, read_seen(seen)),
        back=subject.back,
        button=_("Set limits"),
        tab=subject.tab,
        form=SeenForm,
        template="limits_ask.html",
        initial={"seen": seen_text(subject.standing)},
        answers=LIMIT_ANSWERS,
        context={
            "changes": list(zip((_("Bets per minute"), _("Maximum stake")), before, after, strict=True)),
            "spans": [(_("24 hours"), day), (_("7 days"), week)],
            "subject": subject,
        },
    )


def limits_text(of: Limits, none: str) -> tuple[str, str]:
    return none if of.bets_per_minute is None else bets_text(of.bets_per_minute), limits.stake_text(of, none)


def bets_text(value: int | None) -> str:
    return _("no limit") if value is None else f"{value:,}"


def seen_text(of: Limits) -> str:
    bets, stake = ("" if value is None else str(value) for value in of[:2])
    by_currency = (of.max_stake_by_currency or {}).items()
    return f"{bets}:{stake}:{''.join(f'{currency}={units};' for currency, units in by_currency)}"


def read_seen(text: str) -> Limits:
    found = SEEN.fullmatch(text)
    if found is None:
        raise errors.ChangedSince(_("This page"))
    bets, stake, rest = found.groups()
    pairs = (each.split("=") for each in rest.split(";") if each)
    by_currency = {currency: int(units) for currency, units in pairs}
    return Limits(int(bets) if bets else None, int(stake) if stake else None, by_currency or None)


# --- Of all players ---------------------------------------------------------------------------------------------------
@page()
def limits_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    context: dict[str, Any] = {
        "bets": bets_text(visit.merchant.bets_per_minute),
        "stake": limits.stake_text(limits.player_limits(visit.merchant)),
        "change": undo.last_change(Merchant, visit.merchant),
    }
    return page_frame.render_page(
        request, visit, "limits.html", tab="players", title=_("Limits for all players"), **context
    )


@page(work=Work.PLAYERS, back="operator:limits")
def limits_set(request: HttpRequest, visit: Visit) -> HttpResponse:
    def save(wanted: Limits, seen: Limits) -> str:
        limits.set_merchant_limits(merchant=visit.merchant, limits=wanted, seen=seen)
        return _("The new limits are active.")

    subject = Subject(
        title=_("Limits for all players"),
        empty=_("Leave bets per minute empty for no limit. The individual limits of a player replace these limits."),
        none=_("no limit"),
        back=reverse("operator:limits", args=[visit.merchant.code]),
        tab="players",
        standing=limits.player_limits(visit.merchant),
        judged=lambda wanted: restriction_impact.merchant_limit_impact(visit.merchant, wanted),
        save=save,
        is_strict=True,
    )
    return show_change(request, visit, subject)


@page(work=Work.PLAYERS, back="operator:limits")
def limits_undo(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    event = undo.find_event(Merchant, visit.merchant, number)
    if event is None:
        raise Http404
    back = reverse("operator:limits", args=[visit.merchant.code])
    return undo_response(request, back, lambda: undo.undo_limits(merchant=visit.merchant, event=event))


def undo_response(request: HttpRequest, back: str, act: Callable[[], int]) -> HttpResponse:
    """One click: of two, the second finds that nothing is left to undo."""
    if request.method == "POST":
        done = act()
        messages.success(
            request, ngettext("The change is undone.", "%(number)s changes are undone.", done) % {"number": f"{done:,}"}
        )
    return HttpResponseRedirect(back)
