from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from merchants.models import DisabledGame, Player
from portal.lib import clock
from tests.conftest import Caller
from wallet.models import Account, Session, Transaction


def test_a_launch_tells_where_to_play(caller: Caller) -> None:
    answer = caller.launch()
    assert set(answer.body) == {"status", "gameUrl", "sessionId"}
    query = parse_qs(urlsplit(answer["gameUrl"]).query)
    assert query == {"sessionId": [answer["sessionId"]], "mode": ["real"]}


def test_it_makes_the_player_known(caller: Caller) -> None:
    caller.launch(playerId="Newcomer", playerName="Zoë / 名前")
    assert Player.objects.get(player_id="Newcomer").name == "Zoë / 名前"
    caller.launch(playerId="newcomer")
    assert Player.objects.filter(player_id__iexact="newcomer").count() == 2, "upper and lower case differ"


def test_a_new_name_is_learnt(caller: Caller) -> None:
    caller.launch(playerName="Ada L.")
    assert Player.objects.get(player_id="player-1").name == "Ada L."


def test_each_launch_is_a_session_of_its_own(caller: Caller) -> None:
    first = caller.session
    caller.launch()
    assert caller.session != first
    assert caller.bet(1, sessionId=first).status == "RS_OK", "the older one goes on"


def test_the_pushed_balance_is_the_operators_word_and_credits_nothing(caller: Caller) -> None:
    caller.launch(playerId="newcomer", balance=5_000)
    assert Session.objects.get(session_id=caller.session).pushed_balance == 5_000
    assert caller.balance(playerId="newcomer")["balance"] == 0


def test_a_session_lasts_a_day(caller: Caller, settings: Any) -> None:
    expires = Session.objects.get(session_id=caller.session).expires_at
    assert abs(expires - clock.now() - timedelta(hours=settings.SESSION_LIFETIME_HOURS)) < timedelta(minutes=1)


REFUSED = [
    ({"gameId": "G-unknown"}, "RECORD_NOT_FOUND"),
    ({"playerName": ""}, "FIELD_REQUIRED_OR_INVALID"),
    ({"playerName": "a\0b"}, "FIELD_REQUIRED_OR_INVALID"),
    ({"playerId": "x" * 256}, "FIELD_REQUIRED_OR_INVALID"),
    ({"balance": "5"}, "INCORRECT_DATA"),
    ({"balance": 5.0}, "INCORRECT_DATA"),
    ({"balance": 2**53}, "INVALID_NUMBER"),
    ({"balance": -(2**53)}, "INVALID_NUMBER"),
    ({"currency": "euro"}, "FIELD_REQUIRED_OR_INVALID"),
]


@pytest.mark.parametrize(("fields", "status"), REFUSED, ids=str)
def test_a_launch_is_refused(caller: Caller, fields: dict[str, Any], status: str) -> None:
    before = Session.objects.count()
    assert caller.launch(**fields).status == status
    assert Session.objects.count() == before


def test_neither_a_game_that_is_off_nor_a_blocked_player_is_launched(caller: Caller) -> None:
    Player.objects.update(is_blocked=True)
    assert caller.launch().status == "PLAYER_BLOCKED"
    DisabledGame.objects.create(merchant=caller.merchant, game=caller.game)
    assert caller.launch().status == "GAME_INACTIVE"


# Demo sessions ------------------------------------------------------------------------------------------------------
@pytest.fixture
def demo(caller: Caller) -> Caller:
    """Playing with 1,000 of play money."""
    caller.currency = "XXX"
    answer = caller.launch(balance=1_000)
    assert parse_qs(urlsplit(answer["gameUrl"]).query)["mode"] == ["demo"]
    return caller


def test_play_money_starts_at_the_pushed_balance(demo: Caller) -> None:
    assert demo.balance()["balance"] == 1_000
    assert demo.balance(currency="EUR")["balance"] == 1_000_000


def test_play_money_is_won_and_lost(demo: Caller) -> None:
    bet = demo.bet(100)
    assert bet["balance"] == 900
    assert demo.payout(bet["transactionId"], 250)["balance"] == 1_150
    assert demo.reward(5)["balance"] == 1_155
    assert demo.bet(2_000).body["balance"] == 1_155
    assert demo.rollback(bet["transactionId"])["data"][0]["status"] == "RS_OK"
    assert demo.balance()["balance"] == 1_005


def test_play_money_never_enters_the_ledger(demo: Caller) -> None:
    rows = Transaction.objects.count()
    bet = demo.bet(100)["transactionId"]
    demo.payout(bet, 50)
    demo.reward(5)
    demo.rollback(bet, "unknown")
    assert Transaction.objects.count() == rows
    assert not Account.objects.filter(currency="XXX").exists()
    assert demo.balance(currency="EUR")["balance"] == 1_000_000


def test_play_money_repeats_as_money_does(demo: Caller) -> None:
    first = demo.bet(100, transactionId="id-1")
    demo.bet(50)
    assert demo.bet(100, transactionId="id-1").body == first.body
    other = demo.bet(101, transactionId="id-1")
    assert (other.status, other["balance"]) == ("DUPLICATE_TRANSACTION", 850)
    demo.rollback("id-1", "late")
    assert demo.bet(100, transactionId="id-1").status == "TRANSACTION_DOES_NOT_EXIST"
    assert demo.bet(100, transactionId="late").status == "TRANSACTION_DOES_NOT_EXIST"


def test_limits_do_not_hold_for_play_money(demo: Caller) -> None:
    Player.objects.update(max_stake=0, bets_per_minute=0)
    assert demo.bet(100).status == "RS_OK"


def test_a_late_payout_of_play_money_is_found_by_its_round(demo: Caller) -> None:
    bet = demo.bet(100, roundId="round-1")["transactionId"]
    item = demo.in_session(currency="XXX", roundId="round-1", amount=10)
    sent = demo.call("/wallet/transaction/retry", {"transactions": [item]})
    assert (sent["data"][0]["status"], demo.balance()["balance"]) == ("RS_OK", 910)
    settled = demo.in_session(currency="XXX", refTransactionId=bet, amount=5)
    sent = demo.call("/wallet/transaction/settlement", {"transactions": [settled]})
    assert sent["data"][0]["balance"] == 915


@pytest.mark.parametrize("verb", ["deposit", "withdraw"])
def test_play_money_is_neither_paid_in_nor_out(demo: Caller, verb: str) -> None:
    assert getattr(demo, verb)(5).status == "SESSION_REQUIRED_OR_INVALID"


def test_a_real_session_does_not_play_and_a_demo_session_does_not_pay(caller: Caller) -> None:
    real = caller.session
    assert caller.bet(1, currency="XXX").status == "SESSION_REQUIRED_OR_INVALID"
    caller.launch(currency="XXX", balance=10)
    assert caller.bet(1, currency="EUR").status == "SESSION_REQUIRED_OR_INVALID"
    assert caller.bet(1, sessionId=real).status == "RS_OK"
