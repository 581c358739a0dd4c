"""How long lines of the request log are kept: whole partitions are made ahead and dropped by the database."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

LEAST_DAYS = 35  # the function of the database refuses less: rehearsals look back for 30 days


class Purge(NamedTuple):
    """How many partitions were made ahead, and how many were dropped with their lines."""

    made: int
    dropped: int


def purge_request_log() -> Purge | None:
    """Drop the partitions whose newest line is older than REQUEST_LOG_DAYS and summed up, and make some ahead.

    None when a long statement holds the log: the next run does it.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT made, dropped FROM request_log_partitions(%s)", [settings.REQUEST_LOG_DAYS])
            return Purge(*cursor.fetchone())
    except OperationalError as fault:
        if isinstance(fault.__cause__, LockNotAvailable):
            return None
        raise


def partitions_ahead() -> int:
    """Return how many empty partitions wait for new lines."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM request_log_parts() p"
            " WHERE p.since > (SELECT coalesce(max(id), 0) FROM wallet_signedrequest)"
        )
        return int(cursor.fetchone()[0])
