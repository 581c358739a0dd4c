"""The request log: one entry per call, kept in memory for a moment and written in bulk by COPY.

A crash can lose the entries of the last REQUEST_LOG_FLUSH_SECONDS of each web process (a kill -9; a normal stop writes
them). Money does not depend on them: the ledger's rows have signer, address and time. If the database cannot take
entries, the newest REQUEST_LOG_CAPACITY are held; older ones are dropped and counted. Headers and bodies of refused
calls are held up to REQUEST_LOG_HELD_BYTES, because callers without a valid signature decide on their size; further
ones have an entry only. wallet.services.log.refusal_budget bounds what is written of them.
"""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, close_old_connections, connection, transaction
from django.db.models import CharField
from psycopg.types.json import Jsonb

from portal.lib.clientip import Address
from wallet.models import SignedRequest
from wallet.services.calls import stored_signature
from wallet.services.log import refusal_budget

log = structlog.get_logger(__name__)

COLUMNS = (
    *("created_at", "request_id", "merchant_id", "secret_id", "auth_key", "address", "address_source"),
    *("method", "endpoint", "http_status", "status", "message"),
    *("player_id", "session_id", "game_id", "transaction_id", "ref_transaction_id", "round_id"),
    *("currency", "amount", "balance", "items", "duration_us"),
)
FIELDS = SignedRequest._meta.concrete_fields  # noqa: SLF001 - how Django is asked for the columns of a model
LONGEST = {field.column: field.max_length for field in FIELDS if isinstance(field, CharField)}
LONGEST_OF_COLUMNS = [LONGEST.get(column) for column in COLUMNS]
_values_of = attrgetter(*COLUMNS)
COPY_LINES = f"COPY wallet_signedrequest ({', '.join(COLUMNS)}) FROM STDIN"
COPY_REFUSED = "COPY wallet_refusedcall (request_id, created_at, query, headers, body, signature, is_cut) FROM STDIN"
SEEN = """
    INSERT INTO merchants_seenaddress (key_id, address, first_seen_at, last_seen_at)
    SELECT s.key_id, l.address::inet, min(l.first), max(l.last)
      FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[]) AS l (secret_id, address, first, last)
      JOIN merchants_secret s ON s.id = l.secret_id
     GROUP BY s.key_id, l.address::inet ORDER BY 1, 2
    ON CONFLICT (key_id, address) DO UPDATE
       SET last_seen_at = greatest(merchants_seenaddress.last_seen_at, excluded.last_seen_at),
           first_seen_at = least(merchants_seenaddress.first_seen_at, excluded.first_seen_at)
"""

ORIGINS = """
    INSERT INTO merchants_seenorigin (key_id, host, last_seen_at)
    SELECT s.key_id, l.host, max(l.last)
      FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[]) AS l (secret_id, host, first, last)
      JOIN merchants_secret s ON s.id = l.secret_id
     GROUP BY s.key_id, l.host ORDER BY 1, 2
    ON CONFLICT (key_id, host) DO UPDATE
       SET last_seen_at = greatest(merchants_seenorigin.last_seen_at, excluded.last_seen_at)
"""


@dataclass(slots=True)
class LogLine:
    """One call as the log stores it, filled in on its way through the server."""

    request_id: UUID
    created_at: datetime
    address: Address | None
    address_source: str
    method: str
    endpoint: str
    auth_key: str = ""
    merchant_id: int | None = None
    secret_id: int | None = None
    http_status: int = 0
    status: str = ""
    message: str = ""
    player_id: str | None = None
    session_id: str | None = None
    game_id: str | None = None
    transaction_id: str | None = None
    ref_transaction_id: str | None = None
    round_id: str | None = None
    currency: str | None = None
    amount: int | None = None
    balance: int | None = None
    items: int | None = None
    duration_us: int = 0
    origin: str | None = None  # the host that a rightly signed call said; in no column of the line
    refused: RefusedBody | None = field(default=None)
    is_dropped: bool = False  # beyond the limit of its address: counted, and not written

    def row(self) -> tuple[Any, ...]:
        return tuple(map(_fitting, LONGEST_OF_COLUMNS, _values_of(self)))


@dataclass(frozen=True, slots=True)
class RefusedBody:
    """Query, headers and body of a refused call, as it arrived."""

    query: str
    headers: dict[str, str]
    body: bytes
    is_cut: bool = False

    @property
    def size(self) -> int:
        return len(self.body) + len(self.query) + sum(len(name) + len(value) for name, value in self.headers.items())

    def shortened(self) -> RefusedBody:
        """Return the part that is stored for a caller without a valid auth key: what the checks read, and the beginning
        of the rest.
        """
        if self.size <= SHORT_BYTES:
            return self
        headers, room = {}, SHORT_BYTES // 2
        for name in sorted(self.headers, key=lambda name: name not in TELLING):
            value = self.headers[name][:SHORT_HEADER]
            if len(name) + len(value) <= room:
                headers[name], room = value, room - len(name) - len(value)
        query = self.query[: SHORT_BYTES // 8]
        left = SHORT_BYTES - len(query) - (SHORT_BYTES // 2 - room)
        return RefusedBody(query, headers, self.body[:left], is_cut=True)


SHORT_BYTES, SHORT_HEADER = 1024, 80
TELLING = {"x-api-key", "x-signature", "x-timestamp", "host", "origin", "content-type", "content-length", "user-agent"}
_lines: deque[LogLine] = deque(maxlen=settings.REQUEST_LOG_CAPACITY)
_held = 0  # bytes of refused calls that wait; counted anew by each drain, so near enough without a lock
_writing = threading.Lock()
_writer: threading.Thread | None = None
_stop = threading.Event()


def add_line(line: LogLine) -> None:
    """Hand a finished entry to the writer. It costs the caller an append."""
    if line.is_dropped or (line.secret_id is None and len(_lines) > settings.REQUEST_LOG_CAPACITY // 2):
        refusal_budget.drop_line(line)  # strangers take no place of those who sign
    else:
        _append(line)
    if _writer is None and settings.REQUEST_LOG_FLUSH_SECONDS:
        _start()


def _append(line: LogLine) -> None:
    _hold(line)
    if len(_lines) == settings.REQUEST_LOG_CAPACITY:
        log.warning("request_log.dropped", request_id=str(_lines[0].request_id))
        refusal_budget.drop_line(_lines[0])
    _lines.append(line)


def _hold(line: LogLine) -> None:
    global _held  # noqa: PLW0603 - one a process, as the lines
    size = line.refused.size if line.refused else 0
    if _held + size > settings.REQUEST_LOG_HELD_BYTES:
        refusal_budget.drop_body(line)
    else:
        _held += size


def drain_lines() -> int:
    """Write the waiting entries; return their number. Entries that cannot be written wait for the next time."""
    global _held  # noqa: PLW0603 - see above
    with _writing:
        waiting = [[_lines.popleft() for _ in range(len(_lines))]]
        count = len(waiting[0])
        try:
            waiting = [refusal_budget.allot_lines(waiting[0])]
            while waiting:
                waiting[:1] = _write_or_halve(waiting[0])
            refusal_budget.write_counts()
        except Exception:
            _put_back([line for batch in waiting for line in batch])
            raise
        finally:
            _held = sum(line.refused.size for line in list(_lines) if line.refused)
    return count


def _write_or_halve(lines: list[LogLine]) -> list[list[LogLine]]:
    """What is left to write: nothing, or two halves when the database refuses a line that stands somewhere in them.

    A line that is refused alone is dropped and told of; it must not keep the others waiting.
    """
    try:
        _write(lines)
        refusal_budget.count_written(lines)
    except (DataError, IntegrityError, ValueError, TypeError):
        if len(lines) > 1:
            return [lines[: len(lines) // 2], lines[len(lines) // 2 :]]
        log.exception("request_log.unwritable", request_id=str(lines[0].request_id))
        refusal_budget.drop_line(lines[0])
    return []


def _put_back(lines: list[LogLine]) -> None:
    """The newest that still have room."""
    room = settings.REQUEST_LOG_CAPACITY - len(_lines)
    kept = lines[-room:] if room else []
    if len(kept) < len(lines):
        log.warning("request_log.dropped", lines=len(lines) - len(kept))
        for line in lines[: len(lines) - len(kept)]:
            refusal_budget.drop_line(line)
    _lines.extendleft(reversed(kept))


def _write(lines: list[LogLine]) -> None:
    if not lines:
        return
    with transaction.atomic(), connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(COPY_LINES) as copy:
            for line in lines:
                copy.write_row(line.row())
        refused = [line for line in lines if line.refused is not None]
        if refused:
            _write_refused(cursor, refused)
        signed = [line for line in lines if line.secret_id is not None]
        _write_seen(cursor, SEEN, ((line, line.address) for line in signed if line.address is not None))
        _write_seen(cursor, ORIGINS, ((line, line.origin) for line in signed if line.origin is not None))


def _write_seen(cursor: Any, statement: str, seen: Iterable[tuple[LogLine, Address | str]]) -> None:
    """Write who called, once for each secret and address or host: the lines of a second have few of them."""
    spans: dict[tuple[int | None, Address | str], tuple[datetime, datetime]] = {}
    for line, who in seen:
        caller, at = (line.secret_id, who), line.created_at
        first, last = spans.get(caller, (at, at))
        spans[caller] = min(first, at), max(last, at)
    if spans:
        rows = [(secret_id, str(who), *span) for (secret_id, who), span in spans.items()]
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _write_refused(cursor: Any, lines: list[LogLine]) -> None:
    with cursor.copy(COPY_REFUSED) as copy:
        for line in lines:
            if kept := line.refused:
                headers, signature = stored_signature.cut_headers(line.request_id, kept.headers)
                proof = None if signature is None else Jsonb(signature)
                start = (line.request_id, line.created_at, kept.query, Jsonb(headers), kept.body)
                copy.write_row((*start, proof, kept.is_cut))


def _fitting(longest: int | None, value: Any) -> Any:
    """As its column takes it: a text without NUL and half characters, and not longer than `longest`."""
    if isinstance(value, str):
        if not value.isascii() or "\0" in value:  # nearly never
            value = value.replace("\0", "").encode(errors="replace").decode()
        return value[:longest]
    return str(value) if isinstance(value, Address) else value


def _start() -> None:
    global _writer  # noqa: PLW0603 - one writer a process, started by its first call (after any fork)
    with _writing:
        if _writer is None:
            _writer = threading.Thread(target=_run, name="request-log", daemon=True)
            _writer.start()
            atexit.register(stop_writer)


def _run() -> None:
    while not _stop.wait(settings.REQUEST_LOG_FLUSH_SECONDS):
        _drain_or_tell()
    _drain_or_tell()


def _drain_or_tell() -> None:
    try:
        drain_lines()
    except Exception as fault:  # noqa: BLE001 - whatever it is, the next time may be better; without a writer none is
        log.warning("request_log.waiting", lines=len(_lines), fault=str(fault))
        close_old_connections()


def stop_writer() -> None:
    """Write the rest and end the writer; for an orderly end of the process."""
    _stop.set()
    if _writer is not None:
        _writer.join(timeout=5)


def clear_lines() -> None:
    """Drop the entries that are not written yet."""
    global _held  # noqa: PLW0603 - see above
    _lines.clear()
    refusal_budget.clear()
    _held = 0
