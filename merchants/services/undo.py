"""Undo of changes to players, games and limits, while nobody has changed the rows again.

The history holds the values before the change (merchants.models.audit). One undo reverts an event with all events of
its transaction. An undo is a change like any other and can be undone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from merchants import errors
from merchants.models import DisabledGame, Game, Merchant, Player
from merchants.services import flags, history, history_sentences
from merchants.services.flags import Setting
from portal.lib import clock

UNDONE_WITHIN = timedelta(hours=24)
LOOKED_AT = 20
LIMITS = frozenset({"bets_per_minute", "max_stake", "max_stake_by_currency"})


@dataclass(frozen=True, slots=True)
class UndoableChange:
    """A change that can be undone. `number`: of one of its events."""

    number: int
    title: str
    who: str
    at: datetime
    reason: str = ""


def rows(thing: type[Model], merchant: Merchant) -> Any:
    """Return the events of a merchant's players, games or limits."""
    model: Any = thing
    event_model = model.pgh_event_model
    return event_model.objects.filter(**{event_model.pgh_scopes["merchant"]: merchant.pk})


def last_change(thing: type[Model], merchant: Merchant, **which: Any) -> UndoableChange | None:
    """Return the newest change that can be undone; None when there is none. `which`: limits it to one player."""
    since = clock.now() - UNDONE_WITHIN
    event = rows(thing, merchant).filter(pgh_created_at__gt=since, **which).order_by("-pgh_created_at").first()
    if event is None or (thing is Merchant and not _only_limits(event)):
        return None
    alone = {"pgh_id": event.pgh_id} if which else _breath(event)
    title, context = _title(thing, merchant, alone), history.trusted_context(event.pgh_context, event.pgh_role)
    reason = (context or {}).get("reason", "")
    return UndoableChange(event.pgh_id, title, history.author_name(context), event.pgh_created_at, reason)


def _title(thing: type[Model], merchant: Merchant, which: dict[str, Any]) -> str:
    """Return the title of everything that one click reverts."""
    read = history.events((merchant, thing.__name__, which))
    if len(read) == history.EVENTS_OF_A_THING:
        return history.title_of_all(merchant, thing.__name__, read[0])
    return history_sentences.describe_transaction(read[::-1]).title


def find_event(thing: type[Model], merchant: Merchant, number: int) -> Any | None:
    """Return the event with this number if it belongs to the merchant."""
    return rows(thing, merchant).filter(pgh_id=number).first()


def _breath(event: Any) -> dict[str, Any]:
    return history.written_together(event.pgh_transaction, event.pgh_context_id, event.pgh_created_at)


def _with_it(thing: type[Model], merchant: Merchant, event: Any, *, alone: bool) -> list[Any]:
    """Return the events that are undone together. Raises TooLateToUndo."""
    if event.pgh_created_at <= clock.now() - UNDONE_WITHIN:
        raise errors.TooLateToUndo(int(UNDONE_WITHIN.total_seconds()) // 3600)
    return [event] if alone else list(rows(thing, merchant).filter(**_breath(event)))


# --- Verbs ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def undo_players(*, merchant: Merchant, event: Any, alone: bool = False) -> int:
    """Undo a change of players; return how many were restored. `alone`: only the player of this event.

    Refuses a change older than UNDONE_WITHIN (TooLateToUndo), and one whose rows have changed since (ChangedSince).
    """
    events = _with_it(Player, merchant, event, alone=alone)
    others = flags.write_settings((each.pgh_obj_id, _left(vars(each)), _left(each.pgh_before)) for each in events)
    if others:
        player = Player.objects.get(pk=others[0])
        raise errors.ChangedSince(
            _("Player %(player_id)s") % {"player_id": player.player_id},
            last_author(Player, merchant, pgh_obj=player.pk),
        )
    return len(events)


def _left(values: Mapping[str, Any]) -> Setting:
    """Return the values to restore. A column that an older event does not have was empty."""
    left: list[Any] = [values.get(name) for name in Setting._fields]
    return Setting(*left)


@transaction.atomic
def undo_games(*, merchant: Merchant, event: Any) -> int:
    """Undo a change of games; return how many were restored. Refuses as `undo_players` does."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    events = _with_it(DisabledGame, merchant, event, alone=False)
    off = dict(DisabledGame.objects.filter(merchant=merchant).values_list("game_id", "pk"))
    for each in events:
        as_left = off.get(each.game_id) == each.pgh_obj_id if each.pgh_label == "insert" else each.game_id not in off
        if not as_left:
            raise errors.ChangedSince(
                _("The game %(name)s") % {"name": _name(each)}, last_author(DisabledGame, merchant, game=each.game_id)
            )
    again = [Game(pk=each.game_id) for each in events if each.pgh_label == "insert"]
    flags.switch_games_for(games=again, merchant=merchant, on=True)
    gone = [Game(pk=each.game_id) for each in events if each.pgh_label == "delete"]
    flags.switch_games_for(games=gone, merchant=merchant, on=False)
    return len(events)


@transaction.atomic
def undo_limits(*, merchant: Merchant, event: Any) -> int:
    """Undo a change of the merchant's limits; return 1. Refuses as `undo_players` does."""
    [event] = _with_it(Merchant, merchant, event, alone=True)
    standing = Merchant.objects.select_for_update().get(pk=merchant.pk)
    if not _only_limits(event) or any(getattr(standing, name) != getattr(event, name) for name in LIMITS):
        raise errors.ChangedSince(_("The merchant"), last_author(Merchant, merchant))
    for name in LIMITS:
        setattr(standing, name, event.pgh_before.get(name))
    standing.save(update_fields=sorted(LIMITS))
    return 1


def _only_limits(event: Any) -> bool:
    changed = _changed(event)
    return bool(changed) and changed <= LIMITS


def _changed(event: Any) -> set[str]:
    return {name for name, value in (event.pgh_before or {}).items() if value != getattr(event, name)}


def _name(event: Any) -> str:
    return str(Game.objects.values_list("name", flat=True).get(pk=event.game_id))


def last_author(thing: type[Model], merchant: Merchant, *, of: Collection[str] = (), **which: Any) -> str:
    """Return who last changed one of the fields `of`, or any field, among the newest changes; "" when unknown."""
    newest = rows(thing, merchant).filter(**which).order_by("-pgh_created_at")[:LOOKED_AT]
    found = next((event for event in newest if not of or _changed(event) & set(of)), None)
    return history.author_name(history.trusted_context(found.pgh_context, found.pgh_role)) if found else ""
