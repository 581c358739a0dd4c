"""Who changed what, when, from where and why: triggers keep it (merchants.models.audit), this says who acts, and reads.

A change is attached to what `acting` and `because` know while it is written. Without them it is still kept, and shown
as made directly in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any, Protocol

import pghistory
from django.conf import settings
from django.db.models import Count, Exists, F, Max, Min, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from merchants.models import ApiKey, Game, Membership, Merchant, Person, Player
from merchants.models.audit import tracked_columns
from merchants.services import history_sentences
from merchants.services.history_sentences import KINDS, Event, FieldChange, HistoryText
from merchants.services.typed_text import check_no_secret

EVENTS_AN_ENTRY = 4  # read at once for each entry that is shown; a rotation makes two or three
EVENTS_OF_A_THING = 400
MOST_SINCE = 5_000  # events that are taken back, from today to a moment
MOST_CROWDS = 5  # on a page; each takes two queries
ONE_BREATH = timedelta(minutes=5)  # longer than any of our transactions
TALLY = {"pgh_number": Count("pk"), "pgh_first": Min("pgh_created_at"), "pgh_last": Max("pgh_created_at")}
IN_THE_DATABASE = "Directly in the database"
SUBJECTS: dict[type[Model], str] = {
    Merchant: "merchant",
    ApiKey: "key",
    Player: "player",
    Game: "game",
    Person: "person",
}


def register(subjects: Mapping[type[Model], str]) -> None:
    """Add models of another app that have a timeline, each with the scope that its events are found by."""
    SUBJECTS.update(subjects)


# --- who and why ------------------------------------------------------------------------------------------------------
@contextmanager
def act_as(*, door: str, person: Person | None = None, address: str = "", **beside: str) -> Iterator[None]:
    """Changes in this block are the person's, by this door: a page, a command, a job. Blocks may stand in others."""
    who = {"person": person.pk, "who": person.email, "role": person.staff_role} if person else {}
    with _attached({"door": door, "address": address, **who, **beside}):
        yield


@contextmanager
def act_by_timetable() -> Iterator[None]:
    """Changes in this block are nobody's wish: a time has come, whoever's request happens to notice it."""
    with _attached({"role": ""}):
        yield


def acting_context() -> dict[str, Any]:
    """Return what is known now of who acts, by which door and why; empty outside `act_as`."""
    with pghistory.context() as current:
        return dict(current.metadata)


@contextmanager
def give_reason(reason: str) -> Iterator[None]:
    """Changes in this block have this reason. Raises SecretInText."""
    check_no_secret(reason, many_lines=True)
    with _attached({"reason": reason}):
        yield


@contextmanager
def _attached(known: dict[str, Any]) -> Iterator[None]:
    with pghistory.context() as current:
        before = dict(current.metadata)
        current.metadata.update(known)
        try:
            yield
        finally:
            current.metadata.clear()
            current.metadata.update(before)


# --- the timeline -----------------------------------------------------------------------------------------------------
class Dated(Protocol):
    """What can stand in a timeline."""

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """What one person or job did in one transaction."""

    at: datetime
    title: str
    kind: str
    icon: str
    since: datetime  # of its first change; the page of older ones ends before it
    who: str = ""
    role: str = ""
    address: str = ""
    door: str = ""
    reason: str = ""
    changes: Sequence[FieldChange] = ()
    url_name: str = ""
    url_id: int | None = None


@dataclass(frozen=True, slots=True)
class EntryPage:
    entries: list[TimelineEntry]
    older: datetime | None = None
    newer: datetime | None = None


def timeline(of: Model, *, before: datetime | None = None, kind: str = "", limit: int = 50) -> list[TimelineEntry]:
    """What was changed about a merchant, or a key, player, game or person; newest first, in one query."""
    return timeline_page(of, before=before, kind=kind, limit=limit).entries


def timeline_page(
    of: Model, *, before: datetime | None = None, after: datetime | None = None, kind: str = "", limit: int = 50
) -> EntryPage:
    """As many entries as a page holds, those before or after a moment, and where the pages beside it begin."""
    read, crowds = limit * EVENTS_AN_ENTRY + 1, list[Crowd]()
    events = _events(of, kind, before=before, after=after, limit=read)
    while len(events) == read and len({event.group for event in events}) == 1 and len(crowds) < MOST_CROWDS:
        crowds.append(_crowd(of, events[0], _things(kind)))
        events = _events(of, kind, before=before, after=after, limit=read, without=crowds)
    shown = _whole_groups(events, limit, more=len(events) == read)
    beyond, shown = len(shown) < len(events), shown if after is None else shown[::-1]
    single = [_entry(group) for group in _groups(shown)]
    entries = sorted([*single, *(each.entry for each in crowds)], key=lambda entry: entry.at, reverse=True)
    if not entries:
        return EntryPage([])
    older, newer = min(entry.since for entry in entries), max(entry.at for entry in entries)
    edge = single or entries  # what was done while a crowd was written is on no other page
    if after is not None:
        return EntryPage(entries, older, max(entry.at for entry in edge) if beyond else None)
    return EntryPage(entries, min(entry.since for entry in edge) if beyond else None, newer if before else None)


def merge_newest_first[T: Dated](*timelines: Iterable[T], limit: int = 50) -> list[T]:
    """Several, each newest first, in one."""
    return list(islice(merge(*timelines, key=lambda entry: entry.at, reverse=True), limit))


def _things(kind: str) -> list[str]:
    return [name for name, thing in history_sentences.THINGS.items() if kind in {"", thing.kind}]


def _events(
    of: Model,
    kind: str,
    *,
    before: datetime | None,
    after: datetime | None,
    limit: int,
    without: Sequence[Crowd] = (),
) -> list[Event]:
    order = "-pgh_created_at" if after is None else "pgh_created_at"
    between: dict[str, Any] = {"pgh_created_at__lt": before} if before else {}
    if after is not None:
        between["pgh_created_at__gt"] = after
    others = ~Q(*(Q(**each.group) for each in without), _connector=Q.OR) if without else Q()
    arms = [
        rows.filter(others, **between).order_by(order)[:limit]
        for thing in _things(kind)
        for rows in [_rows(of, thing)]
        if rows is not None
    ]
    if not arms:
        return []
    found = arms[0].union(*arms[1:], all=True).order_by(order)[:limit] if arms[1:] else arms[0]
    return [_event(*row) for row in found]


NAMES: dict[str, Callable[[], Any]] = {
    "key": lambda: ApiKey.objects.filter(pk=OuterRef("key_id")).values("auth_key")[:1],
    "game": lambda: Game.objects.filter(pk=OuterRef("game_id")).values("name")[:1],
    "person": lambda: Person.objects.filter(pk=OuterRef("person_id")).values("email")[:1],
    "owner": lambda: Person.objects.filter(pk=OuterRef("owner_id")).values("email")[:1],
}
COLUMNS = (
    "thing", "pgh_obj_id", "pgh_label", "pgh_created_at", "pgh_transaction", "pgh_context_id", "pgh_context",
    "pgh_before", "pgh_after", "named", "pgh_role",
)  # fmt: skip


def _event(*row: Any) -> Event:
    *columns, role = row
    event = Event(*columns)
    return event._replace(context=trusted_context(event.context, role))


def trusted_context(context: dict[str, Any] | None, role: str | None) -> dict[str, Any] | None:
    """Return what an event says of its author, unless another role than the portal's wrote it: that could say anything.

    `role` is None in events from before it was kept.
    """
    if role in {None, settings.APPLICATION_ROLE}:
        return context
    return {"who": f"{IN_THE_DATABASE} (role {role})"}


def _rows(of: Model, thing: str) -> QuerySet[Any, Any] | None:
    """The events of one table about `of`; None when the table has none about such things."""
    event_model: Any = history_sentences.model_of(thing).pgh_event_model
    rows = _plain_rows(of, thing)
    if rows is None:
        return None
    references = {column.name for column in event_model._meta.concrete_fields if column.is_relation}  # noqa: SLF001
    name = next((name for subject, name in NAMES.items() if subject in references), None)
    found: QuerySet[Any, Any] = rows.annotate(
        thing=Value(thing),
        pgh_after=JSONObject(**{column: F(column) for column in tracked_columns(event_model)}),
        named=Subquery(name()) if name else Value(""),
    ).values_list(*COLUMNS)
    return found


def _plain_rows(of: Model, thing: str) -> QuerySet[Any] | None:
    event_model: Any = history_sentences.model_of(thing).pgh_event_model
    subject = SUBJECTS[of.__class__]
    rows: QuerySet[Any] = QuerySet(event_model)
    if subject in event_model.pgh_scopes:
        return rows.filter(**{event_model.pgh_scopes[subject]: of.pk})
    return _of_members(rows, of) if subject == "merchant" and thing == "Person" else None


def _of_members(rows: QuerySet[Any], merchant: Model) -> QuerySet[Any]:
    """A merchant is told what becomes of its people, and nothing of the time before they were its people."""
    members = Membership.objects.filter(merchant=merchant.pk)
    already = members.filter(person=OuterRef("pgh_obj_id"), created_at__lte=OuterRef("pgh_created_at"))
    return rows.filter(Exists(already), pgh_obj__in=members.values("person"))


def events(*about: tuple[Model, str, dict[str, Any]], each: int = EVENTS_OF_A_THING) -> list[Event]:
    """The newest events of some tables in one query, newest first: of a merchant, key …, of which table, and which."""
    arms = [
        rows.filter(**which).order_by("-pgh_created_at")[:each]
        for of, thing, which in about
        for rows in [_rows(of, thing)]
        if rows is not None
    ]
    found = arms[0].union(*arms[1:], all=True).order_by("-pgh_created_at") if arms[1:] else arms[0]
    return [_event(*row) for row in found]


def entries_since(moment: datetime, *about: tuple[Model, str, dict[str, Any]]) -> list[TimelineEntry]:
    """Return what was done after a moment, newest first: of a merchant, key …, of which tables, and which rows."""
    known = [
        (of, thing, which | {"pgh_created_at__gt": moment})
        for of, thing, which in about
        if thing in history_sentences.THINGS and _plain_rows(of, thing) is not None
    ]
    return [_entry(group) for group in _groups(events(*known))] if known else []


def events_since(moment: datetime, *about: tuple[Model, str, dict[str, Any]]) -> list[Event] | None:
    """What tells how things stood at a moment: all events after it, the newest before it; newest first, in one query.

    None where more than MOST_SINCE came after it: from a part of them nobody can tell.
    """
    arms = [
        arm
        for of, thing, which in about
        for rows in [_rows(of, thing)]
        if rows is not None
        for newest in [rows.filter(**which).order_by("-pgh_created_at")]
        for arm in (
            newest.filter(pgh_created_at__gt=moment)[: MOST_SINCE + 1],
            newest.filter(pgh_created_at__lte=moment)[:EVENTS_OF_A_THING],
        )
    ]
    found = [_event(*row) for row in arms[0].union(*arms[1:], all=True).order_by("-pgh_created_at")]
    return found if sum(event.at > moment for event in found) <= MOST_SINCE else None


# --- a crowd ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Crowd:
    """One entry for what was done together to more things than are read one by one: a file of 10,000 players."""

    group: Mapping[str, Any]
    entry: TimelineEntry


def written_together(transaction: int, context_id: Any, at: datetime) -> dict[str, Any]:
    """Which events were written with one of then."""
    return {
        "pgh_transaction": transaction,
        "pgh_context_id": context_id,
        "pgh_created_at__range": (at - ONE_BREATH, at + ONE_BREATH),
    }


def title_of_all(of: Model, thing: str, event: Event) -> str:
    """Of all events of one table that were written with this one."""
    return _crowd(of, event, [thing]).entry.title


def _crowd(of: Model, event: Event, things: Sequence[str]) -> Crowd:
    """In one query."""
    group = written_together(event.transaction, event.context_id, event.at)
    arms = [
        rows.filter(**group)
        .values(pgh_thing=Value(thing), pgh_verb=history_sentences.verb_of(thing))
        .annotate(**TALLY)
        .values_list("pgh_thing", "pgh_verb", *TALLY)
        .order_by()
        for thing in things
        for rows in [_plain_rows(of, thing)]
        if rows is not None
    ]
    found = list(arms[0].union(*arms[1:], all=True) if arms[1:] else arms[0])
    told = history_sentences.describe_counts([(name, verb, number) for name, verb, number, _, _ in found])
    first, last = min(first for *_, first, _ in found), max(last for *_, last in found)
    return Crowd(group, _told(told, event.context, since=first, at=last))


def _whole_groups(events: list[Event], limit: int, *, more: bool) -> list[Event]:
    """Cut where a page ends: not within what was done together, unless that alone fills the page."""
    begun: dict[Any, int] = {}
    for number, event in enumerate(events):
        if event.group not in begun:
            if len(begun) == limit:
                return events[:number]
            begun[event.group] = number
    if more and len(begun) > 1:
        return events[: max(begun.values())]
    return events[:-1] if more else events


def _groups(events: list[Event]) -> list[list[Event]]:
    groups: dict[Any, list[Event]] = {}
    for event in events:
        groups.setdefault(event.group, []).append(event)
    return list(groups.values())


def _entry(newest_first: list[Event]) -> TimelineEntry:
    events = newest_first[::-1]
    return _told(
        history_sentences.describe_transaction(events), events[-1].context, since=events[0].at, at=events[-1].at
    )


def _told(told: HistoryText, context: dict[str, Any] | None, *, since: datetime, at: datetime) -> TimelineEntry:
    known = context or {}
    return TimelineEntry(
        at=at,
        since=since,
        title=told.title,
        kind=told.kind,
        icon=told.icon,
        who=author_name(context),
        role=known.get("role", ""),
        address=known.get("address", ""),
        door=known.get("door", ""),
        reason=known.get("reason", ""),
        changes=told.changes,
        url_name=told.url_name,
        url_id=told.url_id,
    )


def author_name(context: dict[str, Any] | None) -> str:
    if context is None:
        return IN_THE_DATABASE
    return context.get("who") or (_("A person who is not signed in") if context.get("address") else _("The portal"))


__all__ = [
    "KINDS",
    "SUBJECTS",
    "EntryPage",
    "FieldChange",
    "TimelineEntry",
    "act_as",
    "act_by_timetable",
    "acting_context",
    "author_name",
    "events",
    "events_since",
    "give_reason",
    "merge_newest_first",
    "register",
    "timeline",
    "timeline_page",
    "title_of_all",
    "trusted_context",
    "written_together",
]
