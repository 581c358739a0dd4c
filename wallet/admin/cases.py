"""The worklist of reconciliation: breaks that somebody has to understand, what is owed to players on top."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.options import ActionLocation, IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from merchants import form_tokens
from merchants.admin import labels
from merchants.admin.base import AdminQuestion, explain_refusal
from merchants.admin.id_parts import with_part
from merchants.admin.step_up import step_up
from merchants.models import Merchant
from merchants.services import history
from portal.lib import clock
from portal.lib.moments import show_day
from wallet import money
from wallet.admin import case_verbs, correction_verbs
from wallet.admin.base import Choice, ReadOnlyAdmin, amount_label, link_to
from wallet.admin.case_verbs import MANY, ManyVerb
from wallet.admin.days import DayFilter
from wallet.models import Case
from wallet.reconciliation import break_amounts, cases, due_dates, refusals
from wallet.reconciliation.day_statement import lines_label
from wallet.reconciliation.plans import write_off_alone

ONE = case_verbs.ONE | correction_verbs.VERBS
SEVERITY = {"Owed to a player": "danger", "High": "warning", "Medium": "info"}
STATE = {"Open": "warning", "Waiting for operator": "info", "Resolved": "success"}
SHOWN_ENTRIES, SHOWN_NOTES = 15, 50
SIDES = ("kind", "player", "game", "currency", "amount", "state", "at")
LABELS = {
    "at": gettext_lazy("Time"),
    "at_stake": gettext_lazy("At stake"),
    "line": gettext_lazy("Statement line"),
    "lines": gettext_lazy("Lines"),
    "day": gettext_lazy("Day"),
    "replaced_by": gettext_lazy("Payout for the same bet"),
    "transaction": gettext_lazy("Transaction in the statement"),
}
AMOUNTS = frozenset({"amount", "at_stake", "balance", "sum"})
ID = re.compile(r"[0-9]{1,18}", re.ASCII)
LISTED = [Case.State.RESOLVED, "all"]  # the lists of what is done have another order


# --- filters ----------------------------------------------------------------------------------------------------------
class CaseStateFilter(Choice):
    title = "state"
    parameter_name = "state"
    all_option = ["", gettext_lazy("Not resolved")]

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        asked = ("asked", _("Waiting for a second approver"))
        return [*((state.value, str(state.label)) for state in Case.State), asked, ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        state = self.chosen()
        if state == "all":
            return queryset
        if state == "asked":
            return queryset.exclude(state=Case.State.RESOLVED).filter(write_off_asked_by__isnull=False)
        return queryset.filter(state=state) if state else queryset.exclude(state=Case.State.RESOLVED)


class AgeFilter(Choice):
    title = "age"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(str(number), name) for number, (name, *_) in enumerate(cases.BUCKETS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        chosen = self.chosen()
        if not chosen:
            return queryset
        _, young, old = cases.BUCKETS[int(chosen)]
        return queryset.filter(opened_within(young, old))


def opened_within(young: timedelta, old: timedelta | None) -> Q:
    now = clock.now()
    until = Q(opened_at__lte=now - young) if young else Q()
    return until & Q(opened_at__gt=now - old) if old else until


class DueFilter(Choice):
    title = gettext_lazy("Due date")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in due_dates.CHOICES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(due_dates.due_condition(self.chosen() or ""))


class OwnerFilter(Choice):
    title = "owner"
    parameter_name = "owner"

    def __init__(self, request: HttpRequest, *rest: Any) -> None:
        self.person = request.user.pk
        super().__init__(request, *rest)

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        staff = [(str(key), email) for key, email in case_verbs.workers().values_list("pk", "email")]
        return [("me", _("Me")), ("nobody", _("Nobody")), *staff]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        owner = self.chosen()
        if not owner:
            return queryset
        if owner == "nobody":
            return queryset.filter(owner=None)
        return queryset.filter(owner=self.person if owner == "me" else int(owner))


# --- the list's actions -----------------------------------------------------------------------------------------------
def bulk_action(name: str, verb: ManyVerb) -> Callable[..., HttpResponse]:
    """Leads from the rows that are ticked to the page that asks."""

    def chosen(self: Any, request: HttpRequest, rows: QuerySet[Case]) -> HttpResponse:
        ids = ",".join(str(key) for key in rows.order_by().values_list("pk", flat=True)[: cases.MOST_AT_ONCE])
        return HttpResponseRedirect(f"{reverse(f'admin:wallet_case_many_{name}')}?{urlencode({'ids': ids})}")

    chosen.__name__ = name
    marked: Callable[..., HttpResponse] = admin.action(
        chosen, permissions=["work"], description=cast("Any", verb.many_title)
    )
    return marked


# --- pages ------------------------------------------------------------------------------------------------------------
@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = [
        "shown_severity", "shown_day", "shown_kind", "shown_subject", "of_merchant", "shown_difference", "currency",
        "shown_state", "owner", "opened", "due",
    ]  # fmt: skip
    list_display_links = ["shown_kind"]
    list_select_related = ["merchant", "owner"]
    list_filter = [
        CaseStateFilter,
        ("merchant", AutocompleteSelectFilter),
        ("kind", ChoicesDropdownFilter),
        ("severity", ChoicesDropdownFilter),
        AgeFilter,
        DueFilter,
        OwnerFilter,
        ("day", DayFilter),
    ]
    search_fields = ["subject__exact"]
    search_help_text = gettext_lazy("Transaction or player id, or part of it")
    actions = [bulk_action(name, verb) for name, verb in MANY.items()]
    actions_detail = list(ONE)
    list_before_template = "admin/case_list_before.html"
    change_form_outer_before_template = "admin/case_page.html"
    fields = [
        "shown_severity", "shown_state", "shown_resolution", "of_merchant", "day", "shown_subject", "shown_difference",
        "currency", "owner", "opened", "due", "resolved", "resolved_by", "found_by", "seen_by", "movements",
    ]  # fmt: skip

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own = [path(f"many/{name}/", self.view_of_many(name), name=f"wallet_case_many_{name}") for name in MANY]
        inherited: list[URLResolver | URLPattern] = super().get_urls()
        return own + inherited

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        many = [(reverse(f"admin:wallet_case_many_{name}"), verb.many_title) for name, verb in MANY.items()]
        offered = {"of_many": many if self.has_work_permission(request) else []}
        response: HttpResponse = super().changelist_view(request, (extra_context or {}) | offered)
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """The list over all merchants leaves sandboxes out; filtered by a sandbox it shows its cases."""
        found: QuerySet[Case] = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("_changelist")
        if is_list and "merchant__id__exact" not in request.GET:
            return found.filter(merchant__in=Merchant.objects.live())
        return found

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-pk"] if request.GET.get("state") in LISTED else ["-severity", "opened_at"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        text = search_term.replace("\0", "").strip()
        if not text:
            return queryset, False
        whole = queryset.filter(Q(subject=text) | Q(player_id=text))
        return (whole if whole.exists() else with_part(queryset, text, "subject", "player_id")), False

    def has_work_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("wallet.change_case"))

    def get_action_choices(self, request: HttpRequest, *__: Any, action_location: Any = None, **___: Any) -> Any:
        """As Django's own: unfold's does not know yet that actions have a place."""
        blank, place = [("", _("Select action"))], action_location or ActionLocation.CHANGE_LIST
        return admin.ModelAdmin.get_action_choices(self, request, blank, place)

    # --- what is shown
    @display(description=gettext_lazy("Severity"))
    def shown_severity(self, case: Case) -> SafeString | None:
        return labels.coloured_label(case.get_severity_display(), SEVERITY)

    @display(description=gettext_lazy("State"))
    def shown_state(self, case: Case) -> SafeString | None:
        return labels.coloured_label(case.get_state_display(), STATE)

    @display(description=gettext_lazy("Kind"))
    def shown_kind(self, case: Case) -> str:
        return case.get_kind_display()

    @display(description=gettext_lazy("Day"))
    def shown_day(self, case: Case) -> SafeString:
        return format_html('<span class="whitespace-nowrap">{}</span>', case.day)

    @display(description=gettext_lazy("Resolution"))
    def shown_resolution(self, case: Case) -> str | None:
        if case.write_off_asked_by:
            return _("%(asked_resolution)s: requested by %(write_off_asked_by)s") % {
                "asked_resolution": case.get_asked_resolution_display(),
                "write_off_asked_by": case.write_off_asked_by,
            }
        return case.get_resolution_display() or None

    @display(description=gettext_lazy("Subject"))
    def shown_subject(self, case: Case) -> SafeString | None:
        if not case.subject:
            return None
        text = break_amounts.subject_text(case)
        return labels.short_id(text) if text == case.subject else labels.truncated_text(text)

    @display(description=gettext_lazy("Difference"), formatting="price")
    def shown_difference(self, case: Case) -> str | None:
        return amount_label(break_amounts.net_difference(case), case.currency)

    @display(description=gettext_lazy("Opened (UTC)"))
    def opened(self, case: Case) -> SafeString | None:
        return labels.moment(case.opened_at)

    @display(description=gettext_lazy("Due (UTC)"))
    def due(self, case: Case) -> SafeString | None:
        if case.state == Case.State.RESOLVED:
            return None
        moment = labels.moment(case.due_at)
        if not case.is_overdue:
            return moment
        return labels.Shown(format_html("{} {}", moment, labels.label("overdue", "danger")), case.due_at)

    @display(description=gettext_lazy("Resolved (UTC)"))
    def resolved(self, case: Case) -> SafeString | None:
        return labels.moment(case.resolved_at)

    @display(description=gettext_lazy("In the ledger"))
    def movements(self, case: Case) -> str | None:
        text = case.subject if "|" not in case.subject else case.player_id
        return link_to("wallet_transaction_changelist", text, q=text) if text else None

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any) -> Any:
        case: Case | None = kind.get("obj")
        return super().render_change_form(request, context | (panel(case) if case else {}), *rest, **kind)

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[Any]:
        case = self.get_object(request, str(object_id))
        offered = correction_verbs.possible_verbs(case, case_worker(request)) if case else set()
        return [each for each in super().get_actions_detail(request, object_id) if each.path in offered]

    # --- one case
    def do(self, request: HttpRequest, object_id: str, name: str, **initial: Any) -> HttpResponse:
        case, verb = self.found(request, object_id), ONE[name]
        question = AdminQuestion(
            title=verb.title,
            text=" ".join(filter(None, [case_summary(case), correction_verbs.description(name, case), str(verb.text)])),
            form=verb.form,
            initial=initial
            | ({"difference": case.difference} if name == "confirm" else {})
            | correction_verbs.initial(name, case),
            act=lambda **wish: verb.act(case=case, by=case_worker(request), **wish),
            done=_("is %(state)s") % {"state": verb.done},
            danger=verb.danger,
        )
        return self.ask(request, case, question)

    @action(
        description=gettext_lazy("Assign to me"),
        permissions=["work"],
        icon="person_check",
        variant=ActionVariant.PRIMARY,
    )
    def take(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "take")

    @action(description=gettext_lazy("Assign case"), permissions=["work"], icon="person")
    def assign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "assign")

    @action(description=gettext_lazy("Wait for operator"), permissions=["work"], icon="hourglass_top")
    def wait(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "wait")

    @action(description=gettext_lazy("Resolve case"), permissions=["work"], icon="task_alt")
    @step_up
    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "resolve")

    @action(
        description=gettext_lazy("Write off case"), permissions=["work"], icon="money_off", variant=ActionVariant.DANGER
    )
    @step_up
    def write_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "write_off")

    @action(
        description=gettext_lazy("Approve closing"), permissions=["work"], icon="check", variant=ActionVariant.DANGER
    )
    @explain_refusal
    @step_up
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "confirm")

    @action(description=gettext_lazy("Decline closing"), permissions=["work"], icon="close")
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "decline")

    @action(description=gettext_lazy("Propose correction"), permissions=["work"], icon="currency_exchange")
    @step_up
    def propose_correction(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "propose_correction")

    @action(
        description=gettext_lazy("Approve correction"), permissions=["work"], icon="check", variant=ActionVariant.DANGER
    )
    @explain_refusal
    @step_up
    def approve_correction(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "approve_correction")

    @action(description=gettext_lazy("Decline correction"), permissions=["work"], icon="close")
    def decline_correction(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "decline_correction")

    @action(description=gettext_lazy("Reopen case"), permissions=["work"], icon="undo")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "reopen")

    @action(description=gettext_lazy("Write note"), permissions=["work"], icon="edit_note")
    def remark(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.do(request, object_id, "remark")

    # --- many at once
    def view_of_many(self, name: str) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest) -> HttpResponse:
            if not self.has_work_permission(request):
                raise PermissionDenied
            ask = step_up(CaseAdmin.ask_of_many) if MANY[name].danger else CaseAdmin.ask_of_many
            return ask(self, request, name)

        wrapped: Callable[..., HttpResponse] = self.admin_site.admin_view(view)
        return wrapped

    def ask_of_many(self, request: HttpRequest, name: str) -> HttpResponse:
        """The cases that are named, or those of the list as it is filtered: frozen in the page that asks."""
        verb, sent = MANY[name], request.POST if request.method == "POST" else None
        form = verb.form(sent)
        form.fields["token"] = form_tokens.token_field()
        if sent is None:
            form.initial["token"] = form_tokens.new_token(request)
        chosen = ids_in(sent.get("chosen", "")) if sent is not None else self.chosen(request)
        totals = cases.currency_sums(Case.objects.filter(pk__in=chosen[: cases.MOST_AT_ONCE]))
        if sent is not None and verb.danger and form.is_valid() and sent.get("seen") != seen_sums(totals):
            form.add_error(None, str(refusals.SumsChanged()))
        done = self.done_to_many(request, verb, form, chosen) if chosen and form.is_valid() else None
        context = self.admin_site.each_context(request) | {
            "title": verb.many_title,
            "opts": self.opts,
            "verb": verb,
            "form": form,
            "chosen": ",".join(map(str, chosen[: cases.MOST_AT_ONCE])),
            "number": min(len(chosen), cases.MOST_AT_ONCE),
            "most": cases.MOST_AT_ONCE if len(chosen) > cases.MOST_AT_ONCE else None,
            "sums": [
                (each.currency or "–", each.cases, money.format_amount(each.difference, each.currency))
                for each in totals
            ],
            "seen": seen_sums(totals),
            "back": reverse("admin:wallet_case_changelist"),
            "done": done,
        }
        return TemplateResponse(request, "admin/case_many.html", context)

    def chosen(self, request: HttpRequest) -> list[int]:
        if "ids" in request.GET:
            return ids_in(request.GET["ids"])
        try:
            found: QuerySet[Case] = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return []
        return list(found.values_list("pk", flat=True)[: cases.MOST_AT_ONCE + 1])

    def done_to_many(
        self, request: HttpRequest, verb: ManyVerb, form: forms.Form, chosen: list[int]
    ) -> cases.Done | None:
        def act(**wish: Any) -> cases.Done:
            return cases.change_many(Case.objects.filter(pk__in=chosen), verb.change(by=case_worker(request), **wish))

        done = form_tokens.submit_once(request, form, act, back=reverse("admin:wallet_case_changelist"))
        return done.value if done else None


def seen_sums(totals: list[cases.CurrencySum]) -> str:
    """What the page showed, so that it is not sent for another sum."""
    return ";".join(f"{each.currency}:{each.cases}:{each.difference}" for each in totals)


def case_worker(request: HttpRequest) -> Any:
    return request.user


def ids_in(text: str) -> list[int]:
    return [int(each) for each in text.split(",") if ID.fullmatch(each)]


def case_summary(case: Case) -> str:
    """The case in one line, on the page that asks."""
    amount = f", {break_amounts.difference_text(case)}" if case.difference else ""
    return _("%(kind)s on %(day)s%(amount)s.") % {
        "kind": case.get_kind_display(),
        "day": show_day(case.day),
        "amount": amount,
    }


# --- a case's page ----------------------------------------------------------------------------------------------------
def panel(case: Case) -> dict[str, Any]:
    limit = write_off_alone(case.merchant, case.currency)
    return {
        "case": case,
        "is_folded": break_amounts.is_folded(case),
        "sides": sides(case),
        "notes": cases.notes_of(case, for_staff=True)[:SHOWN_NOTES],
        "entries": history.timeline(case, limit=SHOWN_ENTRIES),
        "limit": money.format_with_code(limit, case.currency),
        "needs_second": cases.amount_at_stake(case) > limit or case.kind == Case.Kind.OWED or cases.is_folded(case),
        "difference": break_amounts.difference_text(case),
        "stake": money.format_with_code(cases.amount_at_stake(case), case.currency),
        "operator": reverse("operator:home", args=[case.merchant.code]),
        **correction_verbs.correction_panel(case),
    }


def sides(case: Case) -> list[dict[str, Any]]:
    """Line by line what each side says; what both say differently is marked."""
    ours, theirs = case.ours or {}, case.theirs or {}
    beside = [name for name in ("replaced_by",) if name in ours] + [name for name in theirs if name not in SIDES]
    rows = [
        (name, amount_text(name, ours, case.currency), amount_text(name, theirs, case.currency))
        for name in (*SIDES, *beside)
    ]
    return [
        {
            "name": LABELS.get(name, name.capitalize()),
            "ours": our,
            "theirs": their,
            "differs": bool(our and their and our != their and name != "at"),
        }
        for name, our, their in rows
        if our or their
    ]


def amount_text(name: str, side: Mapping[str, Any], currency: str) -> str:
    """In the currency of its own side, or of the case."""
    value = side.get(name)
    if value is None:
        return ""
    if name in AMOUNTS and str(value).lstrip("-").isdecimal():
        return money.format_amount(int(value), side.get("currency") or currency)
    if name in {"line", "lines"}:
        return lines_label(value)
    return str(value).replace("T", " ").partition(".")[0].partition("+")[0] if name == "at" else str(value)
