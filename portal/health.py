"""Is the portal able to work? Database and broker both answer.

Beside it, for whoever watches from outside: are reports late, or letters stuck? Web processes say it, so it is said
also when workers and beat are dead and no letter could be sent; apart from /healthz, since a late report must not take
the wallet away.
"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from merchants.services import outbox
from portal.celery import app
from wallet.reconciliation import alarms


def healthz(request: HttpRequest) -> JsonResponse:
    parts = {"database": _database(), "broker": _broker()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def reconciliation_health(request: HttpRequest) -> JsonResponse:
    told = {"late": alarms.late(), "letters": outbox.stuck()}
    return JsonResponse(told, status=503 if any(told.values()) else 200)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0, timeout=1)
    except (OperationalError, OSError):
        return False
    return True
