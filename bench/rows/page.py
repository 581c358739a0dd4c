"""The merchant's page in the administration, in process: what the server takes for it over many rows."""

from __future__ import annotations

import json
import subprocess
from http import HTTPStatus
from typing import TYPE_CHECKING

from bench.cast import IN_SHELL
from bench.run import Run

if TYPE_CHECKING:
    from bench.servers import Bench

POINTS = ("p50 ms", "p95 ms")


def measure(bench: Bench, database: str) -> Run:
    try:
        told = json.loads(bench.manage(database, *IN_SHELL, "from bench import page; page.main()"))
    except (subprocess.CalledProcessError, ValueError):
        return Run("", {}, "the page could not be opened")
    wrong = [status for status in told["statuses"] if status != HTTPStatus.OK]
    return Run("", {name: told[name] for name in POINTS}, f"answered {wrong}" if wrong else "")
