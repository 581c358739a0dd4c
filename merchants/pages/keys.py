"""A merchant's own keys: the list, and each verb as the page of one service. Owners do; the others read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from merchants import errors
from merchants.access import Visit, Work
from merchants.models import ApiKey, Approval, Secret
from merchants.models.credentials import LONGEST_OVERLAP, QUIET_HOURS
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import CodeView, page
from merchants.services import approvals, key_hygiene, keys, sandboxes
from merchants.services.keys import Issued
from portal.lib import clock
from portal.lib.moment_fields import MomentField

SHOWN_APPROVALS = 20
HOURS_OF_OVERLAP = [(0, "not at all"), (1, "1 hour"), (6, "6 hours"), (24, "24 hours"), (72, "3 days"), (168, "7 days")]


@page()
def keys_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    found = key_hygiene.keys_by_use(visit.merchant, clock.now())
    waiting = [key for key in found if key.needs_sandbox and key_hygiene.is_usable(key)]
    asked = Approval.objects.filter(merchant=visit.merchant, state=Approval.State.WAITING).select_related("asked_by")
    context: dict[str, Any] = {
        "keys": found,
        "waiting": waiting,
        "approvals": asked.order_by("-pk")[:SHOWN_APPROVALS],
    }
    return page_frame.render_page(request, visit, "keys.html", tab="keys", title="Keys", **context)


@page(work=Work.KEYS, prove=True, back="operator:keys")
def sandbox_create(request: HttpRequest, visit: Visit) -> HttpResponse:
    def act() -> str:
        created = sandboxes.create_sandbox(merchant=visit.merchant)
        return f"{created.name} is active. Use the switch Live | Sandbox on each page."

    question = Question(
        title="Create sandbox",
        text="The sandbox is a merchant of its own, for tests: it has its own test keys, players, accounts, "
        "allowlists, statements and history. Test keys never move live money. The sandbox starts with a copy of your "
        "allowlists. Existing test keys move to it. A sandbox can't be deleted.",
        act=act,
        back=reverse("operator:keys", args=[visit.merchant.code]),
        button="Create sandbox",
        tab="keys",
    )
    return ask_to_confirm(request, visit, question)


# --- Forms ------------------------------------------------------------------------------------------------------------
def overlap_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="The old secret goes on working for",
        choices=HOURS_OF_OVERLAP,
        initial=24,
        coerce=lambda hours: timedelta(hours=int(hours)),
        help_text=f"{LONGEST_OVERLAP.days} days is the longest. You can end it earlier, or extend it.",
    )


class OverlapForm(SingleUseForm):
    overlap = overlap_field()
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RotateForm(OverlapForm):
    quiet_hours = forms.IntegerField(
        label="End it earlier when it is quiet for",
        required=False,
        min_value=QUIET_HOURS[0],
        max_value=QUIET_HOURS[-1],
        help_text="Hours without a call under the old secret; empty: it ends at its time.",
    )
    reason = forms.CharField(max_length=500, required=False, help_text="Kept on the timeline.")


class ReasonForm(SingleUseForm):
    reason = forms.CharField(max_length=500, help_text="For the person who decides.")


class AskToRotateForm(RotateForm):
    reason = forms.CharField(max_length=500, help_text="For the person who decides.")


class OldVersionForm(SingleUseForm):
    """About the old version that was there when the page was opened, and no later one."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)


class ExtendForm(OldVersionForm):
    until = MomentField(label="The old secret works until")


class QuietForm(OldVersionForm):
    hours = forms.IntegerField(
        label="Quiet hours",
        min_value=QUIET_HOURS[0],
        max_value=QUIET_HOURS[-1],
        required=False,
        help_text="Empty: it ends at its time only.",
    )


class DecideForm(SingleUseForm):
    approval = forms.IntegerField(widget=forms.HiddenInput)


# --- Verbs ------------------------------------------------------------------------------------------------------------
KeyView = Callable[[HttpRequest, Visit, ApiKey], HttpResponse]


def key_action(view: KeyView) -> CodeView:
    """Make the page of one verb of a key: for owners, after a fresh proof."""

    @page(work=Work.KEYS, prove=True, back="operator:key")
    def on_own_key(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
        return view(request, visit, own_key(visit, number))

    return on_own_key


def own_key(visit: Visit, number: int) -> ApiKey:
    found = ApiKey.objects.select_related("merchant").filter(merchant=visit.merchant, pk=number).first()
    if found is None:
        raise Http404
    return found


def key_question(key: ApiKey, **question: Any) -> Question:
    back = reverse("operator:key", args=[key.merchant.code, key.pk])
    context = {"key": key} | question.pop("context", {})
    return Question(back=back, tab="keys", context=context, **question)


def overlapping_secret(key: ApiKey) -> Secret:
    old = Secret.objects.overlapping(at=clock.now()).select_related("key").filter(key=key).order_by("version").first()
    if old is None:
        raise errors.NoOverlap
    return old


@key_action
def rotate(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    if key.merchant.two_person:
        return rotation_request_page(request, visit, key)

    def act(reason: str, **wish: Any) -> Issued:
        return keys.rotate_secret(key=key, **wish)

    question = key_question(
        key,
        title="Rotate the secret",
        text="The next version of the secret is shown to you once. The old one works on while your servers change.",
        form=RotateForm,
        act=act,
        button="Rotate",
        initial={"expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


def rotation_request_page(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    def act(**wish: Any) -> str:
        approvals.ask_to_rotate(key=key, by=visit.person, **wish)
        return "Asked. Another owner, or our support, decides on this page."

    question = key_question(
        key,
        title="Ask for a rotation",
        text="Two people stand behind a rotation here: you ask, another one decides and is shown the new secret.",
        form=AskToRotateForm,
        act=act,
        button="Ask a second person",
        initial={"expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


@key_action
def extend(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    old = overlapping_secret(key)

    def act(**wish: Any) -> str:
        moved = keys.extend_overlap(secret=old, **wish)
        return f"Version {old.version} works until {errors.moment_text(moved.usable_until or wish['until'])}."

    question = key_question(
        key,
        title="Extend the overlap",
        text=f"Version {old.version} works until {errors.moment_text(old.usable_until or clock.now())}. "
        "7 days after the rotation is the latest, and never later than the key itself.",
        form=ExtendForm,
        act=act,
        button="Extend",
        initial={"until": old.usable_until, "expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


@key_action
def end(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    old = overlapping_secret(key)

    def act(expected_version: int) -> str:
        keys.end_overlap(secret=old, expected_version=expected_version)
        return f"Version {old.version} is refused now."

    question = key_question(
        key,
        title="End the overlap now",
        text=f"Version {old.version} stops working immediately. This cannot be undone.",
        answers=[
            (f"Signed with version {old.version}", "RS_ERROR_SIGNATURE_NOT_MATCH"),
            ("Signed with the new secret", "as usual"),
        ],
        form=OldVersionForm,
        initial={"expected_version": keys.current_version(key)},
        act=act,
        button="End it now",
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def quiet(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    old = overlapping_secret(key)

    def act(hours: int | None, expected_version: int) -> str:
        keys.end_when_quiet(secret=old, hours=hours, expected_version=expected_version)
        return f"Version {old.version} ends after {hours} quiet hours." if hours else "It ends at its time only."

    question = key_question(
        key,
        title="End the overlap when it is quiet",
        text=f"The overlap ends automatically when version {old.version} has not been used for this many hours.",
        form=QuietForm,
        act=act,
        button="Save",
        initial={"hours": old.quiet_hours or 24, "expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


@key_action
def approve(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    approval = waiting_approval(key)

    def act(**seen: int) -> Issued | str:
        done = approvals.approve_request(approval=unchanged_approval(approval, **seen), by=visit.person)
        return done or f"Approved: {approval.request}."

    question = key_question(
        key,
        title=f"Approve: {approval.request}",
        text=f"{approval.asked_by} asked for it: “{approval.reason}”.{old_secret_text(approval)}",
        form=DecideForm,
        initial={"approval": approval.pk},
        act=act,
        button="Approve",
        danger=approval.verb == Approval.Verb.REVOKE,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def decline(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    approval = waiting_approval(key)

    def act(**seen: int) -> str:
        approvals.decline_request(approval=unchanged_approval(approval, **seen), by=visit.person)
        return "Declined: the key stays as it is."

    text = f"{approval.asked_by} asked to {approval.request}: “{approval.reason}”."
    initial = {"approval": approval.pk}
    question = key_question(
        key, title="Decline", text=text, form=DecideForm, initial=initial, act=act, button="Decline"
    )
    return ask_to_confirm(request, visit, question)


def waiting_approval(key: ApiKey) -> Approval:
    found = Approval.objects.filter(key=key, state=Approval.State.WAITING).select_related("asked_by").first()
    if found is None:
        raise errors.AlreadyDecided
    return found


def unchanged_approval(waiting: Approval, *, approval: int) -> Approval:
    """What waits now, if it is what the page told of."""
    if waiting.pk != approval:
        raise errors.AlreadyDecided
    return waiting


def old_secret_text(approval: Approval) -> str:
    if approval.verb != Approval.Verb.ROTATE:
        return ""
    hours = approval.wish["overlap_seconds"] / 3600
    return f" The old secret goes on working for {hours:g} hours." if hours else " The old secret is refused at once."
