"""Inputs and outputs of the signed API. One class a body: decoding, the order of refusals and the schema come from it.

Rows 7 to 10 of the order of checks are judged here: types, then fields, then numbers, then amounts.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Final, NoReturn, Union, cast, get_args, get_origin

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wallet import statuses
from wallet.money import MAX_WHOLE_NUMBER

MAX_BATCH_ITEMS = 1000
HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
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
    rewarded_amount: Amount


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


# --- Decoding -------------------------------------------------------------------------------------------------------
class _Fraction:
    """Stands for a number with a point or an exponent: fits no declared type, harms nobody in a field of no concern."""


def _incorrect(message: str) -> NoReturn:
    raise statuses.IncorrectData(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _incorrect("A key stands twice in the body.")
    return found


def _whole(digits: str) -> int:
    """Anything of more than 20 characters is out of range, whatever its further digits say."""
    return int(digits[:20])


def _constant(name: str) -> NoReturn:
    _incorrect(f"{name} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=lambda _: _Fraction, parse_int=_whole, parse_constant=_constant
)


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises IncorrectData for anything else."""
    try:
        found = _DECODER.decode(body.decode())
    except UnicodeDecodeError:
        _incorrect("The body is not UTF-8.")
    except RecursionError:
        _incorrect("The body is nested too deeply.")
    except ValueError as fault:
        _incorrect(f"The body is not JSON: {fault}.")
    if not isinstance(found, dict):
        _incorrect("The body is not a JSON object.")
    return found


@dataclass(frozen=True, slots=True)
class _Rule:
    """What rows 7 to 10 ask of one field."""

    name: str  # as on the wire
    attribute: str
    type: type
    required: bool
    pattern: re.Pattern[str] | None
    longest: int | None
    lowest: int
    highest: int
    least: int | None  # of an amount


def _plain(annotation: Any) -> tuple[type, Meta]:
    """`Annotated[str, Meta] | UnsetType` -> (str, Meta)."""
    if get_origin(annotation) in (types.UnionType, Union):
        annotation = next(part for part in get_args(annotation) if part is not UnsetType)
    if get_origin(annotation) is Annotated:
        kind, meta = get_args(annotation)
        return kind, meta
    return annotation, Meta()


@cache
def _rules(contract: type[Contract]) -> tuple[_Rule, ...]:
    return tuple(_rule(contract, field) for field in msgspec.structs.fields(contract))


def _rule(contract: type[Contract], field: msgspec.structs.FieldInfo) -> _Rule:
    kind, meta = _plain(field.type)
    is_amount = field.encode_name == contract.amount_field
    lowest = -MAX_WHOLE_NUMBER if is_amount or meta.ge is None else int(meta.ge)
    return _Rule(
        name=field.encode_name,
        attribute=field.name,
        type=kind,
        required=field.required,
        pattern=re.compile(meta.pattern) if meta.pattern else None,
        longest=meta.max_length,
        lowest=lowest,
        highest=MAX_WHOLE_NUMBER if meta.le is None else int(meta.le),
        least=int(meta.ge) if is_amount and meta.ge is not None else None,
    )


TYPE_NAMES: Final = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}


def check[C: Contract](contract: type[C], found: Mapping[str, Any]) -> C:
    """Rows 7 to 10 over one object; raises the first refusal, else returns the contract."""
    rules = _rules(contract)
    given = [(rule, found[rule.name]) for rule in rules if _is_given(rule, found)]
    for rule, value in given:
        _check_type(rule, value)
    _check_required(rules, found)
    texts = [(rule, value) for rule, value in given if rule.type is str]
    numbers = [(rule, value) for rule, value in given if rule.type is int]
    for judge, fields in ((_check_text, texts), (_check_number, numbers), (_check_amount, numbers)):
        for rule, value in fields:
            judge(rule, value)
    return contract(**{rule.attribute: value for rule, value in given})


def _is_given(rule: _Rule, found: Mapping[str, Any]) -> bool:
    """A field that may be left out may also be null."""
    return rule.name in found and (rule.required or found[rule.name] is not None)


def _check_type(rule: _Rule, value: Any) -> None:
    if type(value) is not rule.type:
        _incorrect(f"{rule.name} must be {TYPE_NAMES[rule.type]}.")
    if isinstance(value, str) and not value.isascii() and HALF_A_CHARACTER.search(value):
        _incorrect(f"{rule.name} has half a character in it.")


def _check_required(rules: Iterable[_Rule], found: Mapping[str, Any]) -> None:
    for rule in rules:
        if rule.required and rule.name not in found:
            raise statuses.FieldRequiredOrInvalid(f"{rule.name} is required.")


def _check_text(rule: _Rule, value: str) -> None:
    if not value:
        raise statuses.FieldRequiredOrInvalid(f"{rule.name} is empty.")
    if rule.longest and len(value) > rule.longest:
        raise statuses.FieldRequiredOrInvalid(f"{rule.name} is too long: {rule.longest} characters at most.")
    if "\0" in value:
        raise statuses.FieldRequiredOrInvalid(f"{rule.name} has a NUL in it.")
    if rule.pattern and not rule.pattern.fullmatch(value):
        raise statuses.FieldRequiredOrInvalid(f"{rule.name} is not in the form {rule.pattern.pattern}.")


def _check_number(rule: _Rule, value: int) -> None:
    if not rule.lowest <= value <= rule.highest:
        raise statuses.InvalidNumber(f"{rule.name} must be from {rule.lowest} to {rule.highest}.")


def _check_amount(rule: _Rule, value: int) -> None:
    if rule.least is not None and value < rule.least:
        raise statuses.InvalidAmount(f"{rule.name} must be at least {rule.least}.")


def batch_items(found: Mapping[str, Any]) -> list[Any]:
    """The `transactions` of a batch, 1 to 1,000, not yet looked at."""
    items = found.get("transactions")
    if "transactions" in found and not isinstance(items, list):
        _incorrect("transactions must be a list.")
    if not items:
        raise statuses.FieldRequiredOrInvalid("transactions is required and not empty.")
    if len(items) > MAX_BATCH_ITEMS:
        raise statuses.FieldRequiredOrInvalid(f"transactions is too long: {MAX_BATCH_ITEMS} at most.")
    return cast("list[Any]", items)


def check_query[C: Contract](contract: type[C], pairs: Iterable[tuple[str, str]]) -> C:
    """A query string under the same rules; its numbers arrive as text."""
    kinds = {rule.name: rule.type for rule in _rules(contract)}
    found: dict[str, Any] = {}
    for name, text in pairs:
        if name in found:
            _incorrect(f"{name} stands twice in the query.")
        found[name] = _number(name, text) if kinds.get(name) is int else text
    return check(contract, found)


def _number(name: str, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text, re.ASCII):
        _incorrect(f"{name} must be a whole number.")
    return _whole(text)


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
