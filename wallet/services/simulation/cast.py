"""The players of a simulation, who stay in the sandbox: one plays, one is blocked, and one has a low limit."""

from __future__ import annotations

from dataclasses import dataclass

from merchants.models import Merchant, Player
from merchants.services import flags, limits
from merchants.services.limits import Limits
from wallet.money import SCALE

PLAYING, BLOCKED, LIMITED = "simulated-player", "simulated-player-blocked", "simulated-player-limited"
NAMES = {PLAYING: "Simulated Player", BLOCKED: "Simulated Player, blocked", LIMITED: "Simulated Player, limited"}
BLOCKED_REASON = "Blocked for simulated requests"
# About one euro. A stake of 1 to 4 of them is far below what the player may bet.
UNITS = {"EUR": 1, "USD": 1, "GBP": 1, "SEK": 10, "JPY": 150, "KWD": 1}
MOST_STAKE = 10**12  # takes precedence over the limits of the sandbox, as do so many bets


@dataclass(frozen=True)
class SimulatedCast:
    playing: Player
    blocked: Player
    limited: Player


def prepare_cast(sandbox: Merchant, currency: str) -> SimulatedCast:
    """Return the players, with the states that the run needs."""
    playing, blocked, limited = (_player(sandbox, name) for name in (PLAYING, BLOCKED, LIMITED))
    if not blocked.is_blocked:
        blocked = flags.block_player(player=blocked, reason=BLOCKED_REASON)
    return SimulatedCast(
        playing=_with_limits(playing, Limits(limits.MOST_BETS, None, {currency: MOST_STAKE})),
        blocked=blocked,
        limited=_with_limits(limited, Limits(None, None, {currency: stake_limit(currency)})),
    )


def stake_limit(currency: str) -> int:
    """Return the highest stake of the limited player, real amount × 100000."""
    return UNITS[currency] * SCALE


def _player(sandbox: Merchant, player_id: str) -> Player:
    return Player.objects.get_or_create(merchant=sandbox, player_id=player_id, defaults={"name": NAMES[player_id]})[0]


def _with_limits(player: Player, wanted: Limits) -> Player:
    seen = limits.player_limits(player)
    return player if seen == wanted else limits.set_player_limits(player=player, limits=wanted, seen=seen)
