"""What an off-switch meets, as the question of the administration shows it: money at stake, players, traffic."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from merchants.admin.base import OffSwitchImpact
from merchants.models import ApiKey, Game, Merchant, Player
from portal.lib import money
from portal.lib.moments import show_moment
from portal.lib.texts import Text
from wallet.models import Session
from wallet.services.usage import compromise_impact, restriction_impact
from wallet.services.usage.usage_totals import OpenRounds

DAYS = {"days": restriction_impact.OPEN_DAYS}
Facts = list[tuple[Text, Text]]


def merchant_off_impact(merchant: Merchant) -> OffSwitchImpact:
    found = restriction_impact.merchant_impact(merchant)
    facts = [
        *common_facts(found.open_rounds, found.players_in_session),
        (_("Requests with a valid signature in the last 24 hours"), f"{found.calls:,}"),
    ]
    is_wide = bool(found.open_rounds or found.players_in_session or found.calls)
    return OffSwitchImpact(facts, is_wide, merchant.code)


def key_off_impact(key: ApiKey) -> OffSwitchImpact:
    found = compromise_impact.compromise_impact(key)
    facts = [
        *common_facts(found.open_rounds, found.players_in_session),
        (_("Requests per minute, last hour"), f"{found.per_minute_hour:,.1f}"),
        (_("Requests per minute, last 24 hours"), f"{found.per_minute_day:,.1f}"),
        (_("Distinct addresses"), f"{found.addresses:,}"),
    ]
    is_live = key.environment == ApiKey.Environment.LIVE
    return OffSwitchImpact(facts, is_live and bool(found.open_rounds or found.per_minute_day), key.merchant.code)


def player_off_impact(player: Player) -> OffSwitchImpact:
    found = restriction_impact.player_impact(player.merchant, [player])
    facts = [
        *common_facts(found.open_rounds, found.players_in_session),
        (_("Matching requests among the newest of the merchant"), f"{found.calls:,}"),
    ]
    return OffSwitchImpact(facts, is_wide=False, code=player.player_id)


def session_off_impact(session: Session) -> OffSwitchImpact:
    """What the player has open, in this session or in another: the rounds go on, only new bets are refused."""
    found = restriction_impact.player_impact(session.merchant, [session.player])
    facts = [
        (_("Session open since"), show_moment(session.created_at)),
        (_("Open rounds of the player, last %(days)s days") % DAYS, rounds_text(found.open_rounds)),
        (_("Requests of the player among the newest of the merchant"), f"{found.calls:,}"),
    ]
    return OffSwitchImpact(facts, is_wide=False, code=session.session_id)


def game_off_impact(game: Game) -> OffSwitchImpact:
    found = restriction_impact.game_impact_everywhere(game)
    facts = [
        *common_facts(found.open_rounds, found.players_in_session),
        (_("Requests for this game among the newest of each merchant"), f"{found.calls:,}"),
    ]
    return OffSwitchImpact(facts, bool(found.open_rounds or found.players_in_session or found.calls), game.game_id)


def common_facts(rounds: Iterable[OpenRounds], players: int) -> Facts:
    return [
        (_("Open rounds of the last %(days)s days") % DAYS, rounds_text(rounds)),
        (_("Players in session"), f"{players:,}"),
    ]


def rounds_text(rounds: Iterable[OpenRounds]) -> str:
    at_stake = [
        _("%(rounds)s with %(stake)s at stake")
        % {"rounds": f"{each.rounds:,}", "stake": money.format_with_code(each.stake, each.currency)}
        for each in rounds
    ]
    return "; ".join(at_stake) or _("none")
