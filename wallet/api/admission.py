"""Nobody takes all threads: what one player or one merchant may have under way in this process (decision 0040).

Calls of one player wait for each other in the database, and two are enough to keep it busy. Further ones wait for their
turn here as long as anything of this player's is decided; once nothing is, they are refused at once.
A merchant may use all threads but two, and these as well unless its calls keep failing for want of time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

from django.conf import settings

from portal.lib import deadline
from wallet import statuses

BATCHES = ""  # their turn: each of them locks many players
CALLS_OF_A_PLAYER = 2
SPARE_THREADS = 2
MOST_REMEMBERED = 256

type Turn = tuple[int, str | None]  # a merchant, and the player whom a call locks; None when it locks nobody


@dataclass(slots=True)
class Queue:
    """The calls of one turn. `moved_at`: when the last of them was decided, or the first one began."""

    moved_at: float
    under_way: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Load:
    """What a merchant has in the database, by when it began; and whose calls failed lately, until when that counts."""

    begun: list[float] = field(default_factory=list)
    failed: dict[Turn, float] = field(default_factory=dict)

    def threads(self, now: float, *, slow_after: float) -> int:
        """So many are waited in, or will be again."""
        slow = sum(1 for begun in self.begun if now - begun > slow_after)
        return slow + CALLS_OF_A_PLAYER * sum(1 for until in self.failed.values() if now < until)


class AdmissionCounts(NamedTuple):
    """How many calls are in the database, wait for their turn, and were refused since the process began."""

    under_way: int
    waiting: int
    refused: int


class Admission:
    """`answer_seconds`: within which a call has its answer; the patience with calls that stand still is part of it.

    `memory`: for how many seconds what failed for want of time counts against more of the same.
    """

    def __init__(self, threads: int, answer_seconds: float, *, memory: float = 1.0) -> None:
        self._memory = memory
        self._changed = threading.Condition(threading.Lock())
        self._most_batches = self._slow_threads = max(threads // 2, 1)
        self._common_threads = max(threads - SPARE_THREADS, 1)
        self._slow_after, self._patience = answer_seconds / 2, answer_seconds / 4
        self._under_way = self._refused = 0
        self._queues: dict[Turn, Queue] = {}
        self._loads: dict[int, Load] = {}

    def admit(self, merchant: int, player: str | None) -> Admitted:
        """Let one call through. `player` may be BATCHES. Raises Overloaded, at once or after a moment."""
        return Admitted(self, (merchant, player))

    def crowd(self) -> AdmissionCounts:
        with self._changed:
            return AdmissionCounts(
                self._under_way, sum(queue.waiting for queue in self._queues.values()), self._refused
            )

    def begin(self, turn: Turn) -> float:
        with self._changed:
            if turn[1] is not None:
                self._take_turn(turn)
            now, load = monotonic(), self._load_of(turn)
            if self._under_way >= self._common_threads and self._is_slow(load, now):
                self._leave(turn, is_decided=False)
                self._refused += 1
                raise statuses.Overloaded
            self._under_way += 1
            load.begun.append(now)
        return now

    def _is_slow(self, load: Load, now: float) -> bool:
        return load.threads(now, slow_after=self._slow_after) >= self._slow_threads

    def _take_turn(self, turn: Turn) -> None:
        queue = self._queues.get(turn)
        if queue is None:
            queue = self._queues[turn] = Queue(monotonic())
        queue.waiting += 1
        try:
            self._await_room(turn, queue)
        finally:
            queue.waiting -= 1
        queue.under_way += 1

    def _await_room(self, turn: Turn, queue: Queue) -> None:
        most = self._most_batches if turn[1] == BATCHES else CALLS_OF_A_PLAYER
        while queue.under_way >= most:
            patience = queue.moved_at + self._patience - monotonic()
            left = deadline.seconds_left()
            patience = patience if left is None else min(patience, left)
            if patience <= 0 or self._is_stuck(turn):
                self._note_failure(turn)
                self._refused += 1
                raise statuses.Overloaded
            self._changed.wait(patience)

    def end(self, turn: Turn, began: float, *, is_decided: bool) -> None:
        with self._changed:
            self._under_way -= 1
            self._load_of(turn).begun.remove(began)
            if not is_decided:
                self._note_failure(turn)
            self._leave(turn, is_decided=is_decided)

    def _leave(self, turn: Turn, *, is_decided: bool) -> None:
        queue = self._queues.get(turn)
        if queue is None:
            return
        queue.under_way -= 1
        if is_decided:
            queue.moved_at = monotonic()
            self._load_of(turn).failed.pop(turn, None)
        if queue.waiting:
            self._changed.notify_all()
        elif not queue.under_way:
            del self._queues[turn]

    def _load_of(self, turn: Turn) -> Load:
        return self._loads.get(turn[0]) or self._loads.setdefault(turn[0], Load())

    def _is_stuck(self, turn: Turn) -> bool:
        return monotonic() < self._load_of(turn).failed.get(turn, 0.0)

    def _note_failure(self, turn: Turn) -> None:
        """So that others of its kind do not wait for it too, also when for a moment none is under way."""
        failed = self._load_of(turn).failed
        if len(failed) >= MOST_REMEMBERED:
            failed.clear()
        failed[turn] = monotonic() + self._memory


class Admitted:
    """A call under way. A class, since a generator costs a call twice as much."""

    __slots__ = ("_admission", "_began", "_turn")
    _began: float

    def __init__(self, admission: Admission, turn: Turn) -> None:
        self._admission, self._turn = admission, turn

    def __enter__(self) -> None:
        self._began = self._admission.begin(self._turn)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        undecided = kind is not None and issubclass(kind, statuses.Undecided)
        self._admission.end(self._turn, self._began, is_decided=not undecided)


of_this_process = Admission(settings.WEB_THREADS, settings.ANSWER_SECONDS)
