"""Sentences of the history: the events of one transaction as a title and a list of changed fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from merchants import models
from merchants.errors import moment_text
from portal.lib import money
from portal.lib.texts import Text

KINDS: dict[str, Text] = {
    "keys": gettext_lazy("Keys"),
    "lists": gettext_lazy("Allowlists"),
    "flags": gettext_lazy("Flags and limits"),
    "people": gettext_lazy("People"),
    "downloads": gettext_lazy("Downloads"),
}
AMOUNTS = {"max_stake"}  # columns that are shown as money
BY_CURRENCY = {"max_stake_by_currency"}
NOTHING = "–"
SPELLED_OUT = 3  # more of a kind are counted
SHOWN_OF_A_KEY = 20  # its kind and the first signs of what is its own


class Proof(StrEnum):
    """How a person without a session proved to be this one."""

    INVITATION = "invitation"
    RESET = "reset"
    UNSUBSCRIBE = "unsubscribe"
    SIGN_IN = "sign_in"  # the right password; the portal renews how it is stored


class Event(NamedTuple):
    """One row of an event table. `old` and `row`: the columns before and after; `name`: of its key, game or person."""

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
    merchant_id: int | None = None

    @property
    def group(self) -> tuple[int, UUID | None]:
        return self.transaction, self.context_id

    def new_value(self, column: str) -> Any:
        """Return the new value of a column if the event changed it, else None."""
        return self.row[column] if self.old is not None and self.old[column] != self.row[column] else None

    def changed(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield column, value before and value after, for each changed column."""
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
    """How the events of one table are described. `say` gets its own events and all of the transaction."""

    kind: str
    icon: str
    say: Callable[[list[Event], list[Event]], list[str]]  # its events, and all of the transaction
    opens: tuple[str, str] = ("", "")  # admin page, and the column that says whose
    many: Text = ""  # the noun, where it is not the table's
    verbs: Mapping[str, fields.Q] = field(default_factory=dict)  # what counts apart; the rest is as VERBS has it


def describe_transaction(events: list[Event]) -> HistoryText:
    """Return the text for the events of one transaction, which are given oldest first."""
    titles: list[str] = []
    chief = next(name for name in THINGS if any(event.thing == name for event in events))
    for name, thing in THINGS.items():
        own = [event for event in events if event.thing == name]
        titles += thing.say(own, events) if own else []
    head = next(event for event in events if event.thing == chief)
    thing = THINGS[chief]
    page, column = thing.opens
    more = len(titles) - SPELLED_OUT
    rest = _(", and %(count)s more") % {"count": more} if more > 0 else ""
    return HistoryText(
        title="; ".join(titles[:SPELLED_OUT]) + rest or _("Changed"),
        kind=thing.kind,
        icon=thing.icon,
        changes=tuple(_changes(events)),
        url_name=f"admin:merchants_{page}_change" if page else "",
        url_id=(head.row.get(column) if column else head.pk) if page else None,
    )


# --- a crowd ----------------------------------------------------------------------------------------------------------
VERBS = {"insert": gettext_noop("added"), "delete": gettext_noop("removed")}


def verb_of(thing: str) -> fields.Case:
    """Return an SQL expression for the verb of an event: added, removed, changed, or a verb of its table."""
    usual = {verb: fields.Q(pgh_label=label) for label, verb in VERBS.items()}
    cases = (dict(THINGS[thing].verbs) | usual).items()
    return fields.Case(
        *(fields.When(condition, then=fields.Value(verb)) for verb, condition in cases),
        default=fields.Value(gettext_noop("changed")),
    )


def describe_counts(counts: Sequence[tuple[str, str, int]]) -> HistoryText:
    """Return the text for counted events: table, verb, number. “10,000 players: 9,990 blocked, 10 changed”."""
    names = [name for name in THINGS if any(name == each for each, _, _ in counts)]
    titles = [_counted(name, [(verb, number) for each, verb, number in counts if each == name]) for name in names]
    chief = THINGS[names[0]]
    return HistoryText("; ".join(titles), chief.kind, chief.icon, (), "", None)


def _counted(name: str, counts: list[tuple[str, int]]) -> str:
    total, most_first = sum(number for _, number in counts), sorted(counts, key=lambda each: -each[1])
    meta = model_of(name)._meta  # noqa: SLF001
    noun = meta.verbose_name if total == 1 else THINGS[name].many or meta.verbose_name_plural
    what = [_(verb) if len(counts) == 1 else f"{number:,} {_(verb)}" for verb, number in most_first]
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
        return _("Version %(version)s") % {"version": event.row["version"]}
    model = model_of(event.thing)
    noun = str(model._meta.verbose_name)  # noqa: SLF001
    return noun[:1].upper() + noun[1:]


def _shown(kept: fields.Field[Any, Any], value: Any, currency: str) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(kept, fields.DateTimeField):
        return _moment(value)
    if kept.name == "max_stake" and value == 0:
        return _("bets refused")
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
    return f"{auth_key[:SHOWN_OF_A_KEY]}…" if auth_key else _("a key")


def _says_key(events: list[Event], everything: list[Event]) -> list[str]:
    return [sentence for event in events if (sentence := _key(event))]


def _key(event: Event) -> str:
    key, status = {"key": _short(event.row["auth_key"])}, event.new_value("status")
    if event.label == "insert":
        return _("Key %(key)s issued (%(environment)s)") % (key | {"environment": event.row["environment"]})
    if event.new_value("merchant_id"):
        return _("Key %(key)s moved to the sandbox") % key
    if status:
        return (_("Key %(key)s active again") if status == "active" else f"{_('Key %(key)s')} {status}") % key
    return _("Key %(key)s: %(changes)s") % (key | {"changes": fields_of(event)})


def _says_secret(events: list[Event], everything: list[Event]) -> list[str]:
    new = next((event for event in events if event.label == "insert"), None)
    old = [event for event in events if event.label == "update"]
    if new is not None:
        return [_secret(event) for event in old] if new.row["version"] == 1 else [_taken_over(new, old)]
    if any(event.thing == "ApiKey" and event.new_value("status") == "revoked" for event in everything):
        return []
    return [_secret(event) for event in old]


def _taken_over(new: Event, old: list[Event]) -> str:
    facts = {"key": _short(new.name), "version": new.row["version"]}
    revoked = _versions([event for event in old if event.new_value("revoked_at")])
    if revoked:
        sentence = _("Secret of %(key)s replaced at once: version %(version)s is active, %(revoked)s revoked")
        return sentence % (facts | {"revoked": revoked})
    usable = [
        _(", version %(version)s works until %(until)s") % {"version": event.row["version"], "until": _moment(until)}
        for event in old
        if (until := event.new_value("usable_until"))
    ]
    return _("Secret of %(key)s rotated: version %(version)s is active") % facts + "".join(usable)


def _versions(events: list[Event]) -> str:
    numbers = ", ".join(str(event.row["version"]) for event in events)
    return ngettext("version %(numbers)s", "versions %(numbers)s", len(events)) % {"numbers": numbers} if events else ""


def _secret(event: Event) -> str:
    facts: dict[str, Any] = {"version": event.row["version"], "key": _short(event.name)}
    if event.new_value("revoked_at"):
        return _("Version %(version)s of %(key)s revoked") % facts
    until = event.new_value("usable_until")
    if until:
        ends = datetime.fromisoformat(until)
        if ends <= event.at:
            return _("Overlap of %(key)s ended: version %(version)s is refused") % facts
        return _("Version %(version)s of %(key)s works until %(until)s") % (facts | {"until": moment_text(ends)})
    hours = event.new_value("quiet_hours")
    if hours:
        sentence = _("Overlap of version %(version)s of %(key)s ends automatically after %(hours)s hours without use")
        return sentence % (facts | {"hours": hours})
    return _("Version %(version)s of %(key)s: %(changes)s") % (facts | {"changes": fields_of(event)})


RESPONSES = {
    "rotate": gettext_lazy("rotated with an overlap"),
    "quarantine": gettext_lazy("quarantined"),
    "revoke": gettext_lazy("revoked at once"),
}


def _says_compromise(events: list[Event], everything: list[Event]) -> list[str]:
    return [_compromise(event) for event in events]


def _compromise(event: Event) -> str:
    key = {"key": _short(event.name)}
    if event.label == "insert":
        response = RESPONSES.get(event.row["response"], "")
        return _("Compromise of %(key)s reported: %(response)s") % (key | {"response": response})
    if event.new_value("closed_at"):
        return _("Compromise of %(key)s closed") % key
    return _("Compromise of %(key)s changed") % key


STATES = {
    "waiting": gettext_lazy("requested"),
    "approved": gettext_lazy("approved"),
    "declined": gettext_lazy("declined"),
    "expired": gettext_lazy("expired"),
}


def _says_approval(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        f"{_wish(event)} {STATES['waiting'] if event.label == 'insert' else STATES[event.row['state']]}"
        for event in events
    ]


def _wish(event: Event) -> str:
    key = {"key": _short(event.name)}
    return {
        "issue": _("New key"),
        "rotate": _("Rotation of %(key)s") % key,
        "revoke": _("Revocation of %(key)s") % key,
        "status": _("Status “%(status)s”") % {"status": event.row["wish"].get("status", "")},
        "networks": _("Change of the IP allowlist"),
        "domains": _("Change of the domain allowlist"),
        "rule_off": _("End of the two-person rule"),
        "limit": _("Higher write-off limit"),
    }.get(event.row["verb"], _("Change"))


def _says_claim(events: list[Event], everything: list[Event]) -> list[str]:
    return [_claim(event) for event in events]


def _claim(event: Event) -> str:
    facts = {"version": event.row["version"], "key": _short(event.name)}
    if event.new_value("claimed_at"):
        return _("Claim link for version %(version)s of %(key)s used: the secret was shown to an owner") % facts
    if event.new_value("withdrawn_at"):
        return _("Claim link for version %(version)s of %(key)s withdrawn") % facts
    return _("Claim link for version %(version)s of %(key)s sent to the owners") % facts


# --- lists ------------------------------------------------------------------------------------------------------------
LISTED = {
    "insert": gettext_lazy("%(entries)s added to the %(list)s"),
    "delete": gettext_lazy("%(entries)s removed from the %(list)s"),
    "update": gettext_lazy("%(entries)s changed on the %(list)s"),
}


def _listed(column: str, allowlist: Text) -> Callable[[list[Event], list[Event]], list[str]]:
    def say(events: list[Event], everything: list[Event]) -> list[str]:
        sentences = []
        for label, sentence in LISTED.items():
            own = [event for event in events if event.label == label]
            for whose in dict.fromkeys(map(_key_of, own)):
                listed = [event.row[column] for event in own if _key_of(event) == whose]
                facts = {"entries": _entries(listed), "list": _list_name(allowlist, whose)}
                sentences.append(str(sentence) % facts)
        return sentences

    return say


def _entries(listed: list[str]) -> str:
    return ", ".join(listed) if len(listed) <= SPELLED_OUT else _("%(count)s entries") % {"count": len(listed)}


def _list_name(allowlist: Text, key: str | None) -> str:
    facts = {"list": allowlist, "key": _short(key)}
    return _("%(list)s of %(key)s") % facts if key else _("merchant’s %(list)s") % facts


def _key_of(event: Event) -> str | None:
    """Return the auth key of the list; None for the merchant's list, whose event is named after the entry's owner."""
    return event.name if event.row.get("key_id") else None


def _says_trial(events: list[Event], everything: list[Event]) -> list[str]:
    return [_trial(event) for event in events]


def _trial(event: Event) -> str:
    name = _("IP allowlist of %(key)s") % {"key": _short(event.name)} if event.name else _("Merchant’s IP allowlist")
    if event.row["state"] == "kept":
        sentence = _("%(list)s kept: a request with a valid signature arrived from %(address)s")
        return sentence % {"list": name, "address": event.row["kept_for"]}
    if event.row["state"] == "reverted":
        return _("%(list)s reverted after its trial") % {"list": name}
    return _("%(list)s on trial until %(deadline)s") % {"list": name, "deadline": _moment(event.row["deadline"])}


# --- flags and people -------------------------------------------------------------------------------------------------
def _says_merchant(events: list[Event], everything: list[Event]) -> list[str]:
    return [_("Merchant created") if event.label == "insert" else _merchant(event) for event in events]


MERCHANT_BECAME = {
    "active": gettext_lazy("Merchant activated"),
    "suspended": gettext_lazy("Merchant suspended"),
    "closed": gettext_lazy("Merchant closed"),
}


def _merchant(event: Event) -> str:
    became = MERCHANT_BECAME.get(event.new_value("status") or "")
    return with_other_fields(str(became), event, "status") if became else fields_of(event)


def _says_game(events: list[Event], everything: list[Event]) -> list[str]:
    return [_game(event) for event in events]


def _game(event: Event) -> str:
    game = {"game": event.row["name"]}
    if event.label == "insert":
        return _("Game %(game)s added to the catalogue") % game
    on = event.new_value("is_active")
    if on is None:
        return _("Game %(game)s: %(changes)s") % (game | {"changes": fields_of(event)})
    if on:
        return _("Game %(game)s switched on for every merchant") % game
    return _("Game %(game)s switched off for every merchant") % game


def _says_disabled(events: list[Event], everything: list[Event]) -> list[str]:
    return [_disabled(event) for event in events]


def _disabled(event: Event) -> str:
    game = {"game": event.name or _("(deleted)")}
    if event.label == "delete":
        return _("Game %(game)s switched on for the merchant") % game
    return _("Game %(game)s switched off for the merchant") % game


def _says_player(events: list[Event], everything: list[Event]) -> list[str]:
    return [_player(event) for event in events]


def _player(event: Event) -> str:
    player, blocked = {"player": event.row["player_id"]}, event.new_value("is_blocked")
    if blocked is None:
        return _("Player %(player)s: %(changes)s") % (player | {"changes": fields_of(event)})
    return (_("Player %(player)s blocked") if blocked else _("Player %(player)s unblocked")) % player


def _says_person(events: list[Event], everything: list[Event]) -> list[str]:
    return [_person(event) for event in events]


def _person(event: Event) -> str:
    facts = {"person": event.row["email"]}
    if event.label == "password":
        return _password(event) % facts
    if event.label == "update":
        return _changed_person(event, facts)
    return (_("%(person)s added") if event.label == "insert" else _("%(person)s removed")) % facts


def _changed_person(event: Event, facts: Mapping[str, str]) -> str:
    active = event.new_value("is_active")
    if active is None:
        return f"{facts['person']}: {fields_of(event)}"
    became = _("Account of %(person)s activated") if active else _("Account of %(person)s deactivated")
    return with_other_fields(became % facts, event, "is_active")


def _says_sign_out(events: list[Event], everything: list[Event]) -> list[str]:
    return [_sign_out(event) for event in events]


def _sign_out(event: Event) -> str:
    count = int(event.row["sessions"])
    sentence = ngettext("%(count)s session of %(person)s ended", "%(count)s sessions of %(person)s ended", count)
    return sentence % {"count": count, "person": event.name or _("a deleted person")}


def _password(event: Event) -> str:
    """By what it was changed for: the same password may only be stored in a newer way."""
    proof, author = (event.context or {}).get("proof"), (event.context or {}).get("person")
    if proof == Proof.SIGN_IN:
        return _("Stored form of the password of %(person)s renewed at sign-in. The password is the same")
    if proof == Proof.RESET:
        return _("%(person)s reset the password")
    if author == event.pk:
        return _("%(person)s changed the password")
    return _("%(person)s has a new password")


def _says_member(events: list[Event], everything: list[Event]) -> list[str]:
    words = {
        "insert": _("%(person)s became %(role)s of the merchant"),
        "delete": _("%(person)s is no longer %(role)s of the merchant"),
    }
    usual = _("%(person)s is now %(role)s of the merchant")
    return [
        words.get(event.label, usual) % {"person": event.name or _("A deleted person"), "role": event.row["role"]}
        for event in events
    ]


def _says_invitation(events: list[Event], everything: list[Event]) -> list[str]:
    return [_invitation(event) for event in events]


def _invitation(event: Event) -> str:
    facts = {"person": event.row["email"], "role": event.row["role"]}
    if event.new_value("accepted_at"):
        return _("%(person)s accepted the invitation") % facts
    return (
        _("%(person)s invited as %(role)s") if event.label == "insert" else _("Invitation of %(person)s withdrawn")
    ) % facts


def _says_visit(events: list[Event], everything: list[Event]) -> list[str]:
    return [_("%(person)s opened the merchant’s pages") % {"person": event.name or _("Our staff")} for event in events]


def _says_contact(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": _("%(email)s added to the contacts"), "delete": _("%(email)s removed from the contacts")}
    usual = _("Contact %(email)s changed")
    return [words.get(event.label, usual) % {"email": event.row["email"]} for event in events]


def _says_download(events: list[Event], everything: list[Event]) -> list[str]:
    return [_download(event) for event in events]


def _download(event: Event) -> str:
    rows, is_complete = event.row["rows"], event.row["is_complete"]
    facts = {"file": event.row["what"], "rows": f"{rows or 0:,}"}
    if rows is None:
        return _("File “%(file)s” requested") % facts
    if is_complete:
        return (
            ngettext("File “%(file)s” downloaded: %(rows)s row", "File “%(file)s” downloaded: %(rows)s rows", rows)
            % facts
        )
    return (
        ngettext(
            "Download of “%(file)s” stopped after %(rows)s row",
            "Download of “%(file)s” stopped after %(rows)s rows",
            rows,
        )
        % facts
    )


def _says_token(events: list[Event], everything: list[Event]) -> list[str]:
    return [_token(event) for event in events]


def _token(event: Event) -> str:
    facts = {"name": event.row["name"]}
    if event.label == "insert":
        return _("API token “%(name)s” created") % facts
    if why := event.row.get("revoked_because"):
        return _("API token “%(name)s” revoked: %(why)s") % (facts | {"why": models.AccessToken.Cause(why).label})
    return _("API token “%(name)s” revoked") % facts


def _says_endpoint(events: list[Event], everything: list[Event]) -> list[str]:
    return [_endpoint(event) for event in events]


def _endpoint(event: Event) -> str:
    facts = {"url": event.row["url"]}
    if event.label == "insert":
        return _("Event endpoint %(url)s added") % facts
    if event.new_value("removed_at"):
        return _("Event endpoint %(url)s removed") % facts
    if event.new_value("is_enabled") is not None:
        enabled, disabled = _("Event endpoint %(url)s enabled"), _("Event endpoint %(url)s disabled")
        return (enabled if event.row["is_enabled"] else disabled) % facts
    return _("Event endpoint %(url)s changed") % facts


def _says_question(events: list[Event], everything: list[Event]) -> list[str]:
    wishes = {
        "names_players": _("Player names in report emails"),
        "recipient": _("Reports to %(email)s"),
        "contact": _("%(email)s as a contact"),
    }
    answers = {"waiting": _("requested by our staff; an owner decides"), "yes": _("allowed"), "no": _("refused")}
    return [f"{wishes[event.row['kind']] % event.row}: {answers[event.row['state']]}" for event in events]


def fields_of(event: Event) -> str:
    """Return the changed fields of an event as text: “Max stake: 2.00 → 5.00, Two-person rule switched on”."""
    return ", ".join(_field_texts(event)) or _("changed")


def with_other_fields(became: str, event: Event, told: str) -> str:
    """Return what an event made of its thing, and behind it the changed fields other than the column `told`."""
    return ", ".join([became, *_field_texts(event, told)])


def _field_texts(event: Event, without: str = "") -> Iterator[str]:
    event = event._replace(row={column: value for column, value in event.row.items() if column != without})
    for change in _changes([event]):
        if {change.before, change.after} == {_("on"), _("off")}:
            switched = _("%(what)s switched on") if change.after == _("on") else _("%(what)s switched off")
            yield switched % {"what": change.label}
        else:
            yield f"{change.label}: {change.before} → {change.after}"


SWITCHED = {
    gettext_noop("switched off"): fields.Q(pgh_label="insert"),
    gettext_noop("switched on"): fields.Q(pgh_label="delete"),
}
BLOCKED = {
    gettext_noop("blocked"): fields.Q(pgh_before__is_blocked=False, is_blocked=True),
    gettext_noop("unblocked"): fields.Q(pgh_before__is_blocked=True, is_blocked=False),
}
# In the order in which they head an entry.
THINGS: dict[str, Thing] = {
    "Compromise": Thing("keys", "gpp_maybe", _says_compromise, ("apikey", "key_id")),
    "Approval": Thing("keys", "how_to_reg", _says_approval, ("apikey", "key_id")),
    "ApiKey": Thing("keys", "key", _says_key, ("apikey", "")),
    "Secret": Thing("keys", "key", _says_secret, ("apikey", "key_id")),
    "SecretClaim": Thing("keys", "mark_email_read", _says_claim, ("apikey", "key_id")),
    "OwnerQuestion": Thing("people", "contact_support", _says_question),
    "AllowlistEntry": Thing("lists", "lan", _listed("network", gettext_lazy("IP allowlist"))),
    "AllowedDomain": Thing("lists", "language", _listed("domain", gettext_lazy("domain allowlist"))),
    "ListTrial": Thing("lists", "timer", _says_trial),
    "Merchant": Thing("flags", "storefront", _says_merchant, ("merchant", "")),
    "DisabledGame": Thing("flags", "casino", _says_disabled, ("game", "game_id"), gettext_lazy("games"), SWITCHED),
    "Game": Thing("flags", "casino", _says_game, ("game", "")),
    "Player": Thing("flags", "person", _says_player, ("player", ""), verbs=BLOCKED),
    "Membership": Thing("people", "badge", _says_member, ("person", "person_id")),
    "Person": Thing("people", "badge", _says_person, ("person", "")),
    "Invitation": Thing("people", "mail", _says_invitation),
    "AccessToken": Thing("people", "api", _says_token),
    "EventEndpoint": Thing("people", "webhook", _says_endpoint),
    "SignOut": Thing("people", "logout", _says_sign_out, ("person", "person_id")),
    "StaffVisit": Thing("people", "visibility", _says_visit, ("person", "person_id")),
    "Contact": Thing("people", "mail", _says_contact),
    "Download": Thing("downloads", "download", _says_download),
}


# --- what is kept of other rooms --------------------------------------------------------------------------------------
_elsewhere: dict[str, Any] = {}


def register(
    things: Mapping[type[fields.Model], Thing],
    *,
    kinds: Mapping[str, Text] | None = None,
    amounts: Iterable[str] = (),
    amounts_by_currency: Iterable[str] = (),
) -> None:
    """Add the sentences of another app's tables, with their kinds and their columns of money."""
    for model, thing in things.items():
        THINGS[model.__name__], _elsewhere[model.__name__] = thing, model
    KINDS.update(kinds or {})
    AMOUNTS.update(amounts)
    BY_CURRENCY.update(amounts_by_currency)


def model_of(thing: str) -> Any:
    """Return the model of a table that has events."""
    return _elsewhere.get(thing) or getattr(models, thing)
