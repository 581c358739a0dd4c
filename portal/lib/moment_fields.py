"""Form fields for moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from portal.lib import clock

PICKER = {"type": "datetime-local", "step": "1"}
UNLIKELY = gettext_lazy("Choose a moment between the years 2000 and 9000.")


class UtcField(forms.DateTimeField):
    """A field for a moment in UTC. Refuses a moment outside the years 2000 to 9000."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment in UTC. The text may name another time zone."""
        moment = super().to_python(value)
        try:
            return clock.checked_moment(moment) if moment else None
        except ValueError as fault:
            raise ValidationError(UNLIKELY) from fault


class MomentField(UtcField):
    """A field for a moment in UTC to the second, with the picker of the browser."""

    def __init__(self, *, widget: type[forms.TextInput] = forms.TextInput, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("In UTC."))
        super().__init__(widget=widget(attrs=PICKER), **options)
        self.widget.supports_microseconds = False  # so that a moment that is sent back as it was is no change

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        return moment.replace(microsecond=0) if moment else None

    def prepare_value(self, value: Any) -> Any:
        return picker_value(value) if isinstance(value, datetime) else value


def picker_value(moment: datetime) -> str:
    """Return the moment as the browser's picker writes it, with a year of four digits, which strftime does not keep."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
