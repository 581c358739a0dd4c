"""Rotate a key, extend or end its overlap, and decide what another person asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from merchants import errors, key_forms
from merchants.admin.approvals import DecidesAdmin
from merchants.admin.base import ASKED, AdminQuestion, explain_refusal
from merchants.admin.fields import UnfoldForm
from merchants.admin.handover import HandOverForm, OncePage
from merchants.admin.step_up import step_up
from merchants.key_forms import LONGEST_REASON, overlapping_secret, waiting_approval
from merchants.models import ApiKey, Approval, Secret, SecretClaim
from merchants.models.credentials import LONGEST_OVERLAP
from merchants.services import approvals, claim_links, keys
from merchants.services.keys import Issued
from portal.lib import clock
from portal.lib.moments import show_moment

UNITS = [("seconds", "seconds"), ("minutes", "minutes"), ("hours", "hours"), ("days", "days")]


class OverlapForm(HandOverForm):
    """How long the old secret stays usable: a number and its unit, given to the service as `overlap`."""

    length = forms.IntegerField(
        label=gettext_lazy("Overlap"),
        min_value=0,
        max_value=int(LONGEST_OVERLAP.total_seconds()) * 10,
        initial=24,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": 0}),
        help_text=gettext_lazy("How long the old secret still works. 0 ends it at once. The maximum is 7 days."),
    )
    unit = forms.ChoiceField(choices=UNITS, initial="hours", widget=UnfoldAdminSelectWidget())
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        if "length" in wish and "unit" in wish:
            wish["overlap"] = timedelta(**{wish.pop("unit"): wish.pop("length")})
        wish["expected_version"] = wish.pop("version", None)
        return wish


class RotateForm(key_forms.QuietHoursForm, OverlapForm, UnfoldForm):
    reason = forms.CharField(
        max_length=LONGEST_REASON, required=False, help_text=gettext_lazy("Stored in the history.")
    )


class AskToRotateForm(RotateForm):
    """Who approves it says how the secret is handed over."""

    reason = forms.CharField(max_length=LONGEST_REASON, help_text=gettext_lazy("For the second approver."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["handover"]


class ExtendForm(key_forms.ExtendForm, UnfoldForm):
    pass


class QuietForm(key_forms.QuietForm, UnfoldForm):
    pass


class ReasonForm(key_forms.ReasonForm, UnfoldForm):
    pass


class RotationAdmin(DecidesAdmin):
    """The verbs of an overlap, each the page of one service."""

    # shown when there is something to do
    in_panel = ("extend", "end", "end_when_quiet", "approve", "decline", "claim_again")

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[Any]:
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.method.original_function_name not in self.in_panel]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        key = object_id and self.get_object(request, object_id)
        panel = self.panel(request, key) if key else {}
        context = {"show_save_and_add_another": False} | (extra_context or {}) | panel
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def panel(self, request: HttpRequest, key: ApiKey) -> dict[str, Any]:
        """What stands above the form: the usable versions with their ends, and what waits for a decision."""
        approval = Approval.objects.filter(key=key, state=Approval.State.WAITING).select_related("asked_by").first()
        return {
            "live": live_secrets(key),
            "approval": approval,
            "may_change": self.has_change_permission(request),
            "claim": last_claim(key),
            "now": clock.now(),
        }

    @action(
        description=gettext_lazy("Rotate secret"),
        permissions=["change"],
        icon="autorenew",
        variant=ActionVariant.PRIMARY,
    )
    @explain_refusal
    @step_up
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        waits = key.merchant.two_person
        page = OncePage(
            title=_("Request rotation of the secret") if waits else _("Rotate secret"),
            form=AskToRotateForm if waits else RotateForm,
            act=self.asks_to_rotate(request, key) if waits else rotation_action(key),
            back=self.change_url(key),
            button=_("Request approval") if waits else _("Rotate secret"),
            of=key,
            template="admin/rotate.html",
            initial={"version": keys.current_version(key)},
            context={"key": key, "live": live_secrets(key), "waits": waits},
        )
        return self.once_only(request, page)

    def asks_to_rotate(self, request: HttpRequest, key: ApiKey) -> Callable[..., str]:
        def ask(**wish: Any) -> str:
            approvals.ask_to_rotate(key=key, by=request.user, **wish)  # type: ignore[arg-type]
            return str(ASKED)

        return ask

    @action(description=gettext_lazy("Extend overlap"), permissions=["change"])
    @explain_refusal
    @step_up
    def extend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        seen, old = keys.current_version(key), overlapping_secret(key)
        question = AdminQuestion(
            title=_("Extend overlap"),
            text=_(
                "Version %(version)s works until %(usable_until)s. The latest end is 7 days after the "
                "rotation, and never after the key expires."
            )
            % {"version": old.version, "usable_until": show_moment(old.usable_until) if old.usable_until else ""},
            form=ExtendForm,
            initial={"until": old.usable_until, "expected_version": seen},
            act=lambda **wish: keys.extend_overlap(secret=old, **wish),
            done=_("now has a longer overlap for version %(version)s") % {"version": old.version},
        )
        return self.ask(request, key, question)

    @action(description=gettext_lazy("End overlap now"), permissions=["change"])
    @explain_refusal
    @step_up
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        seen, old = keys.current_version(key), overlapping_secret(key)
        question = AdminQuestion(
            title=_("End overlap now"),
            text=_("Version %(version)s stops working immediately. This cannot be undone.") % {"version": old.version},
            answers=[
                (
                    _("Requests signed with version %(version)s") % {"version": old.version},
                    "RS_ERROR_SIGNATURE_NOT_MATCH",
                ),
                (_("Requests signed with the new secret"), _("as usual")),
            ],
            form=key_forms.OldVersionForm,
            initial={"expected_version": seen},
            act=lambda **wish: keys.end_overlap(secret=old, **wish),
            done=_("refuses version %(version)s") % {"version": old.version},
            danger=True,
            impact=self.off_switch_impact(key),
        )
        return self.ask(request, key, question)

    @action(description=gettext_lazy("End overlap when unused"), permissions=["change"])
    @explain_refusal
    @step_up
    def end_when_quiet(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        seen, old = keys.current_version(key), overlapping_secret(key)
        question = AdminQuestion(
            title=_("End overlap when unused"),
            text=_("The overlap ends automatically when version %(version)s has not been used for this many hours.")
            % {"version": old.version},
            form=QuietForm,
            initial={"hours": old.quiet_hours or 24, "expected_version": seen},
            act=lambda **wish: keys.end_when_quiet(secret=old, **wish),
            done=_("ends its overlap when unused"),
        )
        return self.ask(request, key, question)

    @action(description=gettext_lazy("Approve request"), permissions=["change"])
    @explain_refusal
    @step_up
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        return self.ask_to_approve(request, waiting_approval(key), self.change_url(key))

    @action(description=gettext_lazy("Decline request"), permissions=["change"])
    @explain_refusal
    @step_up
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        return self.ask_to_decline(request, waiting_approval(key), key)

    @action(description=gettext_lazy("Send new claim link"), permissions=["change"])
    @explain_refusal
    @step_up
    def claim_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        claim = last_claim(key)
        if claim is None:
            raise errors.SecretNotCurrent
        question = AdminQuestion(
            title=_("Send new claim link"),
            text=_("The owners receive a new link for version %(version)s. The earlier link stops working.")
            % {"version": claim.version},
            act=lambda: claim_links.resend_link(claim=claim, by=request.user),  # type: ignore[arg-type]
            done=_("has a new claim link for its owners"),
        )
        return self.ask(request, key, question)


def rotation_action(key: ApiKey) -> Callable[..., Issued]:
    def rotate(reason: str, **wish: Any) -> Issued:
        return keys.rotate_secret(key=key, **wish)

    return rotate


def live_secrets(key: ApiKey) -> list[Secret]:
    return list(Secret.objects.usable(at=clock.now()).filter(key=key).defer("sealed").order_by("-version"))


def last_claim(key: ApiKey) -> SecretClaim | None:
    """Of the current secret."""
    current = Secret.objects.current().filter(key=key).first()
    return claim_links.newest_link(current) if current else None
