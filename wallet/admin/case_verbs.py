"""What staff do with cases: each verb as a page of one case, and of many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from merchants.models import Person
from wallet.models import Case
from wallet.reconciliation import cases

Resolution = Case.Resolution
BY_HAND = [each for each in Resolution.choices if each[0] not in {Resolution.WRITTEN_OFF, Resolution.SETTLED}]


def workers() -> QuerySet[Person]:
    return Person.objects.filter(is_active=True, staff_role__in=cases.WORKERS).order_by("email")


class NoteForm(forms.Form):
    reason = forms.CharField(
        label="Note",
        max_length=cases.LONGEST_NOTE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Stays with the case, and the operator sees it.",
    )


class RemarkForm(forms.Form):
    reason = forms.CharField(
        label="Note", max_length=cases.LONGEST_NOTE, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )
    internal = forms.BooleanField(
        label="For our staff only",
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Otherwise the operator reads it too.",
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(workers(), label="Assign to", widget=UnfoldAdminSelectWidget(), empty_label=None)


class ResolveForm(NoteForm):
    resolution = forms.ChoiceField(choices=BY_HAND, widget=UnfoldAdminSelectWidget())
    field_order = ["resolution", "reason"]


class ConfirmForm(forms.Form):
    difference = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True, kw_only=True)
class CaseVerb:
    """`act` gets the case, who does it, and what the form says."""

    title: str
    text: str
    done: str
    act: Callable[..., Any]
    form: type[forms.Form] = forms.Form
    danger: bool = False


@dataclass(frozen=True, kw_only=True)
class ManyVerb(CaseVerb):
    """`change` gets who does it and what the form says, once for all cases."""

    change: Callable[..., cases.CaseChange]


def remark(*, case: Case, reason: str, internal: bool, by: Person) -> Any:
    if internal:
        return cases.add_note(case=case, text=reason, by=by, internal=True)
    return cases.add_comment(case=case, text=reason, by=by)


MANY: dict[str, ManyVerb] = {
    "take": ManyVerb(
        title="Assign to me",
        text="You look after it from now on.",
        done="assigned to you",
        act=lambda case, by: cases.assign_case(case=case, to=by, by=by),
        change=lambda by: cases.assign_change(to=by, by=by),
    ),
    "assign": ManyVerb(
        title="Assign",
        text="Somebody of our support looks after it from now on.",
        done="assigned",
        form=AssignForm,
        act=lambda case, to, by: cases.assign_case(case=case, to=to, by=by),
        change=cases.assign_change,
    ),
    "wait": ManyVerb(
        title="Wait for the operator",
        text="The operator is to answer or to correct the statement. Their comment brings it back.",
        done="waiting for the operator",
        act=lambda case, by: cases.ask_operator(case=case, by=by),
        change=cases.wait_change,
    ),
    "resolve": ManyVerb(
        title="Resolve",
        text="The case is closed. It opens again automatically if a later reconciliation run finds it. A "
        "difference that "
        "still stands is given up: above the merchant's limit a second person must approve that.",
        done="resolved, or waiting for a second approver",
        danger=True,
        form=ResolveForm,
        act=lambda case, resolution, reason, by: cases.resolve_case(
            case=case, resolution=resolution, text=reason, by=by
        ),
        change=lambda resolution, reason, by: cases.resolve_change(resolution=resolution, text=reason, by=by),
    ),
    "write_off": ManyVerb(
        title="Write off",
        text="The difference is given up. Above the merchant's limit a second person confirms it first.",
        done="written off, or waiting for a second approver",
        form=NoteForm,
        act=lambda case, reason, by: cases.write_off(case=case, text=reason, by=by),
        change=lambda reason, by: cases.write_off_change(text=reason, by=by),
        danger=True,
    ),
}
ONE: dict[str, CaseVerb] = MANY | {
    "confirm": CaseVerb(
        title="Approve closing the case",
        text="You are the second approver: after this the difference is given up.",
        done="closed",
        form=ConfirmForm,
        act=lambda case, difference, by: cases.confirm_write_off(case=case, difference=difference, by=by),
        danger=True,
    ),
    "decline": CaseVerb(
        title="Decline closing the case",
        text="The case stays open. The person who requested it can decline it too.",
        done="not closed",
        form=NoteForm,
        act=lambda case, reason, by: cases.decline_write_off(case=case, text=reason, by=by),
    ),
    "reopen": CaseVerb(
        title="Open again",
        text="The resolution is removed; the notes stay.",
        done="open again",
        form=NoteForm,
        act=lambda case, reason, by: cases.reopen_case(case=case, text=reason, by=by),
    ),
    "remark": CaseVerb(
        title="Write a note",
        text="It stays as it is written.",
        done="noted",
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
