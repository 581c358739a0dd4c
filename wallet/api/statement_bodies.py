"""Of which day is a statement that a machine sent? Its signed bytes say so, and nothing else does.

A signature covers the body and the time: not the path, no header, no query. Whatever names the day has to stand in
the body, or somebody on the way could send yesterday's statement as today's. The format is told by the bytes too. Only
the beginning is read here, however large the body is; a job reads the rest.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import IO, NamedTuple

from merchants.errors import Refusal
from wallet import statuses
from wallet.api import contracts, decoding
from wallet.reconciliation.reading.table import Unreadable
from wallet.reconciliation.reading.unpacking import Unpacked
from wallet.reconciliation.scopes import Scope

HEAD = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
IN_CSV = re.compile(rb"#day=([0-9]{4}-[0-9]{2}-[0-9]{2})(?:;([^\r\n]{0,300}))?\r?\n")
IN_JSON = re.compile(
    rb'\s*\{\s*"day"\s*:\s*"([0-9]{4}-[0-9]{2}-[0-9]{2})"\s*,(?:\s*"scope"\s*:\s*"([^"\\]{0,300})"\s*,)?'
)
ELSEWHERE = "In a large body, day must be the first field and scope the second."
NOT_SAID = "The first line of a CSV is #day= and the day, such as #day=2026-01-31, so that it is signed with the rest."


class Heading(NamedTuple):
    day: date
    scope: Scope


def heading_of(file: IO[bytes]) -> Heading:
    """Return the day, and of what part of it the statement is. Leaves the file at its beginning.

    Raises IncorrectData and FieldRequiredOrInvalid.
    """
    head, is_whole = _head(file)
    if not head:
        raise statuses.IncorrectData("The body is empty.")
    if head.lstrip()[:1] in {b"{", b"["}:
        return _heading(*(_said_whole(head) if is_whole else _found(IN_JSON, head, ELSEWHERE)))
    return _heading(*_found(IN_CSV, head.removeprefix(BYTE_ORDER_MARK), NOT_SAID))


def _heading(day: str, scope: str) -> Heading:
    try:
        return Heading(_date(day), Scope.parse(scope))
    except Refusal as refused:
        raise statuses.FieldRequiredOrInvalid(f"scope: {refused}") from refused


def _head(file: IO[bytes]) -> tuple[bytes, bool]:
    try:
        unpacked, head = Unpacked(file), bytearray()
        while len(head) <= HEAD and (piece := unpacked.read(HEAD + 1 - len(head))):
            head += piece
    except Unreadable as fault:
        raise statuses.IncorrectData(str(fault)) from fault
    finally:
        file.seek(0)
    return bytes(head[:HEAD]), len(head) <= HEAD


def _said_whole(body: bytes) -> tuple[str, str]:
    call = decoding.check_contract(contracts.StatementCall, decoding.parse_object(body))
    return call.day, call.scope if isinstance(call.scope, str) else ""


def _found(where: re.Pattern[bytes], head: bytes, sentence: str) -> tuple[str, str]:
    found = where.match(head)
    if found is None:
        raise statuses.FieldRequiredOrInvalid(sentence)
    return found.group(1).decode(), (found.group(2) or b"").decode(errors="replace")


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as fault:
        raise statuses.FieldRequiredOrInvalid("day is not a day such as 2026-01-31.") from fault
