from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from merchants.admin import labels
from wallet.admin import search
from wallet.admin.base import Choice, CurrencyFilter, ReadOnlyAdmin, amount_label, link_to
from wallet.models import Account


class OverdrawnFilter(Choice):
    title = "balance"
    parameter_name = "overdrawn"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", _("Overdrawn (below zero)"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        return queryset.filter(balance__lt=0) if self.chosen() == "yes" else queryset


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["name", "of_merchant", "kind", "currency", "shown_balance", "state", "created"]
    list_display_links = None
    list_select_related = ["merchant", "player"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        ("kind", ChoicesDropdownFilter),
        CurrencyFilter,
        OverdrawnFilter,
    ]
    search_fields = ["player__player_id__exact"]
    search_help_text = gettext_lazy("Player id, or part of it")
    fields = ["player", "merchant", "kind", "currency", "shown_balance", "state", "created", "movements"]
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Account], search_term: str
    ) -> tuple[QuerySet[Account], bool]:
        text = search_term.strip()
        return (search.accounts(queryset, text) if text else queryset), False

    @display(description=gettext_lazy("Account"))
    def name(self, account: Account) -> SafeString:
        """A link of its own: the button that copies an id can't stand in the link of the list."""
        here = reverse("admin:wallet_account_change", args=[account.pk])
        if account.player:
            return labels.short_id(account.player.player_id, here)
        kind = account.get_kind_display()
        return labels.Shown(format_html('<a class="text-link" href="{}">{}</a>', here, kind), kind)

    @display(description=gettext_lazy("Balance"), formatting="price")
    def shown_balance(self, account: Account) -> str | None:
        """Only players' accounts keep one; what stands against them is the sum of its rows."""
        return amount_label(account.balance)

    @display(description=gettext_lazy("State"))
    def state(self, account: Account) -> SafeString | None:
        return labels.coloured_label("overdrawn" if account.is_overdrawn else "", {"overdrawn": "danger"})

    @display(description=gettext_lazy("Transactions"))
    def movements(self, account: Account) -> str | None:
        if account.player_id is None:
            return None
        return link_to(
            "wallet_transaction_changelist", _("Transactions of the player"), player__id__exact=account.player_id
        )
