from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter
from unfold.decorators import action, display

from merchants.admin import labels
from merchants.admin.base import AdminQuestion
from portal.lib import clock
from portal.lib.texts import Text
from wallet.admin import impact, search
from wallet.admin.base import CurrencyFilter, ReadOnlyAdmin, TimeFilter, amount_label, link_to
from wallet.models import Session
from wallet.services.calls import sessions

COLOURS = {"open": "success", "demo": "info"}
CLOSED_ANSWERS: list[tuple[Text, Text]] = [
    (gettext_lazy("Bet"), "RS_ERROR_SESSION_REQUIRED_OR_INVALID"),
    (gettext_lazy("Payout, reward, rollback"), gettext_lazy("as usual")),
]


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["created", "shown_player", "of_merchant", "game", "currency", "state", "shown_id"]
    list_select_related = ["player", "merchant", "game"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        ("is_active", BooleanRadioFilter),
        CurrencyFilter,
        ("created_at", TimeFilter),
    ]
    search_fields = ["session_id__exact"]
    search_help_text = gettext_lazy("Session or player id, or part of it")
    actions_detail = ["close"]
    fields = [
        "session_id", "state", "merchant", "player", "game", "account", "currency", "pushed", "play", "created",
        "expires_at", "movements",
    ]  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Session], search_term: str
    ) -> tuple[QuerySet[Session], bool]:
        text = search_term.strip()
        return (search.sessions(queryset, text) if text else queryset), False

    @display(description=gettext_lazy("State"))
    def state(self, session: Session) -> SafeString | None:
        if not session.is_active:
            return labels.coloured_label("closed", COLOURS)
        if session.expires_at <= clock.now():
            return labels.coloured_label("expired", COLOURS)
        return labels.coloured_label("demo" if session.is_demo else "open", COLOURS)

    @display(description=gettext_lazy("Session"))
    def shown_id(self, session: Session) -> SafeString:
        return labels.short_id(session.session_id)

    @display(description=gettext_lazy("Player"))
    def shown_player(self, session: Session) -> SafeString:
        return labels.short_id(session.player.player_id)

    @display(description=gettext_lazy("Balance sent by the operator"))
    def pushed(self, session: Session) -> str | None:
        return amount_label(session.pushed_balance)

    @display(description=gettext_lazy("Play money"))
    def play(self, session: Session) -> str | None:
        return amount_label(session.play_balance)

    @display(description=gettext_lazy("Transactions"))
    def movements(self, session: Session) -> str:
        return link_to(
            "wallet_transaction_changelist", _("Transactions of the player"), player__id__exact=session.player_id
        )

    def has_close_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("wallet.change_session"))

    @action(description=gettext_lazy("Close session"), permissions=["close"], icon="stop_circle")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        session = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Close session"),
            text=_("No more bets are accepted in this session. Open rounds are still settled."),
            answers=CLOSED_ANSWERS,
            act=lambda: sessions.close_session(session=session),
            done=_("is closed"),
            danger=True,
            impact=impact.session_off_impact(session),
        )
        return self.ask(request, session, question)
