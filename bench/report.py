"""The table on the screen, and the same with all its runs in results.md."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.cast import PLAYERS
from bench.rows import batch, ledger, pace, rush, web
from bench.run import Row, Run
from bench.servers import HOST
from bench.suite import Extent
from bench.targets import Target, judge
from portal.local.up import granian

RESULTS = Path(__file__).parent / "results.md"
VERDICTS = {True: "met", False: "NOT met", None: "no figure"}

HOW = """
- {extent.rounds} rounds, each row once a round, {extent.seconds} s a run ({extent.pace_seconds} s for (e)), row by row
  in turn.
- {players:,} players with money and a session; a bet on a random one, or all on one where the account is hot.
- Each run but those of (f) begins on a fresh copy of the database and, over HTTP, with fresh web workers, which are
  warmed for {web.WARM_SECONDS} s. fsync is on. The request log is on; the yardstick (c) has none.
- Ledger: `pgbench --protocol=prepared --client={ledger.CONNECTIONS} --jobs={ledger.THREADS}`; the ledger must hold as
  many taken bets as pgbench made.
- HTTP: `wrk -t{web.THREADS} -c{web.CONNECTIONS}` with `load.lua`, requests signed just before and each sent once; every
  answer must say RS_OK. Web server: `{server}`.
- (e): {pace.CALLS_A_SECOND} calls/s whatever the answers take, over {pace.CONNECTIONS} connections, each call timed
  from when it was due.
- (eb): {batch.CALLS_A_SECOND} bets/s in the same way, and after {batch.BEFORE_SECONDS} s a batch of {batch.ITEMS:,}
  rollbacks, each of a bet with {batch.PAYOUTS} payouts. It is sent again after a 503 until every item is RS_OK.
- (f): a database with {extent.rows:,} ledger rows beforehand, bets and their payouts.
- (s): {rush.CALLS_A_SECOND} bets/s of another merchant, {extent.quiet_seconds} s before, until the last email is out,
  and {extent.quiet_seconds} s after. Workers and mail server are as `make up` starts them, and have no processors of
  their own: the caller, the web server and PostgreSQL are on the same.
- At the end `manage.py verify_ledger` holds for the full database and for the last fresh copy.
"""

Line = tuple[str, ...]


def show(console: Console, rows: Sequence[Row], runs: Sequence[Run]) -> None:
    table = Table("", "row", "median", "lowest to highest", "unit", "faults")
    for line in figures(rows, runs):
        table.add_row(*line)
    console.print(table)
    verdicts = Table("target", "figure", "")
    for target in judge(runs):
        verdicts.add_row(target.sentence, target.figure, VERDICTS[target.met], style=None if target.met else "red")
    console.print(verdicts)


def figures(rows: Sequence[Row], runs: Sequence[Run]) -> list[Line]:
    return [line for row in rows for line in row_lines(row, [run for run in runs if run.row == row.key])]


def row_lines(row: Row, runs: Sequence[Run]) -> list[Line]:
    """A row with a fault in any run shows the fault and no figure."""
    fault = next((run.fault for run in runs if run.fault), "")
    if fault:
        return [(row.key, row.title, "–", "–", ", ".join(row.units), fault)]
    return [(row.key, row.title, *spread([run.figures[unit] for run in runs]), unit, "") for unit in row.units]


def spread(values: Sequence[float]) -> tuple[str, str]:
    return number(statistics.median(values)), f"{number(min(values))} to {number(max(values))}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"  # noqa: PLR2004


def write(rows: Sequence[Row], runs: Sequence[Run], extent: Extent) -> None:
    parts = [
        "# What `make bench` measured",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, by `make bench`.",
        markdown(("on", ""), list(machine.facts().items())),
        "## Figures",
        markdown(("", "row", "median", "lowest to highest", "unit", "faults"), figures(rows, runs)),
        "## Targets",
        markdown(("target", "figure", ""), [verdict(target) for target in judge(runs)]),
        "## How",
        how(extent),
        "## Every run, in the order in which they were made",
        "Load: average of a minute. Busy: the processors in the second before, when nothing here was calling.",
        markdown(("row", "figures", "load", "busy", "fault"), [run_line(run) for run in runs]),
    ]
    RESULTS.write_text("\n\n".join(parts) + "\n")


def how(extent: Extent) -> str:
    return HOW.format(
        extent=extent,
        players=PLAYERS,
        batch=batch,
        ledger=ledger,
        web=web,
        pace=pace,
        rush=rush,
        server=" ".join(web_options()),
    ).strip()


def web_options() -> list[str]:
    command = granian(HOST, 0, "machines")
    return ["granian", *command[command.index("--interface") :]]


def verdict(target: Target) -> Line:
    return target.sentence, target.figure, VERDICTS[target.met]


def run_line(run: Run) -> Line:
    told = " · ".join(f"{number(value)} {unit}" for unit, value in run.figures.items())
    return run.row, told, f"{run.load:.1f}", f"{run.busy:.0f} %", run.fault


def markdown(head: Line, lines: Sequence[Line]) -> str:
    ruler = ("---",) * len(head)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ruler, *lines))
