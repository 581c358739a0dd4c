"""Passwords of operators' hosts, sealed under the same keys as the merchants' secrets.

A password opens only for its merchant, server and user. So a changed address in the database does not get it.
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
    """Seal the password on the object, with its server and user; the caller saves it. An empty password removes it."""
    source.kek_id, source.sealed = "", None
    if password:
        context = _context(source, place)
        source.kek_id, source.sealed = crypto.seal(password, context=context, keys=settings.KEY_ENCRYPTION_KEYS)


def unseal_password(source: StatementSource) -> str:
    """Return the password in clear. Raises UnknownKeyEncryptionKey and SealBroken."""
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
    """Return how many passwords are sealed under each key-encryption key. Without that key, their files are not
    fetched.
    """
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
