"""What a web worker weighs after many calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from bench.rows import web as web_row
from bench.run import Run

if TYPE_CHECKING:
    from bench.cast import Cast
    from bench.servers import Bench, Web

WORKERS = 2
CALLS_A_WORKER = 100_000
SLICE_SECONDS = 10
MOST_SECONDS = 600


def measure(bench: Bench, cast: Cast, web: Web, calls: int) -> Run:
    """The heaviest worker's resident memory once both together have answered `calls` each."""
    answered, wrong, deadline = 0, "", time.monotonic() + MOST_SECONDS
    while answered < calls * WORKERS and time.monotonic() < deadline and not wrong:
        told = web_row.load(bench, cast, web, SLICE_SECONDS)
        answered, wrong = answered + told["taken"], web_row.fault(told)
    if answered < calls * WORKERS and not wrong:
        wrong = f"only {answered} calls in {MOST_SECONDS} s"
    return Run("", {"MB": heaviest(web) / 1e6}, wrong)


def heaviest(web: Web) -> int:
    workers = psutil.Process(web.process.pid).children(recursive=True)
    return max(worker.memory_info().rss for worker in workers)
