"""Measures the ledger and the signed calls: `make bench`, or `python -m bench --quick` to try it out."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import NoReturn

from rich.console import Console

from bench import cast, report
from bench.rows import reconciliation, web
from bench.run import Run
from bench.servers import Bench, NotServing, started
from bench.suite import EMPTY, FULL, ORIGIN, QUICK, YARDSTICK_ORIGIN, Course, Extent
from portal.local.checkout_lock import VAR, Running, lock_checkout
from portal.local.embedded import ServerFault
from portal.local.steps import step

FOLDER = VAR / "bench"
RECONCILED = "r"
YARDSTICK_ROW = "c"
GROWN = {"fa", "fb", "g", "h", "i"}  # on the full database


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    console = Console(highlight=False)
    asked = read_arguments()
    try:
        web.require_wrk()
        with lock_checkout(VAR / "bench-claim"), started(FOLDER) as bench:
            return measure(console, bench, QUICK if asked.quick else Extent(), asked.only)
    except (Running, ServerFault, NotServing, web.NoWrk) as refusal:
        console.print(str(refusal), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 1


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one short round on a small ledger, shown but not written down"
    )
    parser.add_argument(
        "--only",
        metavar="ROWS",
        type=lambda keys: frozenset(keys.split(",")),
        help="these rows alone, such as a,as,b; shown but not written down",
    )
    return parser.parse_args()


def measure(console: Console, bench: Bench, extent: Extent, only: frozenset[str] | None = None) -> int:
    course = prepare(console, bench, extent, only)
    rows = [row for row in course.rows() if not only or row.key in only]
    runs: list[Run] = []
    for run in course.run(rows):
        runs.append(run)
        console.print(said(run))
    broken = [database for database in (EMPTY, FULL) if not only and not course.verified(database)]
    report.show(console, rows, runs)
    if extent != QUICK and not only:
        report.write(rows, runs, extent)
    if broken:
        console.print(f"The books do not balance: {', '.join(broken)}", style="red")
    return 1 if broken or any(run.fault for run in runs) else 0


def prepare(console: Console, bench: Bench, extent: Extent, only: frozenset[str] | None) -> Course:
    """Make the databases that the rows need, and no others."""
    with step(console, "migrate, and seat the players"):
        course = Course(bench, cast.assemble(bench, ORIGIN), extent)
    if not only or RECONCILED in only:
        with step(console, f"a day of {extent.day:,} rows, and the tools to compare it with"):
            reconciliation.prepare(bench, course.cast, ORIGIN, extent.day)
    if not only or YARDSTICK_ROW in only:
        with step(console, "the same for the yardstick"):
            cast.assemble_yardstick(bench, YARDSTICK_ORIGIN, course.cast)
    if not only or GROWN & only:
        with step(console, f"a ledger of {extent.rows:,} rows"):
            bench.copy(ORIGIN, FULL)
            cast.fill(bench, FULL, course.cast, extent.rows)
        with step(console, f"a request log of {extent.lines:,} lines"):
            cast.fill_log(bench, FULL, course.cast, extent.lines)
    return course


def said(run: Run) -> str:
    told = " · ".join(f"{report.number(value)} {unit}" for unit, value in run.figures.items())
    return f"{run.row:>3}  {told}  [dim]load {run.load:.1f}, busy {run.busy:.0f} %[/] [red]{run.fault}[/]"


if __name__ == "__main__":
    sys.exit(main())
