"""Whether a process lives, whether it can work, and whether anything is late.

`/livez` and `/readyz` are for load balancers, on both services: bounded whatever hangs, and answered before sessions,
hosts and redirects are looked at. `/healthz` is for people. Web processes also say whether reports are late or emails
stuck, since workers and beat may be dead then; apart from readiness: a late report must not take the wallet away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from math import inf
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis

from merchants.services import email_outbox
from portal import __version__
from portal.celery import app
from portal.lib.postgres import availability
from wallet.reconciliation import alarms, books_check

log = structlog.get_logger(__name__)
BOUND_SECONDS = 0.5  # how long a question waits for its answer
FRESH_SECONDS = 1.0  # how long an answer is good for others
LATE_SECONDS = 5  # of /healthz/reconciliation, which is asked by no load balancer


# --- The questions ----------------------------------------------------------------------------------------------------
class NoWrites(Exception):
    """The database does not take a write in time, and would refuse every bet."""


def ask_database() -> None:
    """It takes writes: a frozen one, a standby, or one whose synchronous standby is lost does not."""
    if not availability.takes_writes(settings.WALLET_DATABASE, within=settings.READY_SECONDS):
        raise NoWrites


def ask_broker() -> None:
    with app.connection_for_write(connect_timeout=BOUND_SECONDS) as broker:
        broker.ensure_connection(max_retries=0, timeout=1)


def ask_cache() -> None:
    with Redis.from_url(settings.CACHES["default"]["LOCATION"], **settings.CACHE_TIMEOUTS) as client:
        client.ping()


class ProbeResult:
    """One asking: when it began, and once it has ended, whether there was an answer."""

    def __init__(self) -> None:
        self.began, self.ended, self.holds = monotonic(), threading.Event(), False

    @property
    def is_over(self) -> bool:
        return self.ended.is_set() and monotonic() - self.began > FRESH_SECONDS


class Probe:
    """Asks in a thread of its own, so that nobody waits longer than the bound for something that hangs.

    One question is under way at a time, and its answer is good for a second: who asks without end costs no more than
    one connection a second, and while a question hangs all others are told "no" at once.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self.ask, self.lock, self.look = ask, threading.Lock(), ProbeResult()
        self.look.began -= FRESH_SECONDS + 1
        self.look.ended.set()

    def holds(self, seconds: float = BOUND_SECONDS) -> bool:
        look = self.current()
        return look.ended.wait(max(look.began + seconds - monotonic(), 0)) and look.holds

    def current(self) -> ProbeResult:
        with self.lock:
            if self.look.is_over:
                self.look = look = ProbeResult()
                threading.Thread(target=self.run, args=[look], daemon=True).start()
            return self.look

    def run(self, look: ProbeResult) -> None:
        try:
            self.ask()
            look.holds = True
        except Exception as fault:  # noqa: BLE001 - whatever it is, the answer is no
            log.warning("probe.failed", probe=self.ask.__name__, fault=str(fault) or type(fault).__name__)
        look.ended.set()


DATABASE = Probe(ask_database)
READY = {"database": DATABASE}  # what no signed call can do without
HEALTHY = READY | {"broker": Probe(ask_broker), "cache": Probe(ask_cache)}


# --- The answers ------------------------------------------------------------------------------------------------------
def livez() -> HttpResponse:
    return status_response({"live": True, "version": __version__}, good=True)


def readyz() -> HttpResponse:
    return health_response(READY)


def healthz(request: HttpRequest) -> HttpResponse:
    return health_response(HEALTHY)


def reconciliation_health(request: HttpRequest) -> HttpResponse:
    if not DATABASE.holds(LATE_SECONDS):
        return status_response({"database": False}, good=False)
    facts = LATE.facts()
    return status_response(facts, good=not any(facts.values()))


class LateFacts:
    """What is late, asked of the database once in KEPT_SECONDS whoever asks: no stranger makes it work."""

    KEPT_SECONDS = 5.0

    def __init__(self) -> None:
        self.lock, self.read_at, self.known = threading.Lock(), -inf, dict[str, Any]()

    def facts(self) -> dict[str, Any]:
        with self.lock:
            if monotonic() - self.read_at >= self.KEPT_SECONDS:
                self.known, self.read_at = read_late(), monotonic()
            return self.known

    def forget(self) -> None:
        with self.lock:
            self.read_at = -inf


LATE = LateFacts()


def read_late() -> dict[str, Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {LATE_SECONDS * 1000}")
        return {
            "late": alarms.count_late_days(),
            "letters": email_outbox.count_stuck_emails(),
            "books": books_check.merchants_overdue(),
        }


def health_response(probes: dict[str, Probe]) -> HttpResponse:
    parts = {name: probe.holds() for name, probe in probes.items()}
    return status_response(parts, good=all(parts.values()))


def status_response(facts: Mapping[str, object], *, good: bool) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JsonResponse(dict(facts), status=200 if good else 503, headers=headers)


class Probes:
    """In front of everything that a request for a page goes through."""

    ANSWERS = {"/livez": livez, "/readyz": readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.ANSWERS.get(request.path_info)
        return answer() if answer else self.get_response(request)
