from merchants.admin import approvals, games, keys, letters, merchants, people, players

__all__ = ["approvals", "games", "keys", "letters", "merchants", "people", "players"]
