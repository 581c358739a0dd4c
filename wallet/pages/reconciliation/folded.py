"""The rows of a folded case: a list on its page, and a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, StreamingHttpResponse

from merchants.access import Visit
from merchants.pages.guard import page
from merchants.services import downloads
from portal.lib import paging
from portal.lib.money import format_with_code
from wallet.models import Case, FoldedRow
from wallet.pages.reconciliation.grouped import parse_after
from wallet.pages.reconciliation.labels import own_case
from wallet.reconciliation import break_amounts, folded_rows

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class RowLine:
    row: FoldedRow
    difference: str
    at: str

    @classmethod
    def build(cls, row: FoldedRow) -> RowLine:
        at = str((row.ours or row.theirs or {}).get("at") or "").replace("T", " ")[:19]
        return cls(row, format_with_code(int(row.net), row.currency), at)


@dataclass(frozen=True, slots=True)
class FoldedPage:
    lines: list[RowLine]
    more: str = ""
    is_first: bool = True


def row_page(case: Case, said: Mapping[str, str]) -> FoldedPage | None:
    """None of a case that stands for itself."""
    if not break_amounts.is_folded(case):
        return None
    last = parse_after(said)
    found, edge = paging.first_page(folded_rows.rows_of(case).filter(number__gt=min(last, 2**31 - 1)), ON_A_PAGE)
    more = f"?after={edge.number}" if edge else ""
    return FoldedPage([RowLine.build(row) for row in found], more, last == 0)


@page(back="operator:cases", prove=True)
def case_rows_file(request: HttpRequest, visit: Visit, number: int) -> StreamingHttpResponse:
    case = own_case(visit.merchant, number)
    if not break_amounts.is_folded(case):
        raise Http404
    name, rows = folded_rows.file_name(case), folded_rows.rows_of(case).count()
    downloads.record_download(person=visit.person, what=name, merchant=visit.merchant, filters={}, rows=rows)
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(
        folded_rows.csv_lines(case), content_type="text/csv; charset=utf-8", headers=disposition
    )
