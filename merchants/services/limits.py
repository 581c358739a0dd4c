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

    `max_stake` is for each currency without an amount of its own: 0 refuses its bets. Amounts above 0 are of versions
    in which one number counted for all currencies.
    """

    bets_per_minute: int | None
    max_stake: int | None
    max_stake_by_currency: dict[str, int] | None = None


def player_limits(subject: Player | Merchant) -> Limits:
    """Return the limits of a player or merchant."""
    return Limits(*(getattr(subject, name) for name in Limits._fields))


def stake_text(limits: Limits, none: str | None = None) -> str:
    """Return, for example, `EUR 50.00, JPY 5,000; other currencies: bets refused`, or `none` without any limit."""
    by_currency = money.format_amounts(limits.max_stake_by_currency)
    unlimited = _("no limit") if none is None else none
    otherwise = unlimited if limits.max_stake is None else stake_of_others(limits.max_stake)
    if not by_currency or not otherwise:
        return by_currency or otherwise
    return _("%(by_currency)s; other currencies: %(otherwise)s") % {"by_currency": by_currency, "otherwise": otherwise}


def stake_of_others(units: int) -> str:
    """Return the text of a `max_stake`: `bets refused`, or the amount as a version before has stated it."""
    return _("%(amount)s in each currency") % {"amount": money.format_amount(units)} if units else _("bets refused")


def strict_stake(wanted: int | None, by_currency: dict[str, int] | None, standing: int | None) -> int | None:
    """Return the `max_stake` for what a person chose. To refuse other currencies needs a currency with an amount."""
    return None if wanted == 0 and not by_currency and standing != 0 else wanted


def check_limits(limits: Limits, standing: Limits) -> None:
    """Refuse bets per minute outside 1 to MOST_BETS (LimitOutOfRange), and a new stake without a currency
    (StakeWithoutCurrency).
    """
    if limits.max_stake and limits.max_stake != standing.max_stake:
        raise errors.StakeWithoutCurrency
    if limits.bets_per_minute is not None and not 1 <= limits.bets_per_minute <= MOST_BETS:
        raise errors.LimitOutOfRange(MOST_BETS)


@transaction.atomic
def set_player_limits(*, player: Player, limits: Limits, seen: Limits) -> Player:
    """Set the limits of a player. `seen`: the limits as the person saw them.

    Refuses limits that another person has changed since (ChangedSince), and those that `check_limits` refuses.
    """
    player = flags.locked_players([player.pk])[player.pk]
    check_limits(limits, standing := player_limits(player))
    if standing != seen:
        who = undo.last_author(Player, player.merchant, of=undo.LIMITS, pgh_obj=player.pk)
        raise errors.ChangedSince(_("This limit"), who)
    _save(player, limits)
    return player


@transaction.atomic
def set_merchant_limits(*, merchant: Merchant, limits: Limits, seen: Limits) -> Merchant:
    """Set the limits of all players without individual limits. `seen` and refusals as for `set_player_limits`."""
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    check_limits(limits, standing := player_limits(merchant))
    if standing != seen:
        raise errors.ChangedSince(_("This limit"), undo.last_author(Merchant, merchant, of=undo.LIMITS))
    _save(merchant, limits)
    return merchant


def _save(subject: Player | Merchant, limits: Limits) -> None:
    for name, value in limits._asdict().items():
        setattr(subject, name, value)
    subject.save(update_fields=Limits._fields)
