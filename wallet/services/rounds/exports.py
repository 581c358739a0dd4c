"""Exports of rounds and transactions: a job writes a file from one snapshot, in constant memory, to a private folder.

The job records a heartbeat once a second. An export without a heartbeat has failed by the clock. A restart is a new
attempt; an old job that wakes up stops at its next heartbeat.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError as DatabaseBusy
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from merchants.services import job_queue
from portal.lib import clock, sheets, tables
from portal.lib.sheets import SheetAmount
from wallet.models import Export, Transaction
from wallet.models.export import NOT_TAKEN_FOR
from wallet.services.rounds import round_list
from wallet.services.rounds.round_list import RoundFilter

log = structlog.get_logger(__name__)

AT_ONCE = 3  # of one merchant
CHUNK = 2_000  # rows that are held in memory
COUNTED = {"open", "won", "lost"}  # a stake that was refused or given back is no result
WORD_SECONDS = 1.0
MISSED_FOR = timedelta(seconds=30)  # until then its job may be on the way
State, What, Form = Export.State, Export.What, Export.Form


class TooMany(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("%(number)s exports are already running. Wait until one is done, or cancel one.") % {"number": AT_ONCE}
        )


class NotAgain(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This export is still running or already done. Reload the page."))


class Stopped(Exception):
    """The export was cancelled, or another attempt has begun."""


# --- Asking -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def request_export(*, merchant: Merchant, by: Person, what: str, form: str, wish: RoundFilter) -> Export:
    """Request an export; its job starts after the commit. Refuses one above the limit of the merchant (TooMany)."""
    check_export_room(merchant)
    asked = Export.objects.create(
        merchant=merchant, by=by, what=What(what), form=Form(form), wish=wish.stored_values(), alive_at=clock.now()
    )
    transaction.on_commit(lambda: send_export_job(asked))
    return asked


def check_export_room(merchant: Merchant) -> None:
    """Refuse an export above the limit of a merchant (TooMany). No bet waits for the lock."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    now = clock.now()
    own = Export.objects.for_merchant(merchant.pk).filter(alive_at__gt=now - NOT_TAKEN_FOR, state__in=list(ACTIVE))
    if sum(1 for each in own if not each.is_broken_off(at=now)) >= AT_ONCE:
        raise TooMany


ACTIVE = (State.WAITING, State.RUNNING)


def send_export_job(asked: Export) -> None:
    """Send the job of an export. Without the broker, the timetable finds it."""
    job_queue.send_job("wallet.tasks.write_export", asked.pk)


@transaction.atomic
def restart_export(*, export: Export) -> Export:
    """Restart an export that stopped, failed or was cancelled. Refuses any other (NotAgain), and one too many
    (TooMany).
    """
    check_export_room(export.merchant)
    known = Export.objects.select_for_update().get(pk=export.pk)
    now = clock.now()
    if known.state not in {State.FAILED, State.CANCELLED} and not known.is_broken_off(at=now):
        raise NotAgain
    known.state, known.attempt, known.alive_at = State.WAITING, known.attempt + 1, now
    known.rows_done, known.rows_in_all, known.ended_at, known.cancelled_at = 0, None, None, None
    known.save()
    transaction.on_commit(lambda: send_export_job(known))
    return known


@transaction.atomic
def cancel_export(*, export: Export) -> Export:
    """Cancel an export. An export that has ended stays as it is."""
    now = clock.now()
    Export.objects.filter(pk=export.pk, state__in=ACTIVE).update(
        state=State.CANCELLED, cancelled_at=now, ended_at=now, alive_at=now
    )
    export.refresh_from_db()
    return export


# --- Fetching and forgetting ------------------------------------------------------------------------------------------
def fetch_file(*, export: Export) -> Path | None:
    """Return the path of the file, and count the download; None when there is no file."""
    path = exports_folder() / export.file_name
    if export.state != State.READY or export.expires_at is None or export.expires_at <= clock.now():
        return None
    if not path.is_file():
        return None
    Export.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
    return path


def delete_old_exports() -> int:
    """Delete expired files and the rest of abandoned attempts; return how many expired."""
    now, deleted = clock.now(), 0
    for each in Export.objects.filter(state=State.READY, expires_at__lte=now):
        (exports_folder() / each.file_name).unlink(missing_ok=True)
        deleted += Export.objects.filter(pk=each.pk, state=State.READY).update(state=State.EXPIRED)
    for path in exports_folder().iterdir():
        if path.stat().st_mtime < time.time() - 2 * 3600 * settings.EXPORT_HOURS:
            path.unlink(missing_ok=True)
    return deleted


def exports_folder() -> Path:
    """Return the folder, and make it if it does not exist."""
    path = Path(settings.EXPORT_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


# --- The job ----------------------------------------------------------------------------------------------------------
def write_waiting_exports() -> int:
    """Write the exports whose job was lost; return how many."""
    now = clock.now()
    waiting = Export.objects.filter(
        state=State.WAITING, alive_at__gt=now - NOT_TAKEN_FOR, alive_at__lte=now - MISSED_FOR
    )
    missed = list(waiting.order_by("pk").values_list("pk", flat=True))
    for number in missed:
        write_export(number)
    return len(missed)


def write_export(number: int) -> None:
    """Write the file of an export. Does nothing when another job writes it, or it was cancelled."""
    export = begin_attempt(number)
    if export is None:
        return
    path = exports_folder() / f"{export.file_name}.part"
    try:
        done = write_to(path, export)
        path.replace(exports_folder() / export.file_name)
        end_attempt(export, done)
    except Stopped:
        (exports_folder() / export.file_name).unlink(missing_ok=True)
        log.info("export.stopped", export=number)
    except Exception:
        own_attempt(export).update(state=State.FAILED, ended_at=clock.now())
        raise
    finally:
        path.unlink(missing_ok=True)


@transaction.atomic
def begin_attempt(number: int) -> Export | None:
    """Begin an attempt; None when another attempt is running and has a heartbeat."""
    export = Export.objects.select_for_update().filter(pk=number).first()
    now = clock.now()
    if export is None or not export.is_active:
        return None
    if export.state == State.RUNNING and not export.is_broken_off(at=now):
        return None
    export.state, export.attempt, export.alive_at, export.rows_done = State.RUNNING, export.attempt + 1, now, 0
    export.save(update_fields=["state", "attempt", "alive_at", "rows_done"])
    return export


def own_attempt(export: Export, *, using: str = "default") -> Any:
    """Return the rows of the export, if this attempt is the current one."""
    return Export.objects.using(using).filter(pk=export.pk, attempt=export.attempt, state=State.RUNNING)


def send_heartbeat(export: Export, **news: Any) -> None:
    """Record a heartbeat over the second connection; the first one reads a snapshot. Raises Stopped."""
    with suppress(DatabaseBusy):
        if not own_attempt(export, using=settings.WALLET_DATABASE).update(alive_at=clock.now(), **news):
            raise Stopped


def end_attempt(export: Export, done: tuple[int, bool]) -> None:
    """Record that the file is ready. Raises Stopped when this attempt is no longer current."""
    now, (rows, is_cut), path = clock.now(), done, exports_folder() / export.file_name
    news = {"rows_done": rows, "is_cut": is_cut, "size": path.stat().st_size, "ended_at": now}
    if not own_attempt(export).update(
        state=State.READY, expires_at=now + timedelta(hours=settings.EXPORT_HOURS), alive_at=now, **news
    ):
        raise Stopped


def write_to(path: Path, export: Export) -> tuple[int, bool]:
    """Write the file; return the number of rows, and whether there were more than a sheet can hold."""
    wish = RoundFilter.build(export.wish)
    titles, matching, cells = TABLES[What(export.what)]
    path.touch(mode=0o600)
    with snapshot():
        rows = matching(export.merchant, wish)
        in_all = rows.order_by().count()
        send_heartbeat(export, rows_in_all=in_all)
        most = sheets.MOST_ROWS if export.form == Form.XLSX else in_all
        with closing(rows.iterator(chunk_size=CHUNK)) as found:  # before its transaction ends
            counted = CountedRows(export, cells(islice(found, most)))
            WRITERS[Form(export.form)](path, titles, counted)
        return counted.number, in_all > counted.number


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything in this block as of its beginning."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class CountedRows:
    """Rows that count themselves and record it once a second. Raises Stopped."""

    def __init__(self, export: Export, rows: Iterable[list[Any]]) -> None:
        self.export, self.rows, self.number, self.said = export, rows, 0, time.monotonic()

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            self.number += 1
            yield row
            if time.monotonic() - self.said >= WORD_SECONDS:
                send_heartbeat(self.export, rows_done=self.number)
                self.said = time.monotonic()


def write_csv(path: Path, titles: list[str], rows: Iterable[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(tables.csv_lines(each for part in ([titles], rows) for each in part))


def write_xlsx(path: Path, titles: list[str], rows: Iterable[list[Any]]) -> None:
    with sheets.open_sheet(path, "Export") as sheet:
        sheet.add(titles)
        for row in rows:
            sheet.add(row)


# --- What stands in a row ---------------------------------------------------------------------------------------------
ROUND_TITLES = [
    "Time (UTC)", "Transaction", "Round", "Player", "Game", "Game name", "Session", "Currency", "Stake", "Paid",
    "Result", "State", "Answer",
]  # fmt: skip
MOVEMENT_TITLES = [
    "Time (UTC)", "Transaction", "Type", "Refers to", "Round", "Player", "Game", "Game name", "Session", "Currency",
    "Amount", "Balance after", "Key", "Key version", "Address", "Request",
]  # fmt: skip


ROUND = (
    "created_at", "transaction_id", "round_id", "player__player_id", "game__game_id", "game__name",
    "session__session_id", "currency", "amount", "debit_account_id", "paid", "is_gone", "status",
)  # fmt: skip
MOVEMENT = (
    "created_at", "transaction_id", "kind", "ref_transaction_id", "round_id", "player__player_id", "game__game_id",
    "game__name", "session__session_id", "currency", "amount", "balance", "secret__key__auth_key", "secret__version",
    "address", "request_id",
)  # fmt: skip


def every_round(merchant: Merchant, wish: RoundFilter) -> Any:
    """Return the rounds as plain values, because a million model objects take longer than the query."""
    return round_list.matching_rounds(merchant, wish).values_list(*ROUND, named=True)


def every_movement(merchant: Merchant, wish: RoundFilter) -> Any:
    """Return the transactions as plain values."""
    return round_list.movement_rows(merchant, wish).values_list(*MOVEMENT, named=True)


def cells_of_rounds(bets: Iterable[Any]) -> Iterator[list[Any]]:
    for bet in bets:
        state = round_list.outcome(bet)
        stake = bet.amount or 0 if state in COUNTED else 0
        yield [
            bet.created_at, bet.transaction_id, bet.round_id, bet.player__player_id, bet.game__game_id, bet.game__name,
            bet.session__session_id, bet.currency, amount(bet.amount, bet.currency),
            amount(bet.paid or 0, bet.currency), amount(stake - (bet.paid or 0), bet.currency), state, bet.status,
        ]  # fmt: skip


def cells_of_movements(rows: Iterable[Any]) -> Iterator[list[Any]]:
    for at, name, kind, *names, currency, moved, balance, key, version, address, request_id in rows:
        shown = "correction" if kind == Transaction.Kind.CORRECTION else kind
        signed = [key, version, address, str(request_id)] if key else [None] * 4
        yield [at, name, shown, *names, currency, amount(moved, currency), amount(balance, currency), *signed]


def amount(units: int | None, currency: str | None) -> SheetAmount | None:
    return None if units is None else SheetAmount(units, currency or "")


Cells = Callable[[Iterable[Any]], Iterator[list[Any]]]
TABLES: dict[Export.What, tuple[list[str], Callable[[Merchant, RoundFilter], Any], Cells]] = {
    What.ROUNDS: (ROUND_TITLES, every_round, cells_of_rounds),
    What.MOVEMENTS: (MOVEMENT_TITLES, every_movement, cells_of_movements),
}
WRITERS: dict[Export.Form, Callable[[Path, list[str], Iterable[list[Any]]], None]] = {
    Form.CSV: write_csv,
    Form.XLSX: write_xlsx,
}
