from __future__ import annotations

import pgtrigger
from django.db import models

from merchants.models import Merchant

# Of a refused payout `r`: is the player paid? Under its id to the same player the same amount, and not taken back. A
# deposit, a bet or less money under that id pays nothing.
IS_PAID = """
    EXISTS (SELECT FROM wallet_transaction t
              JOIN merchants_player p ON p.id = t.player_id
             WHERE t.merchant_id = r.merchant_id AND t.transaction_id = r.transaction_id AND t.part = 0
               AND t.kind = 'payout' AND t.debit_account_id IS NOT NULL
               AND p.player_id = r.player_id AND t.currency = r.currency AND t.amount = r.amount
               AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id))
"""


class RefusedPayout(models.Model):
    """A late payout (retry, settlement) that was refused: after the settlement nobody sends it again, so the player is
    owed it until a payout of that id stands. Written by the ledger function; the first refusal is kept.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    transaction_id = models.CharField(max_length=255, db_collation="C")
    ref_transaction_id = models.CharField(max_length=255, null=True, db_collation="C")
    player_id = models.CharField(max_length=255, db_collation="C")
    game_id = models.CharField(max_length=64, null=True, db_collation="C")
    round_id = models.CharField(max_length=255, null=True, db_collation="C")
    currency = models.CharField(max_length=8, db_collation="C")
    amount = models.BigIntegerField()
    status = models.CharField(max_length=40)
    request_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "transaction_id"], name="refused_payout_once")]
        indexes = [models.Index(fields=["merchant", "created_at"], name="refused_payout_of_day")]
        triggers = [pgtrigger.Protect(name="refused_payout_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.transaction_id
