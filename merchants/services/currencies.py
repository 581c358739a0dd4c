"""The currencies that a merchant's players use: known to the wallet, asked for by forms of limits."""

from __future__ import annotations

from collections.abc import Callable

from merchants.models import Merchant

Reader = Callable[[Merchant], set[str]]
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Make `reader` the source of a merchant's currencies."""
    _readers[:] = [reader]


def currencies_in_use(merchant: Merchant) -> set[str]:
    """Return the currencies of the merchant's accounts."""
    return set().union(*(reader(merchant) for reader in _readers))
