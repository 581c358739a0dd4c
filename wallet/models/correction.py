"""Correcting entries: money that two persons move between a player and the books, to settle a case."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, Person, Player
from merchants.models.audit import track_history
from wallet.models.case import Case
from wallet.models.transaction import Transaction

BEGINS_UNDECIDED = """
    IF num_nonnulls(NEW.approved_by_id, NEW.approved_at, NEW.transaction_id, NEW.declined_by_id, NEW.declined_at) <> 0
    THEN
        RAISE EXCEPTION 'a correction begins as a proposal' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@track_history(scopes={"merchant": "merchant", "case": "case"}, owners_told=True)
class Correction(models.Model):
    """A proposal of one person. Approved by another, it has a ledger row; `wallet_correct` alone writes both.

    `amount` is above 0, real amount × 100000; `is_credit` says which way it goes.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="corrections", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="corrections", db_index=False)
    currency = models.CharField(max_length=8, db_collation="C")
    amount = models.BigIntegerField()
    is_credit = models.BooleanField(help_text=_("If off, the amount moves from the player."))
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)
    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="correction"
    )
    declined_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text=_("If empty, a newer proposal superseded this proposal."),
    )
    declined_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(approved_at=None, declined_at=None), name="correction_one_proposal"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="correction_amount_above_zero"),
            models.CheckConstraint(condition=~Q(currency__in=["", "XXX"]), name="correction_of_real_money"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")), name="correction_by_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, transaction=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, transaction__isnull=False, declined_at=None),
                name="correction_approved_and_posted",
            ),
            models.CheckConstraint(
                condition=Q(declined_by=None) | Q(declined_at__isnull=False), name="correction_declined_when"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="correction_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="correction_begins_undecided",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=BEGINS_UNDECIDED,
            ),
            pgtrigger.Protect(
                name="correction_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.approved_at IS NOT NULL OR OLD.declined_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"correction-{self.pk}"

    @property
    def delta(self) -> int:
        """As the player's balance sees it."""
        return self.amount if self.is_credit else -self.amount
