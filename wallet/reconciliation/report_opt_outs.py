"""People who unsubscribed from a merchant's report. The link is in each email; its token proves the recipient."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction

from merchants.models import Merchant
from merchants.services import history
from merchants.services.history import Proof
from portal.lib import clock
from wallet.models.reconciliation_plan import ReportOptOut

SALT = "wallet.reconciliation.opt_out"


@dataclass(frozen=True, slots=True)
class Subscription:
    merchant: Merchant
    email: str


def opt_out_link(merchant: Merchant, email: str) -> str:
    """Return the link that unsubscribes: HMAC over merchant and recipient. It does not expire."""
    token = signing.dumps([merchant.pk, email], salt=SALT)
    return f"{settings.BASE_URL}/operator/~/reports/{token}/unsubscribe/"


def subscription_of(token: str) -> Subscription | None:
    """Return merchant and recipient of a token; None when we did not sign it."""
    try:
        number, email = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    merchant = Merchant.objects.filter(pk=number).first()
    return Subscription(merchant, email) if merchant else None


@transaction.atomic
def opt_out(subscription: Subscription) -> ReportOptOut:
    """Unsubscribe the address; a repeat changes nothing. An owner may add the address again."""
    email = subscription.email.lower()
    with history.act_by_proof(Proof.UNSUBSCRIBE, email=email):
        found, _ = ReportOptOut.objects.get_or_create(
            merchant=subscription.merchant, email=email, defaults={"asked_at": clock.now()}
        )
    return found


def opt_in(*, merchant: Merchant, email: str) -> bool:
    """Subscribe the address again; return whether it had unsubscribed."""
    deleted, _ = ReportOptOut.objects.filter(merchant=merchant, email=email.lower()).delete()
    return deleted > 0


def opted_out_addresses(merchant: Merchant) -> set[str]:
    """Return the unsubscribed addresses in lower case."""
    return set(ReportOptOut.objects.filter(merchant=merchant).values_list("email", flat=True))
