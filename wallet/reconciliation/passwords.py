"""The passwords of operators' hosts, sealed at rest under the same keys as the merchants' secrets."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from merchants import crypto
from wallet.models.reconciliation import StatementSource


def seal(source: StatementSource, password: str) -> None:
    """On the object; who changes it saves it. An empty one is none."""
    source.kek_id, source.sealed = "", None
    if password:
        context = _context(source)
        source.kek_id, source.sealed = crypto.seal(password, context=context, keys=settings.KEY_ENCRYPTION_KEYS)


def unseal(source: StatementSource) -> str:
    """Raises UnknownKeyEncryptionKey and SealBroken."""
    if source.sealed is None:
        return ""
    sealed, context = bytes(source.sealed), _context(source)
    return crypto.unseal(sealed, key_id=source.kek_id, context=context, keys=settings.KEY_ENCRYPTION_KEYS)


def _context(source: StatementSource) -> str:
    """Ties the ciphertext to the merchant, so that it opens nowhere else."""
    return f"statement source:{source.merchant_id}"


def key_ids() -> set[str]:
    """The key-encryption keys without which some file could not be fetched."""
    return set(StatementSource.objects.filter(sealed__isnull=False).values_list("kek_id", flat=True))


def rewrap() -> int:
    """Moves them all to the current key; returns how many were moved. What has no configured key is left alone."""
    _, *older = settings.KEY_ENCRYPTION_KEYS
    return sum(_rewrap_one(pk) for pk in StatementSource.objects.filter(kek_id__in=older).values_list("pk", flat=True))


@transaction.atomic
def _rewrap_one(pk: int) -> bool:
    source = StatementSource.objects.select_for_update().get(pk=pk)
    try:
        seal(source, unseal(source))
    except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken):
        return False
    source.save(update_fields=["sealed", "kek_id"])
    return True
