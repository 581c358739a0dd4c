"""How fast and how high a player may bet: the player's own limits, and the merchant's for all who have none."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction

from merchants import errors
from merchants.models import Merchant, Player
from merchants.services import flags, undo

MOST_BETS = 10_000  # a minute; the ledger looks at so many rows of a player for each bet


class Limits(NamedTuple):
    """None: no limit, for a player the merchant's. Stake: real amount × 100000."""

    bets_per_minute: int | None
    max_stake: int | None


def of(subject: Player | Merchant) -> Limits:
    return Limits(subject.bets_per_minute, subject.max_stake)


def check(limits: Limits) -> None:
    """Raises LimitOutOfRange."""
    if limits.bets_per_minute is not None and not 1 <= limits.bets_per_minute <= MOST_BETS:
        raise errors.LimitOutOfRange(MOST_BETS)


@transaction.atomic
def set_for(*, player: Player, limits: Limits, seen: Limits) -> Player:
    """`seen`: what stood there when it was decided. Raises ChangedSince and LimitOutOfRange."""
    check(limits)
    player = flags.locked([player.pk])[player.pk]
    if of(player) != seen:
        who = undo.by(Player, player.merchant, of=undo.LIMITS, pgh_obj=player.pk)
        raise errors.ChangedSince("This limit", who)
    player.bets_per_minute, player.max_stake = limits
    player.save(update_fields=["bets_per_minute", "max_stake"])
    return player


@transaction.atomic
def set_for_all(*, merchant: Merchant, limits: Limits, seen: Limits) -> Merchant:
    """For every player without a limit of their own. Raises ChangedSince and LimitOutOfRange."""
    check(limits)
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if of(merchant) != seen:
        raise errors.ChangedSince("This limit", undo.by(Merchant, merchant, of=undo.LIMITS))
    merchant.bets_per_minute, merchant.max_stake = limits
    merchant.save(update_fields=["bets_per_minute", "max_stake"])
    return merchant
