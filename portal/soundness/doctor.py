"""Runs all checks, each within CHECK_SECONDS; one that fails or hangs is a line like the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from portal.lib import deadline
from portal.soundness.checks import CHECKS
from portal.soundness.findings import Check, Finding, Level, Line, broken

log = structlog.get_logger(__name__)
CHECK_SECONDS = 5.0
GRACE = 1.5  # of them, our side of the socket waits: the server's own word comes first and keeps the connection
AWAY = broken("The database does not answer.", "Check DATABASE_URL, the network and the database server.")
NOT_CHECKED = broken("Not checked: the database does not answer.", "Fix the database first, then run the doctor again.")


class DatabaseAway(Exception):
    """The database does not answer at all: no further check asks it."""


def examine(*, reach_out: bool = True) -> Iterator[Line]:
    """Yield a line for each check. Without `reach_out`, checks that ask other hosts are left out."""
    is_away = False
    for check in CHECKS:
        if check.reaches_out and not reach_out:
            continue
        if check.asks_database and is_away:
            finding = NOT_CHECKED
        else:
            try:
                finding = find(check)
            except DatabaseAway:
                finding, is_away = AWAY, True
        yield Line(check.name, check.title, finding)


def worst(lines: list[Line]) -> Level:
    return max((line.finding.level for line in lines), default=Level.OK)


def find(check: Check) -> Finding:
    """Run one check. What went wrong is in the log; the line has no text that may hold a password.

    Raises DatabaseAway.
    """
    try:
        return _ask_database(check) if check.asks_database else _ask_in_thread(check)
    except DatabaseAway:
        raise
    except TimeoutError:
        return broken(
            f"No answer within {CHECK_SECONDS:g} seconds.", "Find out why the check hangs, then run the doctor again."
        )
    except Exception as fault:
        log.warning("doctor.check_failed", check=check.name, exc_info=True)
        return broken(
            f"The check failed: {type(fault).__name__}.", "The log has the details, under doctor.check_failed."
        )


def _ask_database(check: Check) -> Finding:
    """Bounded twice: by the server, and on our side of the socket when the server is frozen."""
    try:
        with deadline.limit_time(CHECK_SECONDS * GRACE), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {CHECK_SECONDS * 1000:.0f}")
            return check.find()
    except (OperationalError, InterfaceError) as fault:
        if isinstance(fault.__cause__, QueryCanceled):
            raise TimeoutError from fault
        if getattr(fault.__cause__, "sqlstate", None) is None:  # the server did not say so itself
            log.warning("doctor.database_away", check=check.name, exc_info=True)
            raise DatabaseAway from fault
        raise


def _ask_in_thread(check: Check) -> Finding:
    """In a thread of its own: nothing else bounds the look-up of a host's name."""
    found: list[Finding | Exception] = []

    def run() -> None:
        try:
            found.append(check.find())
        except Exception as fault:  # noqa: BLE001 - raised below
            found.append(fault)

    thread = threading.Thread(target=run, name=f"doctor-{check.name}", daemon=True)
    thread.start()
    thread.join(CHECK_SECONDS)
    match found:
        case []:
            raise TimeoutError
        case [Exception() as fault]:
            raise fault
        case [Finding() as finding]:
            return finding
    raise AssertionError(found)
