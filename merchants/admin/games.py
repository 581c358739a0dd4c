from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from merchants.admin import labels
from merchants.admin.allowlists import SwitchedOffForTable
from merchants.admin.base import AdminQuestion, FastAdmin
from merchants.models import Game, Merchant
from merchants.services import flags


class MerchantChoice(forms.Form):
    merchant = forms.ModelChoiceField(Merchant.objects.open(), widget=UnfoldAdminSelectWidget)


@admin.register(Game)
class GameAdmin(FastAdmin):
    list_display = ["name", "game_id", "shown_state", "created"]
    list_display_links = ["name", "game_id"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["game_id", "name"]
    inlines = [SwitchedOffForTable]
    fields = ["game_id", "name", "shown_state"]
    actions_detail = [
        {"title": "Switch", "icon": "toggle_on", "items": ["off", "on", "off_for", "on_for"]},
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Game | None = None) -> list[str]:
        return ["shown_state", "game_id"] if obj else ["shown_state"]

    @display(description="State")
    def shown_state(self, game: Game) -> SafeString | None:
        return labels.coloured_label("on" if game.is_active else "off", labels.ON_OFF)

    @action(description="Off for everybody", permissions=["change"])
    def off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        game = self.found(request, object_id)
        question = AdminQuestion(
            title="Switch the game off",
            text="For every merchant. Rounds that are open are still paid.",
            answers=flags.OFF_ANSWERS,
            act=lambda: flags.switch_game(game=game, on=False),
            done="is off for everybody now",
            danger=True,
        )
        return self.ask(request, game, question)

    @action(description="On again", permissions=["change"])
    def on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        game = self.found(request, object_id)
        question = AdminQuestion(
            title="Switch the game on",
            text="For every merchant but those for whom it is switched off one by one.",
            act=lambda: flags.switch_game(game=game, on=True),
            done="is on now",
        )
        return self.ask(request, game, question)

    @action(description="Off for one merchant", permissions=["change"])
    def off_for(self, request: HttpRequest, object_id: str) -> HttpResponse:
        game = self.found(request, object_id)
        question = AdminQuestion(
            title="Switch the game off for a merchant",
            text="All other merchants keep it. Rounds that are open are still paid.",
            answers=flags.OFF_ANSWERS,
            form=MerchantChoice,
            act=lambda merchant: flags.switch_game_for(game=game, merchant=merchant, on=False),
            done="is off for the merchant now",
            danger=True,
        )
        return self.ask(request, game, question)

    @action(description="On for one merchant", permissions=["change"])
    def on_for(self, request: HttpRequest, object_id: str) -> HttpResponse:
        game = self.found(request, object_id)
        question = AdminQuestion(
            title="Switch the game on for a merchant",
            text="The merchant has the game again, as long as it is on for everybody.",
            form=MerchantChoice,
            act=lambda merchant: flags.switch_game_for(game=game, merchant=merchant, on=True),
            done="is on for the merchant now",
        )
        return self.ask(request, game, question)
