"""The page of a player, with what the wallet knows of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from merchants.admin.base import OffSwitchImpact
from merchants.admin.players import PlayerAdmin
from merchants.models import Player
from wallet.admin import impact

admin.site.unregister(Player)


@admin.register(Player)
class PlayerPage(PlayerAdmin):
    def off_switch_impact(self, obj: Any) -> OffSwitchImpact:
        return impact.player_off_impact(obj)
