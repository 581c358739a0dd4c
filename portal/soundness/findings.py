"""What a check says: a level, what is so, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """The number is the exit code of `manage.py doctor`."""

    OK = 0
    WARNING = 1
    BROKEN = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class Finding(NamedTuple):
    """`fact` says what is so, `action` what to do; an action stands only beside a warning or a fault."""

    level: Level
    fact: str
    action: str = ""


def ok(fact: str) -> Finding:
    return Finding(Level.OK, fact)


def warning(fact: str, action: str) -> Finding:
    return Finding(Level.WARNING, fact, action)


def broken(fact: str, action: str) -> Finding:
    return Finding(Level.BROKEN, fact, action)


@dataclass(frozen=True, slots=True)
class Check:
    """`asks_database`: it is run in a transaction. `reaches_out`: it asks another host, which no page waits for."""

    name: str
    title: str
    find: Callable[[], Finding]
    asks_database: bool = True
    reaches_out: bool = False


class Line(NamedTuple):
    """One line of the list."""

    name: str
    title: str
    finding: Finding
