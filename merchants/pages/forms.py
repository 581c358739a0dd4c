"""Forms of the operators' pages: plain fields, and the look that Tabler gives them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import form_tokens
from portal.lib import clock

CLASSES = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select", "hidden": ""}
UNTIL = "%Y-%m-%dT%H:%M:%S"


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            kind = getattr(field.widget, "input_type", "")
            field.widget.attrs.setdefault("class", CLASSES.get(kind, "form-control"))


class SingleUseForm(PlainForm):
    """Of the same page sent twice, the second does nothing."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=form_tokens.LONGEST)


class MomentField(forms.DateTimeField):
    """A moment in UTC, to the second, with the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("In UTC."))
        widget = forms.TextInput(attrs={"type": "datetime-local", "step": "1"})
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> datetime | None:
        """An address may name another zone; what comes out is UTC, as it is said and sent on."""
        moment = super().to_python(value)
        try:
            return clock.checked_moment(moment).replace(microsecond=0) if moment else None
        except ValueError as fault:
            raise forms.ValidationError(_("The year must be between 2000 and 9000. Choose another moment.")) from fault

    def prepare_value(self, value: Any) -> Any:
        return picker_value(value) if isinstance(value, datetime) else value


def picker_value(moment: datetime) -> str:
    """As the browser's picker writes it; a year has four digits, which strftime does not keep."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
