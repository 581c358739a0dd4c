"""Calls that go wrong, one for every way to be refused that needs nothing but a player in a session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal.lib import clock
from wallet import statuses
from wallet.money import MAX_WHOLE_NUMBER
from wallet.services.simulation.game_table import BET, PAYOUT, GameTable, Headers, new_id
from wallet.services.simulation.steps import Purpose

OTHER_ORIGIN = "https://casino-mirror.example"
SLOW = timedelta(minutes=11)
NO_SIGNATURE = "0" * 64
GENERAL = statuses.CallRefused.key  # of answers by HTTP status


def send_wrong_call(
    table: GameTable,
    path: str = BET,
    *,
    purpose: str = "",
    expected: type[statuses.CallRefused] = statuses.CallRefused,
    headers: Headers | None = None,
    **fields: Any,
) -> None:
    body = table.call_fields(currency=table.currency, amount=table.usual_stake) | fields
    table.game_server.call(path, body, headers=headers, purpose=purpose, expected=expected.key)


def header_missing(table: GameTable) -> None:
    send_wrong_call(
        table, headers={"x-signature": None}, purpose=Purpose.HEADER_MISSING, expected=statuses.MissingHeaders
    )


def key_unknown(table: GameTable) -> None:
    headers = {"x-api-key": table.game_server.auth_key[:-1]}
    send_wrong_call(table, headers=headers, purpose=Purpose.KEY_UNKNOWN, expected=statuses.InvalidApiKey)


def origin_foreign(table: GameTable) -> None:
    headers = {"origin": OTHER_ORIGIN}
    send_wrong_call(table, headers=headers, purpose=Purpose.ORIGIN_FOREIGN, expected=statuses.IpRestriction)


def clock_slow(table: GameTable) -> None:
    headers = {"x-timestamp": f"{(clock.now() - SLOW).timestamp() * 1000:.0f}"}
    send_wrong_call(table, headers=headers, purpose=Purpose.CLOCK_SLOW, expected=statuses.SignatureExpired)


def clock_in_seconds(table: GameTable) -> None:
    headers = {"x-timestamp": f"{clock.now().timestamp():.0f}"}
    send_wrong_call(table, headers=headers, purpose=Purpose.CLOCK_SECONDS, expected=statuses.SignatureExpired)


def signature_wrong(table: GameTable) -> None:
    headers = {"x-signature": NO_SIGNATURE}
    send_wrong_call(table, headers=headers, purpose=Purpose.SIGNATURE_WRONG, expected=statuses.SignatureNotMatch)


def body_cut(table: GameTable) -> None:
    body = b'{"transactionId":"' + new_id().encode() + b'","sessio'
    table.game_server.call(BET, body, purpose=Purpose.BODY_CUT, expected=statuses.IncorrectData.key)


def amount_fraction(table: GameTable) -> None:
    send_wrong_call(table, amount=1.5, purpose=Purpose.AMOUNT_FRACTION, expected=statuses.IncorrectData)


def player_empty(table: GameTable) -> None:
    send_wrong_call(table, playerId="", purpose=Purpose.PLAYER_EMPTY, expected=statuses.FieldRequiredOrInvalid)


def page_zero(table: GameTable) -> None:
    table.office.call("/game/sessions?page=0&limit=50", purpose=Purpose.PAGE_ZERO, expected=statuses.InvalidNumber.key)


def number_too_large(table: GameTable) -> None:
    send_wrong_call(
        table, amount=MAX_WHOLE_NUMBER + 1, purpose=Purpose.NUMBER_TOO_LARGE, expected=statuses.InvalidNumber
    )


def stake_negative(table: GameTable) -> None:
    send_wrong_call(table, amount=-table.usual_stake, purpose=Purpose.STAKE_NEGATIVE, expected=statuses.InvalidAmount)


def deposit_empty(table: GameTable) -> None:
    table.cashier("deposit", 0, purpose=Purpose.DEPOSIT_EMPTY, expected=statuses.InvalidAmount.key)


def id_used_twice(table: GameTable) -> None:
    if bet := table.bet():
        send_wrong_call(
            table,
            transactionId=bet["transactionId"],
            amount=bet["amount"] + table.usual_stake,
            purpose=Purpose.ID_USED_TWICE,
            expected=statuses.DuplicateTransaction,
        )


def player_unknown(table: GameTable) -> None:
    body = {"playerId": f"{table.player_id}-test", "currency": table.currency}
    table.game_server.call(
        "/wallet/balance", body, purpose=Purpose.PLAYER_UNKNOWN, expected=statuses.RecordNotFound.key
    )


def session_unknown(table: GameTable) -> None:
    session = f"{new_id()}{clock.now().timestamp() * 1000:.0f}"
    send_wrong_call(
        table, sessionId=session, purpose=Purpose.SESSION_UNKNOWN, expected=statuses.SessionRequiredOrInvalid
    )


def payout_without_bet(table: GameTable) -> None:
    send_wrong_call(
        table,
        PAYOUT,
        refTransactionId=new_id(),
        isWin=True,
        purpose=Purpose.PAYOUT_WITHOUT_BET,
        expected=statuses.TransactionDoesNotExist,
    )


def balance_too_low(table: GameTable) -> None:
    table.cashier(
        "withdraw",
        table.balance() + table.money(50),
        purpose=Purpose.BALANCE_TOO_LOW,
        expected=statuses.NotEnoughMoney.key,
    )


def path_unknown(table: GameTable) -> None:
    send_wrong_call(table, "/wallet/transaction/bets", purpose=Purpose.PATH_UNKNOWN)


def method_wrong(table: GameTable) -> None:
    table.office.call(f"/game/url?gameId={table.game_id}", purpose=Purpose.METHOD_WRONG, expected=GENERAL)


def type_wrong(table: GameTable) -> None:
    send_wrong_call(table, headers={"content-type": "application/x-www-form-urlencoded"}, purpose=Purpose.TYPE_WRONG)


# In the order of the checks, as far as one player is enough.
REFUSED_CALLS: tuple[Callable[[GameTable], None], ...] = (
    header_missing,
    key_unknown,
    clock_slow,
    clock_in_seconds,
    signature_wrong,
    body_cut,
    amount_fraction,
    player_empty,
    page_zero,
    number_too_large,
    stake_negative,
    deposit_empty,
    id_used_twice,
    player_unknown,
    session_unknown,
    payout_without_bet,
    balance_too_low,
    path_unknown,
    method_wrong,
    type_wrong,
)
