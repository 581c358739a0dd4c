"""Settings of a merchant as a whole."""

from __future__ import annotations

from django.db import transaction

from merchants import errors
from merchants.models import Approval, Merchant


@transaction.atomic
def set_status(*, merchant: Merchant, status: str, approval: Approval | None = None) -> Merchant:
    """Set the status of a merchant. Calls that reach the ledger after the commit are judged by it.

    Refuses a merchant with the two-person rule without `approval`. The same status changes nothing.
    """
    merchant = Merchant.objects.select_for_update().get(pk=merchant.pk)
    if merchant.status != status:
        if merchant.two_person and approval is None:
            raise errors.SecondPersonNeeded
        merchant.status = Merchant.Status(status)
        merchant.save(update_fields=["status"])
    return merchant


@transaction.atomic
def switch_two_person_off(*, approval: Approval) -> Merchant:
    """Switch the two-person rule off, as two people approved. A trigger checks the approval, and owners are emailed."""
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=approval.merchant_id)
    if merchant.two_person:
        merchant.two_person = False
        merchant.save(update_fields=["two_person"])
    return merchant


@transaction.atomic
def show_secrets_to_staff(*, merchant: Merchant, allowed: bool) -> Merchant:
    """Set whether our staff may see a new secret, instead of sending it to an owner. Refuses nothing."""
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if merchant.staff_sees_secrets != allowed:
        merchant.staff_sees_secrets = allowed
        merchant.save(update_fields=["staff_sees_secrets"])
    return merchant
