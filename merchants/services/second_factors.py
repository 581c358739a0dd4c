"""The seeds of second factors, sealed at rest under the same keys as the merchants' secrets: `key id:base64`."""

from __future__ import annotations

import base64

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from merchants import crypto

CONTEXT = "second factor"
SEALED_FIELDS = ("secret", "seed")  # of an app, of recovery codes; a passkey keeps nothing secret here


def seal(text: str) -> str:
    key_id, sealed = crypto.seal(text, context=CONTEXT, keys=settings.KEY_ENCRYPTION_KEYS)
    return f"{key_id}:{base64.b64encode(sealed).decode()}"


def unseal(kept: str) -> str:
    key_id, _, sealed = kept.partition(":")
    return crypto.unseal(base64.b64decode(sealed), key_id=key_id, context=CONTEXT, keys=settings.KEY_ENCRYPTION_KEYS)


def key_ids() -> set[str]:
    """The key-encryption keys without which somebody could not sign in."""
    return {kept.partition(":")[0] for factor in Authenticator.objects.all() for kept in sealed_in(factor).values()}


def sealed_in(factor: Authenticator) -> dict[str, str]:
    return {name: str(factor.data[name]) for name in SEALED_FIELDS if name in factor.data}


def rewrap() -> int:
    """Moves them all to the current key; returns how many were moved. What has no configured key is left alone."""
    return sum(rewrap_one(key) for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def rewrap_one(pk: int) -> bool:
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()  # the row that a used code locks too
    _, *older = settings.KEY_ENCRYPTION_KEYS
    moved = {
        name: seal(unseal(kept))
        for name, kept in (sealed_in(factor) if factor else {}).items()
        if kept.partition(":")[0] in older
    }
    if factor and moved:
        factor.data |= moved
        factor.save(update_fields=["data"])
    return bool(moved)
