"""People who asked not to get a merchant's report. The link is in each email; its token proves whom it was sent to."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction

from merchants.models import Merchant
from portal.lib import clock
from wallet.models.reconciliation_plan import ReportOptOut

SALT = "wallet.reconciliation.opt_out"


@dataclass(frozen=True, slots=True)
class Subscription:
    merchant: Merchant
    email: str


def opt_out_link(merchant: Merchant, email: str) -> str:
    """Return the address that works as long as the report goes out: HMAC over merchant and recipient."""
    token = signing.dumps([merchant.pk, email], salt=SALT)
    return f"{settings.BASE_URL}/operator/~/reports/{token}/unsubscribe/"


def subscription_of(token: str) -> Subscription | None:
    """None when the portal has not signed it."""
    try:
        number, email = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    merchant = Merchant.objects.filter(pk=number).first()
    return Subscription(merchant, email) if merchant else None


@transaction.atomic
def opt_out(subscription: Subscription) -> ReportOptOut:
    """Once, however often it is asked. An owner may add the address again."""
    found, _ = ReportOptOut.objects.get_or_create(
        merchant=subscription.merchant, email=subscription.email.lower(), defaults={"asked_at": clock.now()}
    )
    return found


def opt_in(*, merchant: Merchant, email: str) -> bool:
    """Return whether the address had opted out."""
    deleted, _ = ReportOptOut.objects.filter(merchant=merchant, email=email.lower()).delete()
    return deleted > 0


def opted_out_addresses(merchant: Merchant) -> set[str]:
    """Addresses in lower case."""
    return set(ReportOptOut.objects.filter(merchant=merchant).values_list("email", flat=True))
