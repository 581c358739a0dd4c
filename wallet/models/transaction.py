from __future__ import annotations

from datetime import datetime
from typing import Self

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from merchants.models import Game, Merchant, Player, Secret
from wallet.models.account import Account, is_valid_row, truncate_guard
from wallet.models.live_merchants import live_merchants
from wallet.models.session import Session

# The fields of the type wallet_row, in its order.
JUDGED = [
    *("kind", "part", "status", "currency", "amount", "debit_account", "credit_account", "case"),
    *("secret", "address", "request_id", "session", "game", "reverses"),
]


class TransactionQuerySet(models.QuerySet["Transaction"]):
    def of_live_merchants(self) -> Self:
        """What is summed over merchants: without sandboxes."""
        return self.filter(merchant__in=live_merchants())

    def movements(self) -> Self:
        """Rows that moved money (also an amount of 0), without refusals and tombstones."""
        return self.filter(debit_account__isnull=False)

    def signed_with(self, secret_id: int, *, since: datetime, until: datetime | None = None) -> Self:
        rows = self.filter(secret_id=secret_id, created_at__gte=since)
        return rows.filter(created_at__lt=until) if until else rows

    def standing(self) -> Self:
        """Movements that no rollback has taken back."""
        return self.movements().filter(~Exists(self.model.objects.filter(reverses_id=OuterRef("pk"))))

    def rounds(self) -> Self:
        """Bets that were taken, each with `payout`: the sum of what it paid and what still stands."""
        return self.movements().filter(kind="bet").annotate(payout=Coalesce(self.paid_for(), 0))

    def paid_for(self) -> models.Subquery:
        """Of the bet outside: the sum of its payouts that stand; null when there is none."""
        paid = (
            self.model.objects.standing()
            .filter(kind="payout", merchant_id=OuterRef("merchant_id"), ref_transaction_id=OuterRef("transaction_id"))
            .order_by()
            .values("ref_transaction_id")
            .annotate(total=Sum("amount"))
        )
        return models.Subquery(paid.values("total"))


class Transaction(models.Model):
    """One immutable row: a movement between two accounts, or an answer that must stay what it was.

    Written by the ledger function alone, which has read merchant, player, session, game and secret in the same breath;
    these can't be deleted, so the columns carry no foreign key that would lock hot rows for every bet (decision 0007).
    `part` 0 is the call itself; a rollback of a bet with payouts has one more part for each payout taken back. A
    correction is no call: it is part -1, where no signed id is looked for, nobody signed it, and it names its case.
    Where it settles a transaction that the ledger lacks, a row of part 0 takes that id and moves nothing.
    """

    class Kind(models.TextChoices):
        BET = "bet"
        PAYOUT = "payout"
        REWARD = "reward"
        ROLLBACK = "rollback"
        DEPOSIT = "deposit"
        WITHDRAW = "withdraw"
        TOMBSTONE = "tombstone", _("Early rollback (rollback received before its transaction)")
        CORRECTION = "correct", _("Correction")

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="transactions"
    )
    transaction_id = models.CharField(max_length=255, db_collation="C")
    part = models.IntegerField(default=0)
    kind = models.CharField(max_length=9, choices=Kind)
    status = models.CharField(max_length=40, help_text=_("The first answer."))
    player = models.ForeignKey(
        Player, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="transactions"
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="transactions"
    )
    game = models.ForeignKey(
        Game, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    currency = models.CharField(max_length=8, null=True, db_collation="C")
    amount = models.BigIntegerField(null=True, help_text=_("Real amount × 100000."))
    debit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    credit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    balance = models.BigIntegerField(null=True, help_text=_("The player's balance in the answer."))
    ref_transaction_id = models.CharField(max_length=255, null=True, db_collation="C")
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="reversed_by"
    )
    is_win = models.BooleanField(null=True)
    reward_type = models.CharField(max_length=64, null=True)
    round_id = models.CharField(max_length=255, null=True, db_collation="C")
    secret = models.ForeignKey(
        Secret, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    address = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    case = models.ForeignKey(
        "wallet.Case", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    objects = TransactionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "transaction_id", "part"], name="transaction_once"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="transaction_reversed_once"
            ),
            models.CheckConstraint(condition=is_valid_row("wallet_valid_row", JUDGED), name="transaction_is_valid"),
        ]
        indexes = [
            BrinIndex(fields=["created_at"], name="transaction_by_time"),
            models.Index(fields=["player", "id"], name="transaction_of_player"),
            models.Index(
                fields=["merchant", "ref_transaction_id"],
                condition=Q(ref_transaction_id__isnull=False),
                name="transaction_of_reference",
            ),
            models.Index(
                fields=["merchant", "round_id", "session"],
                condition=Q(round_id__isnull=False),
                name="transaction_in_round",
            ),
            models.Index(fields=["merchant", "created_at", "id"], condition=Q(kind="bet"), name="transaction_bets"),
            models.Index(
                fields=["player", "created_at"],
                condition=Q(kind="bet") & ~Q(status="RS_ERROR_LIMIT_REACHED"),
                name="transaction_counted_bets",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="transaction_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
            truncate_guard("transaction_not_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.transaction_id}"
