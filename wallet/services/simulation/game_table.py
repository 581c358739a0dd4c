"""A player in a session, as the game server and the casino's server speak for the player.

The demo and the simulated game server of a sandbox tell the same stories with it; how a call travels is the server's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol
from uuid import uuid4

from wallet import statuses
from wallet.money import PLAY_MONEY, SCALE
from wallet.services.simulation.steps import Purpose

Body = dict[str, Any] | bytes | None
Headers = Mapping[str, str | None]
PERCENT_PAID = (0, 120, 200, 300, 500, 1000)
PERCENT_WEIGHTS = (555, 200, 140, 65, 30, 10)  # about 96 of 100 come back in the long run
BET = "/wallet/transaction/bet"
PAYOUT = "/wallet/transaction/payout"
SETTLEMENT = "/wallet/transaction/settlement"


def new_id() -> str:
    return str(uuid4())


class SigningServer(Protocol):
    """Something that signs calls with one key and sends them."""

    @property
    def auth_key(self) -> str: ...

    def call(
        self,
        target: str,
        body: Body = None,
        *,
        method: str = "",
        headers: Headers | None = None,
        purpose: str = "",
        expected: str = statuses.OK,
    ) -> dict[str, Any]:
        """Sign and send. `headers` replace those of the signature; None leaves one out."""


@dataclass(kw_only=True)
class GameTable:
    game_server: SigningServer
    office: SigningServer
    rng: Random
    player_id: str
    player_name: str
    game_id: str
    currency: str
    usual_stake: int  # real amount × 100000
    unit: int = 1  # whole units of the currency that are about one euro
    tells_all: bool = False  # each story with all that can happen in it
    undelivered: list[dict[str, Any]] = field(default_factory=list)
    session: str = ""
    refused: str = ""  # how the last bet was refused

    @property
    def is_play_money(self) -> bool:
        return self.currency == PLAY_MONEY

    def happens(self, chance: float) -> bool:
        return self.tells_all or self.rng.random() < chance

    def money(self, units: int) -> int:
        return units * self.unit * SCALE

    def launch(self, *, purpose: str = Purpose.LAUNCH, expected: str = statuses.OK, **fields: Any) -> str:
        """Open a session and keep it. Returns the status."""
        body = {
            "gameId": self.game_id,
            "playerId": self.player_id,
            "playerName": self.player_name,
            "balance": self.money(1000),
            "currency": self.currency,
        }
        answer = self.office.call("/game/url", body | fields, purpose=purpose, expected=expected)
        self.session = answer.get("sessionId", self.session)
        return str(answer["status"])

    def balance(self) -> int:
        body = {"playerId": self.player_id, "currency": self.currency}
        answer = self.game_server.call("/wallet/balance", body, purpose=Purpose.BALANCE)
        return int(answer.get("balance", 0))

    def cashier(
        self, kind: str, amount: int, *, purpose: str = Purpose.DEPOSIT, expected: str = statuses.OK, **fields: Any
    ) -> str:
        """`deposit` or `withdraw`; returns its id."""
        body = {
            "kind": kind,
            "transactionId": new_id(),
            "playerId": self.player_id,
            "currency": self.currency,
            "amount": amount,
        } | fields
        self.office.call(f"/wallet/transaction/{kind}", body, purpose=purpose, expected=expected)
        return str(body["transactionId"])

    def call_fields(self, **fields: Any) -> dict[str, Any]:
        return {
            "transactionId": new_id(),
            "sessionId": self.session,
            "playerId": self.player_id,
            "gameId": self.game_id,
        } | fields

    def stake(self) -> int:
        return self.usual_stake * self.rng.choice((1, 1, 1, 2, 2, 4))

    def bet(self, *, purpose: str = Purpose.BET, expected: str = statuses.OK, **fields: Any) -> dict[str, Any] | None:
        """Send a bet. Returns what was sent when the stake was taken, else None."""
        body = self.call_fields(currency=self.currency, amount=self.stake()) | fields
        status = self.game_server.call(BET, body, purpose=purpose, expected=expected)["status"]
        self.refused = "" if status == statuses.OK else status
        return None if self.refused else body

    def winnings(self, bet: dict[str, Any]) -> int:
        return int(bet["amount"] * self.rng.choices(PERCENT_PAID, weights=PERCENT_WEIGHTS)[0] // 100)

    def payout(self, bet: dict[str, Any], amount: int, *, purpose: str = "", **fields: Any) -> dict[str, Any]:
        """Send a payout of the bet. Returns what was sent."""
        body = self.call_fields(
            refTransactionId=bet["transactionId"], currency=self.currency, amount=amount, isWin=amount > 0, **fields
        )
        usual = Purpose.PAYOUT_WON if amount else Purpose.PAYOUT_LOST
        self.game_server.call(PAYOUT, body, purpose=purpose or usual)
        return body

    def reward(self, reward_type: str, amount: int) -> None:
        body = self.call_fields(refTransactionId=new_id(), rewardType=reward_type, rewardedAmount=amount)
        self.game_server.call("/wallet/transaction/reward", body, purpose=Purpose.REWARD)

    def rollback(self, *references: str, purpose: str = Purpose.ROLLBACK) -> None:
        items = [self.call_fields(refTransactionId=reference) for reference in references]
        self.game_server.call("/wallet/transaction/rollback", {"transactions": items}, purpose=purpose)

    def retry(self, bet: dict[str, Any], amount: int) -> None:
        item = self.call_fields(roundId=bet["roundId"], currency=self.currency, amount=amount)
        self.game_server.call("/wallet/transaction/retry", {"transactions": [item]}, purpose=Purpose.RETRY)


def send_settlement(server: SigningServer, undelivered: list[dict[str, Any]]) -> None:
    """Send the payouts that were not delivered, and empty the list."""
    items, undelivered[:] = list(undelivered), []
    if items:
        server.call(SETTLEMENT, {"transactions": items}, purpose=Purpose.SETTLEMENT)
