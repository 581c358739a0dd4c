"""Whether the process of a container works, as an exit code: `python -m portal.alive [ADDRESS | FILE]`.

A web process must answer at the address; workers and beat touch the file of ALIVE_FILE, which must be fresh. Nothing of
Django is loaded, so that asking often costs little.
"""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

ADDRESS = "http://127.0.0.1:8000/livez"
ANSWER_SECONDS = 3
FRESH_SECONDS = 60


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - an address of ours
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def is_fresh(file: Path) -> bool:
    try:
        return time.time() - file.stat().st_mtime < FRESH_SECONDS
    except FileNotFoundError:
        return False


def is_alive(what: str) -> bool:
    return answers(what) if what.startswith("http") else is_fresh(Path(what))


if __name__ == "__main__":
    sys.exit(0 if is_alive(*sys.argv[1:2] or [ADDRESS]) else 1)
