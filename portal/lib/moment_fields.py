"""Form fields for moments. A person types a moment in the time zone in which pages show moments to this person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import clock, moments

PICKER = {"type": "datetime-local", "step": "1"}
UNLIKELY = gettext_lazy("Choose a moment between the years 2000 and 9000.")
IN_ADDRESSES = frozenset({"since", "until"})  # fields of filters, which stand in the address of a page


class UtcField(forms.DateTimeField):
    """A field for a moment in UTC. Refuses a moment outside the years 2000 to 9000."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment in UTC. The text may name another time zone."""
        moment = super().to_python(value)
        try:
            return clock.checked_moment(moment) if moment else None
        except ValueError as fault:
            raise ValidationError(UNLIKELY) from fault


class MomentBoundField(BoundField):
    """Its label names the reader's zone; in another zone than UTC, its help says the moment in UTC."""

    def __init__(self, form: Any, field: MomentField, name: str) -> None:
        super().__init__(form, field, name)
        self.label = _("%(label)s (%(zone)s)") % {"label": self.label, "zone": moments.zone_title()}
        moment = None if moments.is_utc() else _moment_or_none(field, self.value())
        if moment is not None:
            self.help_text = " ".join([moments.show_exact_moment(moment) + ".", str(self.help_text)]).strip()


class MomentField(UtcField):
    """A field for a moment to the second, with the picker of the browser. Gives the moment in UTC."""

    bound_field_class = MomentBoundField

    def __init__(self, *, widget: type[forms.TextInput] = forms.TextInput, **options: Any) -> None:
        super().__init__(widget=widget(attrs=PICKER), **options)
        self.widget.supports_microseconds = False  # so that a moment that is sent back as it was is no change

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment in UTC. A text without a time zone is in the reader's."""
        typed = _parsed(value)
        if typed is not None and typed.tzinfo is None:
            value = typed.replace(tzinfo=moments.reader_zone())
        moment = super().to_python(value)
        return moment.replace(microsecond=0) if moment else None

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the picker: the moment in the reader's zone."""
        moment = value if isinstance(value, datetime) else _parsed(value)
        if moment is None or (isinstance(value, str) and moment.tzinfo is None):
            return value
        try:
            return picker_value(moment)
        except OverflowError:
            return value  # beyond the years that there are; the form says so


def _parsed(value: Any) -> datetime | None:
    try:
        return parse_datetime(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment_or_none(field: MomentField, value: Any) -> datetime | None:
    try:
        return field.to_python(value)
    except ValidationError:
        return None


def picker_value(moment: datetime) -> str:
    """Return the moment in the reader's zone as the browser's picker writes it, with a year of four digits, which
    strftime does not keep.
    """
    return moment.astimezone(moments.reader_zone()).replace(tzinfo=None).isoformat(timespec="seconds")


def address_value(moment: datetime) -> str:
    """Return the moment as it stands in an address: in UTC and saying so, for readers in any time zone."""
    return clock.checked_moment(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def in_address(name: str, value: str) -> str:
    """Return a field of a filter as it stands in an address. A moment that was typed in the reader's zone is in UTC."""
    typed = _parsed(value) if name in IN_ADDRESSES else None
    if typed is None:
        return value
    try:
        return address_value(typed if typed.tzinfo else typed.replace(tzinfo=moments.reader_zone()))
    except ValueError:
        return value  # the form says what is wrong with it
