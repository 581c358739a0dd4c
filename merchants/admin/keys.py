from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from merchants import errors
from merchants.admin import labels
from merchants.admin.allowlists import NetworkTable, SecretTable
from merchants.admin.base import ASKED, AdminQuestion
from merchants.admin.fields import moment_field
from merchants.admin.handover import HandOverForm, OncePage
from merchants.admin.rotation import ReasonForm, RotationAdmin
from merchants.admin.step_up import step_up, step_up_to_save
from merchants.models import ApiKey, Merchant, Secret, SeenAddress
from merchants.services import approvals, keys
from merchants.services.keys import Issued


class IssueForm(HandOverForm):
    merchant = forms.ModelChoiceField(
        Merchant.objects.open(),
        widget=UnfoldAdminSelectWidget,
        error_messages={
            "invalid_choice": gettext_lazy("This merchant was closed in the meantime. Choose another merchant.")
        },
    )
    environment = forms.ChoiceField(
        choices=ApiKey.Environment.choices,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("A test key belongs to the merchant's sandbox."),
    )
    label = forms.CharField(
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("The purpose of the key, for example “cashier”."),
    )
    expires_at = moment_field(
        label=gettext_lazy("Expires at"), required=False, help_text=gettext_lazy("Leave empty for no expiry.")
    )
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy(
            "Stored in the history. Required for a merchant with the two-person rule: the second approver reads it."
        ),
    )

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        merchant = wish.get("merchant")
        if merchant and merchant.two_person and not wish.get("reason"):
            self.add_error("reason", _("Enter a reason. The second approver reads it before approving the key."))
        return wish


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]
    expires_at = moment_field(
        label=gettext_lazy("Expires at"), required=False, help_text=gettext_lazy("Leave empty for no expiry.")
    )

    def clean_expires_at(self) -> datetime | None:
        ends: datetime | None = self.cleaned_data["expires_at"]
        if "expires_at" in self.changed_data:
            try:
                keys.check_end(key=self.instance, ends=ends)
            except errors.Refusal as refused:
                raise ValidationError(str(refused)) from refused
        return ends


@admin.register(ApiKey)
class ApiKeyAdmin(RotationAdmin):
    list_display = [
        "shown_auth_key", "of_merchant", "label", "environment", "shown_status", "versions", "seen_from", "seen_at",
        "ends",
    ]  # fmt: skip
    list_display_links = None
    list_select_related = ["merchant"]
    list_filter = [
        ("merchant", AutocompleteSelectFilter),
        ("environment", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
    ]
    search_fields = ["auth_key", "label"]
    search_help_text = gettext_lazy("Auth key or label, or part of it")
    inlines = [SecretTable, NetworkTable]
    actions_detail = [
        "rotate",
        {"title": gettext_lazy("More"), "icon": "more_horiz", "items": ["quarantine", "revoke"]},
        *RotationAdmin.in_panel,
    ]
    actions_row = ["rotate", "quarantine", "revoke"]
    change_form_outer_before_template = "admin/key_panel.html"
    fields = [
        "merchant", "environment", "auth_key", "label", "shown_status", "quarantined_at", "expires_at",
        "seen_from", "seen_at", "created",
    ]  # fmt: skip
    readonly_fields = [name for name in fields if name not in {"label", "expires_at"}]
    form = KeyForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        seen = SeenAddress.objects.filter(key=OuterRef("pk")).order_by("-last_seen_at")
        versions = Secret.objects.only("key", "version", "revoked_at")
        return ApiKey.objects.annotate(
            seen_address=Subquery(seen.values("address")[:1]), seen_moment=Subquery(seen.values("last_seen_at")[:1])
        ).prefetch_related(Prefetch("secrets", versions, to_attr="shown_versions"))

    @display(description=gettext_lazy("Auth key"))
    def shown_auth_key(self, key: ApiKey) -> SafeString:
        """A link of its own: the button that copies an id can't stand in the link of the list."""
        return labels.short_id(key.auth_key, self.change_url(key))

    @display(description=gettext_lazy("Status"))
    def shown_status(self, key: ApiKey) -> SafeString | None:
        return labels.coloured_label(key.status, labels.STATUS)

    @display(description=gettext_lazy("Secret versions"))
    def versions(self, key: ApiKey) -> str:
        shown: list[Secret] = key.shown_versions  # type: ignore[attr-defined]
        return ", ".join(f"v{each.version}{' (revoked)' if each.revoked_at else ''}" for each in shown)

    @display(description=gettext_lazy("Last address"))
    def seen_from(self, key: ApiKey) -> Any:
        return key.seen_address  # type: ignore[attr-defined]

    @display(description=gettext_lazy("Expires (UTC)"))
    def ends(self, key: ApiKey) -> SafeString | None:
        return labels.moment(key.expires_at)

    @display(description=gettext_lazy("Last used (UTC)"))
    def seen_at(self, key: ApiKey) -> SafeString | None:
        return labels.moment(key.seen_moment)  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001
        """The label is the form's to save; the end is the service's."""
        ends, obj.expires_at = obj.expires_at, form.initial["expires_at"]
        obj.save(update_fields=["label"])
        if "expires_at" in form.changed_data:
            obj.expires_at = keys.set_end(key=obj, ends=ends).expires_at

    @step_up_to_save
    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, *rest, **options)
        return response

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Issue a key."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.issue(request)

    @step_up
    def issue(self, request: HttpRequest) -> HttpResponse:
        page = OncePage(
            title=_("Issue key"),
            form=IssueForm,
            act=self.issues(request),
            back=reverse("admin:merchants_apikey_changelist"),
            button=_("Issue key"),
            template="admin/issue_key.html",
            initial={"merchant": request.GET.get("merchant")},
        )
        return self.once_only(request, page)

    def issues(self, request: HttpRequest) -> Callable[..., Issued | str]:
        def issue(*, merchant: Merchant, reason: str, **wish: Any) -> Issued | str:
            if not merchant.two_person:
                return keys.issue_key(merchant=merchant, **wish)
            by: Any = request.user
            approvals.ask_to_issue(merchant=merchant, by=by, reason=reason, **wish)
            return str(ASKED)

        return issue

    @action(description=gettext_lazy("Quarantine key"), permissions=["change"], icon="shield")
    @step_up
    def quarantine(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Quarantine key"),
            text=_("Use this when the key may be compromised. It starts no new rounds, and players are still paid."),
            answers=keys.QUARANTINED_ANSWERS,
            act=lambda: keys.quarantine_key(key=key),
            done=_("is quarantined"),
            danger=True,
            impact=self.off_switch_impact(key),
        )
        return self.ask(request, key, question)

    @action(description=gettext_lazy("Revoke key"), permissions=["change"], icon="block")
    @step_up
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        waits = key.merchant.two_person
        question = AdminQuestion(
            title=_("Request revocation of the key") if waits else _("Revoke key"),
            text=_("This cannot be undone. Payouts and rollbacks with this key are refused as well."),
            answers=keys.REVOKED_ANSWERS,
            form=ReasonForm if waits else forms.Form,
            act=(lambda reason: approvals.ask_to_revoke(key=key, by=request.user, reason=reason))  # type: ignore[arg-type]
            if waits
            else (lambda: keys.revoke_key(key=key)),
            done=_("waits for a second approver") if waits else _("is revoked"),
            danger=True,
            impact=self.off_switch_impact(key),
        )
        return self.ask(request, key, question)
