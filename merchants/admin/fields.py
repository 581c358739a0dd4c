"""Form fields for what staff type in plain words and the database keeps in another shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from merchants import errors
from merchants.models import Merchant
from merchants.services import allowlist, currencies, limits
from portal.lib.amount_fields import AmountField, CurrencyAmountsField, CurrencyRows, OtherCurrenciesField
from portal.lib.moment_fields import MomentField


def amount_field(**options: Any) -> AmountField:
    return AmountField(widget=UnfoldAdminTextInputWidget, **options)


def amounts_field(**options: Any) -> CurrencyAmountsField:
    return CurrencyAmountsField(
        widget=CurrencyRows(row=UnfoldAdminTextInputWidget, text=UnfoldAdminTextareaWidget), **options
    )


def moment_field(**options: Any) -> MomentField:
    return MomentField(widget=UnfoldAdminTextInputWidget, **options)


UNFOLD: dict[type[Any], type[forms.Widget]] = {
    forms.CheckboxSelectMultiple: UnfoldAdminCheckboxSelectMultipleWidget,
    forms.TextInput: UnfoldAdminTextInputWidget,
    forms.NumberInput: UnfoldAdminIntegerFieldWidget,
    forms.Select: UnfoldAdminSelectWidget,
}


class UnfoldForm(forms.Form):
    """Gives the fields of a shared form the look of the administration."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if widget := UNFOLD.get(type(field.widget)):
                field.widget = _styled(widget, field)


def _styled(widget: type[forms.Widget], field: forms.Field) -> forms.Widget:
    made = widget(attrs=field.widget.attrs)
    made.is_localized, made.is_required = field.localize, field.required
    for name in ("choices", "supports_microseconds"):
        if hasattr(field.widget, name):
            setattr(made, name, getattr(field.widget, name))
    return made


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """By the rule of the operators' pages; a limit beyond it that stands already may stay."""

    none: Any = gettext_lazy("no limit")
    is_strict = False  # whether a first amount refuses all other currencies, unless the person chooses otherwise
    max_stake_by_currency = amounts_field(
        label=gettext_lazy("Maximum stake per bet"),
        help_text=gettext_lazy("An amount for each currency. A further currency is a line such as EUR 50.00."),
    )
    max_stake = OtherCurrenciesField(
        label=gettext_lazy("Bets in a currency without an amount"),
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Applies when at least one currency has an amount."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.standing = self.instance.max_stake
        own = self.instance.max_stake_by_currency
        if "max_stake" in self.fields:
            self.fields["max_stake_by_currency"].ask_for({*self.currencies(), *(own or {})})  # type: ignore[attr-defined]
            self.fields["max_stake"].offer(self.none, self.standing)  # type: ignore[attr-defined]
        if self.is_strict and not own and self.standing is None:
            self.initial["max_stake"] = 0

    def currencies(self) -> set[str]:
        """Return the currencies that have an input of their own."""
        merchant = self.instance if isinstance(self.instance, Merchant) else getattr(self.instance, "merchant", None)
        return currencies.currencies_in_use(merchant) if merchant is not None and merchant.pk else set()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.keys() >= {"max_stake", "max_stake_by_currency"}:
            wanted, own = cleaned["max_stake"], cleaned["max_stake_by_currency"]
            cleaned["max_stake"] = limits.strict_stake(wanted, own, self.standing)
        return cleaned

    def clean_bets_per_minute(self) -> int | None:
        bets: int | None = self.cleaned_data["bets_per_minute"]
        if "bets_per_minute" in self.changed_data:
            try:
                limits.check_limits(limits.Limits(bets, None), limits.Limits(None, None))
            except errors.LimitOutOfRange as refused:
                raise ValidationError(str(refused)) from refused
        return bets


class ReasonedField(forms.CharField):
    """Text that a service reads; what it refuses is said at the field, with the service's reason."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, read: Callable[[str], Any], **options: Any) -> None:
        self.read = read
        super().__init__(**options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(None if initial is None else str(initial), data)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return self.read(text)
        except allowlist.NotAllowed as refused:
            raise ValidationError(str(refused)) from refused


@cache
def time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]


class TimeZoneWidget(UnfoldAdminSelectWidget):
    """Six hundred options, each a template of its own: they took longer than the rest of a page, so they are kept."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return rendered_time_zones(name, value, tuple(sorted((attrs or {}).items())))


@lru_cache(maxsize=100)
def rendered_time_zones(name: str, value: Any, attrs: tuple[tuple[str, Any], ...]) -> SafeString:
    return SafeString(UnfoldAdminSelectWidget(choices=time_zones()).render(name, value, dict(attrs)))


def time_zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=time_zones, initial="UTC", widget=TimeZoneWidget(), help_text=lazystr(_("Used for days and reports."))
    )
