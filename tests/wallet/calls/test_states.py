"""Section 4: who may still do what. Money that is owed is always settled; only new risk is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from merchants.models import ApiKey, Game, Merchant, Player, Secret
from merchants.services import keys
from portal.lib import clock
from tests.conftest import Caller
from tests.signing import Answer, new_id
from wallet.models import Session
from wallet.services.log import request_log

CALLS: dict[str, Callable[[Caller], Answer]] = {
    "bet": lambda caller: caller.bet(1),
    "launch": lambda caller: caller.launch(),
    "payout": lambda caller: caller.payout("stake", 1),
    "retry": lambda caller: late(caller, "retry"),
    "settlement": lambda caller: late(caller, "settlement"),
    "reward": lambda caller: caller.reward(1),
    "rollback": lambda caller: caller.rollback("other-stake"),
    "balance": lambda caller: caller.balance(),
    "deposit": lambda caller: caller.deposit(1),
    "withdraw": lambda caller: caller.withdraw(1),
    "sessions": lambda caller: caller.get("/game/sessions"),
    "session": lambda caller: caller.get(f"/game/session?sessionId={caller.session}"),
    "list": lambda caller: caller.get("/game/list"),
    "days": lambda caller: caller.get("/reconciliation/days"),
    "breaks": lambda caller: caller.get("/reconciliation/breaks?day=2026-01-31"),
}
OWED = {"payout", "retry", "settlement", "reward", "rollback", "balance"}
READ = {"sessions", "session", "list", "days", "breaks"}
ALL = set(CALLS)


def late(caller: Caller, path: str) -> Answer:
    named = {"roundId": "round-1"} if path == "retry" else {"refTransactionId": "stake"}
    item = caller.in_session(currency="EUR", amount=1) | named
    return caller.call(f"/wallet/transaction/{path}", {"transactions": [item]})


@pytest.fixture(autouse=True)
def stakes(caller: Caller) -> None:
    caller.bet(1, transactionId="stake", roundId="round-1")
    caller.bet(1, transactionId="other-stake")
    request_log.drain_lines()


def merchant(status: str) -> Callable[[Caller], Any]:
    return lambda caller: Merchant.objects.filter(pk=caller.merchant.pk).update(status=status)


def key(caller: Caller) -> ApiKey:
    return ApiKey.objects.get(auth_key=caller.signer.auth_key)


def quarantine(caller: Caller) -> None:
    keys.quarantine_key(key=key(caller))


def quarantine_and_move(caller: Caller) -> None:
    quarantine(caller)
    caller.client.defaults["REMOTE_ADDR"] = "198.51.100.9"


def revoke(caller: Caller) -> None:
    keys.revoke_key(key=key(caller))


def revoke_secret(caller: Caller) -> None:
    Secret.objects.filter(key=key(caller)).update(revoked_at=clock.now())


def expire_key(caller: Caller) -> None:
    ApiKey.objects.filter(pk=key(caller).pk).update(expires_at=clock.now() - timedelta(seconds=1))


def expire_secret(caller: Caller) -> None:
    Secret.objects.filter(key=key(caller)).update(
        superseded_at=clock.now() - timedelta(days=1), usable_until=clock.now() - timedelta(seconds=1)
    )


def block(caller: Caller) -> None:
    Player.objects.filter(merchant=caller.merchant).update(is_blocked=True)


def switch_off(caller: Caller) -> None:
    Game.objects.filter(pk=caller.game.pk).update(is_active=False)


def disable(caller: Caller) -> None:
    caller.merchant.disabled_games.create(game=caller.game)


def close_session(caller: Caller) -> None:
    Session.objects.filter(session_id=caller.session).update(is_active=False)


def expire_session(caller: Caller) -> None:
    Session.objects.filter(session_id=caller.session).update(expires_at=clock.now() - timedelta(seconds=1))


STATES: dict[str, tuple[Callable[[Caller], Any], str, set[str]]] = {
    # state: how it comes, what is answered, to which calls; all others are taken
    "merchant active": (merchant("active"), "", set()),
    "merchant suspended": (merchant("suspended"), "MERCHANT_NOT_ACTIVE", {"bet", "launch", "deposit"}),
    "merchant closed": (merchant("closed"), "MERCHANT_NOT_ACTIVE", ALL),
    "key quarantined": (quarantine, "INVALID_APIKEY", ALL - OWED),
    "key quarantined, from a new address": (quarantine_and_move, "INVALID_APIKEY", ALL),
    "key revoked": (revoke, "INVALID_APIKEY", ALL),
    "key expired": (expire_key, "INVALID_APIKEY", ALL),
    "secret revoked": (revoke_secret, "INVALID_APIKEY", ALL),
    "secret expired": (expire_secret, "INVALID_APIKEY", ALL),
    "player blocked": (block, "PLAYER_BLOCKED", {"bet", "launch"}),
    "game off everywhere": (switch_off, "GAME_INACTIVE", {"bet", "launch"}),
    "game off here": (disable, "GAME_INACTIVE", {"bet", "launch"}),
    "session closed": (close_session, "SESSION_REQUIRED_OR_INVALID", {"bet"}),
    "session expired": (expire_session, "SESSION_REQUIRED_OR_INVALID", {"bet"}),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("state", STATES)
def test_who_may_still_do_what(caller: Caller, state: str, call: str) -> None:
    change, status, refused = STATES[state]
    change(caller)
    answer = CALLS[call](caller)
    assert answer.http_status == 200
    assert answer.status == (status if call in refused else "RS_OK")
    if call in refused:
        assert answer["message"]
    elif call in {"retry", "settlement", "rollback"}:
        assert answer["data"][0]["status"] == "RS_OK"


BROKEN_BODIES = {"bet": "/wallet/transaction/bet", "launch": "/game/url", "rollback": "/wallet/transaction/rollback"}


@pytest.mark.parametrize("call", BROKEN_BODIES)
@pytest.mark.parametrize("state", ["merchant closed", "key quarantined, from a new address", "key revoked"])
def test_the_body_is_not_looked_at_before_the_state(caller: Caller, state: str, call: str) -> None:
    change, status, _ = STATES[state]
    change(caller)
    assert caller.call(BROKEN_BODIES[call], b"{").status == status


def test_an_address_first_seen_during_the_quarantine_stays_unknown(caller: Caller) -> None:
    quarantine(caller)
    caller.client.defaults["REMOTE_ADDR"] = "198.51.100.9"
    for _ in range(2):
        assert caller.balance().status == "INVALID_APIKEY"
        request_log.drain_lines()


def test_another_key_of_the_merchant_is_not_touched_by_a_revoke(caller: Caller) -> None:
    issued = keys.issue_key(merchant=caller.merchant)
    revoke(caller)
    caller.signer.auth_key, caller.signer.secret = issued.key.auth_key, issued.secret
    assert caller.bet(1).status == "RS_OK"


def test_one_of_two_secrets_may_be_revoked(caller: Caller) -> None:
    old = caller.signer.secret
    caller.signer.secret = keys.rotate_secret(key=key(caller)).secret
    Secret.objects.filter(key=key(caller), version=1).update(revoked_at=clock.now())
    assert caller.bet(1, transactionId=new_id()).status == "RS_OK"
    caller.signer.secret = old
    assert caller.bet(1).status == "SIGNATURE_NOT_MATCH"
