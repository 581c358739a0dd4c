"""The compromise report against the plainest SQL there is, over a day of chance, with the job running in between."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from merchants.models import ApiKey, Game, Merchant, Secret
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.signing import Signer, new_id
from wallet.models import MovementHour, SignedRequest, Transaction, Watermark
from wallet.services.log import request_log
from wallet.services.usage import compromise_report, usage_rollup, usage_totals
from wallet.services.usage.usage_totals import Span

DAY = datetime(2026, 3, 10, tzinfo=UTC)
CALLS = 320
PLAIN_MONEY = """
    SELECT CASE WHEN t.kind <> 'rollback' THEN t.kind ELSE o.kind || '_back' END, t.currency, count(*), sum(t.amount)
      FROM wallet_transaction t LEFT JOIN wallet_transaction o ON o.id = t.reverses_id
     WHERE t.secret_id = %s AND t.created_at >= %s AND t.created_at < %s AND t.debit_account_id IS NOT NULL
     GROUP BY 1, 2
"""
PLAIN_NET = """
    SELECT t.currency, sum(CASE c.kind WHEN 'player' THEN t.amount ELSE -t.amount END)
      FROM wallet_transaction t JOIN wallet_account c ON c.id = t.credit_account_id
     WHERE t.secret_id = %s AND t.created_at >= %s AND t.created_at < %s
     GROUP BY 1
"""
PLAIN_OPEN = """
    SELECT t.currency, count(*), sum(t.amount), min(t.created_at) FROM wallet_transaction t
     WHERE t.secret_id = %s AND t.created_at >= %s AND t.created_at < %s
       AND t.kind = 'bet' AND t.status = 'RS_OK' AND t.debit_account_id IS NOT NULL
       AND t.id NOT IN (SELECT u.reverses_id FROM wallet_transaction u WHERE u.reverses_id IS NOT NULL)
       AND NOT EXISTS (SELECT FROM wallet_transaction p
                        WHERE p.kind = 'payout' AND p.merchant_id = t.merchant_id
                          AND p.ref_transaction_id = t.transaction_id AND p.debit_account_id IS NOT NULL
                          AND p.id NOT IN (SELECT u.reverses_id FROM wallet_transaction u
                                            WHERE u.reverses_id IS NOT NULL))
     GROUP BY 1 ORDER BY 1
"""
PLAIN_PLAYERS = """
    SELECT count(DISTINCT player_id) FROM wallet_transaction
     WHERE secret_id = %s AND created_at >= %s AND created_at < %s
"""
PLAIN_CALLS = """
    SELECT status, count(*) FROM wallet_signedrequest
     WHERE secret_id = %s AND created_at >= %s AND created_at < %s GROUP BY 1
"""


class Machine(Caller):
    """Signs with the time of the story."""

    def call(self, path: str, body: Any = None, **options: Any) -> Any:
        options.setdefault("timestamp", str(int(clock.now().timestamp() * 1000)))
        return super().call(path, body, **options)


def asked(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def machines(merchant: Merchant, game: Game) -> list[Machine]:
    """Two keys, one of them in an overlap, three players, two currencies, demo money, and three addresses."""
    first, other = factories.signer(merchant), factories.signer(merchant)
    key = ApiKey.objects.get(auth_key=first.auth_key)
    second = Signer(first.auth_key, keys.rotate_secret(key=key, overlap=timedelta(days=2)).secret)
    crowd = []
    for number, (player, currency) in enumerate([("ann", "EUR"), ("bob", "EUR"), ("bob", "USD"), ("eve", "OPPI")]):
        machine = Machine(merchant, first, game, player=player, currency=currency)
        if currency != "OPPI":
            machine.deposit(50_000)
        machine.launch()
        crowd += [
            replace(machine, signer=signer, client=Client(REMOTE_ADDR=f"198.51.100.{(number + place) % 3 + 1}"))
            for place, signer in enumerate([first, second, other])
        ]
    return crowd


def one_call(chance: random.Random, crowd: list[Machine], said: dict[str, list[str]]) -> None:
    machine = chance.choice(crowd)
    known = said[machine.player + machine.currency]
    ref = chance.choice(known) if known and chance.random() < 0.9 else new_id()
    own = chance.choice(known) if known and chance.random() < 0.1 else new_id()
    amount = chance.choice([0, 1, 7, 250, 3_000, 3_001, 10**9])
    verb = chance.choice(["bet"] * 5 + ["payout"] * 4 + ["rollback"] * 4 + ["reward", "deposit", "withdraw", "balance"])
    if verb == "bet":
        machine.bet(amount, transactionId=own)
    elif verb == "payout":
        machine.payout(ref, min(amount, 3_000), transactionId=own)
    elif verb == "rollback":
        refs = chance.sample(known, min(len(known), chance.randint(1, 3))) or [ref]
        items = [machine.rollback_item(each, transactionId=new_id()) for each in refs]
        known += [item["transactionId"] for item in items]
        machine.call("/wallet/transaction/rollback", {"transactions": items})
        return
    elif verb == "reward":
        machine.reward(amount)
    elif verb == "balance":
        machine.balance()
    else:
        getattr(machine, verb)(amount, transactionId=own)
    known.append(own)


def sum_some_up(chance: random.Random) -> None:
    """The mark of one source goes on, by any number of rows, or by none."""
    request_log.drain_lines()
    for source, model in ((Watermark.Source.CALLS, SignedRequest), (Watermark.Source.MOVEMENTS, Transaction)):
        newest = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        first = model.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        Watermark.objects.filter(source=source, upto__lt=first).update(upto=first - 1)  # ids go on from test to test
        upto = Watermark.objects.get(source=source).upto
        usage_rollup._step(source, chance.randint(min(upto, newest), newest), chance.choice([1, 3, 10, 30, 1_000_000]))


def compare(secret: Secret, since: datetime, until: datetime) -> None:
    span = (secret.pk, since, until)
    report = compromise_report.compromise_report(secret, since, until)
    money = {
        (kind, each.currency): (found.rows, found.amount)
        for each in report.money
        for kind, found in each.of.items()
        if found.rows
    }
    assert money == {(kind, currency): (rows, int(total)) for kind, currency, rows, total in asked(PLAIN_MONEY, *span)}
    assert {each.currency: each.net for each in report.money} == dict(asked(PLAIN_NET, *span))
    opened = [(each.currency, each.rounds, each.stake, each.oldest) for each in report.open_rounds]
    assert opened == asked(PLAIN_OPEN, *span)
    assert [(report.players,)] == asked(PLAIN_PLAYERS, *span)
    calls = dict(asked(PLAIN_CALLS, *span))
    assert (report.calls, report.refused) == (sum(calls.values()), sum(calls.values()) - calls.get("RS_OK", 0))
    rows = sum(found.rows for each in report.money for found in each.of.values()) + report.moved_nothing
    assert rows == Transaction.objects.signed_with(secret.pk, since=since, until=until).count()
    assert rows == len(list(compromise_report.signed_movements(secret, since, until)))


@pytest.mark.parametrize("seed", [11, 12])
def test_every_sum_is_that_of_the_rows_whatever_happened(acme: Merchant, game: Game, seed: int) -> None:
    chance = random.Random(seed)
    said: dict[str, list[str]] = defaultdict(list)
    at = DAY
    with clock.frozen_at(at):
        crowd = machines(acme, game)
    for number in range(CALLS):
        at += timedelta(seconds=chance.choice([0, 0, 1, 40, 900, 3_600 - at.second - 60 * at.minute]))
        with clock.frozen_at(at):
            one_call(chance, crowd, said)
        if number % 20 == 19:
            sum_some_up(chance)
            for secret in Secret.objects.select_related("key"):
                since = DAY + (at - DAY) * chance.random()
                compare(secret, DAY, at + timedelta(hours=1))
                compare(secret, since, since + (at - since) * chance.random())
    assert {"bet_back", "nothing"} <= set(MovementHour.objects.values_list("kind", flat=True))
    assert usage_totals.open_rounds(list(Secret.objects.all()), acme.pk, Span(DAY))
