"""What the events of one transaction say to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models as fields

from merchants import models
from merchants.errors import moment_text
from portal.lib import money

KINDS = {"keys": "Keys", "lists": "Lists", "flags": "Flags and limits", "people": "People", "downloads": "Downloads"}
AMOUNTS = {"max_stake"}  # columns that are shown as money
BY_CURRENCY = {"max_stake_by_currency"}
NOTHING = "–"
SPELLED_OUT = 3  # more of a kind are counted
SHOWN_OF_A_KEY = 20  # its kind and the first signs of what is its own


class Event(NamedTuple):
    """One row of an event table."""

    thing: str
    pk: int
    label: str
    at: datetime
    transaction: int
    context_id: UUID | None
    context: dict[str, Any] | None
    old: dict[str, Any] | None
    row: dict[str, Any]
    name: str | None

    @property
    def group(self) -> tuple[int, UUID | None]:
        return self.transaction, self.context_id

    def new_value(self, column: str) -> Any:
        """The new value of a column that has changed, else None."""
        return self.row[column] if self.old is not None and self.old[column] != self.row[column] else None

    def changed(self) -> Iterator[tuple[str, Any, Any]]:
        """Column, before, after."""
        old = self.row if self.label == "delete" else self.old or {}
        new = {} if self.label == "delete" else self.row
        for column in self.row:
            if old.get(column) != new.get(column):
                yield column, old.get(column), new.get(column)


class FieldChange(NamedTuple):
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryText:
    title: str
    kind: str
    icon: str
    changes: tuple[FieldChange, ...]
    url_name: str
    url_id: int | None


@dataclass(frozen=True, slots=True)
class Thing:
    kind: str
    icon: str
    say: Callable[[list[Event], list[Event]], list[str]]  # its events, and all of the transaction
    opens: tuple[str, str] = ("", "")  # admin page, and the column that says whose
    many: str = ""  # the noun, where it is not the table's
    verbs: Mapping[str, fields.Q] = field(default_factory=dict)  # what counts apart; the rest is as VERBS has it


def describe_transaction(events: list[Event]) -> HistoryText:
    """Of one transaction, in the order in which they happened."""
    titles: list[str] = []
    chief = next(name for name in THINGS if any(event.thing == name for event in events))
    for name, thing in THINGS.items():
        own = [event for event in events if event.thing == name]
        titles += thing.say(own, events) if own else []
    head = next(event for event in events if event.thing == chief)
    thing = THINGS[chief]
    page, column = thing.opens
    rest = f", and {len(titles) - SPELLED_OUT} more" if len(titles) > SPELLED_OUT else ""
    return HistoryText(
        title="; ".join(titles[:SPELLED_OUT]) + rest or "Changed",
        kind=thing.kind,
        icon=thing.icon,
        changes=tuple(_changes(events)),
        url_name=f"admin:merchants_{page}_change" if page else "",
        url_id=(head.row.get(column) if column else head.pk) if page else None,
    )


# --- a crowd ----------------------------------------------------------------------------------------------------------
VERBS = {"insert": "added", "delete": "removed"}


def verb_of(thing: str) -> fields.Case:
    """Of an event, in SQL."""
    usual = {verb: fields.Q(pgh_label=label) for label, verb in VERBS.items()}
    cases = (dict(THINGS[thing].verbs) | usual).items()
    return fields.Case(
        *(fields.When(condition, then=fields.Value(verb)) for verb, condition in cases), default=fields.Value("changed")
    )


def describe_counts(counts: Sequence[tuple[str, str, int]]) -> HistoryText:
    """Of more events than are read: table, verb, how many. “10,000 players: 9,990 blocked, 10 changed”"""
    names = [name for name in THINGS if any(name == each for each, _, _ in counts)]
    titles = [_counted(name, [(verb, number) for each, verb, number in counts if each == name]) for name in names]
    chief = THINGS[names[0]]
    return HistoryText("; ".join(titles), chief.kind, chief.icon, (), "", None)


def _counted(name: str, counts: list[tuple[str, int]]) -> str:
    total, most_first = sum(number for _, number in counts), sorted(counts, key=lambda each: -each[1])
    meta = model_of(name)._meta  # noqa: SLF001
    noun = meta.verbose_name if total == 1 else THINGS[name].many or meta.verbose_name_plural
    what = [verb if len(counts) == 1 else f"{number:,} {verb}" for verb, number in most_first]
    return f"{total:,} {noun}: {', '.join(what)}"


# --- before and after -------------------------------------------------------------------------------------------------
def _changes(events: list[Event]) -> Iterator[FieldChange]:
    several = len({(event.thing, event.pk) for event in events}) > 1
    for event in events:
        model = model_of(event.thing)
        changed = {column: (before, after) for column, before, after in event.changed()}
        for kept in model._meta.concrete_fields:  # noqa: SLF001
            if kept.column in changed and not kept.is_relation:  # the title tells these
                currency = str(event.row.get("currency") or "")
                label = kept.verbose_name[:1].upper() + kept.verbose_name[1:]
                whose = f"{_whose(event)}: {label.lower()}" if several else label
                yield FieldChange(whose, *(_shown(kept, value, currency) for value in changed[kept.column]))


def _whose(event: Event) -> str:
    if event.thing == "Secret":
        return f"Version {event.row['version']}"
    model = model_of(event.thing)
    noun = str(model._meta.verbose_name)  # noqa: SLF001
    return noun[:1].upper() + noun[1:]


def _shown(kept: fields.Field[Any, Any], value: Any, currency: str) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(kept, fields.DateTimeField):
        return _moment(value)
    if isinstance(kept, fields.IntegerField):
        return (
            money.format_amount(value, currency)
            if kept.name in AMOUNTS
            else str(dict(kept.flatchoices).get(value, value))
        )
    return _said(kept.name, value) if isinstance(value, dict) else str(value)


def _said(column: str, value: dict[str, Any]) -> str:
    if column in BY_CURRENCY:
        return money.format_amounts(value)
    return ", ".join(f"{name.replace('_', ' ')} {item}" for name, item in value.items() if item is not None) or NOTHING


def _moment(text: str) -> str:
    return moment_text(datetime.fromisoformat(text))


# --- keys -------------------------------------------------------------------------------------------------------------
def _short(auth_key: str | None) -> str:
    return f"{auth_key[:SHOWN_OF_A_KEY]}…" if auth_key else "a key"


def _says_key(events: list[Event], everything: list[Event]) -> list[str]:
    return [sentence for event in events if (sentence := _key(event))]


def _key(event: Event) -> str:
    key = f"Key {_short(event.row['auth_key'])}"
    if event.label == "insert":
        return f"{key} issued ({event.row['environment']})"
    if event.new_value("merchant_id"):
        return f"{key} moved to the sandbox"
    status = event.new_value("status")
    if status:
        return f"{key} {'in use again' if status == 'active' else status}"
    return f"{key}: {fields_of(event)}"


def _says_secret(events: list[Event], everything: list[Event]) -> list[str]:
    new = next((event for event in events if event.label == "insert"), None)
    old = [event for event in events if event.label == "update"]
    if new is not None:
        return [_secret(event) for event in old] if new.row["version"] == 1 else [_taken_over(new, old)]
    if any(event.thing == "ApiKey" and event.new_value("status") == "revoked" for event in everything):
        return []
    return [_secret(event) for event in old]


def _taken_over(new: Event, old: list[Event]) -> str:
    began = f"version {new.row['version']} took over"
    revoked = _versions([event for event in old if event.new_value("revoked_at")])
    if revoked:
        return f"Secret of {_short(new.name)} replaced at once: {began}, {revoked} revoked"
    usable = [
        f", version {event.row['version']} usable until {_moment(until)}"
        for event in old
        if (until := event.new_value("usable_until"))
    ]
    return f"Secret of {_short(new.name)} rotated: {began}{''.join(usable)}"


def _versions(events: list[Event]) -> str:
    numbers = ", ".join(str(event.row["version"]) for event in events)
    return f"version{'s' if len(events) > 1 else ''} {numbers}" if events else ""


def _secret(event: Event) -> str:
    version = f"Version {event.row['version']} of {_short(event.name)}"
    if event.new_value("revoked_at"):
        return f"{version} revoked"
    until = event.new_value("usable_until")
    if until:
        ends = datetime.fromisoformat(until)
        return f"{version} ended" if ends <= event.at else f"{version} usable until {moment_text(ends)}"
    hours = event.new_value("quiet_hours")
    if hours:
        return f"{version} ends automatically after {hours} hours without use"
    return f"{version}: {fields_of(event)}"


RESPONSES = {"rotate": "rotated with an overlap", "quarantine": "quarantined", "revoke": "revoked at once"}


def _says_compromise(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        f"Leak of {_short(event.name)} declared: {RESPONSES.get(event.row['response'], '')}"
        if event.label == "insert"
        else f"Case of {_short(event.name)} {'closed' if event.new_value('closed_at') else 'changed'}"
        for event in events
    ]


def _says_approval(events: list[Event], everything: list[Event]) -> list[str]:
    return [f"{_wish(event)} {'asked for' if event.label == 'insert' else event.row['state']}" for event in events]


def _wish(event: Event) -> str:
    key = _short(event.name)
    return {
        "issue": "New key",
        "rotate": f"Rotation of {key}",
        "revoke": f"Revocation of {key}",
        "status": f"Status “{event.row['wish'].get('status', '')}”",
        "networks": "Change of the IP allowlist",
        "domains": "Change of the domain allowlist",
        "rule_off": "End of the two-person rule",
        "limit": "Higher write-off limit",
    }.get(event.row["verb"], "Change")


def _says_claim(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        f"Claim link for version {event.row['version']} of {_short(event.name)} {_claimed(event)}" for event in events
    ]


def _claimed(event: Event) -> str:
    if event.new_value("claimed_at"):
        return "used: the secret was shown to an owner"
    return "withdrawn" if event.new_value("withdrawn_at") else "sent to the owners"


# --- lists ------------------------------------------------------------------------------------------------------------
def _listed(column: str, noun: str) -> Callable[[list[Event], list[Event]], list[str]]:
    def say(events: list[Event], everything: list[Event]) -> list[str]:
        sentences = []
        for label, verb in (("insert", "added to"), ("delete", "removed from"), ("update", "changed on")):
            own = [event for event in events if event.label == label]
            for whose in dict.fromkeys(map(_key_of, own)):
                listed = [event.row[column] for event in own if _key_of(event) == whose]
                what = ", ".join(listed) if len(listed) <= SPELLED_OUT else f"{len(listed)} {noun}"
                sentences.append(f"{what} {verb} {f'the list of {_short(whose)}' if whose else 'the merchant’s list'}")
        return sentences

    return say


def _key_of(event: Event) -> str | None:
    """Whose list it is; a domain’s event is named after who put it there."""
    return event.name if event.row.get("key_id") else None


def _says_trial(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        f"{f'List of {_short(event.name)}' if event.name else 'The merchant’s list'} {_tried(event)}"
        for event in events
    ]


def _tried(event: Event) -> str:
    if event.row["state"] == "kept":
        return f"kept: a request with a valid signature arrived from {event.row['kept_for']}"
    if event.row["state"] == "reverted":
        return "went back to what it was before"
    return f"on trial until {_moment(event.row['deadline'])}"


# --- flags and people -------------------------------------------------------------------------------------------------
def _says_merchant(events: list[Event], everything: list[Event]) -> list[str]:
    return ["Merchant created" if event.label == "insert" else fields_of(event) for event in events]


def _says_game(events: list[Event], everything: list[Event]) -> list[str]:
    return [_game(event) for event in events]


def _game(event: Event) -> str:
    if event.label == "insert":
        return f"Game {event.row['name']} added to the catalogue"
    on = event.new_value("is_active")
    return (
        f"Game {event.row['name']}: {fields_of(event)}"
        if on is None
        else f"Game {event.row['name']} {_on(on)} for everybody"
    )


def _on(on: bool) -> str:  # noqa: FBT001
    return "switched on" if on else "switched off"


def _says_disabled(events: list[Event], everything: list[Event]) -> list[str]:
    return [f"Game {event.name or 'of the past'} {_on(event.label == 'delete')} for the merchant" for event in events]


def _says_player(events: list[Event], everything: list[Event]) -> list[str]:
    return [_player(event) for event in events]


def _player(event: Event) -> str:
    player, blocked = f"Player {event.row['player_id']}", event.new_value("is_blocked")
    return f"{player}: {fields_of(event)}" if blocked is None else f"{player} {'blocked' if blocked else 'unblocked'}"


def _says_person(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": "added", "delete": "removed", "password": "has a new password"}
    return [
        f"{event.row['email']} {words[event.label]}"
        if event.label in words
        else f"{event.row['email']}: {fields_of(event)}"
        for event in events
    ]


def _says_member(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": "became {role} of the merchant", "delete": "is no longer {role} of the merchant"}
    usual = "is {role} of the merchant now"
    return [
        f"{event.name or 'Somebody'} {words.get(event.label, usual).format(role=event.row['role'])}" for event in events
    ]


def _says_invitation(events: list[Event], everything: list[Event]) -> list[str]:
    return [f"{event.row['email']} {_invited(event)}" for event in events]


def _invited(event: Event) -> str:
    if event.new_value("accepted_at"):
        return "accepted the invitation"
    return f"invited as {event.row['role']}" if event.label == "insert" else "no longer invited"


def _says_visit(events: list[Event], everything: list[Event]) -> list[str]:
    return [f"{event.name or 'Our staff'} looked at the merchant’s pages" for event in events]


def _says_contact(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": "added to", "delete": "removed from"}
    return [f"{event.row['email']} {words.get(event.label, 'changed among')} the contacts" for event in events]


def _says_download(events: list[Event], everything: list[Event]) -> list[str]:
    return [f"File “{event.row['what']}” {_sent(event)}" for event in events]


def _sent(event: Event) -> str:
    rows, is_complete = event.row["rows"], event.row["is_complete"]
    if rows is None:
        return "requested"
    number = f"{rows:,} row{'' if rows == 1 else 's'}"
    return f"downloaded: {number}" if is_complete else f"broken off after {number}"


def _says_question(events: list[Event], everything: list[Event]) -> list[str]:
    wishes = {
        "names_players": "Player names in report emails",
        "recipient": "Reports to {email}",
        "contact": "{email} as a contact",
    }
    answers = {"waiting": "asked for by our staff, an owner decides", "yes": "allowed", "no": "refused"}
    return [f"{wishes[event.row['kind']].format(**event.row)}: {answers[event.row['state']]}" for event in events]


def fields_of(event: Event) -> str:
    """“Status: active → suspended”"""
    return ", ".join(f"{change.label}: {change.before} → {change.after}" for change in _changes([event])) or "changed"


SWITCHED = {"switched off": fields.Q(pgh_label="insert"), "switched on": fields.Q(pgh_label="delete")}
BLOCKED = {
    "blocked": fields.Q(pgh_before__is_blocked=False, is_blocked=True),
    "unblocked": fields.Q(pgh_before__is_blocked=True, is_blocked=False),
}
# In the order in which they head an entry.
THINGS: dict[str, Thing] = {
    "Compromise": Thing("keys", "gpp_maybe", _says_compromise, ("apikey", "key_id")),
    "Approval": Thing("keys", "how_to_reg", _says_approval, ("apikey", "key_id")),
    "ApiKey": Thing("keys", "key", _says_key, ("apikey", "")),
    "Secret": Thing("keys", "key", _says_secret, ("apikey", "key_id")),
    "SecretClaim": Thing("keys", "mark_email_read", _says_claim, ("apikey", "key_id")),
    "OwnerQuestion": Thing("people", "contact_support", _says_question),
    "AllowlistEntry": Thing("lists", "lan", _listed("network", "networks")),
    "AllowedDomain": Thing("lists", "language", _listed("domain", "domains")),
    "ListTrial": Thing("lists", "timer", _says_trial),
    "Merchant": Thing("flags", "storefront", _says_merchant, ("merchant", "")),
    "DisabledGame": Thing("flags", "casino", _says_disabled, ("game", "game_id"), "games", SWITCHED),
    "Game": Thing("flags", "casino", _says_game, ("game", "")),
    "Player": Thing("flags", "person", _says_player, ("player", ""), verbs=BLOCKED),
    "Membership": Thing("people", "badge", _says_member, ("person", "person_id")),
    "Person": Thing("people", "badge", _says_person, ("person", "")),
    "Invitation": Thing("people", "mail", _says_invitation),
    "StaffVisit": Thing("people", "visibility", _says_visit, ("person", "person_id")),
    "Contact": Thing("people", "mail", _says_contact),
    "Download": Thing("downloads", "download", _says_download),
}


# --- what is kept of other rooms --------------------------------------------------------------------------------------
_elsewhere: dict[str, Any] = {}


def register(
    things: Mapping[type[fields.Model], Thing],
    *,
    kinds: Mapping[str, str] | None = None,
    amounts: Iterable[str] = (),
    amounts_by_currency: Iterable[str] = (),
) -> None:
    """Add the sentences of another app's tables, the kinds that they are listed under, and their columns of money."""
    for model, thing in things.items():
        THINGS[model.__name__], _elsewhere[model.__name__] = thing, model
    KINDS.update(kinds or {})
    AMOUNTS.update(amounts)
    BY_CURRENCY.update(amounts_by_currency)


def model_of(thing: str) -> Any:
    return _elsewhere.get(thing) or getattr(models, thing)
