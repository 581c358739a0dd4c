"""The verbs of the wallet: each takes a judged caller and a checked call, and answers from the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from wallet import statuses
from wallet.ledger import ledger
from wallet.ledger.ledger import Answer, Call, Caller
from wallet.services import play_money


def balance(caller: Caller, *, player_id: str, currency: str) -> int:
    """What a player has, real amount × 100000. Raises the refusal."""
    if play_money.is_play(currency, None):
        return play_money.balance(caller, player_id)
    return _balance_or_refuse(ledger.balance(caller, player_id, currency))


def post(caller: Caller, call: Call) -> int:
    """Bet, payout, reward, deposit or withdraw: the player's balance after it. Raises the refusal."""
    post_one = play_money.post if play_money.is_play(call.currency, call.session_id) else ledger.post
    return _balance_or_refuse(post_one(caller, call))


def _balance_or_refuse(answer: Answer) -> int:
    if answer.status != statuses.OK or answer.balance is None:
        raise statuses.refusal(answer.status, balance=answer.balance)
    return answer.balance


def post_batch(caller: Caller, kind: str, calls: Sequence[Call]) -> list[Answer]:
    """Rollbacks or late payouts, each on its own and in order. Raises when the whole batch is refused."""
    play = [play_money.is_play(call.currency, call.session_id) for call in calls]
    real = [call for call, is_play in zip(calls, play, strict=True) if not is_play]
    if len(real) < len(calls) or not calls:
        ledger.gate(caller, kind)
    # Play money first: once real money has moved, nothing may stand between it and the answer.
    played = iter(play_money.post_all(caller, [call for call, is_play in zip(calls, play, strict=True) if is_play]))
    moved = iter(ledger.post_batch(caller, kind, real) if real else ())
    return [next(played) if is_play else next(moved) for is_play in play]
