"""The page of a key, with what the wallet knows of it; and the page for the day on which it has leaked."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from merchants import key_forms
from merchants.admin.base import OffSwitchImpact, explain_refusal
from merchants.admin.fields import UnfoldForm
from merchants.admin.handover import OncePage
from merchants.admin.keys import ApiKeyAdmin
from merchants.admin.rotation import OverlapForm, live_secrets
from merchants.admin.step_up import step_up
from merchants.models import ApiKey, Compromise, Secret
from merchants.services import compromise, emails, keys
from merchants.services.keys import Issued
from portal.lib import clock
from wallet import money
from wallet.admin import impact
from wallet.services.usage import compromise_impact, rotation_progress

admin.site.unregister(ApiKey)
CHOICES = [
    (
        Compromise.Response.REVOKE,
        gettext_lazy("Revoke at once"),
        gettext_lazy(
            "Choose this if someone uses the secret, or may use it. Requests are refused until the "
            "merchant has the new secret."
        ),
        gettext_lazy("The auth key stays. The next secret version is shown to you."),
    ),
    (
        Compromise.Response.QUARANTINE,
        gettext_lazy("Quarantine key"),
        gettext_lazy("The key starts no new rounds. Players are still paid, from known addresses only."),
        gettext_lazy("Another auth key with its secret is shown to you, with the same IP allowlist."),
    ),
    (
        Compromise.Response.ROTATE,
        gettext_lazy("Rotate with an overlap"),
        gettext_lazy(
            "Use this when nothing suggests abuse. No call fails, but the old secret works until the overlap ends."
        ),
        gettext_lazy("The auth key stays. The next secret version is shown to you."),
    ),
]


REPLACEMENT_WAITS = gettext_lazy(
    "The response is requested. A second person must approve the new secret: the request is on the page “Approvals”."
)


class CompromiseResponseForm(key_forms.CompromiseForm, OverlapForm, UnfoldForm):
    response = forms.ChoiceField(
        choices=Compromise.Response.choices,
        error_messages={"required": gettext_lazy("Choose a response.")},
    )


@admin.register(ApiKey)
class KeyPage(ApiKeyAdmin):
    actions_detail = ["leak", *ApiKeyAdmin.actions_detail]
    change_form_outer_before_template = "admin/key_page.html"

    def panel(self, request: HttpRequest, key: ApiKey) -> dict[str, Any]:
        known = super().panel(request, key)
        cases = Compromise.objects.filter(key=key).select_related("declared_by", "secret")[:5]
        return known | {
            "cases": cases,
            "meter": rotation_progress.rotation_progress(key) if len(known["live"]) > 1 else None,
        }

    def off_switch_impact(self, obj: ApiKey) -> OffSwitchImpact:
        return impact.key_off_impact(obj)

    @action(
        description=gettext_lazy("Report a compromise"),
        permissions=["change"],
        icon="emergency_home",
        variant=ActionVariant.DANGER,
    )
    @explain_refusal
    @step_up
    def leak(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.found(request, object_id)
        compromise.check_not_quarantined(key)
        shown: dict[str, Any] = {}

        def declare(**wish: Any) -> Issued | str:
            declared = compromise.declare_compromise(key=key, by=request.user, **wish)  # type: ignore[arg-type]
            shown["case"] = declared.compromise
            return declared.issued or str(REPLACEMENT_WAITS)

        page = OncePage(
            title=_("Report a compromise"),
            form=compromise_form(key),
            act=declare,
            back=self.change_url(key),
            button=_("Report compromise"),
            of=key,
            template="admin/leak.html",
            initial={
                "version": keys.current_version(key),
                "exposed_since": clock.now() - timedelta(hours=24),
            },
            context={
                "key": key,
                "live": live_secrets(key),
                "choices": choices(),
                "told": emails.contact_addresses(key.merchant),
            }
            | effect(key),
            shown=shown,
            danger=True,
            is_emergency=True,
        )
        return self.once_only(request, page)


def compromise_form(key: ApiKey) -> type[CompromiseResponseForm]:
    """In an overlap either of two secrets may have leaked."""
    usable = Secret.objects.usable(at=clock.now()).filter(key=key).select_related("key").defer("sealed")

    class OfThisKey(CompromiseResponseForm):
        exposed = forms.ModelChoiceField(
            usable.order_by("-version"),
            label=_("Secret version"),
            required=False,
            empty_label=None,
            widget=UnfoldAdminSelectWidget,
            help_text=_("The report covers this version. The response covers the whole key."),
        )

    return OfThisKey


def effect(key: ApiKey) -> dict[str, Any]:
    found = compromise_impact.compromise_impact(key)
    rounds = [
        (each.rounds, money.format_amount(each.stake, each.currency), each.currency, each.oldest)
        for each in found.open_rounds
    ]
    return {"impact": found, "open_rounds": rounds}


def choices() -> list[dict[str, Any]]:
    return [
        {"value": value, "title": title, "when": when, "replacement": replacement, "answers": answers(value)}
        for value, title, when, replacement in CHOICES
    ]


def answers(response: str) -> list[tuple[str, str]]:
    """Calls that are answered alike stand in one line."""
    alike = groupby(compromise_impact.call_answers(response), key=itemgetter(1))
    return [(", ".join(what for what, _ in calls), answer) for answer, calls in alike]
