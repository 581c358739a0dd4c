"""The filter of the list of rounds, as a form and in words. The export has the same."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants.pages.forms import PlainForm
from portal.lib import moments, money
from portal.lib.amount_fields import AmountField
from portal.lib.moment_fields import MomentField, address_value
from wallet.services.rounds import round_list
from wallet.services.rounds.round_list import RoundFilter

ANY = ("", _("Any"))


class FilterForm(PlainForm):
    since = MomentField(label=_("From"), required=False)
    until = MomentField(label=_("Until"), required=False)
    player = forms.CharField(label=_("Player id"), max_length=255, required=False)
    session = forms.CharField(label=_("Session id"), max_length=512, required=False)
    game = forms.CharField(label=_("Game id"), max_length=64, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=8, required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ANY, *((each, each.capitalize()) for each in round_list.STATES)]
    )
    least = AmountField(label=_("Minimum stake"), required=False)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """Refuse a stake without a currency: 10.00 would be EUR 10.00 and JPY 10 alike."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("least") is not None and given.get("currency") == "":
            self.add_error("currency", _("Enter the currency of the minimum stake, such as EUR."))
        return given

    def wish(self) -> RoundFilter:
        """Of a valid form."""
        return RoundFilter(
            **{name: self.cleaned_data[name] for name in self.fields if self.cleaned_data[name] is not None}
        )

    @staticmethod
    def address(wish: RoundFilter) -> dict[str, str]:
        """What makes the same wish again."""
        said: dict[str, Any] = {name: getattr(wish, name) for name in wish.stored_values()}
        for name in round_list.MOMENTS:
            if name in said:
                said[name] = address_value(said[name])
        if "least" in said:
            said["least"] = money.plain_amount(said["least"])
        return said


def filter_facts(wish: RoundFilter) -> list[tuple[str, str]]:
    """In words: label and value."""
    fields, said = FilterForm.base_fields, FilterForm.address(wish)
    shown = {
        name: moments.local_and_utc(getattr(wish, name), exact=True) for name in round_list.MOMENTS if name in said
    }
    if wish.least is not None:
        shown["least"] = money.format_with_code(wish.least, wish.currency)
    return [(str(fields[name].label), value) for name, value in (said | shown).items()]
