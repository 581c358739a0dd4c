"""Many merchants whose reports are due in the same minute, each with a small day; run inside Django's shell."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import connection

from bench.cast import CURRENCY, SETTLE
from merchants.models import Merchant, Player
from portal.lib import clock
from wallet.models import Account, ReconciliationPlan, Statement, Watermark
from wallet.models.reconciliation_plan import ReportRecipient
from wallet.reconciliation import statements
from wallet.reconciliation.plans import newest_due
from wallet.reconciliation.reading.mapping import CONTRACT
from wallet.reconciliation.reading.table import as_csv
from wallet.services.usage import usage_rollup

ROUNDS_EACH = 4
# A bet of 100 and a payout of 150, and so on the player's account 50 more.
ROUNDS = """
    INSERT INTO wallet_transaction (
        merchant_id, transaction_id, part, kind, status, player_id, currency, amount, debit_account_id,
        credit_account_id, balance, ref_transaction_id, is_win, secret_id, address, request_id, created_at
    )
    SELECT a.merchant_id, m.kind || '-' || n, 0, m.kind, 'RS_OK', a.player_id, a.currency, m.amount, m.debit, m.credit,
           50 * n + m.beside, m.ref, m.is_win, %(secret)s, '127.0.0.1', gen_random_uuid(),
           %(day)s::date AT TIME ZONE 'UTC' + interval '1 hour' * n + m.later
      FROM generate_series(1, %(rounds)s) n
     CROSS JOIN wallet_account a
      JOIN wallet_account g ON g.merchant_id = a.merchant_id AND g.kind = 'games'
     CROSS JOIN LATERAL (VALUES
        ('bet', 100, a.id, g.id, -150, NULL, NULL, interval '0'),
        ('payout', 150, g.id, a.id, 0, 'bet-' || n, true, interval '1 second')
     ) m (kind, amount, debit, credit, beside, ref, is_win, later)
     WHERE a.kind = 'player' AND a.merchant_id = ANY (%(merchants)s)
     ORDER BY a.id, n, m.kind
"""
# The last payout is another one there: a case for each merchant.
LINES = """
    SELECT t.merchant_id, t.transaction_id, t.kind, p.player_id, t.currency,
           (t.amount + (t.transaction_id = 'payout-' || %(rounds)s)::int)::text
      FROM wallet_transaction t
      JOIN merchants_player p ON p.id = t.player_id
     WHERE t.merchant_id = ANY (%(merchants)s)
     ORDER BY t.merchant_id, t.id
"""


def plant(merchants: int, secret: int) -> None:
    """`secret`: anybody's, since each row of the ledger names one."""
    crowd = Merchant.objects.bulk_create(Merchant(code=f"crowd-{n:04}", name=f"Crowd {n}") for n in range(merchants))
    ReconciliationPlan.objects.bulk_create(ReconciliationPlan(merchant=each) for each in crowd)
    ReportRecipient.objects.bulk_create(
        ReportRecipient(merchant=each, email=f"finance@{each.code}.example") for each in crowd
    )
    day = newest_due(ReconciliationPlan.objects.select_related("merchant").earliest("pk"), clock.now())
    _give_accounts(crowd)
    values = {"secret": secret, "day": day, "rounds": ROUNDS_EACH, "merchants": [each.pk for each in crowd]}
    with connection.cursor() as cursor:
        cursor.execute(ROUNDS, values)
        cursor.execute(LINES, values)
        lines = groupby(cursor.fetchall(), itemgetter(0))
        for statement in SETTLE:
            cursor.execute(statement)
    found = {each.pk: each for each in crowd}
    for merchant, rows in lines:
        statements.read_statement(statement=_statement(found[merchant], day, [[*cells] for _, *cells in rows]))
    usage_rollup.sum_up(Watermark.Source.MOVEMENTS)  # as the job does every minute


def _give_accounts(crowd: list[Merchant]) -> None:
    players = Player.objects.bulk_create(Player(merchant=each, player_id="player") for each in crowd)
    Account.objects.bulk_create(
        Account(merchant=each.merchant, player=each, currency=CURRENCY, kind="player", balance=50 * ROUNDS_EACH)
        for each in players
    )
    Account.objects.bulk_create(Account(merchant=each, currency=CURRENCY, kind="games") for each in crowd)


def _statement(merchant: Merchant, day: date, rows: list[list[str]]) -> Statement:
    """As a signed call brings it."""
    content = b"".join(as_csv([["transactionId", "kind", "playerId", "currency", "amount"], *rows]))
    return Statement.objects.create(
        number=uuid4(),
        merchant=merchant,
        day=day,
        grain=ReconciliationPlan.Grain.ROWS,
        source=Statement.Source.API,
        name="day.csv",
        file=ContentFile(content, "day.csv"),
        digest=sha256(content).hexdigest(),
        size=len(content),
        mapping=CONTRACT.as_json(),
        received_at=clock.now() - timedelta(days=1),
    )
