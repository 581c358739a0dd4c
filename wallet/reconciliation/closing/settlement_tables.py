"""A settlement statement as tables: PDF, XLSX and page show the same tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from merchants.errors import moment_text as said
from merchants.models import Game
from portal.lib.sheets import SheetAmount
from wallet.models import Settlement, SettlementAdjustment
from wallet.money import format_amount
from wallet.reconciliation.closing.months import month_text
from wallet.reconciliation.closing.settlement_figures import CurrencySums, SettlementFigures, figures_of

AT_ONCE = 2_000
Row = tuple[Any, ...]
RULES = (
    "Figures are counted from the ledger rows of the month, in the merchant's time zone. GGR is "
    "stakes minus payouts. Rollbacks of the same month are subtracted. Adjustments of this month "
    "are: rollbacks of transactions of earlier months, correcting entries, restated days, and "
    "changed cases of earlier months. Amounts of different currencies are never added up."
)


@dataclass(frozen=True, slots=True)
class SettlementTable:
    """A table. Cells: text, whole numbers, `Amount`, dates and moments."""

    title: str
    head: tuple[str, ...]
    rows: Iterable[Row]

    def currency_of(self, row: Row) -> str:
        """Return the currency of the amounts in a row."""
        return str(row[self.head.index("Currency")]) if "Currency" in self.head else ""


def facts(settlement: Settlement) -> list[tuple[str, str]]:
    """Return the facts of the statement as name and value."""
    found = [
        ("Merchant", settlement.merchant.name),
        ("Month", month_text(settlement.month)),
        ("Time zone", settlement.time_zone),
        ("From", said(settlement.begins_at)),
        ("Until", said(settlement.ends_at)),
        ("State", settlement.get_state_display().lower()),
        ("Prepared by", str(settlement.prepared_by)),
        ("Calculated at", said(settlement.counted_at) if settlement.counted_at else ""),
        ("Signed off by", str(settlement.signed_by or "")),
        ("Signed off at", said(settlement.signed_at) if settlement.signed_at else ""),
    ]
    found.append(("SHA-256 of the figures", settlement.digest))
    exceptions = " ".join(figures_of(settlement).days.exceptions)
    if exceptions:
        found += [("Open at the close", exceptions), ("Reason to close", settlement.reason)]
    return [(name, value) for name, value in found if value]


def tables(settlement: Settlement, *, whole: bool = True) -> list[SettlementTable]:
    """Return the tables. `whole`: adjustments name their transactions."""
    figures = figures_of(settlement)
    return [
        balances(figures),
        games(figures),
        rewards(figures),
        cashier(figures),
        days(figures),
        adjustments(settlement, whole=whole),
    ]


def balances(figures: SettlementFigures) -> SettlementTable:
    rows = [(each.currency, name, amount) for each in figures.currencies for name, amount in parts(each)]
    return SettlementTable("Players' balances", ("Currency", "Item", "Amount"), rows)


def parts(each: CurrencySums) -> list[tuple[str, SheetAmount]]:
    """Return the steps from the opening to the closing balance, each as it changes the players' balances."""
    return [
        ("Opening balance", SheetAmount(each.opening, each.currency)),
        ("Stakes", SheetAmount(-each.stakes, each.currency)),
        ("Payouts", SheetAmount(each.payouts, each.currency)),
        ("Rewards", SheetAmount(each.rewards, each.currency)),
        ("Deposits", SheetAmount(each.deposits, each.currency)),
        ("Withdrawals", SheetAmount(-each.withdrawals, each.currency)),
        ("Adjustments", SheetAmount(each.adjustments, each.currency)),
        ("Closing balance", SheetAmount(each.closing, each.currency)),
    ]


def headline_sums(each: CurrencySums) -> list[tuple[str, str]]:
    """Return the sums that a reader looks for first."""
    named = [
        ("GGR", each.ggr),
        ("GGR adjustments", each.adjusted_ggr),
        ("Rewards", each.rewards),
        ("Reward adjustments", each.adjusted_rewards),
        ("GGR less rewards, with adjustments", each.net),
        ("Deposits", each.deposits),
        ("Withdrawals", each.withdrawals),
        ("Opening balance", each.opening),
        ("Closing balance", each.closing),
    ]
    return [(name, format_amount(amount, each.currency)) for name, amount in named]


def _amounts(currency: str, *units: int) -> list[SheetAmount]:
    return [SheetAmount(each, currency) for each in units]


def games(figures: SettlementFigures) -> SettlementTable:
    by_game = [
        (each.currency, each.game, each.name, each.bets, *_amounts(each.currency, each.stakes, each.payouts, each.ggr))
        for each in figures.games
    ]
    totals = [
        (each.currency, "", "All games", each.bets, *_amounts(each.currency, each.stakes, each.payouts, each.ggr))
        for each in figures.currencies
    ]
    return SettlementTable(
        "GGR by game and currency",
        ("Currency", "Game", "Name", "Bets", "Stakes", "Payouts", "GGR"),
        sorted([*by_game, *totals], key=lambda row: (row[0], row[2] == "All games", row[2], row[1])),
    )


def rewards(figures: SettlementFigures) -> SettlementTable:
    rows = [(each.currency, each.reward_count, SheetAmount(each.rewards, each.currency)) for each in figures.currencies]
    return SettlementTable("Rewards", ("Currency", "Rewards", "Amount"), rows)


def cashier(figures: SettlementFigures) -> SettlementTable:
    rows = [
        (
            each.currency, each.deposit_count, *_amounts(each.currency, each.deposits), each.withdrawal_count,
            *_amounts(each.currency, each.withdrawals, each.deposits - each.withdrawals),
        )
        for each in figures.currencies
    ]  # fmt: skip
    return SettlementTable(
        "Deposits and withdrawals (between merchant and players)",
        ("Currency", "Deposits", "Deposited", "Withdrawals", "Withdrawn", "Net deposited"),
        rows,
    )


def days(figures: SettlementFigures) -> SettlementTable:
    found = figures.days
    rows = [
        ("Days of the month", found.days),
        ("Reconciled", found.reconciled),
        ("Clear", found.clear),
        ("Breaks resolved", found.resolved),
        ("Breaks open", found.open),
        ("Not reconciled", found.unreconciled),
        ("Open cases of the month", found.open_cases),
        ("Open cases of high severity", found.high),
    ]
    return SettlementTable("Reconciliation", ("Item", "Number"), rows)


ADJUSTMENTS = (
    "Adjustment", "Original month", "Day", "Type", "Game", "Currency", "Given to players", "Difference of a case",
    "Time (UTC)", "Result",
)  # fmt: skip
NAMED = ("Transaction", "Reverses")


def adjustments(settlement: Settlement, *, whole: bool) -> SettlementTable:
    head = (*ADJUSTMENTS, *NAMED) if whole else ADJUSTMENTS
    return SettlementTable("Adjustments", head, adjustment_rows(settlement, whole=whole))


def adjustment_rows(settlement: Settlement, *, whole: bool, most: int | None = None) -> Iterator[Row]:
    found = settlement.adjustments.order_by("pk")
    known: dict[int, str] = {}
    for each in (found[:most] if most else found).iterator(AT_ONCE):
        row = (
            each.get_kind_display(), f"{each.month:%Y-%m}", each.day, each.moved, _game(each, known), each.currency,
            SheetAmount(each.amount, each.currency), SheetAmount(each.difference, each.currency), each.at, each.text,
        )  # fmt: skip
        yield (*row, each.transaction_id, each.ref_transaction_id) if whole else row


def _game(each: SettlementAdjustment, known: dict[int, str]) -> str:
    if each.game_id is None:
        return ""
    if each.game_id not in known:
        known[each.game_id] = Game.objects.get(pk=each.game_id).game_id
    return known[each.game_id]
