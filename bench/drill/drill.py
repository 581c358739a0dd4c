"""One drill: callers, a fault, callers again, and then everything is looked at."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from pathlib import Path

import psutil

from bench.drill import books, faults
from bench.drill.books import Findings
from bench.drill.callers import Task
from bench.drill.ground import PLAYERS, Ground
from bench.drill.history import CUT, GIVEN_UP, HELD_BACK, UNREACHABLE, Attempt, Call, Stall
from bench.drill.probe import Probe, net_seconds
from bench.drill.rows import Row
from bench.drill.traffic import NotInTime, Traffic, players, traffic
from bench.run import LOOK_SECONDS

PROMISED_SECONDS = 0.9  # contract, section 7
EXPECTED = {"200", "503", "429", CUT, UNREACHABLE, GIVEN_UP, HELD_BACK}
HISTORY = Row("history", "", faults.rolling_restart, is_web_away=True)
MOST_TAKEN = 30  # percent: on a machine that others use more, how late an answer was is shown and not judged
WARM_CALLS, LATER_CALLS = 100, 200


@dataclass(frozen=True)
class Scale:
    """How many callers, in how many processes, speak about how many players."""

    processes: int = 4
    callers: int = 4
    players: int = 24
    think_seconds: float = 0.05
    patience_seconds: float = 2.0
    calls: int = 100_000
    calls_a_fault: int = 4_000


@dataclass
class Outcome:
    """What one drill showed. `faults`: why it does not hold."""

    key: str
    title: str
    seed: str
    not_run: str = ""
    calls: int = 0
    attempts: Counter[str] = field(default_factory=Counter)
    findings: Findings = field(default_factory=Findings)
    latest_ms: float = 0.0
    latest_net_ms: float = 0.0
    late: int = 0
    stall_ms: float = 0.0
    errors_seconds: float = 0.0
    away_seconds: float = 0.0
    recovered_seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    said: str = ""
    must_lose: bool = False
    load: float = 0.0
    taken: float = 0.0  # percent of the processors, by others, before it began
    is_timed: bool = True


@dataclass
class Drills:
    """On one ground, each with players of its own."""

    ground: Ground
    seed: int
    scale: Scale
    probe: Probe
    first_player: int = 1
    judges_time: bool = True
    kept_in: Path | None = None

    def task(self, key: str) -> Task:
        who = list(players(self.first_player, self.scale.players))
        self.first_player += self.scale.players
        if self.first_player > PLAYERS + 1:
            raise NotInTime("There are no players left.")
        cast, folder = self.ground.cast, self.ground.bench.folder
        file = str(folder / f"history-{key}")
        times = (self.scale.think_seconds, self.scale.patience_seconds)
        seed, callers = f"{self.seed}.{key}", self.scale.callers
        return Task(seed, callers, who, self.ground.ports, cast.auth_key, cast.secret, file, *times)

    def run(self, row: Row) -> Outcome:
        if missing := row.why_not():
            return Outcome(row.key, row.title, "", not_run=missing)
        task = self.task(row.key)
        outcome = Outcome(row.key, row.title, task.seed, must_lose=row.must_lose)
        with self.told(outcome), row.prepare(self.ground):
            self.ground.await_ready()
            outcome.taken = psutil.cpu_percent(LOOK_SECONDS)
            self.play(row, task, outcome)
        return outcome

    @contextmanager
    def told(self, outcome: Outcome) -> Iterator[None]:
        """A drill that breaks itself does not hold. What did not hold is kept, to be looked at."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - whatever it is, the other drills go on
            said = str(fault).replace(str(self.ground.bench.folder), "…")
            outcome.faults.append(f"the drill broke: {type(fault).__name__}: {said}")
        if outcome.faults and self.kept_in:
            self.keep(outcome.key, self.kept_in / outcome.key)

    def keep(self, key: str, place: Path) -> None:
        folder = self.ground.bench.folder
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for file in [*folder.glob(f"history-{key}.*"), *folder.glob("*.log")]:
            shutil.copy(file, place)
        for file in folder.glob("*/log"):
            shutil.copy(file, place / f"{file.parent.name}.log")

    def play(self, row: Row, task: Task, outcome: Outcome) -> None:
        with traffic(task, self.scale.processes) as running:
            running.await_decided(WARM_CALLS)
            began = time.monotonic()
            row.fault(self.ground, running)
            over = time.monotonic()
            running.await_acknowledged(1)
            self.ground.await_ready()
            if row.wakes_workers:
                self.ground.await_workers()
            outcome.recovered_seconds = time.monotonic() - over
            running.await_acknowledged(LATER_CALLS)
            row.afterwards(self.ground, running)
            running.await_acknowledged(WARM_CALLS)
        self.judge(outcome, row, running, task.players, began)

    def judge(self, outcome: Outcome, row: Row, running: Traffic, who: Sequence[str], began: float) -> None:
        calls, ledger = running.calls, books.read(self.ground.writes.url, who)
        measure(outcome, calls, [*running.stalls, *self.probe.stalls], began)
        outcome.load = os.getloadavg()[0]
        outcome.stall_ms = self.probe.longest_since(began) * 1000
        outcome.findings = books.compare(calls, ledger)
        outcome.faults += control_faults(outcome) if row.must_lose else outcome.findings.faults()
        outcome.is_timed = self.judges_time and outcome.taken <= MOST_TAKEN
        outcome.faults += answer_faults(outcome, judges_time=outcome.is_timed and not row.is_web_away)
        if outcome.is_timed and outcome.away_seconds > (row.most_away_seconds or inf):
            outcome.faults.append(f"nobody was served for longer than {row.most_away_seconds} s")
        outcome.faults += self.verify()

    def verify(self) -> list[str]:
        try:
            self.ground.manage("verify_ledger")
        except subprocess.CalledProcessError as fault:
            return [f"verify_ledger: {fault.stdout.strip()[-500:]}"]
        return []

    def long_history(self) -> Outcome:
        """Random calls as fast as they are answered, with one fault after the other, drawn by chance."""
        task = self.task(HISTORY.key)
        outcome = Outcome(HISTORY.key, f"{self.scale.calls:,} calls, faults by chance", task.seed)
        fast = replace(task, think_seconds=0.0)
        draw, happened = faults.drawn_by_chance(f"{task.seed}.faults"), Counter[str]()
        chance = random.Random(f"{task.seed}.pauses")
        outcome.taken = psutil.cpu_percent(LOOK_SECONDS)
        with self.told(outcome):
            with traffic(fast, self.scale.processes) as running:
                began = time.monotonic()
                while len(running.look()) < self.scale.calls:
                    rest = chance.randint(self.scale.calls_a_fault // 2, 3 * self.scale.calls_a_fault // 2)
                    running.await_decided(min(len(running.calls) + rest, self.scale.calls), seconds=600)
                    happened[draw(self.ground, running)] += 1
                    running.await_acknowledged(LATER_CALLS)
                self.ground.await_ready()
            self.judge(outcome, HISTORY, running, task.players, began)
        outcome.said = ", ".join(f"{name} × {number}" for name, number in sorted(happened.items()))
        return outcome


def measure(outcome: Outcome, calls: Sequence[Call], stalls: list[Stall], began: float) -> None:
    tried = list({(attempt.sent, call.caller): (call, attempt) for call in calls for attempt in call.attempts}.values())
    outcome.calls, outcome.attempts = len(calls), Counter(attempt.outcome for _, attempt in tried)
    failed = [attempt for _, attempt in tried if is_failed(attempt) and attempt.ended > began]
    if failed:
        first = min(attempt.sent for attempt in failed)
        outcome.errors_seconds = max(attempt.ended for attempt in failed) - max(first, began)
    served = sorted(attempt.ended for _, attempt in tried if not is_failed(attempt) and attempt.ended >= began)
    outcome.away_seconds = max((later - earlier for earlier, later in pairwise([began, *served])), default=0.0)
    for call, attempt in tried:
        if attempt.outcome in {CUT, UNREACHABLE}:
            continue
        outcome.latest_ms = max(outcome.latest_ms, attempt.seconds * 1000)
        net = net_seconds(call, attempt, stalls) if attempt.seconds > PROMISED_SECONDS else attempt.seconds
        outcome.latest_net_ms = max(outcome.latest_net_ms, net * 1000)
        outcome.late += net > PROMISED_SECONDS


def is_failed(attempt: Attempt) -> bool:
    return attempt.outcome != "200"


def answer_faults(outcome: Outcome, *, judges_time: bool) -> list[str]:
    strange = {name: number for name, number in outcome.attempts.items() if name not in EXPECTED}
    found = [f"{number} answers {name}" for name, number in strange.items()]
    if outcome.late and judges_time:
        found.append(f"{outcome.late} answers later than {PROMISED_SECONDS * 1000:.0f} ms")
    return found


def control_faults(outcome: Outcome) -> list[str]:
    """The control must lose, and the checker must see it by itself."""
    findings = outcome.findings
    found = [] if findings.lost else ["nothing was lost: the failover proves nothing"]
    return found if findings.unexplained and findings.books else [*found, "callers' books and answers look right"]
