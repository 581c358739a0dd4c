"""Breaks the servers under signed calls and looks at the books: `make drill`, or `python -m bench.drill --only ROW`."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import time
from collections.abc import Iterator

from rich.console import Console

from bench.__main__ import interrupt
from bench.drill import report
from bench.drill.drill import Drills, Outcome, Scale
from bench.drill.ground import opened
from bench.drill.probe import probing
from bench.drill.rows import ROWS, STANDBYS
from bench.servers import NotServing
from portal.local.checkout_lock import VAR, Running, lock_checkout
from portal.local.embedded import ServerFault

HISTORY = "history"
KEPT = VAR / "drill"  # histories and logs of what did not hold


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    console = Console(highlight=False)
    asked = read_arguments()
    try:
        with lock_checkout(VAR / "drill-claim"):
            return run(console, asked)
    except (Running, ServerFault, NotServing) as refusal:
        console.print(str(refusal), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 1


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.drill", description=__doc__)
    names = [*(row.key for row in ROWS), HISTORY]
    parser.add_argument("--only", nargs="+", choices=names, help="these rows alone, shown but not written down")
    parser.add_argument("--seed", type=int, help="what all chance is drawn from")
    parser.add_argument(
        "--calls", type=int, default=Scale.calls, help="calls of the long history (default %(default)s)"
    )
    return parser.parse_args()


def run(console: Console, asked: argparse.Namespace) -> int:
    seed = asked.seed if asked.seed is not None else secrets.randbelow(10**6)
    scale, began = Scale(calls=asked.calls), time.monotonic()
    console.print(f"Seed {seed}.")
    with opened() as ground, probing(ground.bench.folder / "probe") as probe:
        console.print(f"The servers run, after {time.monotonic() - began:.0f} s.")
        outcomes = []
        for outcome in drills(Drills(ground, seed, scale, probe, kept_in=KEPT), asked.only):
            outcomes.append(outcome)
            console.print(report.short(outcome), markup=False, soft_wrap=True)
            if not asked.only:
                report.write(outcomes, scale, seed, time.monotonic() - began, left=len(ROWS) + 1 - len(outcomes))
    report.show(console, outcomes)
    return 1 if any(each.faults for each in outcomes) else 0


def drills(rows: Drills, only: list[str] | None) -> Iterator[Outcome]:
    """The long history before the standbys: it needs a primary that comes back where it was."""
    for row in ROWS:
        if row is STANDBYS[0] and (only is None or HISTORY in only):
            yield rows.long_history()
        if only is None or row.key in only:
            yield rows.run(row)


if __name__ == "__main__":
    sys.exit(main())
