"""`/wallet`: balance and money. Each view decodes, calls one service, and answers."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from django.conf import settings

from wallet import statuses
from wallet.api import admission, contracts, decoding
from wallet.api.endpoint import SignedView
from wallet.api.envelope import envelope
from wallet.api.request import SignedHttpRequest
from wallet.ledger.ledger import Answer, Call, Caller
from wallet.services.calls import transactions

ECHOED = ("transactionId", "sessionId", "roundId", "playerId", "currency")


def as_call(kind: str, asked: contracts.Contract) -> Call:
    """A contract's fields bear the ledger's names."""
    return Call(**(contracts.stated_fields(asked) | {"kind": kind}))


class Balance(SignedView):
    """Return the balance of a player."""

    takes, gives = contracts.BalanceCall, contracts.BalanceAnswer
    kind = "balance"

    def locked_player(self, asked: contracts.BalanceCall) -> None:
        """Reading waits for nobody."""

    def serve(self, caller: Caller, asked: contracts.BalanceCall) -> contracts.BalanceAnswer:
        balance = transactions.player_balance(caller, player_id=asked.player_id, currency=asked.currency)
        return self.gives(status=statuses.OK, player_id=asked.player_id, currency=asked.currency, balance=balance)


class Move(SignedView):
    """A single movement."""

    gives: ClassVar[type[contracts.Moved]] = contracts.Moved

    def serve(self, caller: Caller, asked: Any) -> contracts.Moved:
        balance = transactions.post_transaction(caller, as_call(self.kind, asked))
        return contracts.Moved(status=statuses.OK, transaction_id=asked.transaction_id, balance=balance)


class Bet(Move):
    """Place a bet: the stake is debited from the player's account."""

    takes = contracts.BetCall
    kind = "bet"


class Payout(Move):
    """Pay the winnings of a bet. An amount of 0 settles a lost round."""

    takes = contracts.PayoutCall
    kind = "payout"


class Reward(Move):
    """Pay a bonus or a jackpot in the currency of its session."""

    takes = contracts.RewardCall
    kind = "reward"


class Deposit(Move):
    """Deposit money to a player's account. A new player is created."""

    takes = contracts.DepositCall
    kind = "deposit"


class Withdraw(Move):
    """Withdraw money from a player's account."""

    takes = contracts.WithdrawCall
    kind = "withdraw"


class Batch(SignedView):
    """Process up to 1,000 items, each with its own answer, in order."""

    is_batch = True
    body_limit = settings.MAX_BATCH_BODY_BYTES

    def read(self, request: SignedHttpRequest) -> list[Any]:
        request.fields = decoding.parse_object(request.raw)
        items = decoding.batch_items(request.fields)
        request.line.items = len(items)
        return items

    def serve(self, caller: Caller, asked: list[Any]) -> Any:
        checked = [self.checked(item) for item in asked]
        calls = [as_call(self.kind, item) for item in checked if not isinstance(item, statuses.CallRefused)]
        answers = iter(transactions.post_batch(caller, self.kind, calls))
        data = [
            envelope(item, **readable_id(raw))
            if isinstance(item, statuses.CallRefused)
            else self.item_answer(item, next(answers))
            for raw, item in zip(asked, checked, strict=True)
        ]
        return {"status": statuses.OK, "data": data}

    def locked_player(self, asked: list[Any]) -> str:
        return admission.BATCHES

    def checked(self, item: Any) -> Any:
        """The item as its contract, or the refusal that answers it."""
        try:
            if not isinstance(item, dict):
                raise statuses.IncorrectData("An item must be an object.")
            return decoding.check_contract(self.takes, item)
        except statuses.CallRefused as refusal:
            return refusal

    def item_answer(self, item: Any, answer: Answer) -> dict[str, Any]:
        """One item's answer: what it echoes, and its own status."""
        echo = self.echo(item)
        if answer.status == statuses.OK:
            told = {} if answer.balance is None else {"balance": answer.balance}
            return {"status": statuses.OK, **echo, **told}
        return envelope(statuses.refusal_for(answer.status, balance=answer.balance), **echo)

    def echo(self, item: Any) -> dict[str, Any]:
        return {"transactionId": item.transaction_id}


def readable_id(item: Any) -> dict[str, str]:
    found = item.get("transactionId") if isinstance(item, dict) else None
    return {"transactionId": found.encode(errors="replace").decode()} if isinstance(found, str) else {}


class Rollback(Batch):
    """Roll back transactions of any type."""

    takes, gives = contracts.RollbackItem, contracts.RollbackBatch
    kind = "rollback"

    def item_answer(self, item: contracts.RollbackItem, answer: Answer) -> dict[str, Any]:
        return super().item_answer(item, Answer(answer.status, None))


class LatePayouts(Batch):
    """Send late payouts with their original ids."""

    gives: ClassVar[type[contracts.Answered]] = contracts.LatePayoutBatch
    kind = "payout"

    def echo(self, item: Any) -> dict[str, Any]:
        said = msgspec.to_builtins(item)
        return {name: said[name] for name in ECHOED if name in said}


class Retry(LatePayouts):
    """Send late payouts of multiplayer rounds. Each bet is found by its session, player and round."""

    takes = contracts.RetryItem


class SettlementCall(LatePayouts):
    """Send payouts that were not delivered on the previous day."""

    takes = contracts.SettlementItem
