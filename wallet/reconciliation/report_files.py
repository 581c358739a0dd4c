"""All cases of a day as CSV and XLSX: behind a link that expires and needs sign-in, or attached to the email.

A file shows the cases as they are when it is made. Without `whole` it names no players and no transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef

from merchants.services.email_outbox import Part
from portal.lib import sheets, tables
from portal.lib.file_names import file_name
from portal.lib.sheets import SheetAmount
from wallet.models.case import Case
from wallet.models.reconciliation import Reconciliation
from wallet.reconciliation import break_amounts, day_breaks
from wallet.reconciliation.day_statement import line_label

SALT = "wallet.reconciliation.report"
LINK_DAYS = 14
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
HEAD = (
    "case", "day", "kind", "severity", "state", "resolution", "breaks", "currency", "difference", "at stake",
    "our kind", "our amount", "our state", "our time", "their kind", "their amount", "their state", "their time",
    "their line", "opened", "resolved",
)  # fmt: skip
NAMED = ("subject", "player", "our game", "their game")  # left out where nobody may be named
AT_ONCE = 2_000


class RequestedFile(NamedTuple):
    run: int
    kind: str


# --- the link ---------------------------------------------------------------------------------------------------------
def file_link(run: Reconciliation, kind: str) -> str:
    """Return a link that works for LINK_DAYS. A person who opens it must sign in and belong to this merchant."""
    token = signing.dumps([run.pk, kind], salt=SALT)
    return f"{settings.BASE_URL}/operator/{run.merchant.code}/reconciliation/file/{token}/"


def read_link(token: str) -> RequestedFile | None:
    """Return the run of a link; None when it expired or was not signed by us."""
    try:
        run, kind = signing.loads(token, salt=SALT, max_age=LINK_DAYS * 86400)
    except (signing.BadSignature, ValueError):
        return None
    return RequestedFile(run, kind)


def report_file_name(run: Reconciliation, kind: str) -> str:
    return file_name(run.merchant.code, "reconciliation", at=run.day, form=kind)


# --- the rows ---------------------------------------------------------------------------------------------------------
def header_row(*, whole: bool) -> tuple[str, ...]:
    return (*HEAD, *NAMED) if whole else HEAD


def number(run: Reconciliation) -> int:
    return Case.objects.filter(merchant=run.merchant_id, day=run.day).count()


def case_rows(run: Reconciliation, *, whole: bool) -> Iterator[tuple[Any, ...]]:
    """Yield all cases of the day. `breaks`: 1 or the folded rows for a case that the run counted, else 0.

    0 is for a late file, a case that closed earlier, and a case that was found later.
    """
    of_day = Case.objects.filter(merchant=run.merchant_id, day=run.day)
    counted = Exists(day_breaks.cases_of(run).filter(pk=OuterRef("pk")))
    found = of_day.annotate(is_counted=counted, stake=break_amounts.stake_expression()).order_by("-severity", "pk")
    return (_row(case, whole=whole) for case in found.iterator(AT_ONCE))


def _row(case: Any, *, whole: bool) -> tuple[Any, ...]:
    ours, theirs = case.ours or {}, case.theirs or {}
    breaks = break_amounts.breaks_in(case) if case.is_counted else 0
    row = (
        case.pk, case.day, case.get_kind_display(), case.get_severity_display(), case.get_state_display(),
        case.get_resolution_display(), breaks, case.currency,
        SheetAmount(break_amounts.net_difference(case), case.currency), SheetAmount(int(case.stake), case.currency),
        ours.get("kind"), _amount(ours), ours.get("state"), _moment(ours),
        theirs.get("kind"), _amount(theirs), theirs.get("state"), _moment(theirs), _line(theirs),
        case.opened_at, case.resolved_at,
    )  # fmt: skip
    return (*row, case.subject, case.player_id, ours.get("game"), theirs.get("game")) if whole else row


def _line(side: dict[str, Any]) -> str | None:
    return line_label(side["line"]) if "line" in side else None


def _amount(side: dict[str, Any]) -> SheetAmount | None:
    amount = side.get("amount")
    return None if amount is None else SheetAmount(int(amount), side.get("currency") or "")


def _moment(side: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(side["at"]) if side.get("at") else None


# --- the files --------------------------------------------------------------------------------------------------------
def csv_lines(run: Reconciliation, *, whole: bool = True) -> Iterator[str]:
    return tables.csv_lines(_with_head(run, whole=whole))


def write_xlsx(run: Reconciliation, to: IO[bytes], *, whole: bool = True) -> None:
    """Write the cases in constant memory. Text stays text: a spreadsheet calculates none of it."""
    sheets.write_book(to, str(run.day), _with_head(run, whole=whole))


def _with_head(run: Reconciliation, *, whole: bool) -> Iterator[Iterable[Any]]:
    yield header_row(whole=whole)
    yield from case_rows(run, whole=whole)


def mail_parts(run: Reconciliation, *, whole: bool, most: int) -> list[Part]:
    """Return both files as attachments; none when they are too large for an email."""
    sheet, text = BytesIO(), bytearray()
    for line in csv_lines(run, whole=whole):
        text += line.encode()
        if len(text) > most:
            return []
    write_xlsx(run, sheet, whole=whole)
    made = [Part(report_file_name(run, "csv"), TYPES["csv"].partition(";")[0], bytes(text))]
    made.append(Part(report_file_name(run, "xlsx"), XLSX, sheet.getvalue()))
    return made if sum(len(part.content) for part in made) <= most else []
