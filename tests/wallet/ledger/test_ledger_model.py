"""The ledger against a model of the contract (sections 3 and 5), in any order of calls that hypothesis can think of."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from merchants.models import ApiKey, Game, Merchant, Player
from portal.lib import clock
from portal.lib.clientip import parse_address
from tests import factories
from wallet.ledger import ledger
from wallet.ledger.ledger import Call, Caller
from wallet.models import Account, Session, Transaction

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "80"))  # others in each run; more by hand
STEPS = 50
OK, DUPLICATE, GONE = "RS_OK", "RS_ERROR_DUPLICATE_TRANSACTION", "RS_ERROR_TRANSACTION_DOES_NOT_EXIST"
NOT_FOUND, NO_SESSION = "RS_ERROR_RECORD_NOT_FOUND", "RS_ERROR_SESSION_REQUIRED_OR_INVALID"
INACTIVE, BLOCKED = "RS_ERROR_GAME_INACTIVE", "RS_ERROR_PLAYER_BLOCKED"
LIMIT, POOR = "RS_ERROR_LIMIT_REACHED", "RS_ERROR_NOT_ENOUGH_MONEY"
PLAYERS, CURRENCIES, GAMES = ("ann", "bob"), ("EUR", "USD"), ("G1", "G2")
CONTENT = ("player_id", "game_id", "currency", "amount", "ref_transaction_id", "is_win", "reward_type")
Told = tuple[str, int | None]


# The model --------------------------------------------------------------------------------------------------------
@dataclass
class Kept:
    """What is remembered under an id."""

    call: Call
    answer: Told
    currency: str | None = None
    moved: int | None = None  # what it did to the balance; None when it moved nothing
    is_undone: bool = False


@dataclass
class Book:
    """The contract's sections 3 (rows 11 to 18) and 5 in plain words, without any database."""

    sessions: dict[str, tuple[str, str, str, bool]]  # id -> player, game, currency, active
    players: set[str]
    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    games_off: set[str] = field(default_factory=set)
    max_stake: int | None = None

    def balance(self, player: str, currency: str) -> int:
        return self.balances.get((player, currency), 0)

    def judge(self, call: Call) -> Told:
        if call.transaction_id in self.kept:
            return self.repeat(call, self.kept[call.transaction_id])
        if call.kind == "deposit":
            self.players.add(call.player_id)
        if call.player_id not in self.players or call.game_id not in {None, *GAMES}:
            return NOT_FOUND, None
        answer: Told = getattr(self, call.kind)(call)
        return answer

    def repeat(self, call: Call, kept: Kept) -> Told:
        if kept.call.kind == "tombstone":
            return GONE, None
        if not same(call, kept.call):
            currency = call.currency or kept.currency
            known = currency is not None and call.player_id in self.players
            return DUPLICATE, self.balance(call.player_id, currency or "") if known else None
        return (GONE, None) if kept.is_undone else kept.answer

    def move(self, call: Call, currency: str, delta: int) -> Told:
        balance = self.balance(call.player_id, currency) + delta
        self.balances[call.player_id, currency] = balance
        return self.keep(call, (OK, balance), currency, delta)

    def keep(self, call: Call, answer: Told, currency: str | None = None, moved: int | None = None) -> Told:
        self.kept[call.transaction_id] = Kept(call, answer, currency, moved)
        return answer

    def bet(self, call: Call) -> Told:
        assert call.currency is not None
        assert call.amount is not None
        if self.sessions.get(call.session_id or "") != (call.player_id, call.game_id, call.currency, True):
            return NO_SESSION, None
        balance = self.balance(call.player_id, call.currency)
        refusals = {
            INACTIVE: call.game_id in self.games_off,
            BLOCKED: call.player_id in self.blocked,
            LIMIT: self.max_stake is not None and call.amount > self.max_stake,
            POOR: balance < call.amount or balance < 0,
        }
        status = next((status for status, hit in refusals.items() if hit), OK)
        if status != OK:
            return self.keep(call, (status, balance), call.currency)
        return self.move(call, call.currency, -call.amount)

    def payout(self, call: Call) -> Told:
        if call.ref_transaction_id is None:
            call = replace(call, ref_transaction_id=self.bet_of_round(call))
        stake = self.kept.get(call.ref_transaction_id or "")
        if stake is None or stake.call.kind != "bet" or stake.moved is None or stake.is_undone:
            return GONE, None
        if (stake.call.player_id, stake.call.game_id, stake.currency) != (call.player_id, call.game_id, call.currency):
            return GONE, None
        return self.move(call, call.currency or "", call.amount or 0)

    def bet_of_round(self, call: Call) -> str | None:
        """Here every bet is a round of its own, so that no two could be meant."""
        bets = [kept.call for kept in self.kept.values() if kept.call.kind == "bet"]
        wanted = (call.round_id, call.session_id, call.player_id)
        found = [bet for bet in bets if (bet.round_id, bet.session_id, bet.player_id) == wanted]
        return found[0].transaction_id if found else None

    def reward(self, call: Call) -> Told:
        player, _, currency, _ = self.sessions.get(call.session_id or "", ("", "", "", False))
        return self.move(call, currency, call.amount or 0) if player == call.player_id else (NO_SESSION, None)

    def deposit(self, call: Call) -> Told:
        return self.move(call, call.currency or "", call.amount or 0)

    def withdraw(self, call: Call) -> Told:
        balance = self.balance(call.player_id, call.currency or "")
        if balance < (call.amount or 0):
            return self.keep(call, (POOR, balance), call.currency)
        return self.move(call, call.currency or "", -(call.amount or 0))

    def rollback(self, call: Call) -> Told:
        reference = call.ref_transaction_id or ""
        found = self.kept.get(reference)
        if reference == call.transaction_id:
            return GONE, None
        if found is None:
            self.kept[reference] = Kept(replace(call, kind="tombstone", session_id=None), (GONE, None))
            return self.keep(call, (OK, None))
        sessions = {self.session_of(found), call.session_id} - {None}
        if found.call.kind == "rollback" or found.call.player_id != call.player_id or len(sessions) > 1:
            return GONE, None
        if found.moved is None or found.is_undone:
            return self.keep(call, (OK, None))
        self.undo(reference, found)
        return self.keep(call, (OK, None), found.currency)

    def session_of(self, found: Kept) -> str | None:
        """A payout belongs to its bet's session, whatever it said itself."""
        if found.call.kind == "payout":
            return self.kept[found.call.ref_transaction_id or ""].call.session_id
        return found.call.session_id

    def undo(self, reference: str, found: Kept) -> None:
        paid = [kept for kept in self.kept.values() if kept.call.kind == "payout"]
        paid = [kept for kept in paid if found.call.kind == "bet" and kept.call.ref_transaction_id == reference]
        for kept in [found, *paid]:
            if not kept.is_undone and kept.moved is not None and kept.currency is not None:
                kept.is_undone = True
                self.balances[kept.call.player_id, kept.currency] -= kept.moved


def same(call: Call, first: Call) -> bool:
    """What was not said either time is not compared: a settlement does not say whether it was a win."""
    if call.kind != first.kind:
        return False
    pairs = [(getattr(call, name), getattr(first, name)) for name in CONTENT]
    return all(now == then for now, then in pairs if now is not None and then is not None)


# What is called -------------------------------------------------------------------------------------------------------
SESSIONS = {
    f"{player}-{game}-{currency}": (player, game, currency, True)
    for player in PLAYERS
    for game, currency in (("G1", "EUR"), ("G1", "USD"), ("G2", "EUR"))
} | {"ann-over": ("ann", "G1", "EUR", False)}
IDS = st.sampled_from([f"t{number}" for number in range(24)])
TWISTS = st.sampled_from(["", "", "", "", "", "player_id", "game_id", "currency", "session_id"])
OTHERS: dict[str, list[str]] = {
    "player_id": [*PLAYERS, "cy"],
    "game_id": [*GAMES, "G-none"],
    "currency": list(CURRENCIES),
    "session_id": [*SESSIONS, "none"],
}


@st.composite
def in_session(draw: st.DrawFn, kind: str, /, **fields: st.SearchStrategy[Any]) -> Call:
    """A call that fits one of the sessions; now and then one thing in it does not."""
    session = draw(st.sampled_from(list(SESSIONS)))
    player, game, currency, _ = SESSIONS[session]
    call = Call(kind, draw(IDS), player, session_id=session, game_id=game, currency=currency)
    call = replace(call, **{name: draw(value) for name, value in fields.items()})
    twist = draw(TWISTS)
    other: dict[str, Any] = {twist: draw(st.sampled_from(OTHERS[twist]))} if twist else {}
    return replace(call, **other)


def without(*names: str) -> Any:
    return lambda call: replace(call, **dict.fromkeys(names))


def own_round(call: Call) -> Call:
    return replace(call, round_id=f"round of {call.transaction_id}")


def by_round(call: Call) -> Call:
    return replace(call, ref_transaction_id=None, round_id=f"round of {call.ref_transaction_id}")


AMOUNTS = st.integers(0, 300)
POSITIVE = st.integers(1, 500)
BETS = in_session("bet", amount=AMOUNTS).map(own_round)
PAYOUTS = in_session("payout", amount=AMOUNTS, ref_transaction_id=IDS, is_win=st.sampled_from([True, True, False]))
REWARDS = in_session(
    "reward", amount=AMOUNTS, ref_transaction_id=st.just("bonus"), reward_type=st.sampled_from(["bonus", "jackpot"])
).map(without("currency"))
DEPOSITS = in_session("deposit", amount=POSITIVE).map(without("session_id", "game_id"))
WITHDRAWALS = in_session("withdraw", amount=POSITIVE).map(without("session_id", "game_id"))
SETTLEMENTS = PAYOUTS.map(without("is_win"))
RETRIES = SETTLEMENTS.map(by_round)
ROLLBACKS = in_session("rollback", ref_transaction_id=IDS).map(without("currency"))
SESSIONLESS_ROLLBACKS = ROLLBACKS.map(without("session_id"))
SINGLES = st.one_of(BETS, BETS, PAYOUTS, REWARDS, DEPOSITS, WITHDRAWALS)


class LedgerMachine(RuleBasedStateMachine):
    """Runs in a savepoint of the test's transaction; each example finds the ledger empty."""

    caller: Caller
    merchant: Merchant

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.book = Book(SESSIONS, set(PLAYERS))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(amounts=st.lists(POSITIVE, min_size=4, max_size=4))
    def everybody_has_something(self, amounts: list[int]) -> None:
        accounts = [(player, currency) for player in PLAYERS for currency in CURRENCIES]
        for (player, currency), amount in zip(accounts, amounts, strict=True):
            self.single(Call("deposit", f"first-{player}-{currency}", player, currency=currency, amount=amount))

    @rule(call=SINGLES)
    def single(self, call: Call) -> None:
        assert tuple(ledger.post(self.caller, call)) == self.book.judge(call), call

    @rule(calls=st.lists(st.one_of(ROLLBACKS, ROLLBACKS, SESSIONLESS_ROLLBACKS), min_size=1, max_size=5))
    def rollbacks(self, calls: list[Call]) -> None:
        self.batch("rollback", calls)

    @rule(calls=st.lists(st.one_of(SETTLEMENTS, RETRIES), min_size=1, max_size=5))
    def late_payouts(self, calls: list[Call]) -> None:
        self.batch("payout", calls)

    def batch(self, kind: str, calls: list[Call]) -> None:
        assert [tuple(told) for told in ledger.post_batch(self.caller, kind, calls)] == [
            self.book.judge(call) for call in calls
        ]

    @rule(player=st.sampled_from(PLAYERS), on=st.booleans())
    def block(self, player: str, *, on: bool) -> None:
        Player.objects.filter(merchant=self.merchant, player_id=player).update(is_blocked=on)
        self.book.blocked = self.book.blocked | {player} if on else self.book.blocked - {player}

    @rule(game=st.sampled_from(GAMES), on=st.booleans())
    def switch(self, game: str, *, on: bool) -> None:
        Game.objects.filter(game_id=game).update(is_active=on)
        self.book.games_off = self.book.games_off - {game} if on else self.book.games_off | {game}

    @rule(stake=st.sampled_from([None, None, 0, 150]))
    def limit(self, stake: int | None) -> None:
        Merchant.objects.filter(pk=self.merchant.pk).update(max_stake=stake)
        self.book.max_stake = stake

    @invariant()
    def balances_are_the_models(self) -> None:
        rows = Account.objects.filter(kind="player").values_list("player__player_id", "currency", "balance")
        held = {(player, currency): balance for player, currency, balance in rows if balance}
        assert held == {account: balance for account, balance in self.book.balances.items() if balance}

    @invariant()
    def balances_are_the_sums_of_rows(self) -> None:
        sums: dict[int, int] = {}
        for row in Transaction.objects.movements():
            debit, credit, amount = row.debit_account_id or 0, row.credit_account_id or 0, row.amount or 0
            sums[debit] = sums.get(debit, 0) - amount
            sums[credit] = sums.get(credit, 0) + amount
        held = dict(Account.objects.filter(kind="player").values_list("id", "balance"))
        assert held == {account: sums.get(account, 0) for account in held}
        assert sum(sums.values()) == 0


@pytest.fixture
def ledger_caller(acme: Merchant) -> Caller:
    """Signed by a key of Acme's, with players, games and sessions, and without a single row."""
    signer = factories.signer(acme)
    games = {name: factories.game(name) for name in GAMES}
    people = {name: Player.objects.create(merchant=acme, player_id=name) for name in PLAYERS}
    for session, (player, game, currency, active) in SESSIONS.items():
        Session.objects.create(
            session_id=session,
            merchant=acme,
            player=people[player],
            game=games[game],
            account_id=ledger.open_account(acme.pk, people[player].pk, currency),
            currency=currency,
            pushed_balance=0,
            is_active=active,
            expires_at=clock.now() + timedelta(hours=1),
        )
    acme.refresh_from_db()
    key = ApiKey.objects.get(auth_key=signer.auth_key)
    address = parse_address("127.0.0.1")
    assert address is not None
    return Caller(acme.pk, key.secrets.get().pk, acme.access_version, address, uuid4())


def test_the_ledger_does_what_the_contract_says(ledger_caller: Caller, acme: Merchant) -> None:
    LedgerMachine.caller, LedgerMachine.merchant = ledger_caller, acme
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
