"""A new merchant on one page: who owns it, what it signs with, from where, and the button that makes it live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from merchants import form_tokens, staff_desk
from merchants.form_tokens import TokenForm
from merchants.models import Contact, Membership, Merchant
from merchants.services import onboarding, people
from merchants.services.onboarding import ChecklistItem, Step
from portal.lib.email_addresses import EmailAddressFormField
from portal.lib.texts import Text
from wallet.models import ReconciliationPlan

TITLES: dict[Step, Text] = {
    Step.OWNER: gettext_lazy("Owner"),
    Step.CONTACT: gettext_lazy("Contact"),
    Step.KEY: gettext_lazy("Live key"),
    Step.ALLOWLIST: gettext_lazy("Allowlist"),
    Step.PLAN: gettext_lazy("Reconciliation plan"),
    Step.SANDBOX: gettext_lazy("Sandbox"),
}
LINKS: dict[Step, tuple[Text, Callable[[Merchant], str]]] = {
    Step.KEY: (
        gettext_lazy("Issue key"),
        lambda merchant: f"{reverse('admin:merchants_apikey_add')}?{urlencode({'merchant': merchant.pk})}",
    ),
    Step.ALLOWLIST: (
        gettext_lazy("Add address"),
        lambda merchant: staff_desk.desk_address("list_add", merchant.code),
    ),
    Step.PLAN: (
        gettext_lazy("Add plan"),
        lambda merchant: f"{reverse('admin:wallet_reconciliationplan_add')}?{urlencode({'merchant': merchant.pk})}",
    ),
    Step.SANDBOX: (
        gettext_lazy("Create sandbox"),
        lambda merchant: reverse("admin:merchants_merchant_create_sandbox", args=[merchant.pk]),
    ),
}


class EmailForm(TokenForm):
    email = EmailAddressFormField(
        label=gettext_lazy("Email"),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "type": "email"}),
    )


class LiveForm(TokenForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Required if a step is missing. Stored and shown in the history."),
    )


FORMS: dict[str, type[TokenForm]] = {"owner": EmailForm, "contact": EmailForm, "live": LiveForm}


def checklist(merchant: Merchant) -> list[ChecklistItem]:
    plan = ReconciliationPlan.objects.filter(merchant=merchant).first()
    detail = _("Report due at %(hour)s:00") % {"hour": plan.hour} if plan else _("No reconciliation plan yet.")
    *first, sandbox = onboarding.checklist(merchant)
    return [*first, ChecklistItem(Step.PLAN, is_done=plan is not None, detail=detail), sandbox]


def act(request: HttpRequest, merchant: Merchant, what: str, wish: dict[str, Any]) -> str:
    """Carry out what the page was asked for. Return what is true now; raises what the services refuse."""
    by: Any = request.user
    if what == "owner":
        people.invite_person(merchant=merchant, email=wish["email"], role=Membership.Role.OWNER, by=by)
        return _("An invitation was sent to %(email)s.") % {"email": wish["email"]}
    if what == "contact":
        added = onboarding.add_contact(merchant=merchant, email=wish["email"], by=by)
        if isinstance(added, Contact):
            return _("%(email)s is a contact of the merchant.") % {"email": wish["email"]}
        return _("An owner must allow this first. Add %(email)s to the contacts.") % {"email": wish["email"]}
    is_live = onboarding.go_live(merchant=merchant, items=checklist(merchant), by=by, reason=wish["reason"])
    return _("The merchant is live.") if is_live else _("Requested. A second person must approve it.")


def page_context(request: HttpRequest, merchant: Merchant, sent: dict[str, TokenForm]) -> dict[str, Any]:
    items = checklist(merchant)
    is_new = onboarding.is_not_live_yet(merchant)
    return {
        "merchant": merchant,
        "is_not_live_yet": is_new,
        "state": _("Not live yet") if is_new else merchant.get_status_display(),
        "items": [
            {
                "item": item,
                "title": TITLES[item.step],
                "form": None if item.is_done else form_of(request, item.step, sent),
                "link": None if item.is_done else link_of(item.step, merchant),
            }
            for item in items
        ],
        "missing": [TITLES[item.step] for item in items if not item.is_done],
        "is_blocked": any(item.is_required and not item.is_done for item in items),
        "live_form": form_of(request, "live", sent),
    }


def form_of(request: HttpRequest, name: str, sent: dict[str, TokenForm]) -> TokenForm | None:
    """Return the form of a step as it was sent, or a new one with its token; None for a step that has no form."""
    if name in sent or name not in FORMS:
        return sent.get(name)
    return FORMS[name](prefix=name, initial={"token": form_tokens.new_token(request)})


def link_of(step: Step, merchant: Merchant) -> tuple[Text, str] | None:
    if step not in LINKS:
        return None
    title, address = LINKS[step]
    return title, address(merchant)
