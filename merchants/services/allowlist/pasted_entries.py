"""Many entries at once, pasted or from a CSV file: `network, note, ends` or `domain, note, ends`, one per line.

Either all lines are valid, or each invalid line is named with its number and its reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from merchants.errors import Refusal, SecretInText, moment_text
from merchants.models.allowlist import MAX_ENTRIES
from merchants.services.allowlist.entries import NotAllowed, parse_domain, parse_network
from merchants.services.allowlist.proposal import DomainLine, EntryPlan
from portal.lib import clock, tables
from portal.lib.masking import holds_secret

LONGEST_NOTE = 200
LONGEST_SHOWN = 80
SEPARATOR = re.compile(r"[,;\t]")  # spreadsheets write each of them, by country; the first one in a line is its own
HEADINGS = {"network", "networks", "address", "ip", "cidr", "domain", "domains"}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LOOKS_LIKE_A_NETWORK = re.compile(r"\d+(\.\d+){3}(/\d+)?|[0-9a-f:]*::[0-9a-f:.]*(/\d+)?", re.ASCII | re.IGNORECASE)
MOST_FIELDS = 3
NOTHING: Mapping[str, Any] = {}


class Named(Protocol):
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class BadEntry:
    number: int
    text: str
    reason: str


def pasted_line(fields: Iterable[str]) -> str:
    """Return a line as `pasted_networks` and `pasted_domains` read it. Empty fields at its end are left out."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue().rstrip(",")


class BadEntries(Refusal):
    def __init__(self, lines: list[BadEntry]) -> None:
        self.lines = lines
        first = _("line %(number)s: %(reason)s") % {"number": lines[0].number, "reason": lines[0].reason}
        more = _(" %(lines)s lines are invalid in total.") % {"lines": len(lines)} if len(lines) > 1 else ""
        super().__init__(
            _("Nothing was saved. The first error is in %(first)s%(more)s") % {"first": first, "more": more}
        )


def pasted_networks(text: str, *, zone: str = "UTC", known: Mapping[str, EntryPlan] = NOTHING) -> tuple[EntryPlan, ...]:
    """Return the entries of the text. Raises BadLines.

    `ends`: a day, which includes its last moment, or a moment; in the zone `zone` unless it names one. `known`: entries
    that are already on the list, by their text; they stay valid.
    """

    def line(network: str, note: str = "", ends: str = "") -> EntryPlan:
        return EntryPlan(parse_network(network), checked_note(note), _ends(ends, zone))

    return _read(text, line, known)


def pasted_domains(
    text: str, *, zone: str = "UTC", known: Mapping[str, DomainLine] = NOTHING
) -> tuple[DomainLine, ...]:
    """Return the domains of the text, as `pasted_networks` does. Raises BadLines."""

    def line(domain: str, note: str = "", ends: str = "") -> DomainLine:
        return DomainLine(parse_domain(domain), checked_note(note), _ends(ends, zone))

    return _read(text, line, known)


def _read[T: Named](text: str, line: Callable[..., T], known: Mapping[str, T] = NOTHING) -> tuple[T, ...]:
    good, bad = dict[str, tuple[int, T]](), list[BadEntry]()
    for number, raw in _lines(text):
        try:
            read = known.get(raw) or line(*_fields(raw))
            _refuse_again(read, good)
        except NotAllowed as refused:
            bad.append(BadEntry(number, raw[:LONGEST_SHOWN], str(refused)))
        else:
            good[read.name] = (number, read)
    bad += _too_many([number for number, _ in good.values()])
    if bad:
        raise BadEntries(sorted(bad, key=lambda each: each.number))
    return tuple(read for _, read in good.values())


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), start=1):
        heading = number == 1 and SEPARATOR.split(raw)[0].strip(' "').lower() in HEADINGS
        if raw.strip() and not heading:
            yield number, raw.strip()


def _fields(raw: str) -> list[str]:
    separator = SEPARATOR.search(raw)
    try:
        [fields] = csv.reader([raw], delimiter=separator[0] if separator else ",", skipinitialspace=True, strict=True)
    except (csv.Error, ValueError) as fault:
        raise NotAllowed(_("A quotation mark is missing or in the wrong place. Correct the line.")) from fault
    while len(fields) > 1 and not fields[-1].strip():
        fields.pop()
    if len(fields) > MOST_FIELDS:
        raise NotAllowed(
            _("The line has more parts than network, note and end. Put a note with commas in quotation marks.")
        )
    return [field.strip() for field in fields]


def _refuse_again(read: Named, good: Mapping[str, tuple[int, Named]]) -> None:
    if read.name in good:
        raise NotAllowed(
            _("%(name)s is already on line %(line)s. Remove one of the two lines.")
            % {"name": read.name, "line": good[read.name][0]}
        )


def _too_many(numbers: list[int]) -> list[BadEntry]:
    return [
        BadEntry(
            number,
            "",
            _("This is entry %(place)s, but an allowlist can have at most %(max_entries)s.")
            % {"place": place, "max_entries": MAX_ENTRIES},
        )
        for place, number in enumerate(numbers[MAX_ENTRIES:], start=MAX_ENTRIES + 1)
    ]


def checked_note(text: str) -> str:
    """Return the note. Refuses characters that cannot be shown, a secret key and a note that is too long."""
    text = tables.unescaped_text(text)
    if CONTROL.search(text):
        raise NotAllowed(_("The note contains characters that cannot be shown. Remove them."))
    if len(text) > LONGEST_NOTE:
        raise NotAllowed(
            _("The note has %(number)s characters, but it can have at most %(longest_note)s.")
            % {"number": len(text), "longest_note": LONGEST_NOTE}
        )
    if LOOKS_LIKE_A_NETWORK.fullmatch(text):
        raise NotAllowed(
            _("The line has two networks, and “%(text)s” would become a note. Put each network on its own line.")
            % {"text": text}
        )
    if holds_secret(text):
        raise NotAllowed(str(SecretInText()))
    return text


def _ends(text: str, zone: str) -> datetime | None:
    if not text:
        return None
    ends = _moment(text, ZoneInfo(zone))
    if ends <= clock.now():
        raise NotAllowed(
            _("The end %(moment)s is in the past. Enter a later end.") % {"moment": moment_text(ends.astimezone(UTC))}
        )
    return ends


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        if len(text) <= len("2026-12-31"):
            return clock.checked_moment(datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone))
        moment = datetime.fromisoformat(text)
        return clock.checked_moment(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except (ValueError, OverflowError) as fault:
        raise NotAllowed(
            _("“%(text)s” is not a date or time. Write it like 2026-12-31 or 2026-12-31 18:00.") % {"text": text}
        ) from fault
