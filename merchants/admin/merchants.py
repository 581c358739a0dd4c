from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from merchants.admin import labels
from merchants.admin.allowlists import (
    ContactTable,
    DomainTable,
    KeyTable,
    MemberTable,
    MerchantNetworkTable,
    SwitchedOffGameTable,
)
from merchants.admin.base import AdminQuestion, FastAdmin, explain_refusal
from merchants.admin.fields import LimitsForm, time_zone_field
from merchants.admin.step_up import step_up, step_up_to_save
from merchants.models import Contact, Merchant, OwnerQuestion
from merchants.services import approvals, merchants, onboarding, owner_questions, sandboxes
from portal.lib.texts import Text

USUAL = gettext_lazy("as usual")
REFUSED = "RS_ERROR_MERCHANT_NOT_ACTIVE"
NEW_RISK, OWED = (
    gettext_lazy("Bet, launch, deposit"),
    gettext_lazy("Payout, reward, rollback, balance, withdrawal, lists of games and sessions"),
)
STATUS_ANSWERS: dict[str, list[tuple[Text, Text]]] = {
    Merchant.Status.ACTIVE: [(NEW_RISK, USUAL), (OWED, USUAL)],
    Merchant.Status.SUSPENDED: [(NEW_RISK, REFUSED), (OWED, USUAL)],
    Merchant.Status.CLOSED: [(gettext_lazy("Every request"), REFUSED)],
}
TEXTS = {
    Merchant.Status.ACTIVE: gettext_lazy("All requests of this merchant are accepted."),
    Merchant.Status.SUSPENDED: gettext_lazy("No new round starts. Players are still paid."),
    Merchant.Status.CLOSED: gettext_lazy("Every request is refused, including payouts and rollbacks of open rounds."),
}


VERB_OF_STATUS = {
    Merchant.Status.ACTIVE: "activate",
    Merchant.Status.SUSPENDED: "suspend",
    Merchant.Status.CLOSED: "close",
}
OF_LIVE_MERCHANTS = {"membership", "contact", "invitation", "approval", "ownerquestion"}
IN_THE_FORM = gettext_lazy("Changed on the page of the merchant in the administration.")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=500, widget=UnfoldAdminTextInputWidget(), help_text=gettext_lazy("For the second approver.")
    )


class SideFilter(DropdownFilter):
    title = "side"
    parameter_name = "side"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("live", _("Live")), ("sandbox", _("Sandbox"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Merchant]) -> QuerySet[Merchant]:
        sides = {"live": Merchant.objects.live(), "sandbox": Merchant.objects.sandboxes()}
        side = sides.get(self.value() or "")
        return queryset if side is None else queryset.filter(pk__in=side.order_by().values("pk"))


class MerchantForm(LimitsForm):
    is_strict = True
    time_zone = time_zone_field()


@admin.register(Merchant)
class MerchantAdmin(FastAdmin):
    form = MerchantForm
    list_display = ["code", "name", "side", "shown_status", "keys_in_use", "created"]
    list_display_links = ["code", "name"]
    list_filter = [("status", ChoicesDropdownFilter), SideFilter]
    search_fields = ["code", "name"]
    inlines = [KeyTable, MerchantNetworkTable, DomainTable, MemberTable, ContactTable, SwitchedOffGameTable]
    actions_detail = [
        "issue_key",
        "create_sandbox",
        {"title": gettext_lazy("Change status"), "icon": "toggle_on", "items": ["activate", "suspend", "close"]},
    ]
    change_form_outer_before_template = "admin/merchant_links.html"
    fieldsets = [
        (None, {"fields": ["code", "name", "shown_status", "time_zone"]}),
        (
            gettext_lazy("Limits"),
            {"fields": ["timestamp_window_seconds", "bets_per_minute", "max_stake_by_currency", "max_stake"]},
        ),
        (gettext_lazy("Settings"), {"fields": ["two_person"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["code", "name", "time_zone"]}),
        (
            gettext_lazy("Limits"),
            {"fields": ["timestamp_window_seconds", "bets_per_minute", "max_stake_by_currency", "max_stake"]},
        ),
    ]
    readonly_fields = ["shown_status"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        return (
            Merchant.objects.select_related("sandbox", "sandbox_of").annotate(key_count=Count("keys")).order_by("code")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Merchant], search_term: str
    ) -> tuple[QuerySet[Merchant], bool]:
        """What only a live merchant has is given to no sandbox, and found under none."""
        found, has_repeats = super().get_search_results(request, queryset, search_term)
        of_live = request.GET.get("model_name") in OF_LIVE_MERCHANTS
        return (found.filter(sandbox_of=None) if of_live else found), has_repeats

    def get_readonly_fields(self, request: HttpRequest, obj: Merchant | None = None) -> list[str]:
        """Settings are an administrator's."""
        may_set = getattr(request.user, "is_superuser", False) and not (obj and obj.is_sandbox)
        settings = [] if may_set else ["two_person"]
        return ["shown_status", *(["code"] if obj else []), *settings]

    def get_inlines(self, request: HttpRequest, obj: Merchant | None) -> list[Any]:
        """A sandbox has no people of its own."""
        own = [table for table in self.inlines if table not in {MemberTable, ContactTable}]
        return (own if obj.is_sandbox else self.inlines) if obj else []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Merchant | None:
        """Return the merchant, read once for a page that is looked at."""
        kept: dict[str, Merchant | None] = request.__dict__.setdefault("shown_merchants", {})
        if object_id not in kept or request.method != "GET":
            kept[object_id] = super().get_object(request, object_id, from_field)
        return kept[object_id]

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[Any]:
        """Without the verbs that the services refuse for this merchant."""
        merchant = self.get_object(request, str(object_id))
        refused = set() if merchant is None else impossible_actions(merchant)
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if each.method.original_function_name not in refused
        ]

    @step_up_to_save
    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, *rest, **options)
        return response

    @display(description=gettext_lazy("Status"))
    def shown_status(self, merchant: Merchant) -> SafeString | None:
        return labels.coloured_label(merchant.status, labels.STATUS)

    @display(description=gettext_lazy("Side"))
    def side(self, merchant: Merchant) -> str:
        return _("Sandbox") if merchant.is_sandbox else _("Live")

    @display(description=gettext_lazy("Keys"))
    def keys_in_use(self, merchant: Merchant) -> int:
        return int(merchant.key_count)  # type: ignore[attr-defined]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        if formset.model is Contact:
            ask_for_contacts(self, request, formset)
        super().save_formset(request, form, formset, change)

    def save_model(self, request: HttpRequest, obj: Merchant, form: Any, change: bool) -> None:  # noqa: FBT001
        """One person switches the two-person rule on, and asks a second one to switch it off."""
        if not change:
            obj.status = Merchant.Status.SUSPENDED  # until it goes live
        off = change and "two_person" in form.changed_data and not obj.two_person
        if off:
            obj.two_person = True
        super().save_model(request, obj, form, change)
        if off:
            by: Any = request.user
            self.say(request, lambda: approvals.ask_to_switch_off(merchant=obj, by=by, reason=str(IN_THE_FORM)))

    @action(description=gettext_lazy("Issue key"), icon="key", permissions=["change"], variant=ActionVariant.PRIMARY)
    def issue_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        merchant = self.found(request, object_id)
        return HttpResponseRedirect(f"{reverse('admin:merchants_apikey_add')}?merchant={merchant.pk}")

    @action(description=gettext_lazy("Create sandbox"), icon="science", permissions=["change"])
    @explain_refusal
    @step_up
    def create_sandbox(self, request: HttpRequest, object_id: str) -> HttpResponse:
        merchant = self.found(request, object_id)
        sandboxes.check_no_sandbox(merchant)
        question = AdminQuestion(
            title=_("Create sandbox"),
            text=_(
                "The sandbox is a separate merchant for tests. Its test keys, players, accounts and "
                "statements are separate from the live ones. Existing test keys move to the sandbox. A "
                "sandbox cannot be deleted."
            ),
            act=lambda: sandboxes.create_sandbox(merchant=merchant),
            done=_("has a sandbox"),
        )
        return self.ask(request, merchant, question)

    @action(description=gettext_lazy("Activate merchant"), permissions=["change"])
    @step_up
    def activate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One that never was live goes live by the checklist of its onboarding."""
        if onboarding.is_not_live_yet(self.found(request, object_id)):
            return HttpResponseRedirect(reverse("admin:merchants_merchant_onboarding", args=[object_id]))
        return self.change_status(request, object_id, _("Activate"), Merchant.Status.ACTIVE)

    @action(description=gettext_lazy("Suspend merchant"), permissions=["change"])
    @step_up
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.change_status(request, object_id, _("Suspend"), Merchant.Status.SUSPENDED)

    @action(description=gettext_lazy("Close merchant"), permissions=["change"])
    @step_up
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.change_status(request, object_id, _("Close"), Merchant.Status.CLOSED)

    def change_status(self, request: HttpRequest, object_id: str, verb: str, status: Merchant.Status) -> HttpResponse:
        merchant = self.found(request, object_id)
        by: Any = request.user
        waits = merchant.two_person
        question = AdminQuestion(
            title=_("Request: %(verb)s merchant") % {"verb": verb.lower()}
            if waits
            else _("%(verb)s merchant") % {"verb": verb},
            text=TEXTS[status],
            answers=STATUS_ANSWERS[status],
            form=ReasonForm if waits else forms.Form,
            act=(lambda reason: approvals.ask_to_set_status(merchant=merchant, status=status, by=by, reason=reason))
            if waits
            else (lambda: merchants.set_status(merchant=merchant, status=status)),
            done=_("waits for a second approver") if waits else _("is %(value)s") % {"value": status.value},
            danger=status != Merchant.Status.ACTIVE,
            impact=self.off_switch_impact(merchant) if status != Merchant.Status.ACTIVE else None,
        )
        return self.ask(request, merchant, question)


def impossible_actions(merchant: Merchant) -> set[str]:
    """Return the verbs that make no sense on the page of this merchant: its services refuse them, or they change
    nothing.
    """
    refused = {VERB_OF_STATUS[Merchant.Status(merchant.status)]}
    if not sandboxes.can_have_sandbox(merchant):
        refused.add("create_sandbox")
    if merchant.status == Merchant.Status.CLOSED:
        refused.add("issue_key")
    if merchant.is_sandbox:
        refused.add("onboarding")
    return refused


def ask_for_contacts(admin: Any, request: HttpRequest, formset: Any) -> None:
    """Addresses of other domains than the owners': they are not saved, and an owner is asked."""
    merchant: Merchant = formset.instance
    by: Any = request.user
    for form in [*formset.initial_forms, *formset.extra_forms]:
        email = form.cleaned_data.get("email") if "email" in form.changed_data else None
        if not email or form in formset.deleted_forms or not owner_questions.is_outside(merchant, email):
            continue
        owner_questions.ask_owners(merchant=merchant, kind=OwnerQuestion.Kind.CONTACT, by=by, email=email)
        admin.message_user(
            request,
            _("An owner must allow this first. Add %(email)s to the contacts.") % {"email": email},
            messages.WARNING,
        )
        form.changed_data.clear()
        form.instance.email = form.initial.get("email", "")
