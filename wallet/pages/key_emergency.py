"""Before a key is switched off, or its secret declared as leaked: what it does at this hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import key_forms
from merchants.access import Visit
from merchants.models import ApiKey, Compromise, Secret
from merchants.pages.confirmation import ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.keys import OverlapForm, ReasonForm, key_action, key_question
from merchants.services import approvals, compromise, keys
from merchants.services.keys import Issued
from portal.lib import clock, money
from wallet.services.usage import compromise_impact

RESPONSES = [
    (
        Compromise.Response.REVOKE,
        gettext_lazy(
            "Revoke: the old secret is refused immediately. Requests fail until your servers use the new secret."
        ),
    ),
    (
        Compromise.Response.QUARANTINE,
        gettext_lazy("Quarantine: open rounds are still settled, but nothing new starts. You get a new key."),
    ),
    (
        Compromise.Response.ROTATE,
        gettext_lazy("Rotate: no request fails, but the old secret works until the overlap ends."),
    ),
]


REPLACEMENT_WAITS = gettext_lazy(
    "The response is active. Another owner or our support must approve the new secret on this page."
)


def effect(key: ApiKey) -> dict[str, Any]:
    found = compromise_impact.compromise_impact(key)
    rounds = [(each.rounds, money.format_with_code(each.stake, each.currency)) for each in found.open_rounds]
    return {"template": "ask_off.html", "context": {"impact": found, "open_rounds": rounds}}


class CompromiseResponseForm(key_forms.CompromiseForm, OverlapForm):
    field_order = ("response", "overlap", "exposed", "exposed_since", "reason")
    response = forms.ChoiceField(
        label=gettext_lazy("Response"),
        choices=RESPONSES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a response.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["overlap"].label = _("If you rotate: the old secret works for")


def compromise_form(key: ApiKey) -> type[CompromiseResponseForm]:
    """In an overlap either of two secrets may have leaked."""
    usable = Secret.objects.usable(at=clock.now()).filter(key=key).select_related("key").defer("sealed")

    class OfThisKey(CompromiseResponseForm):
        exposed = VersionField(
            usable.order_by("-version"), label=_("Compromised secret version"), required=False, empty_label=None
        )

    return OfThisKey


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Secret) -> str:
        return (
            _("Version %(version)s") % {"version": obj.version}
            if obj.usable_until is None
            else _("Version %(version)s (old)") % {"version": obj.version}
        )


@key_action
def quarantine(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    def act() -> str:
        keys.quarantine_key(key=key)
        return _("The key is quarantined.")

    question = key_question(
        key,
        title=_("Quarantine key"),
        text=_(
            "Use this for a key that may be compromised. The key starts nothing new. Open rounds are still settled."
        ),
        answers=keys.QUARANTINED_ANSWERS,
        **effect(key),
        act=act,
        button=_("Quarantine key"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def revoke(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    waits = key.merchant.two_person

    def act(reason: str = "") -> str:
        if waits:
            approvals.ask_to_revoke(key=key, by=visit.person, reason=reason)
            return _("The request is sent. Another owner or our support must approve it on this page.")
        keys.revoke_key(key=key)
        return _("The key is revoked.")

    question = key_question(
        key,
        title=_("Request revocation") if waits else _("Revoke key"),
        text=_("A revoked key cannot be restored. Payouts and rollbacks with this key are refused, too."),
        answers=keys.REVOKED_ANSWERS,
        **effect(key),
        form=ReasonForm if waits else SingleUseForm,
        act=act,
        button=_("Request revocation") if waits else _("Revoke key"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def leak(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    compromise.check_not_quarantined(key)

    def act(**wish: Any) -> Issued | str:
        return compromise.declare_compromise(key=key, by=visit.person, **wish).issued or str(REPLACEMENT_WAITS)

    question = key_question(
        key,
        title=_("Report a compromise"),
        text=_(
            "Choose a response. It takes effect immediately. Another owner or our support must approve the new secret."
        )
        if key.merchant.two_person
        else _(
            "Choose a response. It takes effect immediately. You see a new secret, and our support sees your report."
        ),
        form=compromise_form(key),
        **effect(key),
        act=act,
        button=_("Report a compromise"),
        initial={
            "expected_version": keys.current_version(key),
            "exposed_since": clock.now() - timedelta(hours=24),
        },
        danger=True,
    )
    return ask_to_confirm(request, visit, question)
