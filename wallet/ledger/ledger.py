"""The only caller of the ledger functions: one round trip for a call, one for each piece of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection, connections
from psycopg.types.json import Jsonb

from portal.lib import clock
from portal.lib.clientip import Address
from portal.lib.postgres.base import DatabaseWrapper
from portal.lib.postgres.connection import is_certain
from wallet import statuses

STALE = "STALE"
CALLER = "ROW(%s::bigint, %s::bigint, %s::bigint, %s::inet, %s::uuid, %s::timestamptz)::wallet_caller"
CALL = (
    "ROW(%s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::bigint, %s::boolean,"
    " %s::text)::wallet_call"
)
POST = f"SELECT status, balance FROM wallet_post({CALLER}, {CALL})"
POST_BATCH = f"SELECT ordinal, status, balance FROM wallet_post_batch({CALLER}, %s::text, %s::jsonb) ORDER BY ordinal"
BALANCE = f"SELECT status, balance FROM wallet_balance({CALLER}, %s::text, %s::text)"
GATE = f"SELECT coalesce(refusal, 'RS_OK'), NULL FROM wallet_gate({CALLER}, %s::text)"
CORRECT = "SELECT status, balance FROM wallet_correct(%s::bigint, %s::bigint, %s::timestamptz)"
OPEN_ACCOUNT = "SELECT wallet_open_account(%s::bigint, %s::bigint, %s::text)"


class StaleAccess(Exception):
    """The merchant's keys or allowlists changed after the caller was judged. Judge the caller again."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The signer of a call, its address, and the version of the merchant's access by which it was judged."""

    merchant_id: int
    secret_id: int
    access_version: int
    address: Address
    request_id: UUID

    def row(self) -> tuple[Any, ...]:
        return (
            self.merchant_id,
            self.secret_id,
            self.access_version,
            str(self.address),
            self.request_id,
            clock.moment(),
        )


@dataclass(frozen=True, slots=True)
class Call:
    """A call to the ledger. Amounts are real amount × 100000. None: the call did not state the field."""

    kind: str
    transaction_id: str
    player_id: str
    ref_transaction_id: str | None = None
    session_id: str | None = None
    round_id: str | None = None
    game_id: str | None = None
    currency: str | None = None
    amount: int | None = None
    is_win: bool | None = None
    reward_type: str | None = None

    def row(self) -> tuple[Any, ...]:
        return (
            self.kind,
            self.transaction_id,
            self.ref_transaction_id,
            self.session_id,
            self.round_id,
            self.player_id,
            self.game_id,
            self.currency,
            self.amount,
            self.is_win,
            self.reward_type,
        )


class Answer(NamedTuple):
    status: str
    balance: int | None


@contextmanager
def _deadline() -> Iterator[None]:
    """A wait that took too long, or a database that is away, is an answer too: nothing moved, ask again."""
    try:
        yield
    except (OperationalError, InterfaceError) as fault:
        raise undecided_call(fault) from fault


def undecided_call(fault: Error) -> statuses.Undecided:
    """Return the refusal of a call that the database did not decide: Overloaded when nothing was done, else
    Unanswered.
    """
    return statuses.Overloaded() if is_certain(fault) else statuses.Unanswered()


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Committed, unless the caller has begun a transaction of its own."""
    database = cast("DatabaseWrapper", connections[settings.WALLET_DATABASE])
    with _deadline():
        rows = database.rows(sql, parameters)
        database.check_committed()
    return rows


def _answer(sql: str, parameters: Sequence[Any]) -> Answer:
    answer = Answer(*_rows(sql, parameters)[0])
    if answer.status == STALE:
        raise StaleAccess
    return answer


def post(caller: Caller, call: Call) -> Answer:
    """Judge and post one bet, payout, reward, deposit or withdrawal.

    Returns the status key, and the player's balance (× 100000) or None if the status has no balance. A repeated
    transaction id gets its first answer. Raises StaleAccess. Raises statuses.Overloaded when nothing was done, and
    statuses.Unanswered when the outcome is unknown.
    """
    return _answer(POST, (*caller.row(), *call.row()))


def post_batch(caller: Caller, kind: str, calls: Sequence[Call]) -> list[Answer]:
    """Judge and post the items of a `rollback` or of late payouts in one transaction.

    Returns one answer for each item, in order. Raises the refusal when the caller may not send this kind of call, and
    StaleAccess, Overloaded and Unanswered as `post` does.
    """
    rows = _rows(POST_BATCH, (*caller.row(), kind, Jsonb([asdict(call) for call in calls])))
    if rows[0][1] == STALE:
        raise StaleAccess
    if rows[0][0] == 0:
        raise statuses.refusal_for(rows[0][1])
    return [Answer(status, balance) for _, status, balance in rows]


def read_balance(caller: Caller, player_id: str, currency: str) -> Answer:
    """Return the status key and the player's balance in a currency. Raises as `post` does."""
    return _answer(BALANCE, (*caller.row(), player_id, currency))


def check_gate(caller: Caller, kind: str) -> None:
    """Refuse a caller who may not send this kind of call (`bet`, `launch`, `read` …) at this moment."""
    answer = _answer(GATE, (*caller.row(), kind))
    if answer.status != statuses.OK:
        raise statuses.refusal_for(answer.status)


def open_account(merchant_id: int, player_pk: int, currency: str) -> int:
    """Return the id of the player's account in a currency; create the account if it does not exist."""
    return int(_rows(OPEN_ACCOUNT, (merchant_id, player_pk, currency))[0][0])


def post_correction(correction_id: int, approver_id: int) -> Answer:
    """Post the correcting entry that one person proposed and another approves, in the caller's transaction.

    The database refuses the proposer as approver, a person outside our staff and a resolved case. No deadline of a
    signed call applies: errors of the database are raised unchanged.
    """
    with connection.cursor() as cursor:
        cursor.execute(CORRECT, [correction_id, approver_id, clock.moment()])
        return Answer(*cursor.fetchall()[0])
