"""The drills, each a row of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from bench.drill import faults
from bench.drill.faults import VALKEY, WEB, WORKERS, Fault, frozen_for, killed
from bench.drill.ground import NODES, Ground
from bench.drill.traffic import Traffic


@contextmanager
def as_it_is(ground: Ground) -> Iterator[None]:
    yield


def needs_nothing() -> str:
    return ""


def nothing_more(ground: Ground, traffic: Traffic) -> None:
    pass


@dataclass(frozen=True)
class Row:
    """`is_web_away`: the processes that answer stand still themselves, so how late they are says nothing of a deadline.

    `prepare`: around the drill, with no calls. `afterwards`: under calls, once all goes on. `must_lose`: the control.
    """

    key: str
    title: str
    fault: Fault
    is_web_away: bool = False
    wakes_workers: bool = False
    must_lose: bool = False
    prepare: Callable[[Ground], AbstractContextManager[None]] = as_it_is
    afterwards: Fault = nothing_more
    why_not: Callable[[], str] = needs_nothing
    most_away_seconds: float | None = None


POSTGRES = NODES[0]
KILLED_AND_FROZEN = [
    Row("web-process-killed", "a web process killed", faults.killed_one_process, is_web_away=True),
    Row("web-killed", "all web servers killed", killed(*WEB), is_web_away=True),
    Row("web-2s", "all web servers frozen 2 s", frozen_for(2, *WEB), is_web_away=True),
    Row("web-10s", "all web servers frozen 10 s", frozen_for(10, *WEB), is_web_away=True),
    Row("postgres-killed", "PostgreSQL killed", killed(POSTGRES)),
    Row("postgres-process-killed", "one process of PostgreSQL killed", faults.killed_backend),
    Row("postgres-2s", "PostgreSQL frozen 2 s", frozen_for(2, POSTGRES)),
    Row("postgres-10s", "PostgreSQL frozen 10 s", frozen_for(10, POSTGRES)),
    Row("valkey-killed", "Valkey killed", killed(*VALKEY), wakes_workers=True),
    Row("valkey-2s", "Valkey frozen 2 s", frozen_for(2, *VALKEY), wakes_workers=True),
    Row("valkey-10s", "Valkey frozen 10 s", frozen_for(10, *VALKEY), wakes_workers=True),
    Row("workers-killed", "workers and beat killed", killed(*WORKERS), wakes_workers=True),
    Row("workers-2s", "workers and beat frozen 2 s", frozen_for(2, *WORKERS), wakes_workers=True),
    Row("workers-10s", "workers and beat frozen 10 s", frozen_for(10, *WORKERS), wakes_workers=True),
    Row("all-killed", "everything killed at once", killed(*faults.EVERYTHING), is_web_away=True, wakes_workers=True),
]
SHORT_OF = [
    Row(
        "log-full",
        "disk of the request log full",
        faults.log_has_no_room,
        why_not=faults.why_no_small_file_system,
    ),
    Row("connections", "no connection of PostgreSQL left for 3 s", faults.no_connection_left),
    Row("slow-readers", "50 callers that read nothing", faults.slow_readers),
    Row("slow-bodies", "4 bodies to each web server, a byte a second", faults.slow_bodies),
]
CLOCKS = [
    Row(
        "clock-web",
        "clock of the web servers: + 1 h, − 1 h",
        faults.clock_jumps("+3600", "-3600"),
        prepare=faults.web_clock,
        why_not=faults.why_no_fake_clock,
    ),
    Row(
        "clock-postgres",
        "clock of PostgreSQL: + 1 h, − 1 h",
        faults.clock_jumps("+3600", "-3600"),
        prepare=faults.database_clock,
        why_not=faults.why_no_fake_clock,
    ),
]
IN_ORDER = [Row("rolling", "web servers restarted in turn", faults.rolling_restart)]
STANDBYS = [
    Row("standby-one", "one of two standbys killed", faults.one_standby_killed, prepare=faults.standbys),
    Row("standbys-2s", "both standbys frozen 2 s", faults.standbys_frozen(2), prepare=faults.standbys),
    Row("standbys-10s", "both standbys frozen 10 s", faults.standbys_frozen(10), prepare=faults.standbys),
    Row("standbys-killed", "both standbys killed", faults.standbys_killed, prepare=faults.standbys),
    Row(
        "failover",
        "primary lost, a synchronous standby promoted",
        faults.primary_lost,
        prepare=faults.standbys,
        afterwards=faults.primary_comes_back,
        most_away_seconds=1.5,
    ),
    Row(
        "control",
        "control: primary lost, standbys not synchronous and behind",
        faults.unprotected_primary_lost,
        prepare=faults.standbys,
        must_lose=True,
    ),
]
ROWS = [*KILLED_AND_FROZEN, *SHORT_OF, *CLOCKS, *IN_ORDER, *STANDBYS]
