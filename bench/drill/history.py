"""What callers wrote down: each call with all its attempts, from the first byte sent to the answer that decided it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

OK = "RS_OK"
NOT_ENOUGH = "RS_ERROR_NOT_ENOUGH_MONEY"
UNKNOWN = "RS_ERROR_TRANSACTION_DOES_NOT_EXIST"
DUPLICATE = "RS_ERROR_DUPLICATE_TRANSACTION"
UNDECIDED = "undecided"
# What became of an attempt: the HTTP status of its answer, or one of these.
CUT, UNREACHABLE, GIVEN_UP, HELD_BACK = "cut", "unreachable", "given up", "held back"
READ = "balance"
type Undo = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Seconds are those of the machine's monotonic clock, which all its processes share."""

    sent: float
    ended: float
    outcome: str
    request_id: str = ""
    port: int = 0

    @property
    def seconds(self) -> float:
        return self.ended - self.sent


@dataclass(frozen=True, slots=True)
class Draft:
    """What a caller is about to say. `id` is empty for a balance."""

    kind: str
    player: str
    id: str = ""
    amount: int = 0
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    draft: Draft
    caller: str
    attempts: tuple[Attempt, ...]
    status: str
    balance: int | None = None

    @property
    def began(self) -> float:
        """From then on it may have been done. What only reads was done by its last attempt."""
        return self.attempts[-1 if self.draft.kind == READ else 0].sent

    @property
    def ended(self) -> float:
        return self.attempts[-1].ended


@dataclass(frozen=True, slots=True)
class Stall:
    """The machine stood still: a process got its turn so much too late, or a byte came to the disk so late.

    `whose`: the callers that were in that process; empty for the disk, which is everybody's.
    """

    began: float
    seconds: float
    whose: str = ""


def as_line(entry: Call | Stall) -> str:
    return json.dumps(asdict(entry), separators=(",", ":")) + "\n"


def read_line(line: str) -> Call | Stall:
    found = json.loads(line)
    if "draft" not in found:
        return Stall(**found)
    attempts = tuple(Attempt(**each) for each in found.pop("attempts"))
    return Call(Draft(**found.pop("draft")), attempts=attempts, **found)
