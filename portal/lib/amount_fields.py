"""Form fields for money. No other field reads an amount."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
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


class CurrencyRows(forms.Widget):
    """An input for each of `currencies`, and a text with one line `EUR 50.00` for each other currency.

    Its value is the text with all lines. The inputs are named after the text: `limits` and `limits-EUR`.
    """

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        row: type[forms.Widget] = forms.TextInput,
        text: type[forms.Widget] = forms.Textarea,
    ) -> None:
        super().__init__(attrs)
        self.row, self.text = row(), text()
        self.currencies: list[str] = []
        self.label: Any = None  # of all inputs together, for screen readers

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-{self.currencies[0]}" if id_ and self.currencies else id_

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        typed = ((currency, " ".join(str(data.get(f"{name}-{currency}", "")).split())) for currency in self.currencies)
        rows = [f"{currency} {amount}" for currency, amount in typed if amount]
        return "\n".join(filter(None, [*rows, str(data.get(name) or "")]))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key in data for key in (name, *(f"{name}-{currency}" for currency in self.currencies)))

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        own = self.build_attrs(self.attrs, attrs)
        amounts, others = self._split(str(value or ""))
        unclear = {currency for currency, amount in amounts.items() if _is_unclear(f"{currency} {amount}")}
        if unclear and not _is_unclear(others):
            own.pop("aria-invalid", None)
        shared = {key: own[key] for key in ("aria-describedby", "class", "form") if key in own}
        rows = []
        for currency in self.currencies:
            inputs = shared | {"id": f"{own.get('id', name)}-{currency}", "inputmode": "decimal", "autocomplete": "off"}
            if currency in unclear:
                inputs["aria-invalid"] = "true"
            box = self.row.render(f"{name}-{currency}", amounts.get(currency, ""), inputs, renderer)
            rows.append((inputs["id"], currency, box))
        text = self.text.render(name, others, own, renderer)
        if not rows:
            return text
        return format_html(
            '<div class="currency-rows"{}>{}<label for="{}">{}</label>{}</div>',
            format_html(' role="group" aria-label="{}"', self.label) if self.label else "",
            format_html_join("", '<label for="{}">{}</label>{}', rows),
            own.get("id", name),
            _("Further currencies, one line each"),
            text,
        )

    def _split(self, text: str) -> tuple[dict[str, str], str]:
        """Return the amounts of the inputs, and all other lines."""
        amounts: dict[str, str] = {}
        others = []
        for line in text.replace(";", "\n").splitlines():
            currency, _space, amount = line.strip().partition(" ")
            if currency in self.currencies and currency not in amounts and amount:
                amounts[currency] = amount.strip()
            else:
                others.append(line)
        return amounts, "\n".join(others)


class CurrencyAmountsField(forms.Field):
    """A field for amounts by currency: a line `EUR 50.00` for each, stored as `{"EUR": 5000000}`; None without
    lines.
    """

    widget: Any = CurrencyRows

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False} | options)

    def ask_for(self, currencies: Iterable[str]) -> None:
        """Show an input of its own for each of these currencies."""
        self.widget.currencies, self.widget.label = sorted(currencies), self.label

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        return {"rows": 3, "autocomplete": "off", "spellcheck": "false"}

    def prepare_value(self, value: Any) -> Any:
        return money.plain_amounts(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[str, int] | None:
        if value in self.empty_values or isinstance(value, dict):
            return value or None
        return read_typed(value, money.parse_amounts) or None


class OtherCurrenciesField(forms.TypedChoiceField):
    """A field for the stake of currencies without an amount: None (no limit of its own), or 0 (bets are refused)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **{"required": False} | options)
        self.offer(_("no limit"), None)

    def offer(self, none: Any, standing: int | None) -> None:
        """Name the choice of no limit `none`. An amount of a version before stays a choice while it stands."""
        before = [(str(standing), _("as before"))] if standing else []
        self.choices = [("", none), ("0", _("bets refused")), *before]


def _is_unclear(lines: str) -> bool:
    try:
        money.parse_amounts(lines)
    except money.UnclearAmount:
        return True
    return False


def read_typed[T](value: Any, parse: Callable[[str], T]) -> T:
    """Return `parse(value)`, with its refusal as an error of the form."""
    try:
        return parse(str(value))
    except money.UnclearAmount as fault:
        raise ValidationError(str(fault)) from fault
