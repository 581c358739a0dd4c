from merchants.models.allowlist import AllowedDomain, AllowlistEntry
from merchants.models.catalogue import DisabledGame, Game, Player
from merchants.models.credentials import ApiKey, Secret, SeenAddress
from merchants.models.merchant import Merchant
from merchants.models.people import Membership, Person

__all__ = [
    "AllowedDomain",
    "AllowlistEntry",
    "ApiKey",
    "DisabledGame",
    "Game",
    "Membership",
    "Merchant",
    "Person",
    "Player",
    "Secret",
    "SeenAddress",
]
