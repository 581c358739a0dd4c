"""What the history of settlement statements says to a person, on the merchant's timeline."""

from __future__ import annotations

from datetime import date

from merchants.services import history_sentences
from merchants.services.history_sentences import Event, Thing
from wallet.models import Settlement
from wallet.reconciliation.closing.months import month_text

BECAME: dict[str, str] = {
    Settlement.State.PREPARED: "prepared",
    Settlement.State.SIGNED: "signed off",
    Settlement.State.REFUSED: "not prepared",
    Settlement.State.WITHDRAWN: "withdrawn",
}


def register() -> None:
    history_sentences.register({Settlement: Thing("reconciliation", "request_quote", _says)})


def _says(events: list[Event], everything: list[Event]) -> list[str]:
    return [f"Settlement statement of {_month(event)} {_became(event)}" for event in events]


def _month(event: Event) -> str:
    month = event.row["month"]
    return month_text(month if isinstance(month, date) else date.fromisoformat(month))


def _became(event: Event) -> str:
    return "requested" if event.label == "insert" else BECAME.get(event.new_value("state"), "changed")
