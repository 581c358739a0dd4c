"""The page of a merchant: how it stands, before what can be changed about it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from merchants import form_tokens
from merchants.admin.allowlists import KeyTable
from merchants.admin.base import OffSwitchImpact
from merchants.admin.merchants import STATUS_ANSWERS, TEXTS, MerchantAdmin
from merchants.admin.step_up import step_up_to_save
from merchants.form_tokens import TokenForm
from merchants.models import (
    Approval,
    Compromise,
    Contact,
    DisabledGame,
    Membership,
    Merchant,
    Player,
)
from merchants.services import credentials, history, limits
from merchants.services.history import TimelineEntry
from merchants.services.key_hygiene import keys_by_use, list_texts
from merchants.services.onboarding import is_not_live_yet
from portal.lib import clock
from wallet import statuses
from wallet.admin import impact, onboarding
from wallet.admin.reconciliations import outcome
from wallet.models import Reconciliation, ReconciliationPlan
from wallet.reconciliation import alarms
from wallet.reconciliation import cases as open_cases
from wallet.reconciliation.thresholds import with_currencies
from wallet.services.usage import last_day
from wallet.services.usage.last_day import First, Pulse

SHOWN_KEYS, SHOWN_PEOPLE, SHOWN_CASES, SHOWN_ENTRIES = 20, 12, 10, 15
MOST_COUNTED = 1_000
PANEL = "admin/merchant_panel.html"
WORDS = {
    "refusal": gettext_lazy("First {status} answer to {endpoint}"),
    "address": gettext_lazy("First request of {auth_key} from {address}"),
    "version": gettext_lazy("First request with version {version} of {auth_key}"),
}
ICONS = {"refusal": "block", "address": "pin_drop", "version": "key"}
admin.site.unregister(Merchant)


@admin.register(Merchant)
class MerchantPage(MerchantAdmin):
    inlines = [table for table in MerchantAdmin.inlines if table is not KeyTable]  # the keys stand above, with more
    change_form_outer_before_template = PANEL

    actions_detail = ["onboarding", *MerchantAdmin.actions_detail]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        return with_currencies(super().get_queryset(request))

    @action(description=gettext_lazy("Onboarding"), icon="checklist", permissions=["view"])
    @step_up_to_save
    def onboarding(self, request: HttpRequest, object_id: str) -> HttpResponse:
        merchant = self.found(request, object_id)
        if merchant.is_sandbox:
            return HttpResponseRedirect(reverse("admin:merchants_merchant_onboarding", args=[merchant.sandbox_of_id]))
        may_change = self.has_change_permission(request, merchant)
        sent = dict[str, TokenForm]()
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            if self.carried_out(request, merchant, sent):
                return HttpResponseRedirect(request.path)
        context = self.admin_site.each_context(request) | onboarding.page_context(request, merchant, sent)
        context |= {"title": _("Onboarding"), "subtitle": str(merchant), "opts": self.opts, "may_change": may_change}
        return TemplateResponse(request, "admin/onboarding.html", context | {"back": self.change_url(merchant)})

    def carried_out(self, request: HttpRequest, merchant: Merchant, sent: dict[str, TokenForm]) -> bool:
        """Whether one of the page's forms was carried out. One that was not is in `sent`, with the reason."""
        what = request.POST.get("do", "")
        if what not in onboarding.FORMS:
            raise Http404
        form = sent[what] = onboarding.FORMS[what](request.POST, prefix=what)
        if not form.is_valid():
            return False

        def act(**wish: Any) -> str:
            return onboarding.act(request, merchant, what, wish)

        done = form_tokens.submit_once(request, form, act, back=request.path)
        if done is None:
            return False
        self.log_change(request, merchant, done.value)
        self.message_user(request, done.value)
        return True

    def response_add(self, request: HttpRequest, obj: Merchant, post_url_continue: str | None = None) -> HttpResponse:
        """A new merchant is not live: the next page says what is missing."""
        if "_popup" in request.POST:
            response: HttpResponse = super().response_add(request, obj, post_url_continue)
            return response
        self.message_user(request, _("The merchant is open. It is not live yet: complete the steps below."))
        return HttpResponseRedirect(reverse("admin:merchants_merchant_onboarding", args=[obj.pk]))

    def off_switch_impact(self, obj: Merchant) -> OffSwitchImpact:
        return impact.merchant_off_impact(obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any
    ) -> HttpResponse:
        merchant: Merchant | None = kind.get("obj")
        if merchant is not None:
            context |= panel(merchant, count_switched_off(context))
        response: HttpResponse = super().render_change_form(request, context, *rest, **kind)
        return response


def count_switched_off(context: dict[str, Any]) -> int:
    """Counted already, for the table of games on the same page."""
    formsets = [table.formset for table in context["inline_admin_formsets"]]
    return sum(formset.paginator.count for formset in formsets if formset.model is DisabledGame)


def panel(merchant: Merchant, games_off: int) -> dict[str, Any]:
    now = clock.now()
    beat, keys = last_day.last_day(merchant), keys_by_use(merchant, now)
    is_new = is_not_live_yet(merchant)
    return {
        "state": _("Not live yet") if is_new else merchant.get_status_display(),
        "is_not_live_yet": is_new,
        "state_text": TEXTS[Merchant.Status(merchant.status)],
        "state_answers": STATUS_ANSWERS[Merchant.Status(merchant.status)],
        "pulse": beat,
        "pulse_chart": chart(beat),
        "pulse_taken": beat.taken.total(),
        "pulse_refused": beat.refused.total(),
        "refusals": [(status, calls) for status, calls in beat.by_status.most_common() if status != statuses.OK],
        "unsigned": beat.unsigned.most_common(),
        "shown_keys": keys[:SHOWN_KEYS],
        "more_keys": max(0, len(keys) - SHOWN_KEYS),
        "lists_in_words": list_texts(credentials.allowlists_by_key(merchant), keys, now),
        "flags": list(flags(merchant, games_off)),
        "people": people(merchant),
        "cases": cases(merchant),
        "approvals": approvals(merchant),
        "entries": timeline(merchant),
        **reconciliation_status(merchant),
    }


def flags(merchant: Merchant, games_off: int) -> Iterator[tuple[str, str, str]]:
    """What is set, in words, and the list that it is seen in."""
    limit = limits.stake_text(limits.player_limits(merchant))
    pace = _("no limit") if merchant.bets_per_minute is None else f"{merchant.bets_per_minute:,}"
    blocked = Player.objects.filter(merchant=merchant, is_blocked=True).order_by()[: MOST_COUNTED + 1].count()
    players = f"?merchant__id__exact={merchant.pk}&is_blocked__exact=1"
    yield _("Two-person rule"), "on" if merchant.two_person else "off", ""
    yield _("Maximum stake"), limit, ""
    yield _("Bets per minute and player"), pace, ""
    yield _("Maximum clock difference"), f"{merchant.timestamp_window_seconds} s", ""
    yield _("Games that are switched off"), f"{games_off:,}" if games_off else "none", ""
    yield _("Blocked players"), bounded_count(blocked), players if blocked else ""


def bounded_count(number: int) -> str:
    return (
        _("more than %(most_counted)s") % {"most_counted": f"{MOST_COUNTED:,}"}
        if number > MOST_COUNTED
        else f"{number:,}"
        if number
        else "none"
    )


def people(merchant: Merchant) -> list[dict[str, Any]]:
    """Who acts for the merchant, and the addresses that are told what happens to its keys."""
    merchant = merchant.live_merchant
    members = Membership.objects.filter(merchant=merchant).order_by().values_list(
        "person__name", "person__email", "role", "person_id"
    )  # fmt: skip
    named = Contact.objects.filter(merchant=merchant).order_by().values_list(
        "note", "email", Value("contact"), Value(None, output_field=Contact._meta.pk)  # noqa: SLF001 - NULL of its type
    )  # fmt: skip
    names = ("name", "email", "role", "person")
    return [dict(zip(names, row, strict=True)) for row in members.union(named, all=True).order_by()[: SHOWN_PEOPLE + 1]]


def cases(merchant: Merchant) -> list[Compromise]:
    found = Compromise.objects.filter(key__merchant=merchant, closed_at=None)
    return list(found.select_related("key", "secret").order_by("-id")[:SHOWN_CASES])


def reconciliation_status(merchant: Merchant) -> dict[str, Any]:
    """The plan, the newest day, what is late, and the worst that is open."""
    runs = Reconciliation.objects.filter(merchant=merchant).order_by("-day", "-number")
    plan = ReconciliationPlan.objects.filter(merchant=merchant).first()
    return {
        "plan": plan,
        "last_run": (last := runs.first()),
        "last_outcome": last and outcome(last),
        "alarms": [(merchant, alarm) for alarm in (alarms.alarms(merchant) if plan and plan.is_on else [])],
        "owed": open_cases.owed_cases(merchant).select_related("merchant")[:SHOWN_CASES],
    }


def approvals(merchant: Merchant) -> list[Approval]:
    found = Approval.objects.filter(merchant=merchant, state=Approval.State.WAITING)
    return list(found.select_related("key", "asked_by").order_by("-id")[:SHOWN_CASES])


def timeline(merchant: Merchant) -> list[TimelineEntry]:
    """What people changed, and between it the calls that mattered."""
    changes = history.timeline(merchant, limit=SHOWN_ENTRIES)
    return history.merge_newest_first(
        changes, [timeline_entry(first) for first in last_day.first_uses(merchant)], limit=SHOWN_ENTRIES
    )


def timeline_entry(first: First) -> TimelineEntry:
    words = WORDS[first.what].format(
        status=first.status, endpoint=first.endpoint, address=first.address, auth_key=first.auth_key,
        version=first.version,
    )  # fmt: skip
    return TimelineEntry(
        at=first.at,
        since=first.at,
        title=words,
        kind="calls",
        icon=ICONS[first.what],
        who=_("Signed request"),
        address=first.address or "",
        url_name="admin:merchants_apikey_change" if first.key_id else "admin:wallet_signedrequest_change",
        url_id=first.key_id or first.line_id,
    )


def chart(beat: Pulse) -> str:
    hours = [beat.since + timedelta(hours=number) for number in range(last_day.HOURS)]
    bars: list[tuple[str, Counter[datetime], str]] = [
        (_("Refused"), beat.refused, "var(--color-red-500)"),
        (_("Accepted"), beat.taken, "var(--color-primary-400)"),
    ]
    datasets = [
        {
            "label": label,
            "data": [numbers[hour] for hour in hours],
            "backgroundColor": colour,
            "displayYAxis": True,
            "maxTicksXLimit": 9,
            "stack": "calls",
        }
        for label, numbers, colour in bars
    ]
    return json.dumps({"labels": [f"{hour:%H}:00" for hour in hours], "datasets": datasets})
