"""Takes back what was done to players, games and limits, as long as nobody has changed it again.

The history knows what stood there before (merchants.models.audit): what is undone is one of its events, with all that
were written in the same breath. To undo is a change like any other, and can be undone too.
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
    """`number`: of one of its events."""

    number: int
    title: str
    who: str
    at: datetime
    reason: str = ""


def rows(thing: type[Model], merchant: Merchant) -> Any:
    """The events of players, games or limits of a merchant."""
    model: Any = thing
    event_model = model.pgh_event_model
    return event_model.objects.filter(**{event_model.pgh_scopes["merchant"]: merchant.pk})


def last_change(thing: type[Model], merchant: Merchant, **which: Any) -> UndoableChange | None:
    """The newest change, while it can be undone. `which`: of one player only, then without the others."""
    since = clock.now() - UNDONE_WITHIN
    event = rows(thing, merchant).filter(pgh_created_at__gt=since, **which).order_by("-pgh_created_at").first()
    if event is None or (thing is Merchant and not _only_limits(event)):
        return None
    alone = {"pgh_id": event.pgh_id} if which else _breath(event)
    title, context = _title(thing, merchant, alone), history.trusted_context(event.pgh_context, event.pgh_role)
    reason = (context or {}).get("reason", "")
    return UndoableChange(event.pgh_id, title, history.author_name(context), event.pgh_created_at, reason)


def _title(thing: type[Model], merchant: Merchant, which: dict[str, Any]) -> str:
    """Of all that goes back by one click."""
    read = history.events((merchant, thing.__name__, which))
    if len(read) == history.EVENTS_OF_A_THING:
        return history.title_of_all(merchant, thing.__name__, read[0])
    return history_sentences.describe_transaction(read[::-1]).title


def find_event(thing: type[Model], merchant: Merchant, number: int) -> Any | None:
    """The event with this number, when it is this merchant's."""
    return rows(thing, merchant).filter(pgh_id=number).first()


def _breath(event: Any) -> dict[str, Any]:
    return history.written_together(event.pgh_transaction, event.pgh_context_id, event.pgh_created_at)


def _with_it(thing: type[Model], merchant: Merchant, event: Any, *, alone: bool) -> list[Any]:
    """What is undone together. Raises TooLateToUndo."""
    if event.pgh_created_at <= clock.now() - UNDONE_WITHIN:
        raise errors.TooLateToUndo(int(UNDONE_WITHIN.total_seconds()) // 3600)
    return [event] if alone else list(rows(thing, merchant).filter(**_breath(event)))


# --- Verbs ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def undo_players(*, merchant: Merchant, event: Any, alone: bool = False) -> int:
    """How many are as they were. Raises TooLateToUndo and ChangedSince."""
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
    """What an older event does not know was empty."""
    left: list[Any] = [values.get(name) for name in Setting._fields]
    return Setting(*left)


@transaction.atomic
def undo_games(*, merchant: Merchant, event: Any) -> int:
    """Raises TooLateToUndo and ChangedSince."""
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
    """The merchant's own. Raises TooLateToUndo and ChangedSince."""
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
    """Who changed it last. `of`: one of these fields, among the newest changes."""
    newest = rows(thing, merchant).filter(**which).order_by("-pgh_created_at")[:LOOKED_AT]
    found = next((event for event in newest if not of or _changed(event) & set(of)), None)
    return history.author_name(history.trusted_context(found.pgh_context, found.pgh_role)) if found else ""
