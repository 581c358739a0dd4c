"""Signed bets over HTTP by wrk: as many as two web workers answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import signed
from bench.run import Run

if TYPE_CHECKING:
    from bench.cast import Cast
    from bench.servers import Bench, Web

CONNECTIONS = 16
THREADS = 2
WARM_SECONDS = 3
MOST_CALLS_A_SECOND = 8000  # so many requests are signed beforehand; a server that is faster says so by itself
SCRIPT = Path(__file__).parents[1] / "load.lua"
MISSING = "wrk is missing; on Debian, as root: apt-get install wrk"


class NoWrk(Exception):
    def __str__(self) -> str:
        return MISSING


def require_wrk() -> None:
    """Installs it where that can be done without asking: as root, from the system's packages."""
    if shutil.which("wrk") is None and shutil.which("apt-get") is not None and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-qq", "-y", "wrk"], check=False, capture_output=True)
    if shutil.which("wrk") is None:
        raise NoWrk


def measure(bench: Bench, cast: Cast, web: Web, seconds: int, *, hot: bool) -> Run:
    load(bench, cast, web, WARM_SECONDS, hot=hot)
    told = load(bench, cast, web, seconds, hot=hot)
    return Run("", {"calls/s": told["taken"] / told["seconds"]}, fault(told))


def load(bench: Bench, cast: Cast, web: Web, seconds: int, *, hot: bool = False) -> dict[str, Any]:
    """One run of wrk with requests of its own: what load.lua counted."""
    prefix = bench.folder / "requests"
    signed.write(signed.bets(cast, MOST_CALLS_A_SECOND * seconds, hot=hot), prefix, THREADS)
    command = [
        "wrk",
        f"-t{THREADS}",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(SCRIPT),
        web.url,
        "--",
        str(prefix),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told: dict[str, Any] = json.loads(said.partition("RESULT")[2])
    return told


def fault(told: dict[str, Any]) -> str:
    wrong = [f"{told[name]} {name}" for name in ("refused", "lost", "spent") if told[name]]
    if not told["taken"]:
        wrong.append("nothing was taken")
    return ", ".join(wrong) + (f": {told['said']}" if told["said"] else "")
