"""How a merchant's days are reconciled: when, by which rules, who is told, and where statements are fetched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from merchants.admin import labels
from merchants.admin.base import AdminQuestion, FastAdmin, explain_refusal
from merchants.admin.fields import amount_field, amounts_field
from merchants.admin.merchants import IN_THE_FORM
from merchants.admin.opened_state import Watched
from merchants.admin.step_up import step_up, step_up_to_save
from merchants.errors import Refusal
from merchants.form_tokens import wanted_field
from merchants.models import Merchant, Person
from merchants.services import owner_questions
from portal.lib import money
from portal.lib.email_addresses import ascii_address
from portal.lib.moments import show_day
from wallet.models import ReconciliationPlan, ReportRecipient, StatementSource
from wallet.models.currency_rate import BASE
from wallet.models.reconciliation_plan import CASHIER_KINDS
from wallet.reconciliation import alarms, host_keys, planning, pull, schedule, scopes
from wallet.reconciliation.plans import plan_of
from wallet.reconciliation.thresholds import Threshold, currencies_of, thresholds_in_use

# Label and help text of each field.
AMOUNTS = {
    "high_amount": (
        gettext_lazy("High severity from, in EUR"),
        gettext_lazy("A case with this difference or more has high severity."),
    ),
    "write_off_alone": (
        gettext_lazy("Write-off limit of one person, in EUR"),
        gettext_lazy(
            "One person writes off up to this difference. Above it, a second person must approve. A second person "
            "approves a higher limit, in any currency."
        ),
    ),
}
AMOUNTS_BY_CURRENCY = {
    "high_amount_by_currency": (
        gettext_lazy("High severity by currency"),
        gettext_lazy(
            "An amount for each currency. A further currency is a line such as JPY 100000. Currencies without an "
            "amount follow the exchange rates."
        ),
    ),
    "write_off_alone_by_currency": (
        gettext_lazy("Write-off limit of one person by currency"),
        gettext_lazy(
            "An amount for each currency. A further currency is a line such as JPY 5000. Currencies without an "
            "amount follow the exchange rates."
        ),
    ),
}
SQUARES = {
    "clear": ("success", gettext_lazy("all clear")),
    "breaks": ("warning", "breaks"),
    "no_statement": ("danger", gettext_lazy("no statement")),
    "nothing": ("info", gettext_lazy("nothing to compare")),
    "failed": ("danger", "failed"),
    "running": ("info", "running"),
    "missing": ("", gettext_lazy("not compared")),
    "coming": ("", gettext_lazy("not due yet")),
}
SHOWN = gettext_lazy(
    "The host shows this key: {key}. Compare it with the key that the operator gave you by another channel, "
    "then enter it."
)
ASKED = gettext_lazy(
    "The portal is asking the host for its key. Wait a few seconds, then send this form again to see the key."
)


class EmailsField(forms.CharField):
    """One address a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})

    def to_python(self, value: Any) -> Any:
        """As a text in the form, as addresses when it is cleaned."""
        lines = [_address(each) for each in str(value or "").splitlines() if each.strip()]
        found = {each.lower(): each for each in lines}
        if len(found) > planning.MOST_RECIPIENTS:
            raise ValidationError(str(planning.TooManyRecipients()))
        for each in found.values():
            validate_email(each)
        return list(found.values())


def _address(line: str) -> str:
    try:
        return ascii_address(line)
    except ValueError as fault:
        raise ValidationError(f"{line.strip()}: {fault}") from fault


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    recipients = EmailsField(
        required=False,
        help_text=gettext_lazy(
            "Recipients of the report, one address on each line. If empty, the people who are notified "
            "about the merchant's keys receive it."
        ),
    )

    left_out = forms.MultipleChoiceField(
        label=gettext_lazy("Types that are not compared"),
        required=False,
        choices=[(kind, kind.capitalize()) for kind in CASHIER_KINDS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("These types are left out on both sides."),
    )
    scopes = forms.CharField(
        label=gettext_lazy("Statement scopes of a day"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One scope on each line, such as currencies=EUR,USD. A day is compared when all its scopes "
            "have arrived. Rows outside all scopes are not compared. If empty, a day has one statement "
            "of everything."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["scopes"] = "\n".join(self.instance.scopes)
        if self.instance.pk:
            self.initial["recipients"] = "\n".join(addresses(self.instance.merchant))

    def clean_scopes(self) -> list[str]:
        try:
            return scopes.parse_lines(self.cleaned_data["scopes"])
        except Refusal as refused:
            raise ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        merchant = given.get("merchant") or (self.instance.merchant if self.instance.pk else None)
        try:
            if merchant is not None:
                planning.check_timetable(merchant, is_on=bool(given.get("is_on")))
        except Refusal as refused:
            self.add_error("is_on", str(refused))
        return given


class SourceForm(forms.Form):
    kind = forms.ChoiceField(choices=StatementSource.Kind.choices, widget=UnfoldAdminSelectWidget())
    address = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy(
            "{day} stands for the day, for example 2026-01-31: https://host/{day}.csv or "
            "sftp://user@host/folder/{day}.csv"
        ),
    )
    password = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "The password is never shown again. Leave empty to keep the current password for the same host and user."
        ),
    )
    host_key = forms.CharField(
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy(
            "SFTP: SHA256 fingerprint of the host's key. Leave empty to ask the host for it and to compare it."
        ),
    )


@admin.register(ReconciliationPlan)
class PlanAdmin(FastAdmin):
    form = PlanForm
    list_display = ["of_merchant", "shown_on", "hour", "grain", "is_attached", "names_players"]
    list_select_related = ["merchant"]
    list_filter = [("is_on", BooleanRadioFilter)]
    search_fields = ["merchant__code", "merchant__name"]
    search_help_text = gettext_lazy("Merchant")
    ordering = ["merchant__code"]
    autocomplete_fields = ["merchant"]
    actions_detail = ["source", "switch_source"]
    change_form_outer_before_template = "admin/plan_page.html"

    def watched(self, request: HttpRequest, obj: Any) -> Watched:
        """With the recipients, which are in the form and in a table of their own, by merchant."""
        own = super().watched(request, obj)
        return replace(own, tables=[(ReportRecipient, "merchant__reconciliation_plan")])

    def get_fieldsets(self, request: HttpRequest, obj: ReconciliationPlan | None = None) -> Any:
        """Who may write off cannot raise the limit of it: that is an administrator's."""
        own = ["write_off_alone", "write_off_alone_by_currency"]
        alone = own if getattr(request.user, "is_superuser", False) else ["shown_limit"]
        return [
            (None, {"fields": ["merchant", "is_on", "hour", "day_begins", "grain", "left_out", "scopes"]}),
            (_("Cases"), {"fields": ["unsettled_hours", "high_amount", "high_amount_by_currency", *alone, "in_use"]}),
            (_("Report"), {"fields": ["recipients", "is_attached", "names_players"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: ReconciliationPlan | None = None) -> list[str]:
        return ["shown_limit", "in_use", *(["merchant"] if obj else [])]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in AMOUNTS:
            label, text = AMOUNTS[db_field.name]
            return amount_field(label=label, help_text=text, initial=db_field.default, currency=BASE)
        if db_field.name in AMOUNTS_BY_CURRENCY:
            label, text = AMOUNTS_BY_CURRENCY[db_field.name]
            return amounts_field(label=label, help_text=text)
        return super().formfield_for_dbfield(db_field, request, **options)

    def get_form(self, request: HttpRequest, obj: Any = None, *rest: Any, **options: Any) -> Any:
        """With an input for each currency of the merchant's accounts."""
        form = super().get_form(request, obj, *rest, **options)
        used = currencies_of(obj.merchant) if obj else set()
        for name in form.base_fields.keys() & AMOUNTS_BY_CURRENCY.keys():
            field: Any = form.base_fields[name]
            field.ask_for({*used, *(getattr(obj, name, None) or {})} - {BASE})
        return form

    @step_up_to_save
    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, *rest, **options)
        return response

    @step_up
    def add_view(self, request: HttpRequest, *rest: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().add_view(request, *rest, **options)
        return response

    def save_model(self, request: HttpRequest, obj: ReconciliationPlan, form: Any, change: bool) -> None:  # noqa: FBT001
        said = {name: value for name, value in form.cleaned_data.items() if name not in {"merchant", "recipients"}}
        by: Any = request.user
        limits = {name: said[name] for name in planning.LIMITS if name in said}
        if waits := planning.needs_second_person(plan_of(obj.merchant), limits):
            said = {name: value for name, value in said.items() if name not in limits}
        with transaction.atomic():
            obj.pk = planning.set_plan(merchant=obj.merchant, by=by, **said).pk
            set_recipients(obj.merchant, form.cleaned_data["recipients"], by=by)
        if waits:
            plan = plan_of(obj.merchant)
            self.say(
                request, lambda: planning.ask_to_raise_limit(plan=plan, said=limits, by=by, reason=str(IN_THE_FORM))
            )
        if asked := owner_questions.waiting_questions(obj.merchant):
            wishes = "; ".join(question.wish for question in asked)
            self.message_user(
                request, _("An owner must allow this first: %(wishes)s.") % {"wishes": wishes}, messages.WARNING
            )

    @display(description=gettext_lazy("Reconciled"))
    def shown_on(self, plan: ReconciliationPlan) -> SafeString | None:
        return labels.coloured_label("on" if plan.is_on else "off", labels.ON_OFF)

    @display(description=gettext_lazy("Write-off limit of one person"))
    def shown_limit(self, plan: ReconciliationPlan) -> str:
        return money.format_with_code(plan.write_off_alone or 0, BASE)

    @display(description=gettext_lazy("Limits in use"))
    def in_use(self, plan: ReconciliationPlan) -> SafeString | None:
        """Of the euro and of the merchant's currencies."""
        if not plan.pk:
            return None
        return format_html_join(mark_safe("<br>"), "{}", ((limits_text(each),) for each in thresholds_in_use(plan)))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any) -> Any:
        plan: ReconciliationPlan | None = kind.get("obj")
        return super().render_change_form(request, context | (panel(plan.merchant) if plan else {}), *rest, **kind)

    # --- where statements are fetched from
    @action(description=gettext_lazy("Set up fetching"), permissions=["change"], icon="cloud_download")
    @explain_refusal
    @step_up
    def source(self, request: HttpRequest, object_id: str) -> HttpResponse:
        plan = self.found(request, object_id)
        known = StatementSource.objects.filter(merchant=plan.merchant).first()
        question = AdminQuestion(
            title=_("Set up fetching"),
            text=_("The portal looks for the file every 15 minutes, from the end of the day until its report is due."),
            form=SourceForm,
            initial={"kind": known.kind, "address": known.address, "host_key": known.host_key} if known else {},
            check=lambda **wish: check_host_key(plan.merchant, **wish),
            act=lambda **wish: set_source(plan.merchant, by=request.user, **wish),
            done=_("now fetches statements"),
        )
        return self.ask(request, plan, question)

    @action(description=gettext_lazy("Start or stop fetching"), permissions=["change"], icon="toggle_on")
    @explain_refusal
    @step_up
    def switch_source(self, request: HttpRequest, object_id: str) -> HttpResponse:
        plan = self.found(request, object_id)
        source = StatementSource.objects.filter(merchant=plan.merchant).first()
        if source is None:
            raise NoSource
        on = {"yes": True, "no": False}.get(request.POST.get("wanted", ""), not source.is_on)  # as the page showed it
        question = AdminQuestion(
            title=_("Start fetching") if on else _("Stop fetching"),
            text=(
                _("The portal fetches the day's file from %(address)s.")
                if on
                else _("The portal stops fetching the day's file from %(address)s.")
            )
            % {"address": source.address},
            form=SwitchSourceForm,
            initial={"wanted": "yes" if on else "no"},
            act=lambda *, wanted: pull.switch_source(source=source, on=wanted, by=request.user),  # type: ignore[arg-type]
            done=_("now fetches statements") if on else _("no longer fetches statements"),
        )
        return self.ask(request, plan, question)


def limits_text(of: Threshold) -> str:
    high = money.format_with_code(of.high_amount, of.currency)
    return _("High severity from %(high)s. One person writes off up to %(amount)s") % {
        "high": high,
        "amount": money.format_with_code(of.write_off_alone, of.currency),
    }


class SwitchSourceForm(forms.Form):
    wanted = wanted_field()


class NoSource(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Fetching is not set up for this merchant. Choose “Set up fetching” first."))


def addresses(merchant: Merchant) -> list[str]:
    return list(ReportRecipient.objects.filter(merchant=merchant).values_list("email", flat=True))


def set_recipients(merchant: Merchant, wanted: list[str], *, by: Person) -> None:
    """Those that are gone first, so that a full list can change."""
    lower = {email.lower() for email in wanted}
    named = ReportRecipient.objects.filter(merchant=merchant)
    kept = set()
    for recipient in named:
        if recipient.email.lower() in lower:
            kept.add(recipient.email.lower())
        else:
            planning.remove_recipient(recipient=recipient)
    for email in wanted:
        if email.lower() not in kept:
            planning.add_recipient(merchant=merchant, email=email, by=by)


def check_host_key(merchant: Merchant, *, kind: str, address: str, host_key: str, **_rest: Any) -> None:
    """Refuse an SFTP host without its key, with what the host shows. The host that was not asked yet is asked."""
    if kind == StatementSource.Kind.SFTP and not host_key.strip():
        raise Refusal(seen_host_key(merchant, address))


def set_source(merchant: Merchant, *, kind: str, address: str, password: str, host_key: str, by: Any) -> None:
    pull.set_source(merchant=merchant, kind=kind, address=address, password=password or None, host_key=host_key, by=by)


def seen_host_key(merchant: Merchant, address: str) -> str:
    """What a job has seen of it. A host that gave no key is asked again, for the next time."""
    lookup = host_keys.newest_lookup(merchant, address)
    if lookup is None or lookup.refusal:
        host_keys.ask_host_key(merchant=merchant, address=address)
    if lookup is None or lookup.answered_at is None:
        return str(ASKED)
    return lookup.refusal or SHOWN.format(key=lookup.host_key)


# --- a plan's page ----------------------------------------------------------------------------------------------------
def panel(merchant: Merchant) -> dict[str, Any]:
    source = StatementSource.objects.filter(merchant=merchant).first()
    return {
        "alarms": alarms.alarms(merchant),
        "squares": squares(merchant),
        "source": source,
        "source_state": source and labels.coloured_label("on" if source.is_on else "off", labels.ON_OFF),
        "zone": merchant.time_zone,
        "of_merchant": urlencode({"merchant__id__exact": merchant.pk}),
    }


def squares(merchant: Merchant) -> list[dict[str, Any]]:
    """The last 60 days, each in its colour."""
    return [
        {
            "label": labels.label(f"{square.day:%d}", SQUARES[square.state][0]),
            "said": f"{show_day(square.day)}: {SQUARES[square.state][1]}",
            "url": reverse("admin:wallet_reconciliation_change", args=[square.run.pk]) if square.run else "",
            "begins": square.day.day == 1,
            "month": f"{square.day:%b}",
        }
        for square in schedule.calendar(merchant)
    ]
