"""A secret that has ended signs nothing more at that very second: at every endpoint, for real and for play money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from merchants.models import ApiKey
from merchants.services import keys
from portal.lib import clock
from tests.conftest import Caller
from tests.signing import Answer

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
CALLS: dict[str, Callable[[Caller, dict[str, Any]], Answer]] = {
    "bet": lambda at, when: at.call("/wallet/transaction/bet", at.in_session(currency=at.currency, amount=0), **when),
    "balance": lambda at, when: at.call("/wallet/balance", {"playerId": at.player, "currency": at.currency}, **when),
    "launch": lambda at, when: at.call(
        "/game/url",
        {"gameId": at.game.game_id, "playerId": at.player, "playerName": "Ada", "balance": 0, "currency": at.currency},
        **when,
    ),
    "list": lambda at, when: at.get("/game/list?page=1&limit=10", **when),
    "sessions": lambda at, when: at.get("/game/sessions?page=1&limit=10", **when),
    "session": lambda at, when: at.get(f"/game/session?sessionId={at.session}&page=1&limit=10", **when),
    "rollback": lambda at, when: at.call(
        "/wallet/transaction/rollback", {"transactions": [at.rollback_item("none")]}, **when
    ),
}


def status(caller: Caller, verb: str) -> str:
    return CALLS[verb](caller, {"timestamp": str(int(clock.now().timestamp() * 1000))}).status


@pytest.mark.parametrize("currency", ["EUR", "OPPI"])
@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize("what", ["overlap", "key", "revoke", "replace"])
def test_it_is_refused_from_then_on(caller: Caller, verb: str, currency: str, what: str) -> None:
    caller.currency = currency
    caller.launch(balance=1_000_000)
    key, now = ApiKey.objects.get(), clock.now()
    with clock.frozen_at(now):
        if what == "overlap":
            keys.rotate_secret(key=key, overlap=HOUR)
        elif what == "key":
            keys.set_end(key=key, ends=now + HOUR)
    with clock.frozen_at(now + HOUR - TICK):
        assert status(caller, verb) in {"OK", "RS_OK"}
        if what == "revoke":
            keys.revoke_key(key=key)
        elif what == "replace":
            keys.replace_secrets(key=key)
    with clock.frozen_at(now + HOUR):
        said = status(caller, verb).removeprefix("RS_ERROR_")
    assert said == ("SIGNATURE_NOT_MATCH" if what in {"overlap", "replace"} else "INVALID_APIKEY")
