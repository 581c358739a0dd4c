"""What the machine itself does meanwhile: how long a byte takes to the disk, measured beside the drills."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.drill.history import Attempt, Call, Stall

PAUSE_SECONDS = 0.02
SLOW_SECONDS = 0.05


@dataclass
class Probe:
    file: Path
    measured: list[Stall] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with self.file.open("wb", buffering=0) as out:
            while not self.stop.wait(PAUSE_SECONDS):
                self.measure(out.fileno())

    def measure(self, descriptor: int) -> None:
        began = time.monotonic()
        os.pwrite(descriptor, b"probe", 0)
        os.fsync(descriptor)
        seconds = time.monotonic() - began
        self.measured.append(Stall(began, seconds))

    @property
    def stalls(self) -> list[Stall]:
        return [each for each in self.measured if each.seconds > SLOW_SECONDS]

    def longest_since(self, moment: float) -> float:
        return max((each.seconds for each in self.measured if each.began >= moment), default=0.0)


@contextmanager
def probing(file: Path) -> Iterator[Probe]:
    probe = Probe(file)
    thread = threading.Thread(target=probe.run, name="probe", daemon=True)
    thread.start()
    try:
        yield probe
    finally:
        probe.stop.set()
        thread.join()


def net_seconds(call: Call, attempt: Attempt, stalls: list[Stall]) -> float:
    """How long the attempt took without the moments in which the machine stood still for it."""
    pieces = sorted(
        (max(stall.began, attempt.sent), min(stall.began + stall.seconds, attempt.ended))
        for stall in stalls
        if call.caller.startswith(stall.whose)
    )
    net, counted_until = attempt.seconds, attempt.sent
    for began, ended in pieces:
        net -= max(0.0, ended - max(began, counted_until))
        counted_until = max(counted_until, ended)
    return net
