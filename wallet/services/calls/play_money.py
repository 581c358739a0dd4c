"""Demo sessions: calls answered from a play-money balance, apart from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from django.conf import settings
from django.db import OperationalError, transaction

from merchants.models import DisabledGame, Game, Player
from portal.lib import clock
from wallet import statuses
from wallet.ledger import ledger
from wallet.ledger.ledger import Answer, Call, Caller
from wallet.models import PlayTransaction, Session, Transaction
from wallet.money import MAX_WHOLE_NUMBER, PLAY_MONEY

SESSION_PREFIX = "demo-"
GONE = Answer(statuses.TransactionDoesNotExist.key, None)
SAME_CALL = ("kind", "player_id", "game_id", "currency", "amount", "ref_transaction_id", "is_win", "reward_type")


def is_play_call(currency: str | None, session_id: str | None) -> bool:
    """Return whether a call moves play money. The id of the session decides when the call names no currency."""
    return currency == PLAY_MONEY or (currency is None and (session_id or "").startswith(SESSION_PREFIX))


def play_balance(caller: Caller, player_id: str) -> int:
    """Return the balance of the player's newest demo session; 0 when there is none."""
    ledger.check_gate(caller, "balance")
    using = settings.WALLET_DATABASE
    if not Player.objects.using(using).filter(merchant_id=caller.merchant_id, player_id=player_id).exists():
        raise statuses.RecordNotFound
    newest = (
        Session.objects.using(using)
        .for_merchant(caller.merchant_id)
        .filter(player__player_id=player_id, currency=PLAY_MONEY)
    )
    return newest.order_by("-id").values_list("play_balance", flat=True).first() or 0


def post_play(caller: Caller, call: Call) -> Answer:
    """Judge and post one call in play money, by the same rows as the ledger, but without limits."""
    ledger.check_gate(caller, call.kind)
    return post_play_batch(caller, [call])[0]


def post_play_batch(caller: Caller, calls: Sequence[Call]) -> list[Answer]:
    """Judge and post calls in play money, in one transaction. The caller has passed the gate already."""
    if not calls:
        return []
    try:
        with transaction.atomic(using=settings.WALLET_DATABASE):
            return [_post(caller, call) for call in calls]
    except OperationalError as fault:
        raise ledger.undecided_call(fault) from fault


def _post(caller: Caller, call: Call) -> Answer:
    using = settings.WALLET_DATABASE
    session = (
        Session.objects.using(using)
        .for_merchant(caller.merchant_id)
        .select_for_update(of=("self",))
        .select_related("player", "game")
        .filter(session_id=call.session_id, currency=PLAY_MONEY, player__player_id=call.player_id)
        .first()
    )
    if session is None:
        return Answer(statuses.SessionRequiredOrInvalid.key, None)
    seen = session.play_transactions.filter(transaction_id=call.transaction_id).first()
    if seen is not None:
        return _repeat(session, seen, call)
    if call.game_id is not None and not Game.objects.using(using).filter(game_id=call.game_id).exists():
        return Answer(statuses.RecordNotFound.key, None)
    verbs = {"bet": _bet, "payout": _payout, "reward": _reward, "rollback": _rollback}
    return verbs[call.kind](session, call)


def _repeat(session: Session, seen: PlayTransaction, call: Call) -> Answer:
    if seen.kind == "tombstone":
        return GONE
    if not _is_same(seen, call):
        return Answer(statuses.DuplicateTransaction.key, session.play_balance)
    return GONE if seen.is_rolled_back else Answer(seen.status, seen.balance)


def _content(call: Call) -> dict[str, object]:
    fields = asdict(call)
    return {name: fields[name] for name in (*SAME_CALL, "round_id")}


def _is_same(seen: PlayTransaction, call: Call) -> bool:
    """What was not said either time is not compared, as in the ledger: a late payout does not say if it was a win."""
    pairs = [(seen.content[name], getattr(call, name)) for name in SAME_CALL]
    return all(then == now for then, now in pairs if then is not None and now is not None)


def _bet(session: Session, call: Call) -> Answer:
    if not session.is_active or session.expires_at <= clock.now() or session.game.game_id != call.game_id:
        return Answer(statuses.SessionRequiredOrInvalid.key, None)
    off = DisabledGame.objects.using(settings.WALLET_DATABASE).filter(
        merchant=session.merchant_id, game=session.game_id
    )
    if not session.game.is_active or off.exists():
        return _keep(session, call, statuses.GameInactive.key, 0)
    if session.player.is_blocked:
        return _keep(session, call, statuses.PlayerBlocked.key, 0)
    if _has(session) < max(call.amount or 0, 0) or _has(session) < 0:
        return _keep(session, call, statuses.NotEnoughMoney.key, 0)
    return _keep(session, call, statuses.OK, -(call.amount or 0))


def _payout(session: Session, call: Call) -> Answer:
    bets = session.play_transactions.filter(kind="bet", status=statuses.OK, is_rolled_back=False).order_by("id")
    by_round = call.ref_transaction_id is None
    named = {"content__round_id": call.round_id} if by_round else {"transaction_id": call.ref_transaction_id}
    bet = bets.filter(**named).first()
    if bet is None or bet.content["game_id"] != call.game_id:
        return GONE
    return _keep(session, replace(call, ref_transaction_id=bet.transaction_id), statuses.OK, call.amount or 0)


def _reward(session: Session, call: Call) -> Answer:
    return _keep(session, call, statuses.OK, call.amount or 0)


def _rollback(session: Session, call: Call) -> Answer:
    found = session.play_transactions.filter(transaction_id=call.ref_transaction_id).first()
    if call.ref_transaction_id == call.transaction_id or (found is not None and found.kind == "rollback"):
        return GONE
    if found is None and _is_real(session, call.ref_transaction_id):
        return GONE  # another session's: to say that it is undone would leave a real bet standing
    if found is None:
        session.play_transactions.create(
            transaction_id=call.ref_transaction_id or "", kind="tombstone", status=GONE.status, content={}
        )
        return _keep(session, call, statuses.OK, 0)
    undone = [found, *session.play_transactions.filter(kind="payout", ref_transaction_id=found.transaction_id)]
    standing = [row for row in undone if row.status == statuses.OK and not row.is_rolled_back]
    if found not in standing:
        return _keep(session, call, statuses.OK, 0)
    session.play_transactions.filter(pk__in=[row.pk for row in standing]).update(is_rolled_back=True)
    return _keep(session, call, statuses.OK, -sum(row.amount for row in standing))


def _is_real(session: Session, transaction_id: str | None) -> bool:
    of_ledger = Transaction.objects.using(settings.WALLET_DATABASE).filter(merchant=session.merchant_id)
    return of_ledger.filter(transaction_id=transaction_id, part=0).exists()


def _keep(session: Session, call: Call, status: str, delta: int) -> Answer:
    """`amount` of a row is the change that it made to the balance."""
    after = _has(session) + delta
    if abs(after) > MAX_WHOLE_NUMBER:
        return Answer(statuses.InvalidAmount.key, None)
    session.play_balance = after
    session.save(update_fields=["play_balance"])
    session.play_transactions.create(
        transaction_id=call.transaction_id,
        kind=call.kind,
        status=status,
        content=_content(call),
        amount=delta,
        balance=after,
        ref_transaction_id=call.ref_transaction_id,
    )
    return Answer(status, after)


def _has(session: Session) -> int:
    return session.play_balance or 0
