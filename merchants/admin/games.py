from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from merchants import staff_desk
from merchants.admin import labels
from merchants.admin.allowlists import SwitchedOffForTable
from merchants.admin.base import AdminQuestion, FastAdmin
from merchants.models import Game, Merchant
from merchants.services import flags


class MerchantChoice(forms.Form):
    merchant = forms.ModelChoiceField(Merchant.objects.open(), widget=UnfoldAdminSelectWidget)


@admin.register(Game)
class GameAdmin(FastAdmin):
    list_display = ["name", "shown_id", "shown_state", "created"]
    list_display_links = ["name"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["game_id", "name"]
    inlines = [SwitchedOffForTable]
    fields = ["game_id", "name", "shown_state"]
    actions_detail = [
        {"title": gettext_lazy("Switch"), "icon": "toggle_on", "items": ["off", "on", "off_for", "on_for"]},
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Game | None = None) -> list[str]:
        return ["shown_state", "game_id"] if obj else ["shown_state"]

    @display(description=gettext_lazy("Game id"))
    def shown_id(self, game: Game) -> SafeString:
        return labels.short_id(game.game_id)

    @display(description=gettext_lazy("State"))
    def shown_state(self, game: Game) -> SafeString | None:
        return labels.coloured_label("on" if game.is_active else "off", labels.ON_OFF)

    @action(description=gettext_lazy("Switch off for every merchant"), permissions=["change"])
    def off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        game = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Switch the game off for every merchant"),
            text=_("No merchant can start new rounds of this game. Open rounds are still settled."),
            answers=flags.OFF_ANSWERS,
            act=lambda: flags.switch_game(game=game, on=False),
            done=_("is switched off for every merchant"),
            danger=True,
            impact=self.off_switch_impact(game),
        )
        return self.ask(request, game, question)

    @action(description=gettext_lazy("Switch on"), permissions=["change"])
    def on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        game = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Switch the game on"),
            text=_("The game works for every merchant, except where it is switched off for one merchant."),
            act=lambda: flags.switch_game(game=game, on=True),
            done=_("is switched on"),
        )
        return self.ask(request, game, question)

    @action(description=gettext_lazy("Switch off for one merchant"), permissions=["change"])
    def off_for(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The merchant's own page of games shows what it meets, and asks for a confirmation."""
        game = self.found(request, object_id)
        form = MerchantChoice(request.POST or None)
        if form.is_valid():
            address = staff_desk.desk_address("games_off", form.cleaned_data["merchant"].code)
            return HttpResponseRedirect(f"{address}?{urlencode({'game': game.pk})}")
        context = self.admin_site.each_context(request) | {
            "title": _("Switch the game off for one merchant"),
            "subtitle": str(game),
            "opts": self.opts,
            "form": form,
            "back": self.change_url(game),
            "question": AdminQuestion(
                title=_("Choose merchant"),
                text=_("The game still works for all other merchants. Open rounds are still settled."),
                act=lambda: None,
                done="",
            ),
        }
        return TemplateResponse(request, "admin/question.html", context)

    @action(description=gettext_lazy("Switch on for one merchant"), permissions=["change"])
    def on_for(self, request: HttpRequest, object_id: str) -> HttpResponse:
        game = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Switch the game on for one merchant"),
            text=_("The game works for this merchant again, unless it is switched off for every merchant."),
            form=MerchantChoice,
            act=lambda merchant: flags.switch_game_for(game=game, merchant=merchant, on=True),
            done=_("is switched on for the merchant"),
        )
        return self.ask(request, game, question)
