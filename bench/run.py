"""What one run of one row gave, and in what company."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psutil

LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Run:
    """`figures` by unit; `fault` says why they don't count, and is empty when every answer was checked and right."""

    row: str
    figures: Mapping[str, float]
    fault: str = ""
    load: float = 0.0
    busy: float = 0.0


@dataclass(frozen=True)
class Row:
    key: str
    title: str
    measure: Callable[[], Run]
    once: bool = False
    units: tuple[str, ...] = field(default=("calls/s",))


def measured(row: Row) -> Run:
    """Looks first at what others do to the machine: the load average, and how much of the processors they take."""
    busy = psutil.cpu_percent(LOOK_SECONDS)
    load = os.getloadavg()[0]
    run = row.measure()
    return Run(row.key, run.figures, run.fault, load, busy)
