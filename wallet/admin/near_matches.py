"""Rows that nearly have what a person typed: part of an id or name, in any case, with other spaces and dashes.

Small tables are compared as a whole. In large ones an id is found by its beginning, through the index of the id. Only
when nothing begins so, the newest NEWEST rows are compared. So no search costs more when the tables grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Func, Max, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Collate, Lower

from merchants.admin.players import all_merchants
from merchants.models import ApiKey, Game, Merchant, Person, Player
from wallet.models import Session, SignedRequest, Transaction

NEWEST = 20_000  # rows of a large table in which the middle of an id is looked for
SHOWN = 10  # of each kind
LEAST_BEGINNING, LEAST_MIDDLE = 3, 4  # characters
HEX, UUID_DIGITS = re.compile(r"[0-9a-f]+"), 32
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
QUOTES = "\"'`“”‘’«»<>()[]{},;"


@dataclass(frozen=True)
class Typed:
    """What a person typed, in the forms in which it may be stored."""

    text: str

    @cached_property
    def plain(self) -> str:
        """Without quotation marks around it, each dash a hyphen, and single spaces."""
        return " ".join(self.text.translate(DASHES).strip().strip(QUOTES).split())

    @cached_property
    def squeezed_text(self) -> str:
        """Letters and digits alone, in lower case."""
        return "".join(each for each in self.plain.lower() if each.isalnum())

    @cached_property
    def beginnings(self) -> list[str]:
        """As typed, in lower and upper case, without spaces, with hyphens for spaces; and a whole UUID with hyphens."""
        if len(self.squeezed_text) < LEAST_BEGINNING:
            return []
        spaced = [self.plain, self.plain.replace(" ", ""), self.plain.replace(" ", "-")]
        if self.uuids and self.uuids[0] == self.uuids[1]:
            spaced.append(str(self.uuids[0]))
        return list(dict.fromkeys(form for each in spaced for form in (each, each.lower(), each.upper())))

    @cached_property
    def uuids(self) -> tuple[UUID, UUID] | None:
        """The first and the last UUID that begin so."""
        if not LEAST_MIDDLE <= len(self.squeezed_text) <= UUID_DIGITS or not HEX.fullmatch(self.squeezed_text):
            return None
        return UUID(self.squeezed_text.ljust(UUID_DIGITS, "0")), UUID(self.squeezed_text.ljust(UUID_DIGITS, "f"))


def squeezed_column(column: str) -> Lower:
    """Return the SQL of a column like `Typed.squeezed_text`, by the letters of the database, not of the column."""
    text = Collate(Cast(column, TextField()), "default")
    rest = Value("[^[:alnum:]]+")
    return Lower(Func(text, rest, Value(""), Value("g"), function="regexp_replace", output_field=TextField()))


def near[M: Model](rows: QuerySet[M], typed: Typed, *columns: str) -> QuerySet[M]:
    """Return the rows of a small table of which one column has the text somewhere."""
    if not typed.squeezed_text:
        return rows.none()
    known = {f"near_{column}": squeezed_column(column) for column in columns}
    conditions = [Q(**{f"{name}__contains": typed.squeezed_text}) for name in known]
    found: QuerySet[M] = rows.alias(**known).filter(Q(*conditions, _connector=Q.OR))
    return found


# --- small tables -----------------------------------------------------------------------------------------------------
def merchants(typed: Typed) -> QuerySet[Merchant]:
    return near(Merchant.objects.order_by("code"), typed, "code", "name")


def keys(typed: Typed) -> QuerySet[ApiKey]:
    rows = near(ApiKey.objects.order_by("-pk"), typed, "auth_key", "label")
    return rows.select_related("merchant") if len(typed.squeezed_text) >= LEAST_BEGINNING else rows.none()


def people(typed: Typed) -> QuerySet[Person]:
    return near(Person.objects.order_by("email"), typed, "email", "name")


def games(typed: Typed) -> QuerySet[Game]:
    return near(Game.objects.order_by("name"), typed, "game_id", "name")


# --- large tables -----------------------------------------------------------------------------------------------------
def players(typed: Typed) -> list[int]:
    rows, own = Player.objects.order_by(), all_merchants()
    found = beginning(rows.filter(merchant__in=own), typed, "player_id")
    return found or middle(rows, typed, "player_id", "name")


def transactions(typed: Typed) -> list[int]:
    """Return those whose own id or round has the text."""
    rows, own = Transaction.objects.order_by(), all_merchants()
    found = beginning(rows.filter(merchant__in=own), typed, "transaction_id", "round_id")
    return found or middle(rows, typed, "transaction_id", "round_id")


def sessions(typed: Typed) -> list[int]:
    rows = Session.objects.order_by()
    return beginning(rows, typed, "session_id") or middle(rows, typed, "session_id")


def requests(typed: Typed) -> list[int]:
    """Return those whose request id begins so."""
    if typed.uuids is None:
        return []
    rows = SignedRequest.objects.order_by().filter(request_id__range=typed.uuids)
    return list(rows.values_list("pk", flat=True)[:SHOWN])


def beginning(rows: QuerySet[Any], typed: Typed, *columns: str) -> list[int]:
    """Return the keys of the rows of which a column begins so. Each form is a search of its own: it ends as soon as it
    has enough.
    """
    arms = [
        rows.filter(**{f"{column}__startswith": form}).values_list("pk", flat=True)[:SHOWN]
        for column in columns
        for form in typed.beginnings
    ]
    return first_of(arms)


def middle(rows: QuerySet[Any], typed: Typed, *columns: str) -> list[int]:
    """Return the keys of the newest rows of which a column has the text somewhere."""
    if len(typed.squeezed_text) < LEAST_MIDDLE:
        return []
    newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
    found = near(rows.filter(pk__gt=newest - NEWEST), typed, *columns)
    return list(found.order_by("-pk").values_list("pk", flat=True)[:SHOWN])


def first_of(arms: Sequence[QuerySet[Any]]) -> list[int]:
    if not arms:
        return []
    found: Iterable[int] = arms[0].union(*arms[1:], all=True).order_by() if arms[1:] else arms[0]
    return list(dict.fromkeys(found))[:SHOWN]


__all__ = ["Typed", "games", "keys", "merchants", "people", "players", "requests", "sessions", "transactions"]
