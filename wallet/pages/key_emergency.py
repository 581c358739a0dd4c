"""Before a key is switched off, or its secret declared as leaked: what it does at this hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from merchants.access import Visit
from merchants.models import ApiKey, Compromise, Secret
from merchants.pages.confirmation import ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.keys import OverlapForm, ReasonForm, key_action, key_question
from merchants.services import approvals, compromise, keys
from merchants.services.keys import Issued
from portal.lib import clock, money
from portal.lib.moment_fields import MomentField
from wallet.services.usage import compromise_impact

RESPONSES = [
    (Compromise.Response.REVOKE, "Refuse the old secret at once. Calls fail until your servers have the new one."),
    (Compromise.Response.QUARANTINE, "Quarantine the key: players are paid, nothing new begins. You get another key."),
    (Compromise.Response.ROTATE, "Rotate: no call fails, but the old secret works until the overlap ends."),
]


REPLACEMENT_WAITS = "Done. Another owner, or our support, must approve the new secret: the request is on this page."


def effect(key: ApiKey) -> dict[str, Any]:
    found = compromise_impact.compromise_impact(key)
    rounds = [(each.rounds, money.format_amount(each.stake), each.currency) for each in found.open_rounds]
    return {"template": "ask_off.html", "context": {"impact": found, "open_rounds": rounds}}


class LeakForm(OverlapForm):
    field_order = ("response", "overlap", "exposed", "exposed_since", "reason")
    response = forms.ChoiceField(
        label="What is to be done",
        choices=RESPONSES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is to be done."},
    )
    exposed_since = MomentField(
        label="Exposed since", help_text="In UTC. When in doubt, the earliest moment: the report begins there."
    )
    reason = forms.CharField(
        label="What happened", max_length=500, help_text="Kept with the case. Never paste the secret."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["overlap"].label = "If you rotate: the old secret goes on working for"


def leak_form(key: ApiKey) -> type[LeakForm]:
    """In an overlap either of two secrets may have leaked."""
    usable = Secret.objects.usable(at=clock.now()).filter(key=key).select_related("key").defer("sealed")

    class OfThisKey(LeakForm):
        exposed = VersionField(usable.order_by("-version"), label="Which secret", required=False, empty_label=None)

    return OfThisKey


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Secret) -> str:
        return f"Version {obj.version}{'' if obj.usable_until is None else ', the old one'}"


@key_action
def quarantine(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    def act() -> str:
        keys.quarantine_key(key=key)
        return "The key is quarantined now."

    question = key_question(
        key,
        title="Quarantine the key",
        text="For a key that may have leaked: nothing new begins under it, and players are still paid.",
        answers=keys.QUARANTINED_ANSWERS,
        **effect(key),
        act=act,
        button="Quarantine the key",
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def revoke(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    waits = key.merchant.two_person

    def act(reason: str = "") -> str:
        if waits:
            approvals.ask_to_revoke(key=key, by=visit.person, reason=reason)
            return "Asked. Another owner, or our support, decides on this page."
        keys.revoke_key(key=key)
        return "The key is revoked now."

    question = key_question(
        key,
        title="Ask to revoke the key" if waits else "Revoke the key",
        text="For good: a revoked key cannot come back. Payouts and rollbacks under it are refused as well.",
        answers=keys.REVOKED_ANSWERS,
        **effect(key),
        form=ReasonForm if waits else SingleUseForm,
        act=act,
        button="Ask a second person" if waits else "Revoke the key",
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@key_action
def leak(request: HttpRequest, visit: Visit, key: ApiKey) -> HttpResponse:
    compromise.check_not_quarantined(key)

    def act(**wish: Any) -> Issued | str:
        return compromise.declare_compromise(key=key, by=visit.person, **wish).issued or REPLACEMENT_WAITS

    question = key_question(
        key,
        title="The secret has leaked",
        text="Choose a response. It takes effect at once. Another owner, or our support, must approve the new secret."
        if key.merchant.two_person
        else "Say what is to be done. You are shown a new secret at once, and our support sees the case.",
        form=leak_form(key),
        **effect(key),
        act=act,
        button="Do it now",
        initial={
            "expected_version": keys.current_version(key),
            "exposed_since": clock.now() - timedelta(hours=24),
        },
        danger=True,
    )
    return ask_to_confirm(request, visit, question)
