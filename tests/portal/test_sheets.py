"""Amounts in workbooks."""

from __future__ import annotations

import pytest

from portal.lib.sheets import SheetAmount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (SheetAmount(150_000, "EUR"), "#,##0.00###"),
        (SheetAmount(500_000, "JPY"), "#,##0"),
        (SheetAmount(550_000, "JPY"), "#,##0.00###"),
        (SheetAmount(123_400, "KWD"), "#,##0.000##"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: SheetAmount, shown: str) -> None:
    assert amount.sheet_format == shown
