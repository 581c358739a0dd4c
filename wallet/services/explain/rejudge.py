"""Judges a stored call again as of now, by the functions that judge live calls. Nothing is moved.

The clock of the sender is assumed to differ as it did on arrival. The work of the ledger is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.services import credentials
from merchants.services.credentials import Credential, UsableSecret
from portal.lib import clock
from portal.lib.clientip import parse_address
from wallet import statuses
from wallet.ledger import ledger
from wallet.ledger.ledger import Caller, StaleAccess
from wallet.services.calls import signed, stored_signature
from wallet.services.calls.signed import Signed
from wallet.services.explain import signed_texts
from wallet.services.explain.facts import Facts

UNKNOWN_BYTES = gettext_lazy("The signed bytes are not stored, so the signature cannot be checked again.")
GIVEN_AWAY = gettext_lazy("The body contains a secret key.")
AT_THE_DOOR = {
    kind.http_status for kind in (statuses.MethodNotAllowed, statuses.BodyTooLarge, statuses.UnsupportedMediaType)
}
ROWS = {
    statuses.MissingHeaders.key: 1,
    statuses.InvalidApiKey.key: 2,
    statuses.IpRestriction.key: 3,
    statuses.SignatureExpired.key: 4,
    statuses.SignatureNotMatch.key: 5,
    statuses.MerchantNotActive.key: 6,
    statuses.IncorrectData.key: 7,
    statuses.FieldRequiredOrInvalid.key: 8,
    statuses.InvalidNumber.key: 9,
    statuses.InvalidAmount.key: 10,
    statuses.DuplicateTransaction.key: 11,
    statuses.RecordNotFound.key: 12,
    statuses.SessionRequiredOrInvalid.key: 13,
    statuses.GameInactive.key: 14,
    statuses.PlayerBlocked.key: 15,
    statuses.TransactionDoesNotExist.key: 16,
    statuses.LimitReached.key: 17,
    statuses.NotEnoughMoney.key: 18,
}
REPEATS = 11


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A stored call, as it is read again. Without a stored body: the values in log and ledger."""

    endpoint: str
    query: str
    body: bytes | None
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredReading:
    """The request in a stored call. `refusal`: by rows 7 to 10. `serve` carries it out, under another id when given."""

    kind: str
    is_batch: bool
    refusal: statuses.CallRefused | None
    serve: Callable[[Caller, str | None], None]


@dataclass(frozen=True, slots=True)
class RejudgeVerdict:
    status: str
    message: str = ""
    row: int | None = None  # that decides; None when all pass, or nobody knows
    note: str = ""


type Reader = Callable[[StoredQuestion], StoredReading | None]
_readers: dict[str, Reader] = {}


def register(reader: Reader) -> None:
    """Register the function of the signed API, which is above this package, that reads a stored call."""
    _readers["api"] = reader


def read_stored_call(facts: Facts) -> StoredReading | None:
    """Return the request in a stored call; None for an endpoint that does not exist."""
    line = facts.line
    kept = None if facts.kept is None or facts.kept.is_cut else facts.kept
    body = bytes(kept.body) if kept else None
    reading = _readers["api"](StoredQuestion(line.endpoint, kept.query if kept else "", body, _said(facts)))
    if reading is not None and is_masked(facts):
        return replace(reading, refusal=statuses.IncorrectData(str(GIVEN_AWAY)))
    return reading


def is_masked(facts: Facts) -> bool:
    """Return whether a secret was removed from the stored body."""
    return facts.kept is not None and signed_texts.is_masked(bytes(facts.kept.body))


def is_judgeable(facts: Facts) -> bool:
    """Return whether the signed bytes and the signature are stored, so that row 5 can be judged again."""
    kept = facts.kept
    if kept is None or kept.is_cut or is_masked(facts):
        return False
    return stored_signature.kept_signature(kept) is not None


def _said(facts: Facts) -> dict[str, Any]:
    line, first = facts.line, facts.first
    said = {
        "playerId": line.player_id,
        "playerName": line.player_id,
        "sessionId": line.session_id,
        "gameId": line.game_id,
        "transactionId": line.transaction_id,
        "refTransactionId": line.ref_transaction_id,
        "roundId": line.round_id,
        "currency": line.currency,
        "amount": line.amount,
        "rewardedAmount": line.amount,
        "balance": 0,
        "isWin": first.is_win if first and first.is_win is not None else bool(line.amount),
        "rewardType": first.reward_type if first and first.reward_type else "bonus",
    }
    return {name: value for name, value in said.items() if value is not None}


def rejudge_request(facts: Facts, reading: StoredReading | None) -> RejudgeVerdict:
    """Return how a stored call would be answered now. Nothing is moved."""
    if reading is None or facts.line.http_status in AT_THE_DOOR:
        return RejudgeVerdict(facts.line.status, facts.line.message)
    try:
        caller = _caller(facts, credentials.load_credential(facts.line.auth_key, fresh=True))
        return _answer(facts, caller, reading)
    except statuses.CallRefused as refusal:
        return _verdict(refusal)
    except StaleAccess:
        return _verdict(statuses.Overloaded())


def _verdict(refusal: statuses.CallRefused, *, note: str = "") -> RejudgeVerdict:
    return RejudgeVerdict(refusal.key, refusal.message, ROWS.get(refusal.key), note)


# --- rows 1 to 5 ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class LoggedCall(Signed):
    """A call of the log. Checks whose input is no longer stored keep their result of that time."""

    facts: Facts

    def check_headers(self) -> None:
        if self.facts.kept is not None:
            signed.require_headers(self.headers)
        elif self.facts.line.status == statuses.MissingHeaders.key:
            raise statuses.MissingHeaders(self.facts.line.message)

    def check_clock(self, now: datetime, window_ms: int) -> None:
        """Judge the clock of the sender as on arrival (row 4)."""
        if self.facts.kept is not None:
            arrived_ms = self.facts.line.created_at.timestamp() * 1000
            signed.check_clock(self.headers.get("x-timestamp", ""), now_ms=arrived_ms, window_ms=window_ms)

    def is_signed_with(self, secret: UsableSecret) -> bool:
        """Return whether the secret signed the call: as verified then, else by the stored bytes."""
        if self.facts.line.secret_id is not None or self.facts.kept is None:
            return self.facts.line.secret_id == secret.id
        return stored_signature.is_signed_with(self.facts.kept, secret.value)

    def signature_refusal(self) -> statuses.CallRefused:
        if self.facts.line.secret_id is None and not is_judgeable(self.facts):
            return statuses.Undecided(str(UNKNOWN_BYTES))
        return statuses.SignatureNotMatch()


def _caller(facts: Facts, found: Credential | None) -> Caller:
    call = LoggedCall(facts.headers, b"", parse_address(facts.line.address or ""), uuid4(), facts)
    call.check_headers()
    return signed.find_caller(call, found, clock.now())


# --- rows 6 to 18 -----------------------------------------------------------------------------------------------------
def _answer(facts: Facts, caller: Caller, reading: StoredReading) -> RejudgeVerdict:
    ledger.check_gate(caller, reading.kind)
    if reading.refusal is not None:
        raise reading.refusal
    if reading.is_batch:
        return RejudgeVerdict(statuses.OK, note=_("Each item of the batch would be checked separately."))
    if facts.first is None:
        return _served(caller, reading, None)
    repeated = _served(caller, reading, None)
    if facts.first.request_id != facts.line.request_id:
        return RejudgeVerdict(repeated.status, repeated.message, REPEATS, _("Another request used this transactionId."))
    note = _("With its own transactionId, the request gets its first answer again: %(status)s.") % {
        "status": repeated.status
    }
    anew = _served(caller, reading, str(uuid4()))
    return RejudgeVerdict(anew.status, anew.message, anew.row, note)


def _served(caller: Caller, reading: StoredReading, transaction_id: str | None) -> RejudgeVerdict:
    """Done, and undone: nobody sees it, and the player waits for as long as for another call."""
    verdict = RejudgeVerdict(statuses.OK)
    with transaction.atomic(using=settings.WALLET_DATABASE):
        try:
            reading.serve(caller, transaction_id)
        except statuses.CallRefused as refusal:
            verdict = _verdict(refusal)
        transaction.set_rollback(True, using=settings.WALLET_DATABASE)
    return verdict
