"""Forms of the operators' pages: plain fields, and the look that Tabler gives them."""

from __future__ import annotations

from typing import Any

from django import forms

from merchants.form_tokens import TokenForm, wanted_field

CLASSES = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select", "hidden": ""}


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            kind = getattr(field.widget, "input_type", "")
            field.widget.attrs.setdefault("class", CLASSES.get(kind, "form-control"))


class SingleUseForm(TokenForm, PlainForm):
    pass


class SwitchForm(SingleUseForm):
    wanted = wanted_field()
