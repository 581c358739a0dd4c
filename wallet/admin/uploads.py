"""A merchant's statement by the hand of our staff: a file and its day, what it would be read as, then it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from merchants import form_tokens
from merchants.errors import Refusal
from merchants.form_tokens import TokenForm
from merchants.models import Merchant
from wallet import money
from wallet.admin.base import ReadOnlyAdmin
from wallet.models import Statement, StatementPreview
from wallet.reconciliation import drafts, mapping_choices, on_demand, planning, statements
from wallet.reconciliation.drafts import StatementDraft
from wallet.reconciliation.reading import presets
from wallet.reconciliation.reading.mapping import FIELDS, Mapping, column_label, from_json, suggested_mapping
from wallet.reconciliation.scope_fields import ScopeFields
from wallet.reconciliation.statements import Preview

READ_AT_ONCE = 16 * 1024 * 1024  # bytes; what is larger is read by a job within a minute
GONE = gettext_lazy(
    "This preview is closed: the file was sent or discarded, or the preview is more than a day "
    "old. Choose the file again."
)
GRAINS = [
    ("rows", gettext_lazy("one transaction")),
    ("totals", gettext_lazy("one player's total of a type and currency")),
]
AMOUNTS = [("", gettext_lazy("– choose –")), *mapping_choices.AMOUNTS]
ROLLBACKS = [
    ("rows", gettext_lazy("separate rows")),
    ("flags", gettext_lazy("a status of the transaction that was rolled back")),
    ("none", gettext_lazy("left out, together with the transaction that was rolled back")),
]


class FileForm(ScopeFields):
    field_order = ["merchant", "day", "file"]

    merchant = forms.ModelChoiceField(Merchant.objects.order_by("name"), widget=UnfoldAdminSelectWidget())
    day = forms.DateField(
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=gettext_lazy("A whole day in the merchant's time zone, for example 2026-01-31."),
    )
    file = forms.FileField(
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(),
        help_text=gettext_lazy("CSV, XLSX or JSON, also in gzip or ZIP. You can preview the file before you send it."),
    )


class ColumnsForm(TokenForm):
    """What a person has to state; the merchant's words for kinds and states stay as they are known."""

    grain = forms.ChoiceField(label=gettext_lazy("Each row is"), choices=GRAINS, widget=UnfoldAdminSelectWidget())
    amounts = forms.ChoiceField(
        label=gettext_lazy("Amounts are written as"), choices=AMOUNTS, widget=UnfoldAdminSelectWidget()
    )
    rollbacks = forms.ChoiceField(
        label=gettext_lazy("Rollbacks are"), choices=ROLLBACKS, required=False, widget=UnfoldAdminSelectWidget()
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency of all rows"), required=False, max_length=8, widget=UnfoldAdminTextInputWidget()
    )

    def __init__(self, sent: Any, *, seen: Preview) -> None:
        known = seen.mapping
        start = {name: getattr(known, name) for name in PLAIN} | mapping_choices.initial_values(known)
        start |= {"rollbacks": known.rollback_rule}
        start |= {f"column_{name}": header for name, header in known.columns.items()}
        super().__init__(sent, initial=start)
        headers = [("", "– none –"), *((header, header) for header in seen.headers if header)]
        for name in FIELDS:
            self.fields[f"column_{name}"] = styled_field(
                forms.ChoiceField(
                    label=_("Column: %(name)s") % {"name": column_label(name)}, choices=headers, required=False
                )
            )
        for name, field in {**usual_fields(), **mapping_choices.unusual_fields()}.items():
            self.fields[name] = styled_field(field)
        self.fields["amounts"].required = not (sent and sent.get("preset"))  # which says it

    def mapping(self, known: Mapping, headers: list[str]) -> dict[str, Any]:
        """As stated; or as the preset has it that was chosen."""
        said = self.cleaned_data
        columns = {name: said[f"column_{name}"] for name in FIELDS if said[f"column_{name}"]}
        plain = {name: said[name] or (getattr(known, name) if name in CHOSEN else "") for name in PLAIN}
        plain["rollbacks"] = said["rollbacks"] or known.rollback_rule
        stated = known.as_json() | plain | mapping_choices.stated_mapping(said) | {"columns": columns}
        return presets.apply_preset(said["preset"], from_json(stated), headers).as_json() if said["preset"] else stated


PLAIN = ("grain", "amounts", "currency", "rollbacks", "negative", "times", "zone", "encoding", "sheet")
CHOSEN = ("negative", "times", "encoding")  # of which there always is one


def usual_fields() -> dict[str, forms.Field]:
    return {
        "preset": mapping_choices.preset_field(),
        "negative": forms.ChoiceField(
            label=_("Minus sign before an amount"), choices=mapping_choices.SIGNS, required=False
        ),
        "times": forms.ChoiceField(label=_("Times are written as"), choices=mapping_choices.TIMES, required=False),
        "zone": forms.CharField(label=_("Time zone of times without a zone"), required=False, max_length=40),
        "encoding": forms.ChoiceField(
            label=_("CSV encoding"), choices=mapping_choices.encoding_choices(), required=False
        ),
        "sheet": forms.CharField(
            label=_("XLSX sheet"), required=False, max_length=mapping_choices.LONGEST,
            help_text=_(
"Leave empty for the first visible sheet. Write several names with / between them, or * for "
"all visible sheets."
),
        ),
    }  # fmt: skip


def styled_field(field: forms.Field) -> forms.Field:
    """With a widget of these pages."""
    if isinstance(field, forms.ChoiceField):
        choices = field.choices
        field.widget = UnfoldAdminSelectWidget()
        field.choices = choices
    else:
        field.widget = UnfoldAdminTextInputWidget()
    field.widget.is_required = field.required
    return field


class UploadAdmin(ReadOnlyAdmin):
    """Adds `upload/` and the page that looks first."""

    actions_list = ["upload"]

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own = [
            path(
                "upload/<int:merchant>/<str:token>/",
                self.admin_site.admin_view(self.draft_view),
                name="wallet_statement_draft",
            ),
        ]
        inherited: list[URLResolver | URLPattern] = super().get_urls()
        return own + inherited

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("wallet.add_statement"))

    @action(description=gettext_lazy("Upload statement"), permissions=["upload"], icon="upload_file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
        if form.is_valid() and (draft := kept_draft(form, request)):
            args = [form.cleaned_data["merchant"].pk, draft.token]
            return HttpResponseRedirect(reverse("admin:wallet_statement_draft", args=args))
        previews = open_previews(request)
        return self.render_page(
            request, "admin/statement_upload.html", _("Upload statement"), form=form, previews=previews
        )

    def draft_view(self, request: HttpRequest, merchant: int, token: str) -> HttpResponse:
        if not self.has_upload_permission(request):
            raise PermissionDenied
        of = Merchant.objects.filter(pk=merchant).first()
        if of is None:
            raise Http404
        draft = drafts.find_draft(merchant=of, by=person(request), token=token)
        if draft is None or request.POST.get("do") == "drop":
            if draft is None:
                messages.warning(request, GONE)
            else:
                drafts.drop_draft(draft)
            return HttpResponseRedirect(reverse("admin:wallet_statement_upload"))
        try:
            return self.looked_at(request, of, draft)
        except Refusal as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:wallet_statement_upload"))

    def looked_at(self, request: HttpRequest, merchant: Merchant, draft: StatementDraft) -> HttpResponse:
        seen = preview_draft(merchant, draft)
        form = ColumnsForm(request.POST if request.method == "POST" else None, seen=seen)
        if form.is_valid():
            try:
                mapping, seen = preview_as_stated(merchant, draft, seen, form)
                is_as_seen = request.POST.get("seen") == drafts.draft_digest(seen.mapping)
                if request.POST.get("do") == "send" and seen.can_be_read and is_as_seen:
                    token = form.cleaned_data["token"]
                    return self.sent(request, send_draft(request, merchant, draft, mapping, token))
                form = ColumnsForm(None, seen=seen)
            except Refusal as refused:
                form.add_error(None, str(refused))
        if not form.is_bound:
            form.initial["token"] = form_tokens.new_token(request)
        facts = {"form": form, "seen": seen, "draft": draft, "merchant": merchant}
        facts["replaced"] = statements.statements_replaced_by(merchant, draft.day, draft.scope)
        facts["beside"] = statements.statements_beside(merchant, draft.day, draft.scope)
        facts["mark"] = drafts.draft_digest(seen.mapping)
        gaps = [gap_text(gap) for gap in seen.gaps]
        totals = totals_table(seen.totals)
        return self.render_page(
            request, "admin/statement_draft.html", _("Preview statement"), **facts, gaps=gaps, totals=totals
        )

    def sent(self, request: HttpRequest, statement: Statement) -> HttpResponse:
        if statement.state == Statement.State.REFUSED:
            messages.error(request, _("The statement was refused. Its page shows the reason for each line."))
        elif statement.state == Statement.State.RECEIVED:
            messages.info(
                request, _("The statement was received. It is large, so the portal reads it within a minute.")
            )
        elif not statement.is_current:
            messages.warning(request, _("The statement was read, but a newer statement of this day supersedes it."))
        else:
            messages.success(request, _("The statement was read: %(rows)s rows.") % {"rows": f"{statement.rows:,}"})
            ask_for_comparison(request, statement)
        return HttpResponseRedirect(reverse("admin:wallet_statement_change", args=[statement.pk]))

    def render_page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        context["back"] = reverse("admin:wallet_statement_changelist")
        return TemplateResponse(request, template, context)


def person(request: HttpRequest) -> Any:
    return request.user


def open_previews(request: HttpRequest) -> list[tuple[Merchant, StatementDraft]]:
    """Of this person, for whichever merchant."""
    mine = Merchant.objects.filter(pk__in=StatementPreview.objects.filter(by=person(request)).values("merchant"))
    return [(each, draft) for each in mine for draft in drafts.open_drafts(merchant=each, by=person(request))]


def kept_draft(form: FileForm, request: HttpRequest) -> StatementDraft | None:
    said = form.cleaned_data
    file = said["file"]
    try:
        return drafts.keep_draft(
            merchant=said["merchant"], by=person(request), day=said["day"], name=file.name, content=file,
            size=file.size, scope=said["scope"],
        )  # fmt: skip
    except Refusal as refused:
        form.add_error("file", str(refused))
        return None


def preview_draft(merchant: Merchant, draft: StatementDraft, mapping: dict[str, Any] | None = None) -> Preview:
    with draft.open() as content:
        return statements.preview_file(
            merchant=merchant, name=draft.name, content=content, mapping=mapping, day=draft.day, scope=draft.scope
        )


def preview_as_stated(
    merchant: Merchant, draft: StatementDraft, seen: Preview, form: ColumnsForm
) -> tuple[dict[str, Any], Preview]:
    """With the columns that are there by what was just stated: another sheet or encoding has others."""
    mapping = form.mapping(seen.mapping, seen.headers)
    again = preview_draft(merchant, draft, mapping)
    if again.headers and not set(again.headers) & set(mapping["columns"].values()):
        mapping["columns"] = dict(suggested_mapping(again.headers, mapping["grain"]).columns)
        again = preview_draft(merchant, draft, mapping)
    return mapping, again if again.headers else replace(again, headers=seen.headers)


def send_draft(
    request: HttpRequest, merchant: Merchant, draft: StatementDraft, mapping: dict[str, Any], token: str
) -> Statement:
    """The mapping is kept with what it was sent with, or not at all."""
    back = reverse("admin:wallet_statement_changelist")
    with form_tokens.single_use(request, token, back=back), draft.open() as content:
        planning.keep_mapping(merchant=merchant, mapping=mapping)
        statement = statements.receive_statement(
            merchant=merchant, day=draft.day, name=draft.name, content=content,
            source=Statement.Source.UPLOAD, by=person(request), mapping=mapping, scope=draft.scope,
        )  # fmt: skip
        if statement.state == Statement.State.RECEIVED and statement.size <= READ_AT_ONCE:
            statement = statements.read_statement(statement=statement)
    drafts.drop_draft(draft)
    return statement


def ask_for_comparison(request: HttpRequest, statement: Statement) -> None:
    """Asks for the comparison, where the day is complete."""
    try:
        on_demand.ask_for_comparison(merchant=statement.merchant, day=statement.day, by=person(request))
    except Refusal as why:
        messages.info(request, str(why))
    else:
        messages.info(request, _("The day is being compared with the statement."))


def right_aligned(text: str) -> dict[str, str]:
    return {"content": text, "class": "!text-end"}


def totals_table(totals: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "headers": [_("Currency"), _("Type"), right_aligned(_("Rows")), right_aligned(_("Amount"))],
        "rows": [
            [
                each["currency"],
                each["kind"],
                right_aligned(f"{int(each['rows']):,}"),
                right_aligned(money.format_amount(int(each["amount"]), each["currency"])),
            ]
            for each in totals
        ],
    }


def gap_text(gap: Any) -> str:
    said, of = gap.declared, " ".join(filter(None, (gap.declared.currency, gap.declared.kind))) or "all"
    declared = [_("%(rows)s rows") % {"rows": f"{said.rows:,}"}] if said.rows is not None else []
    declared += [money.format_amount(said.amount, said.currency)] if said.amount is not None else []
    amount = money.format_amount(gap.amount, said.currency)
    return _("The file declares %(declared)s of %(of)s, but contains %(rows)s rows and %(amount)s.") % {
        "declared": _(" and ").join(declared),
        "of": of,
        "rows": f"{gap.rows:,}",
        "amount": amount,
    }
