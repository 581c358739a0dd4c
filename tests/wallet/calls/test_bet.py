from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from merchants.models import DisabledGame, Merchant, Player
from merchants.services import limits
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from wallet.models import Session, Transaction
from wallet.services.usage import restriction_impact


def test_a_stake_is_taken(caller: Caller) -> None:
    answer = caller.bet(100, transactionId="bet-1")
    assert answer.body == {"status": "RS_OK", "transactionId": "bet-1", "balance": 999_900}
    assert caller.balance()["balance"] == 999_900


def test_the_whole_balance_can_be_staked_and_no_unit_more(caller: Caller) -> None:
    assert caller.bet(1_000_001).status == "NOT_ENOUGH_MONEY"
    assert caller.bet(1_000_000)["balance"] == 0


def test_a_free_round_bets_nothing_and_is_recorded(caller: Caller) -> None:
    assert caller.bet(0, transactionId="free")["balance"] == 1_000_000
    assert Transaction.objects.get(transaction_id="free").debit_account_id is not None


def test_who_signed_from_where_and_when_is_durable(caller: Caller) -> None:
    answer = caller.bet(100, transactionId="bet-1", roundId="round-7")
    row = Transaction.objects.get(transaction_id="bet-1")
    assert row.secret
    assert row.secret.key.auth_key == caller.signer.auth_key
    assert (row.address, str(row.request_id)) == ("127.0.0.1", answer.headers["x-request-id"])
    assert (row.round_id, row.kind, row.amount, row.balance) == ("round-7", "bet", 100, 999_900)


WRONG_SESSIONS: dict[str, dict[str, Any]] = {
    "unknown": {"sessionId": "nobody-opened-this"},
    "of another currency": {"currency": "USD"},
    "of another player": {"playerId": "player-2"},
    "of another game": {"gameId": "G-other"},
}


@pytest.mark.parametrize("fields", WRONG_SESSIONS.values(), ids=WRONG_SESSIONS)
def test_a_session_that_does_not_fit_is_refused(caller: Caller, fields: dict[str, Any]) -> None:
    factories.game("G-other")
    Player.objects.create(merchant=caller.merchant, player_id="player-2")
    assert caller.bet(100, transactionId="bet-1", **fields).status == "SESSION_REQUIRED_OR_INVALID"
    assert caller.bet(100, transactionId="bet-1")["balance"] == 999_900, "nothing was remembered of it"


def test_the_session_of_another_merchant_is_refused(caller: Caller, rival_caller: Caller) -> None:
    assert caller.bet(100, sessionId=rival_caller.session).status == "SESSION_REQUIRED_OR_INVALID"


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}], ids=["closed", "expired"]
)
def test_a_session_that_is_over_is_refused(caller: Caller, change: dict[str, Any]) -> None:
    Session.objects.filter(session_id=caller.session).update(**change)
    assert caller.bet(100).status == "SESSION_REQUIRED_OR_INVALID"


def test_player_ids_differ_by_upper_and_lower_case(caller: Caller) -> None:
    assert caller.bet(100, playerId="PLAYER-1").status == "RECORD_NOT_FOUND"


def test_a_game_off_everywhere_is_inactive(caller: Caller) -> None:
    caller.game.is_active = False
    caller.game.save()
    assert caller.bet(100).status == "GAME_INACTIVE"


def test_a_game_off_for_one_merchant_is_inactive_for_it_alone(caller: Caller, rival_caller: Caller) -> None:
    DisabledGame.objects.create(merchant=caller.merchant, game=caller.game)
    assert caller.bet(100).status == "GAME_INACTIVE"
    assert rival_caller.bet(100).status == "RS_OK"


# Limits are both optional; the player's goes before the merchant's.
STAKES = [
    # merchant, player, stake, answer
    (None, None, 1_000_000, "RS_OK"),
    (500, None, 500, "RS_OK"),
    (500, None, 501, "RS_ERROR_LIMIT_REACHED"),
    (500, 900, 900, "RS_OK"),
    (500, 900, 901, "RS_ERROR_LIMIT_REACHED"),
    (500, 100, 101, "RS_ERROR_LIMIT_REACHED"),
    (None, 0, 1, "RS_ERROR_LIMIT_REACHED"),
    (None, 0, 0, "RS_OK"),
]


def limit(merchant: Merchant, field: str, of_merchant: Any, of_player: Any) -> None:
    Merchant.objects.filter(pk=merchant.pk).update(**{field: of_merchant})
    Player.objects.filter(merchant=merchant).update(**{field: of_player})


@pytest.mark.parametrize(("of_merchant", "of_player", "stake", "answer"), STAKES)
def test_a_stake_has_a_limit(
    caller: Caller, of_merchant: int | None, of_player: int | None, stake: int, answer: str
) -> None:
    limit(caller.merchant, "max_stake", of_merchant, of_player)
    assert caller.bet(stake)["status"] == answer


BY_CURRENCY = [
    # merchant: any, by currency; player: any, by currency; stake in EUR, answer
    (500, {"EUR": 100}, None, None, 100, "RS_OK"),
    (500, {"EUR": 100}, None, None, 101, "RS_ERROR_LIMIT_REACHED"),
    (100, {"EUR": 500}, None, None, 500, "RS_OK"),
    (100, {"JPY": 500}, None, None, 101, "RS_ERROR_LIMIT_REACHED"),
    (None, {"JPY": 1}, None, None, 400_000, "RS_OK"),
    (None, {"EUR": 100}, 500, None, 500, "RS_OK"),
    (None, {"EUR": 900}, 500, {"EUR": 0}, 1, "RS_ERROR_LIMIT_REACHED"),
    (None, {"EUR": 900}, 500, {"JPY": 0}, 500, "RS_OK"),
]


@pytest.mark.parametrize(("any_of_all", "of_all", "any_of_one", "of_one", "stake", "answer"), BY_CURRENCY)
def test_the_limit_of_a_currency_goes_before_that_of_any(
    caller: Caller, any_of_all: Any, of_all: Any, any_of_one: Any, of_one: Any, stake: int, answer: str
) -> None:
    """The player's limits before the merchant's. What is said beforehand is what the ledger does."""
    caller.bet(stake)
    limit(caller.merchant, "max_stake", any_of_all, any_of_one)
    limit(caller.merchant, "max_stake_by_currency", of_all, of_one)
    assert caller.bet(stake)["status"] == answer
    merchant, player = Merchant.objects.get(), Player.objects.get()
    of_player = restriction_impact.player_limit_impact(player, limits.player_limits(player))[0]
    assert (of_player.too_high > 0) == (answer != "RS_OK")
    assert (
        restriction_impact.merchant_limit_impact(merchant, limits.player_limits(merchant))[0].too_high
        == of_player.too_high
    )


@pytest.mark.parametrize(("of_merchant", "of_player", "taken"), [(3, None, 3), (3, 5, 5), (5, 3, 3), (None, 0, 0)])
def test_bets_a_minute_have_a_limit(caller: Caller, of_merchant: int | None, of_player: int | None, taken: int) -> None:
    limit(caller.merchant, "bets_per_minute", of_merchant, of_player)
    answers = [caller.bet(1).status for _ in range(taken + 2)]
    assert answers == ["RS_OK"] * taken + ["LIMIT_REACHED"] * 2


def test_the_limit_moves_on_with_the_minute(caller: Caller) -> None:
    limit(caller.merchant, "bets_per_minute", 1, None)
    start = clock.now()
    for seconds, answer in [(0, "RS_OK"), (59, "LIMIT_REACHED"), (61, "RS_OK")]:
        with clock.frozen_at(start + timedelta(seconds=seconds)):
            timestamp = str(int(clock.now().timestamp() * 1000))
            body = caller.in_session(currency="EUR", amount=1)
            assert caller.call("/wallet/transaction/bet", body, timestamp=timestamp).status == answer


def test_a_limit_tells_the_real_balance(caller: Caller) -> None:
    limit(caller.merchant, "max_stake", 1, None)
    assert caller.bet(2)["balance"] == 1_000_000


def test_a_missing_balance_tells_the_real_one(caller: Caller) -> None:
    caller.bet(400_000)
    assert caller.bet(600_001)["balance"] == 600_000
