"""The passwords of operators' hosts, sealed at rest under the same keys as the merchants' secrets.

A password opens only for its merchant and for the server and user that it was given for: whoever changes the address
in the database does not get it sent elsewhere.
"""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.db import transaction

from merchants import crypto
from wallet.models.reconciliation_plan import StatementSource
from wallet.reconciliation import places
from wallet.reconciliation.places import RemotePlace


def seal_password(source: StatementSource, place: RemotePlace, password: str) -> None:
    """Seal the password on the object, with its server and user; the caller saves both. An empty password is none."""
    source.kek_id, source.sealed = "", None
    if password:
        context = _context(source, place)
        source.kek_id, source.sealed = crypto.seal(password, context=context, keys=settings.KEY_ENCRYPTION_KEYS)


def unseal_password(source: StatementSource) -> str:
    """Raises UnknownKeyEncryptionKey and SealBroken."""
    if source.sealed is None:
        return ""
    sealed, context = bytes(source.sealed), _context(source, _place(source))
    return crypto.unseal(sealed, key_id=source.kek_id, context=context, keys=settings.KEY_ENCRYPTION_KEYS)


def _place(source: StatementSource) -> RemotePlace:
    try:
        return places.parse_place(source.kind, source.address)
    except places.WrongAddress as wrong:
        raise crypto.SealBroken(str(source.pk)) from wrong


def _context(source: StatementSource, place: RemotePlace) -> str:
    """Return the context that binds the ciphertext to the merchant, which has one source, and to server and user."""
    return f"statement source:{source.merchant_id}:{place.scheme}://{place.user}@{place.host}:{place.port}"


def seals_by_key() -> Counter[str]:
    """Return how many passwords are sealed under each key-encryption key: without it no file could be fetched."""
    return Counter(StatementSource.objects.filter(sealed__isnull=False).values_list("kek_id", flat=True))


def rewrap() -> int:
    """Move all passwords to the current key; return how many moved. Those without a configured key stay."""
    _, *older = settings.KEY_ENCRYPTION_KEYS
    return sum(_rewrap_one(pk) for pk in StatementSource.objects.filter(kek_id__in=older).values_list("pk", flat=True))


@transaction.atomic
def _rewrap_one(pk: int) -> bool:
    source = StatementSource.objects.select_for_update().get(pk=pk)
    try:
        seal_password(source, _place(source), unseal_password(source))
    except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken):
        return False
    source.save(update_fields=["sealed", "kek_id"])
    return True
