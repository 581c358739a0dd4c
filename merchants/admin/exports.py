"""Any list of the administration as CSV: as it is filtered and searched, all columns, streamed.

Rows come from a server-side cursor and go out as they come, so that a million of them take no more memory than a page.
A file is in English whatever the language of the page: programs read its column names (decision 0061).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

import structlog
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from merchants import crypto, errors
from merchants.admin import labels
from merchants.admin.step_up import step_up
from merchants.models import Download, Merchant, Person
from merchants.services import downloads
from portal.lib import clock, numbers, tables
from portal.lib.file_names import file_name

OF_MERCHANT = re.compile("(?:[a-z]+__)?merchant(?:__id)?(?:__exact)?")
FILE_LANGUAGE = "en"
MOST_ROWS = 1_000_000
AT_ONCE = 2_000  # rows that are held in memory
CUT = _("This file has the first {most:,} rows only. Narrow the list with its filters and export the rest separately.")

log = structlog.get_logger(__name__)


class ExportedList(ModelAdmin):
    """Adds the button and its address, `export/`, to a list; who may see the list may have it."""

    change_list_template = "admin/exported_list.html"
    most_exported = MOST_ROWS

    def get_urls(self) -> list[URLResolver | URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        own = [path("export/", self.admin_site.admin_view(self.export_view), name=name)]
        inherited: list[URLResolver | URLPattern] = super().get_urls()
        return own + inherited

    @step_up
    def export_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown: ChangeList = self.get_changelist_instance(request)
            download = self.record(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self.list_url())
        except errors.Refusal as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(self.list_url())
        name = file_name(self.file_title(), at=clock.now(), form="csv")
        content = tables.csv_lines(self.exported(request, shown, download))
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        streamed: Any = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
        answer: HttpResponse = streamed
        return answer

    def file_title(self) -> str:
        with translation.override(FILE_LANGUAGE):
            return str(self.opts.verbose_name_plural)

    def list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def record(self, request: HttpRequest) -> Download:
        """Of a list that is filtered by one merchant, on the timeline of that merchant too."""
        return downloads.record_download(
            person=cast("Person", request.user),
            what=f"{self.file_title().capitalize()} (CSV)",
            merchant=self.merchant_of(request),
            filters=request.GET.dict(),
        )

    def merchant_of(self, request: HttpRequest) -> Merchant | None:
        names = [name for name in request.GET if OF_MERCHANT.fullmatch(name)]
        number = numbers.parse_row_id(request.GET[names[0]]) if len(names) == 1 else None
        return None if number is None else Merchant.objects.filter(pk=number).first()

    def exported(self, request: HttpRequest, shown: ChangeList, download: Download) -> Iterator[list[Any]]:
        """Titles, rows, and a last line when there are more. It is written down, also when it broke off."""
        columns = [str(name) for name in shown.list_display if name != "action_checkbox"]
        rows = shown.queryset[: self.most_exported + 1].iterator(chunk_size=AT_ONCE)
        sent, ended = 0, False
        try:
            yield [self.title_of(name) for name in columns]
            for row in islice(rows, self.most_exported):
                yield [self.plain(name, row) for name in columns]
                sent += 1
            if next(rows, None) is not None:
                yield [self.cut_text()]
            ended = True
        finally:
            downloads.end_download(download, rows=sent, is_complete=ended)
            self.note(request, sent, ended=ended)

    def note(self, request: HttpRequest, sent: int, *, ended: bool) -> None:
        asked = {name: crypto.mask(" ".join(values)) for name, values in request.GET.lists()}
        log.info(
            "list exported", list=self.opts.label, by=str(getattr(request.user, "email", "")), filters=asked, rows=sent,
            complete=ended,
        )  # fmt: skip

    def cut_text(self) -> str:
        with translation.override(FILE_LANGUAGE):
            return CUT.format(most=self.most_exported)

    def title_of(self, column: str) -> str:
        with translation.override(FILE_LANGUAGE):
            title = str(label_for_field(column, self.model, self))
        return title[:1].upper() + title[1:]

    def plain(self, column: str, row: Model) -> Any:
        """Return the cell as the list shows it, in English and without colours."""
        with translation.override(FILE_LANGUAGE):
            return self._plain(column, row)

    def _plain(self, column: str, row: Model) -> Any:
        field, _, value = lookup_field(column, row, self)
        if field is not None and field.choices:
            return getattr(row, f"get_{field.name}_display")()
        if isinstance(value, labels.Shown):
            return value.plain
        if isinstance(value, SafeString):
            return html.unescape(strip_tags(value)).replace("\N{NO-BREAK SPACE}", " ").strip()
        return value
