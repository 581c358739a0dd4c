"""A player in a session: what the servers say about him, with the fields that all those calls share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from merchants.models import Game
from portal.local.demo.cast import UNITS
from portal.local.demo.house import Guest, House
from wallet import statuses
from wallet.money import PLAY_MONEY, SCALE

PERCENT_PAID = (0, 120, 200, 300, 500, 1000)
PERCENT_WEIGHTS = (555, 200, 140, 65, 30, 10)  # about 96 of 100 come back in the long run
BET = "/wallet/transaction/bet"
PAYOUT = "/wallet/transaction/payout"


def new_id() -> str:
    return str(uuid4())


@dataclass
class GameTable:
    house: House
    guest: Guest
    game: Game
    currency: str
    session: str = ""
    refused: str = ""  # how the last bet was refused

    @property
    def is_play_money(self) -> bool:
        return self.currency == PLAY_MONEY

    def money(self, units: int) -> int:
        return units * UNITS.get(self.currency, 1) * SCALE

    def launch(self, **fields: Any) -> str:
        """The status; the session is kept."""
        body = {
            "gameId": self.game.game_id,
            "playerId": self.guest.player_id,
            "playerName": self.guest.player.name,
            "balance": self.money(1000),
            "currency": self.currency,
        }
        answer = self.house.office.call("/game/url", body | fields)
        self.session = answer.get("sessionId", self.session)
        return str(answer["status"])

    def balance(self) -> int:
        body = {"playerId": self.guest.player_id, "currency": self.currency}
        return int(self.house.game_server.call("/wallet/balance", body).get("balance", 0))

    def cashier(self, kind: str, amount: int, **fields: Any) -> str:
        """`deposit` or `withdraw`; returns its id."""
        body = {
            "kind": kind,
            "transactionId": new_id(),
            "playerId": self.guest.player_id,
            "currency": self.currency,
            "amount": amount,
        } | fields
        self.house.office.call(f"/wallet/transaction/{kind}", body)
        return str(body["transactionId"])

    def call_fields(self, **fields: Any) -> dict[str, Any]:
        return {
            "transactionId": new_id(),
            "sessionId": self.session,
            "playerId": self.guest.player_id,
            "gameId": self.game.game_id,
        } | fields

    def stake(self) -> int:
        return self.guest.stake * self.house.rng.choice((1, 1, 1, 2, 2, 4))

    def bet(self, **fields: Any) -> dict[str, Any] | None:
        """What was sent, when the stake was taken."""
        body = self.call_fields(currency=self.currency, amount=self.stake()) | fields
        status = self.house.game_server.call(BET, body)["status"]
        self.refused = "" if status == statuses.OK else status
        return None if self.refused else body

    def winnings(self, bet: dict[str, Any]) -> int:
        return int(bet["amount"] * self.house.rng.choices(PERCENT_PAID, weights=PERCENT_WEIGHTS)[0] // 100)

    def payout(self, bet: dict[str, Any], amount: int, **fields: Any) -> dict[str, Any]:
        body = self.call_fields(
            refTransactionId=bet["transactionId"], currency=self.currency, amount=amount, isWin=amount > 0, **fields
        )
        self.house.game_server.call(PAYOUT, body)
        return body

    def reward(self, reward_type: str, amount: int) -> None:
        body = self.call_fields(refTransactionId=new_id(), rewardType=reward_type, rewardedAmount=amount)
        self.house.game_server.call("/wallet/transaction/reward", body)

    def rollback(self, *references: str) -> None:
        items = [self.call_fields(refTransactionId=reference) for reference in references]
        self.house.game_server.call("/wallet/transaction/rollback", {"transactions": items})
