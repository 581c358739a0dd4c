"""Who got the report of a comparison, how its sending went, and once more."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.access import Visit, Work
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.guard import page
from merchants.services import email_outbox
from wallet.models.reconciliation import Reconciliation, ReportDelivery
from wallet.pages.reconciliation.labels import TAB, day_address
from wallet.reconciliation import deliveries, report
from wallet.reconciliation.deliveries import DeliveryState
from wallet.reconciliation.figures import figures_of

LEVELS = {
    DeliveryState.SENT: "good",
    DeliveryState.RETRIED: "warn",
    DeliveryState.GIVEN_UP: "bad",
    DeliveryState.BOUNCED: "bad",
}


@page(back="operator:reconciliation")
def reports(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    run = Reconciliation.objects.filter(merchant=visit.merchant, pk=number, state=Reconciliation.State.DONE).first()
    if run is None:
        raise Http404
    sent = run.deliveries.select_related("email").order_by("to")
    context: dict[str, Any] = {
        "run": run,
        "headline": report.headline(run, figures_of(run)),
        "day_url": day_address(visit.merchant, run.day),
        "sent": [report_row(delivery) for delivery in sent],
    }
    return page_frame.render_page(
        request,
        visit,
        "report.html",
        tab=TAB,
        title=_("Report of %(day)s") % {"day": f"{run.day:%-d %B %Y}"},
        **context,
    )


def report_row(delivery: ReportDelivery) -> dict[str, Any]:
    state = deliveries.delivery_state(delivery)
    is_over = state in {DeliveryState.SENT, DeliveryState.GIVEN_UP, DeliveryState.BOUNCED}
    why = email_outbox.failure_reason(delivery.email)
    return {"delivery": delivery, "state": state.value, "level": LEVELS.get(state, ""), "again": is_over, "why": why}


@page(work=Work.STATEMENTS, back="operator:reconciliation")
def report_again(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    found = ReportDelivery.objects.select_related("reconciliation", "email")
    delivery = found.filter(reconciliation__merchant=visit.merchant, pk=number).first()
    if delivery is None:
        raise Http404

    def act() -> str:
        deliveries.resend_report(delivery=delivery)
        return _("The report is being sent to %(to)s again.") % {"to": delivery.to}

    question = Question(
        title=_("Send report again"),
        text=_("The report of %(day)s is sent to %(to)s as a new email with the same figures.")
        % {"day": f"{delivery.reconciliation.day:%-d %B %Y}", "to": delivery.to},
        tab=TAB,
        act=act,
        button=_("Send report again"),
        back=reverse("operator:reports", args=[visit.merchant.code, delivery.reconciliation_id]),
    )
    return ask_to_confirm(request, visit, question)
