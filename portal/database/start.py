"""Guards at the start: a serving process does not start with the rights of the owner or of a superuser, because no
guard in the database would hold it; nor with wallet connections that have lost their deadlines.

They run at the first connection of a process, so a database that is down for a moment stops no start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.signals import connection_created

log = structlog.get_logger(__name__)
AT_START = ("default", "wallet")  # aliases
checked: set[str] = set()
# Roles whose rights the session has or can take, that own what the portal stores or can reach past its rights.
TOO_STRONG = """
    SELECT min(r.rolname) FROM pg_roles r
     WHERE pg_has_role(session_user, r.oid, 'MEMBER')
       AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls
            OR r.rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
            OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = r.oid)
            OR EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = r.oid))
"""


def guard_start() -> None:
    """Refuse to serve with a connection that has too many rights. Called when web processes and workers start."""
    if settings.ENVIRONMENT == "test" and settings.DATABASES["default"]["USER"] != settings.APPLICATION_ROLE:
        return  # tests in process
    if settings.PRODUCTION:
        check_environment()
    connection_created.connect(check_first)
    for alias in AT_START:
        try:
            connections[alias].ensure_connection()
        except DatabaseError:
            log.warning("start.database_away", alias=alias)
        finally:
            connections[alias].close()


def check_environment() -> None:
    """Refuse addresses of stronger roles in the environment: a person who can read its files could use them."""
    if "owner" in settings.DATABASES:
        refuse("OWNER_DATABASE_URL is set. Only migrate needs it. Remove it from the processes that serve.")
    if settings.SUPERUSER_DATABASE_URL:
        refuse("SUPERUSER_DATABASE_URL is set. Only make_roles needs it. Remove it from the processes that serve.")


def check_first(connection: Any, **_: Any) -> None:
    """Check the first connection of each alias."""
    if connection.alias in AT_START and connection.alias not in checked:
        check_rights(connection)
        if connection.alias == "wallet":
            check_deadlines(connection)
        checked.add(connection.alias)


def check_rights(connection: Any) -> None:
    """Refuse a connection with the rights of an owner or superuser."""
    with connection.cursor() as cursor:
        cursor.execute(TOO_STRONG)
        strong = cursor.fetchone()[0]
    if strong is not None:
        url = "DATABASE_URL" if connection.alias == "default" or not settings.WALLET_ROLE else "WALLET_DATABASE_URL"
        refuse(f"{url} connects with the rights of {strong}. Use the application's role (docs/operations.md).")


def check_deadlines(connection: Any) -> None:
    """Refuse a wallet connection without its deadlines, which a pooler may drop silently."""
    for name, found, wanted in lost_deadlines(connection):
        refuse(
            f"The wallet's connection has {name} {found} and needs {wanted}. Set WALLET_DATABASE_URL to a role that"
            " manage.py make_roles has made (docs/operations.md)."
        )


def lost_deadlines(connection: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the settings that a wallet connection lacks: name, current value, needed value."""
    for name, wanted in settings.WALLET_DEADLINES.items():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s)", [name])
            found = cursor.fetchone()[0]
        if found != wanted:
            yield name, found, wanted


def refuse(sentence: str) -> None:
    """Print the sentence and end the process."""
    print(f"The portal does not start: {sentence}", file=sys.stderr, flush=True)  # noqa: T201
    os._exit(1)
