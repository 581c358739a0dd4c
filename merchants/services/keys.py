"""Keys and their secrets: issue, quarantine, revoke."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from merchants import crypto
from merchants.models import ApiKey, Merchant, Secret
from merchants.services.access import seal_context
from portal.lib import clock


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key and its secret in clear: shown once, kept nowhere."""

    key: ApiKey
    secret: str = field(repr=False)


@transaction.atomic
def issue(
    *,
    merchant: Merchant,
    environment: str = ApiKey.Environment.LIVE,
    label: str = "",
    expires_at: datetime | None = None,
) -> Issued:
    """A new auth key with the first version of its secret."""
    key = ApiKey.objects.create(
        merchant=merchant,
        environment=environment,
        auth_key=crypto.new_auth_key(environment),
        label=label,
        expires_at=expires_at,
    )
    return Issued(key, _add_secret(key, version=1))


def _add_secret(key: ApiKey, *, version: int) -> str:
    secret = crypto.new_secret(key.environment)
    sealed_under, sealed = crypto.seal(secret, context=seal_context(key, version), keys=settings.KEY_ENCRYPTION_KEYS)
    Secret.objects.create(
        key=key, version=version, sealed=sealed, sealed_under=sealed_under, fingerprint=crypto.fingerprint(secret)
    )
    return secret


@transaction.atomic
def quarantine(*, key: ApiKey) -> ApiKey:
    """No new risk under this key; payouts, rewards and rollbacks go on from addresses that it signed from before."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.status == ApiKey.Status.ACTIVE:
        key.status, key.quarantined_at = ApiKey.Status.QUARANTINED, clock.now()
        key.save(update_fields=["status", "quarantined_at"])
    return key


@transaction.atomic
def revoke(*, key: ApiKey) -> ApiKey:
    """For good: every call under this key is refused from the commit on. The database refuses to take it back."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.status != ApiKey.Status.REVOKED:
        key.status = ApiKey.Status.REVOKED
        key.save(update_fields=["status"])
        Secret.objects.filter(key=key, revoked_at=None).update(revoked_at=clock.now())
    return key
