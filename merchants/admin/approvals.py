"""What waits for a second approver: the list of requests, and the page of each, with what it would do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from merchants import errors
from merchants.admin import labels
from merchants.admin.base import AdminQuestion, explain_refusal
from merchants.admin.handover import HandOverAdmin, HandOverForm, OncePage
from merchants.admin.step_up import step_up
from merchants.form_tokens import TokenForm
from merchants.key_forms import DecideForm, unchanged_approval
from merchants.models import Approval
from merchants.services import approvals
from merchants.services.keys import Issued

MAKES_SECRET = {Approval.Verb.ISSUE, Approval.Verb.ROTATE}
STATE = {"waiting": "warning", "approved": "success", "declined": "danger", "expired": "danger"}


class ApproveForm(DecideForm, TokenForm):
    pass


class ApproveSecretForm(DecideForm, HandOverForm):
    pass


class DecidesAdmin(HandOverAdmin):
    """The two answers to a request, from the page of a key or of the request itself."""

    def ask_to_approve(self, request: HttpRequest, approval: Approval, back: str) -> HttpResponse:
        def act(**seen: int) -> Issued | str:
            by: Any = request.user
            done = approvals.approve_request(approval=unchanged_approval(approval, **seen), by=by)
            return done or _("Approved: %(request)s.") % {"request": approval.request}

        page = OncePage(
            title=_("Approve: %(request)s") % {"request": approval.request},
            form=ApproveSecretForm if approval.verb in MAKES_SECRET else ApproveForm,
            initial={"approval": approval.pk},
            act=act,
            back=back,
            button=_("Approve request"),
            of=approval.key or approval.merchant,
            template="admin/approve.html",
            context={"approval": approval, "overlap": timedelta(seconds=approval.wish.get("overlap_seconds", 0))},
            danger=approval.verb not in MAKES_SECRET,
        )
        return self.once_only(request, page)

    def ask_to_decline(self, request: HttpRequest, approval: Approval, of: Any) -> HttpResponse:
        question = AdminQuestion(
            title=_("Decline request"),
            text=_("%(asked_by)s requested: %(request)s. Reason: %(reason)s")
            % {"asked_by": approval.asked_by, "request": approval.request, "reason": approval.reason},
            form=DecideForm,
            initial={"approval": approval.pk},
            act=lambda **seen: approvals.decline_request(
                approval=unchanged_approval(approval, **seen),
                by=request.user,  # type: ignore[arg-type]
            ),
            done=_("is declined; nothing changes"),
        )
        return self.ask(request, of, question)


@admin.register(Approval)
class ApprovalAdmin(DecidesAdmin):
    list_display = ["shown_request", "of_merchant", "shown_state", "asked_by", "asked", "expires", "decided_by"]
    list_select_related = ["merchant", "asked_by", "decided_by"]
    list_filter = [("state", ChoicesDropdownFilter), ("merchant", AutocompleteSelectFilter)]
    actions_detail = ["approve", "decline"]
    fields = [
        "shown_request", "of_merchant", "key", "changes", "reason", "asked_by", "asked", "expires", "shown_state",
        "decided_by", "decided",
    ]  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("merchants.change_approval"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=gettext_lazy("Request"))
    def shown_request(self, approval: Approval) -> str:
        return approval.request.capitalize()

    @display(description=gettext_lazy("State"))
    def shown_state(self, approval: Approval) -> SafeString | None:
        return labels.coloured_label(approval.get_state_display(), STATE)

    @display(description=gettext_lazy("Changes"))
    def changes(self, approval: Approval) -> str | None:
        return "; ".join(approval.wish.get("changes", [])) or None

    @display(description=gettext_lazy("Requested (UTC)"))
    def asked(self, approval: Approval) -> SafeString | None:
        return labels.moment(approval.asked_at)

    @display(description=gettext_lazy("Expires (UTC)"))
    def expires(self, approval: Approval) -> SafeString | None:
        return labels.moment(approval.expires_at) if approval.state == Approval.State.WAITING else None

    @display(description=gettext_lazy("Decided (UTC)"))
    def decided(self, approval: Approval) -> SafeString | None:
        return labels.moment(approval.decided_at)

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[Any]:
        approval = self.get_object(request, str(object_id))
        waits = approval is not None and approval.state == Approval.State.WAITING
        return super().get_actions_detail(request, object_id) if waits else []

    @action(
        description=gettext_lazy("Approve request"), permissions=["decide"], icon="check", variant=ActionVariant.PRIMARY
    )
    @explain_refusal
    @step_up
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        approval = self.still_waiting(request, object_id)
        return self.ask_to_approve(request, approval, self.change_url(approval))

    @action(description=gettext_lazy("Decline request"), permissions=["decide"], icon="close")
    @explain_refusal
    @step_up
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        approval = self.still_waiting(request, object_id)
        return self.ask_to_decline(request, approval, approval)

    def still_waiting(self, request: HttpRequest, object_id: str) -> Approval:
        approval: Approval = self.found(request, object_id)
        if approval.state != Approval.State.WAITING:
            raise errors.AlreadyDecided
        return approval
