"""The callers' processes, and what they have written so far."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import takewhile
from pathlib import Path

from bench.drill.callers import LAST_SECONDS, Task
from bench.drill.history import OK, Call, Stall, read_line
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from portal.local.checkout_lock import CHECKOUT

LOOK_SECONDS = 0.02
UNSORTED_SECONDS = 5  # between calls of different processes, as they are read
PATIENCE_SECONDS = 120


class NotInTime(Exception):
    """What was waited for did not come; the sentence says what."""


def until(what: str, condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise NotInTime(f"Waited {seconds:.0f} s for this: {what}.")
        time.sleep(LOOK_SECONDS)


@dataclass
class Traffic:
    files: list[Path]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    stalls: list[Stall] = field(default_factory=list)
    read_until: dict[Path, int] = field(default_factory=dict)

    def look(self) -> list[Call]:
        """All calls that were decided until now."""
        for file in self.files:
            if file.exists():
                self.read_on(file)
        return self.calls

    def read_on(self, file: Path) -> None:
        with file.open("rb") as opened:
            opened.seek(self.read_until.get(file, 0))
            whole, newline, _ = opened.read().rpartition(b"\n")
        self.read_until[file] = self.read_until.get(file, 0) + len(whole) + len(newline)
        for line in whole.decode().splitlines():
            entry = read_line(line)
            (self.calls if isinstance(entry, Call) else self.stalls).append(entry)  # type: ignore[arg-type]

    def acknowledged_since(self, moment: float) -> int:
        """Calls that were sent after it and answered RS_OK."""
        late = takewhile(lambda call: call.ended > moment - UNSORTED_SECONDS, reversed(self.look()))
        return sum(call.status == OK and call.attempts[-1].sent >= moment for call in late)

    def await_acknowledged(self, number: int) -> None:
        """So many more from now on."""
        now = time.monotonic()
        until(f"{number} calls to be acknowledged", lambda: self.acknowledged_since(now) >= number)

    def await_decided(self, number: int, seconds: float = PATIENCE_SECONDS) -> None:
        until(f"{number} calls to be decided", lambda: len(self.look()) >= number, seconds)

    def end(self) -> None:
        """Returns when each call that was under way is decided."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(2 * LAST_SECONDS)
        self.look()


@contextmanager
def traffic(task: Task, processes: int) -> Iterator[Traffic]:
    """So many processes, each with the callers of the task and a seed of its own."""
    files = [Path(f"{task.file}.{number}") for number in range(processes)]
    running = Traffic(files)
    try:
        for number, file in enumerate(files):
            own = replace(task, seed=f"{task.seed}.{number}", file=str(file))
            running.processes.append(start(own))
        yield running
        running.end()
    finally:
        for process in running.processes:
            embedded.stop(process, signal.SIGKILL)


def start(task: Task) -> subprocess.Popen[bytes]:
    command = tethered_command([sys.executable, "-m", "bench.drill.callers"])
    process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE)
    if process.stdin is not None:
        process.stdin.write(json.dumps(asdict(task)).encode())
        process.stdin.close()
    return process


def players(first: int, number: int) -> Sequence[str]:
    return [f"player-{each}" for each in range(first, first + number)]
