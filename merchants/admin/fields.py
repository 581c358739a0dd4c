"""Form fields for what staff type in plain words and the database keeps in another shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from merchants import errors
from merchants.services import allowlist, limits
from portal.lib import amount_fields, clock

UNTIL = "%Y-%m-%dT%H:%M:%S"


class AmountField(amount_fields.AmountField):
    widget = UnfoldAdminTextInputWidget


class CurrencyAmountsField(amount_fields.CurrencyAmountsField):
    widget = UnfoldAdminTextareaWidget


BY_CURRENCY = "A currency and an amount on each line, such as EUR 50.00; goes before the limit of any currency."


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """By the rule of the operators' pages; a limit beyond it that stands already may stay."""

    max_stake_by_currency = CurrencyAmountsField(help_text=BY_CURRENCY)

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


class UtcField(forms.DateTimeField):
    """A moment in UTC; none of which nobody can mean."""

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment and clock.checked_moment(moment)
        except ValueError as fault:
            raise ValidationError("Choose a moment between the years 2000 and 9000.") from fault


class MomentField(UtcField):
    """To the second, with the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        attributes = {"type": "datetime-local", "step": "1"}
        options.setdefault("help_text", "In UTC.")
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs=attributes), **options)
        self.widget.supports_microseconds = False  # so that a moment that is sent back as it was is no change

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(UTC).strftime(UNTIL) if isinstance(value, datetime) else value


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
        choices=time_zones, initial="UTC", widget=TimeZoneWidget(), help_text=lazystr("For days and reports.")
    )
