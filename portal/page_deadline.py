"""Statements of pages end: a filter that reads half the ledger takes one answer, and no thread for long.

The alias `wallet` has its own deadlines. Jobs and commands have none: they are long, and nobody waits at a page.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created


def bound_statements() -> None:
    """For each new connection of this process to `default`; called where pages are served."""
    connection_created.connect(_bound, dispatch_uid="portal.page_deadline")


def _bound(connection: Any, **_: Any) -> None:
    if connection.alias == "default":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{settings.PAGE_STATEMENT_SECONDS}s"])
