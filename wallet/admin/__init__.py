from wallet.admin import accounts, compromises, keys, merchants, requests, sessions, transactions

__all__ = ["accounts", "compromises", "keys", "merchants", "requests", "sessions", "transactions"]
