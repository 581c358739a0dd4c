from __future__ import annotations

import pgtrigger
from django.db import models

from merchants.models import Merchant


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
