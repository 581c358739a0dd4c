"""Explanation of an answer: the checks of the contract in their order, each with its result then and now.

It shows no secret and no signature, and reads a fixed number of rows. `signature_diagnosis.own_request` checks before
whether the person may see the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from portal.lib.texts import Text
from wallet import statuses
from wallet.models import SignedRequest
from wallet.services.explain import facts, rejudge
from wallet.services.explain.checks import OF_ITEMS, ROWS, Value
from wallet.services.explain.facts import Facts
from wallet.services.explain.rejudge import REPEATS, RejudgeVerdict, StoredReading

SIGNED_ROWS = 5
QUARANTINE = 2
FAULT = 500


class CheckOutcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"
    NOT_ASKED = "not applicable"


@dataclass(frozen=True, slots=True)
class Rung:
    number: int
    name: Text
    status: str  # that is answered when it fails
    then: CheckOutcome
    values: tuple[Value, ...]
    now: CheckOutcome


@dataclass(frozen=True, slots=True)
class Explanation:
    request_id: UUID
    kind: str
    status: str
    message: str
    decided_by: int | None  # the row; None: all passed, or it was not decided
    rungs: tuple[Rung, ...]
    now: RejudgeVerdict
    asked_now: bool  # else `now` says nothing
    notes: tuple[str, ...]


def explain_request(*, line: SignedRequest, ask_now: bool = True) -> Explanation:
    """Explain the answer to a request. `ask_now`: also judge it now, with the work and the locks of a call."""
    seen = facts.read_facts(line)
    reading = rejudge.read_stored_call(seen)
    then, now = (
        _decided(seen),
        rejudge.rejudge_request(seen, reading) if ask_now else RejudgeVerdict(statuses.Undecided.key),
    )
    return Explanation(
        request_id=line.request_id,
        kind=reading.kind if reading else "",
        status=line.status,
        message=line.message,
        decided_by=then.row,
        rungs=tuple(_rung(number, seen, reading, then, now) for number in ROWS),
        now=now,
        asked_now=ask_now,
        notes=tuple(_notes(seen, reading, now)),
    )


def _decided(seen: Facts) -> RejudgeVerdict:
    """The row that gave the answer. A repeat is answered by row 11, whatever its first answer was."""
    status = seen.line.status
    row = rejudge.ROWS.get(status)
    if seen.is_repeat and (status == statuses.OK or (row or 0) > REPEATS):
        row = REPEATS
    return RejudgeVerdict(status, seen.line.message, row)


def _rung(number: int, seen: Facts, reading: StoredReading | None, then: RejudgeVerdict, now: RejudgeVerdict) -> Rung:
    row = ROWS[number]
    was = _outcome(number, reading, then)
    if was is CheckOutcome.NOT_REACHED and number <= SIGNED_ROWS and _was_signed(seen, then):
        was = CheckOutcome.PASSED
    values = tuple(row.values(seen)) if was in {CheckOutcome.PASSED, CheckOutcome.FAILED} else ()
    return Rung(number, row.name, row.status, was, values, _outcome(number, reading, now))


def _was_signed(seen: Facts, then: RejudgeVerdict) -> bool:
    """Refused by the ledger, after the signature: a key in quarantine, or what could not be decided."""
    is_quarantined = seen.key_then is not None and seen.key_then["status"] == "quarantined"
    return seen.line.secret_id is not None and (then.row is None or (then.row == QUARANTINE and is_quarantined))


def _outcome(number: int, reading: StoredReading | None, verdict: RejudgeVerdict) -> CheckOutcome:
    undecided = verdict.row is None and verdict.status != statuses.OK
    if undecided or (verdict.row is not None and number > verdict.row):
        return CheckOutcome.NOT_REACHED
    if number == verdict.row:
        return CheckOutcome.PASSED if verdict.status == statuses.OK else CheckOutcome.FAILED
    return CheckOutcome.PASSED if _is_asked(number, reading) else CheckOutcome.NOT_ASKED


def _is_asked(number: int, reading: StoredReading | None) -> bool:
    kinds = ROWS[number].kinds
    if reading is None or (reading.is_batch and number in OF_ITEMS):
        return False
    return kinds is None or reading.kind in kinds


def _notes(seen: Facts, reading: StoredReading | None, now: RejudgeVerdict) -> list[str]:
    line = seen.line
    found = [
        (_("This endpoint does not exist."), reading is None),
        (
            _("The request was refused before any check. The same request would be refused again."),
            line.http_status in rejudge.AT_THE_DOOR,
        ),
        (_("The request was not decided and changed nothing. You can send it again."), line.http_status >= FAULT),
        (
            _("Each item of the batch was checked and answered separately."),
            reading is not None and reading.is_batch and line.status == statuses.OK,
        ),
        (
            _("The request is a repeat and got its first answer again."),
            seen.is_repeat and line.status != statuses.DuplicateTransaction.key,
        ),
        (
            _("The request is older than the stored history of the merchant. The checks show the current values."),
            seen.is_before_history,
        ),
        (
            _("Too many changes were made since this request. The checks show the current values."),
            seen.is_long_ago,
        ),
        (_("Headers and body are no longer stored (7 days)."), line.status != statuses.OK and seen.kept is None),
        (
            _(
                "The body contained a secret key. The secret key was removed before the request was stored. "
                "Rotate the secret."
            ),
            rejudge.is_masked(seen),
        ),
        (now.note, bool(now.note)),
    ]
    return [note for note, holds in found if holds]
