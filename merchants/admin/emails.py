from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display

from merchants.admin import labels
from merchants.admin.base import AdminQuestion, FastAdmin, explain_refusal
from merchants.admin.step_up import step_up
from merchants.models import OutgoingEmail
from merchants.services import email_outbox

COLOURS = {"waiting": "info", "sent": "success", "given up": "danger"}
ABOUT = {
    "account": gettext_lazy("Own account changed"),
    "approval_expired": gettext_lazy("Request expired"),
    "approval_waiting": gettext_lazy("Approval needed"),
    "cases_due": gettext_lazy("Cases due"),
    "correction_waiting": gettext_lazy("Approval needed for a correction"),
    "invitation": gettext_lazy("Invitation"),
    "key_changed": gettext_lazy("Key changed"),
    "key_compromised": gettext_lazy("Compromise reported"),
    "key_expires": gettext_lazy("Key expires soon"),
    "merchant_changed": gettext_lazy("Merchant changed"),
    "month_due": gettext_lazy("Month to close"),
    "owner_question": gettext_lazy("Question to owners"),
    "password_reset": gettext_lazy("New password"),
    "reconciliation": gettext_lazy("Reconciliation report"),
    "reconciliation_alarm": gettext_lazy("Reconciliation alarm"),
    "traffic_alarm": gettext_lazy("Traffic alarm"),
    "second_factor_reset": gettext_lazy("Second factor reset"),
    "secret_claim": gettext_lazy("Claim link"),
    "settlement": gettext_lazy("Settlement statement"),
    "sign_in_alarm": gettext_lazy("Sign-in alarm"),
    "sign_in_changed": gettext_lazy("Sign-in method changed"),
    "write_off_waiting": gettext_lazy("Approval needed for a write-off"),
}


class AboutFilter(DropdownFilter):
    title = "about"
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(title)) for name, title in ABOUT.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(template=self.value()) if self.value() in ABOUT else queryset


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(FastAdmin):
    """What goes out by mail, and what became of it."""

    list_display = ["to", "about", "of_merchant", "shown_state", "attempts", "answer", "created", "sent"]
    list_select_related = ["merchant"]
    list_filter = [("state", ChoicesDropdownFilter), AboutFilter, ("merchant", AutocompleteSelectFilter)]
    search_fields = ["to__exact"]
    search_help_text = gettext_lazy("Address")
    actions_detail = ["send_again"]
    fields = [
        "to", "about", "merchant", "shown_state", "attempts", "last_answer", "due", "created", "sent", "filled_with",
    ]  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Emails are written by the services that they are about."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutgoingEmail | None = None) -> bool:
        return False

    def has_send_again_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        may: bool = request.user.has_perm("merchants.change_outgoingemail")
        return may and (
            object_id is None or OutgoingEmail.objects.filter(pk=object_id, state=OutgoingEmail.State.GIVEN_UP).exists()
        )

    @display(description=gettext_lazy("Concerns"))
    def about(self, email: OutgoingEmail) -> SafeString:
        return labels.truncated_text(str(ABOUT.get(email.template, email.template)))

    @display(description=gettext_lazy("State"))
    def shown_state(self, email: OutgoingEmail) -> SafeString | None:
        return labels.coloured_label(email.get_state_display().lower(), COLOURS)

    @display(description=gettext_lazy("Last answer of the mail server"))
    def answer(self, email: OutgoingEmail) -> SafeString | None:
        return labels.truncated_text(email.last_answer) if email.last_answer else None

    @display(description=gettext_lazy("Sent (UTC)"))
    def sent(self, email: OutgoingEmail) -> SafeString | None:
        return labels.moment(email.sent_at)

    @display(description=gettext_lazy("Next attempt (UTC)"))
    def due(self, email: OutgoingEmail) -> SafeString | None:
        return labels.moment(email.due_at) if email.state == OutgoingEmail.State.WAITING else None

    @display(description=gettext_lazy("Content"))
    def filled_with(self, email: OutgoingEmail) -> SafeString:
        return labels.facts_by_line(email.context)

    @action(description=gettext_lazy("Send email again"), permissions=["send_again"], icon="send")
    @step_up
    @explain_refusal
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        email = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Send email again"),
            text=_("Delivery failed: %(answer)s. The portal tries again for 24 hours.")
            % {"answer": email.last_answer or _("no answer was stored")},
            act=lambda: email_outbox.resend_email(email=email),
            done=_("waits for the next attempt now"),
        )
        return self.ask(request, email, question)
