"""Inputs and outputs of the signed API, one class a body; decoding, refusals and the schema come from these."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wallet import statuses
from wallet.money import MAX_WHOLE_NUMBER

MAX_BATCH_ITEMS = 1000
TransactionId = Annotated[
    str, Meta(min_length=1, max_length=255, description="Unique for the merchant across all endpoints.")
]
BetId = Annotated[str, Meta(min_length=1, max_length=255, description="The transactionId of the bet.")]
SessionId = Annotated[str, Meta(min_length=1, max_length=512)]
PlayerId = Annotated[str, Meta(min_length=1, max_length=255, description="The operator's own id. Case-sensitive.")]
GameId = Annotated[str, Meta(min_length=1, max_length=64)]
RoundId = Annotated[str, Meta(min_length=1, max_length=255)]
Currency = Annotated[str, Meta(pattern="^[A-Z0-9]{3,8}$", max_length=8, description="XXX is play money.")]
Amount = Annotated[int, Meta(ge=0, le=MAX_WHOLE_NUMBER, description="Real amount × 100000.")]
PositiveAmount = Annotated[int, Meta(ge=1, le=MAX_WHOLE_NUMBER, description="Real amount × 100000.")]
Balance = Annotated[int, Meta(ge=-MAX_WHOLE_NUMBER, le=MAX_WHOLE_NUMBER, description="Real amount × 100000.")]


class Contract(msgspec.Struct, rename="camel", kw_only=True):
    """The body of a request."""

    # The field whose lower bound is INVALID_AMOUNT.
    amount_field: ClassVar[str] = ""
    # The fields that mark another kind of call. A signature covers the body and not the path, so a body that one
    # endpoint accepts must be refused by all others (decision 0034). Null counts as left out: the endpoint that needs
    # the field refuses null.
    refuses: ClassVar[tuple[str, ...]] = ()


def stated_fields(contract: Contract) -> dict[str, Any]:
    """The fields that were said, under our names."""
    return {name: value for name, value in msgspec.structs.asdict(contract).items() if value is not UNSET}


class BalanceCall(Contract, kw_only=True):
    refuses: ClassVar[tuple[str, ...]] = (
        "transactionId",
        "amount",
        "kind",
        "transactions",
        "gameId",
        "sessionId",
        "playerName",
        "balance",
    )
    player_id: PlayerId
    currency: Currency


class BetCall(Contract, kw_only=True):
    amount_field: ClassVar[str] = "amount"
    refuses: ClassVar[tuple[str, ...]] = (
        "refTransactionId",
        "isWin",
        "rewardType",
        "rewardedAmount",
        "kind",
        "transactions",
    )
    transaction_id: TransactionId
    session_id: SessionId
    player_id: PlayerId
    game_id: GameId
    currency: Currency
    amount: Amount
    round_id: RoundId | UnsetType = UNSET


class PayoutFields(Contract, kw_only=True):
    """Fields of every payout."""

    amount_field: ClassVar[str] = "amount"
    transaction_id: TransactionId
    session_id: SessionId
    player_id: PlayerId
    game_id: GameId
    currency: Currency
    amount: Amount


class PayoutCall(PayoutFields, kw_only=True):
    refuses: ClassVar[tuple[str, ...]] = ("rewardType", "rewardedAmount", "kind", "transactions")
    ref_transaction_id: BetId
    is_win: bool
    round_id: RoundId | UnsetType = UNSET


class RewardCall(Contract, kw_only=True):
    amount_field: ClassVar[str] = "rewardedAmount"
    refuses: ClassVar[tuple[str, ...]] = ("amount", "isWin", "kind", "transactions")
    transaction_id: TransactionId
    ref_transaction_id: Annotated[str, Meta(min_length=1, max_length=255, description="The bonusId or jackpotId.")]
    session_id: SessionId
    player_id: PlayerId
    game_id: GameId
    reward_type: Annotated[str, Meta(min_length=1, max_length=64, description="`jackpot`, `bonus`, or another text.")]
    amount: Amount = msgspec.field(name="rewardedAmount")


class CashierCall(Contract, kw_only=True):
    amount_field: ClassVar[str] = "amount"
    refuses: ClassVar[tuple[str, ...]] = (
        "sessionId",
        "gameId",
        "roundId",
        "refTransactionId",
        "isWin",
        "rewardType",
        "rewardedAmount",
        "transactions",
    )
    transaction_id: TransactionId
    player_id: PlayerId
    currency: Currency
    amount: PositiveAmount


class DepositCall(CashierCall, kw_only=True):
    kind: Annotated[Literal["deposit"], Meta(description="Marks the signed body as a deposit.")]


class WithdrawCall(CashierCall, kw_only=True):
    kind: Annotated[Literal["withdraw"], Meta(description="Marks the signed body as a withdrawal.")]


class BatchCall(Contract, kw_only=True):
    """Envelope of a batch."""

    refuses: ClassVar[tuple[str, ...]] = ("day", "kind")
    transactions: list[Any]


class RollbackItem(Contract, kw_only=True):
    refuses: ClassVar[tuple[str, ...]] = ("amount", "currency", "roundId", "isWin", "rewardType", "rewardedAmount")
    transaction_id: TransactionId
    ref_transaction_id: Annotated[
        str,
        Meta(
            min_length=1, max_length=255, description="The transactionId of the transaction to roll back, of any type."
        ),
    ]
    player_id: PlayerId
    session_id: SessionId | UnsetType = UNSET
    game_id: GameId | UnsetType = UNSET


class RetryItem(PayoutFields, kw_only=True):
    refuses: ClassVar[tuple[str, ...]] = ("refTransactionId", "isWin", "rewardType", "rewardedAmount")
    round_id: RoundId


class SettlementItem(PayoutFields, kw_only=True):
    refuses: ClassVar[tuple[str, ...]] = ("isWin", "rewardType", "rewardedAmount")
    ref_transaction_id: BetId
    round_id: RoundId | UnsetType = UNSET


class LaunchCall(Contract, kw_only=True):
    refuses: ClassVar[tuple[str, ...]] = ("transactionId", "amount", "kind", "transactions")
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


Day = Annotated[
    str, Meta(min_length=10, max_length=10, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="2026-01-31")
]
StatementId = Annotated[str, Meta(min_length=1, max_length=64)]


SCOPE = (
    "The part of the day that the statement covers, if it does not cover all of it: "
    "currencies=EUR,USD;types=bet,payout;brand=north;part=1/2. Directly after `day`."
)


class StatementCall(Contract, kw_only=True):
    """`day` is the first field, in the merchant's time zone. A job reads the rows. GET returns the result."""

    day: Day
    scope: Annotated[str, Meta(max_length=300, description=SCOPE)] | UnsetType = UNSET
    transactions: Annotated[
        list[Any],
        Meta(
            extra_json_schema={
                "items": {"$ref": "#/components/schemas/StatementLine"},
                "description": (
                    "All transactions of the day in the operator's books. Rollbacks are separate rows, unless "
                    "the plan states that files flag or omit rolled-back transactions."
                ),
            }
        ),
    ]


class StatementLine(Contract, kw_only=True):
    """One transaction in the operator's books."""

    transaction_id: TransactionId
    kind: Annotated[str, Meta(description="bet, payout, reward, rollback, deposit or withdraw")]
    player_id: PlayerId
    currency: Currency
    amount: Amount
    game_id: GameId | UnsetType = UNSET
    state: Annotated[str, Meta(description="ok or rolled_back")] | UnsetType = UNSET
    ref_transaction_id: BetId | UnsetType = UNSET
    created_at: Annotated[str, Meta(description="2026-01-31T12:00:00Z")] | UnsetType = UNSET


class StatementQuery(Contract, kw_only=True):
    statement_id: StatementId


class DaysQuery(PageQuery, kw_only=True):
    """The period includes both days. Without them, it includes every day."""

    from_day: Day | UnsetType = msgspec.field(name="from", default=UNSET)
    to_day: Day | UnsetType = msgspec.field(name="to", default=UNSET)


class BreaksQuery(PageQuery, kw_only=True):
    day: Day
    state: (
        Annotated[
            str,
            Meta(
                pattern="^(open|assigned|waiting|resolved)$",
                description="Only cases in this state. Without it, cases in all states.",
            ),
        ]
        | UnsetType
    ) = UNSET


# --- Answers --------------------------------------------------------------------------------------------------------
Status = Annotated[str, Meta(extra_json_schema={"enum": list(statuses.ALL_KEYS)})]


class Answered(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """Envelope of every answer. A refusal has a `message`; some also have `transactionId` and `balance`."""

    status: Status
    message: str | UnsetType = UNSET


class Moved(Answered):
    transaction_id: str | UnsetType = UNSET
    balance: Balance | UnsetType = UNSET


class BalanceAnswer(Answered):
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
    status: Annotated[int, Meta(ge=0, le=1, description="1 means active.")]
    currency: str
    created_at: str


class RoundRow(msgspec.Struct, rename="camel", kw_only=True):
    """One bet with all its payouts that are not rolled back."""

    transaction_id: str
    session_id: str
    player_id: str
    player_name: str
    bet_amount: Balance
    payout: Balance
    is_win: bool
    session_status: Annotated[int, Meta(ge=0, le=1, description="1 means active.")]
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


class StatementTotal(msgspec.Struct, rename="camel", kw_only=True):
    currency: str
    kind: str
    rows: int
    amount: Annotated[
        str, Meta(description="Real amount × 100000, as text, because it can exceed the range of JavaScript numbers.")
    ]


class StatementFault(msgspec.Struct, rename="camel", kw_only=True):
    line: int | None
    text: str


class Comparison(msgspec.Struct, rename="camel", kw_only=True):
    """The newest reconciliation run with this statement."""

    number: Annotated[int, Meta(description="1, 2, … within the day.")]
    outcome: Annotated[str, Meta(description="clear, breaks, no_statement or nothing")]
    compared_at: str


class StatementAnswer(Answered):
    statement_id: str | UnsetType = UNSET
    day: str | UnsetType = UNSET
    state: Annotated[str, Meta(description="received (waiting to be read), read or refused")] | UnsetType = UNSET
    rows: int | UnsetType = UNSET
    totals: list[StatementTotal] | UnsetType = UNSET
    faults: (
        Annotated[list[StatementFault], Meta(description="Reasons of the refusal; at most the first 100.")] | UnsetType
    ) = UNSET
    fault_count: int | UnsetType = UNSET
    scope: (
        Annotated[str, Meta(description="The part of the day that the statement covers. Empty means all of it.")]
        | UnsetType
    ) = UNSET
    warnings: Annotated[list[str], Meta(description="Warnings, for example about unknown ids.")] | UnsetType = UNSET
    is_current: Annotated[bool, Meta(description="True if the day is compared with this statement.")] | UnsetType = (
        UNSET
    )
    comparison: Comparison | UnsetType | None = UNSET


Sum = Annotated[
    str, Meta(description="Real amount × 100000, as text, because a sum can exceed the range of JavaScript numbers.")
]
Units = Annotated[int, Meta(description="Real amount × 100000.")]


class BreakSum(msgspec.Struct, rename="camel", kw_only=True):
    kind: str
    name: Annotated[str, Meta(description="Name of the break kind, as on pages and in emails.")]
    currency: str
    breaks: int
    difference: Sum


class DaySide(msgspec.Struct, rename="camel", kw_only=True):
    """One currency and type of transaction, on both sides."""

    currency: str
    kind: str
    our_rows: int
    our_amount: Sum
    their_rows: int
    their_amount: Sum


class DayRow(msgspec.Struct, rename="camel", kw_only=True):
    """The newest reconciliation run of a day, in the merchant's time zone."""

    day: str
    number: Annotated[int, Meta(description="1, 2, … within the day.")]
    outcome: Annotated[str, Meta(description="clear, breaks, no_statement or nothing")]
    compared_at: str
    statement_id: str | None
    matched: int
    our_rows: int
    their_rows: int
    sides: list[DaySide]
    breaks: list[BreakSum]


class BreakSide(msgspec.Struct, rename="camel", kw_only=True):
    """A transaction on one side. A field is null if that side does not state it."""

    kind: str | None
    player_id: str | None
    game_id: str | None
    currency: str | None
    amount: Units | None
    state: str | None
    created_at: str | None
    line: Annotated[int, Meta(description="Number of rows in the statement.")] | None
    rows: Annotated[int, Meta(description="Number of rows that the break stands for.")] | None


class BreakRow(msgspec.Struct, rename="camel", kw_only=True):
    """A break with the state of its case."""

    break_id: int
    kind: str
    name: Annotated[str, Meta(description="Name of the break kind, as on pages and in emails.")]
    transaction_id: Annotated[str, Meta(description="Null if the break does not concern a single transaction.")] | None
    player_id: str | None
    currency: str | None
    ours: BreakSide | None
    theirs: BreakSide | None
    difference: Annotated[
        int, Meta(description="Our amount minus theirs from the player's point of view, real amount × 100000.")
    ]
    severity: Annotated[str, Meta(description="low, medium, high or owed")]
    state: Annotated[str, Meta(description="open, assigned, waiting or resolved")]
    resolution: str | None
    opened_at: str
    due_at: str | None
    resolved_at: str | None


class DayPage(Answered):
    data: Page[DayRow] | UnsetType = UNSET


class BreakPage(Answered):
    data: Page[BreakRow] | UnsetType = UNSET
