"""Tests in process have the rights of the application, so that what a right forbids fails where it is called.

The session is a superuser's, which prepares the database; from then on it is the application's. What only the owner or
a superuser can do, a test does within `as_superuser`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created


def become_application(connection: Any, **_: Any) -> None:
    if connection.alias == "default":
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION AUTHORIZATION {settings.APPLICATION_ROLE}")


@contextmanager
def application_from_now_on() -> Iterator[None]:
    """Connections of Django that are made from here on."""
    connection_created.connect(become_application)
    connection.close()
    try:
        yield
    finally:
        connection_created.disconnect(become_application)
        connection.close()


@contextmanager
def as_superuser() -> Iterator[Any]:
    """A cursor with every right, for what happens behind the portal's back."""
    with connection.cursor() as cursor:
        cursor.execute("RESET SESSION AUTHORIZATION")
        yield cursor
        cursor.execute(f"SET SESSION AUTHORIZATION {settings.APPLICATION_ROLE}")


@contextmanager
def unguarded() -> Iterator[Any]:
    """A superuser's cursor without triggers, which would refuse what is done here, or keep it."""
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")
