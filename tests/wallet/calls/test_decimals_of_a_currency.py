"""Amounts have the decimals of their currency wherever a day, a case or a month is shown: JPY 500, KWD 1.234."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.lib.sheets import SheetAmount
from wallet.admin import base, cases, uploads
from wallet.pages.reconciliation import labels
from wallet.reconciliation.closing import settlement_tables, settlement_view
from wallet.reconciliation.closing.settlement_figures import CurrencySums
from wallet.reconciliation.closing.settlement_tables import SettlementTable
from wallet.reconciliation.correction_sums import CorrectionSum

SUM = {"kind": "bet", "rows": 2}


def totals(currency: str, units: int) -> list[dict[str, Any]]:
    return [SUM | {"currency": currency, "amount": str(units)}]


def of_a_month(currency: str, units: int) -> str:
    return dict(settlement_tables.headline_sums(CurrencySums(currency=currency, deposits=units)))["Deposits"]


def in_a_table_of_a_month(currency: str, units: int) -> str:
    table = SettlementTable("Rewards", ("Currency", "Amount"), [(currency, SheetAmount(units))])
    return settlement_view.shown_table(table).rows[0][1].text


def of_one_side(currency: str, units: int) -> str:
    """A case of another currency than this side."""
    return cases.amount_text("amount", {"amount": str(units), "currency": currency}, "EUR")


SHOWN: list[Callable[[str, int], str]] = [
    lambda currency, units: labels.total_lines(totals(currency, units))[0]["amount"],
    lambda currency, units: uploads.totals_table(totals(currency, units))["rows"][0][3]["content"],
    lambda currency, units: str(CorrectionSum(currency, 1, units, 0)).split()[3],
    lambda currency, units: cases.amount_text("amount", {"amount": str(units)}, currency),
    lambda currency, units: str(base.amount_label(units, currency)),
    of_one_side,
    of_a_month,
    in_a_table_of_a_month,
]


@pytest.mark.parametrize(("currency", "units", "meant"), [("JPY", 50_000_000, "500"), ("KWD", 123_400, "1.234")])
def test_an_amount_has_the_decimals_of_its_currency(currency: str, units: int, meant: str) -> None:
    assert [show(currency, units) for show in SHOWN] == [meant] * len(SHOWN)


def test_the_figures_of_a_month_add_up_as_they_are_shown() -> None:
    """GGR less rewards, each with what is shown of its adjustments."""
    sums = CurrencySums(currency="EUR", stakes=900, payouts=200, adjusted_ggr=-50, rewards=30, adjusted_rewards=7)
    shown = {name: round(float(amount) * 100_000) for name, amount in settlement_tables.headline_sums(sums)}
    ggr, rewards = shown["GGR"] + shown["GGR adjustments"], shown["Rewards"] + shown["Reward adjustments"]
    assert shown["GGR less rewards, with adjustments"] == ggr - rewards
