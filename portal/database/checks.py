"""System checks of `manage.py check --database default`: roles, rights, functions and triggers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags
from django.db import DatabaseError, connections

from portal.database import grants, installed, roles, switch

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
    yield from (("portal.E004", sentence) for sentence in role_findings(connection))


def role_findings(connection: Any) -> Iterator[str]:
    """Yield a sentence for each setting that the application's role gave itself, for each function that it may call
    and should not, and for a missing guard of its schema changes.
    """
    role = settings.APPLICATION_ROLE
    if not roles.is_ddl_refused(connection):
        yield f"The role {role} may change schemas: {roles.GUARD} is missing. Run manage.py make_roles."
    for _role, _database, name, setting in roles.own_settings(connection, role):
        yield f"The role {role} has the setting {setting}: ALTER ROLE {role} RESET {name}, or run manage.py make_roles."
    with connection.cursor() as cursor:
        for function in roles.REFUSED_FUNCTIONS:
            cursor.execute("SELECT has_function_privilege(%s, %s, 'EXECUTE')", [role, function])
            if cursor.fetchone() == (True,):
                yield f"The role {role} may call {function}. Run manage.py make_roles."
