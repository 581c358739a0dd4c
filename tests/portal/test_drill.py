"""The short form of `make drill`: servers of its own are killed and frozen under calls, and the money is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench import cast
from bench.cast import Cast
from bench.drill.drill import Drills, Scale
from bench.drill.ground import DATABASE, opened
from bench.drill.history import CUT, UNREACHABLE
from bench.drill.probe import probing
from bench.drill.rows import ROWS
from bench.servers import Bench
from tests.wallet.clusters import restore_migrated

pytestmark = pytest.mark.xdist_group("clusters")
SEED, PLAYERS = 14, 50
# A busy machine is no fault: nobody here judges how fast an answer was.
SMALL = Scale(processes=2, players=12, think_seconds=0.03, patience_seconds=10)


def copied(bench: Bench) -> Cast:
    """The tables of the run's migrated database, and the players."""
    restore_migrated(bench.database(DATABASE))
    return cast.seat(bench, DATABASE, PLAYERS)


@pytest.fixture(scope="module")
def drills() -> Iterator[Drills]:
    with opened(copied, web_servers=1, workers=False) as ground, probing(ground.bench.folder / "probe") as probe:
        yield Drills(ground, SEED, SMALL, probe, judges_time=False)


@pytest.mark.parametrize("key", ["web-killed", "postgres-killed", "valkey-2s"])
def test_nothing_acknowledged_is_lost_or_doubled(drills: Drills, key: str) -> None:
    row = replace(next(row for row in ROWS if row.key == key), wakes_workers=False)
    outcome = drills.run(row)
    assert outcome.faults == []
    if key == "web-killed":
        assert outcome.attempts[CUT] + outcome.attempts[UNREACHABLE] > 0
    if key == "postgres-killed":
        assert outcome.attempts["503"] > 0
