"""Form fields for money. No other field reads an amount."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.lib import money

BELOW_ZERO = _("The amount cannot be below zero. Write a positive amount.")


class AmountField(forms.Field):
    """A field for one amount: `50.00` on the page, 5000000 in the database. Refuses a text that may mean two
    amounts.
    """

    widget = forms.TextInput

    def __init__(self, *, currency: str = "", below_zero: bool = False, **options: Any) -> None:
        self.currency, self.below_zero = currency, below_zero
        super().__init__(**options)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return money.plain_amount(value, self.currency) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return value if isinstance(value, int) else None
        units = read_typed(value, lambda text: money.parse_amount(text, self.currency))
        if units < 0 and not self.below_zero:
            raise ValidationError(BELOW_ZERO)
        return units


class CurrencyAmountsField(forms.Field):
    """A field for amounts by currency: a line `EUR 50.00` for each, stored as `{"EUR": 5000000}`; None without
    lines.
    """

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False} | options)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        return {"rows": 3, "autocomplete": "off", "spellcheck": "false"}

    def prepare_value(self, value: Any) -> Any:
        return money.plain_amounts(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[str, int] | None:
        if value in self.empty_values or isinstance(value, dict):
            return value or None
        return read_typed(value, money.parse_amounts) or None


def read_typed[T](value: Any, parse: Callable[[str], T]) -> T:
    """Return `parse(value)`, with its refusal as an error of the form."""
    try:
        return parse(str(value))
    except money.UnclearAmount as fault:
        raise ValidationError(str(fault)) from fault
