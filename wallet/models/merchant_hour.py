from __future__ import annotations

from django.db import models

from merchants.models import Merchant


class MerchantHour(models.Model):
    """Calls of a merchant with one answer in one hour, summed up like those of usage.py.

    Of one that was not `signed` rightly all that is known is that it named a key of the merchant's.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    hour = models.DateTimeField()
    status = models.CharField(max_length=40)
    signed = models.BooleanField(default=True)
    calls = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "hour", "status", "signed"], name="merchant_hour_once")
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.hour} {self.status}"
