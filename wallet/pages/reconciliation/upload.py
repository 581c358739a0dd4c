"""A statement by hand: a file and its day, what it would be read as, and then it is sent, read and compared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import form_tokens
from merchants.access import Visit, Work
from merchants.errors import Refusal
from merchants.pages import page_frame
from merchants.pages.forms import PlainForm
from merchants.pages.guard import page
from merchants.services.typed_text import check_no_secret
from portal.lib import clock, uploads
from wallet.models import Case, Statement
from wallet.pages.reconciliation.labels import STATEMENT_LEVELS, TAB, case_address, day_address, own_case, total_lines
from wallet.pages.reconciliation.mapping_form import MappingForm, initial_values
from wallet.reconciliation import cases, drafts, on_demand, planning, statement_rows, statements
from wallet.reconciliation.days import date_at
from wallet.reconciliation.drafts import StatementDraft
from wallet.reconciliation.plans import plan_of
from wallet.reconciliation.reading.mapping import suggested_mapping
from wallet.reconciliation.scope_fields import ScopeFields
from wallet.reconciliation.scopes import WHOLE, Scope
from wallet.reconciliation.statements import Preview

READ_AT_ONCE = 16 * 1024 * 1024  # bytes; what is larger is read by a job within a minute
GONE = gettext_lazy(
    "This preview is closed: the file was sent or discarded, or the preview is older than a day. Choose the file again."
)


class FileForm(PlainForm, ScopeFields):
    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("A whole day in the merchant's time zone."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.json,.xlsx,.gz,.zip"}),
        help_text=gettext_lazy("CSV, XLSX or JSON, also as gzip or ZIP. You see a preview before the file is sent."),
    )


class CommentedForm(MappingForm):
    text = forms.CharField(
        label=gettext_lazy("Description of the correction"),
        max_length=cases.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Shown as your comment on the case."),
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        try:
            check_no_secret(text, many_lines=True)
        except Refusal as refused:
            raise forms.ValidationError(str(refused)) from refused
        return text


# --- The file ---------------------------------------------------------------------------------------------------------
@page(work=Work.STATEMENTS, back="operator:reconciliation")
def statement_new(request: HttpRequest, visit: Visit) -> HttpResponse:
    case = asked_case(request, visit)
    day = case.day if case else yesterday(request, visit)
    stated = FileForm.initial_of(scope_to_correct(case)) if case else {}
    form = FileForm(request.POST or None, request.FILES or None, initial={"day": day} | stated)
    if form.is_valid() and (draft := draft_of(form, visit, case)):
        return HttpResponseRedirect(reverse("operator:statement_draft", args=[visit.merchant.code, draft.token]))
    if form.is_bound and is_too_large(request):
        form.errors.pop("file", None)
        form.add_error("file", str(statements.StatementTooLarge()))
    context: dict[str, Any] = {"form": form, "case": case, "zone": visit.merchant.time_zone}
    context["previews"] = drafts.open_drafts(merchant=visit.merchant, by=visit.person)
    context["day_begins"] = plan_of(visit.merchant).day_begins
    title = _("Attach corrected statement") if case else _("Upload statement")
    context["has_scope"] = any(stated.values())
    return page_frame.render_page(request, visit, "statement_new.html", tab=TAB, title=title, **context)


def asked_case(request: HttpRequest, visit: Visit) -> Case | None:
    number = request.GET.get("case", "")
    return own_case(visit.merchant, int(number)) if number.isdecimal() and len(number) < 19 else None  # noqa: PLR2004 - digits


def scope_to_correct(case: Case) -> Scope:
    """Return what the form suggests: the whole day where several statements could have the row."""
    try:
        return statements.scope_of_row(case)
    except statements.ScopeNotKnown:
        return WHOLE


def yesterday(request: HttpRequest, visit: Visit) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return date_at(visit.merchant, clock.now()) - timedelta(days=1)


def is_too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return uploads.is_too_large(int(length) if length.isdecimal() else 0)


def draft_of(form: FileForm, visit: Visit, case: Case | None) -> StatementDraft | None:
    file, day = form.cleaned_data["file"], form.cleaned_data["day"]
    try:
        if case:
            statements.check_replaces_one(merchant=visit.merchant, day=case.day, scope=form.cleaned_data["scope"])
        return drafts.keep_draft(
            merchant=visit.merchant, by=visit.person, day=case.day if case else day, name=file.name, content=file,
            size=file.size, case=case.pk if case else None, scope=form.cleaned_data["scope"],
        )  # fmt: skip
    except Refusal as refused:
        form.add_error("file", str(refused))
        return None


# --- What it would be read as -----------------------------------------------------------------------------------------
@page(work=Work.STATEMENTS, back="operator:reconciliation")
def statement_draft(request: HttpRequest, visit: Visit, token: str) -> HttpResponse:
    draft = drafts.find_draft(merchant=visit.merchant, by=visit.person, token=token)
    if draft is None:
        messages.warning(request, GONE)
        return HttpResponseRedirect(reverse("operator:statement_new", args=[visit.merchant.code]))
    if request.POST.get("do") == "drop":
        drafts.drop_draft(draft)
        return HttpResponseRedirect(reverse("operator:statement_new", args=[visit.merchant.code]))
    seen = preview_draft(visit, draft)
    kind = CommentedForm if draft.case else MappingForm
    if request.method != "POST":
        return show_draft(request, visit, draft, seen, kind(initial=initial_values(seen.mapping), headers=seen.headers))
    form = kind(request.POST, headers=seen.headers)
    if draft.case and request.POST.get("do") == "look":
        form.fields["text"].required = False
    return draft_response(request, visit, draft, seen, form)


def preview_draft(visit: Visit, draft: StatementDraft, mapping: dict[str, Any] | None = None) -> Preview:
    with draft.open() as content:
        return statements.preview_file(
            merchant=visit.merchant, name=draft.name, content=content, mapping=mapping, day=draft.day, scope=draft.scope
        )


def draft_response(
    request: HttpRequest, visit: Visit, draft: StatementDraft, seen: Preview, form: MappingForm
) -> HttpResponse:
    if not form.is_valid():
        return show_draft(request, visit, draft, seen, form)
    try:
        seen = preview_as_stated(visit, draft, seen, form)
        is_as_seen = request.POST.get("seen") == drafts.draft_digest(seen.mapping)
        if request.POST.get("do") == "send" and seen.can_be_read and is_as_seen:
            return send_draft(request, visit, draft, form, seen.mapping.as_json())
    except Refusal as refused:
        form.add_error(None, str(refused))
    return show_draft(request, visit, draft, seen, form)


def preview_as_stated(visit: Visit, draft: StatementDraft, seen: Preview, form: MappingForm) -> Preview:
    """With the columns that are there by what was just stated: another sheet or encoding has others."""
    mapping = form.chosen(seen.headers)
    again = preview_draft(visit, draft, mapping)
    if again.headers and not set(again.headers) & set(mapping["columns"].values()):
        mapping["columns"] = dict(suggested_mapping(again.headers, mapping["grain"]).columns)
        again = preview_draft(visit, draft, mapping)
    form.show_again(again.mapping, again.headers or seen.headers)
    return again


def show_draft(
    request: HttpRequest, visit: Visit, draft: StatementDraft, seen: Preview, form: MappingForm
) -> HttpResponse:
    data: Any = form.data.copy() if form.is_bound else form.initial  # type: ignore[attr-defined]
    data["token"] = form_tokens.new_token(request)
    form.data = data if form.is_bound else form.data
    context: dict[str, Any] = {
        "draft": draft,
        "seen": seen,
        "form": form,
        "replaced": statements.statements_replaced_by(visit.merchant, draft.day, draft.scope),
        "beside": statements.statements_beside(visit.merchant, draft.day, draft.scope),
        "totals": total_lines(seen.totals),
        "gaps": [gap_row(gap) for gap in seen.gaps],
        "mark": drafts.draft_digest(seen.mapping),
    }
    return page_frame.render_page(
        request, visit, "statement_draft.html", tab=TAB, title=_("Preview of the statement"), **context
    )


def gap_row(gap: Any) -> dict[str, str]:
    declared = {"currency": gap.declared.currency, "kind": gap.declared.kind}
    [said, read] = total_lines(
        [
            declared | {"rows": gap.declared.rows, "amount": gap.declared.amount},
            declared | {"rows": gap.rows, "amount": gap.amount},
        ]
    )
    return said | {"read_rows": read["rows"], "read_amount": read["amount"]}


# --- Sent -------------------------------------------------------------------------------------------------------------
def send_draft(
    request: HttpRequest, visit: Visit, draft: StatementDraft, form: MappingForm, mapping: dict[str, Any]
) -> HttpResponse:
    """The file is stored outside of the transaction of the form: what was sent is never lost by what comes after."""
    back = day_address(visit.merchant, draft.day)
    with form_tokens.single_use(request, form.cleaned_data["token"], back=back):
        statement = receive_file(visit, draft, mapping)
        if draft.case:
            case = own_case(visit.merchant, draft.case)
            cases.add_comment(case=case, text=form.cleaned_data["text"], by=visit.person, statement=statement)
    drafts.drop_draft(draft)
    tell_result(request, visit, statement)
    asked = ask_for_comparison(visit, statement)
    if draft.case:
        return HttpResponseRedirect(case_address(own_case(visit.merchant, draft.case)))
    return HttpResponseRedirect(back + asked)


def receive_file(visit: Visit, draft: StatementDraft, mapping: dict[str, Any]) -> Statement:
    planning.keep_mapping(merchant=visit.merchant, mapping=mapping)
    with draft.open() as content:
        statement = statements.receive_statement(
            merchant=visit.merchant, day=draft.day, name=draft.name, content=content,
            source=Statement.Source.UPLOAD, by=visit.person, mapping=mapping, scope=draft.scope,
        )  # fmt: skip
    is_new = statement.state == Statement.State.RECEIVED
    return statements.read_statement(statement=statement) if is_new and statement.size <= READ_AT_ONCE else statement


def tell_result(request: HttpRequest, visit: Visit, statement: Statement) -> None:
    if statement.state == Statement.State.RECEIVED:
        messages.info(
            request,
            _("%(name)s is uploaded. The file is large and is read within a minute.") % {"name": statement.name},
        )
    elif statement.state == Statement.State.REFUSED:
        messages.error(request, _("%(name)s is refused. Open its page to see the errors.") % {"name": statement.name})
    elif not statement.is_current:
        messages.warning(
            request, _("%(name)s is accepted, but a newer statement of the day replaces it.") % {"name": statement.name}
        )
    else:
        messages.success(
            request,
            _("%(name)s is accepted with %(rows)s rows. Its columns are stored for the next upload.")
            % {"name": statement.name, "rows": f"{statement.rows:,}"},
        )


def ask_for_comparison(visit: Visit, statement: Statement) -> str:
    """Asks for the comparison, where the day is complete."""
    if not statement.is_current:
        return ""
    try:
        number = on_demand.ask_for_comparison(merchant=visit.merchant, day=statement.day, by=visit.person)
    except Refusal:
        return ""
    return "?" + urlencode({"asked": number})


# --- One statement ----------------------------------------------------------------------------------------------------
@page(back="operator:reconciliation")
def statement_page(request: HttpRequest, visit: Visit, number: Any) -> HttpResponse:
    found = Statement.objects.select_related("by", "replaces", "replaced_by", "merchant")
    statement = found.filter(merchant=visit.merchant, number=number).first()
    if statement is None:
        raise Http404
    context: dict[str, Any] = {
        "statement": statement,
        "level": STATEMENT_LEVELS.get(Statement.State(statement.state), ""),
        "totals": total_lines(statement.totals),
        "gaps": [gap_row(gap) for gap in statements.declared_gaps(statement)],
        "columns": sorted(statement.mapping.get("columns", {}).items()),
        "amounts": statement.mapping.get("amounts", ""),
        "scope": Scope.parse(statement.scope).label,
        "day_url": day_address(visit.merchant, statement.day),
        "kept_until": statement_rows.kept_until(statement),
    }
    return page_frame.render_page(request, visit, "statement.html", tab=TAB, title=statement.name, **context)
