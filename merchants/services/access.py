"""What a signed call is judged by: one merchant's secrets, lists and clock window, read together.

Kept in the process for a few seconds. Nothing goes wrong when that copy is old: a call that it lets pass is checked
again by the ledger, which compares `access_version`; a refusal is given only after `load(fresh=True)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

import structlog
from django.conf import settings
from django.db.models import Q

from merchants import crypto
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Secret
from portal.lib import clock
from portal.lib.clientip import Address, Network

CAPACITY = 1024
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class UsableSecret:
    id: int
    version: int
    value: bytes = field(repr=False)
    usable_until: datetime | None

    def usable(self, at: datetime) -> bool:
        return self.usable_until is None or self.usable_until > at


@dataclass(frozen=True, slots=True)
class Allowlist:
    """Networks, each with its end. A list whose entries have all ended still restricts: it refuses everybody."""

    entries: tuple[tuple[Network, datetime | None], ...] = ()

    def allows(self, address: Address, at: datetime) -> bool:
        return not self.entries or any(
            address in network and (ends is None or ends > at) for network, ends in self.entries
        )


@dataclass(frozen=True, slots=True)
class Credential:
    merchant_id: int
    merchant_code: str
    access_version: int
    window_ms: int
    key_id: int
    expires_at: datetime | None
    secrets: tuple[UsableSecret, ...]
    unopened: tuple[datetime | None, ...]  # when the versions end that cannot be opened here
    merchant_list: Allowlist
    key_list: Allowlist
    domains: frozenset[str]
    read_at: float

    def usable_secrets(self, at: datetime) -> list[UsableSecret]:
        if self.expires_at is not None and self.expires_at <= at:
            return []
        return [secret for secret in self.secrets if secret.usable(at)]

    def misses_a_secret(self, at: datetime) -> bool:
        """Somebody may sign rightly with a version that this process cannot open."""
        alive = self.expires_at is None or self.expires_at > at
        return alive and any(ends is None or ends > at for ends in self.unopened)

    def allows_address(self, address: Address, at: datetime) -> bool:
        return self.merchant_list.allows(address, at) and self.key_list.allows(address, at)

    def allows_origin(self, host: str) -> bool:
        return not self.domains or host in self.domains


_cache: dict[str, Credential] = {}


def load(auth_key: str, *, fresh: bool = False) -> Credential | None:
    """The credential of an auth key, or None when nobody may sign under it."""
    known = _cache.get(auth_key)
    if known is not None and not fresh and monotonic() - known.read_at < settings.CREDENTIAL_CACHE_SECONDS:
        return known
    found = _read(auth_key)
    _cache.pop(auth_key, None)
    if found is not None:
        if len(_cache) >= CAPACITY:  # rare, and other threads read meanwhile: begin anew rather than pick one
            _cache.clear()
        _cache[auth_key] = found
    return found


def forget() -> None:
    """Drop every copy in this process."""
    _cache.clear()


def _read(auth_key: str) -> Credential | None:
    at, using = clock.now(), settings.WALLET_DATABASE
    key = ApiKey.objects.using(using).usable(at=at).select_related("merchant").filter(auth_key=auth_key).first()
    if key is None:
        return None
    # The version was read first: whatever changes from here on makes it old, and the ledger will say so.
    entries = list(AllowlistEntry.objects.using(using).filter(Q(key=None, merchant=key.merchant_id) | Q(key=key)))
    secrets, unopened = _opened(Secret.objects.using(using).usable(at=at).filter(key=key).select_related("key"))
    domains = AllowedDomain.objects.using(using).filter(merchant=key.merchant_id).values_list("domain", flat=True)
    return Credential(
        merchant_id=key.merchant_id,
        merchant_code=key.merchant.code,
        access_version=key.merchant.access_version,
        window_ms=key.merchant.timestamp_window_seconds * 1000,
        key_id=key.pk,
        expires_at=key.expires_at,
        secrets=secrets,
        unopened=unopened,
        merchant_list=_allowlist(entry for entry in entries if entry.key_id is None),
        key_list=_allowlist(entry for entry in entries if entry.key_id is not None),
        domains=frozenset(domain.lower() for domain in domains),
        read_at=monotonic(),
    )


def _opened(secrets: Iterable[Secret]) -> tuple[tuple[UsableSecret, ...], tuple[datetime | None, ...]]:
    """One that cannot be opened takes no other along: it is told loudly, and left out."""
    opened, unopened = list[UsableSecret](), list[datetime | None]()
    for secret in secrets:
        try:
            clear = reveal(secret)
        except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken) as fault:
            log.error(  # noqa: TRY400 - where it happened says nothing
                "secret.cannot_be_opened",
                auth_key=secret.key.auth_key,
                version=secret.version,
                key_encryption_key=secret.sealed_under,
                fault=type(fault).__name__,
            )
            unopened.append(secret.usable_until)
        else:
            opened.append(UsableSecret(secret.pk, secret.version, clear.encode(), secret.usable_until))
    return tuple(opened), tuple(unopened)


def _allowlist(entries: Iterable[AllowlistEntry]) -> Allowlist:
    return Allowlist(tuple((entry.network, entry.expires_at) for entry in entries))


def seal_context(key: ApiKey, version: int) -> str:
    """Ties a ciphertext to its row, so that it opens nowhere else."""
    return f"{key.merchant_id}:{key.pk}:{version}"


def reveal(secret: Secret) -> str:
    """The secret in clear. Only for checking signatures; people see a secret once, when it is made."""
    return crypto.unseal(
        bytes(secret.sealed),
        key_id=secret.sealed_under,
        context=seal_context(secret.key, secret.version),
        keys=settings.KEY_ENCRYPTION_KEYS,
    )
