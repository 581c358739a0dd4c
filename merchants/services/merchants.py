"""What is decided about a merchant as a whole."""

from __future__ import annotations

from django.db import transaction

from merchants.models import Merchant


@transaction.atomic
def set_status(*, merchant: Merchant, status: str) -> Merchant:
    """Holds from the commit: a call that reaches the ledger after it is judged by the new status."""
    merchant = Merchant.objects.select_for_update().get(pk=merchant.pk)
    if merchant.status != status:
        merchant.status = Merchant.Status(status)
        merchant.save(update_fields=["status"])
    return merchant
