"""The books that a game server keeps of a run: what the answers say must have happened to the player's money.

They are made of what was sent and how it was answered, and never of the ledger, so that they can be compared with it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from wallet import statuses

DEBITS = {"bet", "withdraw"}
AMOUNTS = {"reward": "rewardedAmount"}
PREFIX = "/wallet/transaction/"


@dataclass
class Entry:
    kind: str
    amount: int  # real amount × 100000
    reference: str = ""  # of a payout: its bet
    stands: bool = True

    @property
    def effect(self) -> int:
        return 0 if not self.stands else -self.amount if self.kind in DEBITS else self.amount


@dataclass
class RunBooks:
    """The transactions of one player in one currency by their id."""

    opening: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    rounds: dict[str, str] = field(default_factory=dict)  # the bet of each round id

    def add_answer(self, target: str, body: Any, answer: dict[str, Any]) -> None:
        """Note what an answered call moved. Repeats and refusals move nothing."""
        kind = target.removeprefix(PREFIX)
        if kind == target or not isinstance(body, dict):
            return
        if "transactions" not in body:
            self._add(kind, body, str(answer.get("status", "")))
            return
        for item, told in zip(body["transactions"], answer.get("data") or [], strict=False):
            self._add(kind, item, str(told.get("status", "")))

    def _add(self, kind: str, item: dict[str, Any], status: str) -> None:
        if status != statuses.OK:
            return
        if kind == "rollback":
            self._roll_back(str(item["refTransactionId"]))
            return
        number, reference = str(item["transactionId"]), str(item.get("refTransactionId", ""))
        if number in self.entries:
            return
        if kind == "bet" and item.get("roundId"):
            self.rounds[item["roundId"]] = number
        if kind == "retry":
            reference = self.rounds.get(str(item["roundId"]), "")
        name = "payout" if kind in {"retry", "settlement"} else kind
        self.entries[number] = Entry(name, int(item[AMOUNTS.get(kind, "amount")]), reference)

    def _roll_back(self, reference: str) -> None:
        """A bet takes its payouts along."""
        known = self.entries.get(reference)
        if known is None:
            return
        known.stands = False
        if known.kind == "bet":
            for entry in self.entries.values():
                if entry.kind == "payout" and entry.reference == reference:
                    entry.stands = False

    @property
    def expected(self) -> int:
        """The balance that the player must have."""
        return self.opening + sum(entry.effect for entry in self.entries.values())

    def summary(self) -> dict[str, Any]:
        """Return sums and numbers of what stands by kind, and what was rolled back."""
        sums, numbers = Counter[str](), Counter[str]()
        for entry in self.entries.values():
            name = entry.kind if entry.stands else f"{entry.kind}_rolled_back"
            sums[name] += entry.amount
            numbers[name] += 1
        return {"opening": self.opening, "expected": self.expected, "sums": dict(sums), "numbers": dict(numbers)}
