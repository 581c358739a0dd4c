"""A merchant's own keys: the list, and each verb as the page of one service. Owners do; the others read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from merchants import errors, key_forms
from merchants.access import Visit, Work
from merchants.key_forms import LONGEST_REASON, overlapping_secret, unchanged_approval, waiting_approval
from merchants.models import ApiKey, Approval
from merchants.models.credentials import LONGEST_OVERLAP
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import CodeView, page
from merchants.services import approvals, key_hygiene, keys, sandboxes
from merchants.services.keys import Issued
from portal.lib import clock

SHOWN_APPROVALS = 20
HOURS_OF_OVERLAP = [
    (0, gettext_lazy("no overlap")),
    (1, gettext_lazy("1 hour")),
    (6, gettext_lazy("6 hours")),
    (24, gettext_lazy("24 hours")),
    (72, gettext_lazy("3 days")),
    (168, gettext_lazy("7 days")),
]


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
    return page_frame.render_page(request, visit, "keys.html", tab="keys", title=_("Keys"), **context)


@page(work=Work.KEYS, prove=True, back="operator:keys")
def sandbox_create(request: HttpRequest, visit: Visit) -> HttpResponse:
    def act() -> str:
        created = sandboxes.create_sandbox(merchant=visit.merchant)
        return _("%(name)s is active. Use the switch Live | Sandbox on each page.") % {"name": created.name}

    question = Question(
        title=_("Create sandbox"),
        text=_(
            "The sandbox is a separate merchant for tests. It has its own test keys, players, accounts, "
            "allowlists, statements and history. Test keys never move live money. The sandbox starts with a "
            "copy of your allowlists. Existing test keys move to the sandbox. You cannot delete a sandbox."
        ),
        act=act,
        back=reverse("operator:keys", args=[visit.merchant.code]),
        button=_("Create sandbox"),
        tab="keys",
    )
    return ask_to_confirm(request, visit, question)


# --- Forms ------------------------------------------------------------------------------------------------------------
def overlap_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("The old secret works for"),
        choices=HOURS_OF_OVERLAP,
        initial=24,
        coerce=lambda hours: timedelta(hours=int(hours)),
        help_text=format_lazy(
            gettext_lazy("At most {days} days. You can end or extend the overlap later."), days=LONGEST_OVERLAP.days
        ),
    )


class OverlapForm(SingleUseForm):
    overlap = overlap_field()
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RotateForm(key_forms.QuietHoursForm, OverlapForm):
    reason = forms.CharField(
        max_length=LONGEST_REASON, required=False, help_text=gettext_lazy("Shown on the timeline.")
    )


class ReasonForm(key_forms.ReasonForm, SingleUseForm):
    pass


class AskToRotateForm(RotateForm):
    reason = forms.CharField(max_length=LONGEST_REASON, help_text=gettext_lazy("Shown to the person who approves."))


class OldVersionForm(key_forms.OldVersionForm, SingleUseForm):
    pass


class ExtendForm(key_forms.ExtendForm, SingleUseForm):
    pass


class QuietForm(key_forms.QuietForm, SingleUseForm):
    pass


class DecideForm(key_forms.DecideForm, SingleUseForm):
    pass


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


@key_action
def rotate(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    if key.merchant.two_person:
        return rotation_request_page(request, visit, key)

    def act(reason: str, **wish: Any) -> Issued:
        return keys.rotate_secret(key=key, **wish)

    question = key_question(
        key,
        title=_("Rotate secret"),
        text=_("The next version of the secret is shown to you once. The old version works until the overlap ends."),
        form=RotateForm,
        act=act,
        button=_("Rotate secret"),
        initial={"expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


def rotation_request_page(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    def act(**wish: Any) -> str:
        approvals.ask_to_rotate(key=key, by=visit.person, **wish)
        return _("The request is sent. Another owner or our support must approve it on this page.")

    question = key_question(
        key,
        title=_("Request rotation"),
        text=_("A rotation needs two people. You request it. Another person approves it and sees the new secret."),
        form=AskToRotateForm,
        act=act,
        button=_("Request rotation"),
        initial={"expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


@key_action
def extend(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    old = overlapping_secret(key)

    def act(**wish: Any) -> str:
        moved = keys.extend_overlap(secret=old, **wish)
        return _("Version %(version)s works until %(moment)s.") % {
            "version": old.version,
            "moment": errors.moment_text(moved.usable_until or wish["until"]),
        }

    question = key_question(
        key,
        title=_("Extend overlap"),
        text=_(
            "Version %(version)s works until %(moment)s. The overlap ends at most 7 days after the rotation, "
            "and not later than the key."
        )
        % {"version": old.version, "moment": errors.moment_text(old.usable_until or clock.now())},
        form=ExtendForm,
        act=act,
        button=_("Extend overlap"),
        initial={"until": old.usable_until, "expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


@key_action
def end(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    old = overlapping_secret(key)

    def act(expected_version: int) -> str:
        keys.end_overlap(secret=old, expected_version=expected_version)
        return _("Version %(version)s no longer works.") % {"version": old.version}

    question = key_question(
        key,
        title=_("End overlap now"),
        text=_("Version %(version)s stops working immediately. This cannot be undone.") % {"version": old.version},
        answers=[
            (_("Signed with version %(version)s") % {"version": old.version}, "RS_ERROR_SIGNATURE_NOT_MATCH"),
            (_("Signed with the new secret"), _("as usual")),
        ],
        form=OldVersionForm,
        initial={"expected_version": keys.current_version(key)},
        act=act,
        button=_("End overlap now"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def quiet(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    old = overlapping_secret(key)

    def act(hours: int | None, expected_version: int) -> str:
        keys.end_when_quiet(secret=old, hours=hours, expected_version=expected_version)
        return (
            ngettext(
                "Version %(version)s ends after %(hours)s hour without use.",
                "Version %(version)s ends after %(hours)s hours without use.",
                hours,
            )
            % {"version": old.version, "hours": hours}
            if hours
            else _("Version %(version)s ends at its end date only.") % {"version": old.version}
        )

    question = key_question(
        key,
        title=_("End overlap when unused"),
        text=_("The overlap ends automatically when version %(version)s has not been used for this many hours.")
        % {"version": old.version},
        form=QuietForm,
        act=act,
        button=_("End overlap when unused"),
        initial={"hours": old.quiet_hours or 24, "expected_version": keys.current_version(key)},
    )
    return ask_to_confirm(request, visit, question)


@key_action
def approve(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    approval = waiting_approval(key)

    def act(**seen: int) -> Issued | str:
        done = approvals.approve_request(approval=unchanged_approval(approval, **seen), by=visit.person)
        return done or _("Approved: %(request)s.") % {"request": approval.request}

    question = key_question(
        key,
        title=_("Approve: %(request)s") % {"request": approval.request},
        text=f"{request_text(approval)} {old_secret_text(approval)}".strip(),
        form=DecideForm,
        initial={"approval": approval.pk},
        act=act,
        button=_("Approve request"),
        danger=approval.verb == Approval.Verb.REVOKE,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def decline(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    approval = waiting_approval(key)

    def act(**seen: int) -> str:
        approvals.decline_request(approval=unchanged_approval(approval, **seen), by=visit.person)
        return _("The request is declined. The key has not changed.")

    initial = {"approval": approval.pk}
    question = key_question(
        key,
        title=_("Decline request"),
        text=request_text(approval),
        form=DecideForm,
        initial=initial,
        act=act,
        button=_("Decline request"),
    )
    return ask_to_confirm(request, visit, question)


def request_text(approval: Approval) -> str:
    return _("%(asked_by)s asked to %(request)s: “%(reason)s”.") % {
        "asked_by": approval.asked_by,
        "request": approval.request,
        "reason": approval.reason,
    }


def old_secret_text(approval: Approval) -> str:
    if approval.verb != Approval.Verb.ROTATE:
        return ""
    hours = approval.wish["overlap_seconds"] / 3600
    return (
        _("The old secret works for %(hours)s more hours.") % {"hours": f"{hours:g}"}
        if hours
        else _("The old secret is refused immediately.")
    )
