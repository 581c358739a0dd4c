"""History: who changed what, when, from where and why. Triggers write the events (merchants.models.audit).

This module states who acts (`act_as`) and why (`give_reason`), and reads timelines. A change outside these blocks is
still recorded, and is shown as made directly in the database.
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
from django.db.models import BigIntegerField, Count, Exists, F, Max, Min, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _

from merchants import author_proofs
from merchants.models import ApiKey, Game, Membership, Merchant, Person, Player
from merchants.models.audit import attach_context, tracked_columns
from merchants.services import history_sentences
from merchants.services.history_sentences import KINDS, Event, FieldChange, HistoryText, Proof
from merchants.services.typed_text import check_no_secret

EVENTS_AN_ENTRY = 4  # read at once for each entry that is shown; a rotation makes two or three
EVENTS_OF_A_THING = 400
MOST_SINCE = 5_000  # events that are taken back, from today to a moment
MOST_CROWDS = 5  # on a page; each takes two queries
ONE_BREATH = timedelta(minutes=5)  # longer than any of our transactions
TALLY = {"pgh_number": Count("pk"), "pgh_first": Min("pgh_created_at"), "pgh_last": Max("pgh_created_at")}
LINKS = {Proof.INVITATION, Proof.RESET, Proof.UNSUBSCRIBE}
IN_THE_DATABASE = "Directly in the database"
SUBJECTS: dict[type[Model], str] = {
    Merchant: "merchant",
    ApiKey: "key",
    Player: "player",
    Game: "game",
    Person: "person",
}


def register(subjects: Mapping[type[Model], str]) -> None:
    """Add models of another app that have a timeline, each with the scope that finds its events."""
    SUBJECTS.update(subjects)


# --- who and why ------------------------------------------------------------------------------------------------------
@contextmanager
def act_as(*, door: str, person: Person | None = None, address: str = "", **beside: str) -> Iterator[None]:
    """Attribute the changes in this block to the person and the door: a page, a command or a job. Blocks can be
    nested.
    """
    who: dict[str, Any] = {"person": person.pk, "who": person.email, "role": person.staff_role} if person else {}
    with attach_context(door=door, address=address, **who, **beside):
        yield


@contextmanager
def act_by_timetable() -> Iterator[None]:
    """Attribute the changes in this block to no person: they follow from the time, whichever request notices it."""
    with attach_context(role="", who="", person=None, address="", door="timetable"):
        yield


def acting_context() -> dict[str, Any]:
    """Return what is known now of who acts, by which door and why; empty outside `act_as`."""
    with pghistory.context() as current:
        return {name: known for name, known in current.metadata.items() if name != author_proofs.FIELD}


@contextmanager
def give_reason(reason: str) -> Iterator[None]:
    """Attach the reason to the changes in this block. Raises SecretInText."""
    check_no_secret(reason, many_lines=True)
    with attach_context(reason=reason):
        yield


@contextmanager
def act_by_proof(proof: Proof, *, email: str, person: Person | None = None) -> Iterator[None]:
    """Changes in this block are of the person who proved to be this one without a session, for example by a link."""
    with attach_context(proof=proof.value, who=email, person=person.pk if person else None, role=""):
        yield


# --- the timeline -----------------------------------------------------------------------------------------------------
class Dated(Protocol):
    """An item that a timeline can contain."""

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """The changes of one person or job in one transaction. `since`: the moment of the first change."""

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
    person_id: int | None = None
    merchant_id: int | None = None

    @property
    def sentence(self) -> str:
        """The title with the reason that its author gave."""
        if not self.reason:
            return self.title
        return _("%(title)s, because “%(reason)s”") % {"title": self.title, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedFilter:
    """All changes that the history keeps, narrowed: by author, merchant and time."""

    person: int | None = None
    merchant: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def rows(self, event_model: Any) -> QuerySet[Any] | None:
        """Return the events of one table; None when they belong to no merchant and one is asked for."""
        rows: QuerySet[Any] = QuerySet(event_model)
        if self.merchant is not None:
            if "merchant" not in event_model.pgh_scopes:
                return None
            rows = rows.filter(**{event_model.pgh_scopes["merchant"]: self.merchant})
        if self.person is not None:
            rows = rows.alias(deed_author=KT("pgh_context__person")).filter(deed_author=str(self.person))
        if self.since is not None:
            rows = rows.filter(pgh_created_at__gte=self.since)
        return rows if self.until is None else rows.filter(pgh_created_at__lt=self.until)


Subject = Model | DeedFilter


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of a timeline. `older` and `newer`: the moments where the neighbouring pages begin; None at an end."""

    entries: list[TimelineEntry]
    older: datetime | None = None
    newer: datetime | None = None


def timeline(of: Model, *, before: datetime | None = None, kind: str = "", limit: int = 50) -> list[TimelineEntry]:
    """Return the changes of a merchant, key, player, game or person, newest first, in one query."""
    return timeline_page(of, before=before, kind=kind, limit=limit).entries


def timeline_page(
    of: Subject, *, before: datetime | None = None, after: datetime | None = None, kind: str = "", limit: int = 50
) -> EntryPage:
    """Return at most `limit` entries before or after a moment, newest first, with the edges of the neighbouring
    pages.
    """
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
    """Return several timelines, each newest first, as one of at most `limit` entries."""
    return list(islice(merge(*timelines, key=lambda entry: entry.at, reverse=True), limit))


def _things(kind: str) -> list[str]:
    """Return the tables of a kind, all of them, or the one table that `kind` names."""
    return [name for name, thing in history_sentences.THINGS.items() if kind in {"", thing.kind, name}]


def _events(
    of: Subject,
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
    "player": lambda: Player.objects.filter(pk=OuterRef("player_id")).values("player_id")[:1],
}
COLUMNS = (
    "thing", "pgh_obj_id", "pgh_label", "pgh_created_at", "pgh_transaction", "pgh_context_id", "pgh_context",
    "pgh_before", "pgh_after", "named", "of_merchant", "pgh_role",
)  # fmt: skip


def _event(*row: Any) -> Event:
    *columns, role = row
    event = Event(*columns)
    return event._replace(context=trusted_context(event.context, role))


def trusted_context(context: dict[str, Any] | None, role: str | None) -> dict[str, Any] | None:
    """Return the author that an event names; for an event of another database role, only this role.

    Another role than the portal's could claim any author. `role` is None in events from before roles were recorded.
    """
    if role in {None, settings.APPLICATION_ROLE}:
        return context
    return {"who": f"{IN_THE_DATABASE} (role {role})"}


def _rows(of: Subject, thing: str) -> QuerySet[Any, Any] | None:
    """Return the events of one table about `of`; None when the table has no such events."""
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
        of_merchant=F(event_model.pgh_scopes["merchant"])
        if "merchant" in event_model.pgh_scopes
        else Cast(Value(None), BigIntegerField()),
    ).values_list(*COLUMNS)
    return found


def _plain_rows(of: Subject, thing: str) -> QuerySet[Any] | None:
    event_model: Any = history_sentences.model_of(thing).pgh_event_model
    if isinstance(of, DeedFilter):
        return of.rows(event_model)
    subject = SUBJECTS[of.__class__]
    rows: QuerySet[Any] = QuerySet(event_model)
    if subject in event_model.pgh_scopes:
        return rows.filter(**{event_model.pgh_scopes[subject]: of.pk})
    return _of_members(rows, of) if subject == "merchant" and thing == "Person" else None


def _of_members(rows: QuerySet[Any], merchant: Model) -> QuerySet[Any]:
    """Return the events of a merchant's people from the start of each membership."""
    members = Membership.objects.filter(merchant=merchant.pk)
    already = members.filter(person=OuterRef("pgh_obj_id"), created_at__lte=OuterRef("pgh_created_at"))
    return rows.filter(Exists(already), pgh_obj__in=members.values("person"))


def events(*about: tuple[Model, str, dict[str, Any]], each: int = EVENTS_OF_A_THING) -> list[Event]:
    """Return the newest events of some tables, newest first, in one query.

    `about`: the object (merchant, key …), the table, and filters for its rows. `each`: the limit for each of them.
    """
    arms = [
        rows.filter(**which).order_by("-pgh_created_at")[:each]
        for of, thing, which in about
        for rows in [_rows(of, thing)]
        if rows is not None
    ]
    found = arms[0].union(*arms[1:], all=True).order_by("-pgh_created_at") if arms[1:] else arms[0]
    return [_event(*row) for row in found]


def entries_since(moment: datetime, *about: tuple[Model, str, dict[str, Any]]) -> list[TimelineEntry]:
    """Return the entries after a moment, newest first. `about` as for `events`; tables without events are skipped."""
    known = [
        (of, thing, which | {"pgh_created_at__gt": moment})
        for of, thing, which in about
        if thing in history_sentences.THINGS and _plain_rows(of, thing) is not None
    ]
    return [_entry(group) for group in _groups(events(*known))] if known else []


def events_since(moment: datetime, *about: tuple[Model, str, dict[str, Any]]) -> list[Event] | None:
    """Return all events after a moment and the newest before it, newest first, in one query. They show an earlier
    state.

    None when more than MOST_SINCE events came after it, because a part of them would show a wrong state.
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
    """One entry for a change of more rows than are read one by one, such as a file of 10,000 players."""

    group: Mapping[str, Any]
    entry: TimelineEntry


def written_together(transaction: int, context_id: Any, at: datetime) -> dict[str, Any]:
    """Return the filter for the events of one transaction and context, around the moment `at`."""
    return {
        "pgh_transaction": transaction,
        "pgh_context_id": context_id,
        "pgh_created_at__range": (at - ONE_BREATH, at + ONE_BREATH),
    }


def title_of_all(of: Model, thing: str, event: Event) -> str:
    """Return the title for all events of one table that were written together with this one."""
    return _crowd(of, event, [thing]).entry.title


def _crowd(of: Subject, event: Event, things: Sequence[str]) -> Crowd:
    """Return the entry for all events that were written together with this one, in one query."""
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
    return Crowd(group, _told(told, event.context, since=first, at=last, merchant_id=event.merchant_id))


def _whole_groups(events: list[Event], limit: int, *, more: bool) -> list[Event]:
    """Return the events up to the end of a page. A page ends between transactions, unless one transaction fills it."""
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
    merchants = {event.merchant_id for event in events if event.merchant_id}
    return _told(
        history_sentences.describe_transaction(events),
        events[-1].context,
        since=events[0].at,
        at=events[-1].at,
        merchant_id=merchants.pop() if len(merchants) == 1 else None,
    )


def _told(
    told: HistoryText, context: dict[str, Any] | None, *, since: datetime, at: datetime, merchant_id: int | None
) -> TimelineEntry:
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
        person_id=known.get("person"),
        merchant_id=merchant_id,
    )


def author_name(context: dict[str, Any] | None) -> str:
    """Return the name of the author for people; without a context, that the change was made directly in the
    database.
    """
    if context is None:
        return IN_THE_DATABASE
    who: str = context.get("who") or ""
    if context.get("proof") in LINKS:
        return _("%(person)s, by a link from an email") % {"person": who}
    return who or (_("A person who is not signed in") if context.get("address") else _("The portal"))


__all__ = [
    "KINDS",
    "SUBJECTS",
    "DeedFilter",
    "EntryPage",
    "FieldChange",
    "Proof",
    "TimelineEntry",
    "act_as",
    "act_by_proof",
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
