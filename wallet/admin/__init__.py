from wallet.admin import (
    accounts,
    cases,
    compromises,
    deliveries,
    keys,
    merchants,
    reconciliations,
    requests,
    sessions,
    statements,
    transactions,
)

__all__ = [
    "accounts",
    "cases",
    "compromises",
    "deliveries",
    "keys",
    "merchants",
    "reconciliations",
    "requests",
    "sessions",
    "statements",
    "transactions",
]
