"""What a caller says next: random calls about a few players, that other callers speak about in the same moment."""

from __future__ import annotations

import json
import random
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.cast import CURRENCY, GAME, OPENING_BALANCE
from bench.drill.history import OK, READ, Call, Draft

PATHS = {
    "balance": "/wallet/balance",
    **{kind: f"/wallet/transaction/{kind}" for kind in ("bet", "payout", "reward", "deposit", "withdraw", "rollback")},
}
WEIGHTS = {
    "bet": 40,
    "payout": 22,
    "reward": 6,
    "deposit": 6,
    "withdraw": 6,
    "rollback": 8,
    READ: 7,
    "again": 5,
}
COMMON_AMOUNT = OPENING_BALANCE // 100
TOO_MUCH, OFTEN = 2 * OPENING_BALANCE, 0.05  # a debit that is refused, and how often
EARLY = 0.15  # of the rollbacks come before what they name
MOST_ITEMS = 3
REMEMBERED = 200


def recent() -> deque[Draft]:
    return deque(maxlen=REMEMBERED)


@dataclass
class Mind:
    """Of one caller; the same seed says the same, as far as the answers are the same."""

    seed: str
    players: list[str]
    own: deque[Draft] = field(default_factory=recent)
    bets: defaultdict[str, deque[Draft]] = field(default_factory=lambda: defaultdict(recent))
    late: deque[Draft] = field(default_factory=recent)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def next(self) -> list[Draft]:
        """More than one only for a batch of rollbacks."""
        if self.late and self.chance.random() < EARLY:
            return [self.late.popleft()]
        kind = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        player = self.chance.choice(self.players)
        if kind == "again" and self.own:
            return [self.chance.choice(self.own)]
        if kind == "rollback" and self.own:
            return [self.rollback() for _ in range(self.chance.randint(1, MOST_ITEMS))]
        if kind == "payout" and self.bets[player]:
            return [self.draft("payout", player, ref=self.chance.choice(self.bets[player]).id)]
        if kind == READ:
            return [Draft(READ, player)]
        return [self.draft(kind if kind in {"reward", "deposit", "withdraw"} else "bet", player)]

    def draft(self, kind: str, player: str, ref: str = "") -> Draft:
        amount = self.chance.randint(1, COMMON_AMOUNT)
        if kind in {"bet", "withdraw"} and self.chance.random() < OFTEN:
            amount += TOO_MUCH
        return Draft(kind, player, self.new_id(), amount, ref)

    def rollback(self) -> Draft:
        if self.chance.random() < EARLY:
            late = self.draft("bet", self.chance.choice(self.players))
            self.late.append(late)
            return Draft("rollback", late.player, self.new_id(), 0, late.id)
        undone = self.chance.choice(self.own)
        return Draft("rollback", undone.player, self.new_id(), 0, undone.id)

    def new_id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128)))

    def learn(self, call: Call) -> None:
        """A bet that was taken can be paid; whatever was decided can be said again or taken back."""
        draft = call.draft
        if draft.kind != READ and draft not in self.own:
            self.own.append(draft)
            if draft.kind == "bet" and call.status == OK:
                self.bets[draft.player].append(draft)


def path(drafts: list[Draft]) -> str:
    return PATHS[drafts[0].kind]


def body(drafts: list[Draft]) -> bytes:
    said: Any = fields(drafts[0])
    if drafts[0].kind == "rollback":
        said = {"transactions": [fields(draft) for draft in drafts]}
    return json.dumps(said, separators=(",", ":")).encode()


def fields(draft: Draft) -> dict[str, Any]:
    if draft.kind == READ:
        return {"playerId": draft.player, "currency": CURRENCY}
    if draft.kind == "rollback":
        return {"transactionId": draft.id, "refTransactionId": draft.ref, "playerId": draft.player}
    said: dict[str, Any] = {"transactionId": draft.id, "playerId": draft.player, "currency": CURRENCY}
    if draft.kind in {"deposit", "withdraw"}:
        return said | {"kind": draft.kind, "amount": draft.amount}
    said |= {"sessionId": f"session-{draft.player}", "gameId": GAME}
    if draft.kind == "reward":
        del said["currency"]
        return said | {"refTransactionId": "bonus", "rewardType": "bonus", "rewardedAmount": draft.amount}
    if draft.kind == "payout":
        said |= {"refTransactionId": draft.ref, "isWin": True}
    return said | {"amount": draft.amount}
