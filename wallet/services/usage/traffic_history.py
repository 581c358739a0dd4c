"""What the history of traffic incidents says to a person."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.services import history_sentences
from merchants.services.history_sentences import Event, Thing
from wallet.models import TrafficIncident


def register() -> None:
    history_sentences.register(
        {TrafficIncident: Thing("traffic", "notifications_active", _sentences)},
        kinds={"traffic": gettext_lazy("Traffic")},
    )


def _sentences(events: list[Event], everything: list[Event]) -> list[str]:
    return [_sentence(event) for event in events]


def _sentence(event: Event) -> str:
    is_quiet = event.row["kind"] == TrafficIncident.Kind.QUIET
    if event.new_value("ended_at"):
        return _("Alarm “No accepted requests” ended") if is_quiet else _("Alarm “Every request refused” ended")
    return _("Alarm: no accepted requests from the merchant") if is_quiet else _("Alarm: every request is refused")
