"""Sentences of the history of settlement statements, for the merchant's timeline."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.services import history_sentences
from merchants.services.history_sentences import Event, Thing
from portal.lib.texts import Text
from wallet.models import Settlement
from wallet.reconciliation.closing.months import month_text

BECAME: dict[str, Text] = {
    Settlement.State.PREPARED: gettext_lazy("prepared"),
    Settlement.State.SIGNED: gettext_lazy("signed off"),
    Settlement.State.REFUSED: gettext_lazy("could not be prepared"),
    Settlement.State.WITHDRAWN: gettext_lazy("withdrawn"),
}


def register() -> None:
    """Add these sentences to the history."""
    history_sentences.register({Settlement: Thing("reconciliation", "request_quote", _says)})


def _says(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        _("Settlement statement of %(month)s %(became)s") % {"month": _month(event), "became": _became(event)}
        for event in events
    ]


def _month(event: Event) -> str:
    month = event.row["month"]
    return month_text(month if isinstance(month, date) else date.fromisoformat(month))


def _became(event: Event) -> str:
    return _("requested") if event.label == "insert" else str(BECAME.get(event.new_value("state"), _("changed")))
