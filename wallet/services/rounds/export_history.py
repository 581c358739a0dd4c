"""What the history of exports says to a person: who asked for which table, and that it was fetched."""

from __future__ import annotations

from merchants.services import history_sentences
from merchants.services.history_sentences import Event, Thing
from wallet.models import Export


def register() -> None:
    history_sentences.register({Export: Thing("exports", "download", _says)}, kinds={"exports": "Exports"})


def _says(events: list[Event], everything: list[Event]) -> list[str]:
    return [_one(event) for event in events]


def _one(event: Event) -> str:
    table = f"{Export.What(event.row['what']).label} as {Export.Form(event.row['form']).label}"
    if event.label == "insert":
        return f"Export asked for: {table}"
    if event.new_value("cancelled_at"):
        return f"Export cancelled: {table}"
    return (
        f"Export fetched: {table}" if event.new_value("downloads") else f"Export: {history_sentences.fields_of(event)}"
    )
