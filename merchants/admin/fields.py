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
from merchants.services import allowlist, limits
from portal.lib.amount_fields import AmountField, CurrencyAmountsField
from portal.lib.moment_fields import MomentField


def amount_field(**options: Any) -> AmountField:
    return AmountField(widget=UnfoldAdminTextInputWidget, **options)


def amounts_field(**options: Any) -> CurrencyAmountsField:
    return CurrencyAmountsField(widget=UnfoldAdminTextareaWidget, **options)


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


BY_CURRENCY = gettext_lazy(
    "A currency and an amount on each line, such as EUR 50.00. A line takes precedence over the "
    "limit for all currencies. That limit is the same number in each currency: 200.00 allows EUR 200.00 and JPY 200."
)


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """By the rule of the operators' pages; a limit beyond it that stands already may stay."""

    max_stake_by_currency = amounts_field(help_text=BY_CURRENCY)

    def clean_bets_per_minute(self) -> int | None:
        bets: int | None = self.cleaned_data["bets_per_minute"]
        if "bets_per_minute" in self.changed_data:
            try:
                limits.check_limits(limits.Limits(bets, None))
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
