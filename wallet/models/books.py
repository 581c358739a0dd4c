"""How far our own books are verified (wallet/reconciliation/books_check.py), and what was found wrong in them.

Nothing here is a source: each row can be made again from the ledger, and older rows of the ledger are read again in
slices, so that a sum that was changed here hides nothing for longer than a month.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant


class AccountProof(models.Model):
    """The verified sum of one player account's rows up to the watermark. Units: real amount × 100000."""

    account_id = models.BigIntegerField(primary_key=True)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    total = models.BigIntegerField()
    beyond = models.BigIntegerField(
        default=0, db_default=0, help_text=_("Difference between the balance on the newest row and that sum.")
    )

    def __str__(self) -> str:
        return f"account {self.account_id}"


class BooksSlice(models.Model):
    """Which part of a merchant's players is verified from their first row on next, and when one last was."""

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, primary_key=True, related_name="books_slice")
    number = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"slice {self.number}"


class BookFinding(models.Model):
    """One thing that is wrong in the books of a merchant, until a check finds it no more."""

    class Origin(models.TextChoices):
        BALANCES = "balances", _("Balances against verified sums, every night")
        ROWS = "rows", "Rows"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="book_findings")
    origin = models.CharField(max_length=8, choices=Origin)
    kind = models.CharField(max_length=20, help_text=_("Of the case that the difference becomes."))
    subject = models.CharField(max_length=600, db_collation="C")
    player_key = models.BigIntegerField(null=True, help_text=_("The accounts whose rows are read again every night."))
    player_id = models.CharField(max_length=255, blank=True)
    currency = models.CharField(max_length=8, blank=True)
    ours = models.JSONField()
    difference = models.BigIntegerField()
    found_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "origin", "kind", "subject"], name="book_finding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
