"""Moves secrets from older key-encryption keys to the current one, while requests are served.

Each row is a transaction, which writes the two columns only if they are unchanged since the row was read. So nothing
waits for it, and a rotation or revocation at the same moment is not lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from django.conf import settings
from django.db.models import Count

from merchants import crypto
from merchants.models import Secret
from merchants.services.credentials import reveal_secret, seal_context

log = structlog.get_logger(__name__)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many rows are sealed under one key-encryption key."""

    key_id: str
    rows: int
    configured: bool
    current: bool


@dataclass(slots=True)
class Progress:
    moved: int = 0
    broken: list[str] = field(default_factory=list)  # do not open under their key


class Keeper(Protocol):
    """Another module that seals values under these keys."""

    def seals_by_key(self) -> Counter[str]: ...

    def rewrap(self) -> int: ...


_keepers: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Count and move the sealed values of this keeper, too."""
    _keepers[name] = keeper


def current_key_id() -> str:
    """Return the id of the current key-encryption key."""
    return next(iter(settings.KEY_ENCRYPTION_KEYS))


def sealed_counts() -> list[Sealed]:
    """Return how many rows each key-encryption key seals; keys without rows are left out."""
    rows = Secret.objects.order_by("sealed_under").values_list("sealed_under").annotate(Count("pk"))
    return [
        Sealed(key_id, count, key_id in settings.KEY_ENCRYPTION_KEYS, key_id == current_key_id())
        for key_id, count in rows
    ]


def count_movable_rows() -> int:
    """Return how many rows can be moved."""
    return sum(sealed.rows for sealed in sealed_counts() if sealed.configured and not sealed.current)


def unreachable_rows() -> list[Sealed]:
    """Return the rows whose key-encryption key is not configured. Requests signed with them are answered with an
    error.
    """
    return [sealed for sealed in sealed_counts() if not sealed.configured]


def lost_keys() -> list[tuple[str, str, int]]:
    """Return kind, id and number of values for each key-encryption key that is needed and not configured."""
    kinds = {"secrets": Counter({sealed.key_id: sealed.rows for sealed in sealed_counts()})}
    kinds |= {name: keeper.seals_by_key() for name, keeper in _keepers.items()}
    return [
        (name, key_id, number)
        for name, rows in kinds.items()
        for key_id, number in sorted(rows.items())
        if key_id not in settings.KEY_ENCRYPTION_KEYS
    ]


def removable_keys() -> list[str]:
    """Return the configured keys that are not current and that no row needs."""
    needed = {sealed.key_id for sealed in sealed_counts()} | {current_key_id()}
    needed |= {key_id for keeper in _keepers.values() for key_id in keeper.seals_by_key()}
    return [key_id for key_id in settings.KEY_ENCRYPTION_KEYS if key_id not in needed]


def rewrap() -> Iterator[Progress]:
    """Move all rows to the current key; yield the progress after each batch. A caller that stops early loses
    nothing.
    """
    progress, after = Progress(), 0
    older = [key_id for key_id in settings.KEY_ENCRYPTION_KEYS if key_id != current_key_id()]
    waiting = Secret.objects.filter(sealed_under__in=older).select_related("key").order_by("pk")
    while batch := list(waiting.filter(pk__gt=after)[:BATCH]):
        for secret in batch:
            rewrap_one(secret, progress)
        after = batch[-1].pk
        yield progress
    for keeper in _keepers.values():
        keeper.rewrap()


def rewrap_one(secret: Secret, progress: Progress) -> None:
    try:
        clear = reveal_secret(secret)
    except crypto.SealBroken:
        log.exception("secret.seal_broken", auth_key=secret.key.auth_key, version=secret.version)
        progress.broken.append(str(secret))
        return
    context = seal_context(secret.key, secret.version)
    sealed_under, sealed = crypto.seal(clear, context=context, keys=settings.KEY_ENCRYPTION_KEYS)
    unchanged = Secret.objects.filter(pk=secret.pk, sealed=bytes(secret.sealed), sealed_under=secret.sealed_under)
    progress.moved += unchanged.update(sealed=sealed, sealed_under=sealed_under)
