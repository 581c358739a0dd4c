"""Links that only an email holds: they are made when the email is sent, so no table has them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from merchants.models import SecretClaim

INVITATION = "merchants.invitation"
CLAIM = "merchants.claim"


class ForgedClaim(Exception):
    """The token of this row was not made by the portal, so the email is not sent."""


def invitation_link(number: int) -> str:
    """Return the link of an invitation."""
    return f"{settings.BASE_URL}/operator/~/invitation/{signing.dumps(number, salt=INVITATION)}/"


def claim_link(number: int) -> str:
    """Return the link of a claim. Raises ForgedClaim for a row that the portal has not written.

    The token is derived anew each time, so that an email that is sent twice has the same link twice.
    """
    claim = SecretClaim.objects.select_related("key__merchant", "secret").get(pk=number)
    token = next((each for each in _claim_tokens(claim) if _has_hash_of(claim, each)), None)
    if token is None:
        raise ForgedClaim(number)
    return f"{settings.BASE_URL}/operator/{claim.key.merchant.code}/keys/claim/{token}/"


def claim_token(claim: SecretClaim) -> str:
    """Return the token of a new claim, made under the current key-encryption key."""
    return next(_claim_tokens(claim))


def claim_hash(token: str) -> str:
    """Return the hash of a token, as the table has it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def is_token_of(claim: SecretClaim, token: str) -> bool:
    """Return whether the portal made this token for this claim. The hash in the row alone proves nothing: it needs no
    key.
    """
    given, right = token.encode(errors="replace"), [each.encode() for each in _claim_tokens(claim)]
    return _has_hash_of(claim, token) and any(hmac.compare_digest(given, each) for each in right)


def _claim_tokens(claim: SecretClaim) -> Iterator[str]:
    """One under each key-encryption key, the current one first: a claim may be older than the newest key.

    Nothing for a row whose key or version is not that of its secret.
    """
    if (claim.key_id, claim.version) != (claim.secret.key_id, claim.secret.version):
        return
    ends = claim.expires_at.astimezone(UTC).isoformat()
    bound = f"{claim.key_id}|{claim.secret_id}|{claim.version}|{ends}|{claim.nonce}"
    for key in settings.KEY_ENCRYPTION_KEYS.values():
        yield salted_hmac(CLAIM, bound, secret=key, algorithm="sha256").hexdigest()


def _has_hash_of(claim: SecretClaim, token: str) -> bool:
    return hmac.compare_digest(claim.token_hash.encode(), claim_hash(token).encode())


def invitation_id(token: str) -> int | None:
    """Return the number of the invitation; None when the portal did not sign the token."""
    try:
        return int(signing.loads(token, salt=INVITATION))
    except signing.BadSignature:
        return None
