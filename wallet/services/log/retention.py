"""Retention of the request log: the database makes partitions ahead and drops old ones as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from merchants.errors import moment_text
from wallet.models import SignedRequest

LEAST_DAYS = 35  # the function of the database refuses less: rehearsals look back for 30 days


class Purge(NamedTuple):
    """How many partitions were made ahead, and how many were dropped with their entries."""

    made: int
    dropped: int


def kept_until(line: SignedRequest) -> str:
    """Return, as text, until when a request is kept at least. Only whole partitions are dropped."""
    moment = line.created_at + timedelta(days=settings.REQUEST_LOG_DAYS)
    return _("%(moment)s or later") % {"moment": moment_text(moment)}


def purge_request_log() -> Purge | None:
    """Drop the partitions whose newest entry is older than REQUEST_LOG_DAYS and summed up, and make some ahead.

    None when a long statement holds the log; the next run does it.
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
    """Return how many empty partitions are ready."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM request_log_parts() p"
            " WHERE p.since > (SELECT coalesce(max(id), 0) FROM wallet_signedrequest)"
        )
        return int(cursor.fetchone()[0])
