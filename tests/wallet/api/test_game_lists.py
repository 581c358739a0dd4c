"""`/game/sessions`, `/game/session` and `/game/list`: pages of what a merchant has."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from merchants.models import DisabledGame
from tests import factories
from tests.conftest import Caller
from wallet.models import Session

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def page(caller: Caller, path: str, **query: Any) -> dict[str, Any]:
    answer = caller.get(f"{path}?{urlencode(query)}")
    assert answer.status == "RS_OK"
    return dict(answer["data"])


def test_a_session_is_told(caller: Caller) -> None:
    found = page(caller, "/game/sessions")
    created = found["result"][0].pop("createdAt")
    assert MOMENT.fullmatch(created)
    assert found == {
        "totalPages": 1,
        "currentPage": 1,
        "totalCount": 1,
        "result": [
            {
                "sessionId": caller.session,
                "playerId": "player-1",
                "playerName": "Ada",
                "gameId": caller.game.game_id,
                "gameName": caller.game.name,
                "status": 1,
                "currency": "EUR",
            }
        ],
    }


def test_a_session_that_is_over_has_status_0(caller: Caller) -> None:
    Session.objects.update(is_active=False)
    assert page(caller, "/game/sessions")["result"][0]["status"] == 0


def test_sessions_come_newest_first_and_by_page(caller: Caller) -> None:
    ids = [caller.session, *(caller.launch()["sessionId"] for _ in range(11))]
    first, second, beyond = (page(caller, "/game/sessions", page=number) for number in (1, 2, 3))
    assert [row["sessionId"] for row in first["result"] + second["result"]] == ids[::-1]
    assert [(told["totalPages"], told["currentPage"], told["totalCount"]) for told in (first, second, beyond)] == [
        (2, 1, 12),
        (2, 2, 12),
        (2, 3, 12),
    ]
    assert (len(first["result"]), beyond["result"]) == (10, [])
    assert len(page(caller, "/game/sessions", limit=100)["result"]) == 12


def test_sessions_of_one_player_or_game(caller: Caller) -> None:
    other = factories.game("G-other")
    caller.launch(playerId="player-2")
    caller.launch(playerId="player-2", gameId=other.game_id)
    assert page(caller, "/game/sessions", playerId="player-2")["totalCount"] == 2
    assert page(caller, "/game/sessions", gameId="G-other")["totalCount"] == 1
    assert page(caller, "/game/sessions", playerId="player-1", gameId="G-other")["totalCount"] == 0
    assert page(caller, "/game/sessions", playerId="PLAYER-2")["totalCount"] == 0


def test_nobody_sees_the_sessions_of_another(caller: Caller, rival_caller: Caller) -> None:
    told = {row["sessionId"] for row in page(caller, "/game/sessions")["result"]}
    assert told == {caller.session}
    assert caller.get(f"/game/session?sessionId={rival_caller.session}").status == "RECORD_NOT_FOUND"


def test_a_round_is_a_bet_with_all_that_it_paid(caller: Caller) -> None:
    bet = caller.bet(100)["transactionId"]
    caller.payout(bet, 30)
    caller.payout(bet, 20)
    row = page(caller, "/game/session", sessionId=caller.session)["result"][0]
    assert MOMENT.fullmatch(row.pop("createdAt"))
    assert row == {
        "transactionId": bet,
        "sessionId": caller.session,
        "playerId": "player-1",
        "playerName": "Ada",
        "betAmount": 100,
        "payout": 50,
        "isWin": True,
        "sessionStatus": 1,
        "gameId": caller.game.game_id,
        "gameName": caller.game.name,
    }


def test_a_lost_round_and_one_that_is_still_open_paid_nothing(caller: Caller) -> None:
    lost = caller.bet(100)["transactionId"]
    caller.payout(lost, 0)
    caller.bet(100)
    told = page(caller, "/game/session", sessionId=caller.session)["result"]
    assert [(row["payout"], row["isWin"]) for row in told] == [(0, False)] * 2


def test_a_payout_that_was_taken_back_does_not_count(caller: Caller) -> None:
    bet = caller.bet(100)["transactionId"]
    payout = caller.payout(bet, 30)["transactionId"]
    caller.rollback(payout)
    assert page(caller, "/game/session", sessionId=caller.session)["result"][0]["payout"] == 0


def test_a_refused_bet_is_no_round(caller: Caller) -> None:
    caller.bet(9_000_000)
    assert page(caller, "/game/session", sessionId=caller.session)["totalCount"] == 0


def test_the_games_tell_which_may_be_launched(caller: Caller) -> None:
    factories.game("G-off", name="B", is_active=False)
    disabled = factories.game("G-here", name="A")
    DisabledGame.objects.create(merchant=caller.merchant, game=disabled)
    told = page(caller, "/game/list")["result"]
    assert [(row["gameId"], row["gameName"], row["active"]) for row in told] == [
        ("G-here", "A", False),
        ("G-off", "B", False),
        (caller.game.game_id, caller.game.name, True),
    ]


QUERIES = [
    ("page=0", "INVALID_NUMBER"),
    ("page=-1", "INVALID_NUMBER"),
    ("limit=0", "INVALID_NUMBER"),
    ("limit=101", "INVALID_NUMBER"),
    ("limit=100", "RS_OK"),
    ("page=9007199254740991", "RS_OK"),
    ("page=9007199254740992", "INVALID_NUMBER"),
    (f"page={'9' * 5000}", "INVALID_NUMBER"),
    ("page=1.0", "INCORRECT_DATA"),
    ("page=1e1", "INCORRECT_DATA"),
    ("page=", "INCORRECT_DATA"),
    ("page=one", "INCORRECT_DATA"),
    ("page=%D9%A1", "INCORRECT_DATA"),
    ("page=1&page=2", "INCORRECT_DATA"),
    ("page=%ff", "INCORRECT_DATA"),
    ("page=2;limit=5", "INCORRECT_DATA"),
    ("nothing=asked", "RS_OK"),
    ("&&=&", "RS_OK"),
]


@pytest.mark.parametrize(("query", "status"), QUERIES, ids=lambda text: text[:20])
@pytest.mark.parametrize("path", ["/game/list", "/game/sessions"])
def test_a_query_is_whole_numbers_in_range(caller: Caller, path: str, query: str, status: str) -> None:
    answer = caller.get(f"{path}?{query}")
    assert (answer.http_status, answer.status) == (200, status)


@pytest.mark.parametrize("query", ["", "sessionId=", "sessionId=%00", f"sessionId={'x' * 513}"], ids=lambda q: q[:14])
def test_a_session_must_be_named(caller: Caller, query: str) -> None:
    answer = caller.get(f"/game/session?{query}")
    assert answer.status == "FIELD_REQUIRED_OR_INVALID"
    assert "sessionId" in answer["message"]
