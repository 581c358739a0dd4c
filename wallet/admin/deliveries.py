from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from merchants.admin import labels
from merchants.admin.base import AdminQuestion, explain_refusal
from merchants.admin.step_up import step_up
from merchants.models import OutgoingEmail
from wallet.admin.base import Choice, ReadOnlyAdmin
from wallet.admin.reconciliations import state_label
from wallet.models import ReportDelivery
from wallet.reconciliation import deliveries
from wallet.reconciliation.deliveries import DeliveryState

BY_STATE = {
    DeliveryState.WAITING: Q(email__state=OutgoingEmail.State.WAITING, email__attempts=0),
    DeliveryState.RETRIED: Q(email__state=OutgoingEmail.State.WAITING, email__attempts__gt=0),
    DeliveryState.SENT: Q(email__state=OutgoingEmail.State.SENT),
    DeliveryState.GIVEN_UP: Q(email__state=OutgoingEmail.State.GIVEN_UP),
}


class DeliveryStateFilter(Choice):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(state.value, state.value.capitalize()) for state in DeliveryState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ReportDelivery]) -> QuerySet[ReportDelivery]:
        state = self.chosen()
        if state == DeliveryState.BOUNCED:
            return queryset.filter(bounced_at__isnull=False)
        return queryset.filter(BY_STATE[DeliveryState(state)], bounced_at=None) if state else queryset


@admin.register(ReportDelivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Whom a report reached, and what the mail servers said."""

    list_display = ["to", "of_merchant", "day", "shown_state", "attempts", "answer", "created", "sent"]
    list_select_related = ["reconciliation__merchant", "email"]
    list_filter = [DeliveryStateFilter, ("reconciliation__merchant", AutocompleteSelectFilter)]
    search_fields = ["to__exact"]
    search_help_text = gettext_lazy("Address")
    actions_detail = ["send_again"]
    fields = [
        "to", "of_merchant", "reconciliation", "shown_state", "attempts", "answer", "bounce", "bounced", "created",
        "sent", "email",
    ]  # fmt: skip

    def has_send_again_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("wallet.change_reportdelivery"))

    @display(description=gettext_lazy("Merchant"))
    def of_merchant(self, delivery: ReportDelivery) -> str:
        return delivery.reconciliation.merchant.listed_name

    @display(description=gettext_lazy("Day"))
    def day(self, delivery: ReportDelivery) -> str:
        return str(delivery.reconciliation)

    @display(description=gettext_lazy("State"))
    def shown_state(self, delivery: ReportDelivery) -> SafeString | None:
        return state_label(delivery)

    @display(description=gettext_lazy("Attempts"))
    def attempts(self, delivery: ReportDelivery) -> int:
        return delivery.email.attempts

    @display(description=gettext_lazy("Last answer of the mail server"))
    def answer(self, delivery: ReportDelivery) -> SafeString | None:
        said = delivery.bounce or delivery.email.last_answer
        return labels.truncated_text(said) if said else None

    @display(description=gettext_lazy("Sent (UTC)"))
    def sent(self, delivery: ReportDelivery) -> SafeString | None:
        return labels.moment(delivery.email.sent_at)

    @display(description=gettext_lazy("Bounced (UTC)"))
    def bounced(self, delivery: ReportDelivery) -> SafeString | None:
        return labels.moment(delivery.bounced_at)

    @action(description=gettext_lazy("Send report again"), permissions=["send_again"], icon="send")
    @explain_refusal
    @step_up
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Send report again"),
            text=_("A new email with the same report goes to %(to)s. The earlier email stays in the list.")
            % {"to": delivery.to},
            act=lambda: deliveries.resend_report(delivery=delivery),
            done=_("is sent again"),
        )
        return self.ask(request, delivery, question)
