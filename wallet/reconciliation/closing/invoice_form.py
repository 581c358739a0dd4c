"""The form of an invoice, shared by operators' pages and the administration: a file, and a total for each currency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib.amount_fields import AmountField
from wallet.models import Invoice
from wallet.reconciliation.closing.invoices import CURRENCY

TOTAL = "total_"


class InvoiceForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Invoice number"), max_length=60)
    basis = forms.ChoiceField(
        label=gettext_lazy("Basis of the totals"),
        choices=Invoice.Basis.choices,
        help_text=gettext_lazy("The figure of the settlement statement that the invoice is compared with."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF or CSV, at most 10 MiB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.csv"}),
    )

    def __init__(self, *args: Any, currencies: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        for currency in currencies:
            self.fields[f"{TOTAL}{currency}"] = AmountField(
                label=_("Total in %(currency)s") % {"currency": currency},
                currency=currency,
                below_zero=True,
                required=False,
            )
        self.fields["other_currency"] = forms.CharField(
            label=_("Another currency"),
            max_length=8,
            required=False,
            help_text=_("A currency that is not listed above."),
        )
        self.fields["other_total"] = AmountField(
            label=_("Total in that currency"), help_text=_("For example 1234.50."), below_zero=True, required=False
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        totals = {name.removeprefix(TOTAL): units for name, units in given.items() if name.startswith(TOTAL)}
        other = str(given.get("other_currency") or "").strip().upper()
        if other and not CURRENCY.fullmatch(other):
            self.add_error("other_currency", _("Enter the code of the currency, such as EUR."))
        elif other in totals:
            self.add_error(
                "other_currency", _("%(other)s has its own field above. Enter the total there.") % {"other": other}
            )
        elif bool(other) != (given.get("other_total") is not None):
            self.add_error("other_total", _("Enter both the currency and its total, or neither."))
        elif other:
            totals[other] = given["other_total"]
        return given | {"totals": {currency: units for currency, units in totals.items() if units is not None}}

    def wish(self) -> dict[str, Any]:
        """Return the arguments of `invoices.upload_invoice`."""
        said = self.cleaned_data
        file = said["file"]
        return {name: said[name] for name in ("number", "basis", "totals")} | {"name": file.name, "content": file}
