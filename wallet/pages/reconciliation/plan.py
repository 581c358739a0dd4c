"""The plan: when days are compared, who is told and how, and where statements are fetched. Owners set it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit, Work
from merchants.errors import Refusal
from merchants.models import Merchant
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm, SwitchForm
from merchants.pages.guard import page
from portal.lib import money
from portal.lib.amount_fields import AmountField, CurrencyAmountsField
from portal.lib.email_addresses import EmailAddressFormField
from wallet.models.currency_rate import BASE
from wallet.models.reconciliation_plan import CASHIER_KINDS, ReconciliationPlan, ReportRecipient, StatementSource
from wallet.pages.reconciliation.labels import TAB
from wallet.reconciliation import host_keys, planning, pull, scopes
from wallet.reconciliation.plans import plan_of, report_recipients
from wallet.reconciliation.thresholds import currencies_of, thresholds_in_use

BACK = "operator:reconciliation_plan"
HOURS = [(hour, f"{hour}:00") for hour in range(24)]
ASKED = gettext_lazy("We are requesting the host key. The key appears on this page.")
PLAIN = (
    "is_on", "hour", "day_begins", "grain", "left_out", "unsettled_hours", "high_amount", "high_amount_by_currency",
    "is_attached", "names_players",
)  # fmt: skip


class PlanForm(SingleUseForm):
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)  # the plan as it was opened
    is_on = forms.BooleanField(label=gettext_lazy("Run automatically every day"), required=False)
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Report due at"),
        choices=HOURS,
        coerce=int,
        help_text=gettext_lazy("On the next day, in your time zone."),
    )
    day_begins = forms.TypedChoiceField(
        label=gettext_lazy("Day begins at"),
        choices=HOURS,
        coerce=int,
        help_text=gettext_lazy("In your time zone. A new hour applies to days that have not begun."),
    )
    grain = forms.ChoiceField(label=gettext_lazy("Statement format"), choices=ReconciliationPlan.Grain.choices)
    left_out = forms.MultipleChoiceField(
        label=gettext_lazy("Types not compared"),
        required=False,
        choices=[(kind, kind.capitalize()) for kind in CASHIER_KINDS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "These types are skipped on both sides. Choose them if your statements have no cashier rows."
        ),
    )
    scopes = forms.CharField(
        label=gettext_lazy("Statements of a day"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One scope per line, such as currencies=EUR,USD or types=deposit,withdraw. A day is compared "
            "when the statements of all scopes have arrived. Rows outside the scopes are not compared. Leave "
            "empty if one statement contains the whole day."
        ),
    )
    unsettled_hours = forms.IntegerField(
        label=gettext_lazy("Open round becomes a case after"),
        min_value=1,
        max_value=24 * 30,
        help_text=gettext_lazy("Hours without a payout."),
    )
    high_amount = AmountField(
        label=gettext_lazy("High severity from, in EUR"),
        currency=BASE,
        help_text=gettext_lazy("A difference such as 1000.00. Other currencies follow the exchange rates."),
    )
    high_amount_by_currency = CurrencyAmountsField(
        label=gettext_lazy("High severity by currency"),
        help_text=gettext_lazy("An amount for each currency. A further currency is a line such as JPY 100000."),
    )
    is_attached = forms.BooleanField(
        label=gettext_lazy("Attach the report files to the email instead of a link"), required=False
    )
    names_players = forms.BooleanField(
        label=gettext_lazy("Name players and transactions in the report email"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """`initial["currencies"]`: those that have an input of their own."""
        super().__init__(*args, **options)
        currencies = {*self.initial.get("currencies", ()), *(self.initial.get("high_amount_by_currency") or {})}
        self.fields["high_amount_by_currency"].ask_for(currencies - {BASE})  # type: ignore[attr-defined]

    def clean_scopes(self) -> list[str]:
        try:
            return scopes.parse_lines(self.cleaned_data["scopes"])
        except Refusal as refused:
            raise forms.ValidationError(str(refused)) from refused


class RecipientForm(SingleUseForm):
    email = EmailAddressFormField(
        label=gettext_lazy("Email"), help_text=gettext_lazy("The report names players only if the plan allows it.")
    )


class SourceForm(SingleUseForm):
    kind = forms.ChoiceField(label=gettext_lazy("Protocol"), choices=StatementSource.Kind.choices)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy(
            "Use {day} for the date: https://files.example.com/{day}.csv, sftp://user@files.example.com/out/{day}.csv"
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("The password is never shown again. Leave empty to keep the stored password."),
    )
    no_password = forms.BooleanField(label=gettext_lazy("No password"), required=False)
    host_key = forms.CharField(
        label=gettext_lazy("SFTP host key"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "The fingerprint: SHA256: and 43 characters. Leave empty to request the key from the host."
        ),
    )


# --- The page ---------------------------------------------------------------------------------------------------------
@page(back="operator:reconciliation")
def plan_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    merchant = visit.merchant
    plan = plan_of(merchant)
    named = list(ReportRecipient.objects.filter(merchant=merchant))
    context: dict[str, Any] = {
        "plan": plan,
        "high_amounts": [money.format_with_code(each.high_amount, each.currency) for each in thresholds_in_use(plan)],
        "columns": sorted(plan.mapping.get("columns", {}).items()),
        "scopes": [scopes.Scope.parse(text).label for text in plan.scopes],
        "named": named,
        "instead": [] if named else report_recipients(merchant),
        "source": StatementSource.objects.filter(merchant=merchant).first(),
        "lookup": host_keys.newest_lookup(merchant) if visit.may(Work.PLAN) else None,
    }
    return page_frame.render_page(request, visit, "reconciliation_plan.html", tab=TAB, title=_("Plan"), **context)


def plan_question(merchant: Merchant, **question: Any) -> Question:
    return Question(tab=TAB, back=reverse(BACK, args=[merchant.code]), **question)


# --- What an owner sets -----------------------------------------------------------------------------------------------
@page(work=Work.PLAN, prove=True, back=BACK)
def plan_change(request: HttpRequest, visit: Visit) -> HttpResponse:
    plan = plan_of(visit.merchant)

    def act(**said: Any) -> str:
        planning.set_plan(merchant=visit.merchant, by=visit.person, **said)
        return _("The new plan is active.")

    known = {name: getattr(plan, name) for name in PLAIN} | {"scopes": "\n".join(plan.scopes)}
    known |= {"seen": planning.plan_state(plan), "currencies": currencies_of(visit.merchant)}
    if not ReconciliationPlan.objects.filter(merchant=visit.merchant).exists():
        known["is_on"] = not visit.merchant.is_sandbox
    question = plan_question(
        visit.merchant, title=_("Change plan"), form=PlanForm, act=act, button=_("Change plan"), initial=known,
        text=_("Your time zone is %(time_zone)s. A day is never compared before 03:00 UTC on the next day, "
"because late payouts can arrive until then.") % {"time_zone": visit.merchant.time_zone},
    )  # fmt: skip
    return ask_to_confirm(request, visit, question)


@page(work=Work.PLAN, prove=True, back=BACK)
def recipient_add(request: HttpRequest, visit: Visit) -> HttpResponse:
    def act(email: str) -> str:
        planning.add_recipient(merchant=visit.merchant, email=email, by=visit.person)
        return _("%(email)s receives the report.") % {"email": email}

    question = plan_question(
        visit.merchant, title=_("Add recipient"), form=RecipientForm, act=act, button=_("Add recipient")
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.PLAN, prove=True, back=BACK)
def recipient_remove(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    recipient = ReportRecipient.objects.filter(merchant=visit.merchant, pk=number).first()
    if recipient is None:
        raise Http404

    def act() -> str:
        planning.remove_recipient(recipient=recipient)
        return _("%(email)s no longer receives the report.") % {"email": recipient.email}

    question = plan_question(
        visit.merchant,
        title=_("Remove %(email)s") % {"email": recipient.email},
        act=act,
        button=_("Remove recipient"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.PLAN, prove=True, back=BACK)
def source_set(request: HttpRequest, visit: Visit) -> HttpResponse:
    source = StatementSource.objects.filter(merchant=visit.merchant).first()

    def act(*, kind: str, address: str, password: str, no_password: bool, host_key: str) -> str:
        if kind == StatementSource.Kind.SFTP and not host_key:
            host_keys.ask_host_key(merchant=visit.merchant, address=address)
            return str(ASKED)
        given = "" if no_password else password or None
        pull.set_source(
            merchant=visit.merchant, kind=kind, address=address, password=given, host_key=host_key, by=visit.person
        )
        return _("The source is active. Statements are fetched every 15 minutes until the report is due.")

    known = {name: getattr(source, name) for name in ("kind", "address", "host_key")} if source else {}
    if (seen := host_keys.find_lookup(visit.merchant, request.GET.get("seen", ""))) is not None:
        known = {"kind": StatementSource.Kind.SFTP, "address": seen.address, "host_key": seen.host_key}
    question = plan_question(
        visit.merchant, title=_("Statement source"), form=SourceForm, act=act, button=_("Save source"), initial=known,
        text=_("We fetch statements by HTTPS or SFTP from public addresses only. The password is sent to this "
"server only."),
    )  # fmt: skip
    return ask_to_confirm(request, visit, question)


@page(work=Work.PLAN, prove=True, back=BACK)
def source_switch(request: HttpRequest, visit: Visit) -> HttpResponse:
    source = StatementSource.objects.filter(merchant=visit.merchant).first()
    if source is None:
        raise Http404
    on = not source.is_on

    def act(*, wanted: bool) -> str:
        pull.switch_source(source=source, on=wanted, by=visit.person)
        return _("Fetching is on.") if wanted else _("Fetching is off.")

    title = _("Fetch statements again") if on else _("Stop fetching statements")
    question = plan_question(
        visit.merchant,
        title=title,
        form=SwitchForm,
        initial={"wanted": "yes" if on else "no"},
        act=act,
        button=title,
        text=source.address,
    )
    return ask_to_confirm(request, visit, question)
