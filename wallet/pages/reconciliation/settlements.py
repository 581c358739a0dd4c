"""Signed settlement statements: read, downloaded and confirmed, and compared with the merchant's invoice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants import form_tokens
from merchants.access import Visit, Work
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.services import downloads
from wallet.models import Invoice, Settlement
from wallet.pages.reconciliation.labels import TAB
from wallet.reconciliation.closing import invoices, settlement_files, settlements
from wallet.reconciliation.closing.invoice_form import InvoiceForm
from wallet.reconciliation.closing.months import month_text
from wallet.reconciliation.closing.settlement_figures import figures_of
from wallet.reconciliation.closing.settlement_tables import headline_sums
from wallet.reconciliation.closing.settlement_view import view_of

MOST_LISTED = 60


class OperatorInvoiceForm(SingleUseForm, InvoiceForm):
    """The shared form, in the look of these pages."""


def own_settlement(visit: Visit, number: int) -> Settlement:
    """Drafts are our staff's: they may still change."""
    found = Settlement.objects.select_related("merchant", "prepared_by", "signed_by")
    settlement = found.filter(merchant=visit.merchant, pk=number, state=Settlement.State.SIGNED).first()
    if settlement is None:
        raise Http404
    return settlement


def settlement_address(settlement: Settlement) -> str:
    return reverse("operator:settlement", args=[settlement.merchant.code, settlement.pk])


@page(back="operator:reconciliation")
def settlements_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    found = Settlement.objects.filter(merchant=visit.merchant, state=Settlement.State.SIGNED)
    signed = found.select_related("confirmation").order_by("-month")[:MOST_LISTED]
    context: dict[str, Any] = {"lines": [settlement_row(each) for each in signed]}
    return page_frame.render_page(
        request, visit, "settlements.html", tab=TAB, title=_("Settlement statements"), **context
    )


def settlement_row(settlement: Settlement) -> dict[str, Any]:
    ggr = [(each.currency, dict(headline_sums(each))["GGR"]) for each in figures_of(settlement).currencies]
    is_confirmed = hasattr(settlement, "confirmation")
    return {"settlement": settlement, "month": month_text(settlement.month), "ggr": ggr, "is_confirmed": is_confirmed}


@page(back="operator:settlements")
def settlement_page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    settlement = own_settlement(visit, number)
    title = _("Settlement statement, %(month)s") % {"month": month_text(settlement.month)}
    return page_frame.render_page(request, visit, "settlement.html", tab=TAB, title=title, **view_of(settlement))


@page(back="operator:settlement", prove=True)
def settlement_file(request: HttpRequest, visit: Visit, number: int, kind: str) -> HttpResponse:
    settlement = own_settlement(visit, number)
    name = settlement_files.settlement_file_name(settlement, kind)
    downloads.record_download(
        person=visit.person,
        what=name,
        merchant=visit.merchant,
        filters={},
        rows=settlement_files.row_count(settlement),
    )
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return HttpResponse(
        settlement_files.file_content(settlement, kind),
        content_type=settlement_files.CONTENT_TYPES[kind],
        headers=headers,
    )


@page(work=Work.STATEMENTS, back="operator:settlement")
def settlement_confirm(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    settlement = own_settlement(visit, number)
    month = month_text(settlement.month)

    def act() -> str:
        settlements.confirm_statement(settlement=settlement, by=visit.person)
        return _("The settlement statement of %(month)s is confirmed.") % {"month": month}

    question = Question(
        title=_("Confirm statement of %(month)s") % {"month": month},
        text=_("You confirm for %(name)s that the figures of this statement are correct. This cannot be undone.")
        % {"name": visit.merchant.name},
        tab=TAB,
        act=act,
        button=_("Confirm statement"),
        back=settlement_address(settlement),
    )
    return ask_to_confirm(request, visit, question)


# --- The invoice ------------------------------------------------------------------------------------------------------
@page(work=Work.STATEMENTS, back="operator:settlement")
def invoice_new(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    settlement = own_settlement(visit, number)
    currencies = [each.currency for each in figures_of(settlement).currencies]
    form = OperatorInvoiceForm(request.POST or None, request.FILES or None, currencies=currencies)
    if form.is_valid() and upload_invoice(request, visit, settlement, form):
        return HttpResponseRedirect(settlement_address(settlement))
    if not form.is_bound:
        form.initial["token"] = form_tokens.new_token(request)
    context: dict[str, Any] = {"form": form, "settlement": settlement, "month": month_text(settlement.month)}
    return page_frame.render_page(request, visit, "invoice_new.html", tab=TAB, title=_("Upload invoice"), **context)


def upload_invoice(request: HttpRequest, visit: Visit, settlement: Settlement, form: OperatorInvoiceForm) -> bool:
    """False: refused, and the form says why."""

    def act(**_sent: Any) -> Invoice:
        return invoices.upload_invoice(merchant=visit.merchant, month=settlement.month, by=visit.person, **form.wish())

    done = form_tokens.submit_once(request, form, act, back=settlement_address(settlement))
    if done is not None:
        messages.success(request, invoices.compared_text(done.value, settlement))
    return done is not None


@page(back="operator:settlements", prove=True)
def invoice_file(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    invoice = Invoice.objects.filter(merchant=visit.merchant, pk=number).first()
    if invoice is None:
        raise Http404
    downloads.record_download(
        person=visit.person, what=f"Invoice {invoice.name}"[:80], merchant=visit.merchant, filters={}, rows=1
    )
    headers = {"content-disposition": f'attachment; filename="{invoice.name}"'}
    return HttpResponse(invoices.content_of(invoice), content_type=invoice.content_type, headers=headers)
