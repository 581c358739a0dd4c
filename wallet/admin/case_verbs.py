"""What staff do with cases: each verb as a page of one case, and of many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from merchants.models import Person
from portal.lib.texts import Text
from wallet.models import Case
from wallet.reconciliation import cases

Resolution = Case.Resolution
BY_HAND = [each for each in Resolution.choices if each[0] not in {Resolution.WRITTEN_OFF, Resolution.SETTLED}]


def workers() -> QuerySet[Person]:
    return Person.objects.filter(is_active=True, staff_role__in=cases.WORKERS).order_by("email")


class NoteForm(forms.Form):
    reason = forms.CharField(
        label=_("Note"),
        max_length=cases.LONGEST_NOTE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Stored with the case. The operator can read it."),
    )


class RemarkForm(forms.Form):
    reason = forms.CharField(
        label=_("Note"), max_length=cases.LONGEST_NOTE, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )
    internal = forms.BooleanField(
        label=_("For our staff only"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("If not chosen, the operator can read the note too."),
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(workers(), label=_("Assign to"), widget=UnfoldAdminSelectWidget(), empty_label=None)


class ResolveForm(NoteForm):
    resolution = forms.ChoiceField(choices=BY_HAND, widget=UnfoldAdminSelectWidget())
    field_order = ["resolution", "reason"]


class ConfirmForm(forms.Form):
    difference = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True, kw_only=True)
class CaseVerb:
    """`act` gets the case, who does it, and what the form says."""

    title: Text
    text: Text
    done: Text
    act: Callable[..., Any]
    form: type[forms.Form] = forms.Form
    danger: bool = False


@dataclass(frozen=True, kw_only=True)
class ManyVerb(CaseVerb):
    """`change` gets who does it and what the form says, once for all cases."""

    many_title: Text
    change: Callable[..., cases.CaseChange]


def remark(*, case: Case, reason: str, internal: bool, by: Person) -> Any:
    if internal:
        return cases.add_note(case=case, text=reason, by=by, internal=True)
    return cases.add_comment(case=case, text=reason, by=by)


MANY: dict[str, ManyVerb] = {
    "take": ManyVerb(
        title=_("Assign to me"),
        many_title=_("Assign cases to me"),
        text=_("You work on this case."),
        done=_("assigned to you"),
        act=lambda case, by: cases.assign_case(case=case, to=by, by=by),
        change=lambda by: cases.assign_change(to=by, by=by),
    ),
    "assign": ManyVerb(
        title=_("Assign case"),
        many_title=_("Assign cases"),
        text=_("The chosen person of our support works on this case."),
        done=_("assigned"),
        form=AssignForm,
        act=lambda case, to, by: cases.assign_case(case=case, to=to, by=by),
        change=cases.assign_change,
    ),
    "wait": ManyVerb(
        title=_("Wait for operator"),
        many_title=_("Wait for operator"),
        text=_("The operator answers or corrects the statement. A comment by the operator assigns the case again."),
        done=_("waiting for the operator"),
        act=lambda case, by: cases.ask_operator(case=case, by=by),
        change=cases.wait_change,
    ),
    "resolve": ManyVerb(
        title=_("Resolve case"),
        many_title=_("Resolve cases"),
        text=_(
            "The case is closed. It opens again automatically if a later reconciliation run finds it. A "
            "remaining difference is written off: above the merchant's limit, a second person must "
            "approve this."
        ),
        done=_("resolved, or waiting for a second approver"),
        danger=True,
        form=ResolveForm,
        act=lambda case, resolution, reason, by: cases.resolve_case(
            case=case, resolution=resolution, text=reason, by=by
        ),
        change=lambda resolution, reason, by: cases.resolve_change(resolution=resolution, text=reason, by=by),
    ),
    "write_off": ManyVerb(
        title=_("Write off case"),
        many_title=_("Write off cases"),
        text=_("The difference is written off. Above the merchant's limit, a second person must approve this."),
        done=_("written off, or waiting for a second approver"),
        form=NoteForm,
        act=lambda case, reason, by: cases.write_off(case=case, text=reason, by=by),
        change=lambda reason, by: cases.write_off_change(text=reason, by=by),
        danger=True,
    ),
}
ONE: dict[str, CaseVerb] = MANY | {
    "confirm": CaseVerb(
        title=_("Approve closing"),
        text=_("You are the second approver. The difference is written off when you approve."),
        done=_("closed"),
        form=ConfirmForm,
        act=lambda case, difference, by: cases.confirm_write_off(case=case, difference=difference, by=by),
        danger=True,
    ),
    "decline": CaseVerb(
        title=_("Decline closing"),
        text=_("The case stays open. The person who requested the closing can decline it too."),
        done=_("open as before"),
        form=NoteForm,
        act=lambda case, reason, by: cases.decline_write_off(case=case, text=reason, by=by),
    ),
    "reopen": CaseVerb(
        title=_("Reopen case"),
        text=_("The resolution is removed. The notes stay."),
        done=_("open again"),
        form=NoteForm,
        act=lambda case, reason, by: cases.reopen_case(case=case, text=reason, by=by),
    ),
    "remark": CaseVerb(
        title=_("Write note"),
        text=_("The note cannot be changed later."),
        done=_("updated with your note"),
        form=RemarkForm,
        act=remark,
    ),
}


def possible_verbs(case: Case, person: Person) -> set[str]:
    """What the page offers; the services judge again."""
    if case.state == Case.State.RESOLVED:
        return {"remark", "reopen"}
    offered = {"remark", "assign"}
    if case.owner_id != person.pk:
        offered.add("take")
    if case.state != Case.State.WAITING:
        offered.add("wait")
    if case.write_off_asked_by_id is not None:
        return offered | {"decline"} | ({"confirm"} if case.write_off_asked_by_id != person.pk else set())
    return offered | ({"resolve"} if case.kind == Case.Kind.OWED else {"resolve", "write_off"})
