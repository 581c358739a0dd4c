"""Betting limits: individual limits of players, and the merchant's limits for all other players."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from merchants import errors
from merchants.models import Merchant, Player
from merchants.services import flags, undo
from portal.lib import money

MOST_BETS = 10_000  # a minute; the ledger looks at so many rows of a player for each bet


class Limits(NamedTuple):
    """Limits of a player or merchant. Stakes: real amount × 100000. None: no limit; for a player, the merchant's limit.

    The stake of a currency takes precedence over that of all currencies.
    """

    bets_per_minute: int | None
    max_stake: int | None
    max_stake_by_currency: dict[str, int] | None = None


def player_limits(subject: Player | Merchant) -> Limits:
    """Return the limits of a player or merchant."""
    return Limits(*(getattr(subject, name) for name in Limits._fields))


def stake_text(limits: Limits, none: str | None = None) -> str:
    """Return, for example, `EUR 50.00, JPY 5,000; other currencies: no limit`, `50.00 in each currency`, or `none`
    without any limit.
    """
    by_currency = money.format_amounts(limits.max_stake_by_currency)
    unlimited = _("no limit") if none is None else none
    otherwise = unlimited if limits.max_stake is None else money.format_amount(limits.max_stake)
    if not by_currency and limits.max_stake is not None:
        return _("%(amount)s in each currency") % {"amount": otherwise}
    if not by_currency or not otherwise:
        return by_currency or otherwise
    return _("%(by_currency)s; other currencies: %(otherwise)s") % {"by_currency": by_currency, "otherwise": otherwise}


def check_limits(limits: Limits) -> None:
    """Refuse bets per minute outside 1 to MOST_BETS. Raises LimitOutOfRange."""
    if limits.bets_per_minute is not None and not 1 <= limits.bets_per_minute <= MOST_BETS:
        raise errors.LimitOutOfRange(MOST_BETS)


@transaction.atomic
def set_player_limits(*, player: Player, limits: Limits, seen: Limits) -> Player:
    """Set the limits of a player. `seen`: the limits as the person saw them.

    Refuses limits that another person has changed since (ChangedSince), and limits outside the range (LimitOutOfRange).
    """
    check_limits(limits)
    player = flags.locked_players([player.pk])[player.pk]
    if player_limits(player) != seen:
        who = undo.last_author(Player, player.merchant, of=undo.LIMITS, pgh_obj=player.pk)
        raise errors.ChangedSince(_("This limit"), who)
    _save(player, limits)
    return player


@transaction.atomic
def set_merchant_limits(*, merchant: Merchant, limits: Limits, seen: Limits) -> Merchant:
    """Set the limits of all players without individual limits. `seen` and refusals as for `set_player_limits`."""
    check_limits(limits)
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if player_limits(merchant) != seen:
        raise errors.ChangedSince(_("This limit"), undo.last_author(Merchant, merchant, of=undo.LIMITS))
    _save(merchant, limits)
    return merchant


def _save(subject: Player | Merchant, limits: Limits) -> None:
    for name, value in limits._asdict().items():
        setattr(subject, name, value)
    subject.save(update_fields=Limits._fields)
