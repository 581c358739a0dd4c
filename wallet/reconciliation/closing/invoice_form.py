"""The form of an invoice, which operators' pages and the administration share: a file and a total per currency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from wallet.models import Invoice
from wallet.money import parse

CURRENCY = re.compile(r"[A-Z0-9]{2,8}", re.ASCII)
WRITTEN = (
    "Write the amount with a point before the decimals and no thousands separator, such as 1234.50. It has at most "
    "5 decimals and is at most 90 billion."
)
TOTAL = "total_"


class TotalField(forms.CharField):
    """`1234.50` or `-12.3`; in units when it is cleaned. A comma may mean two things, so it is refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, required=False, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as fault:
            raise forms.ValidationError(WRITTEN) from fault


class InvoiceForm(forms.Form):
    number = forms.CharField(label="Invoice number", max_length=60)
    basis = forms.ChoiceField(
        label="The totals state",
        choices=Invoice.Basis.choices,
        help_text="The figure of the settlement statement that the invoice is compared with.",
    )
    file = forms.FileField(
        label="File", help_text="PDF or CSV, at most 10 MiB.", widget=forms.FileInput(attrs={"accept": ".pdf,.csv"})
    )

    def __init__(self, *args: Any, currencies: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        for currency in currencies:
            self.fields[f"{TOTAL}{currency}"] = TotalField(label=f"Total in {currency}")
        self.fields["other_currency"] = forms.CharField(
            label="Another currency", max_length=8, required=False, help_text="A currency that is not listed above."
        )
        self.fields["other_total"] = TotalField(label="Total in that currency", help_text="Such as 1234.50.")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        totals = {name.removeprefix(TOTAL): units for name, units in given.items() if name.startswith(TOTAL)}
        other = str(given.get("other_currency") or "").strip().upper()
        if other and not CURRENCY.fullmatch(other):
            self.add_error("other_currency", "Write the code of the currency, such as EUR.")
        elif other in totals:
            self.add_error("other_currency", f"{other} has a field of its own above.")
        elif bool(other) != (given.get("other_total") is not None):
            self.add_error("other_total", "Enter both the currency and its total, or neither.")
        elif other:
            totals[other] = given["other_total"]
        return given | {"totals": {currency: units for currency, units in totals.items() if units is not None}}

    def wish(self) -> dict[str, Any]:
        """For `invoices.upload`."""
        said = self.cleaned_data
        file = said["file"]
        return {name: said[name] for name in ("number", "basis", "totals")} | {"name": file.name, "content": file}
