"""What staff do with correcting entries, each verb as a page of one case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from merchants.admin.fields import amount_field
from merchants.models import Person
from wallet import money
from wallet.admin import case_verbs
from wallet.admin.case_verbs import CaseVerb, NoteForm
from wallet.models import Case, Correction
from wallet.reconciliation import corrections, moved_again
from wallet.reconciliation.corrections import CorrectionEntry

TO_PLAYER, FROM_PLAYER = "to", "from"
DIRECTIONS = [(TO_PLAYER, gettext_lazy("To the player")), (FROM_PLAYER, gettext_lazy("From the player"))]
TURNS = {"confirm": "approve_correction", "decline": "decline_correction"}


class ProposeForm(NoteForm):
    player = forms.CharField(label=gettext_lazy("Player id"), max_length=255, widget=UnfoldAdminTextInputWidget())
    direction = forms.ChoiceField(choices=DIRECTIONS, widget=UnfoldAdminSelectWidget())
    amount = amount_field(label=gettext_lazy("Amount"), help_text=gettext_lazy("For example 12.34. Must be above 0."))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=8, widget=UnfoldAdminTextInputWidget())
    field_order = ["player", "direction", "amount", "currency", "reason"]


class ApproveForm(forms.Form):
    """What the page showed, so that nothing else is approved."""

    correction = forms.IntegerField(widget=forms.HiddenInput)
    difference = forms.IntegerField(widget=forms.HiddenInput)


def propose_entry(
    *, case: Case, by: Person, player: str, direction: str, amount: int, currency: str, reason: str
) -> Any:
    entry = CorrectionEntry(
        player=player.strip(), currency=currency.strip(), amount=amount, is_credit=direction == TO_PLAYER
    )  # fmt: skip
    return corrections.propose_correction(case=case, entry=entry, text=reason, by=by)


VERBS: dict[str, CaseVerb] = {
    "propose_correction": CaseVerb(
        title=gettext_lazy("Propose correction"),
        text=gettext_lazy(
            "A ledger entry moves this amount and settles the case. Another person must approve the "
            "entry first. Signed requests cannot roll the entry back."
        ),
        done=gettext_lazy("waiting for a second approver"),
        form=ProposeForm,
        act=propose_entry,
        danger=True,
    ),
    "approve_correction": CaseVerb(
        title=gettext_lazy("Approve correction"),
        text=gettext_lazy("You are the second approver. The entry is posted immediately and cannot be removed."),
        done=gettext_lazy("settled by a correction"),
        form=ApproveForm,
        act=corrections.approve_correction,
        danger=True,
    ),
    "decline_correction": CaseVerb(
        title=gettext_lazy("Decline correction"),
        text=gettext_lazy(
            "No money moves and the case stays open. The person who proposed the correction can decline it too."
        ),
        done=gettext_lazy("open as before"),
        form=NoteForm,
        act=lambda case, reason, by: corrections.decline_correction(case=case, text=reason, by=by),
    ),
}


def possible_verbs(case: Case, person: Person) -> set[str]:
    """Return what the page of a case offers; the services judge again."""
    offered = case_verbs.possible_verbs(case, person)
    if case.state != Case.State.RESOLVED and case.write_off_asked_by_id is None:
        return offered | {"propose_correction"}
    if corrections.proposed_correction(case) is None:
        return offered
    return {TURNS.get(name, name) for name in offered}


def initial(name: str, case: Case) -> dict[str, Any]:
    proposed = corrections.proposed_correction(case)
    if name == "approve_correction" and proposed:
        return {"correction": proposed.pk, "difference": case.difference}
    if name != "propose_correction":
        return {}
    entry = corrections.suggested_entry(case)
    return {
        "player": entry.player,
        "direction": TO_PLAYER if entry.is_credit else FROM_PLAYER,
        "amount": entry.amount or None,
        "currency": entry.currency,
    }


def description(name: str, case: Case) -> str:
    """Return what is approved, what becomes of the player's balance, and what has moved or may move the same money."""
    proposed = corrections.proposed_correction(case) if name == "approve_correction" else None
    warnings = moved_again.warnings(case) if proposed or name == "propose_correction" else []
    return " ".join(filter(None, [_balance_in_words(proposed) if proposed else "", *warnings]))


def _balance_in_words(proposed: Correction) -> str:
    before, currency, show = corrections.balance_of(proposed), proposed.currency, money.format_with_code
    after = before + proposed.delta
    below = (
        _(" The balance becomes negative: bets and withdrawals are refused until the balance is covered.")
        if after < 0
        else ""
    )
    return _(
        "%(in_words)s Proposed by %(asked_by)s. Current balance: %(show)s. Balance after the entry: %(show2)s.%(below)s"
    ) % {
        "in_words": amount_text(proposed),
        "asked_by": proposed.asked_by,
        "show": show(before, currency),
        "show2": show(after, currency),
        "below": below,
    }


def amount_text(correction: Correction) -> str:
    way = "to" if correction.is_credit else "from"
    return _("%(show_with_code)s %(way)s player %(player_id)s.") % {
        "show_with_code": money.format_with_code(correction.amount, correction.currency),
        "way": way,
        "player_id": correction.player.player_id,
    }


def correction_panel(case: Case) -> dict[str, Any]:
    """Return what the page of a case says of its corrections."""
    proposed = corrections.proposed_correction(case)
    return {
        "proposed_correction": amount_text(proposed) if proposed else "",
        "corrections": [(each, amount_text(each)) for each in corrections.corrections_of(case)],
    }
