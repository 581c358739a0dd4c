"""The compromise report, each number counted by hand, wherever the sums end and the rows begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from merchants.models import Game, Merchant, Secret
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.signing import Signer, new_id
from wallet.models import OpenBet, SignedRequest, Transaction, Watermark
from wallet.services.log import request_log
from wallet.services.usage import compromise_report, usage_rollup
from wallet.services.usage.compromise_report import Kind, Report

DAY = datetime(2026, 3, 10, tzinfo=UTC)
THIEF = "198.51.100.7"


def at(hour: int, minute: int = 0) -> Any:
    return clock.frozen_at(DAY + timedelta(hours=hour, minutes=minute))


def moment(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


class Told(Caller):
    """Signs with the time of the story."""

    def call(self, path: str, body: Any = None, **options: Any) -> Any:
        options.setdefault("timestamp", str(int(clock.now().timestamp() * 1000)))
        return super().call(path, body, **options)


@pytest.fixture
def machine(acme: Merchant, game: Game) -> Told:
    with at(0):
        return Told(acme, factories.signer(acme), game)


def ok(answer: Any) -> str:
    assert answer.status == "OK" or answer.body["status"] == "RS_OK"
    return str(answer.body.get("transactionId", ""))


@pytest.fixture
def story(machine: Told) -> Secret:
    """A day of acme's key; the secret is exposed since 10:30, and version 2 comes at 20:00."""
    secret = Secret.objects.get(key__auth_key=machine.signer.auth_key)
    with at(8):
        ok(machine.deposit(5_000_000))
        ok(machine.launch())
        early = ok(machine.bet(700))  # stands open, before the exposure
    with at(10, 29):
        ok(machine.balance())
    with at(10, 45):
        lost = ok(machine.bet(100))
        ok(machine.payout(lost, 0))
        won = ok(machine.bet(250))
        paid = ok(machine.payout(won, 900))
        ok(machine.payout(won, 50))
        repeat = {"transactionId": won}
        ok(machine.bet(250, **repeat))  # moves nothing again
    with at(11, 10):
        ok(machine.rollback(won))  # 250 back to the player, 900 and 50 back from it
        ok(machine.rollback(paid))  # was taken back already
        ok(machine.rollback(new_id()))  # unknown: a tombstone
        assert machine.withdraw(10**10).status == "NOT_ENOUGH_MONEY"
        assert machine.bet(10**10).status == "NOT_ENOUGH_MONEY"
        ok(machine.reward(40))
        ok(machine.withdraw(3_000))
    with at(13, 59):
        reopened = ok(machine.bet(11))
        payout = ok(machine.payout(reopened, 5))
        machine.player, machine.client = "player-2", Client(REMOTE_ADDR=THIEF)
        ok(machine.deposit(600, currency="USD"))
        ok(machine.withdraw(500, currency="USD"))
    with at(14, 1):
        machine.player, machine.client = "player-1", Client()
        ok(machine.rollback(payout))  # the bet of 11 stands without a payout again
        ok(machine.bet(13))  # open
        ok(machine.payout(early, 1))  # settles what was bet before
    with at(20):
        second = keys.rotate_secret(key=secret.key)
        newer = Told(
            machine.merchant, Signer(second.key.auth_key, second.secret), machine.game, session=machine.session
        )
        ok(newer.bet(17))
        ok(newer.payout(ok(newer.bet(19)), 4))
    request_log.drain_lines()
    return secret


def summed_up(calls: int, movements: int) -> None:
    """Brings the marks to the so-manieth row of each source."""
    for source, model, number in (
        (Watermark.Source.CALLS, SignedRequest, calls),
        (Watermark.Source.MOVEMENTS, Transaction, movements),
    ):
        ids = list(model.objects.order_by("pk").values_list("pk", flat=True))
        if number:
            upto = ids[min(number, len(ids)) - 1]
            first = ids[0] - 1
            Watermark.objects.filter(source=source, upto=0).update(upto=first)
            usage_rollup._step(source, upto, upto)


def since_exposed(secret: Secret) -> Report:
    with at(15):
        return compromise_report.compromise_report(secret, moment(10, 30))


def check(report: Report) -> None:
    money = {each.currency: each for each in report.money}
    assert {kind: (each.rows, each.amount) for kind, each in money["EUR"].of.items()} == {
        Kind.BET: (4, 100 + 250 + 11 + 13),
        Kind.PAYOUT: (5, 0 + 900 + 50 + 5 + 1),
        Kind.REWARD: (1, 40),
        Kind.DEPOSIT: (0, 0),
        Kind.WITHDRAW: (1, 3_000),
        Kind.BET_BACK: (1, 250),
        Kind.PAYOUT_BACK: (3, 900 + 50 + 5),
        Kind.REWARD_BACK: (0, 0),
        Kind.DEPOSIT_BACK: (0, 0),
        Kind.WITHDRAW_BACK: (0, 0),
    }
    assert money["EUR"].net == 956 + 40 + 250 - 374 - 3_000 - 955
    assert (money["USD"].of[Kind.DEPOSIT].amount, money["USD"].of[Kind.WITHDRAW].amount, money["USD"].net) == (
        600,
        500,
        100,
    )
    assert report.moved_nothing == 5  # two refused debits, an idle rollback, a tombstone and its rollback
    assert report.players == 2
    assert [(each.currency, each.rounds, each.stake, each.oldest) for each in report.open_rounds] == [
        ("EUR", 2, 24, Transaction.objects.get(amount=11, kind="bet").created_at)
    ]
    assert (report.calls, report.refused, report.sessions) == (20, 2, 0)
    assert report.by_status == [("RS_ERROR_NOT_ENOUGH_MONEY", 2)]
    assert sum(calls for _, calls, _ in report.by_endpoint) == 20
    assert {path: refused for path, _, refused in report.by_endpoint}["/wallet/transaction/bet"] == 1
    [thief], [own] = report.new, report.known
    assert (thief.address, thief.calls, thief.refused, thief.moved) == ("198.51.100.7", 2, 0, {"USD": 1_100})
    assert (thief.first_at.replace(second=0, microsecond=0), thief.last_at) == (moment(13, 59), moment(13, 59))
    assert (own.address, own.calls, own.refused, own.moved) == (
        "127.0.0.1",
        18,
        2,
        {"EUR": 374 + 956 + 40 + 3_000 + 250 + 955},
    )
    assert [(bucket.begins, bucket.taken, bucket.refused, bucket.from_new) for bucket in report.series] == [
        (moment(10), 6, 0, 0),
        (moment(11), 5, 2, 0),
        (moment(13), 4, 0, 2),
        (moment(14), 3, 0, 0),
    ]
    assert (report.first_at, report.last_at) == (moment(8), moment(14, 1))


@pytest.mark.parametrize(
    ("calls", "movements"), [(0, 0), (4, 4), (9, 9), (13, 12), (18, 17), (21, 21), (22, 23), (99, 99)]
)
def test_every_number_is_right_wherever_the_sums_end(story: Secret, calls: int, movements: int) -> None:
    summed_up(calls, movements)
    check(since_exposed(story))


def test_every_number_is_right_when_summed_up_one_by_one(story: Secret) -> None:
    for number in range(1, 60):
        summed_up(number, number)
        if number % 7 == 0:
            check(since_exposed(story))
    check(since_exposed(story))
    assert OpenBet.objects.count() == 3  # of both versions


@pytest.mark.parametrize("rows", [0, 15, 99])
def test_the_span_is_cut_to_the_moment(story: Secret, rows: int) -> None:
    summed_up(rows, rows)
    before = compromise_report.compromise_report(story, moment(10, 45), moment(11, 10))
    assert (before.calls, before.players) == (6, 1)
    assert [each.of[Kind.BET].amount for each in before.money] == [350]
    whole = compromise_report.compromise_report(story, moment(0), moment(14, 1))
    assert [each.of[Kind.BET].amount for each in whole.money] == [700 + 361, 0]
    assert whole.sessions == 1
    nothing = compromise_report.compromise_report(story, moment(15))
    assert (nothing.calls, nothing.money, nothing.players, nothing.addresses) == (0, [], 0, [])
    between = compromise_report.compromise_report(story, moment(12), moment(13))
    assert (between.players, between.unit, between.series) == (0, "hour", [])


@pytest.mark.parametrize("rows", [0, 99])
def test_a_long_span_is_drawn_by_the_day(story: Secret, rows: int) -> None:
    summed_up(rows, rows)
    report = compromise_report.compromise_report(story, DAY - timedelta(days=10))
    assert (report.unit, [bucket.begins for bucket in report.series]) == ("day", [DAY])
    assert [address.known for address in report.addresses] == [False, False]  # nothing was known so long ago


def test_the_sums_are_the_same_when_a_batch_is_done_again_by_another_job(story: Secret) -> None:
    newest = Transaction.objects.latest("pk").pk
    assert usage_rollup.sum_up(Watermark.Source.MOVEMENTS) == newest
    assert usage_rollup.sum_up(Watermark.Source.MOVEMENTS) == 0
    assert usage_rollup._step(Watermark.Source.MOVEMENTS, newest, 5) == 0
    check(since_exposed(story))


def test_sums_larger_than_64_bits_are_held(story: Secret) -> None:
    summed_up(0, 99)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wallet_movementhour SET amount = 9223372036854775807000 WHERE kind = 'bet' AND amount = 24"
        )
        assert cursor.rowcount == 0  # 11 and 13 stand in two hours
        cursor.execute(
            "UPDATE wallet_movementhour SET amount = 9223372036854775807000 WHERE kind = 'bet' AND amount = 13"
        )
    report = compromise_report.compromise_report(story, moment(10, 30))
    assert report.money[0].of[Kind.BET].amount == 9223372036854775807000 + 361


def test_movements_are_listed_oldest_first(story: Secret) -> None:
    listed = [row.kind for row in compromise_report.signed_movements(story, moment(13), moment(14, 2))]
    assert listed == ["bet", "payout", "deposit", "withdraw", "rollback", "bet", "payout"]
