"""What one player's calls are answered when they come one after the other: the contract, sections 3 and 5, in short.

It shares no code with the server. Sessions, games and blocks are always in order here, so only money decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bench.drill.history import DUPLICATE, NOT_ENOUGH, OK, READ, UNKNOWN, Draft, Undo

TOMBSTONE = "tombstone"
DEBITS = ("bet", "withdraw")
CREDITS = ("deposit", "reward")


class Answer(NamedTuple):
    status: str
    balance: int | None


@dataclass(slots=True)
class Kept:
    """What is known of a transaction id."""

    kind: str
    amount: int
    answer: Answer
    is_reversed: bool = False

    @property
    def change(self) -> int:
        """What it did to the balance."""
        if self.answer.status != OK or self.kind not in {*DEBITS, *CREDITS, "payout"}:
            return 0
        return -self.amount if self.kind in DEBITS else self.amount


@dataclass(slots=True)
class Account:
    balance: int
    kept: dict[str, Kept] = field(default_factory=dict)
    payouts: dict[str, list[str]] = field(default_factory=dict)

    def apply(self, call: Draft) -> tuple[Answer, Undo | None]:
        """Return the answer, and how to take back what was done; None when nothing was."""
        if call.kind == READ:
            return Answer(OK, self.balance), None
        if call.id in self.kept:
            return self._repeat(call, self.kept[call.id]), None
        if call.kind == "payout":
            return self._pay(call)
        if call.kind == "rollback":
            return self._roll_back(call)
        if call.kind in DEBITS and self.balance < call.amount:
            return self._keep(call, NOT_ENOUGH, 0)
        return self._keep(call, OK, -call.amount if call.kind in DEBITS else call.amount)

    def _repeat(self, call: Draft, first: Kept) -> Answer:
        if first.kind == TOMBSTONE or (first.is_reversed and first.kind == call.kind):
            return Answer(UNKNOWN, None)
        if first.kind != call.kind or first.amount != call.amount:
            return Answer(DUPLICATE, self.balance)
        return first.answer

    def _keep(self, call: Draft, status: str, change: int) -> tuple[Answer, Undo]:
        self.balance += change
        answer = Answer(status, self.balance)
        self.kept[call.id] = Kept(call.kind, call.amount, answer)

        def undo() -> None:
            self.balance -= change
            del self.kept[call.id]

        return answer, undo

    def _pay(self, call: Draft) -> tuple[Answer, Undo | None]:
        bet = self.kept.get(call.ref)
        if bet is None or bet.kind != "bet" or bet.answer.status != OK or bet.is_reversed:
            return Answer(UNKNOWN, None), None
        answer, forget = self._keep(call, OK, call.amount)
        paid = self.payouts.setdefault(call.ref, [])
        paid.append(call.id)

        def undo() -> None:
            paid.remove(call.id)
            forget()

        return answer, undo

    def _roll_back(self, call: Draft) -> tuple[Answer, Undo | None]:
        found = self.kept.get(call.ref)
        if found is not None and found.kind == "rollback":
            return Answer(UNKNOWN, None), None
        taken_back = self._taken_back(call.ref) if found else []
        if found is None:
            self.kept[call.ref] = Kept(TOMBSTONE, 0, Answer(UNKNOWN, None))
        change = -sum(each.change for each in taken_back)
        for each in taken_back:
            each.is_reversed = True
        self.balance += change
        answer = Answer(OK, None)
        self.kept[call.id] = Kept(call.kind, call.amount, answer)

        def undo() -> None:
            del self.kept[call.id]
            self.balance -= change
            for each in taken_back:
                each.is_reversed = False
            if found is None:
                del self.kept[call.ref]

        return answer, undo

    def _taken_back(self, ref: str) -> list[Kept]:
        """What moved under the id, and for a bet each payout of it that stands."""
        first = self.kept[ref]
        if first.is_reversed or first.answer.status != OK or first.kind == TOMBSTONE:
            return []
        payouts = [self.kept[each] for each in self.payouts.get(ref, ())] if first.kind == "bet" else []
        return [first, *(each for each in payouts if not each.is_reversed)]
