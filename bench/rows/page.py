"""Pages over many rows, in process: what the server takes for them. Of several, the slowest is told."""

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


def of_merchant(bench: Bench, database: str) -> Run:
    """The merchant's page in the administration."""
    return _measured(bench, database, "from bench import page; page.main()")


def of_operator(bench: Bench, database: str) -> Run:
    """All pages of an operator, its lists with each of their filters."""
    return _measured(bench, database, "from bench import pages; pages.main()")


def _measured(bench: Bench, database: str, script: str) -> Run:
    try:
        told = json.loads(bench.manage(database, *IN_SHELL, script))
    except (subprocess.CalledProcessError, ValueError):
        return Run("", {}, "a page could not be opened")
    wrong = [status for status in told["statuses"] if status != HTTPStatus.OK]
    return Run("", {name: told[name] for name in POINTS}, f"answered {wrong}" if wrong else "")
