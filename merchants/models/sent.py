"""What pages leave behind between two clicks; an hourly job sweeps it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from merchants.models.merchant import Merchant
from merchants.models.people import Person


class UsedForm(models.Model):
    """A form that has done its one thing, by what was drawn for it when its page was made (merchants.form_tokens)."""

    nonce = models.CharField(max_length=64, primary_key=True)
    used_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.nonce


class ImportProposal(models.Model):
    """A file that was shown and waits to be applied. Between the two pages only its signed number travels."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, db_index=False, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    packed = models.BinaryField(help_text="The text of the file, compressed.")
    digest = models.CharField(max_length=64, help_text="Of the plan that was shown.")
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.merchant.code}"
