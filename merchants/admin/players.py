from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from merchants.admin import labels
from merchants.admin.base import AdminQuestion, FastAdmin
from merchants.admin.fields import LimitsForm
from merchants.admin.id_parts import with_part
from merchants.models import Merchant, Player
from merchants.services import flags


class PlayerForm(LimitsForm):
    none = gettext_lazy("the merchant's limit")


class BlockForm(forms.Form):
    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)


@admin.register(Player)
class PlayerAdmin(FastAdmin):
    form = PlayerForm
    list_display = ["shown_id", "name", "of_merchant", "shown_state", "blocked_reason", "created"]
    list_display_links = None
    list_select_related = ["merchant"]
    list_filter = [("merchant", AutocompleteSelectFilter), ("is_blocked", BooleanRadioFilter)]
    search_fields = ["player_id__exact"]
    search_help_text = gettext_lazy("Player id, or part of it")
    actions_detail = ["block", "unblock"]
    change_form_outer_before_template = "admin/player_links.html"
    readonly_fields = ["player_id", "name", "merchant", "shown_state", "blocked_reason", "created"]
    fieldsets = [
        (None, {"fields": ["player_id", "name", "merchant", "shown_state", "blocked_reason", "created"]}),
        (gettext_lazy("Limits"), {"fields": ["bets_per_minute", "max_stake_by_currency", "max_stake"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A player becomes known by a launch or a deposit of the merchant."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Player], search_term: str
    ) -> tuple[QuerySet[Player], bool]:
        """By (merchant, player_id), the one index that there is: all merchants are named when none is chosen."""
        text = search_term.replace("\0", "").strip()
        if not text:
            return queryset, False
        whole = queryset.filter(merchant__in=all_merchants(), player_id=text)
        return (whole if whole.exists() else with_part(queryset, text, "player_id")), False

    def save_model(self, request: HttpRequest, obj: Player, form: PlayerForm, change: bool) -> None:  # noqa: FBT001
        """Whose player it is can't be written again, changed or not: the database refuses it."""
        obj.save(update_fields=form.changed_data)

    @display(description=gettext_lazy("Player id"))
    def shown_id(self, player: Player) -> SafeString:
        """A link of its own: the button that copies an id can't stand in the link of the list."""
        return labels.short_id(player.player_id, self.change_url(player))

    @display(description=gettext_lazy("State"))
    def shown_state(self, player: Player) -> SafeString | None:
        return labels.coloured_label("blocked" if player.is_blocked else "", labels.BLOCKED)

    @action(description=gettext_lazy("Block player"), permissions=["change"], icon="block")
    def block(self, request: HttpRequest, object_id: str) -> HttpResponse:
        player = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Block player"),
            text=_("The player cannot start new rounds. Open rounds are still settled."),
            answers=flags.BLOCKED_ANSWERS,
            form=BlockForm,
            act=lambda reason: flags.block_player(player=player, reason=reason),
            done=_("is blocked"),
            danger=True,
            impact=self.off_switch_impact(player),
        )
        return self.ask(request, player, question)

    @action(description=gettext_lazy("Unblock player"), permissions=["change"], icon="check_circle")
    def unblock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        player = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Unblock player"),
            text=_("Bets and launches of this player are accepted again."),
            act=lambda: flags.unblock_player(player=player),
            done=_("is not blocked"),
        )
        return self.ask(request, player, question)


def all_merchants() -> list[int]:
    return list(Merchant.objects.order_by().values_list("pk", flat=True))
