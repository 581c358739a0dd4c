"""Money is a whole number: the real amount × 100000, in every currency. No float gets in here."""

from __future__ import annotations

import re

from portal.lib.currencies import MOST_DECIMALS, decimals_of

SCALE = 100_000
MAX_WHOLE_NUMBER = 2**53 - 1  # what the callers' JavaScript can hold
AMOUNT = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,5})0*)?", re.ASCII)


def parse(text: str) -> int:
    """`"12.34567"` -> 1234567. Raises ValueError for anything that is not an exact number of units."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not an amount with at most 5 decimals")
    sign, whole, decimals = found.groups(default="")
    units = int(whole) * SCALE + int(decimals.ljust(5, "0") or 0)
    if units > MAX_WHOLE_NUMBER:
        raise ValueError(f"{text!r} is too large to be held exactly")
    return -units if sign else units


def show(units: int, currency: str = "") -> str:
    """1234567 -> `"12.34567"`, with thousands apart and as many decimals as its currency has, two without one."""
    whole, fraction = divmod(abs(units), SCALE)
    decimals = f"{fraction:05d}".rstrip("0").ljust(_fewest(currency), "0")
    return f"{'-' if units < 0 else ''}{whole:,}{'.' if decimals else ''}{decimals}"


def _fewest(currency: str) -> int:
    """Decimals that are shown of an amount that needs none."""
    most = decimals_of(currency)
    return 2 if most == MOST_DECIMALS else most


def show_with_code(units: int, currency: str) -> str:
    """`"EUR 1,234.50"`, `"JPY 1,234"`; of no currency the amount alone."""
    return f"{currency} {show(units, currency)}".strip()
