"""System checks of `manage.py check --database default`: roles, rights, functions and triggers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, Tags
from django.db import DatabaseError, connections

from portal.database import grants, installed, switch

HINT = "Run manage.py migrate. If the finding remains, a person changed the database directly: find out who, and when."


def register() -> None:
    """Register the checks."""
    checks.register(database_is_guarded, Tags.database)


def database_is_guarded(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Return an error for each difference between the database and the code."""
    if not databases or "default" not in databases:
        return []
    try:
        return [Error(sentence, hint=HINT, id=number) for number, sentence in guard_findings(connections["default"])]
    except DatabaseError as fault:
        return [Error(f"The database cannot be compared with the code: {fault}", id="portal.E000")]


def guard_findings(connection: Any) -> Iterator[tuple[str, str]]:
    """Yield id and sentence of each difference."""
    yield from (("portal.E001", sentence) for sentence in installed.differences(connection))
    yield from (("portal.E002", f"{name} can switch triggers off.") for name in switch.switches(connection))
    yield from (("portal.E003", difference.sentence) for difference in grants.differences(connection))
