"""Stakes and winnings of the last hours, by currency. Amounts × 100000.

A rollback is subtracted in the hour in which it arrived. So an hour can be below 0, and so can a period when the bet
came before it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from merchants.models import Merchant, Secret
from portal.lib import clock
from wallet.models.usage import MovementHour
from wallet.services.usage import usage_totals
from wallet.services.usage.usage_totals import Span

Kind = MovementHour.Kind
REVERSED = {
    Kind.BET_BACK: Kind.BET,
    Kind.PAYOUT_BACK: Kind.PAYOUT,
    Kind.REWARD_BACK: Kind.REWARD,
    Kind.DEPOSIT_BACK: Kind.DEPOSIT,
    Kind.WITHDRAW_BACK: Kind.WITHDRAW,
}
FLOW = f"""
    SELECT m.currency, m.hour, m.kind, sum(m.amount), sum(m.moves)
      FROM ({usage_totals.MOVEMENTS}) AS m (secret_id, hour, address, kind, currency, moves, amount, first_at, last_at)
     WHERE m.currency <> ''
     GROUP BY 1, 2, 3
"""


@dataclass(slots=True)
class Flow:
    """Money of one currency. `came`: stakes, `went`: winnings, both by hour; `by_kind`: over all hours."""

    currency: str
    came: Counter[datetime] = field(default_factory=Counter)
    went: Counter[datetime] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    moves: int = 0

    @property
    def stakes(self) -> int:
        return self.came.total()

    @property
    def winnings(self) -> int:
        return self.went.total()

    def add(self, hour: datetime, kind: str, amount: int) -> None:
        if kind in REVERSED:
            kind, amount = REVERSED[Kind(kind)], -amount
        self.by_kind[kind] += amount
        if kind == Kind.BET:
            self.came[hour] += amount
        elif kind in {Kind.PAYOUT, Kind.REWARD}:
            self.went[hour] += amount


def recent_flows(secrets: list[Secret], *, hours: int) -> list[Flow]:
    """Return the money under these secrets by currency, the busiest first. `hours` include the current one."""
    since = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1)
    flows: dict[str, Flow] = {}
    for currency, hour, kind, amount, moves in usage_totals.usage_rows(FLOW, secrets, Span(since)):
        flow = flows.setdefault(currency, Flow(currency))
        flow.moves += int(moves)
        flow.add(hour, kind, int(amount))
    return sorted(flows.values(), key=lambda flow: (-flow.moves, flow.currency))


def secrets_of_key(merchant: Merchant) -> list[Secret]:
    """Return the secrets of a merchant."""
    return list(Secret.objects.filter(key__merchant=merchant).only("pk"))
