from wallet.admin import accounts, requests, sessions, transactions

__all__ = ["accounts", "requests", "sessions", "transactions"]
