"""The rows of the bench, the databases they run on, and the order in which they are run."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.cast import Cast
from bench.rows import batch, exposure, ledger, memory, pace, page, reconciliation, rush, web
from bench.run import Row, Run, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.servers import Bench

# The names of databases. ORIGIN holds the cast; EMPTY is copied from it anew for each run, FULL and its rows stay.
ORIGIN, EMPTY, FULL = "portal", "empty", "full"
YARDSTICK_ORIGIN, YARDSTICK = "yardstick_origin", "yardstick"
SMALLEST, TRANSFER = "smallest", "transfer"
SERVED_YARDSTICK = "bench.yardstick.wsgi:application"


@dataclass(frozen=True)
class Extent:
    """How much is measured: seconds a run, rounds, rows and log lines of the full database, calls for the memory."""

    seconds: int = 10
    pace_seconds: int = 30
    rounds: int = 3
    rows: int = 5_000_000
    lines: int = 10_000_000
    calls: int = memory.CALLS_A_WORKER
    day: int = 1_000_000
    due: int = 500
    quiet_seconds: int = 30


QUICK = Extent(
    seconds=3, pace_seconds=5, rounds=1, rows=200_000, lines=200_000, calls=5_000, day=50_000, due=20, quiet_seconds=5
)


@dataclass(frozen=True)
class Course:
    bench: Bench
    cast: Cast
    extent: Extent

    def rows(self) -> list[Row]:
        grown = f"{self.extent.rows:,} ledger rows"
        return [
            Row("a", "the ledger function alone (pgbench)", self.ledger, units=ledger.UNITS),
            Row("as", "the smallest correct function (pgbench)", self.smallest, units=ledger.UNITS),
            Row("at", "a transfer by double entry (pgbench)", self.transfer, units=ledger.UNITS),
            Row("b", "a signed bet over HTTP", self.signed_bet),
            Row("c", "a signed bet done the usual way (DRF, ORM)", self.yardstick),
            Row("da", "one hot account: the ledger", lambda: self.ledger(hot=True)),
            Row("db", "one hot account: over HTTP", lambda: self.signed_bet(hot=True)),
            Row("e", f"at {pace.CALLS_A_SECOND} calls/s", self.pace, units=tuple(pace.POINTS)),
            Row("eb", f"a full batch beside {batch.CALLS_A_SECOND} calls/s", self.batch, units=batch.UNITS),
            Row("fa", f"{grown}: the ledger", lambda: self.ledger(FULL)),
            Row("fb", f"{grown}: over HTTP", lambda: self.signed_bet(FULL)),
            Row("g", f"{grown}: the merchant's page", self.merchant_page, once=True, units=page.POINTS),
            Row("h", f"{grown}: the compromise report", self.exposure, once=True, units=("s",)),
            Row("i", f"{grown}: an operator's slowest page", self.operator_pages, once=True, units=page.POINTS),
            Row("r", f"a day of {self.extent.day:,} rows reconciled", self.reconciled, units=reconciliation.UNITS),
            Row("s", f"{self.extent.due} merchants due in one minute", self.rush, once=True, units=rush.UNITS),
            Row("m", f"a web worker after {self.extent.calls:,} calls", self.memory, once=True, units=("MB",)),
        ]

    def fresh(self, database: str) -> str:
        """The full database stays as it is; the others begin each run with nothing but the players' first deposits."""
        if database != FULL:
            self.bench.copy(ORIGIN, database)
        return database

    def ledger(self, database: str = EMPTY, *, hot: bool = False) -> Run:
        return ledger.measure(self.bench, self.cast, self.fresh(database), self.extent.seconds, hot=hot)

    def smallest(self) -> Run:
        count = "SELECT count(*) FROM small_row"
        return ledger.yardstick(self.bench, SMALLEST, self.extent.seconds, ledger.SMALLEST, count)

    def transfer(self) -> Run:
        count = "SELECT count(*) FROM entry_transfer"
        return ledger.yardstick(self.bench, TRANSFER, self.extent.seconds, ledger.TRANSFER, count)

    def signed_bet(self, database: str = EMPTY, *, hot: bool = False) -> Run:
        with self.bench.web(self.fresh(database)) as served:
            return web.measure(self.bench, self.cast, served, self.extent.seconds, hot=hot)

    def yardstick(self) -> Run:
        self.bench.copy(YARDSTICK_ORIGIN, YARDSTICK)
        with self.bench.web(YARDSTICK, SERVED_YARDSTICK) as served:
            return web.measure(self.bench, self.cast, served, self.extent.seconds, hot=False)

    def pace(self) -> Run:
        with self.bench.web(self.fresh(EMPTY)) as served:
            return pace.measure(self.cast, served, self.extent.pace_seconds)

    def batch(self) -> Run:
        with self.bench.web(self.fresh(EMPTY)) as served:
            return batch.measure(self.bench, self.cast, served, EMPTY, self.extent.pace_seconds)

    def merchant_page(self) -> Run:
        return page.of_merchant(self.bench, FULL)

    def operator_pages(self) -> Run:
        return page.of_operator(self.bench, FULL)

    def exposure(self) -> Run:
        return exposure.measure(self.bench, self.cast, FULL)

    def reconciled(self) -> Run:
        return reconciliation.measure(self.bench)

    def rush(self) -> Run:
        self.fresh(rush.DATABASE)
        return rush.measure(self.bench, self.cast, self.extent.due, self.extent.quiet_seconds)

    def memory(self) -> Run:
        with self.bench.web(self.fresh(EMPTY)) as served:
            return memory.measure(self.bench, self.cast, served, self.extent.calls)

    def run(self, rows: list[Row]) -> Iterator[Run]:
        """Round by round, and within a round row by row: what disturbs the machine for a while disturbs all rows."""
        for number in range(self.extent.rounds):
            for row in rows:
                if number == 0 or not row.once:
                    yield measured(row)

    def verified(self, database: str) -> bool:
        """Does every balance still equal its rows? Asked of the portal's own check."""
        try:
            self.bench.manage(database, "verify_ledger")
        except subprocess.CalledProcessError:
            return False
        return True
