from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from merchants import staff_desk
from merchants.admin import labels
from portal.lib import money
from wallet import statuses
from wallet.admin import search
from wallet.admin.base import STATUS, Choice, CurrencyFilter, ReadOnlyAdmin, TimeFilter, amount_label, link_to
from wallet.models import Account, Transaction
from wallet.reconciliation import corrections
from wallet.services.rounds import find_by_id, round_story, round_texts
from wallet.services.rounds.round_story import Round

MOST_LEGS = 50


class TransactionStatusFilter(Choice):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(key, key) for key in statuses.ALL_KEYS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Transaction]) -> QuerySet[Transaction]:
        return queryset.filter(status=self.chosen()) if self.chosen() else queryset


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    exact_moments = True
    list_display = [
        "created", "shown_kind", "shown_status", "shown_amount", "currency", "shown_balance", "shown_player",
        "of_merchant", "shown_id",
    ]  # fmt: skip
    list_select_related = ["player", "merchant"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        ("kind", ChoicesDropdownFilter),
        TransactionStatusFilter,
        CurrencyFilter,
        ("created_at", TimeFilter),
    ]
    search_fields = ["transaction_id__exact"]
    search_help_text = gettext_lazy("Transaction, round or player id, or part of it")
    fieldsets = [
        (None, {"fields": ["transaction_id", "part", "shown_kind", "shown_status", "created"]}),
        (gettext_lazy("Transaction"), {"fields": ["shown_amount", "currency", "debit", "credit", "shown_balance"]}),
        (
            gettext_lazy("Round"),
            {
                "fields": [
                    "merchant", "player", "session", "game", "round_id", "refers_to", "reverses", "is_win",
                    "reward_type",
                ]
            },
        ),
        (gettext_lazy("Signed by"), {"fields": ["secret", "address", "logged"]}),
        (gettext_lazy("Correction"), {"fields": ["settles", "proposed_by", "approved_by"]}),
    ]  # fmt: skip

    change_form_outer_before_template = "admin/transaction_page.html"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["merchants/desk.css", "merchants/card_tables.css"]}
        js: ClassVar[list[str]] = ["merchants/card_tables.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transaction]:
        return Transaction.objects.all()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any
    ) -> HttpResponse:
        row: Transaction | None = kind.get("obj")
        if row is not None:
            context |= round_panel(row)
        response: HttpResponse = super().render_change_form(request, context, *rest, **kind)
        return response

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Transaction | None:
        found: Transaction | None = super().get_object(request, object_id, from_field)
        if found is None:
            return None
        return Transaction.objects.select_related(
            "merchant", "player", "session", "game", "secret__key", "reverses",
            "debit_account__player", "credit_account__player",
        ).get(pk=found.pk)  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Transaction], search_term: str
    ) -> tuple[QuerySet[Transaction], bool]:
        text = search_term.strip()
        return (search.transactions(queryset, text) if text else queryset), False

    @display(description=gettext_lazy("Transaction"))
    def shown_id(self, row: Transaction) -> SafeString:
        return labels.short_id(row.transaction_id)

    @display(description=gettext_lazy("Player"))
    def shown_player(self, row: Transaction) -> SafeString | None:
        return labels.short_id(row.player.player_id) if row.player else None

    @display(description=gettext_lazy("Type"))
    def shown_kind(self, row: Transaction) -> str:
        return row.get_kind_display()

    @display(description=gettext_lazy("Status"))
    def shown_status(self, row: Transaction) -> SafeString | None:
        return labels.coloured_label(row.status, STATUS)

    @display(description=gettext_lazy("Amount"), formatting="price")
    def shown_amount(self, row: Transaction) -> str | None:
        return amount_label(row.amount)

    @display(description=gettext_lazy("Balance after"), formatting="price")
    def shown_balance(self, row: Transaction) -> str | None:
        return amount_label(row.balance)

    @display(description=gettext_lazy("Debited account"))
    def debit(self, row: Transaction) -> str | None:
        return side(row.debit_account)

    @display(description=gettext_lazy("Credited account"))
    def credit(self, row: Transaction) -> str | None:
        return side(row.credit_account)

    @display(description=gettext_lazy("Refers to"))
    def refers_to(self, row: Transaction) -> str | None:
        if row.ref_transaction_id is None:
            return None
        return link_to("wallet_transaction_changelist", row.ref_transaction_id, q=row.ref_transaction_id)

    @display(description=gettext_lazy("Case"))
    def settles(self, row: Transaction) -> str | None:
        if row.case_id is None:
            return None
        to = reverse("admin:wallet_case_change", args=[row.case_id])
        return format_html(_('<a class="text-link" href="{}">Case {}</a>'), to, row.case_id)

    @display(description=gettext_lazy("Proposed by"))
    def proposed_by(self, row: Transaction) -> str | None:
        correction = corrections.entry_of(row)
        return str(correction.asked_by) if correction else None

    @display(description=gettext_lazy("Approved by"))
    def approved_by(self, row: Transaction) -> str | None:
        correction = corrections.entry_of(row)
        return str(correction.approved_by) if correction else None

    @display(description=gettext_lazy("Request"))
    def logged(self, row: Transaction) -> str | None:
        if row.request_id is None:
            return None
        return link_to("wallet_signedrequest_changelist", str(row.request_id), q=row.request_id)


def round_panel(row: Transaction) -> dict[str, Any]:
    """All rows with the id of a transaction, and the round that it belongs to."""
    legs = Transaction.objects.filter(merchant=row.merchant, transaction_id=row.transaction_id)
    legs = legs.select_related("debit_account__player", "credit_account__player").order_by("part", "pk")
    code = row.merchant.code
    [root] = find_by_id.root_transactions(row.merchant, [row]) or [row]
    story = round_story.round_story(root)
    currency = root.currency or ""
    return {
        "legs": [leg_texts(leg) for leg in legs[:MOST_LEGS]],
        "round": story,
        "round_url": staff_desk.desk_address("round", code, root.pk),
        "sums": sums(story) if root.kind == Transaction.Kind.BET else [],
        "steps": [
            round_texts.step_texts(step, currency, lambda request_id: staff_desk.desk_address("call", code, request_id))
            for step in story.steps
        ],
    }


def sums(story: Round) -> list[tuple[str, str]]:
    """What was staked and paid, and the rewards where there are any."""
    amounts = [(_("Stake"), story.stake), (_("Paid"), story.paid)]
    amounts += [(_("Rewards"), story.rewards)] if story.rewards else []
    return [(title, money.format_with_code(units, story.root.currency or "")) for title, units in amounts]


def leg_texts(leg: Transaction) -> dict[str, Any]:
    units = None if leg.amount is None else money.format_with_code(leg.amount, leg.currency or "")
    return {"leg": leg, "amount": units, "debit": side(leg.debit_account), "credit": side(leg.credit_account)}


def side(account: Account | None) -> str | None:
    if account is None:
        return None
    return (
        _("%(player_id)s (player)") % {"player_id": account.player.player_id}
        if account.player
        else account.get_kind_display()
    )
