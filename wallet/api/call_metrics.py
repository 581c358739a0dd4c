"""Counts signed calls for Prometheus, beside their path: a call appends one small tuple, a thread does the rest.

Nothing is counted unless METRICS_FOLDER is set. The figures of all web processes of a machine are files in that folder,
and `manage.py metrics` shows their sum: a web process that hangs cannot take its figures along.
"""

from __future__ import annotations

import atexit
import threading
from collections import Counter as Tally
from collections import deque
from contextlib import suppress

import structlog
from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from wallet.api import admission
from wallet.api.admission import Admission

log = structlog.get_logger(__name__)
WRITE_SECONDS = 1.0
MOST_WAITING = 100_000  # calls that are not counted yet; further ones never are
OTHER = "other"  # every address that is no endpoint: strangers choose how many there are
# Seconds. A caller gives up after one; the deadline is 0.85.
BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 1.0)

type Call = tuple[str, str, int, int]  # endpoint, status, HTTP status, microseconds


class Instruments:
    """What is shown of signed calls. Made by the first call of a process, since making them makes its files."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "portal_calls", "Signed calls by endpoint and answer.", ["endpoint", "status", "code"], registry=registry
        )
        self.seconds = Histogram(
            "portal_call_seconds", "Time in this server.", ["endpoint"], buckets=BUCKETS, registry=registry
        )
        self.not_admitted = Counter(
            "portal_calls_not_admitted", "Calls refused because too many of their kind wait.", registry=registry
        )
        self.threads, self.busy, self.waiting, self.in_database = (
            Gauge(f"portal_{name}", text, multiprocess_mode="livesum", registry=registry)
            for name, text in {
                "threads": "Threads for signed calls, of all web processes.",
                "threads_busy": "Threads that work on a signed call.",
                "threads_waiting": "Threads that wait for the turn of their player or merchant.",
                "threads_in_database": "Threads that ask the database or wait for it.",
            }.items()
        )


class CallMetrics:
    """Of one process; its thread begins with the first call, so that it is there after any fork."""

    def __init__(self, of: Admission, *, is_on: bool) -> None:
        self._admission, self._is_on = of, is_on
        self._calls: deque[Call] = deque(maxlen=MOST_WAITING)
        self._inside: set[int] = set()
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._writer: threading.Thread | None = None
        self._instruments: Instruments | None = None
        self._not_admitted = 0
        self.registry = CollectorRegistry()

    def begin(self) -> None:
        """Note that this thread works on a call."""
        if self._is_on:
            self._inside.add(threading.get_ident())

    def end(self, endpoint: str, status: str, code: int, microseconds: int) -> None:
        """Hand over a finished call; costs the caller an append."""
        if not self._is_on:
            return
        self._inside.discard(threading.get_ident())
        self._calls.append((endpoint, status, code, microseconds))
        if self._writer is None:
            self._start()

    def write(self) -> int:
        """Count what has been handed over; return how many calls that was."""
        with self._lock:
            shown = self._instruments = self._instruments or Instruments(self.registry)
            calls = [self._calls.popleft() for _ in range(len(self._calls))]
            for labels, number in Tally(call[:3] for call in calls).items():
                shown.calls.labels(*labels).inc(number)
            for endpoint, _, _, microseconds in calls:
                shown.seconds.labels(endpoint).observe(microseconds / 1_000_000)
            self._show_threads(shown)
        return len(calls)

    def _show_threads(self, shown: Instruments) -> None:
        crowd = self._admission.crowd()
        shown.threads.set(settings.WEB_THREADS)
        shown.busy.set(len(self._inside))
        shown.waiting.set(crowd.waiting)
        shown.in_database.set(crowd.under_way)
        shown.not_admitted.inc(crowd.refused - self._not_admitted)
        self._not_admitted = crowd.refused

    def _start(self) -> None:
        """Where no thread can begin, the next call tries again: this one is answered all the same."""
        with self._lock, suppress(RuntimeError):
            if self._writer is None:
                writer = threading.Thread(target=self._run, name="call-metrics", daemon=True)
                writer.start()
                self._writer = writer
                atexit.register(self.stop)

    def _run(self) -> None:
        while not self._stop.wait(WRITE_SECONDS):
            self._write_or_tell()
        self._write_or_tell()

    def _write_or_tell(self) -> None:
        try:
            self.write()
        except Exception as fault:  # noqa: BLE001 - such as a full disk: calls go on, and the next time may be better
            log.warning("call_metrics.not_written", fault=str(fault))

    def stop(self) -> None:
        """Count the rest and end the thread; called when the process ends in order."""
        self._stop.set()
        if self._writer is not None:
            self._writer.join(timeout=5)


of_this_process = CallMetrics(admission.of_this_process, is_on=bool(settings.METRICS_FOLDER))
