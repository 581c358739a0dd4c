"""All cases of a day as a file: from the day's page, or behind the link that a mail carries."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants.access import Visit
from merchants.pages.guard import page
from merchants.services import downloads
from wallet.models import Reconciliation
from wallet.reconciliation import report_files

PIECE = 256 * 1024
OVER = _("This link has expired after {days} days. Download the files on the page of the day.")


@page(back="operator:reconciliation", prove=True)
def report_file(request: HttpRequest, visit: Visit, token: str) -> Any:
    asked = report_files.read_link(token)
    if asked is None:
        messages.error(request, OVER.format(days=report_files.LINK_DAYS))
        return HttpResponseRedirect(reverse("operator:reconciliation", args=[visit.merchant.code]))
    run = Reconciliation.objects.select_related("merchant").filter(merchant=visit.merchant, pk=asked.run).first()
    if run is None or asked.kind not in report_files.TYPES:
        raise Http404
    return file_response(visit, run, asked.kind)


def file_response(visit: Visit, run: Reconciliation, kind: str) -> StreamingHttpResponse:
    name, rows = report_files.report_file_name(run, kind), report_files.number(run)
    downloads.record_download(person=visit.person, what=name, merchant=visit.merchant, filters={}, rows=rows)
    content: Iterator[str] | Iterator[bytes] = report_files.csv_lines(run) if kind == "csv" else workbook_chunks(run)
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type=report_files.TYPES[kind], headers=disposition)


def workbook_chunks(run: Reconciliation) -> Iterator[bytes]:
    """Made when it is drawn, so that nothing is left of one that nobody draws."""
    with tempfile.TemporaryFile() as file:
        report_files.write_xlsx(run, file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
