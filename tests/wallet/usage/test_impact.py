"""What a key does now, and whether its callers are answered as the page said they would be."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from merchants.admin.merchants import STATUS_ANSWERS
from merchants.models import ApiKey, Compromise, Player, SeenAddress
from merchants.services import compromise, flags, keys, limits, merchants
from portal.lib import clock
from portal.lib.texts import Answers
from tests.conftest import Caller
from tests.plugins.live import CHECKOUT
from tests.signing import Answer, new_id
from wallet.admin.sessions import CLOSED_ANSWERS
from wallet.models import Session, Watermark
from wallet.pages import catalogue_csv
from wallet.pages import limits as page_of_limits
from wallet.services.calls import sessions
from wallet.services.log import request_log
from wallet.services.usage import compromise_impact, usage_rollup
from wallet.services.usage.compromise_impact import NEW_RISK, OWED, REFUSED, UNKNOWN_SECRET

Response = Compromise.Response
LATE = "late payout (retry, settlement)"
SAYS_AS_USUAL = "as usual"


def key_of(caller: Caller) -> ApiKey:
    return ApiKey.objects.get(auth_key=caller.signer.auth_key)


@pytest.mark.parametrize("summed_up", [False, True])
def test_what_the_key_does_now(caller: Caller, rival_caller: Caller, summed_up: bool) -> None:
    caller.bet(100)
    caller.payout(caller.bet(200)["transactionId"], 0)
    caller.bet(30)
    rival_caller.bet(7)
    request_log.drain_lines()
    if summed_up:
        usage_rollup.sum_up(Watermark.Source.CALLS)
        usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    found = compromise_impact.compromise_impact(key_of(caller))
    assert [(each.currency, each.rounds, each.stake) for each in found.open_rounds] == [("EUR", 2, 130)]
    assert found.rounds == 2
    assert found.by_endpoint == [
        ("/wallet/transaction/bet", 3),
        ("/game/url", 1),
        ("/wallet/transaction/deposit", 1),
        ("/wallet/transaction/payout", 1),
    ]
    assert (found.per_minute_hour, found.per_minute_day) == (6 / 60, 6 / 1440)
    assert (found.addresses, found.known, found.players_in_session) == (1, 1, 1)
    later = compromise_impact.compromise_impact(key_of(caller), clock.now() + timedelta(hours=25))
    assert (later.per_minute_day, later.addresses, later.players_in_session, later.rounds) == (0, 0, 0, 2)


def test_rounds_longer_ago_than_it_says_are_left_out(caller: Caller) -> None:
    caller.bet(100)
    assert compromise_impact.compromise_impact(key_of(caller), clock.now() + timedelta(days=31)).open_rounds == []


def do(caller: Caller, what: str, bet: str) -> str:
    """One call of that name, and the status it is answered."""
    item = caller.in_session(refTransactionId=bet, currency=caller.currency, amount=5)
    calls: dict[str, Callable[[], Answer]] = {
        "bet": caller.bet,
        "deposit": lambda: caller.deposit(5),
        "withdraw": lambda: caller.withdraw(5),
        "launch": caller.launch,
        "game list": lambda: caller.get("/game/list"),
        "sessions": lambda: caller.get("/game/sessions"),
        "payout": lambda: caller.payout(bet, 5),
        LATE: lambda: caller.call("/wallet/transaction/settlement", {"transactions": [item]}),
        "reward": lambda: caller.reward(5),
        "rollback": lambda: caller.rollback(new_id()),
        "balance": caller.balance,
    }
    return str(calls[what]().body["status"])


@pytest.mark.parametrize("what", [*NEW_RISK, *OWED])
@pytest.mark.parametrize("response", list(Response))
def test_callers_are_answered_as_was_said(caller: Caller, response: str, what: str) -> None:
    said = dict(compromise_impact.call_answers(response))[what]
    bet = caller.bet(100)["transactionId"]
    request_log.drain_lines()
    SeenAddress.objects.update(first_seen_at=clock.now() - timedelta(hours=1))
    compromise.declare_compromise(
        key=key_of(caller), response=response, reason="found", exposed_since=clock.now(), by=None
    )
    answered = do(caller, what, bet)
    assert answered == (said if said in {REFUSED, UNKNOWN_SECRET} else "RS_OK")
    if response == Response.QUARANTINE and what in OWED:
        caller.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
        assert said.startswith(SAYS_AS_USUAL)
        assert do(caller, what, bet) == REFUSED


@pytest.mark.parametrize("what", [*NEW_RISK, *OWED])
def test_the_answers_after_an_overlap(caller: Caller, what: str) -> None:
    """A rotation with no overlap ends at once: what the table says for afterwards."""
    said = dict(compromise_impact.call_answers(Response.ROTATE))[what]
    bet = caller.bet(100)["transactionId"]
    compromise.declare_compromise(
        key=key_of(caller), response="rotate", reason="found", exposed_since=clock.now(), by=None, overlap=timedelta(0)
    )
    answered = do(caller, what, bet)
    assert said.endswith(answered)


def test_an_unknown_response_has_no_answers() -> None:
    with pytest.raises(ValueError, match="shrug"):
        compromise_impact.call_answers("shrug")


def test_a_merchant_that_is_suspended_meanwhile_changes_no_number(caller: Caller) -> None:
    caller.bet(100)
    merchants.set_status(merchant=caller.merchant, status="suspended")
    assert compromise_impact.compromise_impact(key_of(caller)).rounds == 1


# --- Tables on pages: what callers are answered afterwards ------------------------------------------------------------
CALLS = [*NEW_RISK, *OWED]
SPOKEN: dict[str, list[Any]] = {
    "lists": ["game list", "sessions"],
    "lists of games and sessions": ["game list", "sessions"],
    "every call": CALLS,
    "every request": CALLS,
    "withdrawal": ["withdraw"],
    "bet above a limit": ["bet"],
    "launch of a blocked player": ["launch"],
    "all that is owed": ["payout", LATE, "reward", "rollback"],
}


def block(caller: Caller) -> None:
    flags.block_player(player=Player.objects.get(player_id=caller.player), reason="self-exclusion")


def unblock(caller: Caller) -> None:
    block(caller)
    flags.unblock_player(player=Player.objects.get(player_id=caller.player))


def limit(caller: Caller) -> None:
    player = Player.objects.get(player_id=caller.player)
    lowest = limits.Limits(None, None, {caller.currency: 1})
    limits.set_player_limits(player=player, limits=lowest, seen=limits.player_limits(player))


def switch_on_again(caller: Caller) -> None:
    flags.switch_game(game=caller.game, on=False)
    flags.switch_game(game=caller.game, on=True)


def become(status: str) -> Callable[[Caller], object]:
    return lambda caller: merchants.set_status(merchant=caller.merchant, status=status)


TABLES: dict[str, tuple[Answers, Callable[[Caller], object]]] = {
    "BLOCKED_ANSWERS": (flags.BLOCKED_ANSWERS, block),
    "MIXED_ANSWERS": (catalogue_csv.MIXED_ANSWERS, block),
    "UNBLOCKED_ANSWERS": (flags.UNBLOCKED_ANSWERS, unblock),
    "OFF_ANSWERS": (flags.OFF_ANSWERS, lambda caller: flags.switch_game(game=caller.game, on=False)),
    "ON_ANSWERS": (flags.ON_ANSWERS, switch_on_again),
    "LIMIT_ANSWERS": (page_of_limits.LIMIT_ANSWERS, limit),
    "CLOSED_ANSWERS": (CLOSED_ANSWERS, lambda _: sessions.close_session(session=Session.objects.get())),
    "QUARANTINED_ANSWERS": (keys.QUARANTINED_ANSWERS, lambda caller: keys.quarantine_key(key=key_of(caller))),
    "REVOKED_ANSWERS": (keys.REVOKED_ANSWERS, lambda caller: keys.revoke_key(key=key_of(caller))),
    **{f"STATUS_ANSWERS {status}": (table, become(status)) for status, table in STATUS_ANSWERS.items()},
}


@pytest.mark.parametrize("name", TABLES)
def test_callers_are_answered_as_a_page_says(caller: Caller, name: str) -> None:
    answers, act = TABLES[name]
    bet = caller.bet(100)["transactionId"]
    request_log.drain_lines()
    SeenAddress.objects.update(first_seen_at=clock.now() - timedelta(hours=1))
    act(caller)
    for spoken, said in [(str(call), str(answer)) for call, answer in answers]:
        parts = [spoken.lower()] if spoken.lower() in SPOKEN else spoken.lower().split(", ")
        for what in [call for part in parts for call in SPOKEN.get(part, [part])]:
            expected = "RS_OK" if said.startswith(SAYS_AS_USUAL) else said.partition(",")[0]
            assert (what, do(caller, what, bet)) == (what, expected)


def test_no_table_of_answers_is_left_out() -> None:
    named = re.compile(r"\b[A-Z]+_ANSWERS(?= = |: )")
    rooms = [CHECKOUT / room for room in ("merchants", "wallet")]
    found = {name for room in rooms for file in room.rglob("*.py") for name in named.findall(file.read_text())}
    assert found - {"OTHER_ANSWERS"} == {name.split()[0] for name in TABLES}  # those are of the schema
