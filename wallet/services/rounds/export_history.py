"""Sentences of the history about exports: request, cancellation and download."""

from __future__ import annotations

from django.utils.translation import gettext as _

from merchants.services import history_sentences
from merchants.services.history_sentences import Event, Thing
from wallet.models import Export


def register() -> None:
    """Add these sentences to the history."""
    history_sentences.register({Export: Thing("exports", "download", _says)}, kinds={"exports": "Exports"})


def _says(events: list[Event], everything: list[Event]) -> list[str]:
    return [_one(event) for event in events]


def _one(event: Event) -> str:
    table = _("%(table)s as %(form)s") % {
        "table": Export.What(event.row["what"]).label,
        "form": Export.Form(event.row["form"]).label,
    }
    if event.label == "insert":
        return _("Export requested: %(table)s") % {"table": table}
    if event.new_value("cancelled_at"):
        return _("Export cancelled: %(table)s") % {"table": table}
    return (
        _("Export downloaded: %(table)s") % {"table": table}
        if event.new_value("downloads")
        else _("Export: %(changes)s") % {"changes": history_sentences.fields_of(event)}
    )
