"""The audit log: every change that the history keeps, by author, action, merchant and time, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from merchants import errors
from merchants.admin.step_up import step_up
from merchants.admin.timeline import moment
from merchants.models import Download, Merchant, Person
from merchants.services import downloads, history, history_sentences
from merchants.services.history import DeedFilter, TimelineEntry
from merchants.services.typed_text import check_no_secret
from portal.lib import clock, numbers, tables
from portal.lib.file_names import file_name
from portal.lib.moment_fields import PICKER, MomentField, picker_value

ENTRIES, AT_ONCE = 50, 200
MOST_ROWS = 50_000
FILE_LANGUAGE = "en"
COLUMNS = (
    "time (UTC)", "person", "role", "address", "page or job", "merchant", "kind", "change", "reason",
    "before and after",
)  # fmt: skip


class Deed(NamedTuple):
    """One entry of the history with the merchant that it is about, if it is about one."""

    entry: TimelineEntry
    merchant: Merchant | None


class MomentInput(UnfoldAdminTextInputWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=(attrs or {}) | PICKER)


class AuditForm(forms.Form):
    """Filters as a person types them. They are sent by POST and become ids in the address."""

    person = forms.CharField(
        label=gettext_lazy("Person (email)"), required=False, max_length=254, widget=UnfoldAdminTextInputWidget()
    )
    merchant = forms.CharField(
        label=gettext_lazy("Merchant (code or name)"), required=False, max_length=120,
        widget=UnfoldAdminTextInputWidget(),
    )  # fmt: skip
    what = forms.ChoiceField(label=gettext_lazy("Change"), required=False, widget=UnfoldAdminSelectWidget())
    since = MomentField(label=gettext_lazy("From"), required=False, widget=MomentInput)
    until = MomentField(label=gettext_lazy("Until"), required=False, widget=MomentInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["what"].choices = [("", _("All")), *action_choices()]

    def clean_person(self) -> Person | None:
        text = self.cleaned_data["person"].strip()
        if not text:
            return None
        check_no_secret(text)
        found = Person.objects.filter(email__iexact=text).first()
        if found is None:
            raise ValidationError(_("No person has this email address. Enter the whole address."))
        return found

    def clean_merchant(self) -> Merchant | None:
        text = self.cleaned_data["merchant"].strip()
        if not text:
            return None
        check_no_secret(text)
        found = Merchant.objects.filter(Q(code=text.lower()) | Q(name__iexact=text)).first()
        if found is None:
            raise ValidationError(_("No merchant has this code or name. Enter the whole code or name."))
        return found

    def query(self) -> dict[str, str]:
        """Return what the address of the filtered page says."""
        given = self.cleaned_data
        known = {
            "person": given["person"] and str(given["person"].pk),
            "merchant": given["merchant"] and str(given["merchant"].pk),
            "what": given["what"],
            "since": given["since"] and given["since"].isoformat(),
            "until": given["until"] and given["until"].isoformat(),
        }
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedQuery:
    """The filters of an address; what is no filter of ours is as if it were not there."""

    person: Person | None
    merchant: Merchant | None
    what: str
    since: datetime | None
    until: datetime | None

    @property
    def deeds(self) -> DeedFilter:
        return DeedFilter(
            person=self.person.pk if self.person else None,
            merchant=self.merchant.pk if self.merchant else None,
            since=self.since,
            until=self.until,
        )

    def address(self) -> dict[str, str]:
        known = {
            "person": str(self.person.pk) if self.person else "",
            "merchant": str(self.merchant.pk) if self.merchant else "",
            "what": self.what,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in known.items() if value}

    def typed(self) -> dict[str, Any]:
        """Return what stands in the form."""
        return {
            "person": self.person.email if self.person else "",
            "merchant": self.merchant.code if self.merchant else "",
            "what": self.what,
            "since": picker_value(self.since) if self.since else "",
            "until": picker_value(self.until) if self.until else "",
        }


class AuditView(PermissionRequiredMixin, View):
    permission_required = ("merchants.view_merchant", "merchants.view_person")
    raise_exception = True
    admin_site: Any = None


class AuditPage(AuditView):
    def post(self, request: HttpRequest) -> HttpResponse:
        form = AuditForm(request.POST)
        try:
            if form.is_valid():
                query = urlencode(form.query())
                return HttpResponseRedirect(f"{reverse('admin:audit')}?{query}" if query else reverse("admin:audit"))
        except errors.Refusal as refused:  # a secret in a filter: it stands in no answer
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:audit"))
        return self.page(request, form, read_query({}))

    def get(self, request: HttpRequest) -> HttpResponse:
        query = read_query(request.GET)
        return self.page(request, AuditForm(initial=query.typed()), query)

    def page(self, request: HttpRequest, form: AuditForm, query: DeedQuery) -> HttpResponse:
        found = history.timeline_page(
            query.deeds, before=moment(request, "before"), after=moment(request, "after"), kind=query.what,
            limit=ENTRIES,
        )  # fmt: skip
        known = query.address()
        context = self.admin_site.each_context(request) | {
            "title": _("Audit log"),
            "form": form,
            "deeds": with_merchants(found.entries),
            "is_filtered": bool(known),
            "export": f"{reverse('admin:audit_export')}?{urlencode(known)}",
            "older": page_address(known, before=found.older),
            "newer": page_address(known, after=found.newer),
        }
        return TemplateResponse(request, "admin/audit.html", context)


class AuditExport(AuditView):
    @step_up
    def get(self, request: HttpRequest) -> HttpResponse:
        query = read_query(request.GET)
        try:
            download = downloads.record_download(
                person=cast("Person", request.user),
                what="Audit log (CSV)",
                merchant=query.merchant,
                filters=query.address(),
            )
        except errors.Refusal as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:audit"))
        name = file_name("audit log", at=clock.now(), form="csv")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        content = tables.csv_lines(downloads.counted_rows(download, file_rows(query, download), heads=1))
        streamed: Any = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
        answer: HttpResponse = streamed
        return answer


def action_choices() -> list[Any]:
    """Return the kinds of changes, each followed by the tables that it has."""
    grouped = []
    for kind, title in history.KINDS.items():
        names = [name for name, thing in history_sentences.THINGS.items() if thing.kind == kind]
        own = [(name, str(history_sentences.model_of(name)._meta.verbose_name)) for name in names]  # noqa: SLF001
        grouped.append((title, [(kind, _("All: %(kind)s") % {"kind": title}), *own]))
    return grouped


def read_query(given: Mapping[str, str]) -> DeedQuery:
    person, merchant = (numbers.parse_row_id(given.get(name, "")) for name in ("person", "merchant"))
    what = given.get("what", "")
    return DeedQuery(
        person=Person.objects.filter(pk=person).first() if person is not None else None,
        merchant=Merchant.objects.filter(pk=merchant).first() if merchant is not None else None,
        what=what if what in history.KINDS or what in history_sentences.THINGS else "",
        since=read_moment(given.get("since", "")),
        until=read_moment(given.get("until", "")),
    )


def read_moment(text: str) -> datetime | None:
    try:
        found = clock.checked_moment(datetime.fromisoformat(text))
    except ValueError:
        return None
    return found


def page_address(known: Mapping[str, str], **edge: datetime | None) -> str:
    beside = {name: at.isoformat() for name, at in edge.items() if at}
    return "?" + urlencode({**known, **beside}) if beside else ""


def with_merchants(entries: Sequence[TimelineEntry]) -> list[Deed]:
    known = Merchant.objects.in_bulk({entry.merchant_id for entry in entries if entry.merchant_id})
    return [Deed(entry, known.get(entry.merchant_id or 0)) for entry in entries]


def file_rows(query: DeedQuery, download: Download) -> Iterator[Sequence[Any]]:
    """Titles and rows, newest first, and a last line when there are more."""
    yield COLUMNS
    rows = all_deeds(query, download.created_at)
    with translation.override(FILE_LANGUAGE):
        for deed in islice(rows, MOST_ROWS):
            yield file_row(deed)
        if next(rows, None) is not None:
            yield [
                f"This file has the first {MOST_ROWS:,} rows only. Narrow the filters and export the rest separately."
            ]


def all_deeds(query: DeedQuery, until: datetime) -> Iterator[Deed]:
    before: datetime | None = until
    while before is not None:
        page = history.timeline_page(query.deeds, before=before, kind=query.what, limit=AT_ONCE)
        yield from with_merchants(page.entries)
        before = page.older


def file_row(deed: Deed) -> list[Any]:
    entry = deed.entry
    changes = "\n".join(f"{change.label}: {change.before} → {change.after}" for change in entry.changes)
    return [
        entry.at, entry.who, entry.role, entry.address, entry.door, deed.merchant.code if deed.merchant else "",
        str(history.KINDS.get(entry.kind, entry.kind)), entry.title, entry.reason, changes,
    ]  # fmt: skip
