"""Proves that some serial order explains every answer: of one player, and true to the clock.

A call that was answered before another one was sent stands before it in the order. The search walks on by whatever
the answers allow, and comes back where they led nowhere; since each answer tells a balance, it hardly ever does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from bench.drill.history import UNDECIDED, Call, Undo
from bench.drill.model import Account, Answer

STEPS_A_CALL = 200
SPARE_STEPS = 10_000


def violations(calls: Iterable[Call], opening: int, finally_: dict[str, int]) -> list[str]:
    """One sentence for each player whose answers no order explains. `finally_`: what the ledger says at the end."""
    by_player: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_player[call.draft.player].append(call)
    found = (explain(by_player[player], opening, finally_.get(player)) for player in sorted(by_player))
    return [sentence for sentence in found if sentence]


def explain(calls: Sequence[Call], opening: int, at_the_end: int | None = None) -> str:
    """Return why no serial order explains the calls of one player; empty when one does."""
    if undecided := [call for call in calls if call.status == UNDECIDED]:
        return f"{undecided[0].draft.player}: {len(undecided)} calls were never decided."
    search = Search(sorted(calls, key=lambda call: call.began), Account(opening))
    fault = search.run()
    if not fault and at_the_end not in {None, search.account.balance}:
        player = calls[0].draft.player
        return f"{player}: the ledger ends at {at_the_end}, the answers at {search.account.balance}."
    return fault


@dataclass(slots=True)
class Frame:
    """A place where the order may go on in more than one way: what was done until then, and the ways that are left."""

    done: int
    ways: Iterator[int]


@dataclass(slots=True)
class Search:
    calls: list[Call]
    account: Account
    trail: list[tuple[int, Undo | None]] = field(default_factory=list)
    is_done: list[bool] = field(init=False)
    first: int = 0  # all before it are done
    last: int = -1  # none behind it was ever done
    deepest: int = -1
    fault: str = ""

    def __post_init__(self) -> None:
        self.is_done = [False] * len(self.calls)

    def run(self) -> str:
        frames: list[Frame] = []
        seen: set[tuple[int, frozenset[int], int]] = set()
        for _ in range(STEPS_A_CALL * len(self.calls) + SPARE_STEPS):
            self.take_free()
            if len(self.trail) == len(self.calls):
                return ""
            self.note()
            place = self.place()
            frames.append(Frame(len(self.trail), iter(() if place in seen else self.candidates())))
            seen.add(place)
            if not self.go_on(frames):
                return self.fault
        return f"{self.calls[0].draft.player}: no order was found in the steps that were allowed."

    def go_on(self, frames: list[Frame]) -> bool:
        """Take the next way that is left, here or further back; False when there is none."""
        while frames:
            self.go_back(frames[-1].done)
            if any(self.take(way) for way in frames[-1].ways):
                return True
            frames.pop()
        return False

    def candidates(self) -> list[int]:
        """Calls that may come next: sent before any other that is left was answered. In the order of their answers."""
        found, bound = list[int](), inf
        for index in range(self.first, len(self.calls)):
            if self.is_done[index]:
                continue
            if self.calls[index].began > bound:
                break
            found.append(index)
            bound = min(bound, self.calls[index].ended)
        return sorted(found, key=lambda index: self.calls[index].ended)

    def take_free(self) -> None:
        """What changes nothing and is explained now costs no later call its place."""
        while any(self.take(index, only_free=True) for index in self.candidates()):
            pass

    def take(self, index: int, *, only_free: bool = False) -> bool:
        call = self.calls[index]
        answer, undo = self.account.apply(call.draft)
        if answer != Answer(call.status, call.balance) or (only_free and undo):
            if undo:
                undo()
            return False
        self.is_done[index] = True
        self.last = max(self.last, index)
        self.trail.append((index, undo))
        while self.first < len(self.calls) and self.is_done[self.first]:
            self.first += 1
        return True

    def go_back(self, done: int) -> None:
        while len(self.trail) > done:
            index, undo = self.trail.pop()
            if undo:
                undo()
            self.is_done[index] = False
            self.first = min(self.first, index)

    def place(self) -> tuple[int, frozenset[int], int]:
        """What is done, and the balance: where the search has been once it need not go again."""
        ahead = (index for index in range(self.first, self.last + 1) if self.is_done[index])
        return self.first, frozenset(ahead), self.account.balance

    def note(self) -> None:
        """The sentence for the furthest place that was reached."""
        if len(self.trail) <= self.deepest:
            return
        self.deepest = len(self.trail)
        call = self.calls[self.candidates()[0]]
        said = f"{call.status} {'' if call.balance is None else call.balance}".strip()
        self.fault = (
            f"{call.draft.player}: no order explains {call.draft.kind} {call.draft.id} of {call.draft.amount}"
            f" by {call.caller}, answered {said} where the balance is {self.account.balance}."
        )
