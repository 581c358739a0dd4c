"""What pages leave behind between two clicks; an hourly job sweeps it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class UsedForm(models.Model):
    """A form that has done its one thing, by what was drawn for it when its page was made (merchants.once)."""

    nonce = models.CharField(max_length=64, primary_key=True)
    used_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.nonce
