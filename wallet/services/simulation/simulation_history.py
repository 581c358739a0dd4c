"""What the history of simulations says to a person."""

from __future__ import annotations

from django.utils.translation import ngettext

from merchants.services import history_sentences
from merchants.services.history_sentences import Event, Thing
from wallet.models import Simulation


def register() -> None:
    history_sentences.register(
        {Simulation: Thing("simulations", "player-play", _says)}, kinds={"simulations": "Simulations"}
    )


def _says(events: list[Event], everything: list[Event]) -> list[str]:
    return [_one(event) for event in events]


def _one(event: Event) -> str:
    rounds = int(event.row["rounds"])
    return ngettext(
        "Simulation started: %(rounds)s round in %(currency)s",
        "Simulation started: %(rounds)s rounds in %(currency)s",
        rounds,
    ) % {"rounds": rounds, "currency": event.row["currency"]}
