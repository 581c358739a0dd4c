"""A random day, breaks of each kind planted in it, and exactly those found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchants.models import Game, Merchant
from tests import factories
from tests.wallet.reconciling import (
    DATE,
    HOUR,
    Line,
    Told,
    at,
    breaks,
    changed,
    ledger_lines,
    plan,
    reconcile,
    state,
    without,
)
from wallet.models import Statement

ROUNDS = 24
Planted = tuple[list[Line], tuple[str, str]]
KINDS = (
    "missing_here", "missing_there", "amount", "currency", "kind", "whose", "state", "duplicate_there",
    "payout_without_bet", "nets_out_there", "nets_out_here", "day_boundary", "duplicate_here",
)  # fmt: skip


@pytest.fixture
def day(acme: Merchant, game: Game) -> Merchant:
    """Rounds with an end; some taken back; a double of ours in each tenth; and one bet just after midnight."""
    plan(acme, unsettled_hours=1)
    with at(acme, 0 * HOUR):
        machine = Told(acme, factories.signer(acme), game)
    with at(acme, 1 * HOUR):
        machine.deposit(10**9, transactionId="deposit")
        machine.launch()
        for number in range(ROUNDS):
            _round(machine, number)
    with at(acme, timedelta(seconds=5), of=DATE + timedelta(days=1)):
        machine.launch()
        machine.bet(5, transactionId="after-midnight")
        machine.payout("after-midnight", 0, transactionId="after-midnight-lost")
    return acme


def _round(machine: Told, number: int) -> None:
    bet = f"bet-{number}"
    machine.bet(100 + number, transactionId=bet)
    if number % 4 == 3:
        item = machine.rollback_item(bet, transactionId=f"rollback-{number}")
        machine.call("/wallet/transaction/rollback", {"transactions": [item]})
        return
    machine.payout(bet, 50 + number, transactionId=f"payout-{number}")
    if number % 4 == 2:
        machine.payout(bet, 50 + number, transactionId=f"double-{number}")


OTHER_WORDS: dict[str, dict[str, object]] = {
    "amount": {"amount": 1},
    "currency": {"currency": "USD"},
    "kind": {"kind": "reward"},
    "whose": {"player_id": "somebody"},
    "state": {"is_rolled_back": True},
}
STRAY: dict[str, dict[str, object]] = {
    "missing_here": {},
    "payout_without_bet": {"kind": "payout", "ref_transaction_id": "nothing"},
    "nets_out_there": {"is_rolled_back": True},
    "day_boundary": {"transaction_id": "after-midnight", "amount": 5},
}


def planted(kind: str, number: int, lines: list[Line]) -> Planted:
    """The statement with one more break, in a round that no other break is in, and what is to be found."""
    bet, payout, double = f"bet-{number}", f"payout-{number}", f"double-{number}"
    found = "nets_out" if kind.startswith("nets_out") else kind
    if kind in OTHER_WORDS:
        return changed(lines, payout, **OTHER_WORDS[kind]), (found, payout)
    if kind in STRAY:
        stray = replace(Line(f"stray-{number}", "bet", "player-1", "EUR", 7), **STRAY[kind])  # type: ignore[arg-type]
        return [*lines, stray], (found, stray.transaction_id)
    if kind == "duplicate_there":
        return [*lines, *(line for line in lines if line.transaction_id == payout)], (found, payout)
    gone = {"missing_there": [bet], "duplicate_here": [double], "nets_out_here": [bet, f"rollback-{number}"]}[kind]
    return without(lines, *gone), (found, gone[0])


def place(kind: str, turn: int) -> int:
    """A round of the sort that the break needs: 3 of four is taken back, 2 has a double."""
    sort = {"nets_out_here": 3, "duplicate_here": 2}.get(kind, 1 if turn % 2 else 0)
    return 4 * (turn // 2 % (ROUNDS // 4)) + sort


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_alone(day: Merchant, kind: str) -> None:
    lines, expected = planted(kind, place(kind, 3), ledger_lines(day))
    state(day, lines)
    reconcile(day)
    assert breaks(day) == {expected}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(KINDS), unique=True, max_size=8), order=st.randoms(use_true_random=False))
def test_many_at_once(day: Merchant, kinds: list[str], order: object) -> None:
    """One database for all examples: each states the day anew, and what it does not plant closes by itself."""
    lines, expected = ledger_lines(day), set()
    for turn, kind in enumerate(kinds):
        lines, found = planted(kind, place(kind, turn), lines)
        expected.add(found)
    order.shuffle(lines)  # type: ignore[attr-defined]
    Statement.objects.filter(merchant=day).update(is_current=False)
    state(day, lines)
    reconcile(day)
    assert breaks(day) == expected


def test_all_kinds_together(day: Merchant) -> None:
    lines, expected = ledger_lines(day), set()
    for turn, kind in enumerate(KINDS):
        if place(kind, turn) in {place(other, number) for number, other in enumerate(KINDS[:turn])}:
            continue
        lines, found = planted(kind, place(kind, turn), lines)
        expected.add(found)
    assert len(expected) > len(KINDS) // 2
    state(day, lines)
    reconcile(day)
    assert breaks(day) == expected
