"""A batch of a thousand: what an item costs does not grow with its neighbours, and a part that was done stays done."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from merchants.models import Secret
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser
from tests.signing import Answer
from tests.wallet.conftest import Stage
from wallet import statuses
from wallet.ledger import ledger
from wallet.ledger.ledger import Call
from wallet.models import Transaction
from wallet.services.calls import transactions
from wallet.services.calls.transactions import PIECE

MONEY = "/wallet/transaction/"
PATIENCE = 180  # seconds in which a batch that is sent again and again is done, on whatever machine


@dataclass
class Books:
    """Writes a merchant's calls straight through the ledger, many in one statement."""

    sql: Callable[..., list[Any]]
    merchant_id: int
    secret_id: int
    access_version: int
    game: str

    @property
    def who(self) -> str:
        known = f"{self.merchant_id}::bigint, {self.secret_id}::bigint, {self.access_version}::bigint"
        return f"ROW({known}, '127.0.0.1'::inet, gen_random_uuid(), NULL)::wallet_caller"

    def post(self, count: int, kind: str, name: str, **fields: str) -> None:
        """Ids are `name`1, 2, … The fields are SQL, in which n is the number."""
        told = {"kind": f"'{kind}'", "transaction_id": f"'{name}' || n", "currency": "'EUR'"} | fields
        order = "kind transaction_id ref_transaction_id session_id round_id player_id game_id currency amount is_win"
        call = ", ".join(told.get(column, "NULL") for column in [*order.split(), "reward_type"])
        posted = self.sql(
            f"SELECT answer.status, count(*) FROM generate_series(1, {count}) n,"  # noqa: S608 - ours
            f" LATERAL wallet_post({self.who}, ROW({call})::wallet_call) answer GROUP BY 1"
        )
        assert [tuple(row) for row in posted] == [("RS_OK", count)]

    def seat(self, count: int) -> None:
        """Players p-1, p-2, … with money, each in a session."""
        self.post(count, "deposit", "in-", player_id="'p-' || n", amount="1000000")
        self.sql(
            "INSERT INTO wallet_session (session_id, merchant_id, player_id, game_id, account_id, currency,"
            " pushed_balance, is_active, expires_at)"
            " SELECT a.merchant_id || p.player_id, p.merchant_id, p.id, g.id, a.id, 'EUR', 0, true,"
            "        now() + interval '1 day'"
            "   FROM merchants_player p JOIN wallet_account a ON a.player_id = p.id"
            "   JOIN merchants_game g ON g.game_id = %s"
            "  WHERE p.merchant_id = %s AND p.player_id LIKE 'p-%%'",
            self.game,
            self.merchant_id,
        )

    def round_of(self, player: str) -> dict[str, str]:
        return {"session_id": f"{self.merchant_id} || {player}", "player_id": player, "game_id": f"'{self.game}'"}

    def bet(self, count: int, name: str, round_id: str, *, player: str = "'p-' || n") -> None:
        self.post(count, "bet", name, amount="100", round_id=f"'{round_id}'", **self.round_of(player))

    def pay(self, count: int, name: str, bet: str, *, player: str = "'p-' || n") -> None:
        told = {"ref_transaction_id": bet, "amount": "10", "is_win": "true"}
        self.post(count, "payout", name, **told, **self.round_of(player))

    def item(self, number: int, **fields: Any) -> dict[str, Any]:
        player = f"p-{number}"
        return {"playerId": player, "sessionId": f"{self.merchant_id}{player}", "gameId": self.game} | fields


def run(statement: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture
def books(caller: Caller) -> Books:
    caller.merchant.refresh_from_db()
    secret = Secret.objects.get(key__merchant=caller.merchant)
    return Books(run, caller.merchant.pk, secret.pk, caller.merchant.access_version, caller.game.game_id)


def pages_read(statement: str, *parameters: Any) -> int:
    """How many pages of tables and indexes a statement looks at: its work, on whatever machine."""
    [[[plan]]] = run(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *parameters)
    return int(plan["Plan"]["Shared Hit Blocks"]) + int(plan["Plan"]["Shared Read Blocks"])


# --- what an item costs -----------------------------------------------------------------------------------------------
ITEMS = 20


def retries(books: Books, name: str, round_id: str, players: Sequence[int]) -> int:
    calls = [
        {
            "kind": "payout",
            "transaction_id": f"{name}-{number}",
            "session_id": f"{books.merchant_id}p-{player}",
            "round_id": round_id,
            "player_id": f"p-{player}",
            "game_id": books.game,
            "currency": "EUR",
            "amount": 5,
        }
        for number, player in enumerate(players)
    ]
    paid = Transaction.objects.filter(kind="payout").count()
    read = pages_read(f"SELECT * FROM wallet_post_batch({books.who}, 'payout', %s::jsonb)", json.dumps(calls))  # noqa: S608 - ours
    assert Transaction.objects.filter(kind="payout").count() == paid + len(calls)
    return read


STATISTICS = {"none": (), "of many small rounds": ("bet", "ANALYZE"), "of no rounds": ("ANALYZE",)}


@pytest.mark.parametrize("known", STATISTICS)
def test_a_late_payout_costs_no_more_in_a_round_of_many_players(books: Books, known: str) -> None:
    """Whatever the planner knew when the connection began."""
    books.seat(ITEMS + 500)
    if "bet" in STATISTICS[known]:
        books.post(
            2000, "bet", "small-", amount="1", round_id="'small-' || n", **books.round_of("'p-' || (1 + mod(n, 500))")
        )
    if "ANALYZE" in STATISTICS[known]:
        with as_superuser():  # of tables that are not one's own, it only warns
            run("ANALYZE")
    books.bet(ITEMS, "few-", "few")
    books.bet(ITEMS + 500, "many-", "many")
    players = range(1, ITEMS + 1)
    retries(books, "warm", "few", players)
    assert retries(books, "b", "many", players) < 1.5 * retries(books, "a", "few", players)


def test_a_late_payout_costs_little_more_in_a_round_with_many_bets_of_its_player(books: Books) -> None:
    """The bets of a round are read once in a piece, not once an item: that would be 500 for each of 20."""
    books.seat(2)
    books.bet(ITEMS, "few-", "few", player="'p-1'")
    books.bet(500, "many-", "many", player="'p-2'")
    few, many = retries(books, "a", "few", [1] * ITEMS), retries(books, "b", "many", [2] * ITEMS)
    assert many - few < 500 * 15


def test_bets_that_the_limit_refused_cost_later_bets_nothing(books: Books, caller: Caller) -> None:
    books.seat(1)
    books.bet(30, "before-", "r", player="'p-1'")
    [[player]] = run("SELECT id FROM merchants_player WHERE player_id = 'p-1'")
    asked = f"SELECT wallet_at_bet_limit({player}, 10, now())"
    with as_superuser():  # the portal asks through the ledger alone
        pages_read(asked)
        before = pages_read(asked)
    run("UPDATE merchants_player SET bets_per_minute = 10 WHERE id = %s", player)
    refused = caller.bet(1, playerId="p-1", sessionId=books.item(1)["sessionId"])
    assert refused.status == "LIMIT_REACHED"
    copied = [str(field.column) for field in Transaction._meta.fields if field.column not in {"id", "transaction_id"}]
    with as_superuser():
        run(
            f"INSERT INTO wallet_transaction (transaction_id, {', '.join(copied)})"  # noqa: S608 - columns of ours
            f" SELECT 'again-' || n, {', '.join(copied)} FROM wallet_transaction, generate_series(1, 3000) n"
            "  WHERE status = 'RS_ERROR_LIMIT_REACHED'"
        )
        assert run(asked) == [(True,)]
        assert pages_read(asked) <= before + 5


# --- which bet a late payout pays -------------------------------------------------------------------------------------
def late(books: Books, name: str, numbers: Sequence[int]) -> list[dict[str, Any]]:
    told = {"currency": "EUR", "amount": 5, "roundId": "r"}
    return [books.item(1, transactionId=f"{name}{number}", **told) for number in numbers]


def send(caller: Caller, path: str, items: Sequence[Any]) -> Answer:
    return caller.call(f"{MONEY}{path}", {"transactions": list(items)})


def statuses_of(answer: Answer) -> list[str]:
    return [item["status"].removeprefix("RS_ERROR_") for item in answer["data"]]


def paid_bets(name: str) -> list[str | None]:
    rows = Transaction.objects.filter(kind="payout", transaction_id__startswith=name).order_by("pk")
    return list(rows.values_list("ref_transaction_id", flat=True))


def test_late_payouts_of_a_round_pay_one_bet_after_the_other_over_all_pieces(books: Books, caller: Caller) -> None:
    """Refused and repeated items take no bet from those after them; when all are paid, the oldest gets more."""
    bets = PIECE + 3
    books.seat(1)
    books.bet(bets, "bet-", "r", player="'p-1'")
    books.pay(1, "paid-", "'bet-1'", player="'p-1'")
    undo = books.item(1, transactionId="undo", refTransactionId="bet-2")
    assert statuses_of(send(caller, "rollback", [undo])) == ["RS_OK"]
    items = late(books, "late-", range(bets))
    items[1:1] = [items[0], items[0] | {"transactionId": "wrong", "currency": "USD"}]
    answered = statuses_of(send(caller, "retry", items))
    assert answered == ["RS_OK", "RS_OK", "TRANSACTION_DOES_NOT_EXIST", *["RS_OK"] * (bets - 1)]
    assert paid_bets("late-") == [f"bet-{number}" for number in range(3, bets + 1)] + ["bet-1"] * 2


# --- pieces -----------------------------------------------------------------------------------------------------------
def test_an_id_that_comes_again_in_a_later_piece_is_judged_as_a_second_call(caller: Caller) -> None:
    items = [caller.rollback_item(f"unknown-{number}") for number in range(PIECE + 2)]
    items[-2] = items[0]
    items[-1] = items[1] | {"refTransactionId": "other"}
    assert statuses_of(send(caller, "rollback", items)) == [*["RS_OK"] * (PIECE + 1), "DUPLICATE_TRANSACTION"]


def test_all_of_a_batch_that_a_closed_door_refuses_is_owed(books: Books, caller: Caller) -> None:
    """The pieces after the first too: somebody has to pay them."""
    caller.merchant.status = "closed"
    caller.merchant.save()
    items = late(books, "late-", range(2 * PIECE + 1))
    assert send(caller, "retry", items).status == "MERCHANT_NOT_ACTIVE"
    assert run("SELECT count(*) FROM wallet_refusedpayout") == [(2 * PIECE + 1,)]


CALLS = [Call("payout", f"t-{number}", "p-1") for number in range(3 * PIECE)]
LONG = time.monotonic() + 10**6


def taken(calls: Sequence[Call]) -> list[ledger.Answer]:
    return [ledger.Answer("RS_OK", int(call.transaction_id.removeprefix("t-"))) for call in calls]


def from_second_on(calls: Sequence[Call], then: statuses.CallRefused) -> list[ledger.Answer]:
    if calls[0] != CALLS[0]:
        raise then
    return taken(calls)


def test_pieces_answer_in_order() -> None:
    assert transactions._post_pieces(CALLS, taken, LONG) == taken(CALLS)
    assert transactions._post_pieces([], taken, LONG) == []


def test_what_was_done_before_a_door_closed_is_told_as_done() -> None:
    answers = transactions._post_pieces(CALLS, lambda calls: from_second_on(calls, statuses.MerchantNotActive()), LONG)
    assert answers[:PIECE] == taken(CALLS[:PIECE])
    assert {answer.status for answer in answers[PIECE:]} == {"RS_ERROR_MERCHANT_NOT_ACTIVE"}


def test_a_batch_that_is_stopped_half_way_says_so() -> None:
    with pytest.raises(statuses.Overloaded, match="Only a part of the batch is done"):
        transactions._post_pieces(CALLS, lambda calls: from_second_on(calls, statuses.Overloaded()), LONG)


def test_without_time_only_the_first_piece_is_tried() -> None:
    tried: list[Sequence[Call]] = []

    def post(calls: Sequence[Call]) -> list[ledger.Answer]:
        tried.append(calls)
        return taken(calls)

    with pytest.raises(statuses.Overloaded, match="Send the same batch again"):
        transactions._post_pieces(CALLS, post, time.monotonic())
    assert [len(calls) for calls in tried] == [PIECE]


# --- a thousand, over the wire ----------------------------------------------------------------------------------------
def of_stage(stage: Stage) -> Books:
    [[secret]] = stage.sql(
        "SELECT s.id FROM merchants_secret s JOIN merchants_apikey k ON k.id = s.key_id WHERE k.merchant_id = %s",
        stage.merchant_id,
    )
    [[version]] = stage.sql("SELECT access_version FROM merchants_merchant WHERE id = %s", stage.merchant_id)
    return Books(stage.sql, stage.merchant_id, secret, version, stage.game.game_id)


THOUSAND = range(1, 1001)
Items = list[dict[str, Any]]


def a_big_round(books: Books) -> Items:
    books.bet(2000, "bet-", "r")
    return [books.item(n, transactionId=f"l-{n}", roundId="r", currency="EUR", amount=5) for n in THOUSAND]


def one_players_round(books: Books) -> Items:
    books.bet(1000, "bet-", "r", player="'p-1'")
    return [books.item(1, transactionId=f"l-{n}", roundId="r", currency="EUR", amount=5) for n in THOUSAND]


def one_bet(books: Books) -> Items:
    books.bet(1, "bet-", "r", player="'p-1'")
    told = {"currency": "EUR", "amount": 5, "refTransactionId": "bet-1"}
    return [books.item(1, transactionId=f"l-{n}", **told) for n in THOUSAND]


def ten_payouts_each(books: Books) -> Items:
    books.bet(1000, "bet-", "r")
    for number in range(10):
        books.pay(1000, f"pay-{number}-", "'bet-' || n")
    return [books.item(n, transactionId=f"l-{n}", refTransactionId=f"bet-{n}") for n in THOUSAND]


FULL: dict[str, tuple[str, Callable[[Books], Items], int, int]] = {
    # path, items, players, rows
    "a round of 2,000 players": ("retry", a_big_round, 2000, 1000),
    "a round of one player": ("retry", one_players_round, 1, 1000),
    "one bet": ("settlement", one_bet, 1, 1000),
    "bets with ten payouts each": ("rollback", ten_payouts_each, 1000, 11_000),
}
UNTRUE = """
    SELECT count(*) FROM wallet_account a JOIN merchants_player p ON p.id = a.player_id WHERE a.merchant_id = %s
       AND a.balance <> (SELECT sum(CASE a.id WHEN t.credit_account_id THEN t.amount ELSE -t.amount END)
                           FROM wallet_transaction t WHERE t.player_id = a.player_id)
"""


@pytest.mark.parametrize("shared", FULL)
def test_a_thousand_items_are_answered(stage: Stage, shared: str) -> None:
    """Where a slow machine needs more than one call, each sending gets further, and nothing is done twice."""
    path, prepare, players, rows = FULL[shared]
    books = of_stage(stage)
    books.seat(players)
    items = prepare(books)
    machine = stage.caller(deposit=0)
    [[before]] = stage.sql("SELECT count(*) FROM wallet_transaction WHERE merchant_id = %s", stage.merchant_id)
    until = time.monotonic() + PATIENCE
    answer = send(machine, path, items)
    while answer.http_status == 503 and time.monotonic() < until:
        answer = send(machine, path, items)
    assert answer.status == "RS_OK"
    assert statuses_of(answer) == ["RS_OK"] * 1000
    [[after]] = stage.sql("SELECT count(*) FROM wallet_transaction WHERE merchant_id = %s", stage.merchant_id)
    assert after - before == rows
    assert stage.sql(UNTRUE, stage.merchant_id) == [(0,)]
