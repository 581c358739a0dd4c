from merchants.admin import games, keys, letters, merchants, people, players

__all__ = ["games", "keys", "letters", "merchants", "people", "players"]
