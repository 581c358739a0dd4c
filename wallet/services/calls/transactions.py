"""Actions of the wallet: each takes a judged caller and a checked call, and answers from the ledger or from play
money.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic

from portal.lib import deadline
from wallet import statuses
from wallet.ledger import ledger
from wallet.ledger.ledger import Answer, Call, Caller
from wallet.services.calls import play_money

PIECE = 50  # items of a batch in one transaction: nobody waits for the players of the others
ROOM_SECONDS = 0.1  # before the deadline of the call
BATCH_SECONDS = 0.75  # where there is none: after which no further piece is begun; callers give up after a second
PARTLY = (
    "The wallet is busy. Only a part of the batch is done. Send the same batch again: "
    "the finished items get the same answers."
)


def player_balance(caller: Caller, *, player_id: str, currency: str) -> int:
    """Return a player's balance, real amount × 100000. Raises the refusal."""
    if play_money.is_play_call(currency, None):
        return play_money.play_balance(caller, player_id)
    return _balance_or_refuse(ledger.read_balance(caller, player_id, currency))


def post_transaction(caller: Caller, call: Call) -> int:
    """Post a bet, payout, reward, deposit or withdrawal; return the balance after it, real amount × 100000.

    Raises the refusal of rows 6 and 11 to 18, StaleAccess, and Overloaded or Unanswered when the database did not
    decide.
    """
    post_one = play_money.post_play if play_money.is_play_call(call.currency, call.session_id) else ledger.post
    return _balance_or_refuse(post_one(caller, call))


def _balance_or_refuse(answer: Answer) -> int:
    if answer.status != statuses.OK or answer.balance is None:
        raise statuses.refusal_for(answer.status, balance=answer.balance)
    return answer.balance


def post_batch(caller: Caller, kind: str, calls: Sequence[Call]) -> list[Answer]:
    """Post rollbacks or late payouts, each on its own and in order; return one answer for each.

    Raises the refusal when the caller may not send this kind of call. Raises Overloaded or Unanswered when time runs
    out; items that were done by then get the same answer when the batch is sent again.
    """
    play = [play_money.is_play_call(call.currency, call.session_id) for call in calls]
    real = [call for call, is_play in zip(calls, play, strict=True) if not is_play]
    if len(real) < len(calls) or not calls:
        ledger.check_gate(caller, kind)
    # Play money first: once real money has moved, nothing may stand between it and the answer.
    left = deadline.seconds_left()
    until = monotonic() + (BATCH_SECONDS if left is None else left - ROOM_SECONDS)
    demo = [call for call, is_play in zip(calls, play, strict=True) if is_play]
    played = iter(_post_pieces(demo, partial(play_money.post_play_batch, caller), until))
    moved = iter(_post_pieces(real, partial(ledger.post_batch, caller, kind), until))
    return [next(played) if is_play else next(moved) for is_play in play]


def _post_pieces(calls: Sequence[Call], post: Callable[[Sequence[Call]], list[Answer]], until: float) -> list[Answer]:
    """Post each piece in a transaction of its own.

    The first piece is always tried, so that a repeated batch gets further.

    The state of merchant or key may change between two pieces: each item is answered by the state that its piece met.
    """
    answers: list[Answer] = []
    refusals: list[statuses.CallRefused] = []
    longest = 0.0
    for start in range(0, len(calls), PIECE):
        piece, begun = calls[start : start + PIECE], monotonic()
        if answers and begun + longest > until:
            raise statuses.Overloaded(PARTLY)
        try:
            answers += post(piece)
        except statuses.Undecided as fault:  # busy, or not answered in time: then this piece may be done too
            raise type(fault)(PARTLY if answers else "") from fault
        except statuses.CallRefused as refusal:
            refusals.append(refusal)
            answers += [Answer(refusal.key, None)] * len(piece)
        longest = max(longest, monotonic() - begun)
    if len(refusals) * PIECE >= len(calls) > 0:
        raise refusals[0]
    return answers
