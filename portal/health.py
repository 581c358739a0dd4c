"""Is the portal able to work? The database takes writes, and the broker answers.

Beside it, for whoever watches from outside: are reports late, or letters stuck? Web processes say it, so it is said
also when workers and beat are dead and no letter could be sent; apart from /healthz, since a late report must not take
the wallet away.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from merchants.services import outbox
from portal.celery import app
from portal.lib.postgres import availability
from wallet.reconciliation import alarms


def healthz(request: HttpRequest) -> JsonResponse:
    parts = {"database": _database(), "broker": _broker()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def reconciliation_health(request: HttpRequest) -> JsonResponse:
    told = {"late": alarms.late(), "letters": outbox.stuck()}
    return JsonResponse(told, status=503 if any(told.values()) else 200)


def _database() -> bool:
    """It takes writes: a frozen one, a standby, or one whose synchronous standby is lost does not."""
    return availability.takes_writes(settings.WALLET_DATABASE, within=settings.READY_SECONDS)


def _broker() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0, timeout=1)
    except (OperationalError, OSError):
        return False
    return True
