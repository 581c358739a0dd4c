"""Rows 7 to 10 of the order of checks: types, then fields, then numbers, then amounts; read from the contracts."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, NoReturn, Union, cast, get_args, get_origin

import msgspec
from msgspec import Meta, UnsetType

from portal.lib import masking
from wallet import statuses
from wallet.api.contracts import MAX_BATCH_ITEMS, BatchCall, Contract
from wallet.money import MAX_WHOLE_NUMBER

GZIP = b"\x1f\x8b"  # how its files begin
COMPRESSED = "The body is compressed. Sign the uncompressed body and send it uncompressed."
HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class _Fraction:
    """Stands for a number with a point or an exponent: fits no declared type, harms nobody in a field of no concern."""


def _incorrect(message: str) -> NoReturn:
    raise statuses.IncorrectData(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _incorrect("The body has a duplicate key.")
    return found


def _whole(digits: str) -> int:
    """Anything of more than 20 characters is out of range, whatever its further digits say."""
    return int(digits[:20])


def _constant(name: str) -> NoReturn:
    _incorrect(f"{name} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=lambda _: _Fraction, parse_int=_whole, parse_constant=_constant
)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises IncorrectData for anything else, and for one that gives the Secret Key away.

    What it says is kept for ever, as the name of a player or of a transaction.
    """
    try:
        text = body.decode()
        if masking.mask_secrets(text) != text:
            _incorrect("The body contains a secret key. Never send a secret key; rotate it.")
        found = _DECODER.decode(text)
    except UnicodeDecodeError:
        _incorrect(COMPRESSED if body.startswith(GZIP) else "The body is not UTF-8.")
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
    only: str | None  # the one text that it may be
    required: bool
    pattern: re.Pattern[str] | None
    longest: int | None
    lowest: int
    highest: int
    least: int | None  # of an amount


def _plain(annotation: Any) -> tuple[type, str | None, Meta]:
    """`Annotated[str, Meta] | UnsetType` -> (str, None, Meta); of a Literal, its one text stands in the middle."""
    if get_origin(annotation) in (types.UnionType, Union):
        annotation = next(part for part in get_args(annotation) if part is not UnsetType)
    kind, meta = get_args(annotation) if get_origin(annotation) is Annotated else (annotation, Meta())
    if get_origin(kind) is Literal:
        return str, get_args(kind)[0], meta
    return get_origin(kind) or kind, None, meta


@cache
def _rules(contract: type[Contract]) -> tuple[_Rule, ...]:
    return tuple(_rule(contract, field) for field in msgspec.structs.fields(contract))


def _rule(contract: type[Contract], field: msgspec.structs.FieldInfo) -> _Rule:
    kind, only, meta = _plain(field.type)
    is_amount = field.encode_name == contract.amount_field
    lowest = -MAX_WHOLE_NUMBER if is_amount or meta.ge is None else int(meta.ge)
    return _Rule(
        name=field.encode_name,
        attribute=field.name,
        type=kind,
        only=only,
        required=field.required,
        pattern=re.compile(meta.pattern) if meta.pattern else None,
        longest=meta.max_length,
        lowest=lowest,
        highest=MAX_WHOLE_NUMBER if meta.le is None else int(meta.le),
        least=int(meta.ge) if is_amount and meta.ge is not None else None,
    )


TYPE_NAMES: Final = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}


def check_contract[C: Contract](contract: type[C], found: Mapping[str, Any]) -> C:
    """Rows 7 to 10 over one object; raises the first refusal, else returns the contract."""
    rules = _rules(contract)
    check_kind(contract, found)
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


def check_kind(contract: type[Contract], found: Mapping[str, Any]) -> None:
    """Raises IncorrectData when a field marks another kind of call than this one."""
    for name in contract.refuses:
        if found.get(name) is not None:
            _incorrect(f"{name} belongs to another kind of call. Remove it, or call the endpoint that it belongs to.")


def fields_of(contract: type[Contract], found: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the contract asks for."""
    return {rule.name: found[rule.name] for rule in _rules(contract) if rule.name in found}


def _is_given(rule: _Rule, found: Mapping[str, Any]) -> bool:
    """A field that may be left out may also be null."""
    return rule.name in found and (rule.required or found[rule.name] is not None)


def _check_type(rule: _Rule, value: Any) -> None:
    if type(value) is not rule.type:
        _incorrect(f"{rule.name} must be {TYPE_NAMES[rule.type]}.")
    if isinstance(value, str) and not value.isascii() and HALF_A_CHARACTER.search(value):
        _incorrect(f"{rule.name} contains half a character (a lone surrogate).")
    if rule.only is not None and value not in {rule.only, ""}:
        _incorrect(f'{rule.name} must be "{rule.only}" at this endpoint.')


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
        raise statuses.FieldRequiredOrInvalid(f"{rule.name} contains a NUL character.")
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
    check_kind(BatchCall, found)
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
            _incorrect(f"{name} is in the query twice. Send it once.")
        found[name] = _number(name, text) if kinds.get(name) is int else text
    return check_contract(contract, found)


def _number(name: str, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text, re.ASCII):
        _incorrect(f"{name} must be a whole number.")
    return _whole(text)
