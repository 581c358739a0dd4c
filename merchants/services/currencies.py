"""The currencies that a merchant's players use: known to the wallet, asked for by forms of limits."""

from __future__ import annotations

from collections.abc import Callable

from merchants.models import Merchant

Reader = Callable[[Merchant], set[str]]
READ_WITH_MERCHANT = "account_currencies"  # the annotation of a merchant that was read with its currencies
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Make `reader` the source of a merchant's currencies."""
    _readers[:] = [reader]


def currencies_in_use(merchant: Merchant) -> set[str]:
    """Return the currencies of the merchant's accounts, without a query if the merchant was read with them."""
    if READ_WITH_MERCHANT in merchant.__dict__:
        return {*merchant.__dict__[READ_WITH_MERCHANT]}
    return set().union(*(reader(merchant) for reader in _readers))
