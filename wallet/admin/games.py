"""The page of a game, with what the wallet knows of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from merchants.admin.base import OffSwitchImpact
from merchants.admin.games import GameAdmin
from merchants.models import Game
from wallet.admin import impact

admin.site.unregister(Game)


@admin.register(Game)
class StaffGamePage(GameAdmin):
    def off_switch_impact(self, obj: Any) -> OffSwitchImpact:
        return impact.game_off_impact(obj)
