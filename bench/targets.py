"""What the figures have to be, judged from the medians of one run."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.run import Run

FUNCTION_SHARE = 0.60
HTTP_SHARE = 0.30
TRANSFER_TIMES = 1.25
HOT_SHARE = 0.90
LEDGER_SHARE = 0.20
LEDGER_SHARE_LATER = 0.40
TIMES_YARDSTICK = 3.0
P99_MS = 50.0
PAGE_P95_MS = 150.0
GROWN_SHARE = 0.80  # within 20 %
MEGABYTES = 150.0
REPORT_SECONDS = 3.0
DAY_SECONDS = 30.0
TIMES_FLOOR = 2.0
DAY_MEGABYTES = 200.0
RUSH_TIMES = 1.5
MAIL_SECONDS = 60.0


@dataclass(frozen=True)
class Target:
    sentence: str
    figure: str
    met: bool | None  # None: not to be told, a run it rests on had a fault


class Medians:
    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs

    def of(self, row: str, unit: str = "calls/s") -> float | None:
        """None when any run of the row has a fault: half a figure is none."""
        some = [run for run in self.runs if run.row == row]
        if not some or any(run.fault for run in some):
            return None
        return statistics.median(run.figures[unit] for run in some)

    def between(self, row: str, over: str, under: str) -> float | None:
        above, below = self.of(row, over), self.of(row, under)
        return above / below if above is not None and below else None

    def ratio(self, over: str, under: str) -> float | None:
        above, below = self.of(over), self.of(under)
        return above / below if above is not None and below else None


def judge(runs: Sequence[Run]) -> list[Target]:
    medians = Medians(runs)
    return [
        at_least("(a) is at least 0.60 of (as)", medians.ratio("a", "as"), FUNCTION_SHARE),
        at_least("(b) is at least 0.30 of (as)", medians.ratio("b", "as"), HTTP_SHARE),
        at_least("(b) is at least 1.25 of (at)", medians.ratio("b", "at"), TRANSFER_TIMES),
        at_least("(db) is at least 0.90 of (b)", medians.ratio("db", "b"), HOT_SHARE),
        at_least("(b) is at least 0.20 of (a)", medians.ratio("b", "a"), LEDGER_SHARE),
        at_least("(b) is at least 0.40 of (a), wanted later", medians.ratio("b", "a"), LEDGER_SHARE_LATER),
        at_least("(b) is at least 3 times (c)", medians.ratio("b", "c"), TIMES_YARDSTICK),
        at_most("(e) p99 is at most 50 ms", medians.of("e", "p99 ms"), P99_MS, "ms"),
        at_least("(f) the ledger with many rows, share of (a)", medians.ratio("fa", "a"), GROWN_SHARE),
        at_least("(f) a signed bet with many rows, share of (b)", medians.ratio("fb", "b"), GROWN_SHARE),
        at_most("(g) p95 of the merchant's page is at most 150 ms", medians.of("g", "p95 ms"), PAGE_P95_MS, "ms"),
        at_most("(h) a compromise report is below 3 s", medians.of("h", "s"), REPORT_SECONDS, "s"),
        at_most(
            "(i) p95 of the slowest operator's page is at most 150 ms", medians.of("i", "p95 ms"), PAGE_P95_MS, "ms"
        ),
        at_most("(r) a day is reconciled in under 30 s", medians.of("r", "s"), DAY_SECONDS, "s"),
        at_most("(r) that is at most 2 times the floor", medians.between("r", "s", "s floor"), TIMES_FLOOR),
        at_most("(r) … less than polars takes", medians.between("r", "s", "s polars"), 1.0),
        at_most("(r) … less than datacompy takes", medians.between("r", "s", "s datacompy"), 1.0),
        at_most("(r) its worker's memory is below 200 MB", medians.of("r", "MB"), DAY_MEGABYTES, "MB"),
        at_least("(r) precision", medians.of("r", "precision"), 1.0),
        at_least("(r) recall", medians.of("r", "recall"), 1.0),
        at_most("(s) p99 of a bet during a rush, times that without", medians.of("s", "times"), RUSH_TIMES),
        at_most("(s) mail is out within 60 s of the run's end", medians.of("s", "s to mail most"), MAIL_SECONDS, "s"),
        at_most("memory of a web worker is below 150 MB", medians.of("m", "MB"), MEGABYTES, "MB"),
    ]


def at_least(sentence: str, figure: float | None, bound: float) -> Target:
    return Target(sentence, "–" if figure is None else f"{figure:.2f}", None if figure is None else figure >= bound)


def at_most(sentence: str, figure: float | None, bound: float, unit: str = "") -> Target:
    told = "–" if figure is None else f"{figure:.1f} {unit}".strip()
    return Target(sentence, told, None if figure is None else figure <= bound)
