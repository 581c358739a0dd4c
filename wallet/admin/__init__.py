from wallet.admin import (
    accounts,
    cases,
    compromises,
    deliveries,
    keys,
    merchants,
    plans,
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
    "plans",
    "reconciliations",
    "requests",
    "sessions",
    "statements",
    "transactions",
]
