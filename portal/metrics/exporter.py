"""Serves the figures over HTTP. Web processes have no part in it: they write their counts to files (METRICS_FOLDER)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from math import inf
from pathlib import Path
from time import monotonic
from wsgiref.simple_server import WSGIServer

import psutil
from django.conf import settings
from django.db import connections
from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from portal.metrics import gauges

FRESH_SECONDS = 10.0
OWN_FILE = re.compile(r"gauge_live\w*_(\d+)\.db")


class Installation(Collector):
    """The figures of the whole installation, read at most every FRESH_SECONDS whoever asks."""

    def __init__(self) -> None:
        self.lock, self.read_at, self.known = threading.Lock(), -inf, list[Metric]()

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        with self.lock:
            if monotonic() - self.read_at >= FRESH_SECONDS:
                try:
                    self.known = gauges.read_all()
                finally:
                    connections.close_all()  # each request has a thread of its own
                self.read_at = monotonic()
            yield from self.known


class CallCollector(Collector):
    """The sum of what the web processes of this machine have counted."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.sums = MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        self.forget_dead()
        yield from self.sums.collect()  # type: ignore[no-untyped-call]

    def forget_dead(self) -> None:
        """Remove what a web process that is gone said of itself; what it counted stays."""
        pids = {int(found[1]) for file in self.folder.iterdir() if (found := OWN_FILE.fullmatch(file.name))}
        for pid in pids:
            if not psutil.pid_exists(pid):
                mark_process_dead(pid, str(self.folder))  # type: ignore[no-untyped-call]


def registry() -> CollectorRegistry:
    made = CollectorRegistry()
    made.register(Installation())
    if settings.METRICS_FOLDER:
        made.register(CallCollector(settings.METRICS_FOLDER))
    return made


def serve(address: str, port: int) -> tuple[WSGIServer, threading.Thread]:
    """Answer in threads until the server is shut down."""
    return start_http_server(port, address, registry())
