"""Links that only a mail holds: made when it is sent, so that nobody reads them in our tables."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from merchants.models import SecretClaim

INVITATION = "merchants.invitation"
CLAIM = "merchants.claim"


def to_invitation(number: int) -> str:
    return f"{settings.BASE_URL}/operator/~/invitation/{signing.dumps(number, salt=INVITATION)}/"


def to_claim(number: int) -> str:
    """The token is derived anew each time, so that an email that is sent twice has the same link twice."""
    claim = SecretClaim.objects.select_related("key__merchant").get(pk=number)
    return f"{settings.BASE_URL}/operator/{claim.key.merchant.code}/keys/claim/{claim_token(claim.nonce)}/"


def claim_token(nonce: str) -> str:
    return salted_hmac(CLAIM, nonce, algorithm="sha256").hexdigest()


def invitation_of(token: str) -> int | None:
    """None when we have not signed it."""
    try:
        return int(signing.loads(token, salt=INVITATION))
    except signing.BadSignature:
        return None
