"""Who and what the demo is about. All names are invented; addresses and domains are those kept for documentation."""

from __future__ import annotations

from dataclasses import dataclass

GAME_SERVERS = ("198.51.100.11", "198.51.100.12", "2001:db8:6a::11")
GAME_SERVER_NETWORKS = ("198.51.100.0/28", "2001:db8:6a::/48")
THIS_MACHINE = ("127.0.0.0/8", "::1/128")  # so that the demo can be called from where it runs
STRANGER = "192.0.2.77"
DAYS = 14
UNITS = {"EUR": 1, "GBP": 1, "USD": 1, "SEK": 10, "JPY": 150}  # what is about one euro


@dataclass(frozen=True)
class Casino:
    code: str
    name: str
    time_zone: str
    currencies: tuple[str, ...]
    players: int
    share: float  # of all visits
    office: str  # the network of its own servers
    office_addresses: tuple[str, ...]
    player_ids: str  # each operator has a manner of its own
    domains: tuple[str, ...]
    max_stake: int | None = None  # about so many euro, in each of its currencies
    bets_per_minute: int | None = None
    off: tuple[int, ...] = ()  # games that it does not offer, by place in GAMES
    staging_ends_in_days: int | None = None
    suspended: bool = False


CASINOS = (
    Casino(
        code="aurora-palace",
        name="Aurora Palace",
        time_zone="Europe/Helsinki",
        currencies=("EUR", "SEK"),
        players=110,
        share=0.42,
        office="203.0.113.0/28",
        office_addresses=("203.0.113.5", "203.0.113.6"),
        player_ids="AP-{number}",
        domains=("aurora-palace.example", "play.aurora-palace.example"),
        max_stake=200,
        off=(7, 19),
    ),
    Casino(
        code="harbourlight",
        name="Harbourlight Casino",
        time_zone="Europe/London",
        currencies=("GBP", "EUR"),
        players=90,
        share=0.33,
        office="203.0.113.32/28",
        office_addresses=("203.0.113.34",),
        player_ids="{given}_{number}",
        domains=("harbourlight.example",),
        bets_per_minute=40,
        off=(3,),
    ),
    Casino(
        code="sakura-lounge",
        name="Sakura Lounge",
        time_zone="Asia/Tokyo",
        currencies=("JPY", "USD"),
        players=75,
        share=0.2,
        office="203.0.113.64/28",
        office_addresses=("203.0.113.66", "203.0.113.67", "203.0.113.70"),
        player_ids="jp00{number}",
        domains=("sakura-lounge.example", "m.sakura-lounge.example"),
        off=(11, 12, 24),
        staging_ends_in_days=5,
    ),
    Casino(
        code="blue-mesa",
        name="Blue Mesa Gaming",
        time_zone="America/Denver",
        currencies=("USD",),
        players=25,
        share=0.05,
        office="203.0.113.96/28",
        office_addresses=("203.0.113.98",),
        player_ids="mesa.{given}.{family}",
        domains=("bluemesa.example",),
        suspended=True,
    ),
)

# The place in the list is how well a game is liked.
GAMES = (
    "Lanterns of Kyoto",
    "Copper Canyon",
    "Northern Crown",
    "Pharaoh's Ledger",
    "Moonlit Marina",
    "Dragon Ferry",
    "Sugar Meadow",
    "Viking Tides",
    "Clockwork Carnival",
    "Jade Orchard",
    "Wolf Moon Trail",
    "Neon Arcade 88",
    "Pirate's Almanac",
    "Crystal Caravan",
    "Bee Happy",
    "Thunder Bison",
    "Midnight Express Roulette",
    "Golden Koi Pond",
    "Blackjack Atelier",
    "Aztec Sundial",
    "Frost & Ember",
    "Lucky Bakery",
    "Starlight Baccarat",
    "Safari Postcards",
    "Gemstone Tram",
    "Velvet Hold'em",
    "Rocket Sprint",
    "Haunted Lighthouse",
    "Tulip Mania",
    "Sicilian Streets",
)
GAME_OFF_EVERYWHERE = 28

GIVEN_NAMES = (
    "Aino", "Amara", "Ben", "Carla", "Daichi", "Dina", "Elias", "Emi", "Farah", "Finn", "Greta", "Hana", "Hugo", "Ida",
    "Ivo", "Jonas", "June", "Kenji", "Lena", "Liam", "Mara", "Mei", "Nadia", "Noah", "Olga", "Oskar", "Priya", "Quinn",
    "Rafael", "Rosa", "Saku", "Sofia", "Tariq", "Tilda", "Uma", "Viktor", "Wanda", "Yara", "Yuki", "Zoe",
)  # fmt: skip
FAMILY_NAMES = (
    "Adler", "Bergman", "Castillo", "Dumont", "Eriksen", "Falk", "Garner", "Hayashi", "Ibarra", "Jansen", "Kowal",
    "Lindqvist", "Mori", "Novak", "Okafor", "Parker", "Quist", "Rossi", "Sato", "Thorne", "Ueda", "Virtanen", "Weller",
    "Yamada", "Zeller",
)  # fmt: skip

STAFF = (
    ("admin@oppi.example", "Samuel Aalto", "administrator"),
    ("support@oppi.example", "Nora Keller", "support"),
    ("auditor@oppi.example", "Mira Sand", "auditor"),
)
ROLES = ("owner", "manager", "viewer")
