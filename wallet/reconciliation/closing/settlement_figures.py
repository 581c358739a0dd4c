"""Figures of a settlement statement: counted once and stored. Page, files and email show these.

Amounts are units (real amount × 100000); currencies are never added.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from wallet.models import Settlement


class CurrencySums(msgspec.Struct, frozen=True, kw_only=True):
    """Sums of one currency, × 100000, with rollbacks of the same month subtracted.

    `adjustments`: what players got by changes of earlier months; `adjusted_ggr` of it changes GGR, `adjusted_rewards`
    the rewards.
    """

    currency: str
    opening: int = 0
    closing: int = 0
    bets: int = 0
    stakes: int = 0
    payouts: int = 0
    rewards: int = 0
    reward_count: int = 0
    deposits: int = 0
    deposit_count: int = 0
    withdrawals: int = 0
    withdrawal_count: int = 0
    adjustments: int = 0
    adjusted_ggr: int = 0
    adjusted_rewards: int = 0

    @property
    def ggr(self) -> int:
        return self.stakes - self.payouts

    @property
    def change(self) -> int:
        """Return the change of the players' balances from its parts."""
        return self.rewards + self.deposits - self.withdrawals - self.ggr + self.adjustments

    @property
    def ggr_with_adjustments(self) -> int:
        return self.ggr + self.adjusted_ggr

    @property
    def net(self) -> int:
        """Return GGR minus rewards, both with adjustments."""
        return self.ggr_with_adjustments - self.rewards - self.adjusted_rewards

    @property
    def is_empty(self) -> bool:
        """Return whether there was no balance and no movement."""
        return not any(value for value in msgspec.structs.astuple(self) if not isinstance(value, str))


class GameSums(msgspec.Struct, frozen=True):
    currency: str
    game: str
    name: str
    bets: int
    stakes: int
    payouts: int

    @property
    def ggr(self) -> int:
        return self.stakes - self.payouts


class DayCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Days of the month, each counted once. `high`: unresolved cases of high severity at the month's end."""

    days: int
    clear: int
    resolved: int
    open: int
    unreconciled: int
    open_cases: int
    high: int

    @property
    def reconciled(self) -> int:
        return self.days - self.unreconciled

    @property
    def exceptions(self) -> list[str]:
        """Return, in sentences, why closing the month needs a reason."""
        found = []
        if self.unreconciled:
            days = "1 day is" if self.unreconciled == 1 else f"{self.unreconciled:,} days are"
            found.append(f"{days} not reconciled.")
        if self.high:
            cases = "1 case of high severity is" if self.high == 1 else f"{self.high:,} cases of high severity are"
            found.append(f"{cases} open.")
        return found


class SettlementFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures. `runs`: the newest run of each day. `open_cases`: open cases up to the end of the month."""

    currencies: list[CurrencySums]
    games: list[GameSums]
    days: DayCounts
    runs: dict[date, int]
    open_cases: list[int]
    adjustments: dict[str, int]  # how many, by kind


def figures_of(settlement: Settlement) -> SettlementFigures:
    """Return the stored figures of a statement."""
    return msgspec.convert(settlement.figures, SettlementFigures)


def as_json(figures: SettlementFigures) -> Any:
    """Return the figures as they are stored."""
    return msgspec.to_builtins(figures, str_keys=True)
