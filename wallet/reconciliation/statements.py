"""An operator's statement of a day: stored as it came, and read or refused as a whole. A corrected statement stays."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Words
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from io import SEEK_END
from typing import IO, Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from merchants.services import emails
from portal.lib import clock, locks
from wallet.models import Case, ReconciliationPlan, Statement
from wallet.models.statement import list_private, private_files
from wallet.reconciliation import statement_rows, statement_warnings
from wallet.reconciliation.day_statement import LINES_OF_ONE, DayStatement, current_statements
from wallet.reconciliation.days import date_at
from wallet.reconciliation.reading import formats, loading, totals
from wallet.reconciliation.reading import mapping as mappings
from wallet.reconciliation.reading.loading import Loaded
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import Fault, Total, Unreadable
from wallet.reconciliation.reading.totals import Gap
from wallet.reconciliation.scopes import OWN_KINDS, WHOLE, Scope

log = structlog.get_logger(__name__)
PIECE = 1024 * 1024
LONGEST_NAME = 200
FOLDER = "statements"
SWEPT_AFTER, SWEPT_BACK = timedelta(days=1), timedelta(days=20)
MOST_TRIES = 5
REST = timedelta(minutes=5)  # after one
LOOK = loading.Bounds(bytes=64 * 1024 * 1024, rows=200_000, seconds=5)  # of a file that a person waits for
NOT_READ = (
    "The file could not be read because of an error in the portal, and our support was notified. "
    "Send it again, or ask our support."
)


class DayNotOver(Refusal):
    def __init__(self, day: date) -> None:
        super().__init__(
            f"{day} is not over yet in the merchant's time zone. Send the statement of a day after its end."
        )


class DayBeforeMerchant(Refusal):
    def __init__(self, day: date, since: date) -> None:
        super().__init__(f"{day} is before {since}, when the merchant was created. Check the day of the statement.")


class EmptyStatement(Refusal):
    def __init__(self) -> None:
        super().__init__("The file is empty. Export it again and check it before you send it.")


class StatementTooLarge(Refusal):
    def __init__(self) -> None:
        super().__init__(
            f"The file is larger than {settings.MAX_STATEMENT_BYTES:,} bytes. Send it as CSV in gzip. If "
            f"it is already compressed, ask our support."
        )


class PreviewsBusy(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Other files are being previewed now. Try again in a minute."))


class ScopeNotKnown(Refusal):
    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(
            "This day has statements of several scopes, and a file for a case replaces one of them. "
            f"State the scope of the file. The day has: {'; '.join(labels)}."
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file would be read; nothing of it is stored. While `asks` has a sentence, the file cannot be read."""

    format: str = ""
    headers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)  # the first as they are, the number of its line before each
    row_count: int = 0
    mapping: Mapping = field(default_factory=Mapping)
    asks: list[str] = field(default_factory=list)
    totals: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()
    fault_count: int = 0
    ignored: int = 0  # rows that the mapping leaves out
    sheets: list[str] = field(default_factory=list)  # of a workbook, all that it has
    sheets_read: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # sentences: it can be read, and may be the wrong file

    @property
    def can_be_read(self) -> bool:
        return not self.asks and not self.fault_count

    @property
    def read_count(self) -> int:
        """Return the number of rows in the totals, without rows that are left out."""
        return sum(int(total["rows"]) for total in self.totals)


# --- Receiving ------------------------------------------------------------------------------------------------------
def receive_statement(
    *,
    merchant: Merchant,
    day: date,
    name: str,
    content: IO[bytes],
    source: str,
    by: Person | None = None,
    mapping: Words[str, Any] | None = None,
    scope: Scope = WHOLE,
) -> Statement:
    """Store the file, waiting to be read; return its statement. `mapping`: as JSON, else the plan's.

    The same bytes with the same mapping and scope are the same statement; if a person sends them again after others,
    they are a new one, which replaces those. Raises Refusal: DayNotOver, DayBeforeMerchant, EmptyStatement,
    StatementTooLarge.
    """
    check_day(merchant, day)
    upload = _Upload(content)
    storage = private_files()
    statement = Statement(
        number=uuid4(),
        merchant=merchant,
        day=day,
        scope=str(scope),
        source=source,
        by=by,
        name=get_valid_filename(name or "statement")[-LONGEST_NAME:],
        received_at=clock.now(),
    )
    path = f"{FOLDER}/{statement.received_at:%Y/%m}/{statement.number}"
    try:
        statement.file = storage.save(path, upload)
        statement.digest, statement.size = upload.digest.hexdigest(), upload.length
        statement.mapping = how = _how(merchant, source, mapping, is_json=_is_json(path))
        statement.grain = how.get("grain", ReconciliationPlan.Grain.ROWS)
        kept = _kept(statement)
    except BaseException:
        storage.delete(path)
        raise
    if kept.pk != statement.pk:
        storage.delete(statement.file.name)
    elif by is not None and by.is_staff:
        _tell_owners(kept, by)
    return kept


def _tell_owners(statement: Statement, by: Person) -> None:
    """A statement closes the cases that it explains: where our staff bring one, the merchant knows."""
    what = f"A statement of {statement.day} was uploaded by our staff"
    emails.notify_owners(statement.merchant, what, by=str(by), at=statement.received_at)


def check_day(merchant: Merchant, day: date) -> None:
    """Refuse a day that is not over, or before the merchant was created."""
    if day >= date_at(merchant, clock.now()):
        raise DayNotOver(day)
    since = date_at(merchant, merchant.created_at)
    if day < since:
        raise DayBeforeMerchant(day, since)


def _is_json(path: str) -> bool:
    with private_files().open(path) as file:
        return formats.is_json(file)


def _how(merchant: Merchant, source: str, given: Words[str, Any] | None, *, is_json: bool = False) -> dict[str, Any]:
    """As given, or as the plan has it; a JSON of a signed call has the contract's names, whatever the plan says."""
    if given is not None:
        return mappings.from_json(given).as_json()
    plan = ReconciliationPlan.objects.filter(merchant=merchant).first()
    is_call = source == Statement.Source.API
    if plan is not None and plan.mapping and not (is_call and is_json):
        return mappings.from_json(plan.mapping | {"grain": plan.grain}).as_json()
    if not is_call:
        return {}
    is_totals = plan is not None and plan.grain == ReconciliationPlan.Grain.TOTALS
    contract = mappings.CONTRACT_TOTALS if is_totals else mappings.CONTRACT
    return contract.as_json() | {"rollbacks": plan.mapping.get("rollbacks", "") if plan is not None else ""}


def refused_duplicate(*, merchant: Merchant, day: date, source: str, digest: str) -> Statement | None:
    """Return a refused statement with the same bytes and mapping; None without one. Another mapping may read the
    file.
    """
    return Statement.objects.filter(
        merchant=merchant, day=day, digest=digest, mapping=_how(merchant, source, None), state=Statement.State.REFUSED
    ).first()


def _kept(statement: Statement) -> Statement:
    """Itself, or the one of the same bytes, also when both come at the same moment."""
    same = Statement.objects.filter(
        merchant=statement.merchant, day=statement.day, digest=statement.digest, mapping=statement.mapping,
        scope=statement.scope,
    ).exclude(state=Statement.State.REFUSED)  # fmt: skip
    if statement.source == Statement.Source.UPLOAD and same.exists():
        return _kept_again(statement, same)
    if (first := same.first()) is not None:
        return first
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
    except IntegrityError:
        return same.get()
    return statement


@transaction.atomic
def _kept_again(statement: Statement, same: QuerySet[Statement]) -> Statement:
    """A person who sends a file once more after another one means it: it counts again. A machine may only repeat."""
    _lock_day(statement)
    newest, oldest = same.order_by("-pk")[0], same.order_by("pk")[0]
    later = Statement.objects.filter(merchant=statement.merchant, day=statement.day, pk__gt=newest.pk)
    if newest.is_current or not later.exclude(state=Statement.State.REFUSED).exists():
        return newest
    statement.repeats = oldest
    statement.save(force_insert=True)
    return statement


def _lock_day(statement: Statement) -> None:
    locks.lock_until_commit(f"statement of {statement.merchant_id} {statement.day}")


class _Upload(File):  # type: ignore[type-arg]
    """Counts and digests what the storage draws, and stops at the bound."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__(content, name="statement")
        self.content = content
        self.digest = hashlib.sha256()
        self.length = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while piece := self.content.read(PIECE):
            self.length += len(piece)
            if self.length > settings.MAX_STATEMENT_BYTES:
                raise StatementTooLarge
            self.digest.update(piece)
            yield piece
        if not self.length:
            raise EmptyStatement


def delete_orphaned_files(now: datetime) -> int:
    """Delete files whose process was killed before their row was stored; return how many."""
    return purge_unnamed_files(FOLDER, Statement.objects.all(), now)


def purge_unnamed_files(folder: str, rows: QuerySet[Any], now: datetime) -> int:
    """Delete files of `folder` that no `file` of the rows names; return how many. Recent files stay."""
    storage, swept = private_files(), 0
    for month in {f"{folder}/{day:%Y/%m}" for day in (now, now - SWEPT_BACK)}:
        there = [f"{month}/{name}" for name in list_private(month)[1]]
        known = set(rows.filter(file__in=there).values_list("file", flat=True))
        for path in set(there) - known:
            if storage.get_modified_time(path) <= now - SWEPT_AFTER:
                storage.delete(path)
                log.warning("statement.swept", file=path)
                swept += 1
    return swept


# --- Reading --------------------------------------------------------------------------------------------------------
def read_statement(*, statement: Statement) -> Statement:
    """Read a statement: all its rows, and it becomes current; or none, and it is refused with its errors.

    A statement that was read before stays as it is.
    """
    with transaction.atomic():
        statement = Statement.objects.select_for_update().get(pk=statement.pk)
        if statement.state != Statement.State.RECEIVED:
            return statement
        try:
            with transaction.atomic():
                _read(statement)
        except Unreadable as unreadable:
            statement.state = Statement.State.REFUSED
            statement.faults = [{"line": fault.line, "text": fault.text} for fault in unreadable.faults]
            statement.fault_count = unreadable.count
        statement.read_at = clock.now()
        statement.save()
    return statement


def waiting_statements(now: datetime) -> QuerySet[Statement]:
    """Return the received statements that are not read, those without a failed try first."""
    received = Statement.objects.filter(state=Statement.State.RECEIVED)
    return received.filter(Q(tried_at=None) | Q(tried_at__lte=now - REST)).order_by("tries", "pk")


def try_to_read(*, statement: Statement) -> Statement:
    """Read a statement; raise nothing. After MOST_TRIES tries it is refused, with a sentence.

    A try counts before it begins, because its process may die.
    """
    received = Statement.objects.filter(pk=statement.pk, state=Statement.State.RECEIVED)
    try:
        if statement.tries >= MOST_TRIES:
            log.error("statement.given_up", statement=str(statement.number), tries=statement.tries)
            fault = {"line": None, "text": NOT_READ}
            received.update(state=Statement.State.REFUSED, faults=[fault], fault_count=1, read_at=clock.now())
        else:
            received.update(tries=F("tries") + 1, tried_at=clock.now())
            return read_statement(statement=statement)
    except Exception:
        log.exception("statement.not_read", statement=str(statement.number))
    statement.refresh_from_db()
    return statement


def _read(statement: Statement) -> None:
    statement.totals, stated = statement_rows.load_rows(statement)
    declared = [*stated, *totals.stored_totals(statement.declared)]
    statement.rows = sum(part["rows"] for part in statement.totals)
    _not_by_mistake_empty(statement.rows, declared)
    _within(Scope.parse(statement.scope), statement.totals)
    _warn(statement)
    statement.declared = [totals.as_json(total) for total in declared]
    statement.state = Statement.State.READ
    _succeed(statement)


def _not_by_mistake_empty(rows: int, declared: Sequence[Total]) -> None:
    if not rows and not any(total.rows == 0 for total in declared):
        raise Unreadable(
            Fault(
                "The file has column names but no rows. If there were no transactions on that day, add the "
                "last line TOTAL,0"
            )
        )


def _within(scope: Scope, read: Sequence[Words[str, Any]]) -> None:
    """Refuses rows that a statement of this scope does not have. A rollback may be of any type."""
    for total in read:
        if scope.currencies and total["currency"] not in scope.currencies:
            raise _outside(total["rows"], total["currency"], scope)
        if scope.kinds and total["kind"] not in {*scope.kinds, "rollback"}:
            raise _outside(total["rows"], total["kind"], scope)


def _outside(rows: int, of: str, scope: Scope) -> Unreadable:
    are = "row is" if rows == 1 else "rows are"
    return Unreadable(
        Fault(f"The stated scope is {scope.label}, but {rows:,} {are} {of}. Correct the scope or the file.")
    )


def _warn(statement: Statement) -> None:
    """A person has seen the warnings before; a machine's file of another book would be one break for each row."""
    if statement.grain == ReconciliationPlan.Grain.TOTALS:
        return
    seen = statement_warnings.check_rows(statement_rows.view_name(statement), statement.merchant, statement.day)
    statement.warnings = seen.warnings
    if seen.is_foreign and statement.source != Statement.Source.UPLOAD:
        raise Unreadable(*(Fault(warning) for warning in seen.warnings))


def _succeed(statement: Statement) -> None:
    """The newest that was received is the day's, in whichever order they are read, within its scope."""
    _lock_day(statement)
    there = current_statements(statement.merchant, statement.day)
    if any(each.pk > statement.pk and _replaces(each, statement) for each in there):
        return
    older = [each for each in there if each.pk < statement.pk and _replaces(statement, each)]
    Statement.objects.filter(pk__in=[each.pk for each in older]).update(is_current=False)
    statement.replaces, statement.is_current = older[-1] if older else None, True


def _replaces(newer: Statement, older: Statement) -> bool:
    """Lines of transactions and lines of totals are not added up."""
    return newer.grain != older.grain or Scope.parse(newer.scope).replaces(Scope.parse(older.scope))


def statements_replaced_by(merchant: Merchant, day: date, scope: Scope) -> list[Statement]:
    """Return the current statements that a statement of `scope` replaces."""
    return [each for each in current_statements(merchant, day) if scope.replaces(Scope.parse(each.scope))]


def statements_beside(merchant: Merchant, day: date, scope: Scope) -> list[Statement]:
    """Return the current statements to which a statement of `scope` is added."""
    return [each for each in current_statements(merchant, day) if not scope.replaces(Scope.parse(each.scope))]


def arrivals(parts: Sequence[Statement]) -> list[tuple[Scope, datetime]]:
    """Return the scope of each current statement with the moment when the first of its rows arrived."""
    came = Statement.objects.filter(merchant=parts[0].merchant_id, day=parts[0].day, state=Statement.State.READ)
    received = [(Scope.parse(scope), at) for scope, at in came.values_list("scope", "received_at")]
    scopes = [Scope.parse(part.scope) for part in parts]
    return [(scope, min(at for other, at in received if not scope.is_apart_from(other))) for scope in scopes]


def scope_of_row(case: Case) -> Scope:
    """Return the scope of the statement that a file for this case replaces. Raises ScopeNotKnown.

    It is the statement with the row, or else the only one that could have it.
    """
    parts = current_statements(case.merchant, case.day)
    there = case.theirs or {}
    if "line" in there and "day" not in there:
        number, seen = int(there["line"]) // LINES_OF_ONE, case.seen_by.statement_ids
        parts = [part for part in parts if part.pk in seen[number : number + 1]] or parts
    row = Scope(frozenset(filter(None, [case.currency])), frozenset({_kind_of(case)} & {*OWN_KINDS}))
    could = [scope for part in parts if not (scope := Scope.parse(part.scope)).is_apart_from(row)]
    if len(could) > 1:
        raise ScopeNotKnown([scope.label for scope in could])
    return could[0] if could else WHOLE


def _kind_of(case: Case) -> str:
    return str((case.ours or {}).get("kind") or (case.theirs or {}).get("kind") or "")


def check_replaces_one(*, merchant: Merchant, day: date, scope: Scope) -> None:
    """Refuse a file that would replace a statement of another scope (ScopeNotKnown)."""
    others = [each.scope for each in statements_replaced_by(merchant, day, scope) if each.scope != str(scope)]
    if others:
        raise ScopeNotKnown([Scope.parse(each).label for each in others])


def declared_gaps(statement: Statement | DayStatement) -> list[Gap]:
    """Return the declared totals that differ from the rows."""
    parts = statement.parts if isinstance(statement, DayStatement) else [statement]
    return [gap for part in parts for gap in totals.total_gaps(totals.stored_totals(part.declared), part.totals)]


PREVIEW_PATIENCE = 1.0  # seconds
preview_places = threading.BoundedSemaphore(settings.STATEMENTS_AT_ONCE)


# --- Looking first --------------------------------------------------------------------------------------------------
def preview_file(
    *,
    merchant: Merchant,
    name: str,
    content: IO[bytes],
    mapping: Words[str, Any] | None = None,
    day: date | None = None,
    scope: Scope = WHOLE,
) -> Preview:
    """Return how a file would be read, by `mapping`, the plan's, or one suggested from its columns, with warnings for
    `day`.

    Of a very large file, only the first rows are read, and a sentence says so. Raises StatementTooLarge, and
    PreviewsBusy while a process previews as many as it may: a small file can hold a million rows.
    """
    if content.seek(0, SEEK_END) > settings.MAX_STATEMENT_BYTES:
        raise StatementTooLarge
    stated = _how(merchant, Statement.Source.UPLOAD, mapping)
    how = mappings.from_json(stated)
    if mapping is None:  # nobody has looked at this file yet
        how = replace(how, encoding=formats.suggested_encoding(content, how.encoding))
    if not preview_places.acquire(timeout=PREVIEW_PATIENCE):
        raise PreviewsBusy
    try:
        with transaction.atomic(), loading.loaded_rows(lambda: nullcontext(content), how, bounds=LOOK) as loaded:
            suggested = replace(mappings.suggested_mapping(loaded.table.headers), encoding=how.encoding)
            how = how if stated else suggested
            seen = _previewed(loaded, how, scope)
            return _with_warnings(seen, loaded, merchant, day) if day and seen.can_be_read else seen
    except Unreadable as unreadable:
        return Preview(mapping=how, faults=unreadable.faults, fault_count=unreadable.count)
    finally:
        preview_places.release()


def _with_warnings(seen: Preview, loaded: Loaded, merchant: Merchant, day: date) -> Preview:
    if seen.mapping.grain == ReconciliationPlan.Grain.TOTALS:
        return seen
    warnings = statement_warnings.check_loaded(loaded, seen.mapping, merchant, day).warnings
    return replace(seen, warnings=[*seen.warnings, *warnings])


def _previewed(loaded: Loaded, how: Mapping, scope: Scope) -> Preview:
    table = loaded.table
    shown = Preview(table.format, table.headers, loading.sample(loaded), loaded.rows, how, how.asks(table.headers))
    shown = replace(
        shown,
        sheets=[sheet.name if sheet.is_visible else f"{sheet.name} (hidden)" for sheet in table.book],
        sheets_read=[sheet.name for sheet in table.sheets],
    )
    if shown.asks:
        return shown
    read = loading.totals(loaded, how)
    looked = _looked_at(loaded)
    shown = replace(shown, ignored=loading.read_rows(loaded, how).ignored, warnings=looked)
    try:
        loading.refuse_faults(loaded, how)
        declared = totals.stated_totals(table, how)
        _not_by_mistake_empty(sum(part["rows"] for part in read), declared)
        _within(scope, read)
    except Unreadable as unreadable:
        return replace(shown, totals=read, faults=unreadable.faults, fault_count=unreadable.count)
    return replace(shown, totals=read, gaps=[] if looked else totals.total_gaps(declared, read))


def _looked_at(loaded: Loaded) -> list[str]:
    """Return the sentence about a file of which the first rows were looked at."""
    rows = loaded.looked_at or loaded.rows
    if not loaded.is_cut and rows >= loaded.rows:
        return []
    of = "" if loaded.is_cut else f" of {loaded.rows:,}"
    more = " The file has more rows." if loaded.is_cut else ""
    after = "All rows are read after you send the file; one row that cannot be read then refuses the file."
    return [f"The preview looked at the first {rows:,}{of} rows.{more} {after}"]
