"""Months are closed here: a statement is prepared by one person, signed off by another, and compared with invoices."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from merchants import errors, form_tokens
from merchants.admin import labels
from merchants.admin.base import AdminQuestion, explain_refusal
from merchants.admin.step_up import step_up
from merchants.form_tokens import TokenForm
from merchants.models import Merchant, Person
from merchants.services import downloads
from wallet.admin.base import ReadOnlyAdmin
from wallet.models import Invoice, Settlement
from wallet.reconciliation.closing import invoices, settlement_files, settlement_mail, settlements
from wallet.reconciliation.closing.invoice_form import InvoiceForm
from wallet.reconciliation.closing.months import month_text
from wallet.reconciliation.closing.settlement_figures import figures_of
from wallet.reconciliation.closing.settlement_view import view_of

STATES = {
    "Being prepared": "info",
    "Prepared": "warning",
    "Signed off": "success",
    "Refused": "danger",
    "Withdrawn": "",
}
EMAILS = {"Sent": "success", "Given up": "danger"}
MONTH = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])", re.ASCII)


class MonthField(forms.CharField):
    widget = UnfoldAdminTextInputWidget(attrs={"type": "month", "placeholder": "2026-01"})

    def clean(self, value: Any) -> date:
        found = MONTH.fullmatch(super().clean(value).strip())
        if found is None:
            raise forms.ValidationError(_("Write the month in the form 2026-01."))
        return date(int(found[1]), int(found[2]), 1)


class PrepareForm(TokenForm):
    merchant = forms.ModelChoiceField(
        Merchant.objects.filter(sandbox_of=None).order_by("name"), widget=UnfoldAdminSelectWidget()
    )
    month = MonthField(help_text=gettext_lazy("A whole month in the merchant's time zone."))
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy(
            "Required while days are not reconciled or cases of high severity are open. The statement "
            "shows this reason."
        ),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )

    def clean_reason(self) -> str:
        return " ".join(str(self.cleaned_data["reason"]).split())


class StaffInvoiceForm(TokenForm, InvoiceForm):
    """The shared form, in the look of the administration."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if name != "token":
                field.widget = UnfoldAdminTextInputWidget()
            if name == "file":
                field.widget = UnfoldAdminFileFieldWidget()
        basis = cast("forms.ChoiceField", self.fields["basis"])
        basis.widget = UnfoldAdminSelectWidget(choices=Invoice.Basis.choices)


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    list_display = ["shown_month", "of_merchant", "shown_state", "prepared_by", "signed_by", "requested", "signed"]
    list_display_links = ["shown_month"]
    list_select_related = ["merchant", "prepared_by", "signed_by"]
    list_filter = [("merchant", AutocompleteSelectFilter), ("state", ChoicesDropdownFilter)]
    ordering = ["-pk"]
    actions_list = ["prepare"]
    actions_detail = ["sign_off", "withdraw", "upload_invoice"]
    change_form_outer_before_template = "admin/settlement_page.html"
    fields = [
        "of_merchant", "shown_month", "number", "shown_state", "reason", "refusal", "prepared_by", "requested",
        "counted", "signed_by", "signed", "withdrawn_by", "withdrawn", "withdrawal",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Settlement]:
        found: QuerySet[Settlement] = super().get_queryset(request)
        return found.select_related("merchant", "prepared_by", "signed_by", "withdrawn_by")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own = [
            *(
                path(
                    f"<path:object_id>/{kind}/",
                    self.admin_site.admin_view(self.file_view),
                    {"kind": kind},
                    f"wallet_settlement_{kind}",
                )
                for kind in settlement_files.TYPES
            ),
            *(
                path(
                    f"<path:object_id>/{issuer}_invoice/",
                    self.admin_site.admin_view(self.invoice_view),
                    {"issuer": issuer},
                    f"wallet_settlement_{issuer}_invoice",
                )
                for issuer in Invoice.Issuer.values
            ),
        ]
        inherited: list[URLResolver | URLPattern] = super().get_urls()
        return own + inherited

    # --- columns ------------------------------------------------------------------------------------------------------
    @display(description=gettext_lazy("Month"))
    def shown_month(self, settlement: Settlement) -> str:
        return month_text(settlement.month)

    @display(description=gettext_lazy("State"))
    def shown_state(self, settlement: Settlement) -> SafeString | None:
        return labels.coloured_label(settlement.get_state_display(), STATES)

    @display(description=gettext_lazy("Requested (UTC)"))
    def requested(self, settlement: Settlement) -> SafeString | None:
        return labels.moment(settlement.requested_at)

    @display(description=gettext_lazy("Calculated (UTC)"))
    def counted(self, settlement: Settlement) -> SafeString | None:
        return labels.moment(settlement.counted_at)

    @display(description=gettext_lazy("Signed off (UTC)"))
    def signed(self, settlement: Settlement) -> SafeString | None:
        return labels.moment(settlement.signed_at)

    @display(description=gettext_lazy("Withdrawn (UTC)"))
    def withdrawn(self, settlement: Settlement) -> SafeString | None:
        return labels.moment(settlement.withdrawn_at)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any) -> Any:
        settlement: Settlement | None = kind.get("obj")
        context |= panel(settlement) if settlement and settlement.figures else {"waiting": settlement}
        return super().render_change_form(request, context, *rest, **kind)

    # --- verbs --------------------------------------------------------------------------------------------------------
    def has_prepare_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("wallet.add_settlement"))

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("wallet.change_settlement"))

    def has_invoice_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("wallet.add_invoice"))

    @action(description=gettext_lazy("Prepare settlement statement"), permissions=["prepare"], icon="request_quote")
    def prepare(self, request: HttpRequest) -> HttpResponse:
        form = PrepareForm(request.POST or None, initial=request.GET.dict())
        back = reverse("admin:wallet_settlement_changelist")

        def act(**wish: Any) -> Settlement:
            return settlements.request_statement(by=person(request), **wish)

        if form.is_valid() and (done := form_tokens.submit_once(request, form, act, back=back)):
            month = month_text(done.value.month)
            messages.info(request, _("The statement of %(month)s is being prepared.") % {"month": month})
            return HttpResponseRedirect(self.change_url(done.value))
        return self.render_page(request, _("Prepare settlement statement"), form, back, _("Prepare statement"))

    @action(description=gettext_lazy("Sign off statement"), permissions=["decide"], icon="task_alt")
    @step_up
    @explain_refusal
    def sign_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        settlement = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Sign off statement"),
            text=_(
                "The statement cannot change afterwards. The recipients of reports receive it by email. "
                "Later changes of this month become adjustments of the next month."
            ),
            act=lambda: settlements.sign_off(settlement=settlement, by=person(request)),
            done=_("is signed off"),
        )
        return self.ask(request, settlement, question)

    @action(description=gettext_lazy("Withdraw statement"), permissions=["decide"], icon="undo")
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        settlement = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Withdraw statement"),
            text=_("The statement is kept but can no longer be signed off. You can prepare its month again."),
            form=WithdrawForm,
            act=lambda reason: settlements.withdraw_statement(settlement=settlement, reason=reason, by=person(request)),
            done=_("is withdrawn"),
        )
        return self.ask(request, settlement, question)

    @action(description=gettext_lazy("Upload invoice"), permissions=["invoice"], icon="upload_file")
    def upload_invoice(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Of the provider; the merchant uploads its own."""
        settlement = self.found(request, object_id)
        if not settlement.figures:
            messages.error(
                request, _("This statement has no figures to compare with an invoice. Prepare a new statement first.")
            )
            return HttpResponseRedirect(self.change_url(settlement))
        currencies = [each.currency for each in figures_of(settlement).currencies]
        form = StaffInvoiceForm(request.POST or None, request.FILES or None, currencies=currencies)
        back = self.change_url(settlement)
        if form.is_valid() and store_invoice(request, settlement, form, back):
            return HttpResponseRedirect(back)
        return self.render_page(request, _("Upload invoice"), form, back, _("Upload invoice"))

    def render_page(self, request: HttpRequest, title: str, form: forms.Form, back: str, button: str) -> HttpResponse:
        if not form.is_bound:
            form.initial["token"] = form_tokens.new_token(request)
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "form": form,
            "back": back,
            "button": button,
        }
        return TemplateResponse(request, "admin/settlement_form.html", context)

    # --- files --------------------------------------------------------------------------------------------------------
    @step_up
    def file_view(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        settlement = self.readable(request, object_id)
        if not settlement.figures:
            raise Http404
        name = settlement_files.settlement_file_name(settlement, kind)
        if refused := download_refusal(request, settlement, name, settlement_files.row_count(settlement)):
            return refused
        return attachment(name, settlement_files.CONTENT_TYPES[kind], settlement_files.file_content(settlement, kind))

    @step_up
    def invoice_view(self, request: HttpRequest, object_id: str, issuer: str) -> HttpResponse:
        settlement = self.readable(request, object_id)
        newest = invoices.newest_invoices(settlement.merchant, settlement.month)
        invoice = next((each for each in newest if each.issuer == issuer), None)
        if invoice is None:
            raise Http404
        if refused := download_refusal(request, settlement, f"Invoice {invoice.name}"[:80], 1):
            return refused
        return attachment(invoice.name, invoice.content_type, invoices.content_of(invoice))

    def readable(self, request: HttpRequest, object_id: str) -> Settlement:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return cast("Settlement", self.found(request, object_id))


def attachment(name: str, content_type: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)


def person(request: HttpRequest) -> Person:
    return cast("Person", request.user)


def download_refusal(request: HttpRequest, settlement: Settlement, what: str, rows: int) -> HttpResponse | None:
    """None, or the answer that says why the file is not sent."""
    try:
        downloads.record_download(
            person=person(request), what=what, merchant=settlement.merchant, filters={}, rows=rows
        )
    except errors.Refusal as refused:
        return HttpResponse(str(refused), status=429, content_type="text/plain; charset=utf-8")
    return None


def store_invoice(request: HttpRequest, settlement: Settlement, form: StaffInvoiceForm, back: str) -> bool:
    """False: refused, and the form says why."""

    def act(**_sent: Any) -> Invoice:
        return invoices.upload_invoice(
            merchant=settlement.merchant, month=settlement.month, by=person(request), **form.wish()
        )

    done = form_tokens.submit_once(request, form, act, back=back)
    if done is not None:
        messages.success(request, invoices.compared_text(done.value, settlement))
    return done is not None


# --- a statement's page -----------------------------------------------------------------------------------------------
def panel(settlement: Settlement) -> dict[str, Any]:
    view = view_of(settlement)
    tables = [(each.title, table_of(each.head, each.rows), each.is_cut) for each in view["tables"]]
    compared = [
        each | {"table": invoice_table(each), "url": f"admin:wallet_settlement_{each['invoice'].issuer}_invoice"}
        for each in view["comparisons"]
    ]
    emails = [
        (email, labels.coloured_label(email.get_state_display(), EMAILS))
        for email in settlement_mail.emails_of(settlement)
    ]
    files = [(kind.upper(), f"admin:wallet_settlement_{kind}") for kind in settlement_files.TYPES]
    return view | {"tables": tables, "comparisons": compared, "emails": emails, "files": files}


def table_of(head: list[Any], rows: list[list[Any]]) -> dict[str, Any]:
    return {"headers": [content(each) for each in head], "rows": [[content(each) for each in row] for row in rows]}


def content(cell: Any) -> Any:
    return right_aligned(cell.text) if cell.is_number else cell.text or "–"


def invoice_table(each: dict[str, Any]) -> dict[str, Any]:
    heads = [right_aligned(text) for text in (_("Statement"), _("Invoice"), _("Difference"))]
    rows = [[currency, *map(right_aligned, amounts)] for currency, *amounts in each["lines"]]
    return {"headers": [each["invoice"].get_basis_display(), *heads], "rows": rows}


def right_aligned(text: str) -> dict[str, str]:
    return {"content": text, "class": "!text-end"}
