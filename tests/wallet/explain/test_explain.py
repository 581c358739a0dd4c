"""Why was a call answered so? Each row of the contract by a real call: the ladder fails there and says who and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from merchants.errors import moment_text
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, DisabledGame, Game, Merchant, Person, Player
from merchants.services import allowlist, flags, history, keys, merchants
from merchants.services.allowlist.proposal import EntryPlan, Proposal
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.signing import Answer, new_id, now_ms
from wallet.models import Account, RefusedCall, Session, SignedRequest, Transaction
from wallet.services.explain.checks import Value
from wallet.services.explain.explanation import CheckOutcome, Explanation, explain_request
from wallet.services.log import request_log

MOST_QUERIES = 36
ELSEWHERE = "203.0.113.0/24"


@pytest.fixture(autouse=True)
def _set_up(request: pytest.FixtureRequest) -> None:
    """What a test begins with is a change of its own, though all of a test is one transaction."""
    with history.act_as(door="set-up"):
        for name in {"caller", "rival_caller", "support"} & set(request.fixturenames):
            request.getfixturevalue(name)


def told(answer: Answer) -> Explanation:
    request_log.drain_lines()
    return explain_request(line=SignedRequest.objects.get(request_id=answer.headers["x-request-id"]))


def failed(explanation: Explanation) -> list[int]:
    return [rung.number for rung in explanation.rungs if rung.then is CheckOutcome.FAILED]


def fails_now(explanation: Explanation) -> list[int]:
    return [rung.number for rung in explanation.rungs if rung.now is CheckOutcome.FAILED]


def value(explanation: Explanation, row: int, label: str) -> Value:
    return next(found for found in explanation.rungs[row - 1].values if found.label == label)


def unsigned(caller: Caller) -> Answer:
    return caller.call("/wallet/balance", {}, x_signature="")


def suspend(caller: Caller) -> None:
    merchants.set_status(merchant=caller.merchant, status="suspended")


def of_key(caller: Caller) -> Any:
    return ApiKey.objects.filter(auth_key=caller.signer.auth_key)


def key_ended(caller: Caller) -> Answer:
    of_key(caller).update(expires_at=clock.now())
    return caller.bet()


def key_goes_on(caller: Caller) -> None:
    of_key(caller).update(expires_at=None)


def not_listed(caller: Caller) -> Answer:
    AllowlistEntry.objects.create(merchant=caller.merchant, network=ELSEWHERE, note="Office")
    return caller.bet()


def list_emptied(caller: Caller) -> None:
    AllowlistEntry.objects.all().delete()


def window(seconds: int) -> Callable[[Caller], None]:
    return lambda caller: set_merchant(caller, timestamp_window_seconds=seconds)


def set_merchant(caller: Caller, **fields: Any) -> None:
    Merchant.objects.filter(pk=caller.merchant.pk).update(**fields)


def slow(caller: Caller) -> Answer:
    window(10)(caller)
    body = caller.in_session(currency="EUR", amount=1)
    return caller.call("/wallet/transaction/bet", body, timestamp=str(int(now_ms()) - 60_000))


def badly_signed(caller: Caller) -> Answer:
    return caller.call("/wallet/transaction/bet", caller.in_session(currency="EUR", amount=1), x_signature="0" * 64)


def revoke(caller: Caller) -> None:
    keys.revoke_key(key=of_key(caller).get())


def suspended(caller: Caller) -> Answer:
    suspend(caller)
    return caller.bet()


def activate(caller: Caller) -> None:
    merchants.set_status(merchant=caller.merchant, status="active")


def taken(caller: Caller) -> Answer:
    caller.deposit(1, transactionId="id-1")
    return caller.bet(transactionId="id-1")


def repeated(caller: Caller) -> Answer:
    caller.bet(transactionId="id-1")
    return caller.bet(transactionId="id-1")


def make_game(caller: Caller) -> None:
    factories.game("G-new")


def session_ends(seconds: int) -> Callable[[Caller], None]:
    return lambda caller: set_session(clock.now() + timedelta(seconds=seconds))


def set_session(ends: Any) -> None:
    Session.objects.update(expires_at=ends)


def after(change: Callable[[Caller], Any], call: Callable[[Caller], Answer]) -> Callable[[Caller], Answer]:
    def do(caller: Caller) -> Answer:
        change(caller)
        return call(caller)

    return do


def switch(*, on: bool) -> Callable[[Caller], None]:
    return lambda caller: flags.switch_game_for(game=caller.game, merchant=caller.merchant, on=on)


def the_player(caller: Caller) -> Player:
    return Player.objects.get(player_id=caller.player)


def block(caller: Caller) -> None:
    flags.block_player(player=the_player(caller), reason="Asked for it")


def unblock(caller: Caller) -> None:
    flags.unblock_player(player=the_player(caller))


def largest(stake: int | None) -> Callable[[Caller], Any]:
    return lambda caller: Player.objects.update(max_stake=stake)


class Row(NamedTuple):
    """A call that fails in a row; the value that says why and was set by somebody; and what is changed afterwards."""

    call: Callable[[Caller], Answer]
    text: tuple[str, str] | None  # label and a part of its text
    is_set: bool
    mend: Callable[[Caller], Any]
    now: int | None  # the row that fails then


BET = Caller.bet
ROWS: dict[str, tuple[int, Row]] = {
    "headers": (1, Row(unsigned, ("x-signature", "missing"), False, suspend, 1)),
    "key": (2, Row(key_ended, ("Expires", "(expired)"), True, key_goes_on, None)),
    "address": (3, Row(not_listed, ("Entry", "203.0.113.0/24 “Office”"), True, list_emptied, None)),
    "timestamp": (4, Row(slow, ("Allowed", "10 s"), True, window(300), None)),
    "signature": (5, Row(badly_signed, ("Valid with", "no active secret version"), False, revoke, 2)),
    "merchant": (6, Row(suspended, ("Merchant", "suspended"), True, activate, None)),
    "types": (7, Row(lambda c: c.bet(currency=5), ("Found", "currency must be a text"), False, suspend, 6)),
    "fields": (8, Row(lambda c: c.bet(gameId=""), ("Found", "gameId is empty"), False, suspend, 6)),
    "numbers": (9, Row(lambda c: c.bet(2**53), ("Found", "amount must be"), False, suspend, 6)),
    "amount": (10, Row(lambda c: c.bet(-1), ("Amount", "EUR -0.00001"), False, suspend, 6)),
    "id": (11, Row(taken, ("Sent before", "as a deposit of EUR 0.00001"), False, suspend, 6)),
    "records": (12, Row(lambda c: c.bet(gameId="G-new"), ("Game", "G-new (unknown)"), False, make_game, 13)),
    "session": (
        13,
        Row(after(session_ends(-1), BET), ("Expires", "(expired)"), False, session_ends(3600), None),
    ),
    "game": (14, Row(after(switch(on=False), BET), ("For this merchant", "off"), True, switch(on=True), None)),
    "player": (15, Row(after(block, BET), ("Blocked", "yes"), True, unblock, None)),
    "reference": (
        16,
        Row(lambda c: c.payout("later"), ("Known", "no"), False, lambda c: c.bet(transactionId="later"), None),
    ),
    "limits": (17, Row(after(largest(50), BET), ("Maximum stake", "0.0005 (player)"), True, largest(None), None)),
    "balance": (
        18,
        Row(lambda c: c.bet(1_000_001), ("Balance", "EUR 10.00"), False, lambda c: c.deposit(1), None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_the_ladder_fails_where_the_call_did(caller: Caller, support: Person, name: str) -> None:
    number, row = ROWS[name]
    began = clock.now()
    with history.act_as(person=support, door="page"), history.give_reason("Ticket 7"):
        answer = row.call(caller)
    ended = clock.now()
    explanation = told(answer)
    assert explanation.decided_by == number
    assert failed(explanation) == [number]
    assert explanation.status == answer["status"] == explanation.rungs[number - 1].status
    before, behind = explanation.rungs[: number - 1], explanation.rungs[number:]
    assert {rung.then for rung in before} <= {CheckOutcome.PASSED, CheckOutcome.NOT_ASKED}
    assert {rung.then for rung in behind} <= {CheckOutcome.NOT_REACHED}
    assert fails_now(explanation) == [number]
    assert row.text is not None
    found = value(explanation, number, row.text[0])
    assert row.text[1] in found.text
    if row.is_set:
        assert found.set_by is not None
        assert (found.set_by.who, found.set_by.reason) == (support.email, "Ticket 7")
        assert began <= found.set_by.at <= ended


@pytest.mark.parametrize("name", ROWS)
def test_then_stays_and_now_follows_the_state(caller: Caller, name: str) -> None:
    number, row = ROWS[name]
    answer = row.call(caller)
    before = told(answer)
    with history.act_as(door="later"):
        row.mend(caller)
    explanation = told(answer)
    assert [rung.then for rung in explanation.rungs] == [rung.then for rung in before.rungs]
    assert row.text is not None
    if name == "reference":
        assert value(explanation, number, "Known").text.startswith("no (received on")
    elif name != "session":  # of which no history is kept
        assert value(explanation, number, row.text[0]) == value(before, number, row.text[0])
    assert fails_now(explanation) == ([row.now] if row.now else [])
    assert (explanation.now.status == "RS_OK") is (row.now is None)


def counted() -> list[Any]:
    tables: list[Any] = [Transaction, Session, Player, Account, SignedRequest, RefusedCall]
    return [table.objects.count() for table in tables] + [Account.objects.aggregate(total=Sum("balance"))["total"]]


def test_nothing_is_moved_by_asking(caller: Caller) -> None:
    answers = [
        caller.bet(),
        caller.bet(10**9),
        caller.deposit(5),
        caller.withdraw(5),
        caller.launch(),
        caller.balance(),
    ]
    answers += [caller.payout(answers[0]["transactionId"]), caller.reward(), caller.rollback("unknown")]
    answers += [caller.get("/game/list"), caller.get(f"/game/session?sessionId={caller.session}")]
    request_log.drain_lines()
    before = counted()
    for answer in answers:
        explanation = told(answer)
        assert explanation.now.status == answer["status"]
        assert failed(explanation) == fails_now(explanation)
    assert counted() == before


def test_of_a_call_that_was_taken_all_rows_passed(caller: Caller) -> None:
    explanation = told(caller.bet(250_000))
    assert explanation.decided_by is None
    asked = {rung.number: rung.then for rung in explanation.rungs}
    assert asked.pop(16) is CheckOutcome.NOT_ASKED
    assert set(asked.values()) == {CheckOutcome.PASSED}
    assert value(explanation, 18, "Balance").text == "EUR 10.00"
    assert value(explanation, 5, "Valid with").text == "version 1"
    assert "first answer again: RS_OK" in explanation.now.note


SINGLE: dict[str, Callable[[Caller], Answer]] = {
    "balance": lambda caller: caller.balance(),
    "bet": lambda caller: caller.bet(1),
    "payout": lambda caller: caller.payout("stake", 1),
    "reward": lambda caller: caller.reward(1),
    "deposit": lambda caller: caller.deposit(1),
    "withdraw": lambda caller: caller.withdraw(1),
    "launch": lambda caller: caller.launch(),
}


@pytest.mark.parametrize("kind", SINGLE)
def test_what_was_taken_would_be_taken_now(caller: Caller, kind: str) -> None:
    """Of a taken call the body is not kept: it is asked again with the fields of its own kind, and no others."""
    caller.bet(1, transactionId="stake")
    found = told(SINGLE[kind](caller))
    assert (found.now.status, failed(found), fails_now(found)) == ("RS_OK", [], [])


@pytest.mark.parametrize("fields", [{"kind": "bet"}, {"refTransactionId": "stake"}], ids=str)
def test_a_field_of_another_kind_is_row_7_then_and_now(caller: Caller, fields: dict[str, Any]) -> None:
    found = told(caller.bet(1, **fields))
    assert (failed(found), fails_now(found)) == ([7], [7])
    assert value(found, 7, "Found").text.startswith(f"{next(iter(fields))} belongs to another kind of call.")


def test_a_get_with_a_body_is_row_7_then_and_now(caller: Caller) -> None:
    found = told(caller.call("/game/sessions", caller.in_session(currency="EUR", amount=1), method="GET"))
    assert (failed(found), fails_now(found)) == ([7], [7])


def test_a_payout_is_not_asked_for_session_game_block_or_limits(caller: Caller) -> None:
    bet = caller.bet()
    explanation = told(caller.payout(bet["transactionId"]))
    not_asked = [rung.number for rung in explanation.rungs if rung.then is CheckOutcome.NOT_ASKED]
    assert not_asked == [13, 14, 15, 17, 18]
    assert value(explanation, 16, "Transaction").text.startswith("bet of EUR 0.001")


def test_a_debit_that_was_refused_stays_refused_under_its_id(caller: Caller) -> None:
    block(caller)
    answer = caller.bet()
    unblock(caller)
    explanation = told(answer)
    assert explanation.now.status == "RS_OK"
    assert "first answer again: RS_ERROR_PLAYER_BLOCKED" in explanation.now.note


def test_a_repeat_is_answered_by_row_11(caller: Caller) -> None:
    explanation = told(repeated(caller))
    assert (explanation.status, explanation.decided_by) == ("RS_OK", 11)
    assert [rung.number for rung in explanation.rungs if rung.then is CheckOutcome.NOT_REACHED] == list(range(12, 19))
    assert any("is a repeat" in note for note in explanation.notes)
    caller.rollback("id-1")
    assert told(caller.bet(transactionId="id-1")).decided_by == 11


def test_the_repeat_of_what_was_refused_is_row_11_too(caller: Caller) -> None:
    block(caller)
    fields: dict[str, Any] = {"transactionId": new_id()}
    assert told(caller.bet(**fields)).decided_by == 15
    unblock(caller)
    explanation = told(caller.bet(**fields))
    assert (explanation.status, explanation.decided_by) == ("RS_ERROR_PLAYER_BLOCKED", 11)
    assert explanation.now.row == 11


def test_a_key_in_quarantine_says_so(caller: Caller) -> None:
    keys.quarantine_key(key=of_key(caller).get())
    explanation = told(caller.bet())
    assert failed(explanation) == [2]
    assert value(explanation, 2, "Status").text == "quarantined"
    assert explanation.rungs[4].then is CheckOutcome.PASSED
    assert explanation.rungs[5].then is CheckOutcome.NOT_REACHED


def test_an_entry_that_was_removed_is_still_seen(caller: Caller, support: Person) -> None:
    with history.act_as(person=support, door="page"):
        entry = AllowlistEntry.objects.create(merchant=caller.merchant, network="127.0.0.0/8", note="Server room")
    answer = caller.bet()
    with history.act_as(door="later"):
        AllowlistEntry.objects.filter(pk=entry.pk).update(network=ELSEWHERE)
        entry.delete()
    explanation = told(answer)
    found = value(explanation, 3, "Entry")
    assert found.text == "127.0.0.0/8 “Server room”"
    assert found.set_by is not None
    assert found.set_by.who == support.email


def replaced_often(merchant: Merchant) -> None:
    for prefix in ("203.0.113", "192.0.2", "203.0.113"):
        lines = [EntryPlan(ip_network(f"{prefix}.{number}")) for number in range(100)]
        allowlist.save_networks(proposal=Proposal(merchant, tuple(lines)), by=None, confirmed_code=merchant.code)


def test_a_list_that_was_replaced_often_is_told_as_it_stood(caller: Caller) -> None:
    office = [AllowlistEntry(merchant=caller.merchant, network=f"198.51.100.{number}/32") for number in range(100)]
    AllowlistEntry.objects.bulk_create(office)
    answer = caller.bet()
    replaced_often(caller.merchant)
    ladder = told(answer)
    assert value(ladder, 3, "IP allowlist of the merchant").text == "100 entries, none with this address"
    entries = [found.text for found in ladder.rungs[2].values if found.label == "Entry"]
    assert {text.rpartition(".")[0] for text in entries} == {"198.51.100"}
    assert not [note for note in ladder.notes if "not known" in note]


def test_what_too_much_was_changed_since_is_not_known(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = not_listed(caller)
    replaced_often(caller.merchant)
    monkeypatch.setattr(history, "MOST_SINCE", 500)
    ladder = told(answer)
    assert "Too many changes were made since this request." in " ".join(ladder.notes)
    assert value(ladder, 3, "Entry").text.startswith("203.0.113.")


def test_the_list_of_another_key_is_not_shown(caller: Caller) -> None:
    other = ApiKey.objects.get(auth_key=factories.signer(caller.merchant).auth_key)
    AllowlistEntry.objects.create(merchant=caller.merchant, key=other, network=ELSEWHERE)
    explanation = told(caller.bet())
    assert value(explanation, 3, "IP allowlist of the key").text.startswith("empty")


def test_an_origin_that_is_not_listed(caller: Caller) -> None:
    AllowedDomain.objects.create(merchant=caller.merchant, domain="play.example")
    answer = caller.call("/wallet/balance", {"playerId": "p", "currency": "EUR"}, origin="https://evil.example")
    explanation = told(answer)
    assert failed(explanation) == [3]
    assert value(explanation, 3, "Allowed domain").text == "play.example"


def test_a_domain_as_it_was_at_that_moment(caller: Caller, support: Person) -> None:
    ends, later = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    AllowedDomain.objects.create(merchant=caller.merchant, domain="a.example")
    with history.act_as(person=support, door="page"):
        listed = AllowedDomain.objects.create(
            merchant=caller.merchant, domain="play.example", note="Spring", expires_at=ends
        )
    answer = caller.call("/wallet/balance", {"playerId": "p", "currency": "EUR"}, origin="https://play.example")
    with history.act_as(door="later"):
        AllowedDomain.objects.filter(pk=listed.pk).update(expires_at=later)
    explanation = told(answer)
    assert failed(explanation) == [3]
    found = value(explanation, 3, "Allowed domain")
    assert found.text == f"play.example “Spring”, expired on {moment_text(ends)}"
    assert found.set_by is not None
    assert found.set_by.who == support.email
    assert explanation.now.row != 3


def test_the_versions_of_that_moment(caller: Caller) -> None:
    answer = caller.bet()
    keys.rotate_secret(key=of_key(caller).get(), overlap=timedelta(0))
    explanation = told(answer)
    labels = [found.label for found in explanation.rungs[1].values]
    assert "Version 2" not in labels
    assert value(explanation, 2, "Version 1").text == "active"
    assert (explanation.now.row, explanation.now.status) == (5, "RS_ERROR_SIGNATURE_NOT_MATCH")


def test_the_limit_a_minute_counts_what_it_counted(caller: Caller) -> None:
    set_merchant(caller, bets_per_minute=2)
    caller.bet()
    caller.bet()
    answer = caller.bet()
    assert answer.status == "LIMIT_REACHED"
    explanation = told(answer)
    assert value(explanation, 17, "Bets per minute").text == "2 (merchant)"
    assert value(explanation, 17, "Bets in the last minute").text == "2"
    assert fails_now(explanation) == [17]


def test_a_game_that_is_off_for_everybody(caller: Caller) -> None:
    flags.switch_game(game=caller.game, on=False)
    answer = caller.bet()
    flags.switch_game(game=caller.game, on=True)
    assert value(told(answer), 14, "For all merchants").text == "off"
    assert DisabledGame.objects.count() == 0


def test_play_money_is_judged_as_play_money(caller: Caller) -> None:
    caller.launch(currency="XXX", balance=100)
    explanation = told(caller.bet(1_000, currency="XXX"))
    assert failed(explanation) == [18]


def test_a_call_that_reached_no_endpoint(caller: Caller) -> None:
    explanation = told(caller.call("/wallet/nothing", {}))
    assert {rung.then for rung in explanation.rungs} == {CheckOutcome.NOT_REACHED}
    assert "This endpoint does not exist." in explanation.notes


def test_a_key_that_nobody_has(caller: Caller) -> None:
    explanation = told(caller.call("/wallet/balance", {}, x_api_key="oppi_pub_live_nobody"))
    assert failed(explanation) == fails_now(explanation) == [2]
    assert value(explanation, 2, "Auth key").text == "oppi_pub_live_nobody (unknown)"


def test_a_refusal_that_is_not_kept_any_more(caller: Caller) -> None:
    answer = badly_signed(caller)
    request_log.drain_lines()
    RefusedCall.objects.all().delete()
    explanation = told(answer)
    assert failed(explanation) == [5]
    assert explanation.now.status == "RS_ERROR"
    assert "Headers and body are no longer stored (7 days)." in explanation.notes


def test_no_secret_and_no_signature_is_told(caller: Caller) -> None:
    for answer in (
        caller.bet(),
        badly_signed(caller),
        caller.call("/wallet/balance", {"playerId": caller.signer.secret}),
    ):
        text = repr(told(answer))
        assert caller.signer.secret not in text
        assert "0" * 64 not in text


def test_another_merchants_rows_are_not_shown(caller: Caller, rival_caller: Caller) -> None:
    """A player, a session and a transaction that have the same names elsewhere."""
    rival_caller.bet(transactionId="theirs")
    answer = caller.bet(sessionId=rival_caller.session, transactionId="theirs")
    explanation = told(answer)
    assert failed(explanation) == [13]
    assert value(explanation, 13, "Known").text == "no session of this merchant"
    assert value(explanation, 11, "Sent before").text == "no"


def test_the_questions_are_few_however_much_there_is(caller: Caller) -> None:
    for number in range(20):
        AllowlistEntry.objects.create(merchant=caller.merchant, network=f"127.0.{number}.0/24")
        factories.signer(caller.merchant)
        caller.bet(1)
    answer = caller.bet()
    request_log.drain_lines()
    line = SignedRequest.objects.get(request_id=answer.headers["x-request-id"])
    with CaptureQueriesContext(connection) as queries:
        explain_request(line=line)
    assert len(queries) <= MOST_QUERIES, [query["sql"][:90] for query in queries]


def test_games_of_others_do_not_matter(caller: Caller, rival: Merchant) -> None:
    flags.switch_game_for(game=Game.objects.get(pk=caller.game.pk), merchant=rival, on=False)
    assert value(told(caller.bet()), 14, "For this merchant").text == "on"


def test_a_call_from_before_its_merchant_was_made(caller: Caller) -> None:
    """As the demo sows them, with a moved clock."""
    AllowlistEntry.objects.create(merchant=caller.merchant, network=ELSEWHERE)
    with clock.frozen_at(clock.now() - timedelta(days=3)):
        answer = caller.bet()
    explanation = told(answer)
    assert failed(explanation) == [3]
    assert value(explanation, 3, "IP allowlist of the merchant").text == "1 entry, none with this address"
    assert any("older than the stored history" in note for note in explanation.notes)


def test_a_call_that_was_refused_at_the_door(caller: Caller) -> None:
    explanation = told(caller.call("/wallet/balance", None, method="GET"))
    assert {rung.now for rung in explanation.rungs} == {CheckOutcome.NOT_REACHED}
    assert explanation.now.message == "Call /wallet/balance with POST."
    assert "The request was refused before any check. The same request would be refused again." in explanation.notes


def test_a_list_whose_trial_is_over_is_told_as_it_was_judged(caller: Caller, owner: Person) -> None:
    """Though nobody has put the entries back yet."""
    AllowlistEntry.objects.create(merchant=caller.merchant, network=ELSEWHERE, note="Before")
    proposal = Proposal(caller.merchant, (EntryPlan(ip_network("127.0.0.0/8")),))
    allowlist.save_networks(proposal=proposal, by=owner, confirmed_code=caller.merchant.code, on_trial=True)
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        answer = caller.bet()
        explanation = told(answer)
    assert failed(explanation) == fails_now(explanation) == [3]
    assert value(explanation, 3, "Entry").text == "203.0.113.0/24 “Before”"
    assert value(explanation, 3, "Trial of the merchant’s allowlist").text.startswith("reverted on")


def test_a_body_with_a_secret_in_it_stays_refused(caller: Caller) -> None:
    """What is kept of it holds no secret any more, and would be taken."""
    explanation = told(caller.deposit(1, playerId=caller.signer.secret))
    assert failed(explanation) == fails_now(explanation) == [7]
    assert any("Rotate the secret" in note for note in explanation.notes)
