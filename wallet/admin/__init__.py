from wallet.admin import accounts, merchants, requests, sessions, transactions

__all__ = ["accounts", "merchants", "requests", "sessions", "transactions"]
