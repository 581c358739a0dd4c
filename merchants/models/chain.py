"""Seals over rows that only grow: the ledger, the history, and what is registered beside them (services/chain).

A block holds the hashes of the rows of one merchant in a window of ids of one table, and the hash over the block before
it. Blocks are written by `merchants_chain_seal` (merchants/sql/chain.sql) alone, which computes them from the rows.
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

NEVER_EMPTIED = pgtrigger.Trigger(
    name="never_emptied",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'the chain is never emptied';",
)


class Chain(models.TextChoices):
    LEDGER = "ledger", "Ledger"
    HISTORY = "history", "History"


class ChainRecipe(models.Model):
    """The columns that the hash of a row covers. A table that gets a column gets a new version; blocks keep theirs."""

    table_name = models.CharField(max_length=63)
    version = models.PositiveSmallIntegerField()
    chain = models.CharField(max_length=7, choices=Chain)
    id_column = models.CharField(max_length=63)
    merchant_column = models.CharField(max_length=63, blank=True, help_text="Empty: rows of no merchant.")
    columns = ArrayField(models.CharField(max_length=63))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["table_name", "version"]
        constraints = [models.UniqueConstraint(fields=["table_name", "version"], name="chain_recipe_once")]
        triggers = [
            pgtrigger.Protect(name="chain_recipe_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.version}"


class ChainBlock(models.Model):
    """Rows of one merchant with ids above `after_id` up to `upto_id`. All blocks of a window have the same two."""

    chain = models.CharField(max_length=7, choices=Chain)
    merchant_id = models.BigIntegerField(help_text="0: rows of no merchant, such as people and games.")
    number = models.BigIntegerField(help_text="1, 2, 3 … in the chain of this merchant.")
    recipe = models.ForeignKey(ChainRecipe, on_delete=models.PROTECT, db_index=False, related_name="+")
    table_name = models.CharField(max_length=63)
    after_id = models.BigIntegerField()
    upto_id = models.BigIntegerField()
    row_count = models.IntegerField()
    total_rows = models.BigIntegerField(help_text="Of the chain up to and including this block.")
    ids = ArrayField(models.BigIntegerField())
    fingerprints = models.BinaryField(help_text="The first 8 bytes of each row's hash, in the order of the ids.")
    digest = models.BinaryField(help_text="SHA-256 over id and hash of each row.")
    head = models.BinaryField(help_text="SHA-256 over the head before, what this block says, and its digest.")
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "merchant_id", "number"], name="chain_block_once"),
            models.UniqueConstraint(fields=["table_name", "upto_id", "merchant_id"], name="chain_block_window_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="chain_block_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
        ]

    def __str__(self) -> str:
        return f"{self.chain} of {self.merchant_id}, block {self.number}"
