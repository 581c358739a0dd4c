"""Money is a whole number: the real amount × 100000, in every currency. No float gets in here."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

SCALE = 100_000
MAX_WHOLE_NUMBER = 2**53 - 1  # what the callers' JavaScript can hold
PLAY_MONEY = "XXX"


def parse(text: str) -> int:
    """`"12.34567"` -> 1234567. Raises ValueError for anything that is not exact in units."""
    try:
        units = Decimal(text) * SCALE
        whole = int(units)
    except (InvalidOperation, ValueError, OverflowError) as fault:
        raise ValueError(f"{text!r} is not an amount") from fault
    if whole != units or abs(whole) > MAX_WHOLE_NUMBER:
        raise ValueError(f"{text!r} cannot be held exactly")
    return whole


def show(units: int) -> str:
    """1234567 -> `"12.34567"`, with thousands apart and at least two decimals."""
    whole, fraction = divmod(abs(units), SCALE)
    decimals = f"{fraction:05d}".rstrip("0").ljust(2, "0")
    return f"{'-' if units < 0 else ''}{whole:,}.{decimals}"
