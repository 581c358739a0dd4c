"""Inputs and outputs of the signed API, one class a body; decoding, refusals and the schema come from these."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wallet import statuses
from wallet.money import MAX_WHOLE_NUMBER

MAX_BATCH_ITEMS = 1000
TransactionId = Annotated[
    str, Meta(min_length=1, max_length=255, description="Unique for this merchant, over all endpoints.")
]
BetId = Annotated[str, Meta(min_length=1, max_length=255, description="The bet's transactionId.")]
SessionId = Annotated[str, Meta(min_length=1, max_length=512)]
PlayerId = Annotated[str, Meta(min_length=1, max_length=255, description="The operator's own id; case-sensitive.")]
GameId = Annotated[str, Meta(min_length=1, max_length=64)]
RoundId = Annotated[str, Meta(min_length=1, max_length=255)]
Currency = Annotated[str, Meta(pattern="^[A-Z0-9]{3,8}$", max_length=8, description="XXX is play money.")]
Amount = Annotated[int, Meta(ge=0, le=MAX_WHOLE_NUMBER, description="Real amount × 100000.")]
PositiveAmount = Annotated[int, Meta(ge=1, le=MAX_WHOLE_NUMBER, description="Real amount × 100000.")]
Balance = Annotated[int, Meta(ge=-MAX_WHOLE_NUMBER, le=MAX_WHOLE_NUMBER, description="Real amount × 100000.")]


class Contract(msgspec.Struct, rename="camel", kw_only=True):
    """A body as it must be. `amount_field` names the field whose lower bound is INVALID_AMOUNT."""

    amount_field: ClassVar[str] = ""


def said(contract: Contract) -> dict[str, Any]:
    """The fields that were said, under our names."""
    return {name: value for name, value in msgspec.structs.asdict(contract).items() if value is not UNSET}


class BalanceCall(Contract, kw_only=True):
    player_id: PlayerId
    currency: Currency


class BetCall(Contract, kw_only=True):
    amount_field: ClassVar[str] = "amount"
    transaction_id: TransactionId
    session_id: SessionId
    player_id: PlayerId
    game_id: GameId
    currency: Currency
    amount: Amount
    round_id: RoundId | UnsetType = UNSET


class PayoutFields(Contract, kw_only=True):
    """What every payout says, whichever way it comes."""

    amount_field: ClassVar[str] = "amount"
    transaction_id: TransactionId
    session_id: SessionId
    player_id: PlayerId
    game_id: GameId
    currency: Currency
    amount: Amount


class PayoutCall(PayoutFields, kw_only=True):
    ref_transaction_id: BetId
    is_win: bool
    round_id: RoundId | UnsetType = UNSET


class RewardCall(Contract, kw_only=True):
    amount_field: ClassVar[str] = "rewardedAmount"
    transaction_id: TransactionId
    ref_transaction_id: Annotated[str, Meta(min_length=1, max_length=255, description="The bonusId or jackpotId.")]
    session_id: SessionId
    player_id: PlayerId
    game_id: GameId
    reward_type: Annotated[str, Meta(min_length=1, max_length=64, description="`jackpot`, `bonus`, or any other text.")]
    amount: Amount = msgspec.field(name="rewardedAmount")


class CashierCall(Contract, kw_only=True):
    amount_field: ClassVar[str] = "amount"
    transaction_id: TransactionId
    player_id: PlayerId
    currency: Currency
    amount: PositiveAmount


class RollbackItem(Contract, kw_only=True):
    transaction_id: TransactionId
    ref_transaction_id: Annotated[
        str, Meta(min_length=1, max_length=255, description="The transaction to undo, of any kind.")
    ]
    player_id: PlayerId
    session_id: SessionId | UnsetType = UNSET
    game_id: GameId | UnsetType = UNSET


class RetryItem(PayoutFields, kw_only=True):
    round_id: RoundId


class SettlementItem(PayoutFields, kw_only=True):
    ref_transaction_id: BetId
    round_id: RoundId | UnsetType = UNSET


class LaunchCall(Contract, kw_only=True):
    game_id: GameId
    player_id: PlayerId
    player_name: Annotated[str, Meta(min_length=1, max_length=255)]
    balance: Balance
    currency: Currency


class PageQuery(Contract, kw_only=True):
    page: Annotated[int, Meta(ge=1, le=MAX_WHOLE_NUMBER)] = 1
    limit: Annotated[int, Meta(ge=1, le=100)] = 10


class SessionsQuery(PageQuery, kw_only=True):
    player_id: PlayerId | UnsetType = UNSET
    game_id: GameId | UnsetType = UNSET


class SessionQuery(PageQuery, kw_only=True):
    session_id: SessionId


# --- Answers --------------------------------------------------------------------------------------------------------
Status = Annotated[str, Meta(extra_json_schema={"enum": list(statuses.ALL_KEYS)})]


class Answered(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """The envelope. A refusal has `message`, and where the contract says so `transactionId` and `balance`."""

    status: Status
    message: str | UnsetType = UNSET


class Moved(Answered):
    transaction_id: str | UnsetType = UNSET
    balance: Balance | UnsetType = UNSET


class BalanceTold(Answered):
    player_id: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    balance: Balance | UnsetType = UNSET


class RolledBack(Answered):
    transaction_id: str | UnsetType = UNSET


class LatePayout(Moved):
    session_id: str | UnsetType = UNSET
    round_id: str | UnsetType = UNSET
    player_id: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET


class RollbackBatch(Answered):
    data: list[RolledBack] | UnsetType = UNSET


class LatePayoutBatch(Answered):
    data: list[LatePayout] | UnsetType = UNSET


class Launched(Answered):
    game_url: str | UnsetType = UNSET
    session_id: str | UnsetType = UNSET


class SessionRow(msgspec.Struct, rename="camel", kw_only=True):
    session_id: str
    player_id: str
    player_name: str
    game_id: str
    game_name: str
    status: Annotated[int, Meta(ge=0, le=1, description="1 is active.")]
    currency: str
    created_at: str


class RoundRow(msgspec.Struct, rename="camel", kw_only=True):
    """One bet with all that it paid and that still stands."""

    transaction_id: str
    session_id: str
    player_id: str
    player_name: str
    bet_amount: Balance
    payout: Balance
    is_win: bool
    session_status: Annotated[int, Meta(ge=0, le=1, description="1 is active.")]
    game_id: str
    game_name: str
    created_at: str


class GameRow(msgspec.Struct, rename="camel", kw_only=True):
    game_id: str
    game_name: str
    active: bool


class Page[Row](msgspec.Struct, rename="camel", kw_only=True):
    total_pages: int
    current_page: int
    total_count: int
    result: list[Row]


class SessionPage(Answered):
    data: Page[SessionRow] | UnsetType = UNSET


class RoundPage(Answered):
    data: Page[RoundRow] | UnsetType = UNSET


class GamePage(Answered):
    data: Page[GameRow] | UnsetType = UNSET
