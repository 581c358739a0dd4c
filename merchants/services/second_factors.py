"""The seeds of second factors, sealed under the same keys as the merchants' secrets: `key id:base64`.

A seed opens only in the row of its person and kind. The library seals and opens texts without naming a row. So a new
row binds its seeds, and a row that is read hands them out bound (`Bound`).
"""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_init

from merchants import crypto

UNBOUND = "second factor, not yet of a person"
SEALED_FIELDS = ("secret", "seed")  # of an app, of recovery codes; a passkey keeps nothing secret here


class Bound(str):
    """A sealed text from a row, with the context of this row."""

    __slots__ = ("context",)
    context: str

    @classmethod
    def build(cls, context: str, text: str) -> Bound:
        bound = cls(text)
        bound.context = context
        return bound


def seal_context(factor: Authenticator) -> str:
    """Return the context that ties a seed to its row: each person has one row of a kind."""
    return f"second factor:{factor.user_id}:{factor.type}"


def seal(text: str, *, context: str = UNBOUND) -> str:
    """Return the sealed text as `key id:base64`."""
    key_id, sealed = crypto.seal(text, context=context, keys=settings.KEY_ENCRYPTION_KEYS)
    return f"{key_id}:{base64.b64encode(sealed).decode()}"


def unseal(kept: str) -> str:
    """Return a seed in clear. Raises SealBroken for a seed from the row of another person."""
    context = kept.context if isinstance(kept, Bound) else UNBOUND
    key_id, _, sealed = kept.partition(":")
    return crypto.unseal(base64.b64decode(sealed), key_id=key_id, context=context, keys=settings.KEY_ENCRYPTION_KEYS)


def register() -> None:
    """Bind the seeds of each factor that Django makes or reads."""
    post_init.connect(bind, sender=Authenticator)


def bind(instance: Authenticator, **_: Any) -> None:
    """Bind the seeds of a new row, and mark those of a stored row as belonging to it."""
    if "data" not in instance.__dict__ or not isinstance(instance.data, dict):
        return
    context = seal_context(instance)
    for name, kept in sealed_fields(instance).items():
        fresh = instance.pk is None and not isinstance(kept, Bound)
        instance.data[name] = Bound.build(context, seal(unseal(kept), context=context) if fresh else kept)


def seals_by_key() -> Counter[str]:
    """Return how many seeds are sealed under each key-encryption key. Without that key, these people cannot sign in."""
    return Counter(
        kept.partition(":")[0] for factor in Authenticator.objects.all() for kept in sealed_fields(factor).values()
    )


def sealed_fields(factor: Authenticator) -> dict[str, str]:
    """Return the sealed values of a factor by field."""
    return {name: factor.data[name] for name in SEALED_FIELDS if name in factor.data}


def rewrap() -> int:
    """Move all seeds to the current key; return how many moved. Seeds without a configured key stay."""
    return sum(rewrap_one(key) for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def rewrap_one(pk: int) -> bool:
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()  # the row that a used code locks too
    _, *older = settings.KEY_ENCRYPTION_KEYS
    try:
        moved = {
            name: seal(unseal(kept), context=seal_context(factor))
            for name, kept in (sealed_fields(factor) if factor else {}).items()
            if factor and kept.partition(":")[0] in older
        }
    except crypto.SealBroken:  # copied from another row: it opens nowhere, and must not open after this
        return False
    if factor and moved:
        factor.data |= moved
        factor.save(update_fields=["data"])
    return bool(moved)
