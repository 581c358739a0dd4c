from merchants.admin import games, keys, merchants, people, players

__all__ = ["games", "keys", "merchants", "people", "players"]
