from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from merchants.admin import labels, once
from merchants.admin.base import FastAdmin, Question
from merchants.admin.lists import NetworkTable, SecretTable
from merchants.admin.merchants import own_new_entries
from merchants.models import ApiKey, Merchant, Secret, SeenAddress
from merchants.services import keys

QUARANTINE_ANSWERS = [
    ("Bet, launch, deposit, withdraw, lists", "RS_ERROR_INVALID_APIKEY"),
    ("Payout, reward, rollback, balance", "as usual, from addresses that signed correctly before"),
]


class IssueForm(forms.Form):
    merchant = forms.ModelChoiceField(Merchant.objects.open(), widget=UnfoldAdminSelectWidget)
    environment = forms.ChoiceField(choices=ApiKey.Environment.choices, widget=UnfoldAdminSelectWidget)
    label = forms.CharField(
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="What the key is for, for example “cashier”.",
    )
    expires_at = forms.DateTimeField(
        label="Ends at",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "2027-01-31 12:00"}),
        help_text="In UTC; empty is no end.",
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean_expires_at(self) -> Any:
        ends = self.cleaned_data["expires_at"]
        if ends and ends <= timezone.now():
            raise forms.ValidationError("This moment has passed.")
        return ends


@admin.register(ApiKey)
class ApiKeyAdmin(FastAdmin):
    list_display = [
        "auth_key", "of_merchant", "label", "environment", "shown_status", "versions", "seen_from", "seen_at",
        "ends",
    ]  # fmt: skip
    list_select_related = ["merchant"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        ("environment", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
    ]
    search_fields = ["auth_key__exact"]
    search_help_text = "Auth key"
    inlines = [SecretTable, NetworkTable]
    actions_detail = ["quarantine", "revoke"]
    actions_row = ["quarantine", "revoke"]
    fields = [
        "merchant", "environment", "auth_key", "label", "shown_status", "quarantined_at", "expires_at",
        "seen_from", "seen_at", "created",
    ]  # fmt: skip
    readonly_fields = [name for name in fields if name not in {"label", "expires_at"}]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        seen = SeenAddress.objects.filter(key=OuterRef("pk")).order_by("-last_seen_at")
        versions = Secret.objects.only("key", "version", "revoked_at")
        return ApiKey.objects.annotate(
            seen_address=Subquery(seen.values("address")[:1]), seen_moment=Subquery(seen.values("last_seen_at")[:1])
        ).prefetch_related(Prefetch("secrets", versions, to_attr="shown_versions"))

    @display(description="Status")
    def shown_status(self, key: ApiKey) -> SafeString | None:
        return labels.coloured(key.status, labels.STATUS)

    @display(description="Versions")
    def versions(self, key: ApiKey) -> str:
        shown: list[Secret] = key.shown_versions  # type: ignore[attr-defined]
        return ", ".join(f"v{each.version}{' (revoked)' if each.revoked_at else ''}" for each in shown)

    @display(description="Last seen from")
    def seen_from(self, key: ApiKey) -> Any:
        return key.seen_address  # type: ignore[attr-defined]

    @display(description="Ends")
    def ends(self, key: ApiKey) -> SafeString | None:
        return labels.moment(key.expires_at)

    @display(description="Last seen")
    def seen_at(self, key: ApiKey) -> SafeString | None:
        return labels.moment(key.seen_moment)  # type: ignore[attr-defined]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        own_new_entries(request, formset)
        super().save_formset(request, form, formset, change)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Issue a key. The secret stands in the answer to this very request and nowhere else."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        response: HttpResponse = never_cache(self.issue)(request)
        return response

    def issue(self, request: HttpRequest) -> HttpResponse:
        form = IssueForm(request.POST or None, initial={"merchant": request.GET.get("merchant")})
        if request.method == "POST" and form.is_valid():
            return self.issued(request, form.cleaned_data)
        if not form.is_bound:
            form.initial["token"] = once.new_token(request)
        return self.page(request, "admin/issue_key.html", "Issue a key", form=form)

    def issued(self, request: HttpRequest, wish: dict[str, Any]) -> HttpResponse:
        with transaction.atomic():
            if not once.use_token(request, wish.pop("token")):
                return self.page(request, "admin/issue_key_again.html", "This form was used before", status=409)
            issued = keys.issue(**wish)
        self.log_addition(request, issued.key, "Issued.")
        return self.page(request, "admin/issued_key.html", "The key is issued", issued=issued)

    def page(self, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, template, context, status=status)

    @action(description="Quarantine", permissions=["change"], icon="shield")
    def quarantine(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        question = Question(
            title="Quarantine the key",
            text="For a key that may have leaked: nothing new begins under it, and players are still paid.",
            answers=QUARANTINE_ANSWERS,
            act=lambda: keys.quarantine(key=key),
            done="is quarantined now",
            danger=True,
        )
        return self.ask(request, key, question)

    @action(description="Revoke", permissions=["change"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        question = Question(
            title="Revoke the key",
            text="For good: a revoked key cannot come back. Payouts and rollbacks under it are refused as well.",
            answers=[("Every call", "RS_ERROR_INVALID_APIKEY")],
            act=lambda: keys.revoke(key=key),
            done="is revoked now",
            danger=True,
        )
        return self.ask(request, key, question)
