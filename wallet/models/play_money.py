from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.models.session import Session


class PlayTransaction(models.Model):
    """A call in a demo session. Kept apart from the ledger, so that play money can never be mistaken for money."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="play_transactions")
    transaction_id = models.CharField(max_length=255, db_collation="C")
    kind = models.CharField(max_length=9)
    status = models.CharField(max_length=40)
    content = models.JSONField(help_text=_("Fields that make a repeat the same request."))
    amount = models.BigIntegerField(default=0)
    balance = models.BigIntegerField(null=True)
    ref_transaction_id = models.CharField(max_length=255, null=True, db_collation="C")
    is_rolled_back = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["session", "transaction_id"], name="play_transaction_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.transaction_id}"
