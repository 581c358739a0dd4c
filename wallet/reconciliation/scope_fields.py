"""Form fields for the scope of a statement, for the pages of operators and of staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants.errors import Refusal
from wallet.reconciliation.scopes import OWN_KINDS, Scope

KINDS = [(kind, kind.capitalize()) for kind in OWN_KINDS]


class ScopeFields(forms.Form):
    """Fields of a scope. Nothing filled in: the whole day. After `is_valid`, `cleaned_data["scope"]` is a Scope."""

    currencies = forms.CharField(
        label=_("Only these currencies"),
        required=False,
        max_length=150,
        help_text=_("For example EUR, USD. Leave empty for all."),
    )
    types = forms.MultipleChoiceField(
        label=_("Only these types"),
        required=False,
        choices=KINDS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("If no type is chosen, all types are compared."),
    )
    brand = forms.CharField(label=_("Only this brand"), required=False, max_length=40)
    part = forms.CharField(
        label=_("Part of the day"),
        required=False,
        max_length=5,
        help_text=_("1/2 is the first of two files. Leave empty for one file."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        stated = {
            "currencies": given.get("currencies", "").strip(),
            "types": ",".join(given.get("types", ())),
            "brand": given.get("brand", "").strip(),
            "part": given.get("part", "").strip(),
        }
        try:
            given["scope"] = Scope.parse(";".join(f"{name}={value}" for name, value in stated.items() if value))
        except Refusal as refused:
            self.add_error(None, str(refused))
        return given

    @staticmethod
    def initial_of(scope: Scope) -> dict[str, Any]:
        """Return the initial values for `scope`."""
        return {
            "currencies": ", ".join(sorted(scope.currencies)),
            "types": sorted(scope.kinds),
            "brand": scope.brand,
            "part": f"{scope.part}/{scope.parts}" if scope.parts else "",
        }

    @property
    def scope_fields(self) -> list[Any]:
        return [self[name] for name in ("currencies", "types", "brand", "part")]
