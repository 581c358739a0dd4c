from merchants.admin import approvals, emails, games, keys, merchants, people, players

__all__ = ["approvals", "emails", "games", "keys", "merchants", "people", "players"]
