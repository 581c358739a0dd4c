"""Links that only a mail holds: made when it is sent, so that nobody reads them in our tables."""

from __future__ import annotations

from django.conf import settings
from django.core import signing

INVITATION = "merchants.invitation"


def to_invitation(number: int) -> str:
    return f"{settings.BASE_URL}/operator/~/invitation/{signing.dumps(number, salt=INVITATION)}/"


def invitation_of(token: str) -> int | None:
    """None when we have not signed it."""
    try:
        return int(signing.loads(token, salt=INVITATION))
    except signing.BadSignature:
        return None
