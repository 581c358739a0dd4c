"""What the history of game sessions says to a person: sessions that were closed before they expired."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.services import history_sentences
from merchants.services.history_sentences import Event, Thing
from wallet.models import Session


def register() -> None:
    """Add these sentences to the history."""
    history_sentences.register(
        {Session: Thing("sessions", "sports_esports", _sentences)}, kinds={"sessions": gettext_lazy("Sessions")}
    )


def _sentences(events: list[Event], everything: list[Event]) -> list[str]:
    return [_sentence(event) for event in events]


def _sentence(event: Event) -> str:
    player = {"player": event.name or _("(deleted)")}
    if event.row["is_active"]:
        return _("Session of player %(player)s opened again") % player
    return _("Session of player %(player)s closed") % player
